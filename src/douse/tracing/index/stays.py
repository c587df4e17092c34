"""Where hosts were within their windows, and who else was there on those days."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.kernels import visit_parts
from douse.kernels.visit_parts import ENTRY_BITS, LEFT, PERSON, PLACE, SECONDS_PER_DAY, TOLD_SHIFT, WHEN
from douse.tracing.encounters import Asked
from douse.tracing.index.part import address_table, day_number, day_of
from douse.tracing.index.rings import hosts_of
from douse.tracing.index.visit_index import VisitIndex

HOSTED: dict[str, pl.DataType] = {"host": pl.String(), "place": pl.String(), "day": pl.Date()}


def hosted(index: VisitIndex, hosts: pl.DataFrame, asked: Asked) -> pl.DataFrame:
    """Host, place and day of every day that a host's visit touches within the window; sorted, each once."""
    known, today = hosts_of(index, hosts), day_number(asked.as_of)
    host_of = np.repeat(np.arange(len(known.names)), np.diff(known.start))
    found = [np.empty((0, 3), dtype=np.int64)]
    for host, (person, since, until) in zip(host_of, known.windows, strict=True):
        for part in index.parts:
            midnight = part.day * SECONDS_PER_DAY
            if midnight >= until or part.last < since or person >= len(part.person_start) - 1:
                continue
            rows = part.records[part.person_rows[part.person_start[person] : part.person_start[person + 1]]]
            rows = rows[rows[:, WHEN] >> TOLD_SHIFT <= today - part.day]
            start, end = midnight + (rows[:, WHEN] & ENTRY_BITS).astype(np.int64), midnight + rows[:, LEFT].astype(int)
            inside = (start < until) & ((end > since) | (start >= since))
            first = np.maximum(start, since)[inside] // SECONDS_PER_DAY
            # What ends at midnight does not touch the next day.
            last = np.maximum(np.minimum(end, until)[inside] - 1, np.maximum(start, since)[inside]) // SECONDS_PER_DAY
            days = last - first + 1
            touched = np.repeat(first, days) + np.arange(days.sum()) - np.repeat(np.cumsum(days) - days, days)
            places = np.repeat(rows[inside, PLACE], days)
            found.append(np.column_stack([np.full(len(places), host), places, touched]))
    every = np.unique(np.concatenate(found), axis=0)
    return pl.DataFrame(
        {
            "host": known.names.gather(every[:, 0]),
            "place": index.places.texts(every[:, 1]),
            "day": [day_of(int(day)) for day in every[:, 2]],
        },
        schema=HOSTED,
    ).sort(pl.all())


def people_at(index: VisitIndex, place_days: pl.DataFrame, without: pl.Series, asked: Asked) -> pl.DataFrame:
    """place, people: distinct persons, but for some, whose visits touch the place on its days (columns place, day)."""
    out = index.persons.codes(without.unique())
    today = day_number(asked.as_of)
    codes = pl.Series(index.places.codes(place_days["place"]))
    grouped = place_days.with_columns(code=codes).filter(pl.col("code") >= 0).group_by("place", "code").agg("day")
    counts = []
    for code, days in grouped.select("code", "day").iter_rows():
        persons = [np.empty(0, dtype=np.int32), *_present(index, code, {day_number(day) for day in days}, today)]
        counts.append(int(np.setdiff1d(np.concatenate(persons), out).size))
    return grouped.select("place", people=pl.Series(counts, dtype=pl.Int64))


def _present(index: VisitIndex, place: int, days: set[int], today: int) -> Iterator[NDArray[np.int32]]:
    for part in index.parts:
        latest = part.last // SECONDS_PER_DAY
        if not any(part.day <= day <= latest for day in days):
            continue
        first, end = visit_parts.place_rows(address_table([part]), 0, place)
        rows = part.records[first:end]
        rows = rows[rows[:, WHEN] >> TOLD_SHIFT <= today - part.day]
        last = part.day + np.maximum(rows[:, LEFT] - 1, rows[:, WHEN] & ENTRY_BITS) // SECONDS_PER_DAY
        there = np.zeros(len(rows), dtype=bool)
        for day in days:
            there |= (part.day <= day) & (day <= last)
        yield rows[there, PERSON]
