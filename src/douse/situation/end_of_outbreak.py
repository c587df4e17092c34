"""The probability that an outbreak is over, by day, and the day on which it is high enough to say so."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.errors import UsageError
from douse.kernels import extinction, renewal
from douse.library.pathogen import Pathogen
from douse.situation.daily_series import daily_series
from douse.situation.serial_interval import SerialInterval, weights_of

Floats = NDArray[np.float64]
Method = Literal["conditional", "nishiura"]
# Days ahead that are looked at; further only where the level is not reached in them, and never more.
_FIRST_LOOK, _MOST_DAYS = 100, 1000


@dataclass(frozen=True)
class EndOfOutbreak:
    """Whether it is over.

    Attributes
    ----------
    by_day : polars.DataFrame
        date, days (since the last case), probability (that it is over), projected (bool: the date lies after the as-of
        day, and the probability holds if no further case is reported until then), reached (bool). From the day of the
        last case to the as-of day, or to the first day on which the level is reached if that is later.
    probability : float or None
        On the as-of day.
    date : date or None
        First day on which the level is reached.
    why_not : str
        Why there is no date.
    """

    by_day: pl.DataFrame
    probability: float | None
    date: date | None
    why_not: str = ""


def end_of_outbreak(  # noqa: PLR0913  the counts, and the model by keyword
    daily: pl.DataFrame,
    pathogen: Pathogen | None = None,
    *,
    as_of: date | None = None,
    si: SerialInterval | None = None,
    r: float | None = None,
    k: float | None = None,
    reporting_delay: Sequence[float] | None = None,
    ascertained: float = 1.0,
    level: float = 0.95,
    method: Method = "conditional",
) -> EndOfOutbreak:
    """Probability that nobody more falls ill or is reported, by day since the last case.

    Parameters
    ----------
    daily : polars.DataFrame
        Cases by onset: date, local and imported, or date and count; or the counted cases (day, link). Imported cases
        may infect but are no sign of spread here. Days without a row or a count hold none.
    pathogen : Pathogen, optional
        Its serial interval and reproduction number are used where `si` and `r` are not given.
    as_of : date, optional
        Last day on record; the last date of `daily` if not given. Later rows are left out.
    si : optional
        As for `reproduction`, but certain.
    r : float, optional
        People whom a case infects on average, as things are now. Too large is on the safe side.
    k : float, optional
        Dispersion of that number (negative binomial). None: Poisson, on the safe side: where few infect many, a case
        that infected nobody soon is less likely to do so later.
    reporting_delay : sequence of float, optional
        Chance that a case is known 0, 1, 2 ... days after onset (sum 1). None: on the day of onset.
    ascertained : float
        Share of cases that is ever reported. Below 1, chains that nobody sees are reckoned with.
    level : float
        Probability at which it may be called over.
    method : {"conditional", "nishiura"}
        "conditional": takes into account how many each case is known to have infected by now: one that infected nobody
        soon is less likely to infect later, one that infected many more so. "nishiura": the published formula, which
        does not, and so is off where k is small; for Poisson offspring both are the same.

    Returns
    -------
    EndOfOutbreak

    Raises
    ------
    UsageError
        When serial interval or r are missing, or an argument is out of range.

    Notes
    -----
    Known offspring are shared out among earlier cases by dates alone (Wallinga and Teunis 2004). With `ascertained`
    below 1 a known case may stem from one that nobody saw; such links are taken as direct. In simulated outbreaks
    with 40 to 100% of cases reported the probabilities agreed with what came true, within the error of the simulation
    (docs/validation/estimation.md).

    References
    ----------
    Nishiura, Miyamatsu and Mizumoto 2016, doi 10.3201/eid2201.151383; Linton et al. 2021,
    doi 10.1016/j.ijid.2021.02.106 (reporting delay); Parag et al. 2020, doi 10.1371/journal.pcbi.1008478 (cases
    that are missed).
    """
    mean = pathogen.reproduction_number.value if r is None and pathogen is not None else r
    spread = float("inf") if k is None else k
    if mean is None:
        raise UsageError("There is no reproduction number.", allowed="a pathogen, or r above 0")
    known_by = _known_by(reporting_delay)
    _check(mean, spread, ascertained, level, method)
    counts = _counts(daily)
    ends = as_of or counts["date"].max()
    if isinstance(ends, date):
        counts = counts.filter(pl.col("date") <= ends)
    series = daily_series(counts)
    if not isinstance(ends, date) or not series.cases.any():
        return _without_cases()
    days = series.frame["date"][: int(np.flatnonzero(series.cases[0])[-1]) + 1]
    last: date = days[-1]
    cases, local = series.cases[:, : len(days)], series.local[:, : len(days)]
    weights = weights_of(si, pathogen, _MOST_DAYS).weights
    if len(weights) > 1:
        raise UsageError("The end of an outbreak takes one serial interval.", allowed="(mean, sd) or weights")
    one = weights[0] / weights[0].sum()
    infected = renewal.infected_by_day(local, cases, renewal.infectivity(cases, one), one)[0]

    def chance_of_end(horizon: int) -> Floats:
        """By day from that of the last case on."""
        ages = len(days) + horizon
        if method == "nishiura":
            line = extinction.log_generating(1 - _published(one, known_by, ages), mean, spread)
            lines = np.broadcast_to(line, (len(days), ages))
        else:
            silent, ended = extinction.unseen(one, known_by, mean, spread, ascertained, ages)
            lines = extinction.log_over(silent, ended, infected[:, None], mean, spread)
        age = (len(days) - 1 - np.arange(len(days)))[:, None] + np.arange(horizon)
        chance: Floats = np.exp(cases[0] @ np.take_along_axis(lines, age, axis=1))
        return chance

    return _answer(chance_of_end, last, ends, level)


def _answer(chance_of_end: Callable[[int], Floats], last: date, as_of: date, level: float) -> EndOfOutbreak:
    now = (as_of - last).days
    for ahead in (_FIRST_LOOK, _MOST_DAYS):
        chance = chance_of_end(now + ahead)
        reached = np.flatnonzero(chance >= level)
        if reached.size:
            break
    end = int(reached[0]) if reached.size else None
    shown = max(now, end if end is not None else len(chance) - 1) + 1
    dates = [last + timedelta(days=n) for n in range(shown)]
    by_day = pl.DataFrame(
        {"date": dates, "days": np.arange(shown), "probability": chance[:shown]},
        schema={"date": pl.Date, "days": pl.Int64, "probability": pl.Float64},
    ).with_columns(projected=pl.col("date") > as_of, reached=pl.col("probability") >= level)
    why_not = "" if end is not None else "Cases that nobody reports may go on infecting: quiet days are not enough."
    return EndOfOutbreak(by_day, float(chance[now]), dates[end] if end is not None else None, why_not)


def _without_cases() -> EndOfOutbreak:
    kinds = {"date": pl.Date, "days": pl.Int64, "probability": pl.Float64, "projected": pl.Boolean}
    return EndOfOutbreak(pl.DataFrame(schema=kinds | {"reached": pl.Boolean}), None, None, "There are no cases yet.")


def _published(si: Floats, known_by: Floats, days: int) -> Floats:
    """Chance that an infected person is not reported within so many days of the infector's onset (Nishiura 2016)."""
    delay = np.diff(known_by, prepend=0.0)
    both = np.convolve(si, delay)
    later = np.clip(1 - np.cumsum(both), 0, 1)
    return np.pad(later[:days], (0, max(0, days - len(later))))


