"""The tables beside the report, one CSV a table. Column names are codes; sentences are in the report's language."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_type_hints

import polars as pl

from douse.outputs.briefing import Briefing
from douse.outputs.choice_listing import plans_frame
from douse.outputs.words import Words
from douse.planning.area_values import AreaCover, AreaRisk, CoveredArea
from douse.planning.beds.values import FacilityLoad, Opening, Placement
from douse.planning.community.values import RequestPlan
from douse.planning.entry.values import EntryOrigin, EntrySchedule
from douse.planning.goods.values import Shipment, Shortage
from douse.planning.plan import CostLine, DayNeed, Plan, Round, Staff, Supply
from douse.planning.testing.values import TestingDay, TestingHour, TestingLaboratory, TestingSite
from douse.planning.tracing_values import Turn
from douse.records.finding import write_csv
from douse.records.measure import Because, Measure
from douse.signals import Event, Signal
from douse.situation import Estimates
from douse.tracing.trace import Chain

# Types of fields as columns; anything else is written as text.
_KINDS: dict[Any, type[pl.DataType]] = {
    str: pl.String,
    int: pl.Int64,
    float: pl.Float64,
    bool: pl.Boolean,
    date: pl.Date,
}


def tables(briefing: Briefing, words: Words) -> dict[str, pl.DataFrame]:
    """File name (without ending) -> table."""
    plan, trace, situation = briefing.plan, briefing.trace, briefing.situation
    levels = sorted(plan.levels.items())
    return {
        "measures": frame_of(Measure, plan.measures, words),
        "levels": pl.DataFrame(levels, schema={"zone": pl.String, "level": pl.String}, orient="row"),
        "rounds": frame_of(Round, plan.rounds, words),
        **_testing(plan.testing, words),
        "needs": frame_of(DayNeed, (*plan.needs, *plan.cases_ahead), words),
        "supplies": frame_of(Supply, plan.supplies, words),
        "staff": frame_of(Staff, plan.staff, words),
        **({} if plan.choice is None else {"plans": plans_frame(plan.choice, words)}),
        "shipments": frame_of(Shipment, plan.goods.shipments, words),
        "shortages": frame_of(Shortage, plan.goods.shortages, words),
        "requests": frame_of(RequestPlan, plan.community.requests, words),
        "costs": frame_of(CostLine, plan.costs.lines, words),
        "hidden-areas": frame_of(AreaRisk, plan.areas.top if plan.areas else (), words),
        "covers": frame_of(AreaCover, plan.areas.covers if plan.areas else (), words),
        "cover-areas": frame_of(CoveredArea, plan.areas.chosen if plan.areas else (), words),
        "tracing-turns": frame_of(Turn, plan.tracing_capacity.turns if plan.tracing_capacity else (), words),
        **bed_tables(plan, words),
        **entry_tables(plan, words),
        "worklist": _worklist(trace.worklist, words),
        "contacts": trace.contacts,
        "chains": frame_of(Chain, trace.chains, words),
        "links": trace.links,
        "places": trace.places,
        "signals": signals_frame(briefing.signals, words),
        "events": events_frame(briefing.events, words),
        **{f"estimate-{name.replace('_', '-')}": frame for name, frame in estimate_frames(briefing.estimates).items()},
        "zones": situation.by_zone,
        "curve": situation.curve,
    }


def bed_tables(plan: Plan, words: Words) -> dict[str, pl.DataFrame]:
    """Who goes to which bed (persons), how full facilities become, what to open."""
    beds = plan.beds
    return {
        "placements": frame_of(Placement, beds.placements if beds else (), words),
        "facility-beds": frame_of(FacilityLoad, beds.facilities if beds else (), words),
        "openings": frame_of(Opening, beds.openings if beds else (), words),
    }


def entry_tables(plan: Plan, words: Words) -> dict[str, pl.DataFrame]:
    """What is proposed for the arrivals of each origin, and all ways of testing and staying."""
    found, ways = (plan.entry.origins, plan.entry.schedules) if plan.entry else ((), ())
    return {
        "entry-origins": frame_of(EntryOrigin, found, words),
        "entry-schedules": frame_of(EntrySchedule, ways, words),
    }


def write_tables(folder: Path, briefing: Briefing, words: Words) -> list[Path]:
    """Write every table into a folder; give the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, table in tables(briefing, words).items():
        paths.append(folder / f"{name}.csv")
        write_csv(_flat(table), paths[-1])
    return paths


