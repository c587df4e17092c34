"""Frictionless data packages: the tables that lie beside ``datapackage.json``, and nothing elsewhere."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PureWindowsPath
from typing import Any

from douse.errors import DataError
from douse.readers.exchange.gathered import ROW, Gathered
from douse.readers.exchange.json_file import read_json
from douse.readers.names import table_named
from douse.readers.native import read_native
from douse.readers.read import OURS
from douse.readers.sheet import read_sheet
from douse.records.raw import RawTable, RawTables

PACKAGE = "datapackage.json"
_HASHES = ("md5", "sha1", "sha256", "sha512")


def read_package(path: Path) -> RawTables:
    """Read the tables of a package.

    Parameters
    ----------
    path : Path
        ``datapackage.json``; files are looked for in its folder alone, and not beyond a link that leaves it.

    Raises
    ------
    DataError
        When it is no package.
    """
    given = read_json(path)
    resources = given.get("resources") if isinstance(given, dict) else None
    if not isinstance(resources, list):
        raise DataError(f"{path.name} names no resources.", allowed="a data package", next_step="Check the file.")
    gathered, parts, named = Gathered(), list[RawTable](), {path.resolve()}
    for number, resource in enumerate(resources, start=1):
        known = resource if isinstance(resource, dict) else {}
        table = table_named(str(known.get("name") or "").replace("-", "_"))
        if table is None:
            gathered.say(path.name, number, "package_no_table", column="resources")
            continue
        if known.get("path") is None:
            gathered.say(path.name, number, "package_inline", ROW, table=table)
            continue
        for name in _paths(known):
            file = _inside(path.parent, name)
            named |= {file} if file else set()
            if file is None:
                gathered.say(path.name, number, "package_outside", ROW, table=table, column="path")
            elif not file.is_file():
                gathered.say(path.name, number, "package_missing", ROW, table=table, column="path")
            elif _changed(file, known):
                gathered.say(path.name, number, "package_changed", ROW, table=table, column="hash")
            else:
                if known.get("hash") and _kind_of(known) not in _HASHES:
                    gathered.say(path.name, number, "package_hash", table=table, column="hash")
                parts += _read(file, table, known, gathered)
    for file in sorted(path.parent.iterdir()):
        if not (_resolved(file) in named or file.name in OURS or file.name.startswith(".")):
            gathered.say(file.name, None, "package_not_named")
    raw = gathered.raw()
    return RawTables((*parts, *raw.tables), raw.findings)


def _paths(resource: Mapping[str, Any]) -> Iterator[str]:
    given = resource.get("path")
    yield from (str(one) for one in (given if isinstance(given, list) else [given]))


def _kind_of(resource: Mapping[str, Any]) -> str:
    """The kind of a hash; one that names none is MD5, as the specification has it."""
    return str(resource.get("hash") or "").rpartition(":")[0].lower() or "md5"


def _inside(folder: Path, name: str) -> Path | None:
    """The file of that name, where it lies within the folder."""
    if "://" in name or PureWindowsPath(name).is_absolute() or PureWindowsPath(name).drive or name.startswith("/"):
        return None
    base, file = folder.resolve(), _resolved(folder / name)
    return file if file is not None and file.is_relative_to(base) and file != base else None


def _resolved(file: Path) -> Path | None:
    """Where a path leads; None where it is none, leads to itself, or is too long for one."""
    try:
        led = file.resolve()
        led.exists()
    except (ValueError, OSError, RuntimeError):
        return None
    return led


def _changed(file: Path, resource: Mapping[str, Any]) -> bool:
    """Whether the file is not the one that the hash is of."""
    kind, digest = _kind_of(resource), str(resource.get("hash") or "").rpartition(":")[2]
    if not digest or kind not in _HASHES:
        return False
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, kind).hexdigest() != digest.lower()


def _read(file: Path, table: str, resource: Mapping[str, Any], gathered: Gathered) -> list[RawTable]:
    dialect = resource.get("dialect")
    separator = dialect.get("delimiter") if isinstance(dialect, dict) else None
    single = separator if isinstance(separator, str) and len(separator) == 1 else None
    sheet, notes = read_sheet(file, None, single)
    gathered.join(notes)
    if sheet is None:
        return []
    parts, said = read_native(sheet, table)
    gathered.join(said)
    return parts
