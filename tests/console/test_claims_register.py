"""The register of claims: who may do what, two persons, evidence, repeats; nothing of who spreads one."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest
from django.test import Client
from django.urls import reverse

from console.conftest import NOW, Clock
from douse.console import clock
from douse.console.claims import facts
from douse.console.permissions import Actor, Grant
from douse.console.policy import EVERYWHERE
from douse.console.reading import follow
from douse.outputs.claims.evidence import Fact, facts_of, from_json

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("city")]
Make = Callable[..., Any]
SALT = "Drinking hot salt water kills the virus"
SOURCE = {"title-0": "Salt water", "publisher-0": "An Institute", "url-0": "https://example.org/salt"}
ANSWER = {"claim": SALT, "answer": "false", "because": "It does not: the virus is inside the cells.", **SOURCE}


@pytest.fixture(autouse=True)
def at_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that goes on by a microsecond whenever it is asked: a correction is named by its moment."""

    class Ticking(Clock):
        def __call__(self) -> datetime:
            self.at += timedelta(microseconds=1)
            return self.at

    ticking = Ticking()
    monkeypatch.setattr(clock, "now", ticking)
    return ticking


@pytest.fixture
def epi(user: Make, client_of: Make) -> Client:
    client: Client = client_of(user("epi", epidemiologist=EVERYWHERE))
    return client


@pytest.fixture
def second(user: Make, client_of: Make) -> Client:
    client: Client = client_of(user("second", decision_maker=EVERYWHERE))
    return client


def enter(client: Client, claim: str = SALT, **more: str) -> Any:
    sent = {
        "claim": claim,
        "channel": "call",
        "first_seen_at": "2026-04-01T07:00",
        "seen": "1",
        "same_as": "none",
        **more,
    }
    return client.post(reverse("claims:new"), sent)


def only() -> dict[str, Any]:
    return follow().current("claims").row(0, named=True)


def at(name: str, row: dict[str, Any] | None = None) -> str:
    return reverse(f"claims:{name}", args=[(row or only())["claim_id"]])


def answer(client: Client, row: dict[str, Any] | None = None, **more: Any) -> Any:
    return client.post(at("answer", row), {**ANSWER, **more})


def agree(client: Client, row: dict[str, Any] | None = None) -> Any:
    row = row or only()
    return client.post(at("review", row), {"record": row["record_id"]})


def test_a_claim_is_entered_answered_agreed_to_and_published(epi: Client, second: Client, ledger: Any) -> None:
    assert enter(epi).status_code == 302
    row = only()
    assert (row["claim"], row["state"], row["channel"], row["language"]) == (SALT, "open", "call", "en")
    assert row["first_seen_at"] == datetime(2026, 4, 1, 7)
    assert answer(epi).status_code == 302
    assert only()["state"] == "answered"
    assert agree(second).status_code == 302
    row = only()
    assert (row["state"], row["answer"]) == ("published", "false")
    assert row["first_seen_at"] < row["answered_at"] < row["published_at"]
    told = [entry.row["action"] for entry in ledger.entries(tables=["audit"])]
    assert told == ["entered_claim", "answer_claim", "review_claim"]


def test_who_wrote_an_answer_cannot_agree_to_it(epi: Client) -> None:
    enter(epi)
    answer(epi)
    page = epi.get(at("claim")).content.decode()
    assert "An answer needs two persons" in page
    assert "I agree: publish it" not in page
    assert agree(epi).status_code == 403
    assert only()["state"] == "answered"


def test_neither_of_two_who_wrote_an_answer_can_agree_to_it(
    epi: Client, second: Client, user: Make, client_of: Make
) -> None:
    enter(epi)
    answer(epi)
    answer(second, because="It does not kill it at all.")
    assert agree(epi).status_code == 403
    assert agree(second).status_code == 403
    assert agree(client_of(user("third", decision_maker=EVERYWHERE))).status_code == 302


