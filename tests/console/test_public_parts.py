"""Receipt numbers, plain text, batches."""

import threading
from time import monotonic
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from douse.console.public import intake, numbers
from douse.console.public.text import plain
from douse.console.states import TooOften
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


def test_while_forms_cannot_be_written_few_wait_and_the_others_are_told_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written, begun = threading.Event(), threading.Barrier(2, timeout=20)

    def slow(*_: object, **__: object) -> None:
        begun.wait()
        written.wait(20)

    monkeypatch.setattr(intake, "record", slow)
    monkeypatch.setattr(intake, "_room", threading.BoundedSemaphore(1))
    monkeypatch.setattr(intake, "_line", threading.BoundedSemaphore(1))
    monkeypatch.setattr(intake, "_place", watched(intake._place, waiting := threading.Semaphore(0)))
    first, second = (threading.Thread(target=intake.take, args=(entry(name),)) for name in ("first", "second"))
    first.start()
    begun.wait()  # the only room is taken
    second.start()
    for _ in range(2):
        waiting.acquire(timeout=20)
    while intake._line.acquire(blocking=False):  # until the second has its place in the line
        intake._line.release()
    began = monotonic()
    with pytest.raises(TooOften):
        intake.take(entry("third"))
    assert monotonic() - began < intake.PATIENCE / 2
    written.set()
    begun.wait()
    first.join()
    second.join()


def watched(function: Any, told: threading.Semaphore) -> Any:
    """As a function, telling of each call."""

    def call() -> Any:
        told.release()
        return function()

    return call


def test_what_breaks_one_form_harms_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[str] = []

    def record(_: object, entries: list[NewEntry], **__: object) -> None:
        names = [str(one.row["report_id"]) for one in entries]
        if "bad" in names:
            raise ValueError
        kept.extend(names)

    monkeypatch.setattr(intake, "record", record)
    forms = [intake._Form(entry(name)) for name in ("a", "bad", "b")]
    intake._write(forms)
    assert kept == ["a", "b"]
    assert [(form.is_in, form.error is None) for form in forms] == [(True, True), (False, False), (True, True)]


def test_a_ledger_out_of_reach_is_asked_once_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def record(*_: object, **__: object) -> None:
        asked.append(1)
        raise OperationalError("INSERT", {}, Exception("no room"))

    monkeypatch.setattr(intake, "record", record)
    forms = [intake._Form(entry(name)) for name in ("a", "b", "c")]
    intake._write(forms)
    assert len(asked) == 1
    assert all(isinstance(form.error, DouseError) for form in forms)
