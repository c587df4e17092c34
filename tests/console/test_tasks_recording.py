"""What came of a task is recorded once, whoever sends it, in whatever order."""

import json
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from console.conftest import NOW
from douse.console.reading import follow

pytestmark = pytest.mark.slow

URL = "/tasks/exchange"


@pytest.fixture
def watch(put, city, user):
    """A tracer of the north with a follow-up, a contact to reach and a sample to take."""
    common = {"person_id": "c-north-1", "case_id": "case-north-1", "zone": "north-1", "assigned_to": "anna"}
    put(
        "tasks",
        {"task_id": "t-watch", "kind": "follow_up", "due_at": NOW.replace(hour=20), **common},
        {"task_id": "t-reach", "kind": "reach", "due_at": NOW - timedelta(days=1), **common},
        {"task_id": "t-test", "kind": "test", **common},
    )
    return user("anna", tracer="north")


def answer(task="t-watch", **facts):
    return {"id": str(uuid4()), "task_id": task, "at": "2026-04-01T08:30:00", "found": "seen", "symptoms": "no"} | facts


def send(client, *answers):
    response = client.post(URL, json.dumps({"answers": answers}), content_type="application/json")
    assert response.status_code == 200, response.content
    return {result["id"]: result["state"] for result in response.json()["results"]}


def rows(table, **where):
    frame = follow().current(table)
    for name, value in where.items():
        frame = frame.filter(frame[name] == value)
    return frame.rows(named=True)


def test_a_visit_and_its_task_go_in_together_with_their_audit_entries(watch, client_of, ledger):
    before = ledger.head
    sent = answer(temperature=36.9, note="well")
    assert send(client_of(watch), sent) == {sent["id"]: "saved"}
    added = ledger.entries(since=before)
    assert [entry.table for entry in added] == ["follow_ups", "tasks", "audit", "audit"]
    assert {entry.author for entry in added} == {"user:anna"}
    visit, task = rows("follow_ups")[0], rows("tasks", task_id="t-watch")[0]
    assert visit["record_id"] == sent["id"]
    assert (visit["person_id"], visit["symptoms"], visit["temperature"], visit["note"]) == (
        "c-north-1",
        "no",
        36.9,
        "well",
    )
    assert (task["outcome"], task["done_at"], task["note"]) == ("done", datetime(2026, 4, 1, 8, 30), None)


def test_what_is_sent_twice_counts_once(watch, client_of, ledger):
    client, sent = client_of(watch), answer()
    send(client, sent)
    head = ledger.head
    assert send(client, sent, sent) == {sent["id"]: "known"}
    assert ledger.head == head


def test_a_try_and_the_visit_after_it_may_come_in_any_order(watch, client_of):
    client = client_of(watch)
    visit = answer(at="2026-04-01T08:30:00")
    attempt = answer(at="2026-04-01T07:00:00", found="not_found", symptoms=None)
    assert send(client, visit) == {visit["id"]: "saved"}
    assert send(client, attempt) == {attempt["id"]: "saved"}
    assert {row["found"] for row in rows("follow_ups")} == {"seen", "not_found"}
    assert rows("tasks", task_id="t-watch")[0]["outcome"] == "done"


def test_one_who_was_not_found_stays_on_the_list(watch, client_of):
    client = client_of(watch)
    send(client, answer(found="not_found", symptoms=None))
    task = rows("tasks", task_id="t-watch")[0]
    assert (task["outcome"], task["done_at"]) == ("not_reached", None)
    assert "tried, not reached" in client.get("/tasks/").content.decode()
    again = answer(at="2026-04-01T08:50:00")
    assert send(client, again) == {again["id"]: "saved"}


def test_a_visit_to_somebody_whose_task_another_settled_is_kept_and_told(watch, client_of, user):
    send(client_of(user("ben", tracer="north")), answer(at="2026-04-01T08:00:00"))
    late = answer(at="2026-04-01T08:40:00", symptoms="yes")
    client = client_of(watch)
    # The task is anna's, and so is the earlier record in her name: what ben saw counts, and hers is one more.
    assert send(client, late) == {late["id"]: "apart"}
    assert [row["symptoms"] for row in rows("follow_ups", person_id="c-north-1")] == ["no", "yes"]
    sample = {"id": str(uuid4()), "task_id": "t-test", "at": "2026-04-01T08:00:00", "outcome": "done", "sampled": "pcr"}
    twice = sample | {"id": str(uuid4()), "outcome": "refused", "sampled": None}
    assert send(client, sample) == {sample["id"]: "saved"}
    assert send(client, twice) == {twice["id"]: "conflict"}
    assert rows("tests")[0]["kind"] == "pcr"


def test_reaching_a_contact_says_so_of_the_contact(watch, client_of):
    sent = answer("t-reach", how="phone")
    send(client_of(watch), sent)
    contact = rows("contacts", person_id="c-north-1")[0]
    assert contact["reached_at"] == datetime(2026, 4, 1, 8, 30)
    assert rows("follow_ups")[0]["how"] == "phone"


def test_the_number_of_another_s_record_is_not_taken_over(watch, client_of, user):
    sent = answer()
    send(client_of(user("ben", tracer="north")), sent)
    assert send(client_of(watch), sent | {"symptoms": "yes"}) == {sent["id"]: "conflict"}
    assert [row["symptoms"] for row in rows("follow_ups")] == ["no"]


def test_a_bad_answer_does_not_keep_the_others_out_and_its_values_are_not_told(watch, client_of):
    good, bad = answer(), answer("t-reach", symptoms="a secret")
    response = client_of(watch).post(
        URL, json.dumps({"answers": [bad, good, "nothing", None]}), content_type="application/json"
    )
    assert [result["state"] for result in response.json()["results"]] == ["wrong", "wrong", "wrong", "saved"]
    assert "secret" not in response.content.decode()


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"answers": 3}', "\xff", '{"answers": ' + "[" * 5000])
def test_what_is_no_list_of_answers_is_refused(watch, client_of, body):
    response = client_of(watch).post(URL, body.encode("latin-1"), content_type="application/json")
    assert response.status_code == 400


def test_nobody_records_tasks_of_other_zones(watch, client_of, user, ledger):
    head, sent = ledger.head, answer()
    assert send(client_of(user("carl", tracer="south")), sent) == {sent["id"]: "refused"}
    assert ledger.head == head


def test_a_device_whose_clock_is_ahead_is_told(watch, client_of):
    sent = answer(at="2026-04-02T12:00:00")
    send(client_of(watch), sent)
    assert rows("follow_ups")[0]["at"] == NOW


def test_a_device_whose_clock_is_wrong_is_put_right(watch, client_of):
    sent = answer(at="2027-01-01T11:30:00")
    body = json.dumps({"clock": "2027-01-01T12:00:00", "answers": [sent]})
    client_of(watch).post(URL, body, content_type="application/json")
    assert rows("follow_ups")[0]["at"] == NOW - timedelta(minutes=30)


def test_a_session_that_ended_sends_nothing_and_asks_to_sign_in(watch, client_of):
    response = client_of(None).get("/tasks/door")
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in")


def test_the_form_without_a_script_records_the_same_once(watch, client_of):
    client, number = client_of(watch), str(uuid4())
    for _ in range(2):
        response = client.post("/tasks/record/t-watch", {"id": number, "found": "seen", "symptoms": "yes"})
        assert (response.status_code, response["Location"]) == (302, "/tasks/")
    assert [row["symptoms"] for row in rows("follow_ups")] == ["yes"]
