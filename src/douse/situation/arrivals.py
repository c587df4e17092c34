"""Who came from outside the area."""

import polars as pl

from douse.records import Records


def from_outside(known: Records) -> pl.DataFrame:
    """Arrivals without journeys inside the area (those that name a zone of departure): only they can be imports."""
    return known.table("arrivals").filter(pl.col("from_zone").is_null())
