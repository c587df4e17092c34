"""Levels in force, and when each could be lifted."""

import math
from datetime import date, timedelta

import polars as pl

from douse.library.pathogen import Pathogen
from douse.library.protocol import LiftRule, Protocol
from douse.records import Records, ZoneTree
from douse.records.codes import LEVELS
from douse.situation.clock import resolve_days
from douse.situation.subtree import latest_day

_NO_END = date.max - timedelta(days=1)
_RANK = {level: rank for rank, level in enumerate(LEVELS)}


def in_force(known: Records, zones: ZoneTree) -> pl.DataFrame:
    """The level in force in each zone that is not open.

    A level is in force from its start until it is ended or its expiry day has passed. Of several in one zone the
    latest started counts, then the more restrictive.

    Parameters
    ----------
    known : Records
        As-of view.
    zones : ZoneTree
        Orders the rows.

    Returns
    -------
    polars.DataFrame
        zone, level, measure_id, start, review_on, expires_on, since (first day of the unbroken run of this level
        in the zone, over renewals), after_higher (bool: a higher level came right before), restricted_since (first
        day of the unbroken run of any level but open); in the tree's order.
    """
    rows = _with_runs(_levels(known))
    lasts = pl.col("ended_on").is_null() & (pl.col("expires_on") >= pl.lit(known.day)).fill_null(value=True)
    latest = rows.filter(lasts).unique("zone", keep="last", maintain_order=True)
    chosen = latest.filter(pl.col("level") != "open")
    columns = ("zone", "level", "measure_id", "start", "review_on", "expires_on")
    return (
        chosen.with_columns(position=zones.index(chosen["zone"]))
        .sort("position", "zone")
        .select(*columns, "since", "after_higher", "restricted_since")
    )


def lift_countdown(
    known: Records, cases: pl.DataFrame, zones: ZoneTree, pathogen: Pathogen, protocol: Protocol
) -> pl.DataFrame:
    """Days until the days that the protocol's lift rule asks for have passed, for each level in force.

    Parameters
    ----------
    known : Records
        As-of view.
    cases : polars.DataFrame
        Counted cases.
    zones : ZoneTree
        Cases of a zone are those of its subtree.
    pathogen, protocol
        The lift rules, and the maximum incubation where a rule names it.

    Returns
    -------
    polars.DataFrame
        Columns of `in_force`, then last_case (date), clear_since (the days without a case count from here),
        days_without_case (asked by the rule), lift_on (date), lift_in_days (0: the days have passed; a final round
        that the rule asks for must still be held).

    Notes
    -----
    Every counted case restarts the clock unless it was found in quarantine away from home: a case within closed
    doors is no community case, yet it shows that infection goes on in the zone. Cases older than one maximum
    incubation period before the zone was first restricted had no part in it: then the clock starts with the
    restriction.
    """
    rows = in_force(known, zones)
    latest = latest_day(cases.filter(~pl.col("found_away")), zones)
    asked = pl.DataFrame(
        [_asked(rule.level, rule.lift, pathogen) for rule in protocol.level if rule.lift],
        schema={"level": pl.String, "days_without_case": pl.Int64, "days_after_higher": pl.Int64},
        orient="row",
    )
    rows = rows.join(
        pl.DataFrame({"zone": zones.ids, "last_case": latest}, schema_overrides={"zone": pl.String}),
        on="zone",
        how="left",
        maintain_order="left",
    ).join(asked, on="level", how="left", maintain_order="left")
    part_of_it = pl.col("restricted_since") - pl.duration(days=math.ceil(pathogen.max_incubation.value))
    clear_since = pl.when(pl.col("last_case") >= part_of_it).then("last_case").otherwise("restricted_since")
    lift_on = pl.max_horizontal(
        pl.col("clear_since") + pl.duration(days="days_without_case"),
        pl.when("after_higher").then(pl.col("since") + pl.duration(days="days_after_higher")),
    )
    return (
        rows.with_columns(clear_since=clear_since)
        .with_columns(lift_on=lift_on)
        .with_columns(lift_in_days=(pl.col("lift_on") - pl.lit(known.day)).dt.total_days().clip(lower_bound=0))
        .drop("days_after_higher")
    )


def _asked(level: str, lift: LiftRule, pathogen: Pathogen) -> tuple[str, int, int]:
    after = lift.days_after_higher.value if lift.days_after_higher else 0
    return level, math.ceil(resolve_days(lift.days_without_case, pathogen)), math.ceil(after)


def _levels(known: Records) -> pl.DataFrame:
    """Measures that put a level on a zone and have started, in order of zone and start."""
    measures = known.table("measures").filter(pl.col("kind") == "level").drop_nulls(["zone", "level", "start"])
    levels = measures.with_columns(pl.col("level").cast(pl.String))
    rank = pl.col("level").replace_strict(_RANK, return_dtype=pl.Int64)
    return levels.with_columns(rank=rank).sort("zone", "start", "rank", "measure_id")


def _with_runs(levels: pl.DataFrame) -> pl.DataFrame:
    """Add `since`, `after_higher` and `restricted_since`.

    A run breaks where a day passes between one measure and the next; that of one level also where the level
    changes, that of any level where the zone was open.
    """
    last_day = pl.coalesce("ended_on", "expires_on", pl.lit(_NO_END))
    before = pl.col("rank").shift(1).over("zone")
    gap = (pl.col("start") > last_day.cum_max().shift(1).over("zone") + pl.duration(days=1)).fill_null(value=True)
    return (
        levels.with_columns(gap=gap, before=before)
        .with_columns(
            run=(pl.col("gap") | (pl.col("rank") != pl.col("before"))).cum_sum().over("zone"),
            restriction=(pl.col("gap") | (pl.col("before") == _RANK["open"])).cum_sum().over("zone"),
        )
        .with_columns(
            since=pl.col("start").min().over("zone", "run"),
            after_higher=((pl.col("before") > pl.col("rank")) & ~pl.col("gap")).any().over("zone", "run"),
            restricted_since=pl.col("start").min().over("zone", "restriction"),
        )
    )