def test_an_answer_that_is_sent_in_again_unchanged_makes_nobody_its_writer(epi: Client, second: Client) -> None:
    enter(epi)
    answer(epi)
    before = only()
    answer(second)
    assert only()["record_id"] != before["record_id"]
    assert agree(epi).status_code == 403
    assert agree(second).status_code == 302


def test_what_was_changed_after_it_was_read_is_not_agreed_to(epi: Client, second: Client) -> None:
    enter(epi)
    answer(epi)
    read = only()
    answer(epi, because="Something else.")
    assert agree(second, read).status_code == 409
    assert only()["state"] == "answered"


def test_an_answer_sent_back_and_written_by_the_other_is_agreed_to_by_the_first(epi: Client, second: Client) -> None:
    enter(epi)
    answer(epi)
    assert second.post(at("send_back"), {"reason": ""}).status_code == 400
    assert second.post(at("send_back"), {"reason": "The source is old."}).status_code == 302
    assert (only()["state"], only()["reason"]) == ("open", "The source is old.")
    answer(second)
    assert agree(second).status_code == 403
    assert agree(epi).status_code == 302


def test_an_answer_rests_on_evidence(epi: Client) -> None:
    enter(epi)
    bare = dict.fromkeys(SOURCE, "")
    assert answer(epi, **bare).status_code == 400
    assert only()["state"] == "open"
    assert answer(epi, **bare, answer="not_yet_known").status_code == 302


