"""One resource to one row; what it cannot be is said with a reason."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from douse.library import pathogen_named
from douse.readers.exchange.fhir.codes import BOUNDARY, MEASURE, meant, system, words_of
from douse.readers.exchange.fhir.entries import (
    Entry,
    Index,
    address_in,
    columns_in,
    identified,
    named,
    person_of,
    years,
)


@dataclass(frozen=True)
class Read:
    """What a resource came to: a row of a table, nothing of its own, or a reason why it was not read."""

    table: str | None = None
    row: Mapping[str, Any] = field(default_factory=dict)
    used: frozenset[str] = frozenset()  # elements that were read
    why: str | None = None  # sentence
    lost: bool = False  # whether it should have been a row
    vague: tuple[str, ...] = ()  # elements that name a year or a month, and no day


NOT_OURS = Read(why="fhir_not_a_record")
_WRONG = "entered-in-error"


def patient(entry: Entry, index: Index) -> Read:
    """A person: their cases take sex, death and area from here."""
    del index
    used = {"gender", "deceasedDateTime", "deceasedBoolean", "address"}
    if identified(entry.resource, "person"):
        used.add("identifier")
    return Read(used=frozenset(used), vague=vague(entry.resource, "deceasedDateTime"))


def condition(entry: Entry, index: Index) -> Read:
    """A case, where the condition is one that the library knows or was written by Douse."""
    given = entry.resource
    own = identified(given, "case")
    cells = columns_in(given, "cases")
    pathogen = _pathogen(given.get("code"))
    if own is None and (pathogen is None or pathogen_named(pathogen) is None):
        return Read(why="fhir_other_condition")
    person = person_of(given.get("subject"), index)
    row: dict[str, Any] = {
        "case_id": own or entry.local,
        "pathogen": pathogen,
        "classification": meant("classification", given.get("verificationStatus")),
        "severity": meant("severity", given.get("severity")),
        "onset": day(given.get("onsetDateTime")),
        "recorded_at": given.get("recordedDate"),
    }
    ended = given.get("abatementDateTime")
    clinical = {coding.get("code") for coding in (given.get("clinicalStatus") or {}).get("coding") or ()}
    if ended or "resolved" in clinical:
        row |= {"outcome": "recovered", "outcome_on": day(ended)}
    if person is not None:
        row["sex"] = person.gender
        if own is None:
            row |= {"person_id": person.id, "zone": person.zone, "age": person.age}
            if person.died is not None and "outcome" not in row:
                row |= {"outcome": "died", "outcome_on": person.died or None}
    if age := years(given.get("onsetAge")):
        row["age"] = age
    used = {
        "identifier", "verificationStatus", "clinicalStatus", "severity", "code", "subject", "onsetDateTime",
        "abatementDateTime", "recordedDate", "onsetAge", "category",
    }  # fmt: skip
    return Read("cases", row | cells, frozenset(used), vague=vague(given, "onsetDateTime", "abatementDateTime"))


def specimen(entry: Entry, index: Index) -> Read:
    """A sample: its test says when it was taken, or is told from here."""
    del index
    return Read(used=frozenset({"identifier", "subject", "collection", "status"} & set(entry.resource)))


def report(entry: Entry, index: Index) -> Read:
    """A report: its results are read, as observations."""
    results = [address_in(result) for result in entry.resource.get("result") or ()]
    if not results or any(result not in index.names for result in results):
        return Read(why="fhir_report_without_results")
    used = {"identifier", "status", "category", "code", "subject", "effectiveDateTime", "issued", "specimen", "result"}
    return Read(used=frozenset(used | {"performer"}))


def encounter(entry: Entry, index: Index) -> Read:
    """A stay, where Douse wrote it: encounters of others say too little of why somebody stayed."""
    given = entry.resource
    cells = columns_in(given, "stays")
    if "place" not in cells:
        return NOT_OURS
    person = person_of(given.get("subject"), index)
    period = given.get("period") or {}
    row = {
        "person_id": None if person is None else person.id,
        "entered_on": day(period.get("start")),
        "left_on": day(period.get("end")),
    }
    return Read("stays", row | cells, frozenset({"status", "class", "subject", "period"}))


_LOCATED = {"zone": "zones", "place": "places", "facility": "facilities"}


def location(entry: Entry, index: Index) -> Read:
    """A zone, a place or a facility; of others, jurisdictions and areas as zones."""
    given = entry.resource
    kind = next((kind for kind in _LOCATED if identified(given, kind)), None)
    physical = {coding.get("code") for coding in (given.get("physicalType") or {}).get("coding") or ()}
    if kind is None and not physical & {"jdn", "area"}:
        return NOT_OURS
    kind = kind or "zone"
    table = _LOCATED[kind]
    where = given.get("position") or {}
    parent = named(given.get("partOf"), "zone", index.zones)
    row = {
        f"{kind}_id": identified(given, kind) or entry.local,
        "name": given.get("name"),
        "kind": meant(f"{kind}_kind", given.get("physicalType")),
        "parent_zone" if kind == "zone" else "zone": parent,
        "latitude": where.get("latitude"),
        "longitude": where.get("longitude"),
    }
    if kind == "zone":
        row["boundary"] = _outline(given)
    used = {"identifier", "status", "name", "mode", "physicalType", "position", "partOf"}
    return Read(table, row | columns_in(given, table), frozenset(used))


def task(entry: Entry, index: Index) -> Read:
    """A household's request; the tasks of others are theirs."""
    del index
    given = entry.resource
    number = identified(given, "request")
    if number is None:
        return Read(why="fhir_task_of_others")
    row = {
        "request_id": number,
        "kind": meant("request_kind", given.get("code")),
        "requested_at": given.get("authoredOn"),
        "wanted_by": ((given.get("restriction") or {}).get("period") or {}).get("end"),
    }
    used = {"identifier", "status", "intent", "code", "authoredOn", "restriction"}
    return Read("requests", row | columns_in(given, "requests"), frozenset(used))


