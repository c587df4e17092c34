"""Share of infections that become known cases: from deaths, from severe illness, and from screening."""

from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from douse.errors import UsageError
from douse.kernels import fatality as kernel
from douse.library.pathogen import Pathogen
from douse.situation.case_fatality import death_delay
from douse.situation.known_cases import known_cases

Floats = NDArray[np.float64]

_SEVERE = ("severe", "critical")
_DRAWS, _SEED = 4000, 1

NO_CASES = "There are no cases with a day."
NO_DEATHS = "No death is on record; only a lower bound can be given."
NO_DELAY = "The delay from onset to death is not known."
NO_SEVERITY = "No case has a severity on record."
NO_SEVERE = "No severe case is on record; only a lower bound can be given."
NO_ROUND = "No result of a screening round is on record in the window."
NO_POPULATION = "The number of people screened from is not given."
NO_CURVE = "The pathogen file does not say on which days a test finds an infection."
NOTHING_FOUND = "Screening found nobody; only a lower bound can be given."


class Estimate(NamedTuple):
    """Share of infections known, what was seen, and what would be if all were known."""

    share: float | None
    lower: float | None
    upper: float | None
    observed: float | None = None
    expected: float | None = None
    why_not: str = ""


def ascertainment(  # noqa: PLR0913  the tables, and the statistician's choices by keyword
    cases: pl.DataFrame,
    *,
    as_of: date,
    pathogen: Pathogen,
    tests: pl.DataFrame | None = None,
    population: float | None = None,
    window: int = 28,
    level: float = 0.95,
) -> pl.DataFrame:
    """Share of infections that are known as cases.

    deaths
        Deaths that the pathogen file expects among infections of the ages of the cases, those of them that can have
        happened by now, over the deaths on record (Russell 2020): more deaths than expected mean more infections.
    severe
        The same of severe and critical illness, among cases whose severity is on record. Where severity is written down
        for severe cases only, the share comes out too low.
    screening
        Infections that nobody knew, from the share of people found positive in screening rounds of the last `window`
        days, the number of people, and for how many days a test finds an infection, beside the cases told in that time.
        It assumes that those screened are like the rest, and a steady state.
    combined
        Mean of the logarithms by their precision; where the sources disagree by more than chance, the interval is as
        wide as they lie apart (DerSimonian and Laird 1986).

    Intervals hold the chance of the counts (exact Poisson or binomial), not the doubt about the pathogen's shares or
    about deaths among people who were never known; a death that was not recognised makes the share look higher.

    Parameters
    ----------
    cases : polars.DataFrame
        onset or day, age, outcome, outcome_on, severity (see `known_cases`). Unknown ages count as the others.
    as_of : date
        Rows of later days are never read.
    pathogen : Pathogen
        Severity by age, onset to death, test curve.
    tests : polars.DataFrame, optional
        Table of tests: sampled_at, result, purpose; pool_size, result_at and recorded_at where there.
    population : float, optional
        People from whom those screened were drawn.
    window : int, default 28
        Days of screening and of cases beside it.
    level : float, default 0.95
        Of the intervals.

    Returns
    -------
    polars.DataFrame
        method, estimate, lower, upper (shares, at most 1), observed, expected, why_not; four rows.

    Raises
    ------
    UsageError
        When a column is missing or an argument is out of range.

    References
    ----------
    Russell et al. 2020, doi 10.1186/s12916-020-01790-9; DerSimonian and Laird 1986, doi 10.1016/0197-2456(86)90046-2.
    """
    if not 0 < level < 1 or window < 1 or (population is not None and not population > 0):
        raise UsageError("An argument of the ascertainment is out of range.", allowed="level 0 to 1; others above 0")
    known = known_cases(cases, as_of).filter(pl.col("day").is_not_null())
    found = {
        "deaths": _from_deaths(known, as_of, pathogen, level),
        "severe": _from_severe(known, pathogen, level),
        "screening": _from_screening(known, _results(tests, as_of, window), pathogen, population, window, as_of, level),
    }
    found["combined"] = combined(list(found.values()), level)
    figures = dict.fromkeys(("estimate", "lower", "upper", "observed", "expected"), pl.Float64)
    schema = {"method": pl.String, **figures, "why_not": pl.String}
    return pl.DataFrame([(name, *estimate) for name, estimate in found.items()], schema=schema, orient="row")


