"""The questions of `encounters.py`, answered from the index."""

import math
from dataclasses import dataclass
from itertools import chain

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.errors import UsageError
from douse.kernels import visit_further, visit_meetings
from douse.kernels.visit_parts import PLACE, SECONDS_PER_DAY
from douse.tracing.encounters import CROWDED, ENCOUNTERS, FURTHER, Asked, Met
from douse.tracing.index.cores import cores, each, runs, shares_of
from douse.tracing.index.part import day_number, day_of
from douse.tracing.index.prefetch import prefetch, sweep_ahead
from douse.tracing.index.visit_index import VisitIndex

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
# Before all time, in seconds: the bounds of a window that is empty.
NEVER = -(2**62)
# Most seconds that a row of ring 2 can tell from where it counts.
_SECONDS_AHEAD = 2**31 - 1
# Hosts that one thread answers faster than two.
_FEW_HOSTS = 32
# Hosts of whom nearly all of a part is touched.
_MANY_HOSTS = 10_000
# Rows that one call of the kernel answers before it hands them over.
_ROOM = 1 << 20


@dataclass(frozen=True)
class IndexEngine:
    """The index as an `encounters.Engine`.

    Parameters
    ----------
    index : VisitIndex
    threads : int, optional
        How many work; by default as many as there are cores.
    memory : int, optional
        Bytes that ring 2 may take for what it knows of everybody; fewer threads work where it is little. By default
        there is no limit.
    """

    index: VisitIndex
    threads: int | None = None
    memory: int | None = None

    def encounters(self, hosts: pl.DataFrame, asked: Asked) -> Met:
        """See `encounters`."""
        return encounters(self.index, hosts, asked, threads=self.threads)

    def further(self, hosts: pl.DataFrame, left_out: pl.Series, asked: Asked, min_seconds: int) -> pl.DataFrame:
        """See `further`.

        Raises
        ------
        UsageError
            When not even one thread fits into the memory.
        """
        threads = threads_within(self.index, self.memory, self.threads)
        return further(self.index, hosts, left_out, asked, min_seconds=min_seconds, threads=threads)


def threads_within(index: VisitIndex, memory: int | None, threads: int | None = None) -> int:
    """How many threads may work on ring 2: each keeps a row of every person of the index.

    Parameters
    ----------
    index : VisitIndex
    memory : int or None
        Bytes; None: no limit.
    threads : int, optional
        At most so many; by default as many as there are cores.

    Raises
    ------
    UsageError
        When not even one thread fits.
    """
    most, each_takes = threads or cores(), len(index.persons) * visit_further.WIDTH * np.dtype(np.int32).itemsize
    if memory is None or most * each_takes <= memory:
        return most
    if each_takes > memory:
        needed = math.ceil(each_takes / 2**30 * 100) / 100
        raise UsageError(
            f"Contacts of contacts need {needed} GiB of memory: the index holds {len(index.persons):,} people.",
            next_step=f"Allow it with --memory {needed}, or trace one ring with --rings 1.",
        )
    return memory // each_takes


@dataclass(frozen=True)
class Hosts:
    """Hosts by name, and their windows: person, since, until (see `visit_meetings.meetings`)."""

    names: pl.Series
    windows: Ints
    start: Ints


def encounters(index: VisitIndex, hosts: pl.DataFrame, asked: Asked, *, threads: int | None = None) -> Met:
    """Ring 1: who was together with each host; see `encounters.ENCOUNTERS`.

    Parameters
    ----------
    index : VisitIndex
    hosts : polars.DataFrame
        `encounters.HOSTS`. Persons of whom there is no visit are passed over.
    asked : Asked
        As of which day, and what is a crowd.
    threads : int, optional
        How many work; by default as many as there are cores.
    """
    known = hosts_of(index, hosts)
    answers = meeting_rows(index, known, asked, threads=threads)
    rows = np.concatenate([np.empty((0, visit_meetings.WIDTH), np.int32), *(rows for rows, _ in answers)])
    crowds = np.concatenate([np.empty((0, 3), np.int64), *(crowds for _, crowds in answers)])
    return Met(_encounter_frame(index, known, rows), _crowded_frame(index, crowds, asked))


