"""Medical requests that nobody answers in time: the next in line is told, once a step, however many look."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from console.conftest import NOW, Clock
from douse.console.actors import of_user
from douse.console.models import User
from douse.console.permissions import Actor, Grant
from douse.console.public.needs import again
from douse.console.public.needs.clock import rules_today
from douse.console.reading import follow
from douse.console.rows import corrected
from douse.console.tasks.answers import Answer
from douse.console.tasks.recording import settle
from douse.console.writing import record
from douse.records.ledger import NewEntry

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]
DESK = Actor("desk", (Grant("logistics", "north"),), verified=True)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def line(user: Make) -> None:
    """Three who answer requests in the north; a birth is due within an hour."""
    for name in ("a", "b", "c"):
        user(name, community_worker="north")
    user("south", community_worker="south")


def asked(kind: str = "birth", name: str = "r") -> None:
    row = {"request_id": name, "kind": kind, "zone": "north-1", "requested_at": NOW.isoformat()}
    record(DESK, [NewEntry("requests", row)], action="added_request")


def change(name: str = "r", **changes: Any) -> None:
    row = follow().current("requests").filter(request_id=name).row(0, named=True)
    record(DESK, [corrected("requests", row, **changes)], action="answered_request")


def told() -> list[str]:
    """Who was given a task of the request, in the order in which they were."""
    rows = follow().current("tasks").sort("first_recorded_at", "task_id")
    return [str(name) for name in rows["assigned_to"]]


def look() -> None:
    again.look(follow())


def test_each_time_that_the_clock_runs_down_one_more_is_told_until_all_were(at: Clock) -> None:
    asked()
    seen = []
    for minutes in (0, 59, 61, 62, 121, 122, 190, 500):
        at.at = NOW + timedelta(minutes=minutes)
        look()
        seen.append(told())
    assert [len(names) for names in seen] == [1, 1, 2, 2, 2, 3, 3, 3]
    assert seen[-1] == ["a", "b", "c"]


def test_what_rings_again_is_in_the_audit_log_and_overdue(at: Clock) -> None:
    asked()
    at.at = NOW + HOUR + timedelta(minutes=1)
    look()
    told_of = follow().current("audit").filter(action=again.RANG).row(0, named=True)
    assert (told_of["author"], told_of["object_id"], told_of["zone"]) == ("console", "r", "north-1")
    task = follow().current("tasks").filter(assigned_to="b").row(0, named=True)
    assert (task["kind"], task["due_at"], task["what"]) == ("deliver", NOW + HOUR, "medical request: birth")


def test_a_promise_is_an_answer_until_its_time_is_up(at: Clock) -> None:
    asked()
    change(promised_by=NOW + 3 * HOUR)
    at.at = NOW + 2 * HOUR
    look()
    assert told() == ["a"]
    at.at = NOW + 3 * HOUR + timedelta(minutes=1)
    look()
    assert told() == ["a", "b"]
    change(promised_by=NOW + 6 * HOUR)
    at.at = NOW + 5 * HOUR
    look()
    assert told() == ["a", "b"]


@pytest.mark.parametrize("end", ["delivered_at", "met_at", "withdrawn_at"])
def test_what_has_ended_does_not_ring_and_all_its_tasks_end(end: str, at: Clock) -> None:
    asked()
    at.at = NOW + 2 * HOUR
    look()
    ended: dict[str, Any] = {end: at.at}
    change(**ended)
    at.at = NOW + 9 * HOUR
    look()
    outcome = "cancelled" if end == "withdrawn_at" else "done"
    assert follow().current("tasks")["outcome"].to_list() == [outcome, outcome]


def test_any_write_lets_the_console_look_but_what_it_writes_of_a_request_comes_first(at: Clock) -> None:
    asked()
    asked(name="other")
    at.at = NOW + 2 * HOUR
    change(promised_by=NOW + 4 * HOUR)  # of r, late as it is
    tasks = follow().current("tasks")["task_id"].to_list()
    assert sum(":r:" in task for task in tasks) == 1
    assert sum(":other:" in task for task in tasks) == 2


def test_whose_task_is_recorded_as_done_has_brought_it_and_nobody_else_goes(at: Clock, user: Make) -> None:
    asked()
    at.at = NOW + 2 * HOUR
    look()
    worker = of_user(User.objects.get(name="a"), verified=True)
    task = follow().current("tasks").filter(assigned_to="a")["task_id"][0]
    done = NOW + 2 * HOUR - timedelta(minutes=5)
    assert settle(worker, Answer(str(uuid4()), task, done, "done")).kept
    request = follow().current("requests").row(0, named=True)
    assert (request["delivered_at"], request["met_at"]) == (done, None)
    assert follow().current("tasks")["outcome"].to_list() == ["done", "done"]
    at.at = NOW + 9 * HOUR
    look()
    assert told() == ["a", "b"]
    audit = follow().current("audit").filter(action="answered_request")
    assert audit["object_id"].to_list() == ["r"]


def test_a_task_that_only_calls_itself_one_of_a_request_does_not_bring_it() -> None:
    asked()
    tracer = Actor("t", (Grant("tracer", "south"),), verified=True)
    row = {
        "task_id": "request:r:x",
        "kind": "deliver",
        "zone": "south-1",
        "outcome": "done",
        "done_at": NOW.isoformat(),
    }
    record(tracer, [NewEntry("tasks", row)], action="added_task")
    assert follow().current("requests")["delivered_at"].to_list() == [None]


def test_whose_task_is_given_up_leaves_it_open(at: Clock) -> None:
    asked()
    worker = of_user(User.objects.get(name="a"), verified=True)
    task = follow().current("tasks")["task_id"][0]
    assert settle(worker, Answer(str(uuid4()), task, NOW, "refused")).kept
    assert follow().current("requests")["delivered_at"].to_list() == [None]
    at.at = NOW + 2 * HOUR
    look()
    assert sorted(told()) == ["a", "b"]


def test_what_is_not_medical_or_came_in_a_file_does_not_ring(put: Make, at: Clock) -> None:
    asked("food")
    put("requests", {"request_id": "filed", "kind": "birth", "zone": "north-1", "requested_at": NOW})
    at.at = NOW + timedelta(days=9)
    look()
    assert told() == []


def test_of_many_who_look_at_once_a_step_is_rung_once(at: Clock, ledger: Any) -> None:
    asked()
    at.at = NOW + 2 * HOUR
    stale = follow()
    bells = [list(again.ring_again(stale, [])) for _ in range(2)]  # of two servers that read the same
    for entries in bells:
        ledger.append(entries, author="user:console", at=at.at)
    look()
    assert told() == ["a", "b"]
    assert len(follow().current("audit").filter(action=again.RANG)) == 1


def test_of_many_who_look_at_once_in_one_server_one_writes(at: Clock, ledger: Any) -> None:
    asked()
    at.at = NOW + 2 * HOUR
    real, head = again._steps, ledger.head
    with patch.object(again, "_steps", side_effect=real) as steps, patch.object(
        again, "answering", return_value=["a", "b"]
    ), patch.object(again, "rules_today", return_value=rules_today()), ThreadPoolExecutor(4) as pool:  # fmt: skip
        list(pool.map(lambda _: again.look(follow()), range(8)))
    assert steps.call_count >= 8
    assert told() == ["a", "b"]
    assert ledger.head - head == 2  # the task, and what tells of it


def test_today_shows_who_was_told_and_a_broken_promise(user: Make, client_of: Callable[..., Client], at: Clock) -> None:
    asked()
    at.at = NOW + 2 * HOUR
    page = client_of(user("lead", decision_maker="*")).get(reverse("today")).text
    assert "told, without an answer yet: a, b" in page
    change(promised_by=NOW + 3 * HOUR)
    at.at = NOW + 4 * HOUR
    page = client_of(user("second", decision_maker="*")).get(reverse("today")).text
    assert "promise broken: it was to be there by" in page
    assert "told, without an answer yet: a, b, c" in page


def test_who_opens_the_list_of_tasks_finds_what_rings_again_there(client_of: Callable[..., Client], at: Clock) -> None:
    asked()
    at.at = NOW + 2 * HOUR
    page = client_of(User.objects.get(name="b")).get(reverse("tasks:mine")).text
    assert told() == ["a", "b"]
    assert "birth" in page.lower()


def test_whatever_watches_the_server_is_the_clock(at: Clock) -> None:
    asked()
    at.at = NOW + 2 * HOUR
    assert Client().get(reverse("healthy"), headers={"host": "localhost"}).status_code == 200
    assert told() == ["a", "b"]


def test_a_page_comes_although_ringing_fails(at: Clock) -> None:
    asked()
    at.at = NOW + 2 * HOUR
    with patch.object(again, "record", side_effect=OSError("disk is full")):
        assert Client().get(reverse("healthy"), headers={"host": "localhost"}).status_code == 200
    assert told() == ["a"]
