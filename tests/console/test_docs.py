"""What the docs say of roles is what the policy says."""

from pathlib import Path

from douse.console.roles import written_into

DOCS = Path(__file__).parents[2] / "docs" / "console.md"


def test_the_table_of_roles_is_made_from_the_policy() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert written_into(text) == text, "run `make docs`"
