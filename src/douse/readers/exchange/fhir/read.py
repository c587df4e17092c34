"""FHIR R4 to raw tables. What a resource says that no table holds is said of it, element by element."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import tzinfo
from pathlib import Path
from typing import Any

from douse.readers.exchange.fhir import observations, records
from douse.readers.exchange.fhir.codes import BOUNDARY, COLUMN
from douse.readers.exchange.fhir.entries import READ, Entry, Index, cell_in, index_of, names_nothing, outside
from douse.readers.exchange.gathered import NOTE, ROW, VALUE, Gathered
from douse.records.raw import RawTables
from douse.records.tables import TABLES

Rows = Iterator[tuple[str, Mapping[str, Any]]]
_READERS: dict[str, Callable[[Entry, Index], records.Read]] = {
    "Patient": records.patient,
    "Condition": records.condition,
    "Observation": observations.observation,
    "Specimen": records.specimen,
    "DiagnosticReport": records.report,
    "Encounter": records.encounter,
    "Location": records.location,
    "Task": records.task,
    "MeasureReport": records.measure_report,
}
# Of every resource: its name, its history, and its narrative, which says again what the elements say.
_ALWAYS = frozenset({"resourceType", "id", "meta", "text", "language", "extension"})
_PERSONAL = frozenset({"name", "telecom", "birthDate", "photo", "contact", "identifier", "maritalStatus"})


def read_fhir(files: Sequence[Path], zone: tzinfo | None = None) -> RawTables:
    """Read bundles, single resources, or lists with one resource a line.

    Parameters
    ----------
    files : Sequence[Path]
        Files that belong together: a reference may name a resource of another of them, never one elsewhere.
    zone : tzinfo, optional
        Moments with an offset are read as the clocks of this zone showed them; None: as they are shown.

    Raises
    ------
    DataError
        When a file is no JSON, is XML, is too large, or nests without end.
    """
    gathered = Gathered()
    index = index_of(files, gathered, zone)
    for entry in index.usable(files):
        if entry.kind not in READ:
            gathered.say(entry.file, entry.number, "fhir_not_read", column=entry.kind, kind=entry.kind)
            continue
        wrong = records.in_error(entry.resource)
        read = records.Read(why="fhir_in_error") if wrong else _READERS[entry.kind](entry, index)
        if read.why is not None:
            action = ROW if read.lost else NOTE
            gathered.say(entry.file, entry.number, read.why, action, column=entry.kind, kind=entry.kind)
        elif read.table is not None:
            gathered.add(entry.file, entry.number, read.table, read.row)
        if read.why is None:
            _say_rest(entry, read, index, gathered)
    return gathered.raw()


def _say_rest(entry: Entry, read: records.Read, index: Index, gathered: Gathered) -> None:
    """What of a resource no table holds."""
    for name in entry.resource:
        if name in read.used or name in _ALWAYS:
            continue
        personal = entry.kind == "Patient" and name in _PERSONAL
        rule = "fhir_personal" if personal else "fhir_element"
        gathered.say(entry.file, entry.number, rule, column=f"{entry.kind}.{name}", table=read.table or "")
    for name in read.vague:
        gathered.say(entry.file, entry.number, "fhir_part_of_a_date", VALUE, column=f"{entry.kind}.{name}")
    for extension in entry.resource.get("extension") or ():
        if not _is_read(extension, read):
            gathered.say(entry.file, entry.number, "fhir_extension", column=f"{entry.kind}.extension")
    for name in ("subject", "focus", "specimen", "partOf", "for", "location"):
        given = entry.resource.get(name)
        for reference in given if isinstance(given, list) else (given,):
            if not isinstance(reference, dict):
                continue
            if outside(reference, index):
                gathered.say(entry.file, entry.number, "fhir_outside", column=f"{entry.kind}.{name}")
            elif name in read.used and read.table and names_nothing(reference, index):
                gathered.say(entry.file, entry.number, "fhir_names_nothing", column=f"{entry.kind}.{name}")


def _is_read(extension: Mapping[str, Any], read: records.Read) -> bool:
    """Whether an extension is one of ours, with a cell of a table in it, or the outline of a zone."""
    url = str(extension.get("url"))
    if url == BOUNDARY:
        return read.row.get("boundary") is not None
    table, _, column = url.removeprefix(COLUMN).partition(".")
    known = url.startswith(COLUMN) and table in TABLES and column in TABLES[table].column_names()
    return known and cell_in(extension) is not None