@pytest.mark.parametrize(
    "more",
    [
        {"answer": "maybe"}, {"answer": ""}, {"because": ""}, {"because": "x" * 501}, {"claim": ""},
        {"claim": "x" * 501},
        {"because": "Call 138 0013 8000."}, {"claim": "@somebody says that salt water kills it"},
        {"url-0": "javascript:alert(1)"}, {"title-0": ""}, {"day-0": "2026-04-02"}, {"day-0": "yesterday"},
        {"claim-zh": "盐水可以杀死病毒"}, {"because-zh": "不会。"}, {"fact": "forged"}, {"fact": "a:b:c"},
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_is_shown_again_with_what_is_wrong(epi: Client, more: dict[str, str]) -> None:
    enter(epi)
    shown = answer(epi, **more)
    assert shown.status_code == 400
    assert 'role="alert"' in shown.content.decode()
    assert only()["state"] == "open"


@pytest.mark.parametrize(
    "claim",
    [
        "",
        "short",
        "x" * 501,
        "My neighbour in flat 3, tel. 138 0013 8000, is ill",
        "See https://example.org/x",
        "ask a.b@example.org",
    ],
)
def test_a_claim_that_says_nothing_or_points_at_somebody_is_not_taken(epi: Client, claim: str) -> None:
    assert enter(epi, claim).status_code == 400
    assert follow().current("claims").is_empty()


@pytest.mark.parametrize(
    "more",
    [{"first_seen_at": "2026-04-01T09:01"}, {"channel": "by-anna"}, {"seen": "0"}, {"seen": "-1"}, {"zone": "nowhere"}],
)
def test_a_claim_is_not_of_the_future_nor_of_an_unknown_way(epi: Client, more: dict[str, str]) -> None:
    assert enter(epi, **more).status_code == 400
    assert follow().current("claims").is_empty()


@pytest.mark.usefixtures("_pathogen")
def test_a_figure_is_kept_as_it_was_shown_and_looked_at_again(epi: Client, put: Make, at_clock: Clock) -> None:
    enter(epi, zone="north")
    page = epi.get(at("answer"), HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "New cases in 7 days" in page
    snapshot = follow()
    offered = facts.offered(_actor(), snapshot, "north", 20).value or ()
    new = next(one for one in offered if one.fact.figure == "new_cases" and one.fact.zone == "north")
    assert new.fact == Fact("new_cases", "north", new.fact.as_of, snapshot.sequence, 2.0)
    assert NOW < new.fact.as_of < NOW + timedelta(seconds=1)
    assert answer(epi, fact=[new.key]).status_code == 302
    assert facts_of(from_json(only()["evidence"])) == (new.fact,)
    assert "the ledger says so" in epi.get(at("claim")).content.decode()
    # What is told later changes nothing of what was known then; what is told as of then does.
    at_clock.at = NOW + timedelta(hours=1)
    put("cases", _case("later"), at=at_clock.at)
    assert "the ledger says so" in epi.get(at("claim")).content.decode()
    put("cases", _case("earlier"), at=NOW - timedelta(hours=1))
    assert "the ledger says otherwise now" in epi.get(at("claim")).content.decode()


@pytest.mark.usefixtures("_pathogen")
def test_a_figure_that_was_not_offered_or_too_long_ago_is_not_cited(
    epi: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(epi)
    key = facts.sign([Fact("cases", None, NOW, 1, 1e6)])[0].key
    assert answer(epi, fact=[key[:-3] + "abc"]).status_code == 400
    monkeypatch.setattr("django.core.signing.time.time", lambda: __import__("time").monotonic() + 4e9)
    assert answer(epi, fact=[key]).status_code == 400
    assert only()["state"] == "open"


@pytest.mark.usefixtures("_pathogen")
def test_figures_are_offered_within_reach_only(user: Make, client_of: Make, epi: Client) -> None:
    enter(epi, zone="north")
    north = client_of(user("n", epidemiologist="north"))
    page = north.get(at("answer")).content.decode()
    assert "North" in page
    assert "the whole area" not in page
    assert client_of(user("s", epidemiologist="south")).get(at("answer")).status_code == 409


def test_claims_of_other_zones_are_neither_seen_nor_changed(user: Make, client_of: Make, epi: Client) -> None:
    enter(epi, zone="north")
    south = client_of(user("s", epidemiologist="south"))
    assert SALT not in south.get(reverse("claims:list")).content.decode()
    for name in ("claim", "answer"):
        assert south.get(at(name)).status_code == 409
    assert answer(south).status_code == 409
    assert enter(south, zone="north").status_code == 403
    assert enter(south).status_code == 403  # the whole area
    assert enter(south, zone="south-1").status_code == 302


def test_a_claim_is_never_about_a_building(put: Make, epi: Client) -> None:
    put("zones", {"zone_id": "b", "name": "House 5", "kind": "building", "parent_zone": "north-1"})
    assert "House 5" not in epi.get(reverse("claims:new")).content.decode()
    assert enter(epi, zone="b").status_code == 400


def test_a_like_claim_is_asked_about_and_joined_and_can_be_parted(epi: Client) -> None:
    enter(epi)
    shown = enter(epi, "hot salt water, drunk, kills the virus!", same_as="")
    assert shown.status_code == 200
    assert "Is it one of these?" in shown.content.decode()
    root = only()["claim_id"]
    assert enter(epi, "hot salt water, drunk, kills the virus!", same_as=root, seen="4").status_code == 302
    page = epi.get(reverse("claims:list")).content.decode()
    assert "5 times" in page
    assert page.count('scope="row"') == 1
    repeat = follow().current("claims").filter(pl.col("same_as") == root).row(0, named=True)
    assert "repeats another claim" in epi.get(at("claim", repeat)).content.decode()
    assert answer(epi, repeat).status_code == 409
    assert epi.post(at("join", repeat), {}).status_code == 302
    assert epi.get(reverse("claims:list")).content.decode().count('scope="row"') == 2


def test_claims_cannot_repeat_themselves_in_a_circle(epi: Client) -> None:
    enter(epi)
    enter(epi, "Mosquitoes carry it from house to house")
    one, other = follow().current("claims").to_dicts()
    assert epi.post(at("join", one), {"same_as": other["claim_id"]}).status_code == 302
    assert epi.post(at("join", other), {"same_as": one["claim_id"]}).status_code == 409
    assert epi.post(at("join", one), {"same_as": one["claim_id"]}).status_code == 409
    assert epi.post(at("join", one), {"same_as": "no-such-claim"}).status_code == 409


def test_likeness_is_shown_while_a_claim_is_typed_and_looked_for_in_another_language(
    epi: Client, second: Client
) -> None:
    enter(epi)
    answer(epi, **{"claim-zh": "喝热盐水可以杀死病毒", "because-zh": "不会。"})
    part = epi.get(reverse("claims:similar"), {"claim": "hot salt water kills viruses"}).content.decode()
    assert SALT in part
    assert "<html" not in part
    assert SALT in second.get(reverse("claims:list"), {"q": "热盐水能杀死病毒"}).content.decode()
    assert SALT not in second.get(reverse("claims:list"), {"q": "超市明天关门"}).content.decode()


def test_a_withdrawn_claim_is_opened_again_with_a_reason(epi: Client) -> None:
    enter(epi)
    assert epi.post(at("withdraw"), {"reason": "It was a slip."}).status_code == 302
    assert only()["state"] == "withdrawn"
    assert answer(epi).status_code == 409
    assert epi.post(at("reopen"), {"reason": ""}).status_code == 400
    assert epi.post(at("reopen"), {"reason": "It goes around after all."}).status_code == 302
    assert only()["state"] == "open"


def test_script_in_every_field_is_shown_as_text(epi: Client, second: Client) -> None:
    hostile = "<script>alert('x')</script><img src=x onerror=alert(1)>"
    enter(epi, f"{hostile} is in the vaccine")
    sent = {
        "claim": f"{hostile} is in the vaccine", "because": hostile, "title-0": hostile, "publisher-0": hostile,
        "claim-zh": f"{hostile} 疫苗里有", "because-zh": hostile,
    }  # fmt: skip
    assert answer(epi, **sent).status_code == 302
    assert second.post(at("send_back"), {"reason": hostile}).status_code == 302
    answer(epi, **sent)
    pages = [epi.get(at(name)) for name in ("claim", "answer")] + [epi.get(reverse("claims:list"), {"q": hostile})]
    for page in pages:
        text = page.content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "&lt;script&gt;alert" in text


def test_nothing_of_who_spreads_a_claim_has_a_place(epi: Client) -> None:
    enter(epi, speaker="Anna", phone="138", person_id="p-north-1", author="Anna")
    assert not [value for value in only().values() if value in {"Anna", "138", "p-north-1"}]


def test_who_reads_claims_only_sees_them_and_no_button(epi: Client, user: Make, client_of: Make) -> None:
    enter(epi, zone="north")
    tracer = client_of(user("t", tracer="north"))
    page = tracer.get(at("claim")).content.decode()
    assert SALT in page
    assert "Answer it" not in page
    assert enter(tracer, zone="north").status_code == 403


def test_a_claim_that_waits_long_is_on_top_of_those_brought_as_often(epi: Client) -> None:
    enter(epi, first_seen_at="2026-04-01T08:00")
    enter(epi, "Mosquitoes carry it from house to house", first_seen_at="2026-03-30T08:00")
    enter(epi, "Children cannot catch it at all", seen="3")
    page = epi.get(reverse("claims:list")).content.decode()
    order = [page.index(text) for text in ("Children", "Mosquitoes", "Drinking")]
    assert order == sorted(order)
    assert "waits for 2 days" in page


def _actor() -> Any:
    return Actor("epi", (Grant("epidemiologist", EVERYWHERE),), verified=True)


def _case(name: str) -> dict[str, Any]:
    return {
        "case_id": name, "zone": "north-1", "classification": "confirmed", "pathogen": "sars-cov-2-wild",
        "reported_at": datetime(2026, 3, 31, 12),
    }  # fmt: skip


@pytest.fixture
def _pathogen(put: Make) -> None:
    put("cases", {"case_id": "named", "pathogen": "sars-cov-2-wild", "zone": "south-1"})
