"""Claims for residents: only what two persons agreed to; a form that keeps nothing of its sender; hostile input."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import polars as pl
import pytest
from django.template import engines
from django.test import Client, RequestFactory
from django.urls import reverse

from console.conftest import NOW
from douse.console import clock
from douse.console.claims.times import waiting
from douse.console.permissions import Actor, Grant
from douse.console.policy import EVERYWHERE
from douse.console.public import floods
from douse.console.reading import follow
from douse.outputs.claims.evidence import Fact, Source, to_json
from douse.records.ledger import NewEntry

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("city")]
Make = Callable[..., Any]
LIST, NEW = "/public/claims", "/public/claims/new"
SMALL = Fact("new_cases", "north", NOW, 9, 3.0)
LEVEL = Fact("level", "north", NOW, 9, "control")
PAPER = Source("Salt water", "An Institute", "https://example.org/salt")
CLAIM = {
    "claim_id": "salt", "claim": "Drinking salt water kills it", "language": "en",
    "first_seen_at": NOW - timedelta(hours=8), "channel": "call", "seen": 3, "zone": "north",
}  # fmt: skip
ANSWERED = {
    "state": "answered", "answer": "false", "because": "It does not, says 1 study.",
    "answered_at": NOW - timedelta(hours=2), "evidence": to_json([SMALL, LEVEL, PAPER]),
    "versions": json.dumps({"zh": {"claim": "喝盐水可以杀死病毒", "because": "不会。"}}),
}  # fmt: skip
PUBLISHED = {**ANSWERED, "state": "published", "published_at": NOW - timedelta(hours=1)}


@pytest.fixture
def resident() -> Client:
    return Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture
def say(put: Make, ledger: Any) -> Callable[..., None]:
    """Append versions of a claim, each correcting the one before, an hour after it."""

    def versions(*rows: dict[str, Any], claim: str = "salt", at: datetime = NOW - timedelta(hours=8)) -> None:
        for hours, row in enumerate(rows):
            known = follow().current("claims").filter(pl.col("claim_id") == claim)
            before = known["record_id"][0] if len(known) else None
            whole = {**CLAIM, "claim_id": claim, **row}
            ledger.append(
                [NewEntry("claims", whole, supersedes=before)], author="user:t", at=at + timedelta(hours=hours)
            )

    return versions


@pytest.fixture
def solved() -> Any:
    """Puzzles are solved, as a browser does; each once."""
    with patch.multiple(floods.work, is_solved=lambda *_: True, is_enough=lambda *_: True):
        yield


def text(client: Client, address: str, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


def send(client: Client, claim: str = "Mosquitoes carry it from house to house", **more: str) -> Any:
    shown = client.get(NEW).content.decode()
    puzzle = re.search(r'name="puzzle" value="([^"]+)"', shown)
    assert puzzle
    return client.post(NEW, {"claim": claim, "puzzle": puzzle[1], "answer": "1", **more})


@pytest.mark.parametrize("state", [{"state": "open"}, ANSWERED, {"state": "withdrawn", "reason": "A slip."}])
def test_what_two_persons_did_not_agree_to_is_not_shown(state: dict[str, Any], say: Make, resident: Client) -> None:
    say(state)
    assert "salt water" not in text(resident, LIST)
    assert resident.get("/public/claims/salt").status_code == 404
    assert json.loads(text(resident, "/public/claims/reviews.jsonld"))["@graph"] == []


def test_a_published_answer_is_shown_with_its_sources_and_without_small_numbers(say: Make, resident: Client) -> None:
    say({"state": "open"}, ANSWERED, PUBLISHED)
    assert "Drinking salt water kills it" in text(resident, LIST)
    page = text(resident, "/public/claims/salt")
    for said in ("False", "It does not", "https://example.org/salt", "control", "Records of the health department"):
        assert said in page, said
    assert "New cases in 7 days" not in page
    assert "user:" not in page


def test_a_reader_of_chinese_is_told_in_chinese(say: Make, resident: Client) -> None:
    say(PUBLISHED)
    page = text(resident, "/public/claims/salt", lang="zh")
    assert "喝盐水可以杀死病毒" in page
    assert "喝盐水可以杀死病毒" in text(resident, LIST, q="盐水能杀死病毒吗")


def test_the_claim_review_of_the_page_is_that_of_the_list(say: Make, resident: Client) -> None:
    say(PUBLISHED)
    page = text(resident, "/public/claims/salt")
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    review = json.loads(found[1])
    assert review["@type"] == "ClaimReview"
    assert review["url"] == "http://localhost/public/claims/salt"
    listed = resident.get("/public/claims/reviews.jsonld")
    assert listed.headers["Content-Type"] == "application/ld+json"
    assert json.loads(listed.content)["@graph"] == [
        {name: value for name, value in review.items() if name != "@context"}
    ]


def test_an_answer_that_is_written_anew_stays_as_it_was_until_the_second_person_agrees(
    say: Make, resident: Client
) -> None:
    anew = {**ANSWERED, "answer": "partly", "because": "It rinses some away."}
    say(PUBLISHED, anew)
    page = text(resident, "/public/claims/salt")
    assert "It does not" in page
    assert "being looked at again" in page
    assert "rinses" not in page
    say({**anew, "state": "published", "published_at": NOW}, at=NOW)
    page = text(resident, "/public/claims/salt")
    assert "rinses" in page
    assert "Corrected" in page
    assert "the answer was: False" in page


def test_a_withdrawn_answer_is_named_as_such_with_the_reason(say: Make, resident: Client) -> None:
    say(PUBLISHED, {**PUBLISHED, "state": "withdrawn", "reason": "The study was withdrawn."})
    page = text(resident, "/public/claims/salt")
    assert "The study was withdrawn." in page
    assert "It does not" not in page
    assert "ClaimReview" not in page
    assert json.loads(text(resident, "/public/claims/reviews.jsonld"))["@graph"] == []


def test_a_building_is_not_named(say: Make, put: Make, resident: Client) -> None:
    put("zones", {"zone_id": "b", "name": "House 5", "kind": "building", "parent_zone": "north-1"})
    fact = Fact("level", "b", NOW, 9, "lockdown")
    say({**PUBLISHED, "zone": "b", "evidence": to_json([fact])})
    for address in (LIST, "/public/claims/salt", "/public/claims/reviews.jsonld"):
        assert "House 5" not in text(resident, address)
        assert '"b"' not in text(resident, address)


@pytest.mark.usefixtures("solved")
def test_what_a_resident_tells_comes_onto_the_register_and_nothing_of_them(ledger: Any) -> None:
    resident, head = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en", REMOTE_ADDR="203.0.113.7"), ledger.head
    assert send(resident, name="Anna", phone="13800138000").status_code == 201
    row = follow().current("claims").row(0, named=True)
    assert (row["claim"], row["state"], row["channel"]) == (
        "Mosquitoes carry it from house to house",
        "open",
        "public_form",
    )
    entries = ledger.entries(since=head)
    assert [entry.table for entry in entries] == ["claims", "audit"]
    told = " ".join(str(entry) for entry in entries)
    assert "Mosquitoes" in told
    assert "203.0.113" not in told
    assert "Anna" not in told
    assert "13800138000" not in told
    assert {entry.author for entry in entries} == {"public"}


@pytest.mark.usefixtures("solved")
def test_where_it_was_answered_the_answer_comes_first(say: Make, resident: Client) -> None:
    say(PUBLISHED)
    shown = send(resident, "drinking salt water kills the virus")
    assert shown.status_code == 200
    assert "This was answered already" in shown.content.decode()
    assert len(follow().current("claims")) == 1
    assert send(resident, "drinking salt water kills the virus", sure="yes").status_code == 201
    assert len(follow().current("claims")) == 2


@pytest.mark.usefixtures("solved")
def test_the_same_words_are_one_claim_brought_more_often(resident: Client, user: Make, client_of: Make) -> None:
    for _ in range(3):
        assert send(resident, "Mosquitoes carry it, from HOUSE to house!").status_code == 201
    rows = follow().current("claims")
    assert rows["same_as"].null_count() == 1
    page = client_of(user("epi", epidemiologist=EVERYWHERE)).get(reverse("claims:list")).content.decode()
    assert "3 times" in page


@pytest.mark.usefixtures("solved")
@pytest.mark.parametrize(
    "claim", ["", "x", "call 138 0013 8000, they are ill", "https://example.org/x says so", "@somebody is ill"]
)
def test_what_says_nothing_or_points_at_somebody_is_shown_again(claim: str, resident: Client) -> None:
    shown = send(resident, claim)
    assert shown.status_code == 422
    assert 'role="alert"' in shown.content.decode()
    assert follow().current("claims").is_empty()


def test_without_proof_of_work_nothing_comes_in_and_a_puzzle_is_good_for_one(resident: Client) -> None:
    assert resident.post(NEW, {"claim": "Mosquitoes carry it around"}).status_code == 422
    assert (
        resident.post(NEW, {"claim": "Mosquitoes carry it around", "puzzle": "forged", "answer": "1"}).status_code
        == 422
    )
    with patch.multiple(floods.work, is_solved=lambda *_: True, is_enough=lambda *_: True):
        sent = {"claim": "Mosquitoes carry it around", "puzzle": "once", "answer": "1"}
        assert resident.post(NEW, sent).status_code == 201
        assert resident.post(NEW, sent).status_code == 422
    assert len(follow().current("claims")) == 1


@pytest.mark.usefixtures("solved")
def test_hostile_forms(resident: Client, say: Make) -> None:
    hostile = "<script>alert(1)</script> is in the vaccine"
    assert send(resident, hostile, zone="'; drop table claims; --").status_code == 201
    assert follow().current("claims").row(0, named=True)["zone"] is None
    assert send(resident, "evil \u202etxt.exe is in the vaccine \x00\x07").status_code == 201
    assert "evil txt.exe is in the vaccine" in follow().current("claims")["claim"].to_list()
    say({**PUBLISHED, "claim": hostile, "because": "</script><script>alert(2)</script>"}, claim="hostile")
    for address in (LIST, "/public/claims/hostile", f"{LIST}?q={hostile}"):
        page = resident.get(address).content.decode()
        assert "<script>alert" not in page, address
    big = resident.post(NEW, b"claim=" + b"x" * 10_000_000, content_type="application/x-www-form-urlencoded")
    assert big.status_code == 413


@pytest.mark.parametrize(
    "query",
    [
        {"page": "-1"},
        {"page": "x" * 999},
        {"page": "9" * 5000},
        {"answer": "'"},
        {"q": "%" * 900},
        {"q": "\x00"},
        {"lang": "xx"},
    ],
)
def test_odd_questions_get_a_list(query: dict[str, str], say: Make, resident: Client) -> None:
    say(PUBLISHED)
    assert resident.get(LIST, query).status_code == 200


def test_pages_may_be_kept_for_a_moment_and_set_no_cookie(say: Make, resident: Client) -> None:
    say(PUBLISHED)
    for address in (LIST, "/public/claims/salt"):
        shown = resident.get(address)
        assert shown.headers["Cache-Control"] == "public, max-age=60"
        assert not shown.cookies


def test_time_from_first_sight_to_answer(say: Make, put: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    actor = Actor("e", (Grant("epidemiologist", EVERYWHERE),), verified=True)
    none = waiting(actor, follow(), NOW.date(), NOW)
    assert (none.open, none.oldest_hours, none.to_answer_hours) == (0, None, None)
    say({"state": "open"}, ANSWERED, PUBLISHED, {**ANSWERED, "answered_at": NOW})  # first answered six hours after
    say({"state": "open", "same_as": None, "first_seen_at": NOW - timedelta(hours=30)}, claim="other")
    say({"state": "open", "same_as": "other"}, claim="repeat")
    now = waiting(actor, follow(), NOW.date(), NOW)
    assert (now.open, now.for_second, now.answered, now.published) == (1, 1, 1, 1)
    assert (now.oldest_hours, now.to_answer_hours, now.to_published_hours) == (30.0, 6.0, 7.0)
    before = waiting(actor, follow(), NOW.date() - timedelta(days=1), NOW)
    assert before.open == 0  # it was told today
    south = waiting(Actor("s", (Grant("epidemiologist", "south"),), verified=True), follow(), NOW.date(), NOW)
    assert (south.open, south.answered) == (0, 0)
    late = NOW + timedelta(days=8)
    monkeypatch.setattr(clock, "now", lambda: late)
    assert waiting(actor, follow(), late.date(), late).answered == 0


def test_the_part_of_today_can_be_shown(say: Make, user: Make, client_of: Make) -> None:
    say({"state": "open"})
    actor = Actor("e", (Grant("epidemiologist", EVERYWHERE),), verified=True)
    request = RequestFactory().get("/")
    request.session, request.resolver_match = {}, None  # type: ignore[assignment]
    template = engines["jinja2"].get_template("today/claims.html")
    with patch("douse.console.templating.messages.get_messages", return_value=[]):
        shown = template.render({"claims": waiting(actor, follow(), NOW.date(), NOW)}, request)
    assert "the oldest waits for 8 hours" in shown
