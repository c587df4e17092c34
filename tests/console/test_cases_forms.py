"""Forms of the tables: each saves, each says what is wrong at the field, and nothing typed is ever run."""

from typing import Any

import polars as pl
import pytest
from django.urls import reverse

from console.conftest import EVERYWHERE, NOW
from douse.console import instance
from douse.console.cases.layout import LAYOUTS, columns_of, groups_of
from douse.records.tables import TABLES

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("city")]
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}"

NEW: dict[str, dict[str, str]] = {
    "cases": {"case_id": "new-1", "zone": "north-1", "onset": "2026-03-30", "classification": "confirmed", "age": "44"},
    "contacts": {"case_id": "case-north-1", "last_contact": "2026-03-30", "setting": "household"},
    "follow_ups": {"person_id": "c-north-1", "at": "2026-04-01", "at.time": "08:30", "case_id": "case-north-1"},
    "tests": {"person_id": "p-north-1", "sampled_at": "2026-03-31", "sampled_at.time": "10:15", "kind": "pcr"},
    "stays": {"person_id": "p-north-1", "place": "hospital", "entered_on": "2026-03-31"},
    "visits": {"person_id": "p-north-1", "entered_at": "2026-03-29", "entered_at.time": "12:00", "zone": "north-2"},
    "arrivals": {"person_id": "p-north-1", "arrived_at": "2026-03-20", "origin": "Elsewhere"},
    "people": {"zone": "north-1", "age": "8", "sex": "male"},
}

# The first case of the city as its form has it.
AS_IT_IS = {
    "classification": "confirmed", "pathogen": "sars-cov-2-wild", "zone": "north-1", "age": "37", "sex": "female",
    "onset": "2026-03-28",
    "reported_at": "2026-03-30", "reported_at.time": "09:00", "latitude": "30.123456", "longitude": "120.123456",
}  # fmt: skip


@pytest.fixture
def tracer(user: Any, client_of: Any) -> Any:
    return client_of(user("tracer", tracer="north"))


def rows(table: str) -> pl.DataFrame:
    return instance.current().stores.live.follow().current(table)


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.mark.parametrize("table", LAYOUTS)
def test_a_form_asks_for_every_column_of_its_table_once(table: str) -> None:
    asked = [name for group in groups_of(table) for name in group.columns]
    wanted = {*TABLES[table].column_names()} - {"record_id", "recorded_at", "supersedes", *LAYOUTS[table].left_out}
    assert sorted(asked) == sorted(wanted)
    assert set(columns_of(table)) == wanted


@pytest.mark.parametrize("table", LAYOUTS)
def test_what_is_entered_is_saved_with_its_audit_entry(tracer: Any, table: str, ledger: Any) -> None:
    before = len(rows(table))
    answer = tracer.post(reverse(f"cases:add_{table}"), NEW[table])
    assert answer.status_code == 302, text(answer)
    now = rows(table)
    assert len(now) == before + 1
    made = now.row(-1, named=True)
    for name, value in NEW[table].items():
        if "." not in name:
            assert str(made[name]).startswith(value)
    [audit] = [e.row for e in ledger.entries(tables=["audit"]) if e.row["action"] == f"added_{table}"]
    assert audit["author"] == "user:tracer"


def test_a_time_of_day_is_kept(tracer: Any) -> None:
    tracer.post(reverse("cases:add_tests"), NEW["tests"])
    assert rows("tests").row(-1, named=True)["sampled_at"].hour == 10


def test_what_is_wrong_is_said_at_the_field_and_nothing_is_saved(tracer: Any) -> None:
    before = len(rows("cases"))
    sent = {"case_id": "", "age": "abc", "onset": "2026-13-40", "zone": "no-such-zone", "reported_at": "2026-05-01",
            "infector": "nobody"}  # fmt: skip
    answer = tracer.post(reverse("cases:add_cases"), sent)
    page = text(answer)
    assert answer.status_code == 422
    for name in ("case_id", "age", "onset", "zone", "reported_at", "infector"):
        assert f'id="{name}-problem"' in page, name
    assert "abc" in page
    assert len(rows("cases")) == before