def _counts(daily: pl.DataFrame) -> pl.DataFrame:
    """Daily counts, from counted cases too; days without a count hold none."""
    if "date" not in daily.columns and {"day", "link"}.issubset(daily.columns):
        imported = pl.col("link") == "imported"
        dated = daily.drop_nulls("day").group_by(date="day")
        return dated.agg(local=(~imported).sum().cast(pl.Int64), imported=imported.sum().cast(pl.Int64))
    return daily


def _known_by(reporting_delay: Sequence[float] | None) -> Floats:
    delay = np.asarray([1.0] if reporting_delay is None else reporting_delay, dtype=np.float64)
    if not (delay.ndim == 1 and len(delay) and np.isfinite(delay).all() and delay.min() >= 0 and delay.sum() > 0):
        raise UsageError("The reporting delay is not a distribution of days.", allowed="numbers of 0 or more, sum 1")
    shares: Floats = np.cumsum(delay / delay.sum())
    return shares


def _check(r: float, k: float, ascertained: float, level: float, method: str) -> None:
    if not (0 < r < float("inf") and k > 0):
        raise UsageError("The offspring distribution is out of range.", allowed="r above 0, k above 0")
    if not 0 < ascertained <= 1 or not 0 < level < 1:
        raise UsageError("A share is out of range.", allowed="ascertained above 0 to 1, level between 0 and 1")
    if method not in get_args(Method):
        raise UsageError("The end of an outbreak has no method of that name.", allowed=", ".join(get_args(Method)))
    if method == "nishiura" and ascertained < 1:
        raise UsageError("The published formula knows no missed cases.", next_step='Use method="conditional".')
