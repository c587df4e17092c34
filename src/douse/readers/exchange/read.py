"""What somebody sent, in whatever form, to raw tables: FHIR, DHIS2, GeoJSON, a data package, or tables."""

from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path

import polars as pl

from douse.errors import DataError, UsageError
from douse.readers.exchange.dhis2 import is_aggregate, is_tracker, read_aggregate, read_tracker
from douse.readers.exchange.dhis2_ids import Ids
from douse.readers.exchange.epiparameter import is_epiparameter
from douse.readers.exchange.fhir.bundle import LINES
from douse.readers.exchange.fhir.read import read_fhir
from douse.readers.exchange.gathered import ROW, Gathered
from douse.readers.exchange.geojson import is_geojson, read_geojson
from douse.readers.exchange.json_file import read_json
from douse.readers.exchange.package import PACKAGE, read_package
from douse.readers.read import KNOWN, OURS, read_raw
from douse.records.finding import no_findings
from douse.records.mapping import Mapping
from douse.records.raw import RawTable, RawTables

JSON = (".json", ".geojson", *LINES)
REJECTED = "rejected"  # rows that the door set aside before, to be corrected
_MARKUP = (".xml", ".html", ".htm", ".xhtml", ".kml", ".gml", ".svg")


def read_sent(
    paths: Sequence[Path], mapping: Mapping | None = None, ids: Ids | None = None, zone: tzinfo | None = None
) -> RawTables:
    """Read files and folders of any form that is known.

    Parameters
    ----------
    paths : Sequence[Path]
        Files, or folders of files; those of FHIR belong together.
    mapping : Mapping, optional
        Of tables.
    ids : Ids, optional
        What things are called in the DHIS2 that the files come from.
    zone : tzinfo, optional
        Of the place, where files of FHIR tell times in another.

    Raises
    ------
    UsageError
        When a zone is given, and no file is of FHIR.
    DataError
        When there is nothing that can be read, or a file is XML, too large, or nests without end.
    """
    parts, nested = list[RawTables](), list[Path]()
    for path in paths:
        if path.name == PACKAGE or (path.is_dir() and (path / PACKAGE).is_file()):
            parts.append(read_package(path if path.is_file() else path / PACKAGE))
            continue
        files = _files(path)
        mine = [file for file in files if file.suffix.lower() in JSON]
        nested += mine
        tables = [file for file in files if file.suffix.lower() in KNOWN and file.name not in OURS]
        parts += [_unknown(path)] if path.is_dir() else []
        parts += [read_raw(path, mapping, required=())] if tables or not mine else []
    read, has_fhir = _read_nested(nested, ids or Ids(), zone)
    parts.append(read)
    if zone is not None and not has_fhir:
        raise UsageError("--time-zone says nothing here: no file is of FHIR.", next_step="Leave it out.")
    return RawTables(
        tuple(part for raw in parts for part in raw.tables),
        pl.concat([no_findings(), *(raw.findings for raw in parts)]),
    )


def _files(path: Path) -> list[Path]:
    """Files to read, sorted; raises where there is nothing, or XML among them."""
    if not path.exists():
        raise DataError(f"{path} is not there.", next_step="Check the path.")
    files = sorted(file for file in path.iterdir() if file.is_file()) if path.is_dir() else [path]
    for file in files:
        if file.suffix.lower() in _MARKUP:
            raise DataError(
                f"{file.name} is XML, which is never read.",
                allowed="JSON, CSV, Parquet",
                next_step="Export the same so.",
            )
    return files


def _unknown(folder: Path) -> RawTables:
    """What lies in a folder and is of no form that is known: each is said."""
    gathered = Gathered()
    for file in sorted(folder.iterdir()):
        known = file.is_file() and file.suffix.lower() in {*JSON, *KNOWN}
        if not (known or file.name.startswith(".") or (file.is_dir() and file.name == REJECTED)):
            gathered.say(file.name, None, "file_of_no_form")
    return gathered.raw()


def _read_nested(files: Sequence[Path], ids: Ids, zone: tzinfo | None) -> tuple[RawTables, bool]:
    """Files of JSON, by what they hold; those of FHIR belong together. Also: whether there were any of these."""
    gathered, parts, bundles = Gathered(), list[RawTable](), list[Path]()
    for file in files:
        if file.suffix.lower() in LINES:
            bundles.append(file)
            continue
        value = read_json(file)
        if isinstance(value, dict) and "resourceType" in value:
            bundles.append(file)
        elif is_geojson(value):
            read_geojson(file.name, value, gathered)
        elif is_aggregate(value):
            read_aggregate(file.name, value, ids, gathered)
        elif is_tracker(value):
            parts += read_tracker(file.name, value, ids, gathered)
        elif is_epiparameter(value):
            raise DataError(
                f"{file.name} holds parameters of pathogens, not records.",
                next_step="`douse exchange pathogen FILE --disease NAME --extends PATHOGEN --out FILE.toml`",
            )
        else:
            gathered.say(file.name, None, "kind_unknown", ROW)
    raw = [gathered.raw(), read_fhir(bundles, zone)] if bundles else [gathered.raw()]
    tables = (*parts, *(part for one in raw for part in one.tables))
    return RawTables(tables, pl.concat([no_findings(), *(one.findings for one in raw)])), bool(bundles)