def combined(estimates: list[Estimate], level: float) -> Estimate:
    """One estimate from those that have both bounds; one that is cut off at 1 has none below."""
    usable = [(e.share, e.lower, e.upper) for e in estimates if e.share and e.lower and e.lower < 1 and e.upper]
    if not usable:
        return Estimate(None, None, None, why_not="No source gives an estimate with both bounds.")
    z = float(ndtri((1 + level) / 2))
    shares, lows, highs = (np.array(values, dtype=np.float64) for values in zip(*usable, strict=True))
    middle = np.log(shares)
    # The wider side of each interval: one that is cut off at 1 is not more precise for it.
    variance = (np.maximum(middle - np.log(lows), np.log(highs) - middle) / z) ** 2
    weights = 1 / np.maximum(variance, 1e-12)
    mean = (weights @ middle) / weights.sum()
    spread = weights @ (middle - mean) ** 2 - (len(usable) - 1)
    between = (
        max(0.0, spread / max(weights.sum() - (weights**2).sum() / weights.sum(), 1e-12)) if len(usable) > 1 else 0.0
    )
    weights = 1 / (variance + between)
    mean, half = (weights @ middle) / weights.sum(), z / weights.sum() ** 0.5
    low, best, high = (float(min(np.exp(value), 1.0)) for value in (mean - half, mean, mean + half))
    return Estimate(best, low, high)


def _ratio(expected: float, observed: int, level: float, why_not: str) -> Estimate:
    """Expected over observed; the observed count is Poisson."""
    low, high = kernel.poisson_interval(observed, level)
    lower = min(expected / high, 1.0)
    if not observed:
        return Estimate(None, lower, None, 0.0, expected, why_not)
    return Estimate(min(expected / observed, 1.0), lower, min(expected / low, 1.0), float(observed), expected)


def _from_deaths(known: pl.DataFrame, as_of: date, pathogen: Pathogen, level: float) -> Estimate:
    if known.is_empty():
        return Estimate(None, None, None, why_not=NO_CASES)
    took = death_delay(known, as_of=as_of, pathogen=pathogen)
    if took is None:
        return Estimate(None, None, None, why_not=NO_DELAY)
    since = known.select((pl.lit(as_of) - pl.col("day")).dt.total_days()).to_series().to_numpy().astype(np.float64)
    fatal = np.array([band.fatal.value for band in pathogen.severity])
    expected = float(_by_age(known["age"], fatal, pathogen) @ kernel.gamma_upto(took.mean, took.sd, since))
    return _ratio(expected, int((known["outcome"] == "died").sum()), level, NO_DEATHS)


def _from_severe(known: pl.DataFrame, pathogen: Pathogen, level: float) -> Estimate:
    told = known.filter(pl.col("severity").is_not_null())
    if told.is_empty():
        return Estimate(None, None, None, why_not=NO_SEVERITY)
    severe = np.array([band.severe.value + band.critical.value for band in pathogen.severity])
    expected = float(_by_age(told["age"], severe, pathogen).sum())
    return _ratio(expected, int(told["severity"].is_in(_SEVERE).sum()), level, NO_SEVERE)


def _by_age(ages: pl.Series, shares: Floats, pathogen: Pathogen) -> Floats:
    """Share of each case's age band; of unknown ages the mean of the known, or of all bands; shape (N,)."""
    edges = np.array([band.from_age for band in pathogen.severity])
    known = ages.drop_nulls().to_numpy()
    typical = shares[_band(edges, known)].mean() if len(known) else shares.mean()
    filled = ages.fill_null(0).to_numpy()
    return np.where(ages.is_null().to_numpy(), typical, shares[_band(edges, filled)])


def _band(edges: Floats, ages: Floats) -> NDArray[np.int64]:
    return np.maximum(np.searchsorted(edges, ages, side="right") - 1, 0)


class _Results(NamedTuple):
    """Results of screening: people in each tube, and whether it was positive."""

    people: Floats
    positive: NDArray[np.bool_]


