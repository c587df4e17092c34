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
)
from douse.records.tables import TABLES
from douse.tracing.index.part import Part, address_table
from douse.tracing.index.visit_index import VisitIndex
from douse.tracing.visits import SPANS, is_point


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
    return _with_facts(index, frames)


def spans_at(index: VisitIndex, places: pl.Series, *, lists: bool = False) -> pl.DataFrame:
    """Visits at some places, as spans with what visits say of them.

    Parameters
    ----------
    index : VisitIndex
    places : polars.Series
        Identifiers.
    lists : bool, default False
        Only of days on which, at the place, some visit is known to the day alone.
    """
    codes = np.unique(index.places.codes(places.unique()))
    frames = [pl.DataFrame(schema=SPANS)]
    for part in index.parts:
        table, rows = address_table([part]), []
        for code in codes[codes >= 0]:
            first, end = place_rows(table, 0, int(code))
            here = part.records[first:end]
            if len(here) and not (lists and (here[:, WHEN] & EXACT_BIT).all()):
                rows.append(here)
        if rows:
            frames.append(_spans(index, part, np.concatenate(rows)))
    return _with_facts(index, frames)


def as_table(spans: pl.DataFrame) -> pl.DataFrame:
    """Spans as rows of the table of visits, for whoever reads that: a few persons' visits, never all.

    `visits.spans` gives the same spans again, but for a part of a day of which only the day is known: it ends with its
    day.
    """
    whole_days = pl.all_horizontal(pl.col(name).dt.truncate("1d") == pl.col(name) for name in ("entered", "left"))
    rows = spans.select(
        record_id=pl.concat_str(
            pl.lit("index"), "person", "place", pl.col("entered").dt.to_string("%Y-%m-%dT%H:%M:%S"), separator=":"
        ),
        recorded_at=pl.max_horizontal(pl.col("told_on").cast(pl.Datetime("us")), "entered"),
        person_id="person",
        place_id=pl.when(~is_point()).then("place"),
        kind="kind",
        zone="zone",
        latitude="latitude",
        longitude="longitude",
        entered_at="entered",
        # Of whole days the last one stands, as it was sent; a visit that was not ended stays so.
        left_at=pl.when("exact").then("left").when(whole_days).then(pl.col("left").dt.offset_by("-1d")),
    )
    empty = TABLES["visits"].create_empty()
    missing = {name: pl.lit(None, dtype=kind) for name, kind in empty.schema.items() if name not in rows.columns}
    return rows.with_columns(**missing).select(pl.col(name).cast(kind) for name, kind in empty.schema.items())


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


def _with_facts(index: VisitIndex, frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    bare = pl.concat(frames).drop("kind", "zone", "latitude", "longitude")
    return bare.join(index.facts, on="place", how="left", maintain_order="left").select(*SPANS)


def _moments(seconds: NDArray[np.int64]) -> pl.Series:
    return pl.Series(seconds * 1_000_000, dtype=pl.Int64).cast(pl.Datetime("us"))
