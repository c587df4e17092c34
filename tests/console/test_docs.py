"""What the docs say of roles is what the policy says."""

import ast
from pathlib import Path

from console.test_writing import called, functions
from douse.console.policy import ROLES
from douse.console.roles import written_into
from douse.outputs.vocabulary import CODES

DOCS = Path(__file__).parents[2] / "docs" / "console.md"


def test_the_table_of_roles_is_made_from_the_policy() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert written_into(text) == text, "run `make docs`"


def test_roles_and_events_have_words() -> None:
    written = {
        call.args[position].value
        for path, function in functions()
        for name, call in called(function)
        for position, wanted in ((1, "note"), (0, "audit_entry"))
        if name == wanted and len(call.args) > position and isinstance(call.args[position], ast.Constant)
    }
    assert set(ROLES) | written <= CODES
