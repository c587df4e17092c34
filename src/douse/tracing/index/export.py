"""Visits out of the index, as rows again."""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.kernels.visit_parts import (
    ENTRY_BITS,
    EXACT_BIT,
    LEFT,
    PERSON,
    PLACE,
    SECONDS_PER_DAY,
    TOLD_SHIFT,
    WHEN,
    place_rows,
)  # fmt: skip
from douse.records.tables import TABLES
from douse.tracing.index.part import Part, address_table
from douse.tracing.index.visit_index import VisitIndex
from douse.tracing.visits import SPANS, point_name

_POINT = ("latitude", "longitude")
# Width of a cell, in degrees: points that are compared with each other (`together.named_places`) lie in one or next.
_NEAR_DEGREES = 0.002


def spans_by_part(index: VisitIndex, parts: Sequence[Part] | None = None) -> Iterator[pl.DataFrame]:
    """Visits of some parts (all), part by part, as spans without facts of places (`visits.SPANS`); by place, entry."""
    for part in index.parts if parts is None else parts:
        yield _spans(index, part, part.records)


def spans_of(index: VisitIndex, persons: pl.Series) -> pl.DataFrame:
    """Visits of some persons, as spans with what visits say of their places."""
    codes = np.unique(index.persons.codes(persons.unique()))
    frames = [pl.DataFrame(schema=SPANS)]
    for part in index.parts:
        there = codes[(codes >= 0) & (codes < len(part.person_start) - 1)]
        rows = [part.person_rows[part.person_start[code] : part.person_start[code + 1]] for code in there]
        if rows:
            frames.append(_spans(index, part, part.records[np.concatenate(rows)]))
    return _with_facts(pl.concat(frames), index)


def spans_at(index: VisitIndex, places: pl.Series, *, without: pl.Series) -> pl.DataFrame:
    """Everybody's visits at some places, but for some persons', as spans with what visits say of the places."""
    codes, out = index.places.codes(places.unique()), index.persons.codes(without.unique())
    frames = [pl.DataFrame(schema=SPANS)]
    for part in index.parts:
        table = address_table([part])
        between = [place_rows(table, 0, int(code)) for code in np.unique(codes[codes >= 0])]
        rows = np.concatenate([np.empty(0, dtype=np.int64), *(np.arange(first, end) for first, end in between)])
        records = part.records[rows.astype(np.int64)]
        frames.append(_spans(index, part, records[~np.isin(records[:, PERSON], out)]))
    return _with_facts(pl.concat(frames), index)


def places_to_compare(own: pl.DataFrame, listed: pl.DataFrame, said: pl.DataFrame) -> pl.Series:
    """Places whose visitors are judged by more than minutes: events, and points near points, where cases were.

    Parameters
    ----------
    own : polars.DataFrame
        Spans of the cases.
    listed : polars.DataFrame
        Table of places.
    said : polars.DataFrame
        What visits say of all places (`visit_index.FACTS`).
    """
    kinds = listed.select(place="place_id", listed=pl.col("kind").cast(pl.String)).unique("place", keep="first")
    events = own.join(kinds, on="place", how="left").filter(pl.coalesce("listed", "kind") == "event")["place"]
    cell = [(pl.col(name) / _NEAR_DEGREES).floor().cast(pl.Int64).alias(f"{name}_cell") for name in _POINT]
    around = pl.DataFrame({"down": [-1, 0, 1]}).join(pl.DataFrame({"right": [-1, 0, 1]}), how="cross")
    mine = own.drop_nulls(list(_POINT)).select(cell).unique().join(around, how="cross")
    near = mine.select(latitude_cell=pl.col("latitude_cell") + pl.col("down"),
                       longitude_cell=pl.col("longitude_cell") + pl.col("right")).unique()  # fmt: skip
    points = said.drop_nulls(list(_POINT)).with_columns(cell).join(near, on=near.columns, how="semi")["place"]
    return pl.concat([events, points]).unique()


def as_table(spans: pl.DataFrame) -> pl.DataFrame:
    """Spans as rows of the table of visits, for whoever reads that: a few persons' visits, never all."""
    rows = spans.select(
        record_id=pl.concat_str(
            pl.lit("index"), "person", "place", pl.col("entered").dt.to_string("%Y-%m-%dT%H:%M:%S"), separator=":"
        ),
        recorded_at=pl.max_horizontal(pl.col("told_on").cast(pl.Datetime("us")), "entered"),
        person_id="person",
        # A point has no place_id: the index names it by its coordinates.
        place_id=pl.when(pl.col("place") == point_name()).then(None).otherwise("place"),
        kind="kind",
        zone="zone",
        latitude="latitude",
        longitude="longitude",
        entered_at="entered",
        # Of a visit of which only the days are known the last day stands, as it was sent.
        left_at=pl.when("exact").then("left").otherwise(pl.col("left").dt.offset_by("-1d")),
    )
    empty = TABLES["visits"].create_empty()
    missing = {name: pl.lit(None, dtype=kind) for name, kind in empty.schema.items() if name not in rows.columns}
    return rows.with_columns(**missing).select(pl.col(name).cast(kind) for name, kind in empty.schema.items())


def _with_facts(spans: pl.DataFrame, index: VisitIndex) -> pl.DataFrame:
    bare = spans.drop("kind", "zone", "latitude", "longitude")
    return bare.join(index.facts, on="place", how="left", maintain_order="left").select(*SPANS)


def _spans(index: VisitIndex, part: Part, records: NDArray[np.int32]) -> pl.DataFrame:
    midnight = part.day * SECONDS_PER_DAY
    unknown = {name: pl.lit(None, dtype=SPANS[name]) for name in ("kind", "zone", "latitude", "longitude")}
    return (
        pl.DataFrame(
            {
                "person": index.persons.texts(records[:, PERSON]),
                "place": index.places.texts(records[:, PLACE]),
                "entered": _moments(midnight + (records[:, WHEN] & ENTRY_BITS).astype(np.int64)),
                "left": _moments(midnight + records[:, LEFT].astype(np.int64)),
                "exact": (records[:, WHEN] & EXACT_BIT) != 0,
                "told_on": pl.Series(part.day + (records[:, WHEN] >> TOLD_SHIFT), dtype=pl.Int32).cast(pl.Date),
            }
        )
        .with_columns(**unknown)
        .select(pl.col(name).cast(kind) for name, kind in SPANS.items())
    )


def _moments(seconds: NDArray[np.int64]) -> pl.Series:
    return pl.Series(seconds * 1_000_000, dtype=pl.Int64).cast(pl.Datetime("us"))
