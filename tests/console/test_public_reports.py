"""Reports of residents: the form, its receipt, and what can be done with that."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from console.residents import REPORT, number_of, resident, send
from douse.console import instance
from douse.console.permissions import Actor, Grant
from douse.console.policy import EVERYWHERE
from douse.console.public import floods, numbers
from douse.console.public.receipts import opened
from douse.console.public.self_report.fields import COMPARED
from douse.console.reading import follow
from douse.console.states import NotNow
from douse.console.writing import erase_persons

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("city", "easy")]


@pytest.fixture
def easy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floods, "BITS", 4)


def reports() -> list[dict[str, Any]]:
    return follow().current("self_reports").rows(named=True)


def test_kind_and_place_are_asked_one_after_the_other() -> None:
    client = resident()
    kinds = client.get(reverse("public:report")).text
    assert "kind=symptoms" in kinds
    places = client.get(reverse("public:report"), {"kind": "symptoms"}).text
    assert "kind=symptoms&amp;zone=north-1" in places
    assert 'name="puzzle"' in client.get(reverse("public:report"), {"kind": "symptoms", "zone": "north-1"}).text
    assert 'name="puzzle"' in client.get(reverse("public:report"), {"kind": "symptoms", "zone": "-"}).text


def test_a_report_is_a_row_of_its_zone_with_its_audit_entry(ledger: Any) -> None:
    head = ledger.head
    answer = send(resident(), "public:report", "symptoms", "north-1", {**REPORT, "phone": "138-0000-0000"})
    assert answer.status_code == 201
    written = ledger.entries(since=head)
    assert [entry.table for entry in written] == ["self_reports", "receipts", "audit", "audit"]
    assert {entry.author for entry in written} == {"public"}
    row = reports()[0]
    assert (row["zone"], row["kind"], row["symptoms"], row["state"]) == (
        "north-1",
        "symptoms",
        "fever;cough",
        "received",
    )
    assert instance.current().stores.vault.get(row["person_id"]) == {"phone": "138-0000-0000"}


def test_only_the_hash_of_a_number_is_kept(ledger: Any) -> None:
    number = number_of(send(resident(), "public:report", "symptoms", "north-1", REPORT).text)
    kept = follow().current("receipts").rows(named=True)
    assert [row["receipt"] for row in kept] == [numbers.digest(number)]
    everything = "".join(str(entry.row) for entry in ledger.entries())
    assert number not in everything
    assert number.replace("-", "") not in everything


def test_a_receipt_shows_corrects_and_withdraws() -> None:
    client = resident()
    number = number_of(send(client, "public:report", "symptoms", "north-1", {**REPORT, "phone": "13800000000"}).text)
    seen = client.post(reverse("public:receipt"), {"number": number.lower().replace("-", " ")})
    assert seen.status_code == 200
    assert "Fever" in seen.text
    form = client.post(reverse("public:correct"), {"number": number})
    assert 'value="fever" checked' in form.text
    assert "13800000000" in form.text
    sent = {"number": number, "step": "save", "symptoms": ["rash"], "onset": "2026-03-31"}
    assert client.post(reverse("public:correct"), sent).status_code == 200
    row = reports()[0]
    assert (row["symptoms"], row["age_band"], row["zone"]) == ("rash", None, "north-1")  # what was taken out is gone
    assert instance.current().stores.vault.get(row["person_id"]) is None
    assert client.post(reverse("public:withdraw"), {"number": number}).status_code == 200
    assert (reports()[0]["state"], reports()[0]["symptoms"]) == ("withdrawn", None)
    assert client.post(reverse("public:withdraw"), {"number": number}).status_code == 409
    assert client.post(reverse("public:correct"), {"number": number}).status_code == 409


def test_what_is_taken_back_is_empty_in_the_row_in_force() -> None:
    form = {**REPORT, "exposed_to": "school", "exposed_on": "2026-03-29", "note": "at home"}
    number = number_of(send(resident(), "public:report", "symptoms", "north-1", form).text)
    assert resident().post(reverse("public:withdraw"), {"number": number}).status_code == 200
    row = reports()[0]
    assert [name for name in COMPARED if row[name] is not None] == ["zone", "kind"]


def test_a_correction_that_comes_too_late_leaves_the_phone_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    number = number_of(
        send(resident(), "public:report", "symptoms", "north-1", {**REPORT, "phone": "13800000000"}).text
    )

    def late(*_: object, **__: object) -> None:
        raise NotNow("Somebody was faster.")

    monkeypatch.setattr(opened, "record", late)
    sent = {"number": number, "step": "save", "symptoms": ["rash"], "phone": "13811111111"}
    assert resident().post(reverse("public:correct"), sent).status_code == 409
    assert instance.current().stores.vault.get(reports()[0]["person_id"]) == {"phone": "13800000000"}


def test_after_an_erasure_the_receipt_still_opens_and_corrects() -> None:
    number = number_of(
        send(resident(), "public:report", "symptoms", "north-1", {**REPORT, "phone": "13800000000"}).text
    )
    steward = Actor("steward", (Grant("data_steward", EVERYWHERE),), verified=True)
    erase_persons(steward, [reports()[0]["person_id"]], why="asked_for", reason="asked for it")
    assert resident().post(reverse("public:receipt"), {"number": number}).status_code == 200
    sent = {"number": number, "step": "save", "symptoms": ["rash"], "phone": "13811111111"}
    assert resident().post(reverse("public:correct"), sent).status_code == 200
    row = reports()[0]
    assert instance.current().stores.vault.get(row["person_id"]) == {"phone": "13811111111"}


@pytest.mark.parametrize(
    "number", ["", "AAAA-AAAA-AAAA-AAAA", "x" * 5000, "0000-0000-0000-0000", "\x00", "' OR 1=1 --"]
)
def test_a_forged_number_opens_nothing(number: str) -> None:
    send(resident(), "public:report", "symptoms", "north-1", REPORT)
    for page in ("public:receipt", "public:correct", "public:withdraw", "public:confirm"):
        assert resident().post(reverse(page), {"number": number}).status_code == 404
    assert [row["state"] for row in reports()] == ["received"]


def test_numbers_cannot_be_tried_without_end() -> None:
    client = resident()
    answers = [
        client.post(reverse("public:receipt"), {"number": numbers.new_number()}).status_code
        for _ in range(floods.MOST_GUESSES + 2)
    ]
    assert answers == [404] * floods.MOST_GUESSES + [429] * 2


@pytest.mark.parametrize(
    ("kind", "form", "wrong"),
    [
        ("symptoms", {}, {"symptoms"}),
        ("symptoms", {"symptoms": ["plague"]}, {"symptoms"}),
        ("symptoms", {"symptoms": ["fever"], "onset": "2026-04-02"}, {"onset"}),
        ("symptoms", {"symptoms": ["fever"], "onset": "20260402; DROP"}, {"onset"}),
        ("symptoms", {"symptoms": ["fever"], "onset": "2020-01-01"}, {"onset"}),
        ("symptoms", {"symptoms": ["fever"], "phone": "call me"}, {"phone"}),
        ("exposure", {"exposed_to": "moon", "exposed_on": "2026-03-30"}, {"exposed_to"}),
        ("arrival", {"came_from": "   ", "arrived_on": ""}, {"came_from", "arrived_on"}),
    ],
)
def test_what_is_missing_or_cannot_be_is_said_at_its_field(kind: str, form: dict[str, Any], wrong: set[str]) -> None:
    answer = send(resident(), "public:report", kind, "north-1", form)
    assert answer.status_code == 422
    for field in wrong:
        assert f'id="{field}-problem"' in answer.text
    assert reports() == []


@pytest.mark.parametrize("kind", ["exposure", "travel", "arrival"])
def test_each_kind_is_taken_in(kind: str) -> None:
    form = {"exposed_to": "school", "exposed_on": "2026-03-30", "came_from": "Elsewhere", "arrived_on": "2026-03-31"}
    assert send(resident(), "public:report", kind, "-", form).status_code == 201
    assert (reports()[0]["kind"], reports()[0]["zone"]) == (kind, None)


SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}{% x %}"


def test_script_in_every_field_is_text_everywhere(user: Callable[..., Any], client_of: Callable[..., Any]) -> None:
    hostile = {
        **dict.fromkeys(("age_band", "exposed_to", "exposed_on", "arrived_on", "onset", "phone", "zone"), SCRIPT),
        "note": SCRIPT, "came_from": SCRIPT, "symptoms": [SCRIPT, "fever"],
    }  # fmt: skip
    refused = send(resident(), "public:report", "symptoms", "north-1", hostile)
    assert refused.status_code == 422
    assert "<script>alert" not in refused.text
    assert "<img src=x" not in refused.text
    taken = send(
        resident(), "public:report", "symptoms", "north-1",
        {"symptoms": ["fever"], "note": SCRIPT + "\u202e\u0000\u0007", "came_from": SCRIPT},
    )  # fmt: skip
    assert taken.status_code == 201
    assert reports()[0]["note"] == SCRIPT  # text that turns or does not show is gone
    staff = client_of(user("worker", community_worker="north"))
    pages = [
        staff.get(reverse("residents:triage")),
        staff.get(reverse("residents:report", args=[reports()[0]["report_id"]])),
        resident().post(reverse("public:receipt"), {"number": number_of(taken.text)}),
    ]
    for page in pages:
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert "&lt;script&gt;" in page.text
        assert "{{7*7}}" in page.text
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]


def test_a_zone_that_is_an_address_is_not_offered(put: Callable[..., None]) -> None:
    put("zones", {"zone_id": "b7", "name": "Building 7", "kind": "building", "parent_zone": "north-1"})
    page = resident().get(reverse("public:report"), {"kind": "symptoms", "zone": "b7"}).text
    assert "Building 7" not in page
    assert 'name="puzzle"' not in page


def test_places_are_looked_for_where_there_are_many(put: Callable[..., None]) -> None:
    put("zones", *({"zone_id": f"c{n}", "name": f"Street {n}", "kind": "community"} for n in range(30)))
    asked = {"kind": "symptoms"}
    assert "Street 7" not in resident().get(reverse("public:report"), asked).text
    assert "Street 7" in resident().get(reverse("public:report"), {**asked, "place": "street 7"}).text
    assert SCRIPT not in resident().get(reverse("public:report"), {**asked, "place": SCRIPT}).text
