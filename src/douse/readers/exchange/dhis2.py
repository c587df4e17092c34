"""DHIS2 to raw tables: data value sets, and what its tracker exports (new and old names)."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from douse.readers.exchange.dhis2_ids import PREFIX, Ids
from douse.readers.exchange.gathered import OURS, ROW, VALUE, Gathered
from douse.readers.names import plain
from douse.readers.native import read_native
from douse.readers.sheet import Sheet
from douse.records.codes import INDICATORS
from douse.records.raw import RawTable
from douse.records.tables import TABLES

_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DERIVED = ("DOUSE_CASES_", "DOUSE_DEATHS")
_BESIDE = ("geometry", "coordinate", "notes", "relationships")
_ENTITIES = ("trackedEntities", "trackedEntityInstances", "instances")


def is_aggregate(value: Any) -> bool:
    """Whether JSON is a data value set."""
    return isinstance(value, dict) and isinstance(value.get("dataValues"), list)


def is_tracker(value: Any) -> bool:
    """Whether JSON is a tracker payload."""
    return isinstance(value, dict) and any(isinstance(value.get(name), list) for name in (*_ENTITIES, "events"))


def read_aggregate(file: str, value: Mapping[str, Any], ids: Ids, gathered: Gathered) -> None:
    """Counts of a data value set into rows of indicators; the row is the number of the data value."""
    rows: dict[tuple[str, str, str, str], dict[str, Any]] = {}
    first: dict[tuple[str, str, str, str], int] = {}
    parts: dict[tuple[str, ...], set[str]] = {}  # categories (age, sex) by which a count is parted
    whole = {name: value[name] for name in ("period", "orgUnit", "attributeOptionCombo") if value.get(name)}
    for number, one in enumerate(value["dataValues"], start=1):
        given = whole | one if isinstance(one, dict) else {}
        if given.get("deleted") is True:
            gathered.say(file, number, "dhis2_gone", table="indicators")
            continue
        element = ids.ours("data_elements", str(given.get("dataElement") or ""))
        day = _DAY.fullmatch(str(given.get("period") or ""))
        if not element or "value" not in given:
            gathered.say(file, number, "dhis2_no_value", ROW, table="indicators")
        elif element.startswith(_DERIVED):
            gathered.say(file, number, "dhis2_counts_cases", table="indicators")
        elif day is None:
            gathered.say(file, number, "dhis2_not_a_day", ROW, table="indicators", column="period")
        else:
            name, out_of = _indicator(element)
            source = _source(given, ids)
            key = (name, "-".join(day.groups()), str(given.get("orgUnit") or ""), source or "")
            row = rows.setdefault(key, {"indicator": name, "date": key[1], "zone": None, "source": source})
            first.setdefault(key, number)
            row["zone"] = ids.ours("org_units", key[2]) if key[2] else None
            told = str(given.get("lastUpdated") or given.get("created") or "")
            row["recorded_at"] = max(told, row.get("recorded_at") or "") or None
            column = "denominator" if out_of else "count"
            combination, there = str(given.get("categoryOptionCombo") or ""), parts.setdefault((*key, column), set())
            whole_count = _added(row.get(column), given["value"]) if there else given["value"]
            if combination in there or whole_count is None:
                gathered.say(file, number, "dhis2_value_twice", ROW, table="indicators", column=column)
                continue
            if there:
                gathered.say(file, number, "dhis2_added_up", table="indicators", column=column)
            there.add(combination)
            row[column] = whole_count
    for key, row in rows.items():
        gathered.add(file, first[key], "indicators", row)


def _added(one: Any, other: Any) -> str | None:
    """Two counts together; None where one is no number."""
    try:
        return str(float(one) + float(other))
    except (TypeError, ValueError):
        return None


def _indicator(element: str) -> tuple[str, bool]:
    word = element.removeprefix(PREFIX).lower()
    if word.endswith("_of") and word.removesuffix("_of") in INDICATORS:
        return word.removesuffix("_of"), True
    return word, False


def _source(given: Mapping[str, Any], ids: Ids) -> str | None:
    combination = str(given.get("attributeOptionCombo") or "")
    source = ids.ours("sources", combination)
    if source != combination:
        return source
    try:
        comment = json.loads(str(given.get("comment") or "null"))
    except ValueError:
        return None
    return str(comment["source"]) if isinstance(comment, dict) and comment.get("source") else None


def read_tracker(file: str, value: Mapping[str, Any], ids: Ids, gathered: Gathered) -> list[RawTable]:
    """Tracked persons into rows: our own stages event by event, enrolments of others as cases by their labels.

    The row is the number of the tracked entity, or of the event where the payload holds events alone.

    Returns
    -------
    list[RawTable]
        Cases of programmes that are not ours.
    """
    foreign: list[tuple[int, dict[str, str]]] = []
    seen: set[str] = set()
    for number, entity in enumerate(_listed(value, *_ENTITIES), start=1):
        if entity.get("programStage"):  # a list of events
            _read_event(file, number, entity, ids, gathered)
            continue
        _say_beside(file, number, entity, gathered)
        uid = str(entity.get("trackedEntity") or entity.get("trackedEntityInstance") or "")
        if uid in seen:
            gathered.say(file, number, "dhis2_twice", ROW)
            continue
        seen |= {uid} if uid else set()
        if entity.get("deleted") is True:
            gathered.say(file, number, "dhis2_deleted")
            continue
        labels = _labels(_listed(entity, "attributes"), "attribute", "attributes", ids)
        enrolled = list(_listed(entity, "enrollments"))
        if not enrolled:
            gathered.say(file, number, "dhis2_not_enrolled")
        for enrolment in (one for one in enrolled if not _is_gone(file, number, one, gathered)):
            others = _own_events(file, number, enrolment, ids, gathered)
            if others is None:
                continue
            mine = labels | _labels(_listed(enrolment, "attributes"), "attribute", "attributes", ids)
            of_events = [_labels(_listed(event, "dataValues"), "dataElement", "data_elements", ids) for event in others]
            for told in of_events:
                mine = told | mine  # what was told first stands
            if any(mine[name] != cell for told in of_events for name, cell in told.items()):
                gathered.say(file, number, "dhis2_repeated")
            foreign.append((number, _case_of(entity, enrolment, mine, ids)))
    for number, event in enumerate(_listed(value, "events"), start=1):
        _read_event(file, number, event, ids, gathered)
    for number, relation in enumerate(_listed(value, "relationships"), start=1):
        if ids.ours("types", str(relation.get("relationshipType"))) != f"{PREFIX}CONTACT_OF":
            gathered.say(file, number, "dhis2_relationship", column="relationships")
    return _as_cases(file, foreign, gathered)


def _read_event(file: str, number: int, event: Mapping[str, Any], ids: Ids, gathered: Gathered) -> None:
    """An event that stands without its person."""
    if not _is_gone(file, number, event, gathered) and not _own_event(file, number, event, ids, gathered):
        gathered.say(file, number, "dhis2_other_stage")


def _say_beside(file: str, number: int, given: Mapping[str, Any], gathered: Gathered) -> None:
    """Say what stands beside attributes and data values, and is not read."""
    for name in _BESIDE:
        if given.get(name):
            gathered.say(file, number, "dhis2_beside", column=name)


def _own_events(
    file: str, number: int, enrolment: Mapping[str, Any], ids: Ids, gathered: Gathered
) -> list[Mapping[str, Any]] | None:
    """Events of other programmes; None where all events were ours."""
    _say_beside(file, number, enrolment, gathered)
    events = [event for event in _listed(enrolment, "events") if not _is_gone(file, number, event, gathered)]
    others = [event for event in events if not _own_event(file, number, event, ids, gathered)]
    return None if events and not others else others


def _is_gone(file: str, number: int, given: Mapping[str, Any], gathered: Gathered) -> bool:
    """Whether an enrolment or an event was deleted there; that is said."""
    gone = given.get("deleted") is True
    if gone:
        gathered.say(file, number, "dhis2_gone")
    return gone


def _own_event(file: str, number: int, event: Mapping[str, Any], ids: Ids, gathered: Gathered) -> bool:
    _say_beside(file, number, event, gathered)
    stage = ids.ours("stages", str(event.get("programStage") or ""))
    table = stage.removeprefix(PREFIX).lower() if stage.startswith(PREFIX) else ""
    if table not in TABLES:
        return False
    row = {}
    for value in _listed(event, "dataValues"):
        element = ids.ours("data_elements", str(value.get("dataElement") or ""))
        column = element.removeprefix(PREFIX).lower()
        if column in TABLES[table].column_names():
            row[column] = value.get("value")
        else:
            gathered.say(file, number, "dhis2_element", table=table, column="dataValues")
    gathered.add(file, number, table, row)
    return True


def _labels(values: Iterator[Mapping[str, Any]], key: str, kind: str, ids: Ids) -> dict[str, str]:
    """What an attribute or a data element is called, and its value: by our code, else its name in the export."""
    found: dict[str, str] = {}
    for one in values:
        uid = str(one.get(key) or "")
        code = ids.ours(kind, uid)
        name = code if code != uid else str(one.get("displayName") or one.get("code") or uid)
        if name and one.get("value") is not None:
            found.setdefault(name.removeprefix(PREFIX), str(one["value"]))
    return found


def _case_of(
    entity: Mapping[str, Any], enrolment: Mapping[str, Any], labels: dict[str, str], ids: Ids
) -> dict[str, str]:
    unit = str(enrolment.get("orgUnit") or entity.get("orgUnit") or "")
    given = {
        "case_id": enrolment.get("enrollment"),
        "person_id": entity.get("trackedEntity") or entity.get("trackedEntityInstance"),
        "zone": ids.ours("org_units", unit) if unit else None,
        "reported_at": enrolment.get("enrolledAt") or enrolment.get("enrollmentDate"),
        "recorded_at": enrolment.get("createdAt") or enrolment.get("created"),
    }
    return {name: str(cell) for name, cell in given.items() if cell} | labels


def _as_cases(file: str, rows: list[tuple[int, dict[str, str]]], gathered: Gathered) -> list[RawTable]:
    """Cases by the names of their columns, as of any line list: each label that is not known is said."""
    if not rows:
        return []
    for number, row in rows:
        for name in [name for name in row if plain(name) in OURS]:
            gathered.say(file, number, "names_of_records", VALUE, table="cases", column=plain(name))
            del row[name]
    names = list(dict.fromkeys(name for _, row in rows for name in row))
    cells = pl.DataFrame({name: pl.Series([row.get(name) for _, row in rows], dtype=pl.String) for name in names})
    parts, notes = read_native(Sheet(file, cells, pl.Series([number for number, _ in rows], dtype=pl.UInt32)), "cases")
    gathered.join(notes)
    return parts


def _listed(value: Mapping[str, Any], *names: str) -> Iterator[Mapping[str, Any]]:
    """Objects of the first list that is there; anything else in it is passed over."""
    given: list[Any] = next((value[name] for name in names if isinstance(value.get(name), list)), [])
    return (one for one in given if isinstance(one, dict))
