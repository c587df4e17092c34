"""Files of FHIR: a bundle, one resource, or one a line."""

from collections.abc import Mapping
from datetime import tzinfo
from pathlib import Path
from typing import Any, cast

from douse.readers.exchange.fhir.times import local
from douse.readers.exchange.json_file import read_json, read_json_lines

LINES = (".ndjson", ".jsonl")


def bundle_of(path: Path, zone: tzinfo | None) -> Mapping[str, Any]:
    """A file as a bundle, whatever its form; moments as the clocks of a zone show them, where one is given.

    Raises
    ------
    DataError
        When the file cannot be read as JSON.
    """
    value = _read(path)
    return value if zone is None else cast("Mapping[str, Any]", local(value, zone))


def _read(path: Path) -> Mapping[str, Any]:
    if path.suffix.lower() in LINES:
        return {"entry": [{"resource": value} for value in read_json_lines(path)]}
    value = read_json(path)
    if isinstance(value, dict) and value.get("resourceType") == "Bundle":
        return value
    return {"entry": [{"resource": value}]}


def goes_on(bundle: Mapping[str, Any]) -> bool:
    """Whether a bundle is one page of several."""
    links = bundle.get("link")
    given = links if isinstance(links, list) else ()
    return any(isinstance(link, dict) and link.get("relation") == "next" for link in given)
