"""Resources: what there is, and the forms of logistics."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from console.conftest import NOW
from douse.console.policy import EVERYWHERE
from douse.console.reading import follow
from douse.console.resources.planned import without_files
from douse.outputs.blocks import Fold, Grid, Text

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("city", "_there")]
Make = Callable[..., Any]


@pytest.fixture
def _there(put: Callable[..., None]) -> None:
    put(
        "facilities",
        {"facility_id": "depot-n", "name": "Depot <north>", "kind": "depot", "zone": "north-1"},
        {"facility_id": "ward-n", "name": "Ward north", "kind": "hospital", "zone": "north-1", "beds": 40,
         "icu_beds": 4, "staff": 9, "lead_time_days": 0},
        {"facility_id": "lab-s", "name": "Lab south", "kind": "laboratory", "zone": "south-1", "tests_per_day": 900},
    )  # fmt: skip
    put("stock", {"facility_id": "depot-n", "item": "n95", "counted_at": NOW - timedelta(days=2), "quantity": 500})
    put("stock", {"facility_id": "depot-n", "item": "n95", "counted_at": NOW - timedelta(days=1), "quantity": 420})
    put(
        "shipments",
        {"shipment_id": "s1", "item": "reagent", "quantity": 60, "to_facility": "lab-s",
         "sent_at": NOW - timedelta(days=1), "due_at": NOW - timedelta(hours=2)},
    )  # fmt: skip
    put("crews", {"crew_id": "crew-1", "kind": "delivery", "facility_id": "depot-n", "people": 4, "vehicles": 2})


@pytest.fixture
def store(user: Make, client_of: Make) -> Client:
    client: Client = client_of(user("store", logistics=EVERYWHERE))
    return client


@pytest.fixture
def north(user: Make, client_of: Make) -> Client:
    client: Client = client_of(user("nora", logistics="north"))
    return client


def shown(client: Client, page: str, **asked: str) -> str:
    return client.get(reverse(f"resources:{page}"), asked).content.decode()


def test_the_last_count_of_each_item_is_shown(store: Client) -> None:
    page = shown(store, "stock")
    assert "420" in page
    assert "500" not in page
    assert "Depot &lt;north&gt;" in page
    assert "No crew" not in shown(store, "crews")
    assert "900" in shown(store, "beds")


def test_what_is_late_is_said(store: Client) -> None:
    assert "late" in shown(store, "shipments")
    assert "Late shipments" in shown(store, "show")


def test_only_what_lies_within_reach_is_shown(north: Client) -> None:
    assert "Ward north" in shown(north, "beds")
    for page in ("beds", "shipments", "send"):
        assert "Lab south" not in shown(north, page), page
        assert "lab-s" not in shown(north, page), page


def count(client: Client, place: str = "depot-n", **items: object) -> Any:
    sent = {"place": place, "counted_at": "2026-04-01T08:00", **{f"item-{name}": n for name, n in items.items()}}
    return client.post(reverse("resources:count"), sent)


def test_a_count_of_several_items_is_entered_at_once(store: Client, ledger: Any) -> None:
    before = ledger.head
    assert count(store, n95=380, swab=0, tube="").status_code == 302
    assert [entry.table for entry in ledger.entries(since=before)] == ["stock", "stock", "audit"]
    rows = follow().current("stock").filter(counted_at=datetime(2026, 4, 1, 8))
    assert dict(rows.select("item", "quantity").iter_rows()) == {"n95": 380.0, "swab": 0.0}


def test_a_count_of_the_same_moment_corrects_the_one_before(store: Client, at: Any) -> None:
    count(store, n95=380)
    at.at += timedelta(minutes=1)
    assert count(store, n95=390).status_code == 302
    rows = follow().current("stock").filter(counted_at=datetime(2026, 4, 1, 8))
    assert rows["quantity"].to_list() == [390.0]


@pytest.mark.parametrize(
    "sent", [{"n95": -1}, {"n95": "many"}, {"n95": "inf"}, {"n95": "nan"}, {}, {"place": "", "n95": 1}]
)
def test_a_count_that_cannot_be_is_shown_again_with_what_is_wrong(store: Client, sent: dict[str, Any]) -> None:
    before = len(follow().current("stock"))
    answer = count(store, **sent)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()
    assert len(follow().current("stock")) == before


def test_nothing_is_counted_in_the_future(store: Client) -> None:
    sent = {"place": "depot-n", "counted_at": "2026-04-02T08:00", "item-n95": "1"}
    assert store.post(reverse("resources:count"), sent).status_code == 400


def test_a_shipment_is_sent_and_received(store: Client) -> None:
    sent = {"item": "n95", "quantity": "50", "from_facility": "depot-n", "to_facility": "ward-n",
            "sent_at": "2026-04-01T08:00", "due_at": "2026-04-02T08:00"}  # fmt: skip
    assert store.post(reverse("resources:send"), sent).status_code == 302
    row = follow().current("shipments").filter(item="n95").row(0, named=True)
    assert (row["quantity"], row["to_facility"], row["received_at"]) == (50.0, "ward-n", None)
    address = reverse("resources:receive", args=[row["shipment_id"]])
    assert store.post(address).status_code == 302
    assert follow().current("shipments").filter(item="n95")["received_at"].to_list() == [NOW]
    assert store.post(address).status_code == 409


@pytest.mark.parametrize(
    "changed",
    [{"to_facility": ""}, {"to_zone": "north-1"}, {"quantity": "0"}, {"item": "gold"}, {"sent_at": "soon"}],
)
def test_a_shipment_that_cannot_be_is_not_written(store: Client, changed: dict[str, str]) -> None:
    sent = {"item": "n95", "quantity": "50", "to_facility": "ward-n", "sent_at": "2026-04-01T08:00", **changed}
    assert store.post(reverse("resources:send"), sent).status_code == 400
    assert len(follow().current("shipments")) == 1


def test_a_facility_is_changed_and_keeps_the_rest(store: Client) -> None:
    address = reverse("resources:facility", args=["ward-n"])
    assert 'value="40"' in store.get(address).content.decode()
    assert store.post(address, {"beds": "55", "icu_beds": "4", "lead_time_days": "0"}).status_code == 302
    row = follow().current("facilities").filter(facility_id="ward-n").row(0, named=True)
    assert (row["beds"], row["icu_beds"], row["name"], row["zone"], row["staff"]) == (
        55,
        4,
        "Ward north",
        "north-1",
        None,
    )
    assert store.post(address, {"beds": "5.5"}).status_code == 400
    assert store.post(address, {"beds": "-3"}).status_code == 400


def test_nobody_writes_beyond_their_zones(north: Client) -> None:
    assert count(north, place="lab-s", reagent=1).status_code == 403
    assert north.get(reverse("resources:facility", args=["lab-s"])).status_code == 409
    assert north.post(reverse("resources:receive", args=["s1"])).status_code == 409
    sent = {"item": "n95", "quantity": "5", "to_facility": "lab-s", "sent_at": "2026-04-01T08:00"}
    assert north.post(reverse("resources:send"), sent).status_code == 403
    assert len(follow().current("shipments")) == 1


@pytest.mark.parametrize("role", ["epidemiologist", "decision_maker"])
def test_others_look_and_write_nothing(role: str, user: Make, client_of: Make) -> None:
    client = client_of(user("x", **{role: EVERYWHERE}))
    assert "420" in shown(client, "stock")
    assert "Enter a count" not in shown(client, "stock")
    assert count(client, n95=1).status_code == 403
    assert client.post(reverse("resources:receive", args=["s1"])).status_code == 403


def test_the_console_names_no_file_that_it_does_not_write() -> None:
    grid = Grid("Shipments", (), (), note="All 200 rows are in tables/shipments.csv.")
    folded = without_files([Text("Person by person: tables/placements.csv."), Fold("more", (grid,)), Text("Short.")])
    assert folded == [Fold("more", (Grid("Shipments", (), ()),)), Text("Short.")]


CREW = {
    "crew_id": "crew-9", "kind": "care", "zone": "north-2", "people": "3", "vehicles": "1", "capacity": "12.5",
    "capacity_unit": "trips", "works_from": "8", "works_to": "16.5", "skills": ["food", "medicine"],
}  # fmt: skip


def test_a_crew_is_added_and_changed(store: Client) -> None:
    assert store.post(reverse("resources:crew_new"), CREW).status_code == 302
    assert "crew-9" in shown(store, "crews")
    address = reverse("resources:crew", args=["crew-9"])
    form = store.get(address).content.decode()
    assert 'value="12.5"' in form
    assert form.count("checked") == 2
    assert store.post(address, CREW | {"people": "5", "skills": []}).status_code == 302
    row = follow().current("crews").filter(crew_id="crew-9").row(0, named=True)
    assert (row["people"], row["skills"], row["works_to"], row["zone"]) == (5, None, 16.5, "north-2")
    audit = follow().current("audit")
    assert {"added_crew", "changed_crew"} <= set(audit["action"])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"facility_id": "depot-n"}, "Choose one of the two."),
        ({"kind": "burglary"}, "Choose a kind."),
        ({"people": "1.5"}, "Leave out the decimals."),
        ({"works_from": "20"}, "works_from"),
        ({"capacity_unit": ""}, "capacity"),
        ({"crew_id": "crew-1"}, "of this name already"),
    ],
)
def test_a_crew_that_cannot_be_is_told_and_nothing_typed_is_lost(
    store: Client, wrong: dict[str, str], said: str
) -> None:
    before = len(follow().current("crews"))
    answer = store.post(reverse("resources:crew_new"), CREW | wrong)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert 'value="12.5"' in answer.content.decode()
    assert len(follow().current("crews")) == before


def test_crews_are_added_within_ones_zones_only(north: Client) -> None:
    assert north.post(reverse("resources:crew_new"), CREW | {"zone": "south-1"}).status_code == 403
    assert north.post(reverse("resources:crew_new"), CREW).status_code == 302
