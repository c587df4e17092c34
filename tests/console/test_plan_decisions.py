"""Decisions on proposed measures: what comes into force, what does not, and who may."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from django.test import Client
from django.urls import reverse

from console.plans import COSTS, DAY, level, made
from douse.console.models import User
from douse.console.plan.made import changed_since, kept_path
from douse.console.plan.proposals import name_of
from douse.console.policy import EVERYWHERE
from douse.console.reading import follow
from douse.planning.plan import CostLine
from douse.records.measure import Measure

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("city")]
Make = Callable[..., Any]


@pytest.fixture
def decider(user: Make, client_of: Make) -> Client:
    client: Client = client_of(user("decider", decision_maker=EVERYWHERE))
    return client


@pytest.fixture
def other(user: Make, client_of: Make) -> Client:
    client: Client = client_of(user("other", decision_maker=EVERYWHERE))
    return client


def decide(client: Client, measure: Measure, verdict: str, reason: str = "It fits.", **changes: object) -> Any:
    address = reverse("plan:measure", args=[name_of(measure, DAY)])
    return client.post(address, {"verdict": verdict, "reason": reason, **changes})


def second(client: Client, measure: Measure, reason: str = "I agree.") -> Any:
    return client.post(reverse("plan:second", args=[name_of(measure, DAY)]), {"reason": reason})


def current(table: str) -> pl.DataFrame:
    return follow().current(table)


def in_force() -> list[tuple[str, str, date | None]]:
    return list(current("measures").select("zone", pl.col("level").cast(pl.String), "ended_on").iter_rows())


def test_approval_makes_measure_tasks_and_audit_in_one_batch(decider: Client, ledger: Any) -> None:
    measure = level("north-1", "control")
    made(measure)
    before = ledger.head
    assert decide(decider, measure, "approved").status_code == 302
    new = ledger.entries(since=before)
    assert {entry.table for entry in new} == {"decisions", "measures", "tasks", "audit"}
    assert {(entry.author, entry.appended_at) for entry in new} == {("user:decider", "2026-04-01T09:00:00")}
    assert [entry.row["object_table"] for entry in new if entry.table == "audit"] == ["decisions", "measures", "tasks"]
    row = current("measures").row(0, named=True)
    assert (row["kind"], row["zone"], row["level"], row["start"], row["expires_on"], row["approved_by"]) == (
        "level", "north-1", "control", DAY, DAY + timedelta(days=14), "decision_maker",
    )  # fmt: skip
    tasks = current("tasks").sort("task_id")
    assert tasks["kind"].to_list() == ["carry_out", "deliver", "deliver"]
    assert set(tasks["measure_id"]) == {row["measure_id"]}
    assert tasks["due_at"].dt.date().to_list() == [DAY, DAY + timedelta(days=1), DAY + timedelta(days=1)]
    decision = current("decisions").row(0, named=True)
    assert (decision["verdict"], decision["reason"], decision["role"]) == ("approved", "It fits.", "decision_maker")


def test_the_plan_that_was_decided_on_is_kept(decider: Client) -> None:
    measure = level("north-1", "control")
    plan = made(measure)
    kept_path(plan.hash).unlink(missing_ok=True)
    decide(decider, measure, "approved")
    assert json.loads(kept_path(plan.hash).read_text(encoding="utf-8"))["plan"]["measures"][0]["id"] == measure.id
    page = decider.get(reverse("plan:decision", args=[current("decisions")["decision_id"][0]])).content.decode()
    assert "What had been proposed" in page
    assert "one living package every 3 days" in page


def test_nothing_is_in_force_before_a_person_decided(decider: Client) -> None:
    made(level("north-1", "control"), level("south-1", "lockdown"))
    assert decider.get(reverse("plan:show")).status_code == 200
    assert current("measures").is_empty()
    assert current("tasks").is_empty()


def test_a_lockdown_needs_two_persons(decider: Client, other: Client) -> None:
    measure = level("north-1", "lockdown")
    made(measure)
    decide(decider, measure, "approved")
    assert current("measures").is_empty()
    assert current("tasks").is_empty()
    assert second(decider, measure).status_code == 403
    assert current("measures").is_empty()
    assert second(other, measure).status_code == 302
    assert in_force() == [("north-1", "lockdown", None)]
    assert current("decisions")["verdict"].to_list() == ["approved", "seconded"]
    assert len(current("tasks")) == 3


def test_the_second_person_cannot_come_first_nor_twice(decider: Client, other: Client) -> None:
    measure = level("north-1", "lockdown")
    made(measure)
    assert second(other, measure).status_code == 409
    decide(decider, measure, "approved")
    second(other, measure)
    assert second(other, measure).status_code == 409
    assert len(current("measures")) == 1


def test_a_measure_below_lockdown_has_no_second(decider: Client, other: Client) -> None:
    measure = level("north-1", "control")
    made(measure)
    decide(decider, measure, "approved")
    assert second(other, measure).status_code == 409


def test_a_shortened_lockdown_still_needs_two_and_keeps_its_dates(decider: Client, other: Client) -> None:
    measure = level("north-1", "lockdown")
    made(measure)
    decide(decider, measure, "changed", expires_on="2026-04-05")
    assert current("measures").is_empty()
    second(other, measure)
    assert current("measures")["expires_on"].to_list() == [date(2026, 4, 5)]


def test_a_lockdown_that_is_renewed_needs_two_persons(decider: Client, other: Client, put: Callable[..., None]) -> None:
    measure = _renewal(put)
    made(measure)
    decide(decider, measure, "approved")
    assert current("measures")["expires_on"].to_list() == [DAY + timedelta(days=1)]
    second(other, measure)
    assert current("measures")["expires_on"].to_list() == [measure.expires_on]
    assert current("measures")["measure_id"].to_list() == ["m1"]


def _renewal(put: Callable[..., None]) -> Measure:
    put(
        "measures",
        {"measure_id": "m1", "kind": "level", "zone": "north-1", "level": "lockdown", "start": date(2026, 3, 20),
         "expires_on": DAY + timedelta(days=1)},
    )  # fmt: skip
    return level("north-1", "lockdown", action="keep", level_before="lockdown", start=date(2026, 3, 20))


def test_changed_to_a_lower_level_it_is_in_force_by_one_person(decider: Client) -> None:
    measure = level("north-1", "lockdown")
    made(measure)
    assert decide(decider, measure, "changed", level="control").status_code == 302
    assert in_force() == [("north-1", "control", None)]


@pytest.mark.parametrize(
    "changes",
    [
        {"level": "lockdown"},
        {"level": "open"},
        {"zone": "south-1"},
        {"zone": "city"},
        {"expires_on": "2026-05-30"},
        {"start": "2026-03-30"},
        {"review_on": "2026-04-20"},
        {"start": "2026-04-10", "review_on": "2026-04-09"},
        {"start": "first of April"},
        {},
    ],
)
def test_a_change_never_asks_for_more_than_was_proposed(decider: Client, changes: dict[str, str]) -> None:
    measure = level("north", "control")
    made(measure)
    assert decide(decider, measure, "changed", **changes).status_code == 400
    assert current("decisions").is_empty()
    assert current("measures").is_empty()


def test_a_change_may_take_a_smaller_zone_and_begin_later(decider: Client) -> None:
    measure = level("north", "control")
    made(measure)
    decide(decider, measure, "changed", zone="north-2", start="2026-04-03", review_on="2026-04-05")
    row = current("measures").row(0, named=True)
    assert (row["zone"], row["start"], row["review_on"]) == ("north-2", date(2026, 4, 3), date(2026, 4, 5))


def test_lifting_ends_the_measure_in_force(decider: Client, put: Callable[..., None]) -> None:
    put("measures", {"measure_id": "m1", "kind": "level", "zone": "north-1", "level": "control", "start": DAY})
    measure = level("north-1", "open", action="lift", level_before="control", support=())
    made(measure)
    decide(decider, measure, "approved")
    assert in_force() == [("north-1", "control", DAY)]
    assert current("tasks")["kind"].to_list() == ["carry_out"]


def test_easing_ends_one_level_and_begins_the_lower_one(decider: Client, put: Callable[..., None]) -> None:
    put("measures", {"measure_id": "m1", "kind": "level", "zone": "north-1", "level": "lockdown", "start": DAY})
    measure = level("north-1", "precaution", action="lift", level_before="lockdown")
    made(measure)
    decide(decider, measure, "approved")
    assert sorted(in_force(), key=str) == [("north-1", "lockdown", DAY), ("north-1", "precaution", None)]


def test_raising_to_lockdown_leaves_the_level_in_force_until_two_agreed(
    decider: Client, other: Client, put: Callable[..., None]
) -> None:
    put("measures", {"measure_id": "m1", "kind": "level", "zone": "north-1", "level": "control", "start": DAY})
    measure = level("north-1", "lockdown", action="change", level_before="control")
    made(measure)
    decide(decider, measure, "approved")
    assert in_force() == [("north-1", "control", None)]
    second(other, measure)
    assert sorted(in_force(), key=str) == [("north-1", "control", DAY), ("north-1", "lockdown", None)]


def test_quarantine_that_goes_on_is_renewed_not_doubled(decider: Client, put: Callable[..., None]) -> None:
    put(
        "measures",
        {"measure_id": "quarantine/close/2026-03-30/start", "kind": "quarantine", "start": date(2026, 3, 30),
         "expires_on": DAY + timedelta(days=2)},
    )  # fmt: skip
    measure = replace(level(None, ""), id="quarantine/close", kind="quarantine", level=None)
    made(measure)
    decide(decider, measure, "approved")
    assert current("measures").select("measure_id", "expires_on").rows() == [
        ("quarantine/close/2026-03-30/start", measure.expires_on)
    ]


def test_declined_nothing_is_in_force_and_it_may_still_be_approved(decider: Client) -> None:
    measure = level("north-1", "control")
    made(measure)
    decide(decider, measure, "declined")
    assert current("measures").is_empty()
    decide(decider, measure, "approved")
    assert in_force() == [("north-1", "control", None)]


def test_declining_what_was_approved_takes_it_back_with_its_tasks(decider: Client, at: Any) -> None:
    measure = level("north-1", "control")
    made(measure)
    decide(decider, measure, "approved")
    at.at += timedelta(minutes=5)
    decide(decider, measure, "declined", "Too much.")
    assert in_force() == [("north-1", "control", DAY)]
    assert current("tasks")["outcome"].to_list() == ["cancelled"] * 3
    at.at += timedelta(minutes=5)
    decide(decider, measure, "approved", "After all.")
    assert in_force() == [("north-1", "control", None)]
    assert current("tasks")["outcome"].to_list() == [None] * 3


def test_a_lift_cannot_be_taken_back_by_declining(decider: Client, put: Callable[..., None]) -> None:
    put("measures", {"measure_id": "m1", "kind": "level", "zone": "north-1", "level": "control", "start": DAY})
    measure = level("north-1", "open", action="lift", level_before="control")
    made(measure)
    decide(decider, measure, "approved")
    assert decide(decider, measure, "declined").status_code == 409


def test_twice_approved_is_refused(decider: Client, other: Client) -> None:
    measure = level("north-1", "control")
    made(measure)
    decide(decider, measure, "approved")
    assert decide(other, measure, "approved").status_code == 409
    assert len(current("measures")) == 1


def test_what_is_in_force_as_it_is_needs_no_decision(decider: Client, put: Callable[..., None]) -> None:
    measure = level("north-1", "control", action="keep", level_before="control")
    put(
        "measures",
        {"measure_id": "m1", "kind": "level", "zone": "north-1", "level": "control", "start": DAY,
         "review_on": measure.review_on, "expires_on": measure.expires_on},
    )  # fmt: skip
    made(measure)
    assert decide(decider, measure, "approved").status_code == 409
    assert "nothing to decide" in decider.get(reverse("plan:show")).content.decode()


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_a_decision_needs_a_reason(decider: Client, reason: str) -> None:
    measure = level("north-1", "control")
    made(measure)
    assert decide(decider, measure, "approved", reason).status_code == 400
    assert current("decisions").is_empty()


@pytest.mark.parametrize("role", ["epidemiologist", "logistics"])
def test_who_prepares_the_plan_does_not_decide(role: str, user: Make, client_of: Make) -> None:
    measure = level("north-1", "control")
    made(measure)
    client = client_of(user("anna", **{role: EVERYWHERE}))
    assert client.get(reverse("plan:measure", args=[name_of(measure, DAY)])).status_code == 200
    assert decide(client, measure, "approved").status_code == 403
    assert second(client, measure).status_code == 403
    assert current("decisions").is_empty()


def test_who_decides_for_one_district_neither_sees_nor_decides_for_another(user: Make, client_of: Make) -> None:
    north, south, everybody = level("north-1", "control"), level("south-1", "control"), level(None, "control")
    made(north, south, everybody)
    client = client_of(user("anna", decision_maker="south"))
    page = client.get(reverse("plan:show")).content.decode()
    assert "south-1" in page
    assert "north-1" not in page
    assert decide(client, north, "approved").status_code == 409
    assert decide(client, everybody, "approved").status_code == 403
    assert decide(client, south, "approved").status_code == 302


def test_the_plan_of_another_day_is_only_looked_at(decider: Client, at: Any) -> None:
    measure = level("north-1", "control")
    made(measure)
    at.at += timedelta(days=1)
    assert decide(decider, measure, "approved").status_code == 409
    assert "only today" in decider.get(reverse("plan:show")).content.decode().lower()


def test_a_plan_made_anew_that_proposes_something_else_is_looked_at_again(decider: Client) -> None:
    before = made(level("north-1", "control"))
    measure = level("north-1", "control", people=1)
    made(measure)
    assert decide(decider, measure, "approved", plan=before.hash).status_code == 409
    assert decide(decider, measure, "approved").status_code == 302


def test_it_is_said_that_records_changed_but_not_by_the_decision_itself(
    decider: Client, put: Callable[..., None]
) -> None:
    measure = level("north-1", "control")
    plan = made(measure)
    decide(decider, measure, "approved")
    assert changed_since(plan, follow()) == []
    put("cases", {"case_id": "new", "zone": "south-1"})
    put("measures", {"measure_id": "m9", "kind": "border", "zone": "city", "start": DAY})
    assert changed_since(plan, follow()) == [("cases", 1), ("measures", 1)]
    assert "The records have changed since this plan was made" in decider.get(reverse("plan:show")).content.decode()


def test_a_measure_in_force_may_be_ended_by_a_persons_own_decision(
    decider: Client, user: Make, client_of: Make, put: Callable[..., None]
) -> None:
    put("measures", {"measure_id": "m1", "kind": "level", "zone": "north-1", "level": "control", "start": DAY})
    of_south = client_of(user("anna", decision_maker="south"))
    assert of_south.post(reverse("plan:end"), {"measure": "m1", "reason": "Over."}).status_code == 409
    assert decider.post(reverse("plan:end"), {"measure": "m1", "reason": ""}).status_code == 400
    assert "End it today" in decider.get(reverse("plan:in_force")).content.decode()
    assert decider.post(reverse("plan:end"), {"measure": "m1", "reason": "Over."}).status_code == 302
    assert in_force() == [("north-1", "control", DAY)]
    assert current("decisions")["level"].to_list() == ["open"]
    assert "End it today" not in decider.get(reverse("plan:in_force")).content.decode()


def test_decisions_are_found_by_words_zone_verdict_and_days(decider: Client) -> None:
    north, south = level("north-1", "control"), level("south-1", "control")
    made(north, south)
    decide(decider, north, "approved", "Cases in the market hall.")
    decide(decider, south, "declined", "Nobody fell ill.")

    def found(**asked: str) -> tuple[bool, bool]:
        page = decider.get(reverse("plan:decisions"), asked).content.decode()
        return "market hall" in page, "Nobody fell ill" in page

    assert found() == (True, True)
    assert found(words="MARKET") == (True, False)
    assert found(words="market nobody") == (False, False)
    assert found(zone="south") == (False, True)
    assert found(verdict="declined") == (False, True)
    assert found(kind="screening") == (False, False)
    assert found(until="2026-03-31") == (False, False)
    assert found(since="2026-04-01", kind="level") == (True, True)
    assert found(words="[market") == (False, False)


def test_what_people_write_is_text_never_markup(decider: Client) -> None:
    measure = level("north-1", "control")
    made(measure)
    decide(decider, measure, "approved", "<script>alert(1)</script>")
    pages = [
        reverse("plan:decisions"),
        reverse("plan:decision", args=[current("decisions")["decision_id"][0]]),
        reverse("plan:measure", args=[name_of(measure, DAY)]),
    ]
    for address in pages:
        page = decider.get(address).content.decode()
        assert "<script>alert" not in page, address
        assert "&lt;script&gt;alert" in page, address


def test_the_page_of_a_measure_says_all_that_speaks_for_and_against_it(decider: Client) -> None:
    measure = level("north-1", "control")
    made(measure)
    page = decider.get(reverse("plan:measure", args=[name_of(measure, DAY)])).content.decode()
    for said in (
        "Cases in the last 14 days: 3.", "case-north-1", "90,000", "Less would not do.", "one living package",
        "4 Apr 2026", "15 Apr 2026", "Approve as proposed", "Decline",
    ):  # fmt: skip
        assert said in page, said


def test_a_measure_has_its_share_of_what_restricted_days_cost(decider: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = (
        CostLine("social", "days_restricted", 180_000.0, "person_days", None, "measures"),
        CostLine("economic", "output_lost", 180_000.0, "person_days", 400_000.0, "measures"),
        CostLine("economic", "pooled_tubes", 10.0, "tubes", 999.0, "measures"),
    )
    monkeypatch.setattr("console.plans._Plan.costs", COSTS)
    measure = level("north-1", "control")
    plan = made(measure)
    plan.briefing.plan.costs = type(COSTS)("USD", lines, 400_999.0, 0.0, COSTS.counterfactual, 14)  # type: ignore[misc]
    page = decider.get(reverse("plan:measure", args=[name_of(measure, DAY)])).content.decode()
    assert "USD 200,000" in page
    assert "USD 999" in decider.get(reverse("plan:show")).content.decode()


def test_lifting_comes_first_and_the_list_can_be_narrowed(decider: Client) -> None:
    lift = level("south-1", "open", action="lift", level_before="control")
    made(lift, level("north-1", "control"))
    page = decider.get(reverse("plan:show")).content.decode()
    assert page.index("level/south-1") < page.index("level/north-1")
    decide(decider, lift, "declined")
    left = decider.get(reverse("plan:show"), {"state": "open"}).content.decode()
    assert "level/north-1" in left
    assert "level/south-1" not in left
    assert "level/north-1" not in decider.get(reverse("plan:show"), {"zone": "south"}).content.decode()


def test_users_are_named_with_decisions(decider: Client, user: Callable[..., User]) -> None:
    measure = level("north-1", "control")
    made(measure)
    decide(decider, measure, "approved")
    assert "decider" in decider.get(reverse("plan:decisions")).content.decode()


def test_looking_at_notes_of_tasks_is_logged_and_others_see_none(
    decider: Client, user: Make, client_of: Make, ledger: Any, put: Callable[..., None]
) -> None:
    measure = level("north-1", "control")
    made(measure)
    decide(decider, measure, "approved")
    decision = current("decisions").row(0, named=True)
    of = {"measure_id": decision["measure_id"], "zone": "north-1"}
    put("tasks", {"task_id": "by-hand", "kind": "look", "what": "Look at the gate", "note": "third floor", **of})
    address = reverse("plan:decision", args=[decision["decision_id"]])
    before = ledger.head
    page = decider.get(address).content.decode()
    assert "Look at the gate" in page
    assert "third floor" not in page
    assert ledger.head == before
    assert "third floor" in client_of(user("epi", epidemiologist=EVERYWHERE)).get(address).content.decode()
    assert [entry.row["action"] for entry in ledger.entries(since=before)] == ["saw_personal"]


def test_no_bulk_of_measures_in_force_comes_on_one_page(decider: Client, put: Callable[..., None]) -> None:
    put("measures", *({"measure_id": f"m{n}", "kind": "border", "zone": "city", "start": DAY} for n in range(45)))
    page = decider.get(reverse("plan:in_force")).content.decode()
    assert page.count("End it today") == 30
    assert "Page 1 of 2" in page


def test_a_measure_gives_way_to_the_one_around_only_when_that_is_in_force(
    decider: Client, other: Client, put: Callable[..., None]
) -> None:
    put("measures", {"measure_id": "m1", "kind": "level", "zone": "north-1", "level": "control", "start": DAY})
    inner = level("north-1", "lockdown", action="change", level_before="control", support=())
    outer = level("north", "lockdown")
    made(inner, outer, ended=("north-1",))
    listed = decider.get(reverse("plan:show")).content.decode()
    first, second_ = (listed.index(f"{name_of(one, DAY)}?") for one in (outer, inner))
    assert first < second_
    page = decider.get(reverse("plan:measure", args=[name_of(inner, DAY)])).content.decode()
    assert "Approve as proposed" not in page
    assert f"{name_of(outer, DAY)}?" in page
    assert decide(decider, inner, "approved").status_code == 409
    assert decide(decider, inner, "changed", level="control").status_code == 409
    decide(decider, outer, "approved")
    assert decide(decider, inner, "approved").status_code == 409
    assert in_force() == [("north-1", "control", None)]
    second(other, outer)
    page = decider.get(reverse("plan:measure", args=[name_of(inner, DAY)])).content.decode()
    assert "Approve as proposed" in page
    assert decide(decider, inner, "approved").status_code == 302
    assert sorted(in_force(), key=str) == [("north", "lockdown", None), ("north-1", "control", DAY)]


def test_what_only_ends_a_measure_cannot_be_changed_but_declined(decider: Client, put: Callable[..., None]) -> None:
    put("measures", {"measure_id": "m1", "kind": "level", "zone": "north-1", "level": "control", "start": DAY})
    measure = level("north-1", "open", action="lift", level_before="control")
    made(measure)
    page = decider.get(reverse("plan:measure", args=[name_of(measure, DAY)])).content.decode()
    assert "Approve with these changes" not in page
    assert decide(decider, measure, "changed", expires_on="2026-04-05").status_code == 409
    assert decide(decider, measure, "declined").status_code == 302
    assert in_force() == [("north-1", "control", None)]
