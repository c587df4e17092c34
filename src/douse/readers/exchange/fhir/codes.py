"""Words of FHIR for ours (data in `codes.toml`), and how our own codes and identifiers are named in FHIR."""

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

CODE = "urn:douse:code:"  # + name of a code list: our own code system
IDENTIFIER = "urn:douse:id:"  # + what it identifies: person, case, zone, place, facility, request, task
COLUMN = "urn:douse:column:"  # + table.column: extension for what FHIR has no element for
MEASURE = "urn:douse:measure:"  # + indicator
BOUNDARY = "http://hl7.org/fhir/StructureDefinition/location-boundary-geojson"


def system(name: str) -> str:
    """Address of a code system by its short name."""
    return str(_lists()["systems"][name])


def coding(name: str, code: str) -> list[dict[str, str]]:
    """Codings of one of our codes: that of a public code system where there is one, then our own."""
    public = _lists().get(name, {}).get(code, [])[:1]
    made = [{"system": system(short), "code": word} for short, _, word in (entry.partition("|") for entry in public)]
    return [*made, {"system": CODE + name, "code": code}]


def meant(name: str, concept: Any) -> str | None:
    """Our code of a CodeableConcept; None where none of its codings is known.

    Our own code system counts before the public ones, which may be coarser.
    """
    codings: Sequence[Any] = (concept or {}).get("coding") or ()
    for given in codings:
        if given.get("system") == CODE + name and given.get("code"):
            return str(given["code"])
    for given in codings:
        found = _by_coding(name).get((given.get("system"), given.get("code")))
        if found is not None:
            return found
    return None


def words_of(concept: Any) -> list[str]:
    """What a CodeableConcept says in words."""
    given = concept or {}
    words = [given.get("text"), *(coding.get("display") for coding in given.get("coding") or ())]
    return [word for word in words if word]


@cache
def _by_coding(name: str) -> dict[tuple[str | None, str | None], str]:
    found: dict[tuple[str | None, str | None], str] = {}
    for code, entries in _lists().get(name, {}).items():
        for entry in entries:
            short, _, word = entry.partition("|")
            found.setdefault((system(short), word), code)
    return found


@cache
def _lists() -> dict[str, Any]:
    text = resources.files("douse.readers.exchange.fhir").joinpath("codes.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
