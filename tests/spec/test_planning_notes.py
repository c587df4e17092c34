"""What a plan says of the rules that it stands on."""

from datetime import date, timedelta

from douse.planning.basis import Basis
from douse.planning.notes import validity_notes
from planning_inputs import TODAY, protocol

title = "A plan says when its protocol was not in force on its day"


class _Day:
    """As much of a basis as the note reads."""

    def __init__(self, rules, as_of: date) -> None:
        self.protocol, self.as_of = rules, as_of


def keys(first: date, last: date | None) -> list[str]:
    rules = protocol().model_copy(update={"valid_from": first, "valid_to": last})
    day: Basis = _Day(rules, TODAY)  # type: ignore[assignment]  # reads no more than this
    return [note.text.key.split(";")[0] for note in validity_notes(day)]


def test_before_after_and_within_its_validity():
    day = timedelta(days=1)
    assert keys(TODAY + day, None) == ["The protocol is valid from {first}"]
    assert keys(TODAY - 9 * day, TODAY - day) == ["The protocol was valid until {last}"]
    assert keys(TODAY, TODAY) == []
    assert keys(TODAY - day, None) == []
