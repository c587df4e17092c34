"""Our own tables as CSV, and as a Frictionless data package that says what each column is."""

import hashlib
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl

from douse.outputs.exchange.left_out import LeftOut
from douse.records.finding import write_csv
from douse.records.measure import Because
from douse.records.records import Records
from douse.records.tables import TABLES, Table, column_facts

PACKAGE = "datapackage.json"
_VIEW = ("first_recorded_at", "supersedes")
_TYPES: tuple[tuple[type[dy.Column], dict[str, str]], ...] = (
    (dy.Enum, {"type": "string"}),
    (dy.String, {"type": "string"}),
    (dy.Date, {"type": "date"}),
    (dy.Datetime, {"type": "datetime", "format": "any"}),
    (dy.Int64, {"type": "integer"}),
    (dy.Float64, {"type": "number"}),
)


def write_tables(out: Path, records: Records, left: LeftOut) -> list[Path]:
    """Write every table that has rows as CSV (UTF-8 with a byte-order mark)."""
    _only_in_the_ledger(records, left)
    paths = []
    for name in TABLES:
        frame = _in_force(records, name)
        if frame.height:
            paths.append(out / f"{name}.csv")
            write_csv(frame, paths[-1])
    return paths


def write_package(out: Path, records: Records, left: LeftOut, *, title: str) -> list[Path]:
    """Write ``datapackage.json`` and its tables: types, codes, units, keys, and the hash of each file.

    Parameters
    ----------
    out : Path
        Folder.
    records : Records
        An as-of view.
    left : LeftOut
        Told what is left out.
    title : str
        Of the package.
    """
    _only_in_the_ledger(records, left)
    names = [name for name in TABLES if records.table(name).height]
    described, paths = [], [out / PACKAGE]
    for name in names:
        frame = _in_force(records, name)
        held = BytesIO()
        write_csv(frame, held)
        data = held.getvalue().removeprefix(b"\xef\xbb\xbf")
        paths.append(out / f"{name}.csv")
        paths[-1].write_bytes(data)
        described.append(_resource(name, frame, data, names))
    package = {
        "profile": "tabular-data-package",
        "name": "douse-situation",
        "title": title,
        "description": left.words.say(
            "Times are local. A cell that a spreadsheet would take for a formula has an apostrophe in front."
        ),
        "resources": described,
    }
    paths[0].write_text(json.dumps(package, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
    return paths


def _only_in_the_ledger(records: Records, left: LeftOut) -> None:
    why = Because("It is of the ledger alone: what people decided and are to do is shared in bundles (`douse export`).")
    for name in records.frames:
        if name not in TABLES:
            left.whole(name, records.table(name).height, why)


def _in_force(records: Records, name: str) -> pl.DataFrame:
    """Rows as they are in force."""
    return records.table(name).drop(_VIEW, strict=False)


def _resource(name: str, frame: pl.DataFrame, data: bytes, names: list[str]) -> dict[str, Any]:
    table = TABLES[name]
    keys = [
        {"fields": column, "reference": {"resource": "" if other == name else other, "fields": theirs}}  # "": this one
        for column in frame.columns
        for other, _, theirs in [column_facts(table, column).get("references", "").partition(".")]
        if other in names and theirs in table.column_names() | TABLES[other].columns().keys()
    ]
    schema: dict[str, Any] = {
        "fields": [_field(table, column) for column in frame.columns],
        "primaryKey": "record_id",
        "missingValues": [""],
    }
    return {
        "profile": "tabular-data-resource",
        "name": name.replace("_", "-"),
        "title": (table.__doc__ or "").strip().partition("\n")[0],
        "path": f"{name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "schema": schema | ({"foreignKeys": keys} if keys else {}),
    }


def _field(table: type[Table], name: str) -> dict[str, Any]:
    column = table.columns()[name]
    facts = column_facts(table, name)
    limits: dict[str, Any] = {} if column.nullable else {"required": True}
    if isinstance(column, dy.Enum):
        limits["enum"] = list(column.categories)
    if isinstance(column, dy.Int64 | dy.Float64):
        limits |= {word: end for word, end in (("minimum", column.min), ("maximum", column.max)) if end is not None}
    made = {"name": name} | next(kind for cls, kind in _TYPES if isinstance(column, cls))
    made |= {"description": column.description or ""} | ({"unit": facts["unit"]} if "unit" in facts else {})
    return made | ({"constraints": limits} if limits else {})
