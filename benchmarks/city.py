"""Making a city from zone totals: seconds and peak memory of the whole process, and of keeping and opening it.

    python city.py [--people 1000000 10000000] [--records]

Each size runs in a process of its own; what has to be compiled (once a machine) is timed apart, on a small city.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

SIZES = (1_000_000, 10_000_000)


def timed(label: str, call: Callable[[], object]) -> object:
    began, cpu = time.perf_counter(), time.process_time()
    result = call()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    spent, busy = time.perf_counter() - began, time.process_time() - cpu
    print(f"  {label:<28}{spent:8.2f} s {busy:8.2f} CPU s   peak {peak:.2f} GiB so far", flush=True)
    return result


def one(people: int, *, records: bool) -> None:
    import polars as pl

    from douse.city.made import build_city, margins, totals_of
    from douse.city.records_of import write_records
    from douse.city.saved import open_city, save_city

    timed("first use, 10,000 people", lambda: build_city(totals_of(10_000, 1)))
    totals = timed("totals", lambda: totals_of(people, 1))
    made = timed("city", lambda: build_city(totals))
    print(f"  {len(made.city.institution) - 1:,} groups, {made.city.bytes_a_person:.1f} bytes a person")
    with tempfile.TemporaryDirectory() as folder:
        timed("save", lambda: save_city(made.city, Path(folder) / "city"))
        timed("open", lambda: open_city(Path(folder) / "city"))
        if records:
            timed("records, 1 day of visits", lambda: write_records(made.city, Path(folder) / "records",
                                                                    as_of=date(2026, 4, 1), days=1))  # fmt: skip
    off = timed("margins", lambda: margins(made.city, totals, made.jobs))
    print(off.group_by("margin").agg(worst=pl.col("difference").abs().max()).sort("margin"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--records", action="store_true", help="write the tables of a department too")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    for size in asked.people:
        if asked.here:
            one(size, records=asked.records)
            continue
        print(f"{size:,} people")
        again = [sys.executable, __file__, "--here", "--people", str(size)] + ["--records"] * asked.records
        subprocess.run(again, check=True)
