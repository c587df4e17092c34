"""Figures of docs/validation/levels.md: returns and bundles of a large city. `python benchmarks/levels.py`."""

import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from douse import partnering
from douse.ledgers import Place
from douse.library import Pathogen, Protocol, Return, load
from douse.outputs.returns.fill import fill
from douse.outputs.returns.standing import shipped, standings
from douse.outputs.returns.values import period_of
from douse.records import Records, ZoneTree
from douse.records.ledger import NewEntry
from douse.records.tables import TABLES

DAY = date(2026, 3, 30)
DISTRICTS, COMMUNITIES, ESTATES = 20, 50, 19
PEOPLE, CASES, CONTACTS, TESTS = 1_000_000, 50_000, 200_000, 1_000_000


def frame(table: str, **columns: object) -> pl.DataFrame:
    """Rows of a table; columns that are not given are empty."""
    given = pl.DataFrame(columns)
    schema = TABLES[table].columns()
    return given.select(
        (pl.col(name) if name in given.columns else pl.lit(None)).cast(column.dtype).alias(name)
        for name, column in schema.items()
    )


def city() -> Records:
    """20,000 zones, a million people without a zone in most tables, a month of an outbreak."""
    zones: list[tuple[str, str, str | None]] = [("city", "city", None)]
    for d in range(DISTRICTS):
        zones.append((f"d{d}", "district", "city"))
        for c in range(COMMUNITIES):
            zones.append((f"d{d}c{c}", "community", f"d{d}"))
            zones += [(f"d{d}c{c}e{e}", "estate", f"d{d}c{c}") for e in range(ESTATES)]
    estates = [zone for zone, kind, _ in zones if kind == "estate"]
    told = datetime(2026, 3, 1)
    person = pl.int_range(PEOPLE, eager=True)

    def at(n: int, days: int = 30) -> list[datetime]:
        return [told + timedelta(days=i % days, hours=i % 24) for i in range(n)]

    frames = {
        "zones": frame("zones", record_id=[z[0] for z in zones], zone_id=[z[0] for z in zones],
                       kind=[z[1] for z in zones], parent_zone=[z[2] for z in zones]),
        "people": frame("people", record_id=person.cast(pl.String), person_id=person.cast(pl.String),
                        zone=[estates[i % len(estates)] for i in range(PEOPLE)]),
        "cases": frame("cases", record_id=[str(i) for i in range(CASES)], case_id=[f"c{i}" for i in range(CASES)],
                       person_id=[str(i) for i in range(CASES)], zone=[estates[i % len(estates)] for i in range(CASES)],
                       onset=[moment.date() for moment in at(CASES)], age=[i % 90 for i in range(CASES)],
                       recorded_at=[moment + timedelta(days=1) for moment in at(CASES)]),
        "contacts": frame("contacts", record_id=[str(i) for i in range(CONTACTS)],
                          case_id=[f"c{i % CASES}" for i in range(CONTACTS)],
                          person_id=[str((i * 7) % PEOPLE) for i in range(CONTACTS)], found_at=at(CONTACTS),
                          recorded_at=at(CONTACTS), quarantined_on=[moment.date() for moment in at(CONTACTS)]),
        "tests": frame("tests", record_id=[str(i) for i in range(TESTS)],
                       person_id=[str((i * 13) % PEOPLE) for i in range(TESTS)], sampled_at=at(TESTS),
                       recorded_at=at(TESTS)),
    }  # fmt: skip
    return Records(frames, frozenset(frames)).as_of(DAY)


def timed(what: str, do: Callable[[], Any]) -> Any:
    """Do something, and say how long it took."""
    began = time.perf_counter()
    made = do()
    print(f"{what:<60} {time.perf_counter() - began:8.2f} s")
    return made


def returns() -> None:
    """Fill in returns of a city, a district and a community; who owes what."""
    known = timed("make a city of 1,000,000 people and 20,021 zones", city)
    wild, rules = load(Pathogen, "sars-cov-2-wild"), load(Protocol, "who-generic")
    for name, zone in (("city-daily", "city"), ("district-daily", "d7"), ("community-daily", "d7c3"),
                       ("weekly-age-sex", "city"), ("timeliness-weekly", "city")):  # fmt: skip
        one = load(Return, name)
        period = period_of(one.every, DAY)
        timed(
            f"fill in {name} of {zone}",
            lambda one=one, zone=zone, period=period: fill(
                one, known, zone=zone, period=period, pathogen=wild, protocol=rules
            ),
        )
    zones = ZoneTree(known)
    none = pl.DataFrame(
        schema={"made_at": pl.Datetime, "definition": pl.String, "zone": pl.String, "period_start": pl.Date,
                "state": pl.String}
    )  # fmt: skip
    found = timed(
        "how the returns of 1,021 zones stand",
        lambda: standings(shipped(), zones, none, date(2026, 3, 1), datetime(2026, 3, 31, 9)),
    )
    print(f"{len(found):,} returns")


def bundles(rows: int = 20_000) -> None:
    """Cut, sign, check and take in a bundle."""
    with tempfile.TemporaryDirectory() as folder:
        here, there = Place(Path(folder) / "here"), Place(Path(folder) / "there")
        policy = 'edition = "1"\nanswers = "data steward"\n[[partner]]\nname = "{name}"\ntitle = "Partner"\n' \
                 'key = "{key}"\nwhy = "A benchmark of sharing."\nuntil = 2027-01-01\n[[partner.{way}]]\n' \
                 'table = "cases"\nzones = ["z"]\nwhy = "A benchmark of sharing."\n'  # fmt: skip
        now = datetime(2026, 4, 1, 9)
        zone = NewEntry("zones", {"zone_id": "z", "kind": "city"})
        there.open(make=True).append([zone], author="b", at=now)
        cases = [NewEntry("cases", {"case_id": str(i), "zone": "z", "onset": "2026-03-27"}) for i in range(rows)]
        here.open(make=True).append([zone, *cases], author="b", at=now)
        for place, other, name, way in ((here, there, "there", "give"), (there, here, "here", "take")):
            text = policy.format(name=name, key=partnering.own_key(other), way=way)
            (place.folder / "partners.toml").write_text(text, "utf-8")
        path = Path(folder) / "1.zip"
        timed(f"cut and sign {rows:,} rows", lambda: partnering.send(here, "there", path, author="b", at=now))
        timed(f"check and take in {rows:,} rows", lambda: partnering.take(there, path, author="b", at=now))
        print(f"{path.stat().st_size:,} bytes")


if __name__ == "__main__":
    returns()
    bundles()
