"""Two persons who are one, and that taken back; a person who asks to be erased."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from django.urls import reverse

from console.conftest import EVERYWHERE, NOW
from douse.console import instance
from douse.records.ledger import verify

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("city")]


@pytest.fixture
def steward(user: Any, client_of: Any) -> Any:
    return client_of(user("steward", data_steward=EVERYWHERE))


@pytest.fixture
def twins(put: Any) -> None:
    """Two cases of one name, age, sex and zone, and a test of the second."""
    put("cases", {"case_id": "t1", "person_id": "p-t1", "zone": "north-1", "age": 50, "sex": "male"})
    put("cases", {"case_id": "t2", "person_id": "p-t2", "zone": "north-1", "age": 50, "sex": "male"})
    put("tests", {"person_id": "p-t2", "sampled_at": NOW})
    vault = instance.current().stores.vault
    vault.put("p-t1", {"name": "Ann Example"})
    vault.put("p-t2", {"name": "Example Anne", "phone": "555 0101"})


def current(table: str) -> pl.DataFrame:
    return instance.current().stores.live.follow().current(table)


def text(response: Any) -> str:
    return str(response.content.decode())


MERGE = {"first": "p-t1", "second": "p-t2", "kept": "p-t1", "verdict": "one", "reason": "one identity document"}


@pytest.mark.usefixtures("twins")
def test_candidates_are_shown_side_by_side(steward: Any) -> None:
    page = text(steward.get(reverse("cases:duplicates")))
    assert "p-t1" in page
    assert "p-t2" in page
    both = text(steward.get(reverse("cases:pair"), {"first": "p-t1", "second": "p-t2"}))
    assert "Ann Example" in both
    assert "Example Anne" in both
    assert "Both are cases" in both


@pytest.mark.usefixtures("twins")
def test_a_merge_makes_one_person_and_one_case_in_one_batch_and_can_be_undone(
    steward: Any, ledger: Any, at: Any
) -> None:
    head, at.at = ledger.head, NOW + timedelta(minutes=1)
    assert steward.post(reverse("cases:pair"), MERGE).status_code == 302
    batch = [e.table for e in ledger.entries(since=head) if e.table != "audit"]
    assert sorted(batch) == ["cases", "merges"]
    rows = dict(current("cases").select("case_id", "same_as").iter_rows())
    assert rows["t2"] == "t1"
    assert current("tests")["person_id"].to_list() == ["p-t1"]
    listed = text(steward.get("/cases/", {"q": "t2"}))
    assert ">t2<" not in listed
    assert instance.current().stores.vault.get("p-t1") == {"name": "Ann Example", "phone": "555 0101"}
    [merge] = current("merges")["merge_id"]
    at.at = NOW + timedelta(minutes=2)
    assert steward.post(reverse("cases:undo"), {"merge": merge, "reason": "two documents"}).status_code == 302
    after = current("cases").filter(pl.col("case_id") == "t2").row(0, named=True)
    assert (after["same_as"], after["person_id"]) == (None, "p-t2")
    assert current("tests")["person_id"].to_list() == ["p-t2"]
    assert steward.post(reverse("cases:undo"), {"merge": merge, "reason": "again"}).status_code == 409
    assert verify(ledger).good


@pytest.mark.usefixtures("twins")
def test_a_correction_of_a_merged_case_does_not_carry_the_merge_into_the_record(steward: Any, at: Any) -> None:
    at.at = NOW + timedelta(minutes=1)
    steward.post(reverse("cases:pair"), MERGE)
    at.at = NOW + timedelta(minutes=2)
    record = current("cases").filter(pl.col("case_id") == "t2")["record_id"][0]
    steward.post(reverse("cases:correct_cases", args=[record]), {"zone": "north-1", "age": "51", "sex": "male"})
    [merge] = current("merges")["merge_id"]
    at.at = NOW + timedelta(minutes=3)
    steward.post(reverse("cases:undo"), {"merge": merge, "reason": "two documents"})
    after = current("cases").filter(pl.col("case_id") == "t2").row(0, named=True)
    assert (after["age"], after["same_as"], after["person_id"]) == (51, None, "p-t2")


@pytest.mark.usefixtures("twins")
def test_a_merge_asks_for_a_reason(steward: Any, ledger: Any) -> None:
    head = ledger.head
    answer = steward.post(reverse("cases:pair"), MERGE | {"reason": " "})
    assert answer.status_code == 422
    assert not [e for e in ledger.entries(since=head) if e.table == "merges"]


@pytest.mark.usefixtures("twins")
def test_two_who_are_two_are_not_shown_again(steward: Any) -> None:
    steward.post(reverse("cases:pair"), MERGE | {"verdict": "two"})
    assert "p-t2" not in text(steward.get(reverse("cases:duplicates")))
    assert current("cases").filter(pl.col("case_id") == "t2")["same_as"].to_list() == [None]


@pytest.mark.usefixtures("twins")
def test_who_works_in_one_zone_merges_nobody_of_another(user: Any, client_of: Any) -> None:
    south = client_of(user("epi", epidemiologist="south"))
    assert south.post(reverse("cases:pair"), MERGE).status_code == 404
    assert "p-t1" not in text(south.get(reverse("cases:duplicates")))
    assert client_of(user("t", tracer="north")).get(reverse("cases:duplicates")).status_code == 403


def test_an_erased_person_has_no_personal_fields_and_no_name(steward: Any, ledger: Any) -> None:
    vault = instance.current().stores.vault
    vault.put("p-north-1", {"name": "Name to go"})
    address = reverse("cases:erase", args=["p-north-1"])
    assert steward.post(address, {"reason": "asked for"}).status_code == 422
    assert steward.post(address, {"sure": "yes"}).status_code == 422
    assert vault.get("p-north-1") is not None
    answer = steward.post(address, {"reason": "asked for by the person", "sure": "yes"})
    assert answer.status_code == 302
    assert vault.get("p-north-1") is None
    row = current("cases").filter(pl.col("case_id") == "case-north-1").row(0, named=True)
    assert (row["sex"], row["latitude"], row["zone"], row["onset"]) == (None, None, "north-1", date(2026, 3, 28))
    assert "was erased" in text(steward.get("/cases/case/case-north-1"))
    assert verify(ledger).good
    assert "erase" in {e.row["action"] for e in ledger.entries(tables=["audit"])}


def test_a_hold_stands_above_an_erasure_and_says_so(steward: Any, put: Any) -> None:
    vault = instance.current().stores.vault
    vault.put("p-north-1", {"name": "Name to stay"})
    put(
        "holds",
        {"hold_id": "h", "subject": "p-north-1", "reason": "inquest", "person": "the steward", "state": "in_force"},
    )
    address = reverse("cases:erase", args=["p-north-1"])
    assert "legal hold" in text(steward.get(address))
    answer = steward.post(address, {"reason": "asked for", "sure": "yes"})
    assert answer.status_code == 409
    assert "Release the hold first" in text(answer)
    assert vault.get("p-north-1") is not None


def test_erasing_needs_the_right_and_the_whole_area(user: Any, client_of: Any) -> None:
    address = reverse("cases:erase", args=["p-north-1"])
    assert client_of(user("epi", epidemiologist=EVERYWHERE)).get(address).status_code == 403
    local = client_of(user("local", data_steward="north"))
    assert local.post(address, {"reason": "asked for", "sure": "yes"}).status_code == 403


def test_the_vault_compares_with_names_as_they_are_now() -> None:
    vault = instance.current().stores.vault
    vault.put("p-1", {"name": "Ann Example"})
    assert vault.alike_to("example, ANN")["person_id"].to_list() == ["p-1"]
    vault.put("p-1", {"name": "Somebody Else"})
    vault.put("p-2", {"phone": "555 0101"})
    assert vault.alike_to("Ann Example").is_empty()
    assert vault.alike_to("somebody else").rows() == [("p-1", 1.0)]
    vault.forget(["p-1"])
    assert vault.alike_to("Somebody Else").is_empty()
    assert vault.alike_to("...").is_empty()
