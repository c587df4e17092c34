"""Receipt numbers, plain text, batches."""

import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from douse.console.public import intake, numbers
from douse.console.public.text import plain
from douse.errors import DouseError
from douse.records.ledger import NewEntry


def test_a_number_is_read_however_it_is_typed() -> None:
    number = numbers.new_number()
    wanted = number.replace("-", "")
    for typed in (
        number,
        number.lower(),
        wanted,
        f"  {number.replace('-', ' ')} ",
        number.replace("0", "O").replace("1", "l"),
    ):
        assert numbers.read_number(typed) == wanted
    assert numbers.digest(number) == numbers.digest(wanted)


def test_a_slip_of_the_finger_is_seen() -> None:
    seen = total = 0
    for _ in range(40):
        plain_number = numbers.new_number().replace("-", "")
        for at in range(16):
            other = "7" if plain_number[at] != "7" else "8"
            seen += numbers.read_number(plain_number[:at] + other + plain_number[at + 1 :]) is None
            total += 1
    assert seen / total > 0.9


def test_numbers_do_not_come_twice() -> None:
    assert len({numbers.new_number() for _ in range(2000)}) == 2000


@given(st.text(max_size=400), st.integers(1, 100))
def test_text_is_short_on_one_line_and_shows(text: str, longest: int) -> None:
    kept = plain(text, longest)
    assert len(kept) <= longest
    assert kept == kept.strip()
    assert "\n" not in kept
    assert not set(kept) & {"\u202e", "\u2066", "\x00", "\x1b", "\u200b"}
    assert plain(kept, longest) == kept


def entry(name: str, **more: Any) -> list[NewEntry]:
    row = {"report_id": name, "kind": "symptoms", "sent_at": "2026-04-01T09:00:00", "state": "received", **more}
    return [NewEntry("self_reports", row)]


@pytest.mark.usefixtures("city")
def test_forms_that_come_together_are_one_batch_and_a_bad_one_harms_no_other(
    ledger: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "PAUSE", 0.3)
    intake.take(entry("first"))  # those that follow within the pause wait for it, and go in together
    head, errors = ledger.head, dict[str, Exception]()

    def send(name: str, **more: Any) -> None:
        try:
            intake.take(entry(name, **more))
        except DouseError as error:
            errors[name] = error

    good = [threading.Thread(target=send, args=(f"r{n}",)) for n in range(6)]
    for one in good:
        one.start()
    for one in good:
        one.join()
    written = ledger.entries(since=head)
    assert [e.table for e in written].count("self_reports") == 6
    assert [e.table for e in written].count("audit") <= 2  # one batch, or two where one thread was late
    mixed = [
        threading.Thread(target=send, args=(f"m{n}",), kwargs={"state": "nonsense"} if n == 2 else {}) for n in range(5)
    ]
    for one in mixed:
        one.start()
    for one in mixed:
        one.join()
    assert set(errors) == {"m2"}
    names = [e.row["report_id"] for e in ledger.entries(tables=["self_reports"])]
    assert sorted(names) == sorted(["first", *(f"r{n}" for n in range(6)), "m0", "m1", "m3", "m4"])