def test_a_rule_of_the_table_is_said_at_its_fields(tracer: Any) -> None:
    sent = NEW["cases"] | {"exposed_from": "2026-03-20", "exposed_to": "2026-03-10"}
    page = text(tracer.post(reverse("cases:add_cases"), sent))
    assert 'id="exposed_from-problem"' in page
    assert 'id="exposed_to-problem"' in page


def test_nobody_writes_outside_of_the_own_zones(tracer: Any) -> None:
    answer = tracer.post(reverse("cases:add_cases"), NEW["cases"] | {"zone": "south-1"})
    assert answer.status_code == 422
    assert "outside your zones" in text(answer)
    assert tracer.post(reverse("cases:add_contacts"), NEW["contacts"] | {"case_id": "case-south-1"}).status_code == 422
    assert "new-1" not in rows("cases")["case_id"].to_list()


def test_a_case_is_entered_once(tracer: Any) -> None:
    address = reverse("cases:add_cases")
    assert tracer.post(address, NEW["cases"]).status_code == 302
    assert "on record already" in text(tracer.post(address, NEW["cases"]))
    assert rows("cases")["case_id"].to_list().count("new-1") == 1


def test_a_form_sent_twice_adds_one_contact(tracer: Any) -> None:
    sent = NEW["contacts"] | {"pseudonym": "p-" + "0a" * 10}
    before = len(rows("contacts"))
    tracer.post(reverse("cases:add_contacts"), sent)
    tracer.post(reverse("cases:add_contacts"), sent)
    assert len(rows("contacts")) == before + 1


def test_names_go_to_the_vault_and_never_into_the_ledger(tracer: Any, ledger: Any) -> None:
    sent = NEW["cases"] | {"who_name": "Somebody Special", "who_phone": "555 0100"}
    tracer.post(reverse("cases:add_cases"), sent)
    made = rows("cases").filter(pl.col("case_id") == "new-1").row(0, named=True)
    assert instance.current().stores.vault.get(made["person_id"]) == {"name": "Somebody Special", "phone": "555 0100"}
    assert not any("Special" in (e.payload + (e.personal or "")) for e in ledger.entries())


def test_a_reporter_enters_names_but_does_not_see_or_change_them(user: Any, client_of: Any) -> None:
    reporter = client_of(user("reporter", reporter="north"))
    reporter.post(reverse("cases:add_cases"), NEW["cases"] | {"who_name": "Somebody Special"})
    made = rows("cases").filter(pl.col("case_id") == "new-1").row(0, named=True)
    assert instance.current().stores.vault.get(made["person_id"]) == {"name": "Somebody Special"}
    form = text(reporter.get(reverse("cases:correct_cases", args=[made["record_id"]])))
    assert "Special" not in form
    assert "who_name" not in form
    reporter.post(reverse("cases:correct_cases", args=[made["record_id"]]), NEW["cases"] | {"who_name": "Other"})
    assert instance.current().stores.vault.get(made["person_id"]) == {"name": "Somebody Special"}
    again = {"case_id": "new-2", "zone": "north-1", "person_id": made["person_id"], "who_name": "Other"}
    assert reporter.post(reverse("cases:add_cases"), again).status_code == 422


def test_somebody_on_record_with_such_a_name_is_shown_before_anything_is_saved(tracer: Any) -> None:
    vault = instance.current().stores.vault
    vault.put("p-north-1", {"name": "Maria Example"})
    vault.put("p-south-1", {"name": "Maria Exampel"})
    sent = NEW["cases"] | {"who_name": "example maria", "age": "37", "sex": "female"}
    answer = tracer.post(reverse("cases:add_cases"), sent)
    page = text(answer)
    assert answer.status_code == 200
    assert "Perhaps on record already" in page
    assert "case-north-1" in page
    assert "p-south-1" not in page
    assert "Exampel" not in page
    assert "In other zones 1 person has" in page
    assert "new-1" not in rows("cases")["case_id"].to_list()
    tracer.post(reverse("cases:add_cases"), sent | {"same_person": "p-north-1"})
    assert rows("cases").filter(pl.col("case_id") == "new-1")["person_id"].to_list() == ["p-north-1"]
    tracer.post(reverse("cases:add_cases"), sent | {"same_person": "new", "case_id": "new-3"})
    [third] = rows("cases").filter(pl.col("case_id") == "new-3")["person_id"]
    assert third not in {"p-north-1", "p-south-1"}


