"""Visits of which only the day is known."""

from datetime import time

import polars as pl

from douse.records import Records
from douse.tracing.persons import with_person
from douse.tracing.places import listed_places


def named_days(known: Records) -> pl.DataFrame:
    """A row a visit and day that it touches.

    Returns
    -------
    polars.DataFrame
        person, place (place_id; null for a point), kind (the visit's, else the place's), latitude, longitude (the
        visit's, else the place's), day, day_only (bool: no time of day is known).
    """
    visits = with_person(known.table("visits"), known)
    places = listed_places(known).select("latitude", "longitude", "kind", place_id="place")
    placed = visits.with_columns(pl.col("kind").cast(pl.String)).join(
        places, on="place_id", how="left", suffix="_listed", maintain_order="left"
    )
    midnight = (pl.col("entered_at").dt.time() == time.min) & (pl.col("left_at").dt.time() == time.min)
    last = pl.max_horizontal("entered_at", "left_at").dt.date()
    facts = ("kind", "latitude", "longitude")
    return (
        placed.select(
            "person",
            *(pl.coalesce(name, f"{name}_listed").alias(name) for name in facts),
            place="place_id",
            day=pl.date_ranges(pl.col("entered_at").dt.date(), last),
            day_only=pl.col("left_at").is_null() | midnight.fill_null(value=False),
        )
        .explode("day")
        .unique(maintain_order=True)
    )
