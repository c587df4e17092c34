"""Zones, places, facilities, requests, tasks and indicators as Location, Task and MeasureReport."""

import base64
from collections.abc import Sequence

from douse.outputs.exchange.fhir.cells import Clock, Resource, Row, concept, extensions, filled, identifier, uuid_of
from douse.readers.exchange.fhir.codes import BOUNDARY, MEASURE, system

KEYS = {"zones": "zone_id", "places": "place_id", "facilities": "facility_id"}
_PARENTS = {"zones": "parent_zone", "places": "zone", "facilities": "zone"}
_LOCATED = ("name", "kind", "latitude", "longitude", "boundary")
_REQUEST = ("request_id", "kind", "requested_at", "wanted_by")
_TASK = ("task_id", "kind", "what", "person_id", "recorded_at", "due_at", "done_at", "outcome", "note")
INDICATOR = ("date", "indicator", "source", "count", "denominator", "recorded_at")
_OUTCOMES = {"done": "completed", "not_reached": "failed", "refused": "rejected", "cancelled": "cancelled"}


def kind_of(table: str) -> str:
    """What identifiers of a table are called: zone, place, facility."""
    return KEYS[table].removesuffix("_id")


def location(table: str, row: Row, columns: Sequence[str], clock: Clock) -> Resource:
    """The Location of a zone, a place or a facility."""
    key, parent = row[KEYS[table]], row[_PARENTS[table]]
    used = {KEYS[table], _PARENTS[table], *_LOCATED}
    whole = row["latitude"] is not None and row["longitude"] is not None
    used -= set() if whole else {"latitude", "longitude"}  # a position needs both
    outline = row.get("boundary")
    extra = [{"url": BOUNDARY, "valueAttachment": _attached(outline)}] if outline else []
    return filled(
        {
            "resourceType": "Location",
            "extension": [*extensions(table, row, [c for c in columns if c not in used], clock), *extra],
            "identifier": [identifier(kind_of(table), key)],
            "status": "active",
            "name": row["name"],
            "mode": "instance",
            "physicalType": concept(f"{kind_of(table)}_kind", row["kind"]) if row["kind"] else None,
            "position": {"longitude": row["longitude"], "latitude": row["latitude"]} if whole else None,
            "partOf": {"reference": uuid_of("zone", parent), "identifier": identifier("zone", parent)}
            if parent
            else None,
        }
    )


def request(row: Row, columns: Sequence[str], clock: Clock) -> Resource:
    """A household's request as a Task."""
    state = "cancelled" if row["withdrawn_at"] else "completed" if row["met_at"] else "requested"
    wanted = row["wanted_by"]
    return filled(
        {
            "resourceType": "Task",
            "extension": extensions("requests", row, [c for c in columns if c not in _REQUEST], clock),
            "identifier": [identifier("request", row["request_id"])],
            "status": state,
            "intent": "order",
            "code": concept("request_kind", row["kind"]),
            "authoredOn": clock.moment(row["requested_at"]),
            "restriction": {"period": {"end": clock.moment(wanted)}} if wanted else None,
        }
    )


def task(row: Row, columns: Sequence[str], clock: Clock) -> Resource:
    """A task of the ledger as a Task."""
    person, due, done = row["person_id"], row["due_at"], row["done_at"]
    return filled(
        {
            "resourceType": "Task",
            "extension": extensions("tasks", row, [c for c in columns if c not in _TASK], clock),
            "identifier": [identifier("task", row["task_id"])],
            "status": _OUTCOMES.get(row["outcome"] or "", "completed" if done else "requested"),
            "intent": "order",
            "code": concept("task_kind", row["kind"]),
            "description": row["what"],
            "for": {"identifier": identifier("person", person)} if person else None,
            "executionPeriod": {"end": clock.moment(done)} if done else None,
            "authoredOn": clock.moment(row["recorded_at"]),
            "restriction": {"period": {"end": clock.moment(due)}} if due else None,
            "note": [{"text": row["note"]}] if row.get("note") else None,
        }
    )


def measure_report(row: Row, columns: Sequence[str], clock: Clock) -> Resource:
    """A count of complaints, sales or samples as a MeasureReport."""
    day = row["date"].isoformat()
    whole = all(value is None or _is_whole(value) for value in (row["count"], row["denominator"]))
    kept = INDICATOR if whole else tuple(name for name in INDICATOR if name not in {"count", "denominator"})
    parts = {"numerator": row["count"], "denominator": row["denominator"]} if whole else {}
    groups = [
        {"code": {"coding": [{"system": system("population"), "code": name}]}, "count": int(value)}
        for name, value in parts.items()
        if value is not None
    ]
    return filled(
        {
            "resourceType": "MeasureReport",
            "extension": extensions("indicators", row, [c for c in columns if c not in kept], clock),
            "status": "complete",
            "type": "summary",
            "measure": MEASURE + row["indicator"],
            "subject": {"identifier": identifier("zone", row["zone"])} if row["zone"] else None,
            "date": clock.moment(row["recorded_at"]),
            "reporter": {"display": row["source"]} if row["source"] else None,
            "period": {"start": day, "end": day},
            "group": [{"population": groups}] if groups else None,
        }
    )


def _is_whole(value: float) -> bool:
    return value == int(value) and abs(value) < 2**31


def _attached(outline: str) -> Resource:
    """GeoJSON text as an attachment."""
    return {"contentType": "application/geo+json", "data": base64.b64encode(outline.encode()).decode()}
