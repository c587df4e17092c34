"""How many others a case infects, and how unevenly: R, dispersion k, and what follows from them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from douse.errors import UsageError
from douse.kernels import offspring as kernel
from douse.kernels.renewal import shifted_gamma
from douse.library.pathogen import Pathogen
from douse.situation.known_cases import known_cases

Floats = NDArray[np.float64]
Likelihood = Callable[[Floats, Floats], Floats]

# Range of k that is looked at; at the upper end the distribution cannot be told from Poisson.
_K_RANGE = (1e-3, 1e3)
_R_RANGE = (1e-3, 50.0)
_COARSE, _FINE = (61, 81), (121, 141)
_DROP = 8.0  # of twice the log-likelihood, beyond any interval of 99% for one parameter
_EDGE = 21  # values of k at which the edge of the region is followed
_LEAST_SHOWN = 0.05  # cases of whose infections fewer have shown say nothing
_RESOLVED = 0.99
_LONGEST_DAYS = 120

NO_INFECTIONS = "No case that had time to infect others is on record as having infected anybody."
NO_CASES = "No case has had time to infect others yet."


@dataclass(frozen=True)
class Fit:
    """Likelihood of R and k on a fine grid around its top.

    Attributes
    ----------
    r, k : numpy.ndarray[float64], shapes (P,), (Q,)
        Ascending.
    log_likelihood : numpy.ndarray[float64], shape (P, Q)
    """

    r: Floats
    k: Floats
    log_likelihood: Floats

    @property
    def weights(self) -> Floats:
        """Likelihood scaled to a sum of 1: a posterior, R and k flat on the logarithm; shape (P, Q)."""
        raised = np.exp(self.log_likelihood - self.log_likelihood.max())
        scaled: Floats = raised / raised.sum()
        return scaled

    def interval(self, values: Floats, level: float) -> tuple[float, float, float]:
        """Value at the top, and the range of values within the profile-likelihood region; `values` (P, Q)."""
        top = self.log_likelihood.max()
        within = self.log_likelihood >= top - float(ndtri((1 + level) / 2)) ** 2 / 2
        best = values.ravel()[self.log_likelihood.argmax()]
        return float(best), float(values[within].min()), float(values[within].max())


def offspring(
    cases: pl.DataFrame,
    *,
    as_of: date,
    pathogen: Pathogen | None = None,
    si: tuple[float, float] | None = None,
    level: float = 0.95,
) -> pl.DataFrame:
    """R and the dispersion k of the offspring distribution, from recorded links.

    The number that a case infects is negative binomial: mean R, variance R + R^2 / k; the smaller k, the fewer cases
    cause most infections. A recent case has not caused all its infections yet, nor have these fallen ill: it counts by
    the share of serial intervals that have passed since its onset, exactly (those seen are again negative binomial
    with the same k). Links that nobody recorded are taken as not there: R is of recorded infections.

    Parameters
    ----------
    cases : polars.DataFrame
        case_id, infector, onset or day (see `known_cases`); one row a case.
    as_of : date
        Rows of later days are never read.
    pathogen, si
        Serial interval, by pathogen or mean and standard deviation in days (above 1 and 0). Neither: all infections of
        every case are taken as seen.
    level : float, default 0.95
        Of the profile-likelihood intervals.

    Returns
    -------
    polars.DataFrame
        parameter, estimate, lower, upper, n (cases), censored (cases with infections that may still show), method,
        why_not. Parameters: R; k (null: no more spread than Poisson; its upper bound null likewise); share_80 (share of
        cases behind 80% of infections); dies_out (chance that the chain of one new case ends by itself). All null with
        the reason where nobody infected anybody; after one case only, intervals are as wide as they come.

    Raises
    ------
    UsageError
        When a column is missing or the level out of range.

    References
    ----------
    Lloyd-Smith et al. 2005, doi 10.1038/nature04153; Lloyd-Smith 2007, doi 10.1371/journal.pone.0000180; Endo et al.
    2020, doi 10.12688/wellcomeopenres.15842.3.
    """
    _check_level(level)
    counts, shown = offspring_counts(cases, as_of=as_of, pathogen=pathogen, si=si)
    censored = int((shown < _RESOLVED).sum())
    if not counts.sum():
        return _none(len(counts), censored, "links", NO_INFECTIONS if len(counts) else NO_CASES)
    return estimates(fit_counts(counts, shown), level, len(counts), censored, "links")


def offspring_from_sizes(
    sizes: Sequence[int] | Floats, *, unfinished: Sequence[bool] | None = None, level: float = 0.95
) -> pl.DataFrame:
    """R and k from the sizes of chains, each started by one case, where links are few.

    Parameters
    ----------
    sizes : sequence of int
        Cases of each chain, its first among them; a case without links is a chain of 1.
    unfinished : sequence of bool, optional
        Chains that may still grow: they count by the chance to reach their size. None: all have ended.
    level : float, default 0.95
        Of the profile-likelihood intervals.

    Returns
    -------
    polars.DataFrame
        As `offspring`; n and censored count chains. Sizes tell R below 1 well, and little of k unless some chains are
        long.

    Raises
    ------
    UsageError
        When a size is below 1, or the two sequences differ in length.

    References
    ----------
    Blumberg and Lloyd-Smith 2013, doi 10.1371/journal.pcbi.1002993.
    """
    _check_level(level)
    found = np.asarray(sizes, dtype=np.float64)
    going = np.zeros(len(found), dtype=bool) if unfinished is None else np.asarray(unfinished, dtype=bool)
    if len(going) != len(found) or not ((found >= 1) & np.isfinite(found)).all():
        raise UsageError("The sizes of the chains are not what they should be.", allowed="1 or more, a flag for each")
    if not (found > 1).any():
        return _none(len(found), int(going.sum()), "sizes", NO_INFECTIONS if len(found) else NO_CASES)
    return estimates(fit_sizes(found, going), level, len(found), int(going.sum()), "sizes")


def offspring_counts(
    cases: pl.DataFrame, *, as_of: date, pathogen: Pathogen | None = None, si: tuple[float, float] | None = None
) -> tuple[Floats, Floats]:
    """Infections on record by each case, and the chance that an infection of its has shown by now; shape (N,).

    Cases without a day, and those of whose infections hardly any can have shown, are left out.
    """
    known = known_cases(cases, as_of, "case_id", "infector")
    caused = known.group_by(case_id=pl.col("infector")).agg(caused=pl.len()).drop_nulls()
    both = (
        known.filter(pl.col("day").is_not_null())
        .join(caused, on="case_id", how="left")
        .with_columns(pl.col("caused").fill_null(0))
    )
    since = (pl.lit(as_of) - pl.col("day")).dt.total_days()
    elapsed = both.select(since=since.clip(0, _LONGEST_DAYS))["since"].to_numpy()
    passed = _passed(pathogen, si)
    shown = passed[elapsed]
    enough = shown >= _LEAST_SHOWN
    return both["caused"].to_numpy().astype(np.float64)[enough], shown[enough]


def fit_counts(counts: Floats, shown: Floats) -> Fit:
    """Likelihood of R and k from offspring counts, at least one above 0."""
    pairs, times = np.unique(np.stack([counts, shown]), axis=1, return_counts=True)
    return _fit(lambda r, k: kernel.count_log_likelihood(r, k, pairs[0], pairs[1], times.astype(np.float64)))


def fit_sizes(sizes: Floats, unfinished: NDArray[np.bool_]) -> Fit:
    """Likelihood of R and k from chain sizes, at least one above 1."""
    distinct, at = np.unique(sizes, return_inverse=True)
    ended, going = (
        np.bincount(at, flags, minlength=len(distinct)).astype(np.float64) for flags in (~unfinished, unfinished)
    )
    return _fit(lambda r, k: kernel.size_log_likelihood(r, k, distinct, ended, going))


def estimates(fit: Fit, level: float, n: int, censored: int, method: str) -> pl.DataFrame:
    """The rows of `offspring` from a fit."""
    r, k = np.meshgrid(fit.r, fit.k, indexing="ij")
    rows = {
        "R": _profiled(fit.r, fit.log_likelihood.max(axis=1), level),
        "k": _profiled(fit.k, fit.log_likelihood.max(axis=0), level),
        "share_80": _share_80(fit, level),
        "dies_out": fit.interval(kernel.extinction_chance(r, k), level),
    }
    return _frame([(name, *row, n, censored, method, "") for name, row in rows.items()])


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise UsageError("The level of the intervals is out of range.", allowed="between 0 and 1")


def _share_80(fit: Fit, level: float) -> tuple[float, float, float]:
    """Share of cases behind 80% of infections: at the top, and its range along the edge of the region.

    The edge is enough, as the share moves one way with R and with k.
    """
    within = fit.log_likelihood >= fit.log_likelihood.max() - float(ndtri((1 + level) / 2)) ** 2 / 2
    row, column = np.unravel_index(fit.log_likelihood.argmax(), within.shape)
    columns = np.flatnonzero(within.any(axis=0))
    kept = np.unique(columns[np.linspace(0, len(columns) - 1, _EDGE).astype(np.int64)])
    ends = [(at, edge) for at in kept for edge in np.flatnonzero(within[:, at])[[0, -1]]]
    shares = [kernel.spreader_share(float(fit.r[edge]), float(fit.k[at]), 0.8) for at, edge in ends]
    best = kernel.spreader_share(float(fit.r[row]), float(fit.k[column]), 0.8)
    return best, min(shares, default=best), max(shares, default=best)


def _fit(likelihood: Likelihood) -> Fit:
    """Likelihood on a coarse grid over everything, then on a fine one over what is not ruled out."""
    r, k = (np.geomspace(*ends, points) for ends, points in zip((_R_RANGE, _K_RANGE), _COARSE, strict=True))
    for points in (_FINE, _FINE):
        found = likelihood(r[:, None], k[None, :])
        within = 2 * (found.max() - found) <= _DROP
        r, k = (
            _closer(values, within.any(axis=axis), many)
            for values, axis, many in ((r, 1, points[0]), (k, 0, points[1]))
        )
    return Fit(r, k, likelihood(r[:, None], k[None, :]))


def _closer(values: Floats, within: NDArray[np.bool_], points: int) -> Floats:
    """A finer grid over the values within, and one more to either side."""
    first, last = np.flatnonzero(within)[[0, -1]]
    low, high = values[max(first - 1, 0)], values[min(last + 1, len(values) - 1)]
    return np.geomspace(low, high, points)


def _profiled(values: Floats, profile: Floats, level: float) -> tuple[float | None, float | None, float | None]:
    """Estimate and interval from a profile log-likelihood over ascending values; None at an end that is not reached."""
    at = int(profile.argmax())
    bound = profile[at] - float(ndtri((1 + level) / 2)) ** 2 / 2
    scale = np.log(values)
    below = np.flatnonzero(profile[:at] < bound)
    above = np.flatnonzero(profile[at:] < bound)
    lower = _crossing(scale, profile, int(below[-1]), bound) if len(below) else None
    upper = _crossing(scale, profile, at + int(above[0]) - 1, bound) if len(above) else None
    if at in (0, len(values) - 1):
        return None, lower, upper
    # The top of the parabola through the three highest points.
    left, middle, right = profile[at - 1 : at + 2]
    shift = 0.5 * (left - right) / (left - 2 * middle + right)
    return float(np.exp(scale[at] + shift * (scale[1] - scale[0]))), lower, upper


def _crossing(scale: Floats, profile: Floats, at: int, bound: float) -> float:
    """Value between grid points `at` and the next at which the profile meets the bound."""
    share = (bound - profile[at]) / (profile[at + 1] - profile[at])
    return float(np.exp(scale[at] + share * (scale[at + 1] - scale[at])))


def _passed(pathogen: Pathogen | None, si: tuple[float, float] | None) -> Floats:
    """Share of serial intervals that are over so many days after onset, 0 .. the longest."""
    if si is None and pathogen is None:
        return np.ones(_LONGEST_DAYS + 1)
    mean, sd = si or (pathogen.serial_interval.mean.value, pathogen.serial_interval.sd.value)  # type: ignore[union-attr]
    if mean <= 1 or sd <= 0:  # too short to be seen in days
        return np.concatenate([[0.0], np.ones(_LONGEST_DAYS)])
    weights = shifted_gamma(mean, sd, _LONGEST_DAYS + 1)
    passed: Floats = np.minimum(weights.cumsum() / weights.sum(), 1.0)
    return passed


def _none(n: int, censored: int, method: str, why_not: str) -> pl.DataFrame:
    names = ("R", "k", "share_80", "dies_out")
    return _frame([(name, None, None, None, n, censored, method, why_not) for name in names])


def _frame(rows: list[tuple[object, ...]]) -> pl.DataFrame:
    figures = dict.fromkeys(("estimate", "lower", "upper"), pl.Float64)
    schema = {"parameter": pl.String, **figures, "n": pl.Int64, "censored": pl.Int64, "method": pl.String}
    return pl.DataFrame(rows, schema={**schema, "why_not": pl.String}, orient="row")
