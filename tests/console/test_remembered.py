"""What is kept is good for the very tables that it was made from; what takes long is made aside."""

import threading
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from django.test import Client
from django.urls import reverse

from douse.console import remembered
from douse.console.models import User
from douse.console.policy import EVERYWHERE
from douse.console.remembered import Background, Remembered

ONE, SAME, OTHER = pl.DataFrame({"a": [1]}), pl.DataFrame({"a": [1]}), pl.DataFrame({"a": [2]})


def test_a_value_is_made_anew_for_another_frame_even_with_the_same_rows() -> None:
    kept: Remembered[int] = Remembered()
    made = iter(range(10))
    assert [kept.get("k", (frame,), lambda: next(made)) for frame in (ONE, ONE, SAME, SAME, ONE)] == [0, 0, 1, 1, 2]


def test_of_many_who_ask_at_once_one_makes_the_value() -> None:
    kept: Remembered[int] = Remembered()
    made: list[int] = []
    gate = threading.Event()

    def make() -> int:
        gate.wait(5)
        made.append(1)
        return 7

    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(kept.get("k", (ONE,), make))) for _ in range(8)]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join()
    assert answers == [7] * 8
    assert len(made) == 1


def test_the_value_used_longest_ago_goes_first() -> None:
    kept: Remembered[str] = Remembered(most=2)
    for key in ("a", "b", "a", "c"):
        kept.get(key, (ONE,), lambda key=key: key)  # type: ignore[misc]  # a default binds the key
    assert kept.get("a", (ONE,), lambda: "anew") == "a"
    assert kept.get("b", (ONE,), lambda: "anew") == "anew"


def test_an_old_value_is_shown_until_the_new_one_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "_REST", 0.0)
    kept, gate = Background(), threading.Event()
    assert kept.get("k", (ONE,), lambda: "first", wait=5).value == "first"

    def make() -> str:
        gate.wait(5)
        return "second"

    waiting = kept.get("k", (OTHER,), make, wait=5)
    assert (waiting.value, waiting.is_fresh) == ("first", False)
    gate.set()
    for _ in range(50):
        answer = kept.get("k", (OTHER,), make, wait=5)
        if answer.is_fresh:
            break
    assert (answer.value, answer.is_fresh) == ("second", True)


def test_a_value_rests_before_it_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "_REST", 1e9)
    kept = Background()
    kept.get("k", (ONE,), lambda: "first", wait=5)
    assert kept.get("k", (OTHER,), lambda: "second", wait=5).value == "first"


def test_after_a_value_was_made_anew_others_rest_too_but_a_first_one_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "_REST", 0.0)
    monkeypatch.setattr(remembered, "_PAUSE", 1e9)
    kept = Background()
    for key in ("a", "b"):
        kept.get(key, (ONE,), lambda: "first", wait=5)
    for _ in range(50):
        answer = kept.get("a", (OTHER,), lambda: "second", wait=5)
        if answer.is_fresh:
            break
    assert (answer.value, answer.age) == ("second", 0.0)
    waiting = kept.get("b", (OTHER,), lambda: "second", wait=5)
    assert (waiting.value, waiting.is_fresh) == ("first", False)
    assert waiting.age > 0
    assert kept.get("c", (ONE,), lambda: "first", wait=5).value == "first"


@pytest.mark.usefixtures("city")
def test_a_part_that_breaks_leaves_the_rest_of_the_page(
    user: Callable[..., User], client_of: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("douse.console.scene.detect", broken)
    client = client_of(user("lead", epidemiologist=EVERYWHERE))
    for _ in range(20):
        page = client.get(reverse("today")).content.decode()
        if "aria-busy" not in page:
            break
    assert "could not be computed" in page
    assert "Cases in all" in page
    assert "ZeroDivision" not in page
