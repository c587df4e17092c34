"""The ledger: rows a second through the door into it, out of it as tables, and along its chain.

python benchmarks/ledger.py [--cases 20000] [--database postgresql://USER@HOST/NAME]

A case has two contacts and each contact five follow-ups. Rows come from CSV files, through the door, into a new ledger
in a folder of the system's temporary directory, or into an empty database.
"""

import argparse
import tempfile
import time
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from douse.ledgers import Place, import_tables
from douse.records.ledger import Live, verify

FIRST = date(2026, 1, 1)
ZONES = 500


def files(folder: Path, cases: int, seed: int = 1) -> int:
    """Write the tables; how many rows they have."""
    rng = np.random.default_rng(seed)
    zone = pl.Series([f"z{at}" for at in rng.integers(0, ZONES, cases)])
    told = pl.Series([FIRST + timedelta(days=int(day)) for day in rng.integers(0, 60, cases)])
    case = pl.DataFrame(
        {
            "case_id": [f"c{at}" for at in range(cases)], "zone": zone, "onset": told - timedelta(days=2),
            "reported_at": told, "age": rng.integers(0, 90, cases), "sex": rng.choice(["female", "male"], cases),
        }
    )  # fmt: skip
    contact = pl.concat([case] * 2).select(
        "case_id", pl.int_range(pl.len()).map_elements(lambda at: f"p{at}", pl.String).alias("person_id"), "zone",
        last_contact=pl.col("onset"), found_at=pl.col("reported_at"),
    )  # fmt: skip
    followed = pl.concat([contact.with_columns(day=pl.lit(day)) for day in range(5)]).select(
        "person_id", "case_id", "zone", at=pl.col("found_at") + pl.duration(days=pl.col("day")), how=pl.lit("phone"),
        symptoms=pl.lit("no"),
    )  # fmt: skip
    zones = pl.DataFrame({"zone_id": [f"z{at}" for at in range(ZONES)], "kind": "community"})
    tables = {"zones": zones, "cases": case, "contacts": contact, "follow_ups": followed}
    for name, rows in tables.items():
        rows.write_csv(folder / f"{name}.csv")
    return sum(rows.height for rows in tables.values())


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--cases", type=int, default=20_000)
    asked.add_argument("--database")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as name:
        data = Path(name, "data")
        data.mkdir()
        rows = files(data, options.cases)
        place = Place(Path(name, "instance"), options.database)
        began, cpu = time.perf_counter(), time.process_time()
        taken, _ = import_tables(place, data, author="benchmark", at=datetime(2026, 4, 1))
        told("through the door into the ledger", rows, began, cpu)
        held(len(taken.receipt) == rows)
        ledger = place.open()
        began, cpu = time.perf_counter(), time.process_time()
        live = Live(ledger)
        held(live.follow().frames["follow_ups"].height == 10 * options.cases)
        told("out of it as tables", rows, began, cpu)
        began, cpu = time.perf_counter(), time.process_time()
        held(verify(ledger).good)
        told("along the chain", rows, began, cpu)
        began, cpu = time.perf_counter(), time.process_time()
        import_tables(place, data, author="benchmark", at=datetime(2026, 4, 2))
        told("the same files again", rows, began, cpu)


def held(found: bool) -> None:  # noqa: FBT001
    """Speed of a wrong answer is none."""
    if not found:
        raise SystemExit("the ledger does not hold what was put into it")


def told(what: str, rows: int, began: float, cpu: float) -> None:
    """One line."""
    wall, used = time.perf_counter() - began, time.process_time() - cpu
    print(f"{what:34s} {rows:>10,} rows {wall:7.1f} s {rows / wall:>10,.0f} rows/s {used:7.1f} s CPU")


if __name__ == "__main__":
    main()
