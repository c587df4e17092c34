"""Time to export 100,000 cases with their tests, and to bring them back through the door, form by form.

python benchmarks/exchange.py [--cases 100000]
"""

import argparse
import shutil
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from douse.exchange import Sending, receive, send

FORMS = ("csv", "frictionless", "sormas", "godata", "dhis2", "fhir")


def write_records(folder: Path, count: int) -> None:
    """Invented cases over 90 days in 1,000 zones, one test each."""
    luck = np.random.default_rng(1)
    folder.mkdir(parents=True)
    zones = [f"z{n}" for n in range(1_000)]
    names = pl.DataFrame(
        {
            "zone_id": zones,
            "name": zones,
            "kind": ["community"] * 1_000,
            "latitude": luck.uniform(30, 31, 1_000),
            "longitude": luck.uniform(120, 121, 1_000),
        }
    )
    names.write_parquet(folder / "zones.parquet")
    onset = [date(2026, 1, 1) + timedelta(days=int(day)) for day in luck.integers(0, 90, count)]
    told = [
        datetime.combine(day, datetime.min.time()) + timedelta(hours=33, seconds=int(s))
        for day, s in zip(onset, luck.integers(0, 3600, count), strict=True)
    ]
    cases = pl.DataFrame(
        {
            "case_id": [f"K{n}" for n in range(count)],
            "person_id": [f"p{n}" for n in range(count)],
            "pathogen": "sars-cov-2-wild",
            "classification": "confirmed",
            "zone": luck.choice(zones, count),
            "age": luck.integers(0, 90, count),
            "sex": luck.choice(["female", "male"], count),
            "onset": onset,
            "reported_at": told,
            "confirmed_at": told,
            "recorded_at": told,
            "severity": luck.choice(["mild", "severe"], count),
            "found_by": "symptoms",
        }
    )
    cases.write_parquet(folder / "cases.parquet")
    tests = cases.select(
        "person_id",
        "zone",
        "recorded_at",
        sampled_at=pl.col("confirmed_at") - pl.duration(hours=9),
        result_at="confirmed_at",
        kind=pl.lit("pcr"),
        result=pl.lit("positive"),
    )
    tests.write_parquet(folder / "tests.parquet")


def _clocks() -> tuple[float, float]:
    """CPU seconds of the process, and seconds by the clock."""
    return time.process_time(), time.perf_counter()


def main() -> None:
    """Print one row a form."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--forms", nargs="*", default=FORMS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        write_records(folder / "data", options.cases)
        print("| form | export: CPU s | wall s | MB | import: CPU s | wall s | cases back |\n" + "|---" * 7 + "|")
        for form in options.forms:
            out = folder / form
            began = _clocks()
            sent = send(folder / "data", out, Sending(form, UTC))
            middle = _clocks()
            back = receive([out])
            end = _clocks()
            size = sum(path.stat().st_size for path in sent.paths) / 1e6
            there, here = (f"{b[0] - a[0]:.1f} | {b[1] - a[1]:.1f}" for a, b in ((began, middle), (middle, end)))
            print(f"| {form} | {there} | {size:.0f} | {here} | {back.records.cases.height:,} |", flush=True)
            shutil.rmtree(out)


if __name__ == "__main__":
    main()