def test_another_age_is_another_person(tracer: Any) -> None:
    instance.current().stores.vault.put("p-north-1", {"name": "Maria Example"})
    sent = NEW["cases"] | {"who_name": "Maria Example", "age": "3"}
    assert tracer.post(reverse("cases:add_cases"), sent).status_code == 302


def test_a_case_with_the_same_facts_is_shown_where_no_name_is_known(tracer: Any) -> None:
    sent = NEW["cases"] | {"age": "37", "sex": "female", "onset": "2026-03-29"}
    page = text(tracer.post(reverse("cases:add_cases"), sent))
    assert "Zone, age, sex and time of onset are the same" in page
    assert "case-north-1" in page


def test_a_correction_keeps_the_rest_and_is_told_in_the_timeline(tracer: Any, at: Any) -> None:
    at.at = NOW.replace(hour=11)
    form = tracer.get(reverse("cases:correct_cases", args=["case-north-1"]))
    assert "2026-03-28" in text(form)
    sent = AS_IT_IS | {"classification": "discarded", "reason": "the second test was negative"}
    assert tracer.post(reverse("cases:correct_cases", args=["case-north-1"]), sent).status_code == 302
    [row] = rows("cases").filter(pl.col("case_id") == "case-north-1").rows(named=True)
    assert (row["classification"], row["person_id"]) == ("discarded", "p-north-1")
    page = text(tracer.get("/cases/case/case-north-1"))
    assert "Corrected by tracer" in page
    assert "confirmed → discarded" in page
    assert tracer.get(reverse("cases:correct_cases", args=["case-north-1"])).status_code == 404


def test_a_correction_that_changes_nothing_writes_nothing(tracer: Any, ledger: Any) -> None:
    head = ledger.head
    assert tracer.post(reverse("cases:correct_cases", args=["case-north-1"]), AS_IT_IS).status_code == 302
    assert ledger.head == head


def test_who_sees_no_personal_columns_keeps_them_in_a_correction(user: Any, client_of: Any) -> None:
    reporter = client_of(user("reporter", reporter="north"))
    address = reverse("cases:correct_cases", args=["case-north-1"])
    assert 'name="sex"' not in text(reporter.get(address))
    reporter.post(address, {"classification": "probable", "zone": "north-1", "age": "37", "onset": "2026-03-28"})
    [row] = rows("cases").filter(pl.col("case_id") == "case-north-1").rows(named=True)
    assert (row["classification"], row["sex"], row["latitude"]) == ("probable", "female", 30.123456)


def test_the_laboratory_adds_tests_without_seeing_cases(user: Any, client_of: Any) -> None:
    laboratory = client_of(user("lab", laboratory="north"))
    answer = laboratory.post(reverse("cases:add_tests"), NEW["tests"])
    assert answer.status_code == 302
    assert laboratory.get(answer.headers["Location"]).status_code == 200
    assert laboratory.get("/cases/").status_code == 403


def test_the_laboratory_finds_what_waits_and_enters_the_result(user: Any, client_of: Any, put: Any) -> None:
    put("tests", {"person_id": "p-north-1", "sampled_at": NOW, "kind": "pcr", "zone": "north-1"})
    put("tests", {"person_id": "p-south-1", "sampled_at": NOW, "kind": "pcr", "zone": "south-1"})
    put("tests", {"person_id": "p-north-2", "sampled_at": NOW, "kind": "antigen", "zone": "north-2", "result_at": NOW,
                  "result": "negative"})  # fmt: skip
    laboratory = client_of(user("lab", laboratory="north"))
    page = laboratory.get(reverse("cases:tests"), {"result": "waiting"}).content.decode()
    assert "p-north-1" in page
    assert "p-north-2" not in page
    assert "p-south-1" not in page
    assert "p-north-2" in laboratory.get(reverse("cases:tests"), {"kind": "antigen"}).content.decode()
    [record_id] = rows("tests").filter(person_id="p-north-1")["record_id"]
    form = {"sampled_at": "2026-04-01", "sampled_at.time": "09:00", "kind": "pcr", "zone": "north-1",
            "result": "positive", "result_at": "2026-04-01", "result_at.time": "09:00"}  # fmt: skip
    answer = laboratory.post(reverse("cases:correct_tests", args=[record_id]), form)
    assert answer.headers["Location"] == reverse("cases:tests")
    assert rows("tests").filter(person_id="p-north-1")["result"].to_list() == ["positive"]
    assert "p-north-1" not in laboratory.get(reverse("cases:tests"), {"result": "waiting"}).content.decode()


