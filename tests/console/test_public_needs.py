"""Requests of households: promise, delivery, confirmation, the alarm of medical ones."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from console.conftest import NOW, Clock
from console.residents import NEED, number_of, resident, send
from douse.console import instance
from douse.console.permissions import Actor, Grant
from douse.console.public import floods
from douse.console.public.needs.clock import rules_today
from douse.console.reading import follow
from douse.console.rows import corrected
from douse.console.writing import erase_persons, record
from douse.records.ledger import NewEntry

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("city")]
Make = Callable[..., Any]


@pytest.fixture(autouse=True)
def easy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floods, "BITS", 4)


def requests() -> list[dict[str, Any]]:
    return follow().current("requests").rows(named=True)


def tasks() -> list[dict[str, Any]]:
    return follow().current("tasks").sort("task_id").rows(named=True)


def ask(kind: str = "medicine", zone: str = "north-1", **more: Any) -> str:
    answer = send(resident(), "public:needs", kind, zone, {**NEED, **more})
    assert answer.status_code == 201, answer.text
    return number_of(answer.text)


def act(page: str, number: str, **more: str) -> Any:
    return resident().post(reverse(page), {"number": number, **more})


def test_what_a_household_is_lies_in_the_vault_only(ledger: Any) -> None:
    ask(name="Somebody")
    row = requests()[0]
    assert (row["kind"], row["zone"], row["people"]) == ("medicine", "north-1", 1)
    known = {"name": "Somebody", "phone": NEED["phone"], "address": NEED["address"]}
    assert instance.current().stores.vault.get(row["household"]) == known
    written = "".join(str(entry.row) for entry in ledger.entries())
    assert "Block 3" not in written
    assert "138 0000" not in written


def test_a_medical_request_rings_at_once_in_the_same_batch(ledger: Any, user: Make) -> None:
    user("south", community_worker="south")
    user("north-b", community_worker="north")
    user("north-a", logistics="north")
    head = ledger.head
    ask("dialysis")
    assert [e.table for e in ledger.entries(since=head)] == ["requests", "receipts", "tasks", "audit", "audit"]
    ask("medicine")
    first, second = (tasks()[n] for n in (0, 1))
    assert {first["assigned_to"], second["assigned_to"]} == {"north-a", "north-b"}  # who has fewest open tasks
    by_kind = {task["what"]: task for task in tasks()}
    rules = rules_today()
    for kind in ("dialysis", "medicine"):
        task = by_kind[f"medical request: {kind}"]
        assert task["kind"] == "deliver"
        assert task["due_at"] == NOW + timedelta(hours=rules.clock[kind].value)
        assert task["person_id"] in {row["household"] for row in requests()}


def test_food_does_not_ring() -> None:
    ask("food")
    assert tasks() == []


def test_whoever_enters_a_medical_request_it_rings() -> None:
    desk = Actor("desk", (Grant("logistics", "north"),), verified=True)
    row = {"request_id": "by-phone", "kind": "birth", "zone": "north-2", "requested_at": "2026-04-01T08:30:00"}
    record(desk, [NewEntry("requests", row)], action="added_request")
    assert [task["due_at"] for task in tasks()] == [datetime(2026, 4, 1, 9, 30)]


def test_a_promise_and_its_clock_are_seen_delivery_is_confirmed(
    user: Make, client_of: Callable[..., Client], at: Clock
) -> None:
    number = ask()
    worker = user("desk", community_worker="north")
    desk = client_of(worker)
    address = reverse("residents:request", args=[requests()[0]["request_id"]])
    page = desk.get(address).text
    assert NEED["address"] in page
    assert desk.post(address, {"to": "promised", "promised_by": "2026-04-01T08:00"}).status_code == 409  # has passed
    assert desk.post(address, {"to": "promised", "promised_by": "2026-04-01T15:30"}).status_code == 302
    assert "6 h 30 min from now" in act("public:receipt", number).text
    at.at = NOW + timedelta(hours=7)
    assert "0 h 30 min ago" in act("public:receipt", number).text
    desk = client_of(worker)
    assert "promise broken" in desk.get(reverse("residents:requests")).text
    desk.post(address, {"to": "delivered"})
    assert [task["outcome"] for task in tasks()] == ["done", "done"]  # it rang again when the promise was broken
    assert act("public:confirm", number, came="no").status_code == 200
    assert requests()[0]["delivered_at"] is None
    assert sorted(str(task["outcome"]) for task in tasks()) == ["None", "done", "done"]  # it rings anew
    at.at += timedelta(minutes=5)
    desk.post(address, {"to": "delivered"})
    assert act("public:confirm", number, came="yes").status_code == 200
    assert requests()[0]["met_at"] == at.at
    assert {task["outcome"] for task in tasks()} == {"done"}
    assert act("public:confirm", number, came="yes").status_code == 409
    assert act("public:withdraw", number).status_code == 409


def test_what_is_taken_back_ends_its_task_and_forgets_the_household() -> None:
    number = ask()
    household = requests()[0]["household"]
    assert act("public:withdraw", number).status_code == 200
    assert instance.current().stores.vault.get(household) is None
    assert [task["outcome"] for task in tasks()] == ["cancelled"]
    row = requests()[0]
    assert row["withdrawn_at"] == NOW
    assert (row["note"], row["people"]) == (None, None)


def test_a_household_is_erased_with_all_that_it_said(ledger: Any) -> None:
    number = ask()
    act("public:withdraw", number)
    household = requests()[0]["household"]
    steward = Actor("steward", (Grant("data_steward", "*"),), verified=True)
    erase_persons(steward, [household], why="asked_for", reason="asked for by the household")
    rows = [entry.row for entry in ledger.entries(tables=["requests"])]
    assert len(rows) == 2
    assert not any("insulin" in str(row) for row in rows)
    assert act("public:receipt", number).status_code == 200


def test_a_request_is_corrected_with_its_number() -> None:
    number = ask()
    form = act("public:correct", number).text
    assert NEED["address"] in form
    sent = {**NEED, "address": "Block 4", "people": "3", "wanted_by": "2026-04-02T10:00", "step": "save"}
    assert act("public:correct", number, **sent).status_code == 200
    row = requests()[0]
    assert (row["people"], row["wanted_by"]) == (3, datetime(2026, 4, 2, 10))
    assert (instance.current().stores.vault.get(row["household"]) or {})["address"] == "Block 4"
    assert len(requests()) == 1


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        ({"address": ""}, "address"),
        ({"phone": ""}, "phone"),
        ({"phone": "<b>1</b>"}, "phone"),
        ({"people": "0"}, "people"),
        ({"people": "00000199999"}, "people"),
        ({"people": "1e9"}, "people"),
        ({"people": "٣"}, "people"),
        ({"wanted_by": "2026-03-01T10:00"}, "wanted_by"),
        ({"wanted_by": "2026-04-02T10:00+08:00"}, "wanted_by"),
        ({"wanted_by": "soon"}, "wanted_by"),
        ({"note": " \u200b\u0000 "}, "note"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(form: dict[str, str], wrong: str) -> None:
    answer = send(resident(), "public:needs", "medicine", "north-1", {**NEED, **form})
    assert answer.status_code == 422
    assert f'id="{wrong}-problem"' in answer.text
    assert requests() == []


def test_blanks_around_a_number_do_no_harm() -> None:
    ask(people="      5 ")
    assert requests()[0]["people"] == 5


def test_who_asks_is_told_whether_somebody_was_told(user: Make) -> None:
    said = "Somebody who works in your area was told at once."
    nobody = send(resident(), "public:needs", "dialysis", "north-1", NEED).text
    assert said not in nobody
    assert "please call as well" in nobody
    user("north", community_worker="north")
    assert said in send(resident(), "public:needs", "dialysis", "north-1", NEED).text
    food = send(resident(), "public:needs", "food", "north-1", NEED).text
    assert said not in food
    assert "please call as well" not in food


def test_an_address_is_corrected_when_the_time_has_passed(at: Clock) -> None:
    number = ask(wanted_by="2026-04-01T10:00")
    at.at = NOW + timedelta(hours=8)
    sent = {**NEED, "address": "Block 4", "wanted_by": "2026-04-01T10:00", "step": "save"}
    assert act("public:correct", number, **sent).status_code == 200
    row = requests()[0]
    assert row["wanted_by"] == datetime(2026, 4, 1, 10)
    assert (instance.current().stores.vault.get(row["household"]) or {})["address"] == "Block 4"
    late = act("public:correct", number, **{**sent, "wanted_by": "2026-04-01T11:00"})
    assert late.status_code == 422


def test_what_did_not_come_is_said_to_be_told_only_where_it_rings() -> None:
    for kind, said in (("medicine", "somebody is told"), ("food", "on the list of those who bring it")):
        number = ask(kind)
        row = next(row for row in requests() if row["kind"] == kind)
        desk = Actor("desk", (Grant("logistics", "north"),), verified=True)
        record(desk, [corrected("requests", row, delivered_at=NOW)], action="answered_request")
        assert said in act("public:confirm", number, came="no").text


def test_a_request_needs_a_place() -> None:
    assert 'name="puzzle"' not in resident().get(reverse("public:needs"), {"kind": "food", "zone": "-"}).text


def test_logistics_promises_without_being_shown_the_household(user: Make, client_of: Callable[..., Client]) -> None:
    ask()
    desk = client_of(user("store", logistics="north"))
    address = reverse("residents:request", args=[requests()[0]["request_id"]])
    page = desk.get(address).text
    assert NEED["address"] not in page
    assert NEED["note"] not in page
    assert desk.post(address, {"to": "promised", "promised_by": "2026-04-01T15:30"}).status_code == 302
    row = requests()[0]
    assert (row["promised_by"], row["note"]) == (datetime(2026, 4, 1, 15, 30), NEED["note"])  # kept


def test_a_request_of_another_district_is_not_there(user: Make, client_of: Callable[..., Client]) -> None:
    ask()
    desk = client_of(user("south", community_worker="south"))
    address = reverse("residents:request", args=[requests()[0]["request_id"]])
    assert desk.get(address).status_code == 404
    assert desk.post(address, {"to": "delivered"}).status_code == 404


def test_the_today_page_shows_medical_requests_that_wait(user: Make, client_of: Callable[..., Client]) -> None:
    desk = client_of(user("desk", community_worker="north"))
    assert "medical-requests" not in desk.get(reverse("today")).text
    ask("birth")
    page = desk.get(reverse("today")).text
    assert 'id="medical-requests"' in page
    assert reverse("residents:request", args=[requests()[0]["request_id"]]) in page
    assert "told, without an answer yet: desk" in page
    south = client_of(user("lead", decision_maker="*"))
    ask("birth", "south-1")
    assert "nobody was told" in south.get(reverse("today")).text
    assert "nobody was told" not in desk.get(reverse("today")).text  # of another district
