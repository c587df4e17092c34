"""Today's tasks out of the worklist, shared out, given and taken."""

from datetime import date, datetime, timedelta

import polars as pl
import pytest

from console.conftest import NOW
from douse.console.reading import follow
from douse.console.tasks.spread import spread
from douse.console.tasks.todo import stops
from douse.tracing.tasks.watch import daily_visits

pytestmark = pytest.mark.slow


def tasks():
    return follow().current("tasks")


@pytest.fixture
def leader(user):
    return user("lea", epidemiologist="*")


@pytest.mark.slow
def test_today_s_tasks_are_made_once_and_shared_among_the_tracers_of_each_zone(
    city, put, user, leader, client_of, ledger, monkeypatch
):
    monkeypatch.setattr("douse.console.tasks.making._WAIT", 300)
    for zone in ("north-1", "south-1"):
        told = {"found_at": datetime(2026, 3, 30, 8), "reached_at": datetime(2026, 3, 30, 9)}
        where = {"case_id": f"case-{zone}", "person_id": f"r-{zone}", "household": "one", "zone": zone}
        put("contacts", {**where, **told, "contact_class": "close", "last_contact": date(2026, 3, 29)})
    user("nora", tracer="north"), user("sam", tracer="south")
    client = client_of(leader)
    assert client.post("/tasks/make").status_code == 302
    told = client.get("/tasks/all").content.decode()
    assert " new." in told, told.split('class="notice')[1][:300]
    made = tasks()
    assert len(made) > 0
    watched = made.filter(pl.col("kind") == "follow_up")
    assert set(watched["person_id"]) == {"r-north-1", "r-south-1"}
    homes = {"north": "nora", "south": "sam"}
    assert all(homes[zone.split("-")[0]] == name for zone, name in made.select("zone", "assigned_to").iter_rows())
    head = ledger.head
    client.post("/tasks/make")
    assert ledger.head == head
    assert "Nothing new" in client.get("/tasks/all").content.decode()


def test_a_contact_who_was_seen_today_is_not_visited_again(table_of):
    known, contacts = table_of
    assert daily_visits(known, contacts)["person"].to_list() == ["b", "c"]


@pytest.fixture
def table_of():
    """a was seen today, b was not found, c was seen yesterday, d is released, e is past its days."""
    from douse.records import Records  # noqa: PLC0415  (of this fixture alone)
    from douse.records.tables import TABLES  # noqa: PLC0415

    day = date(2026, 4, 1)
    rows = [
        {"person_id": "a", "at": datetime(2026, 4, 1, 9), "found": "seen"},
        {"person_id": "b", "at": datetime(2026, 4, 1, 9), "found": "not_found"},
        {"person_id": "c", "at": datetime(2026, 3, 31, 9), "found": "seen"},
    ]
    schema = TABLES["follow_ups"].create_empty().schema
    visits = pl.DataFrame(
        [{**row, "record_id": row["person_id"], "recorded_at": row["at"]} for row in rows], schema=schema
    )
    known = Records({"follow_ups": visits}).as_of(day)
    contacts = pl.DataFrame(
        {
            "person": list("abcde"), "case_id": "k", "zone": "z", "household": None, "reached": True,
            "cancelled": False, "released_on": [None, None, None, day, None],
            "follow_up_end": [day, day, day, day, day - timedelta(days=1)],
        },
        schema_overrides={"household": pl.String, "released_on": pl.Date},
    )  # fmt: skip
    return known, contacts


def test_visits_go_to_who_works_there_and_has_least():
    within = {"nora": frozenset({"n1", "n2"}), "all": None, "sam": frozenset({"s"})}
    visits = [["n1", "n1"], ["n2"], ["s"], [None], ["n1", "s"]]
    assert spread(visits, within, {"all": 1}) == ["nora", "all", "sam", "all", "all"]
    assert spread([["n1"]], {"sam": frozenset({"s"})}, {}) == [None]


def test_what_is_overdue_comes_first_and_a_household_is_visited_once():
    rows = [
        ("a", "h", NOW + timedelta(hours=1), False), ("b", None, NOW + timedelta(hours=2), False),
        ("c", "h", NOW - timedelta(days=1), True), ("d", None, None, False),
    ]  # fmt: skip
    frame = pl.DataFrame(
        [
            {
                "task_id": name,
                "kind": "reach",
                "zone": "z",
                "person_id": name,
                "household": home,
                "due_at": due,
                "overdue": late,
            }
            for name, home, due, late in rows
        ],
        schema_overrides={"household": pl.String},
    )
    assert [[task["task_id"] for task in stop.tasks] for stop in stops(frame)] == [["c", "a"], ["b"], ["d"]]


def test_given_taken_and_given_back(city, put, user, leader, client_of):
    put("tasks", {"task_id": "t", "kind": "look", "zone": "north-1"})
    anna, sam = user("anna", tracer="north"), user("sam", tracer="south")
    assert client_of(sam).post("/tasks/take/t").status_code == 404
    client = client_of(leader)
    assert client.post("/tasks/assign", {"task": "t", "to": "sam"}).status_code == 409
    assert client_of(anna).post("/tasks/take/t").status_code == 302
    assert tasks()["assigned_to"].to_list() == ["anna"]
    client.post("/tasks/assign", {"task": "t", "to": ""})
    assert tasks()["assigned_to"].to_list() == [None]
    client.post("/tasks/assign", {"task": "t", "to": "anna"})
    assert "Look" in client_of(anna).get("/tasks/").content.decode()


def test_a_task_by_hand_is_checked_by_the_table(city, leader, client_of):
    client = client_of(leader)
    assert client.post("/tasks/new", {"kind": "look", "zone": "north-1"}).status_code == 302
    wrong = client.post("/tasks/new", {"kind": "dance", "zone": "north-1"})
    assert wrong.status_code == 422
    assert tasks()["kind"].to_list() == ["look"]
    listed = client.get("/tasks/all", {"state": "open", "kind": "look", "zone": "north", "who": "-"}).content.decode()
    assert "1 task" in listed
    assert client.get("/tasks/all", {"zone": "south"}).content.decode().count("No task is like this") == 1


def test_pages_of_a_task_in_both_languages_and_the_worker(city, put, leader, client_of):
    put("tasks", {"task_id": "m/1/carry_out", "kind": "follow_up", "person_id": "c-north-1", "zone": "north-1"})
    put("follow_ups", {"person_id": "c-north-1", "at": NOW - timedelta(days=1), "found": "seen", "temperature": 37.2})
    client = client_of(leader)
    for language in ("en", "zh"):
        page = client.get("/tasks/one/m/1/carry_out", HTTP_ACCEPT_LANGUAGE=language).content.decode()
        assert "37.2" in page
    worker = client_of(None).get("/tasks/worker.js")
    assert worker["Content-Type"] == "text/javascript"
    assert "douse-shell-" in worker.content.decode()
    assert client_of(None).get("/tasks/offline").status_code == 200
