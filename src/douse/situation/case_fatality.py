"""Case fatality while an outbreak goes on: the plain ratio, and two that allow for outcomes still to come."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.errors import UsageError
from douse.kernels import fatality as kernel
from douse.library.pathogen import Pathogen
from douse.situation.known_cases import known_cases

Floats = NDArray[np.float64]

# Deaths with both dates that it takes to read the delay from the records.
_LEAST_DEATHS = 10
# Share of cases that must have an onset before a delay from onset may be used for all.
_LEAST_ONSETS = 0.5
_SAMPLES, _SEED = 400, 1
_OLDEST_BAND = 8

NO_CASES = "There are no cases with a day."
NO_DELAY = "The delay until death is not known: fewer than ten dated deaths, and none on file that fits these dates."
TOO_EARLY = "Hardly any of the deaths to come can have happened yet."
NO_OUTCOMES = "No outcome is known yet."
# Below this share of deaths that can have happened the adjusted figure says nothing.
_LEAST_SHARE = 0.02


@dataclass(frozen=True)
class DeathDelay:
    """Day of the case (onset, else its first other date) to death: mean and sd in days, and where they come from."""

    mean: float
    sd: float
    source: str  # records | pathogen | given


def case_fatality(  # noqa: PLR0913  the cases, and the statistician's choices by keyword
    cases: pl.DataFrame,
    *,
    as_of: date,
    pathogen: Pathogen | None = None,
    delay: tuple[float, float] | None = None,
    by: str | None = None,
    level: float = 0.95,
) -> pl.DataFrame:
    """Share of cases that die, overall and by group: plain, adjusted for delay, and by outcome.

    naive
        Deaths over cases. Too low while cases rise, since those who will die have not yet.
    resolved
        Deaths over cases with an outcome. Too high or too low as death is reported sooner or later than recovery.
    delay_adjusted
        Deaths over the cases of whom death would be known by now (Nishiura 2009): cases x u, where u is the mean share
        of delays from onset to death that are over. Exact binomial interval, divided by u; the delay itself is
        taken as known.
    outcome_based
        Cumulative incidence of death over that of death or recovery, both competing (Ghani 2005); interval by the
        bootstrap, from the exact one of resolved cases where all or none died. It needs recoveries on record.

    Parameters
    ----------
    cases : polars.DataFrame
        onset or day, outcome (died, recovered, lost), outcome_on (see `known_cases`); a death without a date
        counts as known and is left out of the delay. Lost cases are pending from then on.
    as_of : date
        Rows and outcomes of later days are never read.
    pathogen : Pathogen, optional
        Its `onset_to_death` (taken as gamma, by mean and sd), where fewer than ten deaths show the delay and at least
        half of the cases have an onset.
    delay : tuple of float, optional
        Mean and standard deviation of the days until death, in place of both.
    by : str, optional
        Column of groups, or ``age_group``: ten-year bands of age. A row of all cases (group ``all``) comes first.
    level : float, default 0.95
        Of the intervals.

    Returns
    -------
    polars.DataFrame
        group, method, cases, deaths, resolved, seen_share (u), estimate, lower, upper, why_not, delay_days,
        delay_source. Estimates are null with the reason.

    Raises
    ------
    UsageError
        When a column is missing or an argument is out of range.

    References
    ----------
    Nishiura et al. 2009, doi 10.1371/journal.pone.0006852; Ghani et al. 2005, doi 10.1093/aje/kwi230.
    """
    if not 0 < level < 1 or (delay is not None and not (delay[0] > 0 and delay[1] > 0)):
        raise UsageError("The level or the delay is out of range.", allowed="between 0 and 1; days above 0")
    known = known_cases(cases, as_of, "outcome", *([by] if by and by != "age_group" else []))
    dated = known.filter(pl.col("day").is_not_null()).with_columns(since=days_between("day", pl.lit(as_of)))
    took = _delay(dated, as_of, pathogen, delay)
    rows = [row for name, part in _groups(dated, by) for row in _rows(name, part, took, level)]
    return _frame(rows, took)


def death_delay(cases: pl.DataFrame, *, as_of: date, pathogen: Pathogen | None = None) -> DeathDelay | None:
    """Day of the case to death: from ten deaths on record, else the pathogen's from onset, else None.

    Delays that are not over yet are allowed for (right truncation); negative ones are left out. The pathogen's is not
    used where fewer than half of the cases have an onset: from another date death comes sooner.
    """
    return _delay(known_cases(cases, as_of, "outcome"), as_of, pathogen, None)


def age_band() -> pl.Expr:
    """Ten-year age group of each case; unknown where the age is."""
    band = (pl.col("age") // 10).clip(upper_bound=_OLDEST_BAND)
    first, last = (band * 10).cast(pl.String), (band * 10 + 9).cast(pl.String)
    return (
        pl.when(pl.col("age").is_null())
        .then(pl.lit("unknown"))
        .when(band == _OLDEST_BAND)
        .then(pl.lit(f"{10 * _OLDEST_BAND}+"))
        .otherwise(pl.concat_str(first, pl.lit("-"), last))
    )


def days_between(start: str, end: pl.Expr) -> pl.Expr:
    """Whole days from a column of dates to another."""
    return (end - pl.col(start)).dt.total_days()


def _delay(
    cases: pl.DataFrame, as_of: date, pathogen: Pathogen | None, given: tuple[float, float] | None
) -> DeathDelay | None:
    if given is not None:
        return DeathDelay(*given, "given")
    died = cases.filter(pl.col("outcome") == "died")
    times = died.select(days=days_between("day", pl.col("outcome_on")), seen=days_between("day", pl.lit(as_of)))
    times = times.filter(pl.col("days") >= 0)
    if times.height >= _LEAST_DEATHS and times["days"].n_unique() > 1:
        days, seen = (times[name].to_numpy().astype(np.float64) for name in ("days", "seen"))
        return DeathDelay(*kernel.fit_gamma_delay(days, seen), "records")
    filed = pathogen.onset_to_death if pathogen else None
    if filed is None or cases["onset"].null_count() > (1 - _LEAST_ONSETS) * cases.height:
        return None
    return DeathDelay(filed.mean.value, filed.sd.value, "pathogen")


def _groups(cases: pl.DataFrame, by: str | None) -> Iterator[tuple[str, pl.DataFrame]]:
    yield "all", cases
    if by is None:
        return
    grouped = cases.with_columns(group=(age_band() if by == "age_group" else pl.col(by).cast(pl.String)))
    for (name,), part in sorted(grouped.group_by("group"), key=lambda item: _order(item[0][0])):
        yield str(name) if name is not None else "unknown", part


def _order(name: object) -> tuple[bool, str]:
    return name is None or name == "unknown", str(name)


def _rows(name: str, part: pl.DataFrame, took: DeathDelay | None, level: float) -> Iterator[tuple[object, ...]]:
    outcome = part["outcome"].cast(pl.String)
    deaths, recovered = int((outcome == "died").sum()), int((outcome == "recovered").sum())
    since = part["since"].to_numpy().astype(np.float64)
    u = float(kernel.gamma_upto(took.mean, took.sd, since).mean()) if took and len(since) else None
    about = (part.height, deaths, deaths + recovered, u)
    yield (name, "naive", *about, *_share(deaths, part.height, level, NO_CASES))
    yield (name, "resolved", *about, *_share(deaths, deaths + recovered, level, NO_OUTCOMES))
    yield (name, "delay_adjusted", *about, *_adjusted(deaths, part.height, u, level))
    yield (name, "outcome_based", *about, *_by_outcome(part, level))


def _share(hits: int, trials: int, level: float, why_not: str) -> tuple[object, ...]:
    if not trials:
        return None, None, None, why_not
    return hits / trials, *kernel.binomial_interval(hits, trials, level), ""


def _adjusted(deaths: int, cases: int, u: float | None, level: float) -> tuple[object, ...]:
    if not cases or u is None or u < _LEAST_SHARE:
        return None, None, None, NO_CASES if not cases else NO_DELAY if u is None else TOO_EARLY
    low, high = kernel.binomial_interval(deaths, cases, level)
    return min(deaths / cases / u, 1.0), min(low / u, 1.0), min(high / u, 1.0), ""


def _by_outcome(part: pl.DataFrame, level: float) -> tuple[object, ...]:
    """Ghani's estimate; outcomes without a date stand at the as-of day."""
    end = pl.min_horizontal(pl.coalesce(days_between("day", pl.col("outcome_on")), "since").clip(0), "since")
    timed = part.select(end=end, outcome=pl.col("outcome").cast(pl.String))
    kinds = [timed.filter(pl.col("outcome") == kind)["end"].to_numpy() for kind in ("died", "recovered")]
    kinds.append(timed.filter(~pl.col("outcome").is_in(["died", "recovered"]).fill_null(value=False))["end"].to_numpy())
    if not len(kinds[0]) + len(kinds[1]):
        return None, None, None, NO_OUTCOMES
    days = int(max(times.max(initial=0) for times in kinds)) + 1
    counts = np.stack([np.bincount(times, minlength=days).astype(np.float64) for times in kinds])
    death, recovery = kernel.competing_outcomes(*(row[None, :] for row in counts))
    estimate = float(death[0] / (death[0] + recovery[0]))
    if not len(kinds[0]) or not len(kinds[1]):
        return estimate, *kernel.binomial_interval(len(kinds[0]), len(kinds[0]) + len(kinds[1]), level), ""
    drawn = np.random.default_rng(_SEED).poisson(counts[:, None, :], (3, _SAMPLES, days)).astype(np.float64)
    deaths, recoveries = kernel.competing_outcomes(*drawn)
    shares = deaths / np.maximum(deaths + recoveries, 1e-12)
    return estimate, *np.quantile(shares, [(1 - level) / 2, (1 + level) / 2]).tolist(), ""


def _frame(rows: list[tuple[object, ...]], took: DeathDelay | None) -> pl.DataFrame:
    counts = dict.fromkeys(("cases", "deaths", "resolved"), pl.Int64)
    figures = dict.fromkeys(("seen_share", "estimate", "lower", "upper"), pl.Float64)
    schema = {"group": pl.String, "method": pl.String, **counts, **figures, "why_not": pl.String}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.with_columns(
        delay_days=pl.lit(took.mean if took else None, dtype=pl.Float64),
        delay_source=pl.lit(took.source if took else None, dtype=pl.String),
    )