def _results(tests: pl.DataFrame | None, as_of: date, window: int) -> _Results | None:
    if tests is None:
        return None
    missing = [name for name in ("sampled_at", "result", "purpose") if name not in tests.columns]
    if missing:
        raise UsageError(f"The tests have no column {missing[0]}.", allowed="sampled_at, result, purpose")
    day = pl.col("sampled_at").cast(pl.Date)
    told = [pl.col(name).cast(pl.Date) for name in ("result_at", "recorded_at") if name in tests.columns]
    rows = tests.filter(
        (pl.col("purpose").cast(pl.String) == "screening")
        & pl.col("result").cast(pl.String).is_in(["positive", "negative"])
        & day.is_between(as_of - timedelta(days=window - 1), as_of)
        & pl.all_horizontal(pl.lit(value=True), *((moment <= as_of).fill_null(value=True) for moment in told))
    )
    size = pl.col("pool_size").fill_null(1) if "pool_size" in rows.columns else pl.lit(1)
    rows = rows.with_columns(people=size.cast(pl.Float64), positive=pl.col("result").cast(pl.String) == "positive")
    return _Results(rows["people"].to_numpy(), rows["positive"].to_numpy())


def _from_screening(  # noqa: PLR0913, PLR0917  one method of `ascertainment`
    known: pl.DataFrame,
    results: _Results | None,
    pathogen: Pathogen,
    population: float | None,
    window: int,
    as_of: date,
    level: float,
) -> Estimate:
    days = _days_found(pathogen)
    reasons = [
        (results is None or not len(results.people), NO_ROUND),
        (population is None, NO_POPULATION),
        (days == 0, NO_CURVE),
    ]
    why_not = next((why for holds, why in reasons if holds), "")
    if why_not or results is None or population is None:
        return Estimate(None, None, None, why_not=why_not)
    told = known.filter(pl.col("told_on") > as_of - timedelta(days=window)).height
    draws = _prevalence_draws(results)
    rng = np.random.default_rng(_SEED)
    unknown_a_day = draws * population / days
    known_a_day = rng.gamma(told + 0.5, 1.0, _DRAWS) / window
    low, high = np.quantile(known_a_day / (known_a_day + unknown_a_day), [(1 - level) / 2, (1 + level) / 2])
    tubes = int(results.positive.sum())
    if not tubes:
        return Estimate(None, float(low), None, 0.0, None, NOTHING_FOUND)
    prevalence = _prevalence(results)
    best = (told / window) / (told / window + prevalence * population / days)
    return Estimate(best, min(float(low), best), max(float(high), best), float(tubes), prevalence * population)


def _days_found(pathogen: Pathogen) -> float:
    """Days of an infection on which a test finds it: the area under the test curve."""
    points = [(point.day, point.sensitivity.value) for point in pathogen.test_curve]
    if len(points) < 2:
        return 0.0
    days, found = zip(*points, strict=True)
    return float(np.trapezoid(found, days))


def _prevalence(results: _Results) -> float:
    """Share of people positive that makes the tubes seen likeliest, pools and single tubes together."""
    grid = np.geomspace(1e-7, 0.999, 4000)
    return float(grid[_log_chance(results, grid).argmax()])


def _prevalence_draws(results: _Results) -> Floats:
    """Draws of the share of people positive: the likelihood, flat on the square root near zero (Jeffreys)."""
    grid = np.geomspace(1e-7, 0.999, 4000)
    weight = _log_chance(results, grid) + 0.5 * np.log(grid)  # p^-1/2 dp on a grid of log p
    upto = np.exp(weight - weight.max()).cumsum()
    chosen: Floats = grid[np.searchsorted(upto, (np.arange(_DRAWS) + 0.5) / _DRAWS * upto[-1])]
    return np.random.default_rng(_SEED + 1).permutation(chosen)


def _log_chance(results: _Results, grid: Floats) -> Floats:
    sizes, at = np.unique(results.people, return_inverse=True)
    positive = np.bincount(at, results.positive, minlength=len(sizes))
    negative = np.bincount(at, ~results.positive, minlength=len(sizes))
    clean = sizes * np.log1p(-grid)[:, None]
    chance: Floats = (negative * clean + positive * np.log(-np.expm1(clean))).sum(axis=1)
    return chance