def meeting_rows(
    index: VisitIndex, hosts: Hosts, asked: Asked, *, threads: int | None = None
) -> list[tuple[Codes, Ints]]:
    """Ring 1 in numbers: rows and crowds as of `visit_meetings.meetings`, in runs of hosts."""
    today = day_number(asked.as_of)
    prefetch(index.parts, hosts.windows)
    crowded, crowded_start = index.crowds.of(asked.crowd, today)
    count = len(hosts.names)

    def answer(among: tuple[int, int]) -> list[tuple[Codes, Ints]]:
        found: list[tuple[Codes, Ints]] = []
        host, last = among
        while host < last:
            host, rows, crowds = visit_meetings.meetings(
                index.addresses, hosts.windows, hosts.start, crowded, crowded_start, today, (host, last), _ROOM
            )
            found.append((rows, crowds))
        return found

    shares = shares_of(count, 1 if count <= _FEW_HOSTS else threads or cores())
    return list(chain.from_iterable(each(answer, shares)))


def further(  # noqa: PLR0913
    index: VisitIndex,
    hosts: pl.DataFrame,
    left_out: pl.Series,
    asked: Asked,
    *,
    min_seconds: int,
    threads: int | None = None,
) -> pl.DataFrame:
    """Ring 2: the longest meeting of everybody else with any host; see `encounters.FURTHER`.

    Parameters
    ----------
    index : VisitIndex
    hosts : polars.DataFrame
        `encounters.HOSTS`.
    left_out : polars.Series
        Persons who are not asked about, besides those of the hosts.
    asked : Asked
    min_seconds : int
        Seconds of a meeting that counts.
    threads : int, optional
    """
    known = hosts_of(index, hosts)
    if known.names.is_empty() or not index.parts:
        return pl.DataFrame(schema=FURTHER)
    out = index.persons.codes(left_out.unique())
    met, origin = longest_meetings(index, known, out[out >= 0], asked, min_seconds=min_seconds, threads=threads)
    return _further_frame(index, known, met, origin)


