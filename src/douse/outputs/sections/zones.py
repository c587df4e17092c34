"""Zones: the map by level, the larger areas, the most affected small ones with the countdown to lifting."""

from datetime import timedelta
from typing import Any

import polars as pl

from douse.outputs.blocks import Block, Cell, Chip, Column, Figure, Grid, Section, Text
from douse.outputs.briefing import Briefing
from douse.outputs.charts.zone_map import Shape, shapes, zone_map
from douse.outputs.levels import effective_levels
from douse.outputs.sections.common import (
    bars,
    columns,
    known_columns,
    level_chip,
    long_grid,
    named,
    number,
    short,
    where,
)
from douse.outputs.words import UNKNOWN, Words
from douse.records.codes import LEVELS

MAP_DAYS = 14
_LARGER_SHOWN = 20


def zones(briefing: Briefing, words: Words) -> Section:
    """Section: map, larger areas, small areas."""
    title = words.say("Zones")
    table = briefing.situation.by_zone
    if table.is_empty():
        return Section(
            "zones", title, (Text(words.say("No record names a zone, so nothing can be said of areas."), "note"),)
        )
    return Section("zones", title, (*_map(briefing, words), *_larger(briefing, words), *_smaller(briefing, words)))


def _map(briefing: Briefing, words: Words) -> list[Block]:
    recent = briefing.situation.cases.filter(
        (pl.col("told_on") > briefing.as_of - timedelta(days=MAP_DAYS)) & pl.col("zone").is_not_null()
    )
    own = dict(recent.group_by("zone").len().iter_rows())
    found = shapes(briefing.zones, briefing.plan.levels, own)
    alt = words.say(
        "Map of {n} zones coloured by level, with circles for the cases reported in {days} days.",
        n=len(found),
        days=MAP_DAYS,
    )
    drawn = zone_map(found, alt)
    if drawn is None:
        missing = words.say(
            "No map can be drawn: no zone has an outline or coordinates. Add latitude and longitude, or boundary, to "
            "the table of zones."
        )
        return [Text(missing, "note")]
    blocks: list[Block] = [Figure((drawn,), _caption(found, words), _key(found, words))]
    off = len(own.keys() - {shape.zone for shape in found})
    if off:
        blocks.append(
            Text(words.say("{n} zones with recent cases have no coordinates and are not on the map.", n=off), "note")
        )
    return blocks


def _caption(found: list[Shape], words: Words) -> str:
    most = max((shape.cases for shape in found), default=0)
    outlines = (
        words.say("Zones by level with this plan.")
        if any(shape.polygons for shape in found)
        else words.say("Zones by level with this plan, as points: no zone has an outline.")
    )
    circles = (
        words.say("Circles: cases reported in {days} days, the largest {n}.", days=MAP_DAYS, n=most) if most else ""
    )
    return f"{outlines} {circles}".strip()


def _key(found: list[Shape], words: Words) -> tuple[Chip, ...]:
    levels = tuple(level_chip(level, words) for level in LEVELS)
    return (*levels, Chip(words.label("cases"), "circle")) if any(shape.polygons for shape in found) else levels


def _heads(words: Words) -> tuple[Column, ...]:
    return columns(
        words.say("Zone"),
        short(words.say("Level")),
        number(words.say("New, 7 days")),
        number(words.say("Community, 14 days")),
        number(words.say("Active"), minor=True),
        number(words.say("All"), minor=True),
        number(words.say("Per 100,000")),
        words.say("Last community case"),
        short(words.say("Lifting")),
    )


def _larger(briefing: Briefing, words: Words) -> list[Block]:
    larger = larger_areas(briefing.situation.by_zone)
    if larger.is_empty():
        return []
    heads, rows = known_columns(_heads(words), _rows(larger, briefing, words))
    return [Grid(words.say("Larger areas, with all zones within them"), heads, rows)]


def larger_areas(by_zone: pl.DataFrame) -> pl.DataFrame:
    """Roots and their children, as far as there is more within them; roots first, then most new cases."""
    roots = by_zone.filter(pl.col("parent_zone").is_null())["zone"].implode()
    containing = by_zone["parent_zone"].drop_nulls().unique().implode()
    return (
        by_zone.filter(
            (pl.col("zone").is_in(roots) | pl.col("parent_zone").is_in(roots)) & pl.col("zone").is_in(containing)
        )
        .sort("parent_zone", "new_cases", "zone", descending=[False, True, False], nulls_last=False)
        .head(_LARGER_SHOWN)
    )


def _smaller(briefing: Briefing, words: Words) -> list[Block]:
    """Zones with cases that no smaller zone has, and zones with a level of their own; most recent cases first."""
    table = briefing.situation.by_zone
    with_cases = table.filter(pl.col("cases") > 0)
    containing = with_cases["parent_zone"].drop_nulls().unique()
    shown = table.filter(
        ((pl.col("cases") > 0) & ~pl.col("zone").is_in(containing.implode()))
        | pl.col("zone").is_in(list(briefing.plan.levels))
    ).sort(["new_cases", "community_cases_14d", "cases", "zone"], descending=[True, True, True, False])
    shown = shown.join(larger_areas(table).select("zone"), on="zone", how="anti", maintain_order="left")
    if shown.is_empty():
        return [] if with_cases.height else [Text(words.say("No case has a zone."), "note")]
    caption = words.say("Smallest known zones with cases, or with a level, most new cases first")
    return long_grid(caption, _heads(words), _rows(shown, briefing, words), words, file="zones")


def _rows(table: pl.DataFrame, briefing: Briefing, words: Words) -> list[list[Cell]]:
    holds = effective_levels(briefing.zones, briefing.plan.levels)
    new = bars(table["new_cases"].to_list(), words)
    return [
        [
            named(row["name"] or row["zone"], where(row["zone"], briefing, words)),
            level_chip(holds.get(row["zone"], "open"), words),
            bar,
            words.number(row["community_cases_14d"]),
            words.number(row["active"]),
            words.number(row["cases"]),
            words.number(row["rate_100k"], 1),
            _since(row, words),
            _lifting(row, words),
        ]
        for row, bar in zip(table.iter_rows(named=True), new, strict=True)
    ]


def _since(row: dict[str, Any], words: Words) -> str:
    if row["last_community_case"] is None:
        return words.say("none")
    return words.say("{days} {days:day|days} ago", days=row["days_since"]) if row["days_since"] else words.say("today")


def _lifting(row: dict[str, Any], words: Words) -> str:
    if row["lift_in_days"] is None:
        return UNKNOWN
    if row["lift_in_days"] <= 0:
        return words.say("can be lifted")
    return words.say("in {days} {days:day|days}", days=row["lift_in_days"])
