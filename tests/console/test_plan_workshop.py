"""Long work beside the requests: in order, one at a time, once; failures are told."""

from threading import Event
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from douse.console.plan.workshop import KEPT, Workshop, workshop
from douse.console.policy import EVERYWHERE
from douse.errors import DataError

pytestmark = pytest.mark.slow


def test_pieces_are_done_one_at_a_time_and_in_order() -> None:
    shop, running, seen = Workshop(), [0], []

    def make(name: str) -> Any:
        def do(_: Any) -> str:
            running[0] += 1
            seen.append((name, running[0]))
            running[0] -= 1
            return name

        return do

    works = [shop.ask((name,), make(name)) for name in "abc"]
    assert shop.finish(10)
    assert seen == [("a", 1), ("b", 1), ("c", 1)]
    assert [work.made for work in works] == ["a", "b", "c"]


def test_what_is_there_or_on_its_way_is_not_made_again() -> None:
    shop, go, made = Workshop(), Event(), []

    def make(progress: Any) -> int:
        progress("stage")
        go.wait(10)
        made.append(1)
        return 1

    first = shop.ask(("k",), make)
    assert shop.ask(("k",), make) is first
    go.set()
    assert shop.finish(10)
    assert shop.ask(("k",), make) is first
    assert (first.state, first.stage, made) == ("done", "stage", [1])


def test_a_failure_is_told_and_may_be_tried_again() -> None:
    shop = Workshop()

    def fails(_: Any) -> None:
        raise DataError("There is no case.", next_step="Add one.")

    work = shop.ask(("k",), fails)
    assert shop.finish(10)
    assert (work.state, work.error.what if work.error else "") == ("failed", "There is no case.")
    again = shop.ask(("k",), lambda _: 2)
    assert shop.finish(10)
    assert (again.state, again.made) == ("done", 2)


def test_a_bug_is_logged_and_nothing_of_it_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    shop = Workshop()
    work = shop.ask(("k",), lambda _: 1 / 0)
    assert shop.finish(10)
    assert work.error is not None
    assert "ZeroDivisionError" in caplog.text
    assert "division" not in work.error.what


def test_only_the_last_pieces_are_kept() -> None:
    shop = Workshop()
    for n in range(KEPT + 3):
        shop.ask((n,), lambda _: 1)
    assert shop.finish(10)
    assert shop.find((0,)) is None
    assert shop.find((KEPT + 2,)) is not None


def test_the_page_says_how_far_it_is_and_opens_again_when_done(user: Any, client_of: Any) -> None:
    client: Client = client_of(user("anna", decision_maker=EVERYWHERE))
    go, started = Event(), Event()

    def make(progress: Any) -> None:
        progress("Reading the records")
        started.set()
        go.wait(10)

    workshop("plan").ask(("plan", "x"), make)
    assert started.wait(10)
    assert "Reading the records" in client.get(reverse("plan:show")).content.decode()
    assert "Reading the records" in client.get(reverse("plan:progress")).content.decode()
    go.set()
    assert workshop("plan").finish(10)
    assert client.get(reverse("plan:progress")).headers["HX-Refresh"] == "true"


def test_without_a_pathogen_the_plan_says_what_is_missing(user: Any, client_of: Any) -> None:
    client: Client = client_of(user("anna", decision_maker=EVERYWHERE))
    answer = client.post(reverse("plan:make"))
    assert answer.status_code == 400
    assert "pathogen" in answer.content.decode()
    assert client.post(reverse("plan:make"), {"day": "2026-04-02"}).status_code == 400
