"""Cells as values of FHIR: days, moments with an offset, extensions for what has no element of its own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from functools import cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import dataframely as dy

from douse.readers.exchange.fhir.codes import COLUMN, IDENTIFIER, coding
from douse.records.ledger_tables import LEDGER_TABLES

Row = Mapping[str, Any]
Resource = dict[str, Any]
_INTEGERS = 2**31  # of FHIR's integer


@dataclass(frozen=True)
class Clock:
    """Gives local times the offset that FHIR asks for with each time of day."""

    zone: tzinfo

    def moment(self, at: datetime) -> str:
        """A day where it is midnight, else date and time with offset: what is read back is the same local time."""
        return at.date().isoformat() if at.time() == time() else self.instant(at)

    def instant(self, at: datetime) -> str:
        """Date and time with offset, midnight too."""
        return at.replace(tzinfo=self.zone).isoformat()


def uuid_of(kind: str, key: str) -> str:
    """Address of a resource in its bundle: the same for the same record, every time."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'{IDENTIFIER}{kind}:{key}')}"


def identifier(kind: str, value: str) -> Resource:
    """An identifier of ours."""
    return {"system": IDENTIFIER + kind, "value": value}


def concept(name: str, code: str) -> Resource:
    """A CodeableConcept of one of our codes."""
    return {"coding": coding(name, code), "text": code.replace("_", " ")}


def extensions(table: str, row: Row, columns: Iterable[str], clock: Clock) -> list[Resource]:
    """Extensions for the filled cells of columns."""
    kinds = _kinds(table)
    made = []
    for name in columns:
        value = row.get(name)
        if value is None:
            continue
        kind = kinds[name]
        if kind == "Integer" and abs(value) >= _INTEGERS:
            kind = "Decimal"
        if isinstance(value, datetime):
            value = clock.moment(value)
        elif isinstance(value, date):
            value = value.isoformat()
        made.append({"url": f"{COLUMN}{table}.{name}", f"value{kind}": value})
    return made


@cache
def _kinds(table: str) -> dict[str, str]:
    """Column -> type of FHIR."""
    kinds: tuple[tuple[type[dy.Column], str], ...] = (
        (dy.Enum, "Code"), (dy.String, "String"), (dy.Date, "Date"), (dy.Datetime, "DateTime"), (dy.Int64, "Integer"),
        (dy.Float64, "Decimal"),
    )  # fmt: skip
    return {
        name: next(word for kind, word in kinds if isinstance(column, kind))
        for name, column in LEDGER_TABLES[table].columns().items()
    }


def filled(resource: Resource) -> Resource:
    """A resource without what is empty."""
    return {name: value for name, value in resource.items() if value not in (None, "", [], {})}
