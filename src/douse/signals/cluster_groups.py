"""What ties cases together: a chain, a named cluster, a place, a household, a building or estate."""

from datetime import timedelta
from typing import Literal

import numpy as np
import polars as pl

from douse.kernels.chains import cut_loops, roots
from douse.records import Records, ZoneTree
from douse.records.codes import ZONE_KINDS

Basis = Literal["chain", "cluster", "household", "place", "zone"]
# Of groups with the same cases the first here is told: it says most of how they are tied.
BASES: tuple[Basis, ...] = ("chain", "cluster", "household", "place", "zone")
LARGEST_ZONE = "estate"


def memberships(
    known: Records, cases: pl.DataFrame, zones: ZoneTree, *, days: int, incubation_days: int
) -> pl.DataFrame:
    """Groups of each case: case_id, told_on, basis, name; one row a case and group.

    Parameters
    ----------
    known : Records
        As-of view; people give households, visits give places.
    cases : polars.DataFrame
        Counted cases, with person and told_on.
    zones : ZoneTree
        The tree; a case is in every zone around its own, up to an estate.
    days : int
        Days of the window of the alert.
    incubation_days : int
        Visits so many days before a case was told may have been where it was infected or infected others.
    """
    told = cases.filter(pl.col("told_on").is_not_null()).unique("case_id", keep="first", maintain_order=True)
    groups = [
        _by_chain(told),
        _by_cluster(told),
        _by_household(known, told),
        _by_place(known, told, days, incubation_days),
        _by_zone(told, zones),
    ]
    return pl.concat(groups).unique(maintain_order=True)


def _group(frame: pl.DataFrame, basis: Basis, name: str) -> pl.DataFrame:
    return frame.select(
        "case_id", "told_on", pl.lit(basis).alias("basis"), pl.col(name).cast(pl.String).alias("name")
    ).filter(pl.col("name").is_not_null())


def _by_chain(told: pl.DataFrame) -> pl.DataFrame:
    position = pl.int_range(pl.len(), dtype=pl.Int64).alias("at")
    index = told.select("case_id", position)
    linked = told.select("infector").join(
        index, left_on="infector", right_on="case_id", how="left", maintain_order="left"
    )
    infector = linked["at"].fill_null(-1).to_numpy()
    order = told.select(pl.struct("told_on", "case_id").rank("ordinal")).to_series().to_numpy().astype(np.int64)
    root, _ = roots(cut_loops(infector, order))
    return _group(told.with_columns(chain=told["case_id"].gather(root)), "chain", "chain")


def _by_cluster(told: pl.DataFrame) -> pl.DataFrame:
    return _group(told, "cluster", "cluster")


def _by_household(known: Records, told: pl.DataFrame) -> pl.DataFrame:
    people = (
        known.table("people").select("person_id", "household").unique("person_id", keep="first", maintain_order=True)
    )
    return _group(
        told.join(people, left_on="person", right_on="person_id", how="left", maintain_order="left"),
        "household",
        "household",
    )


def _by_place(known: Records, told: pl.DataFrame, days: int, incubation_days: int) -> pl.DataFrame:
    """Places that cases were at before they were tested, within `days` of the last such visit to the place."""
    recent = told.filter(pl.col("told_on") > known.day - timedelta(days=days)).with_columns(
        until=pl.coalesce(pl.col("tested_at", "confirmed_at").cast(pl.Date), "told_on")
    )
    keys = pl.concat([recent.select(key="person", case_id="case_id"), recent.select(key="case_id", case_id="case_id")])
    visits = (
        known.table("visits").filter(pl.col("place_id").is_not_null()).select("person_id", "place_id", "entered_at")
    )
    of_cases = (
        visits.join(keys.unique(maintain_order=True), left_on="person_id", right_on="key", maintain_order="left")
        .join(recent.select("case_id", "told_on", "until"), on="case_id", maintain_order="left")
        .with_columns(day=pl.col("entered_at").dt.date())
        .filter(pl.col("day") < pl.col("until"), pl.col("day") >= pl.col("told_on") - pl.duration(days=incubation_days))
        .filter(pl.col("day") > pl.col("day").max().over("place_id") - pl.duration(days=days))
    )
    return _group(of_cases, "place", "place_id")


def _by_zone(told: pl.DataFrame, zones: ZoneTree) -> pl.DataFrame:
    small = zones.rank <= ZONE_KINDS.index(LARGEST_ZONE)
    around = [
        (zone, zones.ids[above])
        for zone in told["zone"].drop_nulls().unique().sort()
        if zone in zones.position
        for above in zones.ancestors(zones.position[zone])
        if small[above]
    ]
    pairs = pl.DataFrame(around, schema={"zone": pl.String, "around": pl.String}, orient="row")
    return _group(told.join(pairs, on="zone", maintain_order="left"), "zone", "around")