def longest_meetings(  # noqa: PLR0913
    index: VisitIndex, hosts: Hosts, left_out: Codes, asked: Asked, *, min_seconds: int, threads: int | None = None
) -> tuple[Codes, int]:
    """Ring 2 in numbers: what is known of every person, as of `visit_further.sweep`, and the second it counts from."""
    today = day_number(asked.as_of)
    crowded, crowded_start = index.crowds.of(asked.crowd, today)
    host_of = np.repeat(np.arange(len(hosts.names), dtype=np.int64), np.diff(hosts.start))
    windows = np.column_stack([host_of, hosts.windows])
    windows = windows[np.argsort(windows[:, 1], kind="stable")]  # by person: near in memory
    bits = np.zeros((len(index.persons) + 7) // 8, dtype=np.uint8)
    for codes in (left_out.astype(np.int64), windows[:, 1]):
        np.bitwise_or.at(bits, codes >> 3, np.uint8(1) << (codes & 7).astype(np.uint8))
    # Meetings lie within the windows: 136 years back from the last of them fit, whatever days are in the index.
    origin = int(windows[:, 3].max(initial=NEVER)) - _SECONDS_AHEAD
    count = threads or cores()
    known = [np.zeros((len(index.persons), visit_further.WIDTH), dtype=np.int32) for _ in range(count)]
    for p in range(len(index.parts)):
        here = crowded[crowded_start[p] : crowded_start[p + 1]]
        if len(windows) > _MANY_HOSTS:
            sweep_ahead(index.parts[p])

        def stays(among: tuple[int, int], p: int = p, here: Codes = here) -> Ints:
            return visit_further.stays_in(index.addresses, p, windows, here, today, origin, among)

        found: Ints = np.concatenate(each(stays, shares_of(len(windows), count)))
        if not len(found):
            continue
        found = found[np.argsort(found[:, visit_further.S_ROW])]

        def sweep(share: tuple[int, int, int], p: int = p, found: Ints = found) -> None:
            thread, first, last = share
            visit_further.sweep(
                index.addresses, p, found[first:last], crowded, crowded_start, bits, index.places.rank, today, origin,
                min_seconds, known[thread],
            )  # fmt: skip

        places = index.parts[p].records[found[:, visit_further.S_ROW], PLACE]
        each(sweep, [(thread, *run) for thread, run in enumerate(runs(places, count))])
        if len(windows) > _MANY_HOSTS:
            # Visits that last beyond their day were looked up in other parts too.
            for part in index.parts[: p + 2]:
                part.forget()
    for other in known[1:]:
        visit_further.merge(known[0], other, index.places.rank)
    return known[0], origin


def hosts_of(index: VisitIndex, hosts: pl.DataFrame) -> Hosts:
    """Hosts in numbers, by name; persons of whom there is no visit are left out.

    A person with an empty window stays, without a window: nobody meets themselves, under whichever identifier.
    """
    given = hosts.drop_nulls().unique().sort("host", "person", "since", "until")
    rows = given.with_columns(
        *(pl.col(name).dt.epoch("s") for name in ("since", "until")),
        code=pl.Series(index.persons.codes(given["person"])),
    ).filter(pl.col("code") >= 0)
    empty = pl.col("since") >= pl.col("until")
    counts = rows.group_by("host", maintain_order=True).len()
    windows = rows.select(
        pl.col("code").cast(pl.Int64),
        since=pl.when(empty).then(NEVER).otherwise("since"),
        until=pl.when(empty).then(NEVER).otherwise("until"),
    ).to_numpy()
    start = np.concatenate([[0], np.cumsum(counts["len"].to_numpy().astype(np.int64))]).astype(np.int64)
    return Hosts(counts["host"], np.ascontiguousarray(windows.astype(np.int64)), start)


def _encounter_frame(index: VisitIndex, hosts: Hosts, rows: Codes) -> pl.DataFrame:
    columns = visit_meetings
    order = np.lexsort(
        (
            rows[:, columns.ON_DAY],
            index.places.ranked(rows[:, columns.WHERE]),
            index.persons.ranked(rows[:, columns.WHO]),
            rows[:, columns.HOST],
        )
    )
    rows = rows[order]
    return pl.DataFrame(
        {
            "host": hosts.names.gather(rows[:, columns.HOST]),
            "person": index.persons.texts(rows[:, columns.WHO]),
            "place": index.places.texts(rows[:, columns.WHERE]),
            "day": pl.Series(rows[:, columns.ON_DAY], dtype=pl.Int32).cast(pl.Date),
            "seconds": rows[:, columns.SECONDS],
            "meetings": rows[:, columns.MEETINGS],
            "day_only": rows[:, columns.DAY_ONLY],
            "first": _moments(_midnights(rows) + rows[:, columns.FIRST]),
            "last": _moments(_midnights(rows) + rows[:, columns.FINAL]),
        },
        schema=ENCOUNTERS,
    )


def _midnights(rows: Codes) -> Ints:
    return rows[:, visit_meetings.ON_DAY].astype(np.int64) * SECONDS_PER_DAY


def _crowded_frame(index: VisitIndex, crowds: Ints, asked: Asked) -> pl.DataFrame:
    days = np.array([part.day for part in index.parts], dtype=np.int64)
    hits = pl.DataFrame({"host": crowds[:, 0], "day": days[crowds[:, 1]], "place": crowds[:, 2]})
    counted = hits.group_by("place", "day").agg(hosts=pl.col("host").n_unique().cast(pl.Int64))
    today = day_number(asked.as_of)
    visits = [index.crowds.visits(day, place, today) for place, day in counted.select("place", "day").iter_rows()]
    return pl.DataFrame(
        {
            "place": index.places.texts(counted["place"].to_numpy()),
            "day": [day_of(day) for day in counted["day"]],
            "visits": visits,
            "hosts": counted["hosts"],
        },
        schema=CROWDED,
    ).sort("place", "day")


def _further_frame(index: VisitIndex, hosts: Hosts, met: Codes, origin: int) -> pl.DataFrame:
    columns = visit_further
    who = np.flatnonzero(met[:, columns.SECONDS])
    if len(index.persons.rank):
        who = who[np.argsort(index.persons.rank[who])]
    met = met[who]
    return pl.DataFrame(
        {
            "person": index.persons.texts(who),
            "via": hosts.names.gather(met[:, columns.VIA]),
            "place": index.places.texts(met[:, columns.WHERE]),
            "seconds": met[:, columns.SECONDS].astype(np.int64) - 1,
            "first": _moments(met[:, columns.FIRST] + np.int64(origin)),
            "last": _moments(met[:, columns.FINAL] + np.int64(origin)),
        },
        schema=FURTHER,
    )


def _moments(seconds: Ints) -> pl.Series:
    return pl.Series(seconds * 1_000_000, dtype=pl.Int64).cast(pl.Datetime("us"))
