"""Who met whom from the index of visits: rings 1 and 2 of 10, 100 and 1,000 cases, warm and cold, and the index itself.

    python exposures.py FOLDER --people 1000000 [--days 14] [--repeat 5]

FOLDER gets the visits (make_visits.py) and their index where it has none. Cases are spread over the city and may infect
on all days; a contact is who was with one for 15 minutes; places with more than 500 visits a day are announced.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from make_visits import FIRST_DAY, make_visits
from numba import njit

from douse.tracing.encounters import Asked
from douse.tracing.index import store
from douse.tracing.index.landing import land
from douse.tracing.index.rings import encounters, further, hosts_of, longest_meetings, meeting_rows
from douse.tracing.index.visit_index import VisitIndex

CASES = (10, 100, 1_000)
CROWD, CLOSE_SECONDS = 500, 900
GIB = 2**30


def hosts(index: VisitIndex, count: int, until: datetime) -> pl.DataFrame:
    """Cases spread over the city, each with a window over all days."""
    codes = np.linspace(0, len(index.persons) - 1, count).astype(np.int64)
    person = index.persons.texts(codes)
    window = {"since": pl.lit(datetime.combine(FIRST_DAY, datetime.min.time())), "until": pl.lit(until)}
    return pl.DataFrame({"host": person, "person": person}).with_columns(**window)


def median(call: Callable[[], object], repeat: int) -> float:
    """Median seconds of a call after one that is not counted."""
    call()
    return _median_of(call, repeat)


def _median_of(call: Callable[[], object], repeat: int) -> float:
    spent = []
    for _ in range(repeat):
        began = time.perf_counter()
        call()
        spent.append(time.perf_counter() - began)
    return statistics.median(spent)


def ring1(index: VisitIndex, asked: Asked, until: datetime, repeat: int) -> None:
    for count in CASES:
        asking = hosts(index, count, until)
        known = hosts_of(index, asking)
        seconds = median(lambda known=known: meeting_rows(index, known, asked), repeat)
        whole = median(lambda asking=asking: encounters(index, asking, asked), max(repeat // 2, 1))
        found = encounters(index, asking, asked).encounters
        print(f"ring 1 of {count:>5}: {seconds:9.4f} s, as a sorted frame with names {whole:8.3f} s;"
              f" {found.height:,} rows, {found['person'].n_unique():,} people")  # fmt: skip


def cold(folder: Path, people: int, days: int) -> None:
    """Ring 1 of 1,000 in a new process with the index out of the page cache."""
    for file in (folder / store.FOLDER).rglob("*.npy"):
        with file.open("rb") as opened:
            os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    _again(folder, people, days, "cold")


def cold_once(index: VisitIndex, asked: Asked, until: datetime) -> None:
    small = hosts(index, 1, until)  # opens what every question needs, and compiles
    encounters(index, small, asked)
    known = hosts_of(index, hosts(index, 1_000, until))
    began = time.perf_counter()
    rows = sum(len(rows) for rows, _ in meeting_rows(index, known, asked))
    print(f"ring 1 of  1000, cold: {time.perf_counter() - began:6.3f} s; {rows:,} rows")


def ring2(index: VisitIndex, count: int, asked: Asked, until: datetime) -> None:
    asking = hosts(index, count, until)
    met = encounters(index, asking, asked).encounters
    close = (
        met.filter(pl.col("seconds") >= CLOSE_SECONDS)
        .group_by(host="person")
        .agg(since=pl.col("first").min())
        .join(asking.select("host"), on="host", how="anti")
        .with_columns(person="host", until=pl.lit(until))
    )
    out = asking["person"]
    known = hosts_of(index, close)
    codes = index.persons.codes(out)
    longest_meetings(index, known, codes, asked, min_seconds=CLOSE_SECONDS)  # from here on in memory, and compiled
    began, cpu = time.perf_counter(), time.process_time()
    found, _ = longest_meetings(index, known, codes, asked, min_seconds=CLOSE_SECONDS)
    spent, used = time.perf_counter() - began, time.process_time() - cpu
    people = int((found[:, 0] > 0).sum())
    del found
    began = time.perf_counter()
    frame = further(index, close, out, asked, min_seconds=CLOSE_SECONDS)
    whole = time.perf_counter() - began
    if frame.height != people:
        raise SystemExit("the frame and the numbers do not agree")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"ring 2 of {count:>5}: {spent:7.3f} s ({used:.2f} CPU s), as a frame {whole:7.3f} s; of {close.height:,}"
          f" contacts {people:,} people found; peak {peak:.2f} GiB")  # fmt: skip


@njit(cache=True)
def _gather(values, at):  # type: ignore[no-untyped-def]
    total = 0
    for i in range(len(at)):
        total += values[at[i]]
    return total


def machine() -> None:
    """What this machine can do: bytes a second in a row, and 4-byte loads a second at random."""
    block = np.ones(2**28, dtype=np.int32)
    target = np.empty_like(block)
    bandwidth = 2 * block.nbytes / median(lambda: np.copyto(target, block), 5)  # read and written
    at = np.random.default_rng(1).integers(0, len(block), 20_000_000)
    gathers = len(at) / median(lambda: _gather(block, at), 3)
    print(
        f"this machine, one thread: {bandwidth / 1e9:.1f} GB/s in a row, {gathers / 1e6:.0f} million loads/s at random"
    )


def _again(folder: Path, people: int, days: int, part: str) -> None:
    ours = [sys.executable, __file__, str(folder), "--people", str(people), "--days", str(days), "--part", part]
    subprocess.run(ours, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--part", default="all")
    options = parser.parse_args()
    folder, until = options.folder, datetime.combine(FIRST_DAY + timedelta(days=options.days), datetime.min.time())
    asked = Asked(date.max if options.days > 9_999 else until.date() + timedelta(days=30), CROWD)
    if options.part == "all":
        if not (folder / "visits").is_dir():
            make_visits(folder / "visits", options.people, options.days)
        began = time.perf_counter()
        landing = land(folder, 4 * GIB, lambda _: None)
        print(f"index: {landing.visits:,} visits, {landing.on_disk / 1e9:.2f} GB;"
              f" {len(landing.files)} files landed in {time.perf_counter() - began:.1f} s")  # fmt: skip
        machine()
        _again(folder, options.people, options.days, "ring1")
        cold(folder, options.people, options.days)
        for count in CASES:
            _again(folder, options.people, options.days, str(count))
        return
    index = store.open_index(folder / store.FOLDER)
    if options.part == "ring1":
        ring1(index, asked, until, options.repeat)
    elif options.part == "cold":
        cold_once(index, asked, until)
    else:
        ring2(index, int(options.part), asked, until)


if __name__ == "__main__":
    main()