def measure_report(entry: Entry, index: Index) -> Read:
    """A count of complaints, sales or samples."""
    given = entry.resource
    measure = str(given.get("measure"))
    if not measure.startswith(MEASURE):
        return Read(why="fhir_other_measure")
    period = given.get("period") or {}
    if day(period.get("end")) not in {None, day(period.get("start"))}:
        return Read(why="fhir_not_a_day", lost=True)
    row: dict[str, Any] = {
        "zone": named(given.get("subject"), "zone", index.zones),
        "date": day(period.get("start")),
        "indicator": measure.removeprefix(MEASURE),
        "source": (given.get("reporter") or {}).get("display"),
        "recorded_at": given.get("date"),
    }
    for group in given.get("group") or ():
        for part in group.get("population") or ():
            for coding in (part.get("code") or {}).get("coding") or ():
                if coding.get("system") == system("population") and coding.get("code") in {"numerator", "denominator"}:
                    row["count" if coding["code"] == "numerator" else "denominator"] = part.get("count")
    used = {"status", "type", "measure", "subject", "date", "reporter", "period", "group"}
    return Read("indicators", row | columns_in(given, "indicators"), frozenset(used))


def _pathogen(concept: Any) -> str | None:
    """Name of a pathogen: by its codings, else the first of its words that the library knows, else its words."""
    coded = meant("pathogen", concept)
    if coded is not None:
        return coded
    words = words_of(concept)
    return next((word for word in words if pathogen_named(word)), words[0] if words else None)


def in_error(given: Mapping[str, Any]) -> bool:
    """Whether a resource says that it should not have been written."""
    verified = (given.get("verificationStatus") or {}).get("coding") or ()
    if any(coding.get("code") == _WRONG for coding in verified):
        return True
    return given.get("status") in {_WRONG, "error", *(("cancelled",) if given["resourceType"] == "Observation" else ())}


def vague(given: Mapping[str, Any], *names: str) -> tuple[str, ...]:
    """Elements that are filled and name no day."""
    return tuple(name for name in names if given.get(name) and day(given[name]) is None)


def day(moment: Any) -> str | None:
    """The day of a date or a moment; a year or a month alone is no day."""
    text = str(moment or "")[:10]
    return text if len(text) == 10 else None


def _outline(given: Mapping[str, Any]) -> str | None:
    for extension in given.get("extension") or ():
        if extension.get("url") == BOUNDARY:
            data = (extension.get("valueAttachment") or {}).get("data")
            try:
                return base64.b64decode(data or "", validate=True).decode() or None
            except (binascii.Error, ValueError):
                return None
    return None
