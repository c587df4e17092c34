"""Visits of which only the day is known."""

from datetime import time

import polars as pl

from douse.records import Records
from douse.tracing.persons import with_person
from douse.tracing.places import listed_places

_FACTS = ("kind", "latitude", "longitude")


def named_days(known: Records, hosts: pl.DataFrame, wanted: pl.Expr) -> pl.DataFrame:
    """A row a visit and day that it touches, within the windows of all hosts.

    Parameters
    ----------
    known : Records
        As-of view.
    hosts : polars.DataFrame
        since, until: no other days are looked at.
    wanted : polars.Expr
        Which visits, over place_id, kind, latitude and longitude (the visit's own, else those of the listed place).

    Returns
    -------
    polars.DataFrame
        person, place (place_id; null for a point), kind, latitude, longitude, day, day_only (bool: no time of day is
        known).
    """
    first, last = (pl.lit(day, dtype=pl.Date) for day in (hosts["since"].min(), hosts["until"].max()))
    came = pl.col("entered_at").dt.date()
    left = pl.max_horizontal("entered_at", "left_at").dt.date()
    midnight = (pl.col("entered_at").dt.time() == time.min) & (pl.col("left_at").dt.time() == time.min)
    listed = listed_places(known).select(*_FACTS, place_id="place")
    visits = (
        known.table("visits")
        .filter(came <= last, left >= first)
        .with_columns(pl.col("kind").cast(pl.String))
        .join(listed, on="place_id", how="left", suffix="_listed")
        .with_columns(pl.coalesce(name, f"{name}_listed").alias(name) for name in _FACTS)
        .filter(wanted)
    )
    return (
        with_person(visits, known)
        .select(
            "person",
            *_FACTS,
            place="place_id",
            day=pl.date_ranges(came, left),
            day_only=pl.col("left_at").is_null() | midnight.fill_null(value=False),
        )
        .explode("day")
        .unique(maintain_order=True)
    )
