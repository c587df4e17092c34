"""Records made by chance for the tests of exchange: every table that a form may hold, with awkward words in it."""

import json
import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl

from douse.__main__ import main
from douse.exchange import _EVERYTHING, receive
from douse.records import Records
from douse.records.check import check
from douse.records.finding import write_csv
from douse.records.raw import RawTable, RawTables
from douse.records.tables import TABLES, column_facts

FIRST = date(2026, 2, 1)
# What breaks writers: formulas, quotation marks, separators, markup, other scripts, and signs beyond the first plane.
WORDS = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2",
    "@SUM(A1)",
    'say "no"',
    "a;b,c",
    "<script>alert(1)</script>",
    "&lt;x&gt;",
    "海淀区",
    "Ñuñoa",
    "two\nlines",
    "'quoted",
    "🦠",
    "\\N",
    "{}",
    "a\tb",
)
NAMES = tuple(word for word in WORDS if "\n" not in word and "\t" not in word)


def made(seed: int, cases: int = 12) -> Records:
    """Records that went through the door: nothing in them is against a rule."""
    luck = random.Random(seed)
    zones = _zones(luck)
    named = [f"K{number} {luck.choice(NAMES)}" for number in range(cases)]
    people = [f"p{number}" for number in range(cases)]
    rows: dict[str, list[dict[str, Any]]] = {
        "zones": zones,
        "places": [_row(luck, "places", place_id=f"place{n}", zone=_one(luck, zones)["zone_id"]) for n in range(4)],
        "facilities": [
            _row(luck, "facilities", facility_id=f"fac{n}", zone=_one(luck, zones)["zone_id"]) for n in range(3)
        ],
        "cases": [_case(luck, case, person, zones) for case, person in zip(named, people, strict=True)],
    }
    for table, count in (("contacts", 15), ("follow_ups", 15), ("tests", 15), ("stays", 8), ("arrivals", 5)):
        rows[table] = [_about(luck, table, named, people, zones) for _ in range(count)]
    rows["requests"] = [_row(luck, "requests", request_id=f"r{n}", zone=_one(luck, zones)["zone_id"]) for n in range(5)]
    rows["indicators"] = [_row(luck, "indicators", zone=_one(luck, zones)["zone_id"], place=None) for _ in range(12)]
    parts = []
    for table, given in rows.items():
        cells = pl.DataFrame(given, schema={name: kind.dtype for name, kind in TABLES[table].columns().items()})
        parts.append(
            RawTable(
                table, f"{table}.csv", cells, pl.int_range(2, cells.height + 2, dtype=pl.UInt32, eager=True), cells
            )
        )
    return check(RawTables(tuple(parts))).records.as_of(_EVERYTHING)


def sender(folder: Path) -> Callable[..., Any]:
    """Writes JSON, or text as it is, into a file of a folder, and takes that in."""

    def send(value: Any, name: str = "file.json") -> Any:
        path = folder / name
        path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
        return receive([path])

    return send


def written(records: Records, folder: Path) -> Path:
    """A folder with the tables as files."""
    folder.mkdir(parents=True)
    for name in records.frames:
        frame = records.table(name).drop("first_recorded_at")
        if frame.height:
            frame.write_parquet(folder / f"{name}.parquet")
    return folder


def as_csv(records: Records, folder: Path) -> Path:
    """A folder with the tables as CSV."""
    folder.mkdir(parents=True)
    for name in records.frames:
        write_csv(records.table(name).drop("first_recorded_at"), folder / f"{name}.csv")
    return folder


def export(data: Path, out: Path, form: str, *more: str) -> int:
    """Export by the command line; its exit code."""
    return main(["exchange", "export", str(data), "--format", form, "--out", str(out), *more])


def left_out(out: Path) -> pl.DataFrame:
    """What an export says that it left out."""
    return pl.read_csv(out / "left-out.csv", infer_schema=False)


def plain(frame: pl.DataFrame, columns: list[str] | None = None) -> pl.DataFrame:
    """Rows without names of records, in an order of their own."""
    kept = frame.drop("first_recorded_at", "supersedes", "record_id", strict=False)
    kept = kept if columns is None else kept.select(columns)
    return kept.sort(kept.columns)