def test_results_in_the_list_are_seen_by_who_may_and_the_look_is_logged(user: Any, client_of: Any, put: Any) -> None:
    put("tests", {"person_id": "p-north-2", "sampled_at": NOW, "kind": "antigen", "zone": "north-2", "result_at": NOW,
                  "result": "negative"})  # fmt: skip
    assert "egative</td>" not in client_of(user("desk", reporter="north")).get("/cases/tests").content.decode()
    assert "saw_personal" not in set(rows("audit")["action"])
    assert "egative</td>" in client_of(user("tracer", tracer="north")).get("/cases/tests").content.decode()
    assert "saw_personal" in set(rows("audit")["action"])


@pytest.mark.parametrize("table", LAYOUTS)
def test_hostile_text_comes_out_as_text(user: Any, client_of: Any, table: str) -> None:
    client = client_of(user("steward", data_steward=EVERYWHERE))
    texts = dict.fromkeys(columns_of(table), HOSTILE) | {f"who_{f}": HOSTILE for f in ("name", "phone", "address")}
    page = text(client.post(reverse(f"cases:add_{table}"), texts))
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;" in page
    assert "{{ 7*7 }}" in page


def test_hostile_text_that_was_saved_comes_out_as_text_everywhere(user: Any, client_of: Any, put: Any) -> None:
    put("zones", {"zone_id": HOSTILE, "name": HOSTILE, "kind": "community", "parent_zone": "north"})
    put("cases", {"case_id": HOSTILE, "person_id": HOSTILE, "zone": HOSTILE, "cluster": HOSTILE, "onset": NOW.date(),
                  "origin_place": HOSTILE, "infector": HOSTILE + "2"})  # fmt: skip
    put("contacts", {"case_id": HOSTILE, "person_id": HOSTILE + "c", "household": HOSTILE, "last_contact": NOW.date()})
    put("follow_ups", {"person_id": HOSTILE, "at": NOW, "note": HOSTILE})
    put("visits", {"person_id": HOSTILE, "place_id": HOSTILE, "entered_at": NOW})
    put("stays", {"person_id": HOSTILE, "place": "hospital", "entered_on": NOW.date(), "ward": HOSTILE})
    put("arrivals", {"person_id": HOSTILE, "arrived_at": NOW, "origin": HOSTILE, "seat": HOSTILE, "carrier": HOSTILE})
    vault = instance.current().stores.vault
    vault.put(HOSTILE, {"name": HOSTILE, "phone": HOSTILE})
    vault.put(HOSTILE + "c", {"name": HOSTILE, "address": HOSTILE})
    client = client_of(user("steward", data_steward=EVERYWHERE))
    for address in (
        reverse("cases:list"), reverse("cases:contacts"), reverse("cases:case", args=[HOSTILE]),
        reverse("cases:person", args=[HOSTILE + "c"]), reverse("cases:duplicates"),
        reverse("cases:erase", args=[HOSTILE]),
        reverse("cases:correct_cases", args=[rows("cases").filter(pl.col("case_id") == HOSTILE)["record_id"][0]]),
    ):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "<script>alert" not in text(answer)
        assert "<img src=x" not in text(answer)
    pair = client.get(reverse("cases:pair"), {"first": HOSTILE, "second": HOSTILE + "c"})
    assert pair.status_code == 200
    assert "<script>alert" not in text(pair)
    assert "<script>alert" not in text(client.get("/cases/", {"q": HOSTILE, "zone": HOSTILE, "sort": HOSTILE}))
