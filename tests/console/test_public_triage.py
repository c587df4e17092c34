"""Staff look reports through: their order, those that say the same, and what becomes of them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from console.conftest import NOW, Clock
from douse.console import instance
from douse.console.permissions import Refused, Resident
from douse.console.public.self_report.views import weight
from douse.console.reading import follow
from douse.console.writing import record
from douse.records.ledger import NewEntry

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("city")]
Make = Callable[..., Any]


def report(name: str, **more: Any) -> dict[str, Any]:
    row = {
        "report_id": name, "person_id": f"p-{name}", "zone": "north-1", "kind": "symptoms", "sent_at": NOW,
        "symptoms": "fever", "state": "received", **more,
    }  # fmt: skip
    return {**row, "weight": weight(row)}


@pytest.fixture
def desk(user: Make, client_of: Callable[..., Client]) -> Client:
    return client_of(user("worker", community_worker="north"))


def state(name: str) -> dict[str, Any]:
    return follow().current("self_reports").filter(report_id=name).row(0, named=True)


def order(page: str, *names: str) -> list[str]:
    return sorted(
        (name for name in names if f'/reports/{name}"' in page), key=lambda name: page.index(f'/reports/{name}"')
    )


def test_danger_signs_come_first_then_by_when_they_came(desk: Client, put: Callable[..., None]) -> None:
    put(
        "self_reports",
        report(
            "everything", symptoms="fever;cough;sore_throat;rash;headache;muscle_pain;tired", age_band="age_80_over"
        ),
        report("mild-late", sent_at=NOW - timedelta(hours=1)),
        report("mild-early", sent_at=NOW - timedelta(hours=2), symptoms="cough"),
        report("breathless", symptoms="breathless"),
        report("elsewhere", zone="south-1"),
    )
    page = desk.get(reverse("residents:triage")).text
    names = ("everything", "mild-late", "mild-early", "breathless", "elsewhere")
    assert order(page, *names) == ["breathless", "everything", "mild-early", "mild-late"]


def test_a_flood_is_one_line_and_hides_nothing(desk: Client, put: Callable[..., None]) -> None:
    flood = (report(f"flood-{n}", sent_at=NOW + timedelta(seconds=n)) for n in range(300))
    put("self_reports", *flood, report("real", symptoms="vomiting", sent_at=NOW + timedelta(minutes=9)))
    page = desk.get(reverse("residents:triage")).text
    assert order(page, "flood-0", "flood-1", "real") == ["flood-0", "real"]
    assert ">300</a>" in page
    same = desk.get(reverse("residents:triage"), {"like": "flood-0"}).text
    assert "300 lines" in same
    assert 'flood-1"' in same
    each = desk.get(reverse("residents:triage"), {"show": "each"}).text
    assert "301 lines" in each


def test_likely_repeats_are_beside_a_report(desk: Client, put: Callable[..., None]) -> None:
    day = NOW.date()
    put(
        "self_reports",
        report("one", age_band="age_18_59", symptoms="fever;cough", onset=day - timedelta(days=2)),
        report("much-the-same", age_band="age_18_59", symptoms="fever;cough;tired", onset=day - timedelta(days=1)),
        report("other", age_band="age_0_4", symptoms="rash", onset=day),
        report("old", age_band="age_18_59", symptoms="fever;cough", sent_at=NOW - timedelta(days=20)),
        report("phone", kind="arrival", symptoms=None, came_from="X"),
        report("south", zone="south-1", age_band="age_18_59", symptoms="fever;cough"),
    )
    vault = instance.current().stores.vault
    vault.put("p-one", {"phone": "138-0000-0000"})
    vault.put("p-phone", {"phone": "13800000000"})
    page = desk.get(reverse("residents:report", args=["one"])).text
    assert order(page, "much-the-same", "other", "old", "phone", "south") == ["phone", "much-the-same"]
    assert "same phone" in page
    assert "138-0000-0000" in page  # of the report itself, to call


def test_a_repeat_is_marked_and_stays(desk: Client, put: Callable[..., None], at: Clock) -> None:
    put("self_reports", report("one"), report("two"), report("south", zone="south-1"))
    address = reverse("residents:report", args=["two"])
    for wrong in ("", "two", "nowhere", "south"):
        assert desk.post(address, {"to": "duplicate", "same_as": wrong}).status_code == 409
    assert desk.post(address, {"to": "duplicate", "same_as": "one"}).status_code == 302
    assert (state("two")["state"], state("two")["same_as"]) == ("duplicate", "one")
    assert order(desk.get(reverse("residents:triage"), {"state": "duplicate"}).text, "two") == ["two"]
    at.at = NOW + timedelta(minutes=1)
    assert desk.post(address, {"to": "received"}).status_code == 302
    assert (state("two")["state"], state("two")["same_as"]) == ("received", None)


def test_reports_do_not_repeat_each_other_in_a_circle(desk: Client, put: Callable[..., None]) -> None:
    put("self_reports", report("one"), report("two"), report("three"))
    same = {"to": "duplicate"}
    assert desk.post(reverse("residents:report", args=["two"]), same | {"same_as": "one"}).status_code == 302
    assert desk.post(reverse("residents:report", args=["one"]), same | {"same_as": "two"}).status_code == 409
    assert state("one")["state"] == "received"
    assert desk.post(reverse("residents:report", args=["three"]), same | {"same_as": "two"}).status_code == 302
    assert state("three")["same_as"] == "one"


def test_what_repeats_a_report_that_is_taken_back_waits_again(desk: Client, put: Callable[..., None]) -> None:
    put("self_reports", report("one"), report("two"), report("other"))
    for name, same_as in (("two", "one"), ("other", "one")):
        desk.post(reverse("residents:report", args=[name]), {"to": "duplicate", "same_as": same_as})
    one = state("one")
    gone = NewEntry("self_reports", report("one") | {"state": "withdrawn"}, supersedes=one["record_id"])
    opened = frozenset({("self_reports", one["record_id"])})
    record(Resident(opened=opened), [gone], action="withdrawn_by_resident")
    assert {(state(name)["state"], state(name)["same_as"]) for name in ("two", "other")} == {("received", None)}
    page = desk.get(reverse("residents:triage"), {"show": "each"}).text
    assert sorted(order(page, "one", "two", "other")) == ["other", "two"]
    again = {"to": "duplicate", "same_as": "one"}
    assert desk.post(reverse("residents:report", args=["two"]), again).status_code == 409  # that one is gone


def test_a_page_far_beyond_the_last_is_the_first(desk: Client, put: Callable[..., None]) -> None:
    put("self_reports", report("one"))
    for page in ("9" * 5000, "-1", "٣", "1e9"):
        assert 'reports/one"' in desk.get(reverse("residents:triage"), {"page": page}).text


def test_a_case_is_made_by_who_may_write_cases(
    desk: Client, user: Make, client_of: Callable[..., Client], put: Callable[..., None]
) -> None:
    put("self_reports", report("one", onset=NOW.date()))
    address = reverse("residents:report", args=["one"])
    assert "suspected case" not in desk.get(address).text
    assert desk.post(address, {"to": "case"}).status_code == 403
    assert state("one")["state"] == "received"
    tracer = client_of(user("tracer", tracer="north"))
    assert "suspected case" in tracer.get(address).text
    assert tracer.post(address, {"to": "case"}).status_code == 302
    made = follow().current("cases").filter(case_id=state("one")["case_id"]).row(0, named=True)
    assert (made["person_id"], made["zone"], made["classification"]) == ("p-one", "north-1", "suspected")
    assert tracer.post(address, {"to": "received"}).status_code == 409


def test_each_look_is_logged(desk: Client, put: Callable[..., None], ledger: Any) -> None:
    put("self_reports", report("one"))
    instance.current().stores.vault.put("p-one", {"phone": "13800000000"})
    desk.get(reverse("residents:report", args=["one"]))
    told = [entry.row for entry in ledger.entries(tables=["audit"]) if entry.row["action"] == "saw_personal"]
    assert {row["object_table"] for row in told} == {"self_reports", "vault"}


@pytest.mark.parametrize("to", ["withdrawn", "nonsense", "", "received"])
def test_moves_that_are_not_allowed_are_refused(to: str, desk: Client, put: Callable[..., None]) -> None:
    put("self_reports", report("one"))
    assert desk.post(reverse("residents:report", args=["one"]), {"to": to}).status_code == 409
    assert state("one")["state"] == "received"


# What somebody without an account may write.


def test_a_resident_adds_but_corrects_only_what_a_receipt_opens(put: Callable[..., None]) -> None:
    put("self_reports", report("one"), report("two"))
    one, two = state("one"), state("two")
    changed = report("one") | {"symptoms": "rash"}
    entry = NewEntry("self_reports", changed, supersedes=one["record_id"])
    for holding in (
        frozenset(),
        frozenset({("self_reports", two["record_id"])}),
        frozenset({("requests", one["record_id"])}),
    ):
        with pytest.raises(Refused):
            record(Resident(opened=holding), [entry], action="corrected_by_resident")
    assert state("one")["symptoms"] == "fever"
    record(Resident(opened=frozenset({("self_reports", one["record_id"])})), [entry], action="corrected_by_resident")
    assert state("one")["symptoms"] == "rash"


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("cases", {"case_id": "x", "zone": "north-1"}),
        ("tasks", {"task_id": "x", "kind": "deliver", "zone": "north-1"}),
        ("zones", {"zone_id": "x"}),
        ("audit", {"audit_id": "x", "action": "x"}),
    ],
)
def test_a_resident_writes_no_other_table(table: str, row: dict[str, Any], ledger: Any) -> None:
    head = ledger.head
    with pytest.raises(Refused):
        record(Resident(), [NewEntry(table, row)], action="sent_by_residents")
    assert ledger.head == head


def test_no_user_can_be_a_resident(user: Make, client_of: Callable[..., Client]) -> None:
    client = client_of(user("clever", resident="*"))
    assert client.get(reverse("residents:triage")).status_code == 403
    assert Resident().rights == {"write self_reports", "write requests", "write receipts", "write claims"}
