"""All that FHIR can hold of records, as bundles."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from douse.outputs.exchange.fhir import others, persons
from douse.outputs.exchange.fhir.bundles import Bundles
from douse.outputs.exchange.fhir.cells import Clock, Resource, Row, uuid_of
from douse.outputs.exchange.left_out import LeftOut, all_columns
from douse.records.measure import Because
from douse.records.records import Records, case_person
from douse.records.zone_tree import ZoneTree

HELD = ("zones", "places", "facilities", "cases", "contacts", "follow_ups", "tests", "stays", "requests", "indicators")
_PERSON_TABLES = ("contacts", "follow_ups", "tests", "stays")
# Parts of an address of FHIR by kinds of zone; smaller ones would be where somebody lives.
_PARTS = {"country": "country", "province": "state", "city": "city", "district": "district", "county": "district"}
Made = Iterator[tuple[str, Resource]]


def write_fhir(out: Path, records: Records, clock: Clock, left: LeftOut) -> list[Path]:
    """Write bundles of all records; give their paths.

    Parameters
    ----------
    out : Path
        Folder.
    records : Records
        An as-of view.
    clock : Clock
        The offset of local times.
    left : LeftOut
        Told what is left out.
    """
    left.beyond(
        records,
        all_columns(*HELD, "tasks"),
        Because("FHIR has no resource for this table, or Douse writes none."),
        Because("FHIR has no element for this column."),
    )
    with Bundles(out) as bundles:
        for table, record, made in _everything(records, clock):
            for address, resource in made:
                complaint = bundles.add(address, resource)
                if complaint is not None:
                    why = Because("The FHIR library refuses the resource: {complaint}.", {"complaint": complaint})
                    left.row(table, record, why)
    return bundles.paths


def _everything(records: Records, clock: Clock) -> Iterator[tuple[str, str | None, Made]]:
    """Table, record and resources of every row."""
    for table in others.KEYS:
        make = partial(others.location, table)
        yield from _each(records, table, clock, make, partial(_named, others.kind_of(table), others.KEYS[table]))
    genders: dict[str, str | None] = {}
    for person, resource in _patients(records):
        genders[person] = resource.get("gender")
        yield "people", person, iter([(uuid_of("person", person), resource)])
    yield from _conditions(records, clock, genders)
    addresses = {"contacts": "contact", "follow_ups": "follow_up", "stays": "stay"}
    makers = {"contacts": persons.contact, "follow_ups": persons.follow_up, "stays": persons.stay}
    for table, kind in addresses.items():
        yield from _each(records, table, clock, makers[table], partial(_named, kind, "record_id"))
    columns = _columns(records, "tests")
    for row in records.table("tests").iter_rows(named=True):
        yield "tests", row["record_id"], iter(persons.tested(row, row["record_id"], columns, clock).items())
    yield from _each(records, "requests", clock, others.request, partial(_named, "request", "request_id"))
    if "tasks" in records.frames:
        yield from _each(records, "tasks", clock, others.task, partial(_named, "task", "task_id"))
    make_report = others.measure_report
    yield from _each(records, "indicators", clock, make_report, partial(_named, "measure", "record_id"))


def _each(
    records: Records,
    table: str,
    clock: Clock,
    make: Callable[[Row, list[str], Clock], Resource],
    address: Callable[[Row], str],
) -> Iterator[tuple[str, str | None, Made]]:
    columns = _columns(records, table)
    for row in records.table(table).iter_rows(named=True):
        yield table, row["record_id"], iter([(address(row), make(row, columns, clock))])


def _named(kind: str, column: str, row: Row) -> str:
    """Address of the resource of a row."""
    return uuid_of(kind, row[column])


def _columns(records: Records, table: str) -> list[str]:
    """Columns of a table that are exported: it may have been cut before."""
    hidden = {"record_id", "supersedes", "first_recorded_at"}
    return [name for name in records.table(table).columns if name not in hidden]


def _patients(records: Records) -> Iterator[tuple[str, Resource]]:
    """Everybody whom a record is about, once."""
    cases = records.cases.select("sex", "outcome", "outcome_on", "zone", person=case_person())
    of_person: dict[str, list[Row]] = {}
    for row in cases.iter_rows(named=True):
        of_person.setdefault(row["person"], []).append(row)
    for table in _PERSON_TABLES:
        for person in records.table(table)["person_id"].unique(maintain_order=True):
            of_person.setdefault(person, [])
    address = _addresses(records)
    for person, rows in of_person.items():
        zones = {row["zone"] for row in rows}
        where = address.get(next(iter(zones)) or "") if len(zones) == 1 else None
        yield person, persons.patient(person, rows, where)


def _addresses(records: Records) -> dict[str, Resource]:
    """Zone -> country, state, city and district that it lies in, by their names."""
    tree = ZoneTree(records)
    found: dict[str, Resource] = {}
    for place, zone in enumerate(tree.ids):
        line = tree.ancestors(place)
        parts = {_PARTS[kind]: tree.names[at] for at in reversed(line) if (kind := tree.kinds[at] or "") in _PARTS}
        if parts:
            found[zone] = {"use": "home", **parts}
    return found


def _conditions(
    records: Records, clock: Clock, genders: dict[str, str | None]
) -> Iterator[tuple[str, str | None, Made]]:
    columns = _columns(records, "cases")
    for row in records.cases.with_columns(case_person().alias("person")).iter_rows(named=True):
        person = row["person"]
        made = persons.condition(row, person, genders.get(person), columns, clock)
        yield "cases", row["record_id"], iter([(uuid_of("case", row["case_id"]), made)])
