"""Lists of the console at the size of a large outbreak, signed in as a restricted role.

    python benchmarks/console_lists.py [CASES]

Makes a ledger of 100,000 cases, 200,000 contacts and 1,000,000 follow-ups in a folder that goes away, brings it in as
an upload would, and times list pages through Django's own client: the whole answer, with session, policy and template.
Writes a table to standard output. ``CASES`` makes a smaller one of the same proportions.
"""

import resource
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

NOW = datetime(2026, 4, 1, 9, 0)
DISTRICTS, COMMUNITIES = 10, 20
LIMIT_MS = 300.0
REPEATS = 5


def made(cases: int) -> dict[str, pl.DataFrame]:
    """Tables of an outbreak that never was: only sizes, types and the spread of values matter here."""
    from douse.records.tables import TABLES

    chance = np.random.default_rng(7)
    zones = [f"d{d:02}-c{c:02}" for d in range(DISTRICTS) for c in range(COMMUNITIES)]
    rows: dict[str, dict[str, Any]] = {}
    rows["zones"] = {
        "zone_id": ["city", *(f"d{d:02}" for d in range(DISTRICTS)), *zones],
        "kind": ["city", *["district"] * DISTRICTS, *["community"] * len(zones)],
        "parent_zone": [None, *["city"] * DISTRICTS, *(zone[:3] for zone in zones)],
    }

    def pick(values: list[str], n: int) -> list[str]:
        return [values[i] for i in chance.integers(0, len(values), n)]

    def moments(n: int) -> pl.Series:
        seconds = chance.integers(0, 90 * 86_400, n)
        return pl.Series(np.datetime64("2026-01-01T00:00:00", "us") + seconds.astype("timedelta64[s]"))

    told = moments(cases)
    rows["cases"] = {
        "case_id": [f"K{i:07}" for i in range(cases)], "person_id": [f"p{i:08}" for i in range(cases)],
        "zone": pick(zones, cases), "age": chance.integers(0, 95, cases), "sex": pick(["female", "male"], cases),
        "classification": pick(["suspected", "probable", "confirmed"], cases),
        "found_by": pick(["symptoms", "contact_tracing", "screening"], cases),
        "onset": told.dt.offset_by("-3d").dt.date(), "reported_at": told,
    }  # fmt: skip
    n, told = 2 * cases, moments(2 * cases)
    rows["contacts"] = {
        "case_id": [f"K{i:07}" for i in chance.integers(0, cases, n)], "person_id": [f"c{i:08}" for i in range(n)],
        "zone": pick(zones, n), "age": chance.integers(0, 95, n), "setting": pick(["household", "school", "meal"], n),
        "last_contact": told.cast(pl.Date), "found_at": told,
        "follow_up": pick(["not_started", "under_follow_up", "completed", "lost"], n),
    }  # fmt: skip
    n = 10 * cases
    rows["follow_ups"] = {
        "person_id": [f"c{i:08}" for i in chance.integers(0, 2 * cases, n)], "at": moments(n),
        "how": pick(["visit", "phone"], n), "found": pick(["seen", "not_found"], n), "symptoms": pick(["yes", "no"], n),
        "temperature": (36 + 3 * chance.random(n)).round(1),
    }  # fmt: skip
    frames = {}
    for name, columns in rows.items():
        schema = TABLES[name].create_empty().schema
        frame = pl.DataFrame({c: pl.Series(c, v) for c, v in columns.items()}).with_columns(
            record_id=pl.concat_str(pl.lit(f"{name}-"), pl.int_range(pl.len()).cast(pl.String)),
            recorded_at=pl.lit(NOW, pl.Datetime("us")),
        )
        frames[name] = frame.select(
            pl.col(c).cast(t) if c in frame.columns else pl.lit(None, t).alias(c) for c, t in schema.items()
        )
    return frames


def main() -> None:
    """Make it, time it, say it."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory(prefix="douse-lists-") as folder:
        client, took = prepare(Path(folder), cases)
        print(f"Cases {cases:,}, contacts {2 * cases:,}, follow-ups {10 * cases:,}; brought in in {took:.0f} s.\n")
        print("| page | first, ms | later, median ms | within 300 ms |\n|---|---:|---:|---|")
        pages = {
            "cases": "/cases/",
            "cases, a community": "/cases/?zone=d03-c05",
            "cases, confirmed, by age": "/cases/?classification=confirmed&sort=-age",
            "cases, free text": "/cases/?q=k00123",
            "cases, page 40": "/cases/?page=40",
            "contacts": "/cases/contacts",
            "contacts, not seen today": "/cases/contacts?follow_up=not_today",
            "contacts, by last follow-up": "/cases/contacts?sort=seen_on",
            "contacts, free text": "/cases/contacts?q=c0001",
        }
        for name, address in pages.items():
            first, later = timed(client, address)
            print(f"| {name} | {first:.0f} | {later:.0f} | {'yes' if later < LIMIT_MS else 'NO'} |")
        for name, address in (("contacts", "/cases/contacts"), ("cases", "/cases/")):
            write(client, name)
            first, later = timed(client, address)
            print(f"| {name}, after a follow-up and a case were written | {first:.0f} | {later:.0f} | |")
        print(f"\nMemory at the end: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most.")


def prepare(folder: Path, cases: int) -> tuple[Any, float]:
    """An instance with the ledger, and a browser in which a tracer of one district has signed in."""
    from douse.console.instance import Instance
    from douse.console.settings import configure

    configure(Instance(folder, demo=True))  # a demonstration asks for no second factor
    from django.core.management import call_command
    from django.test import Client

    from douse.console import clock, instance
    from douse.console.models import Assignment, User
    from douse.records import Records
    from douse.records.ledger.intake import take_in

    clock.set_to(NOW)
    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    stores = instance.current().stores
    frames = made(cases)
    take_in(stores.live, Records(frames, frozenset(frames)), author="benchmark", at=NOW)
    took = time.perf_counter() - began
    tracer = User.objects.add("tracer", "a long enough password")
    Assignment.objects.create(user=tracer, role="tracer", zone="d03", given_by="benchmark")
    client = Client(HTTP_HOST="localhost")
    client.force_login(tracer, backend="douse.console.signin.backend.Passwords")
    stores.live.follow()
    return client, took


def timed(client: Any, address: str) -> tuple[float, float]:
    """Milliseconds of the first answer, and the median of the later ones."""
    took = []
    for _ in range(REPEATS + 1):
        began = time.perf_counter()
        answer = client.get(address)
        took.append(1000 * (time.perf_counter() - began))
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status_code}")
    return took[0], float(np.median(took[1:]))


def write(client: Any, name: str) -> None:
    """Write a follow-up of somebody and a case through their forms."""
    from douse.console import clock

    now = clock.now()
    sent = {
        "person_id": f"somebody-{name}",
        "at": now.date().isoformat(),
        "at.time": now.strftime("%H:%M:%S"),
        "zone": "d03-c01",
    }
    case = {"case_id": f"new-{now:%H%M%S%f}", "zone": "d03-c01"}
    for address, form in (("/cases/add/follow_ups", sent), ("/cases/add/cases", case)):
        if client.post(address, form).status_code != 302:
            raise SystemExit(f"{address} did not save")


if __name__ == "__main__":
    main()
