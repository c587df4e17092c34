"""DHIS2: an aggregate data value set of counts, and a tracker payload of persons with their events."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from douse.outputs.exchange.left_out import LeftOut
from douse.readers.exchange.dhis2_ids import PREFIX, Ids, uid_of
from douse.records.measure import Because
from douse.records.records import Records, case_person
from douse.records.tables import TABLES
from douse.records.zone_tree import ZoneTree

EVENTS = ("cases", "contacts", "follow_ups", "tests", "stays", "arrivals")  # tables whose rows are events of a person
NOWHERE = "UNKNOWN"
_PROGRAM, _TYPE, _RELATION = f"{PREFIX}OUTBREAK", f"{PREFIX}PERSON", f"{PREFIX}CONTACT_OF"
_OF_THE_VIEW = ("record_id", "supersedes", "first_recorded_at")


def write_dhis2(out: Path, records: Records, ids: Ids, left: LeftOut) -> list[Path]:
    """Write ``aggregate.json`` and ``tracker.json``.

    Parameters
    ----------
    out : Path
        Folder.
    records : Records
        An as-of view.
    ids : Ids
        What things are called in that DHIS2.
    left : LeftOut
        Told what is left out.
    """
    held = {name: tuple(TABLES[name].column_names()) for name in (*EVENTS, "indicators")}
    why = Because("Neither data values nor events of a person hold this table.")
    left.beyond(records, held, why, Because("DHIS2 has no place for this column."))
    values = [*_indicators(records.table("indicators"), ids, left), *_counts(records, ids, left)]
    paths = [out / "aggregate.json", out / "tracker.json"]
    paths[0].write_text(
        json.dumps({"dataValues": values}, ensure_ascii=False, indent=0), encoding="utf-8", newline="\n"
    )
    _write_tracker(paths[1], records, ids)
    return paths


def element_of(indicator: str, *, out_of: bool = False) -> str:
    """Data element of an indicator, or of what it is counted out of."""
    return f"{PREFIX}{indicator.upper()}{'_OF' if out_of else ''}"


def _indicators(rows: pl.DataFrame, ids: Ids, left: LeftOut) -> Iterator[dict[str, Any]]:
    taken: set[tuple[str, ...]] = set()
    for row in rows.iter_rows(named=True):
        zone, source, told = row["zone"], row["source"], row["recorded_at"]
        if zone is None or row["place"] is not None:
            left.row("indicators", row["record_id"], Because("It names no zone, and DHIS2 asks for one."))
            continue
        if row["count"] is None and row["denominator"] is None:
            left.row("indicators", row["record_id"], Because("It counts nothing."))
            continue
        named = None if source is None else ids.named.get("sources", {}).get(source)
        key = (zone, str(row["date"]), row["indicator"], named or "")
        if key in taken:
            why = Because("DHIS2 holds one value of a day here: name its sources in the file of --ids.")
            left.row("indicators", row["record_id"], why)
            continue
        taken.add(key)
        for name, value in ((False, row["count"]), (True, row["denominator"])):
            if value is None:
                continue
            made = _value(ids, element_of(row["indicator"], out_of=name), row["date"], zone, value)
            at = told.isoformat(timespec="microseconds" if told.microsecond else "milliseconds")
            made |= {"created": at, "lastUpdated": at}
            made |= {"attributeOptionCombo": named} if named else {}
            yield made | (
                {"comment": json.dumps({"source": source}, ensure_ascii=False)} if source and not named else {}
            )


def _counts(records: Records, ids: Ids, left: LeftOut) -> Iterator[dict[str, Any]]:
    """Cases by zone, day of report and classification, and deaths (but of discarded cases) by zone and day."""
    cases = records.cases.with_columns(
        pl.coalesce("reported_at", "recorded_at").dt.date().alias("day"),
        pl.col("classification").cast(pl.String).fill_null("confirmed").alias("word"),
    )
    nowhere = cases.filter(pl.col("zone").is_null()).height
    left.whole("cases", nowhere, Because("Without a zone they are in no count; they are tracked."))
    placed = cases.filter(pl.col("zone").is_not_null())
    for zone, day, word, count in placed.group_by("zone", "day", "word").len().sort("zone", "day", "word").iter_rows():
        yield _value(ids, f"{PREFIX}CASES_{word.upper()}", day, zone, count)
    died = placed.filter((pl.col("outcome") == "died") & (pl.col("word") != "discarded"))
    undated = died["outcome_on"].null_count()
    left.column("cases", "outcome_on", undated, Because("Deaths without a day are in no count; they are tracked."))
    died = died.filter(pl.col("outcome_on").is_not_null())
    for zone, day, count in died.group_by("zone", "outcome_on").len().sort("zone", "outcome_on").iter_rows():
        yield _value(ids, f"{PREFIX}DEATHS", day, zone, count)


def _value(ids: Ids, element: str, day: Any, zone: str, value: float) -> dict[str, Any]:
    whole = float(value).is_integer() and abs(value) < 2**53
    return {
        "dataElement": ids.theirs("data_elements", element),
        "period": f"{day:%Y%m%d}",
        "orgUnit": ids.theirs("org_units", zone),
        "value": str(int(value)) if whole else repr(float(value)),
    }


def _write_tracker(path: Path, records: Records, ids: Ids) -> None:
    """One tracked entity a person, written as soon as it is made; contacts are relationships too."""
    tree = ZoneTree(records)
    roots = [zone for zone, parent in zip(tree.ids, tree.parent, strict=True) if parent < 0]
    home = roots[0] if len(roots) == 1 else NOWHERE
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write('{"trackedEntities": [')
        for number, entity in enumerate(_entities(records, ids, home)):
            file.write(",\n" if number else "\n")
            file.write(json.dumps(entity, ensure_ascii=False, allow_nan=False))
        file.write('],\n"relationships": [')
        for number, relation in enumerate(_relations(records, ids)):
            file.write(",\n" if number else "\n")
            file.write(json.dumps(relation, ensure_ascii=False))
        file.write("]}\n")


def _entities(records: Records, ids: Ids, home: str) -> Iterator[dict[str, Any]]:
    events: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for table in EVENTS:
        who = case_person() if table == "cases" else pl.col("person_id")
        for row in records.table(table).with_columns(who.alias("person")).iter_rows(named=True):
            events.setdefault(row.pop("person"), []).append((table, row))
    for person, rows in events.items():
        zone = next((row["zone"] for _, row in rows if row.get("zone")), home)
        unit, entity = ids.theirs("org_units", zone), uid_of("person", person)
        first = min(row["recorded_at"] for _, row in rows)
        program = ids.theirs("programs", _PROGRAM)
        yield {
            "trackedEntity": entity,
            "trackedEntityType": ids.theirs("types", _TYPE),
            "orgUnit": unit,
            "attributes": [{"attribute": ids.theirs("attributes", f"{PREFIX}PERSON_ID"), "value": person}],
            "enrollments": [
                {
                    "enrollment": uid_of("enrollment", person),
                    "program": program,
                    "orgUnit": unit,
                    "enrolledAt": first.isoformat(),
                    "occurredAt": first.isoformat(),
                    "status": "ACTIVE",
                    "events": [_event(table, row, program, unit, ids) for table, row in rows],
                }
            ],
        }


def _event(table: str, row: dict[str, Any], program: str, unit: str, ids: Ids) -> dict[str, Any]:
    happened = row.get(TABLES[table].occurred or "") or row["recorded_at"]
    return {
        "event": uid_of(table, row["record_id"]),
        "program": program,
        "programStage": ids.theirs("stages", f"{PREFIX}{table.upper()}"),
        "orgUnit": unit,
        "occurredAt": happened.isoformat(),
        "status": "COMPLETED",
        "dataValues": [
            {"dataElement": ids.theirs("data_elements", f"{PREFIX}{name.upper()}"), "value": _text(value)}
            for name, value in row.items()
            if value is not None and name not in _OF_THE_VIEW
        ],
    }


def _text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _relations(records: Records, ids: Ids) -> Iterator[dict[str, Any]]:
    people = dict(records.cases.select("case_id", case_person().alias("person")).iter_rows())
    for case, person, record in records.table("contacts").select("case_id", "person_id", "record_id").iter_rows():
        if case in people:
            yield {
                "relationship": uid_of("relationship", record),
                "relationshipType": ids.theirs("types", _RELATION),
                "from": {"trackedEntity": {"trackedEntity": uid_of("person", people[case])}},
                "to": {"trackedEntity": {"trackedEntity": uid_of("person", person)}},
            }
