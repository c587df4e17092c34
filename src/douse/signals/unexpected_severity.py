"""Severity above what the library expects at these ages."""

from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.library.pathogen import SeverityBand
from douse.signals.counts import latest
from douse.signals.exact_tests import binomial_tail
from douse.signals.outlook import LEAST_RECENT, Oddity, Outlook

# A share is only read from a column that is filled for at least so many of the cases.
LEAST_FILLED = 0.5
_SEVERE = ("severe", "critical")


def fatality(look: Outlook) -> Oddity:
    """More deaths among the cases than the pathogen's file leads to expect at their ages."""
    fatal = _shares(look, lambda band: band.fatal.value)
    return _above(look, "fatality", look.cases, pl.col("outcome") == "died", fatal)


def severity(look: Outlook) -> Oddity:
    """More severe and critical cases than expected, among those whose severity is recorded."""
    known = look.cases.filter(pl.col("severity").is_not_null())
    if known.height < LEAST_FILLED * look.cases.height:
        return Oddity("severity", why_not="It is not recorded for enough cases.")
    severe = _shares(look, lambda band: band.severe.value + band.critical.value)
    return _above(look, "severity", known, pl.col("severity").cast(pl.String).is_in(_SEVERE), severe)


def health_worker_deaths(look: Outlook) -> Oddity:
    """More deaths among the health workers who fell ill than expected at their ages."""
    workers = look.cases.filter(pl.col("occupation") == "health_worker")
    fatal = _shares(look, lambda band: band.fatal.value)
    return _above(look, "health_worker_deaths", workers, pl.col("outcome") == "died", fatal)


def _shares(look: Outlook, of_band: Callable[[SeverityBand], float]) -> tuple[list[int], NDArray[np.float64]]:
    """Ages from which each share holds, and the shares."""
    bands = look.pathogen.severity
    return [band.from_age for band in bands], np.array([of_band(band) for band in bands])


def _above(
    look: Outlook, check: str, cases: pl.DataFrame, hit: pl.Expr, shares: tuple[list[int], NDArray[np.float64]]
) -> Oddity:
    """Exact binomial test of the hits against the mean share at the ages of the cases, times the tolerance.

    The file's shares are of infections and few infections are found, so that among cases severity is higher; hence
    the tolerance. Cases without an outcome yet count as not hit: that hides a little, and claims nothing.
    """
    from_age, share = shares
    aged = cases if len(from_age) == 1 else cases.filter(pl.col("age").is_not_null())
    if aged.height < max(LEAST_RECENT, LEAST_FILLED * cases.height):
        return Oddity(check, why_not="Too few cases, or too few with an age.")
    band = np.searchsorted(from_age, aged["age"].fill_null(0).to_numpy(), side="right") - 1
    tolerated = np.minimum(share[band] * look.tolerance, 1.0)
    hits = aged.filter(hit)
    return Oddity(
        check,
        n=aged.height,
        observed=hits.height,
        expected=float(share[band].sum()),
        p=_tail(hits.height, tolerated),
        cases=latest(hits),
    )


def _tail(observed: int, shares: NDArray[np.float64]) -> float:
    """Chance of so many hits or more; 1 where they are no more than expected (see `binomial_tail`)."""
    return binomial_tail(observed, len(shares), float(shares.mean())) if observed >= shares.sum() + 1 else 1.0
