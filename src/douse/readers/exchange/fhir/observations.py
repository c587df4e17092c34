"""One Observation to one row: a contact, a follow-up, or a test."""

from collections.abc import Mapping
from typing import Any

from douse.readers.exchange.fhir.codes import meant, words_of
from douse.readers.exchange.fhir.entries import Entry, Index, address_in, columns_in, identified, named, person_of
from douse.readers.exchange.fhir.records import NOT_OURS, Read, day


def observation(entry: Entry, index: Index) -> Read:
    """A contact, a follow-up, or a test."""
    given = entry.resource
    kind = meant("observation", given.get("code"))
    person = person_of(given.get("subject"), index)
    if kind == "contact":
        return _contact(entry, index)
    if kind == "follow_up":
        return _follow_up(entry, index)
    if meant("figure", given.get("code")) == "age":
        return Read(used=frozenset(given))  # it went to the person's cases
    test = meant("kind", given.get("code"))
    if test is None and kind != "test":
        return NOT_OURS
    ct = next(
        (_value(part) for part in _parts(given) if meant("observation", part.get("code")) == "cycle_threshold"), None
    )
    result, told_by = ("pending", "status") if given.get("status") == "registered" else _result(given)
    specimen = given.get("specimen") or {}
    row = {
        "person_id": None if person is None else person.id,
        "kind": test,
        "sampled_at": given.get("effectiveDateTime") or index.sampled.get(address_in(specimen)),
        "result_at": given.get("issued"),
        "result": result,
        "laboratory": next((identified(by, "facility") for by in given.get("performer") or ()), None),
        "ct": ct,
    }
    used = {
        "identifier", "status", "category", "code", "subject", "effectiveDateTime", "issued", "valueCodeableConcept",
        "valueString", "specimen", "component", "performer", told_by,
    }  # fmt: skip
    return Read("tests", row | columns_in(given, "tests"), frozenset(used))


def _contact(entry: Entry, index: Index) -> Read:
    given = entry.resource
    person = person_of(given.get("subject"), index)
    of = next((named(focus, "case", index.cases) for focus in given.get("focus") or ()), None)
    period = given.get("effectivePeriod") or {}
    row = {
        "case_id": of,
        "person_id": None if person is None else person.id,
        "first_contact": day(period.get("start")),
        "last_contact": day(period.get("end")),
        "recorded_at": given.get("issued"),
        "minutes": _value(given),
    }
    used = {"status", "code", "subject", "focus", "effectivePeriod", "issued", "valueQuantity"}
    return Read("contacts", row | columns_in(given, "contacts"), frozenset(used))


def _follow_up(entry: Entry, index: Index) -> Read:
    given = entry.resource
    person = person_of(given.get("subject"), index)
    row: dict[str, Any] = {
        "person_id": None if person is None else person.id,
        "at": given.get("effectiveDateTime"),
        "recorded_at": given.get("issued"),
        "note": next((note.get("text") for note in given.get("note") or ()), None),
    }
    for part in _parts(given):
        if meant("figure", part.get("code")) == "temperature":
            row["temperature"] = _value(part)
        elif meant("observation", part.get("code")) == "symptoms" and "valueBoolean" in part:
            row["symptoms"] = "yes" if part["valueBoolean"] else "no"
    used = {"status", "code", "subject", "effectiveDateTime", "issued", "note", "component"}
    return Read("follow_ups", row | columns_in(given, "follow_ups"), frozenset(used))


def _result(given: Mapping[str, Any]) -> tuple[str | None, str]:
    """What was found, and the element that says so: the value, or what the laboratory makes of a value."""
    concept = given.get("valueCodeableConcept")
    if concept is not None:
        return meant("result", concept) or next(iter(words_of(concept)), None), "valueCodeableConcept"
    if given.get("valueString") is not None:
        return given["valueString"], "valueString"
    meanings = (meant("result", concept) for concept in given.get("interpretation") or ())
    found = next((meaning for meaning in meanings if meaning), None)
    return found, "interpretation" if found else "status"


def _parts(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(given.get("component") or ())


def _value(given: Mapping[str, Any]) -> Any:
    return (given.get("valueQuantity") or {}).get("value")
