"""Figures of the records by which claims are weighed: what is known of an area as of a moment."""

from collections.abc import Mapping
from datetime import timedelta

import polars as pl

from douse.outputs.claims.evidence import Value
from douse.outputs.levels import effective_levels
from douse.outputs.words import UNKNOWN, Words
from douse.records import Records, ZoneTree
from douse.records.codes import LEVELS
from douse.situation.lifting import in_force
from douse.situation.situation import Situation

_ = str  # marks what is said, for translation
WEEK = timedelta(days=7)
# Name -> what it is called. Of the whole area all of them are told, of a zone those that records tell by zone.
FIGURES: dict[str, str] = {
    "cases": _("Cases in all"),
    "new_cases": _("New cases in 7 days"),
    "active": _("Active cases"),
    "deaths": _("Deaths"),
    "r": _("Reproduction number R"),
    "days_since": _("Days since the last case in the community"),
    "level": _("Level in force"),
    "tests": _("Tests taken in 7 days"),
    "positive": _("Positive tests in 7 days"),
    "in_hospital": _("Persons in hospital or intensive care"),
    "beds": _("Hospital beds for this outbreak"),
    "requests": _("Requests of residents that wait"),
}
# A level and a number of beds say nothing of a person; the others count persons, or are made of such counts.
OF_NOBODY = frozenset({"level", "beds"})
_OF_A_ZONE = {"cases": "cases", "new_cases": "new_cases", "active": "active", "deaths": "deaths"}


def figures_of(situation: Situation, known: Records, zones: ZoneTree, zone: str | None) -> dict[str, Value]:
    """Figures of a zone with all that lies within it, or of the whole area (None), without those not known.

    Parameters
    ----------
    situation : Situation
        Of the as-of moment.
    known : Records
        The as-of view that it was made from.
    zones : ZoneTree
        Zones of that view.
    """
    found = _of_area(situation, known) if zone is None else _of_zone(situation, known, zones, zone)
    return {name: found[name] for name in FIGURES if found.get(name) is not None}


def said(figure: str, value: Value, words: Words) -> str:
    """A value in words."""
    if value is None:
        return UNKNOWN
    if isinstance(value, str):
        return words.level(value) if value in LEVELS else UNKNOWN
    return words.number(value, 2 if figure == "r" else 0)


def named(figure: str, words: Words) -> str:
    """What a figure is called; a figure of another edition keeps its name."""
    return words.say(FIGURES[figure]) if figure in FIGURES else figure


def _of_zone(situation: Situation, known: Records, zones: ZoneTree, zone: str) -> dict[str, Value]:
    row: Mapping[str, object] = next(iter(situation.by_zone.filter(zone=zone).iter_rows(named=True)), {})
    found: dict[str, Value] = {name: _number(row.get(column, 0)) for name, column in _OF_A_ZONE.items()}
    found["days_since"] = _number(row.get("days_since"))
    own = dict(in_force(known, zones).select("zone", "level").iter_rows())
    found["level"] = effective_levels(zones, own).get(zone, LEVELS[0])
    return found


def _of_area(situation: Situation, known: Records) -> dict[str, Value]:
    return {
        "cases": situation.total,
        "new_cases": situation.new_week,
        "active": situation.active,
        "deaths": situation.deaths,
        "r": situation.r_now.estimate,
        **_tests(situation, known),
        **_hospital(known),
        **_requests(known),
    }


def _tests(situation: Situation, known: Records) -> dict[str, Value]:
    tests = known.table("tests")
    if tests.is_empty():
        return {}
    recent = tests.filter(pl.col("sampled_at") > pl.lit(situation.as_of) - WEEK)
    positive = recent.filter((pl.col("result") == "positive").fill_null(value=False))
    return {"tests": recent.height, "positive": positive.height}


def _hospital(known: Records) -> dict[str, Value]:
    found: dict[str, Value] = {}
    stays, facilities = known.table("stays"), known.table("facilities")
    if not stays.is_empty():
        lying = stays.filter(pl.col("place").is_in(["hospital", "icu"]) & pl.col("left_on").is_null())
        found["in_hospital"] = lying["person_id"].n_unique()
    ready = facilities.filter((pl.col("kind") == "hospital") & (pl.col("lead_time_days").fill_null(0) == 0))
    if ready["beds"].drop_nulls().len():
        found["beds"] = float(ready["beds"].sum())
    return found


def _requests(known: Records) -> dict[str, Value]:
    requests = known.table("requests")
    if requests.is_empty():
        return {}
    waiting = pl.all_horizontal(pl.col("met_at", "withdrawn_at", "delivered_at").is_null())
    return {"requests": requests.filter(waiting).height}


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None
