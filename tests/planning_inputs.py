"""What the planners look at, made from small tables: for the tests of the planning room."""

from datetime import date
from typing import Any

import polars as pl

from conftest import records
from douse.library import Costs, Pathogen, Protocol, load
from douse.library.number import Number
from douse.library.protocol import EnterRule
from douse.planning import make_plan
from douse.planning.basis import Basis
from douse.planning.plan import Plan
from douse.records import Records, ZoneTree
from douse.records.measure import Measure
from douse.situation.cases import counted_cases, suspected
from douse.situation.situation import CommunityZero, ContactFigures, Interval, Situation
from douse.tracing.trace import Trace

TODAY = date(2026, 3, 15)
TREE = """
  zone_id   | kind      | parent_zone | population | households
  ----------+-----------+-------------+------------+-----------
  city      | city      |             | 500000     | 200000
  district  | district  | city        | 100000     | 40000
  community | community | district    | 8000       | 3200
  estate    | estate    | community   | 2000       | 800
  block1    | building  | estate      | 200        | 80
  block2    | building  | estate      | 300        | 120
  far       | community | district    | 6000       | 2400
"""
CONTACT_COLUMNS = {
    "person": pl.String, "case_id": pl.String, "ring": pl.Int64, "via": pl.String, "contact_class": pl.String,
    "setting": pl.String, "zone": pl.String, "age": pl.Int64, "household": pl.String, "first_exposure": pl.Date,
    "last_exposure": pl.Date, "minutes": pl.Float64, "basis": pl.String, "reached": pl.Boolean,
    "quarantined_on": pl.Date, "under_follow_up": pl.Boolean, "quarantine_end": pl.Date, "follow_up_end": pl.Date,
    "place": pl.String, "infection_probability": pl.Float64, "named_at": pl.Datetime("us"), "cancelled": pl.Boolean,
    "released_on": pl.Date, "test_days": pl.List(pl.Date), "next_test": pl.Date, "test_missed": pl.Boolean,
}  # fmt: skip
WORK_COLUMNS = {
    "person": pl.String, "task": pl.String, "case_id": pl.String, "ring": pl.Int64, "contact_class": pl.String,
    "zone": pl.String, "household": pl.String, "reason": pl.String, "deadline": pl.Datetime("us"),
    "overdue": pl.Boolean, "quarantine_end": pl.Date, "quarantine_days_left": pl.Int64, "place": pl.String,
    "next_test": pl.Date, "test_days": pl.List(pl.Date), "priority": pl.Int64,
}  # fmt: skip
PLACE_COLUMNS = {
    "place_id": pl.String, "kind": pl.String, "zone": pl.String, "latitude": pl.Float64, "longitude": pl.Float64,
    "cases": pl.Int64, "first_day": pl.Date, "last_day": pl.Date, "people": pl.Int64, "crowded": pl.Boolean,
}  # fmt: skip
LINK_COLUMNS = {
    "case_id": pl.String, "infector": pl.String, "chain": pl.String, "generation": pl.Int64, "source": pl.String,
    "basis": pl.String,
}  # fmt: skip


def rows(columns: dict[str, Any], given: list[dict[str, Any]]) -> pl.DataFrame:
    """A frame of some columns; values that a row does not name are empty."""
    return pl.DataFrame([{name: row.get(name) for name in columns} for row in given], schema=columns)


def traced(
    contacts: list[dict[str, Any]] | None = None,
    places: list[dict[str, Any]] | None = None,
    worklist: list[dict[str, Any]] | None = None,
) -> Trace:
    """A trace from rows."""
    return Trace(
        links=rows(LINK_COLUMNS, []),
        chains=(),
        contacts=rows(CONTACT_COLUMNS, contacts or []),
        worklist=rows(WORK_COLUMNS, worklist or []),
        places=rows(PLACE_COLUMNS, places or []),
    )


def number(value: float, unit: str = "days") -> Number:
    """A number of a library file."""
    return Number(value=value, unit=unit, source="test", grade="est")


