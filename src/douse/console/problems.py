"""Errors for programs: problem JSON (RFC 9457): what is wrong, what is allowed, what to do next; never values."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from douse.console.words import words, wrong
from douse.errors import DouseError
from douse.records.ledger import EntryError

PROBLEM = "application/problem+json"
_FOR_PROGRAMS = ("/api/", "/tasks/exchange", "/tasks/door")


def is_for_programs(request: HttpRequest) -> bool:
    """Whether an address is asked by programs, which read no pages."""
    return request.path.startswith(_FOR_PROGRAMS) and not request.path.startswith("/api/docs")


def problem(
    status: int, what: str, allowed: str = "", next_step: str = "", findings: Sequence[Mapping[str, Any]] = ()
) -> HttpResponse:
    """A problem as an answer."""
    body = {
        "type": "about:blank", "title": what, "status": int(status), "what": what, "allowed": allowed,
        "next": next_step, "findings": list(findings),
    }  # fmt: skip
    text = json.dumps(body, ensure_ascii=False)
    return HttpResponse(text, status=status, content_type=PROBLEM)


def of_error(error: DouseError, status: int) -> HttpResponse:
    """An error that a person can mend."""
    findings: list[dict[str, Any]] = []
    if isinstance(error, EntryError):
        findings = [
            {
                "row": one.number, "table": one.table, "column": one.column, "rule": one.rule, "what": one.message,
                "allowed": one.allowed,
            }
            for one in error.problems
        ]  # fmt: skip
    said = words()
    return problem(status, wrong(error), said.translated(error.allowed), said.translated(error.next_step), findings)
