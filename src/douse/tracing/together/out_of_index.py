"""Visits of others than cases that links ask for, where everybody's lie in an index: guest lists, and points nearby."""

import polars as pl

from douse.tracing.index.export import spans_at
from douse.tracing.index.visit_index import VisitIndex
from douse.tracing.together.events import EVENT
from douse.tracing.together.named_places import around, cells
from douse.tracing.visits import is_point

_FACTS = ("kind", "latitude", "longitude")


def linking_spans(index: VisitIndex, own: pl.DataFrame, listed: pl.DataFrame) -> pl.DataFrame:
    """Visits that `all_links` needs beside those of the cases.

    Parameters
    ----------
    index : VisitIndex
    own : polars.DataFrame
        Visits of the cases: `visits.SPANS`.
    listed : polars.DataFrame
        place, kind, latitude, longitude: as of `places.listed_places`.

    Returns
    -------
    polars.DataFrame
        `visits.SPANS`: at events, of days on which somebody is on a guest list (a visit with a day and no time); at
        places around a point where a case was, and at points around a place where a case was.
    """
    places = index.facts.join(listed, on="place", how="full", coalesce=True, suffix="_listed").select(
        "place", *(pl.coalesce(name, f"{name}_listed").alias(name) for name in _FACTS), point=is_point()
    )
    events = places.filter(pl.col("kind") == EVENT, ~pl.col("point"))["place"]
    return pl.concat([spans_at(index, events, lists=True), spans_at(index, _nearby(places, own))])


def _nearby(places: pl.DataFrame, own: pl.DataFrame) -> pl.Series:
    """Places and points around those of some visits, of which one or the other is a point."""
    if not places["point"].any():
        return pl.Series("place", [], dtype=pl.String)
    somewhere = places.drop_nulls(["latitude", "longitude"]).with_columns(**cells())
    visited = around(somewhere.join(own, on="place", how="semi")).select("row", "column", by_point="point")
    near = somewhere.join(visited.unique(), on=["row", "column"])
    return near.filter(pl.col("point") | pl.col("by_point"))["place"].unique()
