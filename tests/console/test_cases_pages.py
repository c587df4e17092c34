"""Lists, the page of a case and of a person: what is within reach is shown, and nothing else."""

from typing import Any

import pytest
from django.urls import reverse

from console.conftest import EVERYWHERE, NOW
from douse.console import instance

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("city")]


@pytest.fixture
def tracer(user: Any, client_of: Any) -> Any:
    return client_of(user("tracer", tracer="north"))


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.mark.parametrize(
    "address", ["cases:list", "cases:contacts", "cases:add_cases", "cases:add_contacts", "cases:add_follow_ups",
                "cases:add_tests", "cases:add_stays", "cases:add_visits", "cases:add_arrivals", "cases:add_people"]
)  # fmt: skip
def test_pages_of_a_tracer_open(tracer: Any, address: str) -> None:
    assert tracer.get(reverse(address)).status_code == 200


def test_the_list_shows_cases_of_the_own_zones_only(tracer: Any) -> None:
    page = text(tracer.get("/cases/"))
    assert "case-north-1" in page
    assert "case-south-1" not in page


def test_filters_narrow_the_list(tracer: Any) -> None:
    page = text(tracer.get("/cases/", {"zone": "north-2"}))
    assert "case-north-2" in page
    assert "case-north-1" not in page
    assert "case-north-1" not in text(tracer.get("/cases/", {"classification": "suspected"}))
    assert "case-north-1" not in text(tracer.get("/cases/", {"since": "2026-03-31"}))
    assert "case-north-1" in text(tracer.get("/cases/", {"q": "NORTH-1"}))
    assert "case-north-1" in text(tracer.get("/cases/", {"since": "nonsense", "sort": "no-such", "page": "9"}))


def test_a_filter_by_script_answers_with_the_results_alone(tracer: Any) -> None:
    page = text(tracer.get("/cases/", {"q": "north"}, headers={"HX-Request": "true"}))
    assert "<html" not in page
    assert "case-north-1" in page


def test_the_list_is_sorted_and_paged_on_the_server(tracer: Any, put: Any) -> None:
    put("cases", *({"case_id": f"n{i:03}", "zone": "north-1", "age": i % 90} for i in range(120)))
    first = text(tracer.get("/cases/", {"sort": "case_id", "q": "n0"}))
    assert first.index("n000") < first.index("n001")
    assert "n060" not in first
    assert "n060" in text(tracer.get("/cases/", {"sort": "case_id", "q": "n0", "page": "2"}))


def test_contacts_are_found_by_the_state_of_their_follow_up(tracer: Any, put: Any) -> None:
    put("contacts", {"case_id": "case-north-1", "person_id": "c-watched", "follow_up": "under_follow_up"})
    put("contacts", {"case_id": "case-north-1", "person_id": "c-seen", "follow_up": "under_follow_up"})
    put("follow_ups", {"person_id": "c-seen", "at": NOW, "found": "seen"})
    page = text(tracer.get("/cases/contacts", {"follow_up": "not_today"}))
    assert "c-watched" in page
    assert "c-seen" not in page
    assert "c-north-1" in text(tracer.get("/cases/contacts", {"follow_up": "none"}))


def test_the_page_of_a_case_tells_its_whole_course(tracer: Any, put: Any) -> None:
    put("tests", {"person_id": "p-north-1", "sampled_at": NOW.replace(month=3, day=29), "kind": "pcr",
                  "result_at": NOW.replace(month=3, day=30), "result": "positive"})  # fmt: skip
    put("stays", {"person_id": "p-north-1", "place": "hospital", "entered_on": NOW.date()})
    put("measures", {"measure_id": "m1", "kind": "level", "level": "control", "zone": "north", "start": NOW.date()})
    put("follow_ups", {"person_id": "case-north-1", "at": NOW, "note": "coughs at night"})
    page = text(tracer.get("/cases/case/case-north-1"))
    for said in (
        "First symptoms", "Sample taken", "Result: positive", "Stay began", "1 contact named", "coughs at night",
        "In North: control began", "Reported to the health authority", "c-north-1",
    ):  # fmt: skip
        assert said in page, said
    assert tracer.get("/cases/case/case-south-1").status_code == 404
    assert tracer.get("/cases/person/c-south-1").status_code == 404


def test_names_are_shown_to_those_who_may_and_each_look_is_logged(
    tracer: Any, user: Any, client_of: Any, ledger: Any
) -> None:
    instance.current().stores.vault.put("p-north-1", {"name": "Name of the case"})
    instance.current().stores.vault.put("p-south-1", {"name": "Name elsewhere"})
    assert "Name of the case" in text(tracer.get("/cases/case/case-north-1"))
    looks = [e.row for e in ledger.entries(tables=["audit"]) if e.row["action"] == "saw_personal"]
    assert {(row["object_table"], row["object_id"]) for row in looks} >= {("vault", "p-north-1")}
    epidemiologist = client_of(user("epi", epidemiologist=EVERYWHERE))
    page = text(epidemiologist.get("/cases/case/case-north-1"))
    assert "Name of the case" not in page
    assert "female" in page or "Female" in page


def test_who_sees_no_personal_columns_sees_none(user: Any, client_of: Any) -> None:
    page = text(client_of(user("rep", reporter="north")).get("/cases/case/case-north-1"))
    assert "emale" not in page
    assert "37" in page


def test_a_person_who_is_a_contact_has_a_page(tracer: Any) -> None:
    page = text(tracer.get("/cases/person/c-north-1"))
    assert "case-north-1" in page


def test_the_audit_log_is_shown_to_those_who_may_read_it(tracer: Any, user: Any, client_of: Any) -> None:
    tracer.get("/cases/case/case-north-1")
    steward = client_of(user("steward", data_steward=EVERYWHERE))
    assert "Audit log of this record" in text(steward.get("/cases/case/case-north-1"))
    assert "Audit log of this record" not in text(tracer.get("/cases/case/case-north-1"))


def test_what_is_seen_can_be_saved_guarded_and_logged(user: Any, client_of: Any, put: Any, ledger: Any) -> None:
    put("cases", {"case_id": "f1", "zone": "south-1", "cluster": "=1+1"})
    client = client_of(user("epi", epidemiologist="south"))
    answer = client.get("/cases/export/cases", {"zone": "south-1"})
    rows = answer.content.decode("utf-8-sig").splitlines()
    assert len(rows) == 3
    assert "'=1+1" in answer.content.decode()
    assert "case-north-1" not in answer.content.decode()
    [entry] = [e.row for e in ledger.entries(tables=["audit"]) if e.row["action"] == "export_persons"]
    assert (entry["rows"], entry["reason"]) == (2, "zone=south-1")


def test_a_tracer_may_not_export(tracer: Any) -> None:
    assert tracer.get("/cases/export/cases").status_code == 403


def test_cases_of_other_zones_are_listed_masked_for_those_who_may(tracer: Any, user: Any, client_of: Any) -> None:
    instance.current().stores.vault.put("p-south-1", {"name": "Name elsewhere"})
    page = text(tracer.get("/cases/", {"outside": "yes"}))
    assert "case-south-1" in page
    assert "another zone: masked" in page
    assert "/cases/case/case-south-1" not in page
    assert "case-south-1" not in text(tracer.get("/cases/", {"outside": "yes", "name": "Name elsewhere"}))
    reporter = client_of(user("rep", reporter="north"))
    assert "case-south-1" not in text(reporter.get("/cases/", {"outside": "yes"}))
    epidemiologist = client_of(user("epi", epidemiologist="north"))
    assert "case-south" not in epidemiologist.get("/cases/export/cases", {"outside": "yes"}).content.decode()