def frame_of(kind: type, values: Sequence[Any], words: Words) -> pl.DataFrame:
    """Values of a dataclass as a table: a column a field, sentences as text, several of one thing joined by ``; ``."""
    hints = get_type_hints(kind)
    names = [field.name for field in fields(kind)]
    schema = {name: _KINDS.get(_one(hints[name]), pl.String) for name in names}
    return pl.DataFrame(
        [tuple(_cell(getattr(value, name), words) for name in names) for value in values], schema=schema, orient="row"
    )


def _testing(day: TestingDay | None, words: Words) -> dict[str, pl.DataFrame]:
    """Sites, laboratories and hours of the testing day."""
    return {
        "testing-sites": frame_of(TestingSite, day.sites if day else (), words),
        "testing-laboratories": frame_of(TestingLaboratory, day.laboratories if day else (), words),
        "testing-hours": frame_of(TestingHour, day.by_hour if day else (), words),
    }


def _worklist(worklist: pl.DataFrame, words: Words) -> pl.DataFrame:
    said = {key: words.say(key) for key in worklist["reason"].drop_nulls().unique()}
    return worklist.with_columns(pl.col("reason").replace(said))


def signals_frame(signals: Sequence[Signal], words: Words) -> pl.DataFrame:
    """Signals as a table, their reasons as text."""
    said = pl.Series("reason", [words.say(signal.reason, **signal.facts) for signal in signals], dtype=pl.String)
    return frame_of(Signal, signals, words).with_columns(said).drop("facts")


def events_frame(events: Sequence[Event], words: Words) -> pl.DataFrame:
    """Events as a table, their reasons as text."""
    said = pl.Series("reason", [words.say(event.reason, **event.facts) for event in events], dtype=pl.String)
    return frame_of(Event, events, words).with_columns(said).drop("facts")


def estimate_frames(found: Estimates) -> dict[str, pl.DataFrame]:
    """Every table of the estimates, by name."""
    parts = {field.name: getattr(found, field.name) for field in fields(found)}
    growth = {"growth_per_day": found.growth_per_day, "doubling_days": found.doubling_days}
    rows = [(name, value.estimate, value.lower, value.upper, value.why_not) for name, value in growth.items()]
    return {
        **{name: part for name, part in parts.items() if isinstance(part, pl.DataFrame)},
        "end": found.end.by_day,
        "growth": pl.DataFrame(
            rows,
            schema={
                "figure": pl.String,
                "estimate": pl.Float64,
                "lower": pl.Float64,
                "upper": pl.Float64,
                "why_not": pl.String,
            },
            orient="row",
        ),
    }


def _one(hint: Any) -> Any:
    """The type of a hint that also allows None."""
    kinds = [kind for kind in get_args(hint) if kind is not NoneType]
    return kinds[0] if len(kinds) == 1 and NoneType in get_args(hint) else hint


def _cell(value: Any, words: Words) -> Any:
    if isinstance(value, Because):
        return words.because(value)
    if isinstance(value, tuple):
        return "; ".join(str(_cell(part, words)) for part in value)
    return str(value) if isinstance(value, dict) else value


def _flat(table: pl.DataFrame) -> pl.DataFrame:
    """Lists as text, because a CSV cell holds one value; codes as text, so that they are guarded too."""
    lists = [name for name, kind in table.schema.items() if isinstance(kind, pl.List)]
    codes = [name for name, kind in table.schema.items() if isinstance(kind, pl.Enum)]
    return table.with_columns(
        *(pl.col(name).list.eval(pl.element().cast(pl.String)).list.join("; ") for name in lists),
        *(pl.col(name).cast(pl.String) for name in codes),
    )