def _zones(luck: random.Random) -> list[dict[str, Any]]:
    ranks = ("province", "district", "community", "building")
    made = []
    for number in range(8):
        rank = min(number // 2, 3)
        parent = f"z{number - 2}" if number >= 2 else None
        point = luck.random() < 0.7
        made.append(
            _row(
                luck,
                "zones",
                zone_id=f"z{number}",
                name=f"{luck.choice(NAMES)} {number}",
                kind=ranks[rank],
                parent_zone=parent,
                latitude=luck.uniform(-89, 89) if point else None,
                longitude=luck.uniform(-179, 179) if point else None,
                boundary=_outline(luck) if luck.random() < 0.5 else None,
            )
        )
    return made


def _outline(luck: random.Random) -> str:
    x, y = luck.randint(-170, 170), luck.randint(-80, 80)
    return f'{{"type":"Polygon","coordinates":[[[{x},{y}],[{x + 1},{y}],[{x + 1},{y + 1}],[{x},{y}]]]}}'


def _case(luck: random.Random, case: str, person: str, zones: list[dict[str, Any]]) -> dict[str, Any]:
    onset = FIRST + timedelta(days=luck.randint(5, 20))
    told = datetime.combine(onset, datetime.min.time()) + timedelta(
        days=luck.randint(1, 3), seconds=luck.randint(0, 86_399)
    )
    outcome = luck.choice([None, "recovered", "died", "lost"])
    return _row(
        luck,
        "cases",
        case_id=case,
        person_id=luck.choice([person, person, None]),
        same_as=None,
        zone=_one(luck, zones)["zone_id"],
        pathogen=luck.choice([None, "measles", "ebola", "sars-cov-2-delta"]),
        infector=None,
        onset=luck.choice([onset, None]),
        exposed_from=onset - timedelta(days=4),
        exposed_to=onset - timedelta(days=2),
        tested_at=told - timedelta(hours=9),
        confirmed_at=told,
        reported_at=luck.choice([told, told.replace(hour=0, minute=0, second=0)]),
        outcome=outcome,
        outcome_on=onset + timedelta(days=20) if outcome else None,
        recorded_at=told + timedelta(days=luck.choice([0, 1])),
        latitude=None,
        longitude=None,
    )


def _about(
    luck: random.Random, table: str, cases: list[str], people: list[str], zones: list[dict[str, Any]]
) -> dict[str, Any]:
    first = FIRST + timedelta(days=luck.randint(0, 20))
    at = datetime.combine(first, datetime.min.time()) + timedelta(seconds=luck.randint(0, 86_399))
    facts: dict[str, Any] = {
        "person_id": luck.choice([*people, "stranger", "other stranger"]),
        "case_id": luck.choice(cases),
        "zone": luck.choice([None, _one(luck, zones)["zone_id"]]),
        "first_contact": first,
        "last_contact": first + timedelta(days=luck.randint(0, 3)),
        "at": at,
        "sampled_at": at,
        "result_at": luck.choice([at + timedelta(hours=5), None]),
        "entered_on": first,
        "left_on": luck.choice([None, first + timedelta(days=9)]),
        "arrived_at": at,
        "quarantined_on": first,
        "quarantine_ended_on": first + timedelta(days=9),
        "facility_id": "fac1",
        "laboratory": luck.choice(["fac0", None]),
        "from_zone": None,
        "recorded_at": at + timedelta(days=2),
    }
    return _row(luck, table, **{name: value for name, value in facts.items() if name in TABLES[table].column_names()})


def _row(luck: random.Random, table: str, **known: Any) -> dict[str, Any]:
    """A row with a value, or none, in every column that is not said."""
    row: dict[str, Any] = {}
    for name, column in TABLES[table].columns().items():
        if name in known:
            row[name] = known[name]
        elif name in {"record_id", "supersedes"} or (column.nullable and luck.random() < 0.3 and name != "recorded_at"):
            row[name] = None
        else:
            row[name] = _value(luck, table, name, column)
    return row


def _value(luck: random.Random, table: str, name: str, column: dy.Column) -> Any:
    if column_facts(TABLES[table], name).get("references"):
        return None
    if isinstance(column, dy.Enum):
        return luck.choice(list(column.categories))
    if isinstance(column, dy.Date):
        return FIRST + timedelta(days=luck.randint(0, 20))
    if isinstance(column, dy.Datetime):
        day = FIRST + timedelta(days=luck.randint(21, 60))
        return datetime.combine(day, datetime.min.time()) + timedelta(seconds=luck.choice([0, luck.randint(1, 86_399)]))
    if isinstance(column, dy.Int64):
        return luck.randint(column.min or 0, min(column.max or 1000, 1000))
    if isinstance(column, dy.Float64):
        low, high = column.min or 0.0, min(column.max if column.max is not None else 1e6, 1e6)
        return float(luck.randint(int(low), int(high))) if luck.random() < 0.5 else luck.uniform(low, high)
    return luck.choice(NAMES if column.min_length else WORDS)


def _one(luck: random.Random, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return luck.choice(rows)
