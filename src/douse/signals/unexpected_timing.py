"""Times that contradict the library, and onsets that follow the calendar of an office."""

import math
from datetime import timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import gamma, gammaincinv, ndtri

from douse.library.pathogen import Delay
from douse.signals.exact_tests import binomial_tail
from douse.signals.outlook import LEAST_RECENT, Oddity, Outlook
from douse.units import DAYS_PER_WEEK

# Half of the cases beyond a quartile of the library is where a surprise begins.
QUARTILES = (0.25, 0.75)
_MORE_THAN_HALF = 0.5
# Complete weeks that the weekday check reads: the latest, without the last one, which is not all told yet.
LEAST_WEEKS, MOST_WEEKS = 4, 12
_LEAST_A_WEEK = 7
_TOO_FEW = "Too few cases with both dates."


def incubation(look: Outlook) -> Oddity:
    """Incubations that contradict the library, of cases with days of exposure and onset.

    An incubation is longer than the library's upper quartile for sure when even the last day of exposure lies further
    back (and one day more, for the hours of the day), shorter than the lower one when even the first does not.
    """
    days = look.cases.select(
        least=(pl.col("onset") - pl.col("exposed_to")).dt.total_days() - 1,
        most=(pl.col("onset") - pl.coalesce("exposed_from", "exposed_to")).dt.total_days() + 1,
    ).drop_nulls()
    return _against("incubation", days, look.pathogen.incubation)


def serial_interval(look: Outlook) -> Oddity:
    """Serial intervals that contradict the library, of cases whose infector is recorded and both onsets are."""
    onsets = look.cases.select(infector="case_id", first="onset")
    days = (
        look.cases.join(onsets, on="infector")
        .select(
            least=(pl.col("onset") - pl.col("first")).dt.total_days() - 1,
            most=(pl.col("onset") - pl.col("first")).dt.total_days() + 1,
        )
        .drop_nulls()
    )
    return _against("serial_interval", days, look.pathogen.serial_interval)


def _against(check: str, days: pl.DataFrame, delay: Delay) -> Oddity:
    """Whether more than half lie surely above the library's upper quartile, or surely below its lower one."""
    n = days.height
    if n < LEAST_RECENT:
        return Oddity(check, n=n, why_not=_TOO_FEW)
    low, high = (quantile(delay, share) for share in QUARTILES)
    above, below = days.filter(pl.col("least") > high).height, days.filter(pl.col("most") < low).height
    far = max(above, below)
    p = min(1.0, 2 * binomial_tail(far, n, _MORE_THAN_HALF))
    return Oddity(check, n=n, observed=far, expected=n * QUARTILES[0], p=p)


def quantile(delay: Delay, share: float) -> float:
    """Days that a share of the delays stays within."""
    mean, sd = delay.mean.value, delay.sd.value
    if delay.family == "lognormal":
        sigma = math.sqrt(math.log1p((sd / mean) ** 2))
        return float(mean * np.exp(sigma * ndtri(share) - sigma**2 / 2))
    if delay.family == "gamma":
        return float(gammaincinv((mean / sd) ** 2, share) * sd**2 / mean)
    shape = _weibull_shape(sd / mean)
    return float(mean / gamma(1 + 1 / shape) * (-math.log1p(-share)) ** (1 / shape))


def _weibull_shape(ratio: float) -> float:
    """Shape of the Weibull distribution with this ratio of standard deviation to mean, by halving."""
    low, high = 0.1, 100.0
    for _ in range(60):
        shape = math.sqrt(low * high)
        spread = gamma(1 + 2 / shape) / gamma(1 + 1 / shape) ** 2 - 1
        low, high = (shape, high) if spread > ratio**2 else (low, shape)
    return math.sqrt(low * high)


def weekday(look: Outlook) -> Oddity:
    """Onsets that peak on the same day of the week, week after week: dates that a form or a habit made, not illness.

    Of each week the day is taken that stands highest above the mean of the seven days around it. Without such an
    artefact it is any day of the seven with the same chance, whatever the course of the epidemic.
    """
    counts = _onsets_a_day(look)
    if counts is None:
        return Oddity("weekday", why_not="Too few weeks with onsets.")
    around = np.convolve(counts, np.ones(DAYS_PER_WEEK) / DAYS_PER_WEEK, mode="valid")
    weeks = counts[3:-3].reshape(-1, DAYS_PER_WEEK)
    above = weeks / np.maximum(around, 1 / DAYS_PER_WEEK).reshape(-1, DAYS_PER_WEEK)
    highest = above.max(axis=1)
    alone = ((above == highest[:, None]).sum(axis=1) == 1) & (weeks.sum(axis=1) >= _LEAST_A_WEEK)
    peaks = np.bincount(above[alone].argmax(axis=1), minlength=DAYS_PER_WEEK)
    n, most = int(alone.sum()), int(peaks.max())
    if n < LEAST_WEEKS:
        return Oddity("weekday", n=n, why_not="Too few weeks with onsets.")
    p = min(1.0, DAYS_PER_WEEK * binomial_tail(most, n, 1 / DAYS_PER_WEEK))
    return Oddity("weekday", n=n, observed=most, expected=n / DAYS_PER_WEEK, p=p)


def _onsets_a_day(look: Outlook) -> NDArray[np.float64] | None:
    """Onsets of whole weeks and three days on either side; None with fewer than `LEAST_WEEKS`."""
    last = look.as_of - timedelta(days=DAYS_PER_WEEK)
    onsets = look.cases["onset"].drop_nulls()
    onsets = onsets.filter(onsets <= last)
    if onsets.is_empty():
        return None
    back = (pl.lit(last) - pl.col("onset")).dt.total_days()
    column = onsets.to_frame("onset").select(back).to_series().to_numpy()
    weeks = min((int(column.max()) + 1 - 6) // DAYS_PER_WEEK, MOST_WEEKS)
    if weeks < LEAST_WEEKS:
        return None
    days = weeks * DAYS_PER_WEEK + 6
    return np.bincount(column[column < days], minlength=days)[::-1].astype(np.float64)
