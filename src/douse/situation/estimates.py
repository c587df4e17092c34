"""`Estimates`: how big and how fast, from reports that are late and incomplete.

Each part is made in the file of its name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from douse.library.pathogen import Pathogen
from douse.records import Records, ZoneTree
from douse.situation.ascertainment import ascertainment
from douse.situation.bed_forecast import bed_forecast
from douse.situation.case_fatality import case_fatality
from douse.situation.delay_cases import CASE_DELAYS, fit_case_delays
from douse.situation.end_of_outbreak import EndOfOutbreak, end_of_outbreak
from douse.situation.forecast import forecast
from douse.situation.growth import doubling_days
from douse.situation.incidence import daily_counts
from douse.situation.largest_cluster import largest_cluster
from douse.situation.nowcast import nowcast_and_draws
from douse.situation.nowcast_cases import reports_of
from douse.situation.offspring import offspring
from douse.situation.reproduction import reproduction
from douse.situation.reproduction_nowcast import growth_nowcast, reproduction_nowcast
from douse.situation.situation import Interval, Situation
from douse.units import DAYS_PER_WEEK

# Below this share of cases with an onset, counts by onset are not those of the outbreak.
LEAST_ONSET_SHARE = 0.5
# Where fewer of the last week's onsets are on record than this share of those to be expected, the nowcast is mostly
# what it assumes of delays, and R and growth are not read from it.
LEAST_REPORTED_SHARE = 1 / 3
HORIZON_DAYS = 14
_DRAWS = 500


@dataclass(frozen=True)
class Estimates:
    """What the statistics of the field say of one day; frames are tidy, and empty where nothing can be said.

    Attributes
    ----------
    as_of : date
        The day.
    basis : str
        onset: R and growth are those of the nowcast by onset, with its uncertainty. reported: too few onsets are
        on record, or too many of the last week's are still to be reported, so they are read from the days on which
        cases were told, which are complete.
    delays : polars.DataFrame
        As from `fit_case_delays`.
    nowcast : polars.DataFrame
        As from `nowcast_cases`; empty where too few cases have an onset.
    onsets_in_week : Interval
        Cases who fell ill in the last seven days, with those still to be reported.
    reproduction : polars.DataFrame
        date, mean, lower, upper ..., one row a window.
    growth_per_day, doubling_days : Interval
        Of the latest fortnight.
    end : EndOfOutbreak
        Whether it is over, and when it may be called so.
    offspring, largest, fatality, ascertainment, forecast, beds : polars.DataFrame
        As from the functions of these names.
    """

    as_of: date
    basis: str
    delays: pl.DataFrame
    nowcast: pl.DataFrame
    onsets_in_week: Interval
    reproduction: pl.DataFrame
    growth_per_day: Interval
    doubling_days: Interval
    end: EndOfOutbreak
    offspring: pl.DataFrame
    largest: pl.DataFrame
    fatality: pl.DataFrame
    ascertainment: pl.DataFrame
    forecast: pl.DataFrame
    beds: pl.DataFrame


def estimate(
    known: Records,
    situation: Situation,
    zones: ZoneTree,
    pathogen: Pathogen,
    *,
    delays: Sequence[str] = tuple(CASE_DELAYS),
) -> Estimates:
    """All estimates of the as-of day.

    Parameters
    ----------
    known : Records
        As-of view: tests and stays.
    situation : Situation
        Its counted cases.
    zones : ZoneTree
        Residents, from whom those screened were drawn.
    pathogen : Pathogen
        Serial interval, severity by age, delay to death.
    delays : sequence of str
        Delays that are fitted, of `CASE_DELAYS`; all if not given.
    """
    cases, as_of = situation.cases, situation.as_of
    told = daily_counts(cases, "reported", as_of)
    dated = cases.height > 0 and cases["onset"].count() >= LEAST_ONSET_SHARE * cases.height
    by_day, draws = nowcast_and_draws(
        reports_of(cases if dated else cases.clear()), as_of=as_of, step="day", draws=_DRAWS
    )
    week = _in_last_week(draws, as_of) if dated else Interval(None, why_not="Too few cases have an onset on record.")
    by_onset = dated and _known_in_last_week(by_day, as_of) >= LEAST_REPORTED_SHARE * (week.estimate or 0.0)
    if by_onset:
        r_over_time = reproduction_nowcast(draws, pathogen)
        per_day, doubling = growth_nowcast(draws)
    else:
        r_over_time = reproduction(told, pathogen)
        per_day, doubling = situation.growth_per_day, doubling_days(situation.growth_per_day)
    return Estimates(
        as_of=as_of,
        basis="onset" if by_onset else "reported",
        delays=fit_case_delays(cases, as_of, names=delays),
        nowcast=by_day,
        onsets_in_week=week,
        reproduction=r_over_time,
        growth_per_day=per_day,
        doubling_days=doubling,
        end=end_of_outbreak(cases, pathogen, as_of=as_of, reporting_delay=_told_after(cases)),
        offspring=offspring(cases, as_of=as_of, pathogen=pathogen),
        largest=largest_cluster(cases, as_of=as_of, pathogen=pathogen),
        fatality=case_fatality(cases, as_of=as_of, pathogen=pathogen),
        ascertainment=ascertainment(
            cases, as_of=as_of, pathogen=pathogen, tests=known.table("tests"), population=_residents(zones)
        ),
        forecast=forecast(told, as_of=as_of, pathogen=pathogen, horizon=HORIZON_DAYS),
        beds=bed_forecast(
            cases, as_of=as_of, pathogen=pathogen, stays=known.table("stays"), daily=told, horizon=HORIZON_DAYS
        ),
    )


def _in_last_week(draws: pl.DataFrame, as_of: date) -> Interval:
    recent = draws.filter(pl.col("date") > as_of - timedelta(days=DAYS_PER_WEEK))
    if recent.is_empty():
        return Interval(0.0, 0.0, 0.0)
    totals = recent.group_by("draw").agg(pl.col("count").sum())["count"]
    low, middle, high = (totals.quantile(share, "nearest") for share in (0.025, 0.5, 0.975))
    return Interval(middle, low, high)


def _known_in_last_week(by_day: pl.DataFrame, as_of: date) -> int:
    return int(by_day.filter(pl.col("date") > as_of - timedelta(days=DAYS_PER_WEEK))["reported"].sum())


def _told_after(cases: pl.DataFrame) -> list[int] | None:
    """Cases told 0, 1, 2 ... days after their day; None without any."""
    days = cases.select((pl.col("told_on") - pl.col("day")).dt.total_days().clip(0)).to_series().drop_nulls()
    return np.bincount(days.to_numpy()).tolist() if len(days) else None


def _residents(zones: ZoneTree) -> float | None:
    roots = zones.population[zones.parent < 0]
    total = float(roots[roots == roots].sum())  # noqa: PLR0124  without those that are not known (NaN)
    return total or None
