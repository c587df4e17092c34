"""Whatever is sent to the API, it answers with something that a program understands, and never breaks."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from console.conftest import NOW
from douse.console.actors import of_user
from douse.console.api.tokens import make_token
from douse.console.wsgi import application

pytestmark = pytest.mark.slow
EXAMPLES = 3  # of each operation and kind
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]
ROLES = ("tracer", "epidemiologist", "data_steward", "decision_maker", "logistics", "laboratory", "reporter", "auditor")


@pytest.fixture
def _one_connection():
    """Requests of the test see what the test wrote: its connection is not closed between them."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def token(_one_connection, user, city, put, monkeypatch):
    """Of a user who may do everything everywhere."""
    monkeypatch.setattr("douse.console.api.tokens._MOST", 10**9)
    anna = user("anna", **dict.fromkeys(ROLES, "*"))
    put("tasks", {"task_id": "t", "kind": "look", "zone": "north-1", "due_at": NOW})
    actor = of_user(anna, verified=True)
    return make_token(actor, anna, "schemathesis", actor.rights, 7)


def test_no_operation_breaks(token):
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", application)
    seen, broken = set(), {}
    for found in schema.get_all_operations():
        operation = found.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            try:
                _ask(operation, mode, token)
            except (FailureGroup, Failure) as error:
                broken[f"{operation.label} {mode.value}"] = " | ".join(str(one) for one in all_of(error))
        seen.add(operation.label)
    assert not broken, "\n\n".join(f"{label}: {told}" for label, told in broken.items())
    assert len(seen) > 100


def all_of(error):
    return getattr(error, "exceptions", (error,))


def _ask(operation, mode, token):
    """Send what fits the schema, or what does not."""

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case):
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}
        case.call_and_validate(checks=CHECKS)

    ask()