def enter(evidence: str, at_least: float, within_days: float = 14, **more: Any) -> EnterRule:
    """A rule to enter a level."""
    units = {"weekly_incidence": "cases per 100,000 a week", "exposure_site": "places", "contains": "zones"}
    return EnterRule(
        evidence=evidence,
        at_least=number(at_least, units.get(evidence, "cases")),
        within_days=number(within_days),
        **more,
    )


def protocol(**levels: dict[str, Any]) -> Protocol:
    """The generic protocol with some fields of its levels replaced."""
    generic = load(Protocol, "who-generic")
    changed = tuple(rule.model_copy(update=levels.get(rule.level, {})) for rule in generic.level)
    return generic.model_copy(update={"level": changed})


# A protocol in four lines: one community case closes its building; what is around is watched.
SIMPLE: dict[str, dict[str, Any]] = {
    "precaution": {
        "smallest": "community",
        "largest": "city",
        "enter": (enter("community_case", 1), enter("contains", 1, 1, level="control")),
    },
    "control": {"smallest": "estate", "largest": "community", "enter": (enter("contains", 3, 1, level="lockdown"),)},
    "lockdown": {"smallest": "building", "largest": "estate", "enter": (enter("community_case", 1),)},
}


def cases_in(*zones: str | None, told: date = TODAY, **columns: Any) -> list[dict[str, Any]]:
    """A confirmed case a zone, all told on one day."""
    return [
        {"case_id": f"c{n:03d}", "zone": zone, "onset": told, "recorded_at": told.isoformat(), **columns}
        for n, zone in enumerate(zones)
    ]


def basis(
    as_of: date = TODAY,
    *,
    rules: Protocol | None = None,
    trace: Trace | None = None,
    pathogen: Pathogen | None = None,
    r_now: Interval | None = None,
    horizon_days: int = 14,
    **drawings: str | list[dict[str, Any]],
) -> Basis:
    """Everything that a planner looks at; tables as in `conftest.records`."""
    known = records(**drawings).as_of(as_of)
    zones = ZoneTree(known)
    virus = pathogen or load(Pathogen, "sars-cov-2-wild")
    rule_book = rules or load(Protocol, "who-generic")
    return Basis(
        known=known,
        situation=situation(known, virus, rule_book, r_now or Interval(1.1, 0.9, 1.3)),
        trace=trace or traced(),
        zones=zones,
        pathogen=virus,
        protocol=rule_book,
        costs=load(Costs, "generic"),
        horizon_days=horizon_days,
    )


def situation(known: Records, pathogen: Pathogen, rules: Protocol, r_now: Interval) -> Situation:
    """What the planners read of a situation; the rest is left empty."""
    cases = counted_cases(known, pathogen, rules)
    nothing, unknown = pl.DataFrame(), Interval(None)
    return Situation(
        as_of=known.day,
        pathogen=pathogen.id,
        protocol=rules.id,
        total=cases.height,
        suspected=suspected(known),
        new_today=cases.filter(pl.col("told_on") == known.day).height,
        new_week=0,
        active=int(cases["active"].sum()),
        deaths=0,
        curve=nothing,
        by_zone=nothing,
        by_age=nothing,
        by_origin=nothing,
        severity=nothing,
        reproduction=nothing,
        cases=cases,
        r_now=r_now,
        doubling_days=unknown,
        growth_per_day=unknown,
        delays=(),
        milestones=(),
        community_zero=CommunityZero(0, 0, None, 0, 0, reached=False),
        contacts=ContactFigures(0, None, None, None, 0, None, 0, 0),
        missing=(),
    )


def planned(at: Basis) -> Plan:
    """The plan on a basis."""
    return make_plan(
        at.known, at.situation, (), at.trace, at.zones, at.pathogen, at.protocol, at.costs, horizon_days=at.horizon_days
    )


def level_measures_of(plan: Plan) -> tuple[Measure, ...]:
    """Measures of kind level."""
    return tuple(measure for measure in plan.measures if measure.kind == "level")
