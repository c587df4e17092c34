"""How the API answers: JSON of rows, days and moments as ISO text."""

import json
from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse

from douse.console.api.schemas import HEADER
from douse.records.ledger import NewEntry, Receipt


def answer(value: Any, status: int = HTTPStatus.OK) -> HttpResponse:
    """A value as JSON."""
    text = json.dumps(value, ensure_ascii=False, default=_plain, allow_nan=False)
    return HttpResponse(text, status=status, content_type="application/json")


def receipt(made: Receipt, rows: int) -> HttpResponse:
    """What was appended."""
    value = {"first": made.first, "last": made.last, "record_ids": made.record_ids[:rows]}
    return answer(value, HTTPStatus.CREATED)


def new_entry(table: str, row: dict[str, Any], supersedes: str | None = None) -> NewEntry:
    """A row that was sent, as it is written."""
    fields = {name: value for name, value in row.items() if name not in HEADER}
    return NewEntry(table, fields, record_id=row.get("record_id"), supersedes=supersedes)


def _plain(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(type(value).__name__)
