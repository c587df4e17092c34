"""Spans of visits -> parts of the index."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.kernels import visit_build
from douse.kernels.visit_parts import LEFT, PLACE, SECONDS_PER_DAY
from douse.tracing.index.cores import cores, each, runs
from douse.tracing.index.names import Names, segment_of
from douse.tracing.index.part import Part, address_table, make_part
from douse.tracing.index.visit_index import FACTS, VisitIndex

Records = NDArray[np.int32]
_PLACE, _PERSON, _ENTERED, _LEFT, _FLAGS = range(5)
_NO_RECORDS: Records = np.empty((0, 4), dtype=np.int32)


def index_in_memory(spans: pl.DataFrame) -> VisitIndex:
    """An index of spans (`visits.SPANS`), for as many as fit into memory several times."""
    persons, places = (_names(spans[column]) for column in ("person", "place"))
    if spans.is_empty():
        return VisitIndex(persons, places, ())
    coded = spans.with_columns(
        person=pl.Series(persons.encoder().codes(spans["person"])),
        place=pl.Series(places.encoder().codes(spans["place"])),
    )
    by_day = {day: [records] for day, records in packed(coded)}
    parts = tuple(day_parts(by_day, (), len(persons), len(places)))
    return VisitIndex(persons, places, parts, facts_of([spans]))


def packed(coded: pl.DataFrame) -> Iterator[tuple[int, Records]]:
    """Day (since 1970) and records of each day of spans whose person and place are numbers."""
    seconds = coded.select(
        "person",
        "place",
        "exact",
        entered=pl.col("entered").dt.epoch("s"),
        left=pl.col("left").dt.epoch("s"),
        told=pl.col("told_on").dt.epoch("d").cast(pl.Int64),
    ).with_columns(day=pl.col("entered").floordiv(SECONDS_PER_DAY))
    for (day,), rows in seconds.partition_by("day", as_dict=True, include_key=False).items():
        number = int(day)
        midnight = number * SECONDS_PER_DAY
        yield (
            number,
            visit_build.pack(
                rows["place"].to_numpy(),
                rows["person"].to_numpy(),
                rows["entered"].to_numpy() - midnight,
                rows["left"].to_numpy() - midnight,
                rows["exact"].to_numpy(),
                rows["told"].to_numpy() - number,
            ),
        )


def day_parts(
    by_day: Mapping[int, Iterable[Records]], existing: Sequence[Part], persons: int, places: int
) -> Iterator[Part]:
    """Parts of each day, by day; pieces that begin on a later day go there.

    Parameters
    ----------
    by_day : Mapping[int, Iterable[numpy.ndarray]]
        Records of each day in slices, each to be a part: in no order within a slice, by place from one to the next.
    existing : sequence of Part
        Parts that are there already; time that they tell is not told again.
    persons, places : int
        How many numbers there are.
    """
    waiting: dict[int, Records] = {}
    there = list(existing)
    days = set(by_day)
    while days:
        day = min(days)
        days.remove(day)
        for records in _with_pieces(by_day.get(day, ()), waiting.pop(day, _NO_RECORDS)):
            sorted_records = visit_build.by_place(records, places)
            before = _may_overlap(there, day, sorted_records)
            once, later = _once(sorted_records, day, address_table(there), before)
            del sorted_records
            for late_day, pieces in _by_day(later, day):
                waiting[late_day] = np.concatenate([waiting.get(late_day, _NO_RECORDS), pieces])
                days.add(late_day)
            if len(once):
                part = make_part(day, once, persons, places)
                there.append(part)
                yield part


def _with_pieces(slices: Iterable[Records], pieces: Records) -> Iterator[Records]:
    """Slices, each with the pieces of its places."""
    for records in slices:
        if not len(pieces):
            yield records
            continue
        here = pieces[:, PLACE] <= records[:, PLACE].max(initial=-1)
        yield np.concatenate([records, pieces[here]])
        pieces = pieces[~here]
    if len(pieces):
        yield pieces


def facts_of(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """What visits say of their places: one row a place (the first word on each fact, in the order of the words)."""
    said = pl.concat([pl.DataFrame(schema=FACTS), *(frame.select(*FACTS) for frame in frames)])
    said = said.filter(pl.any_horizontal(pl.col("kind", "zone", "latitude", "longitude").is_not_null()))
    return said.group_by("place").agg(pl.col("kind", "zone", "latitude", "longitude").min()).sort("place")


def _once(
    records: Records, day: int, parts: NDArray[np.int64], before: NDArray[np.int64]
) -> tuple[Records, NDArray[np.int32]]:
    """`visit_build.once` on as many cores as there are: places do not depend on each other."""

    def once(share: tuple[int, int]) -> tuple[Records, NDArray[np.int32]]:
        return visit_build.once(records[share[0] : share[1]], day, parts, before)

    told, later = zip(*each(once, runs(records[:, PLACE], cores())), strict=True)
    return np.concatenate(told), np.concatenate(later)


def _names(column: pl.Series) -> Names:
    return Names() if column.is_empty() else Names((segment_of(column),))


def _may_overlap(there: Sequence[Part], day: int, records: Records) -> NDArray[np.int64]:
    """Positions of parts whose visits may overlap in time with those that began on a day."""
    last = int(records[:, LEFT].max(initial=0))
    reach = day + last // SECONDS_PER_DAY
    near = [p for p, part in enumerate(there) if part.day <= reach and part.last >= day * SECONDS_PER_DAY]
    return np.array(near, dtype=np.int64)


def _by_day(later: NDArray[np.int32], day: int) -> Iterator[tuple[int, Records]]:
    """Pieces that begin after their day, as records of the day on which they begin."""
    ahead = later[:, _ENTERED] // SECONDS_PER_DAY
    for days in np.unique(ahead):
        pieces = later[ahead == days]
        midnight = np.int64(days) * SECONDS_PER_DAY
        records = visit_build.pack(
            np.ascontiguousarray(pieces[:, _PLACE]),
            np.ascontiguousarray(pieces[:, _PERSON]),
            pieces[:, _ENTERED] - midnight,
            pieces[:, _LEFT] - midnight,
            pieces[:, _FLAGS] & 1 == 1,
            (pieces[:, _FLAGS] >> 1).astype(np.int64) - days,
        )
        yield day + int(days), records
