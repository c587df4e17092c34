"""Floods: puzzles once only, codes once only, small bodies, harder the more there come, and no report hidden."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import RequestFactory
from django.urls import reverse
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from console.conftest import NOW, Clock
from console.residents import REPORT, proof, resident, send, solved
from douse.console import instance
from douse.console.limits import network_of
from douse.console.models import OneTimeCode, SpentWork
from douse.console.permissions import Actor, Grant
from douse.console.public import codes, floods, intake, work
from douse.console.public.door import LARGEST_BODY
from douse.console.reading import follow
from douse.records.vault import Vault

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("city")]
ADDRESS = "/public/report?kind=symptoms&zone=north-1"


@pytest.fixture(autouse=True)
def easy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floods, "BITS", 4)


def count() -> int:
    return len(follow().current("self_reports"))


def test_a_form_without_its_puzzle_is_not_taken() -> None:
    assert resident().post(ADDRESS, REPORT).status_code == 422
    assert count() == 0


def test_a_puzzle_is_taken_once() -> None:
    client = resident()
    once = {**REPORT, **proof(client.get(ADDRESS).text)}
    assert client.post(ADDRESS, once).status_code == 201
    assert client.post(ADDRESS, once).status_code == 422
    assert resident().post(ADDRESS, once).status_code == 422
    assert count() == 1


@pytest.mark.parametrize("change", ["puzzle", "answer", "bits", "signature", "empty", "long"])
def test_a_forged_puzzle_is_not_taken(change: str) -> None:
    sent = proof(resident().get(ADDRESS).text)
    made, bits, rest = sent["puzzle"].split(".")
    if change == "puzzle":
        sent["puzzle"] = f"{int(made) + 1}.{bits}.{rest}"
        sent["answer"] = solved(sent["puzzle"], int(bits))
    elif change == "answer":
        sent["answer"] = next(str(n) for n in range(1000) if not work.is_solved(sent["puzzle"], str(n), 4))
    elif change == "bits":
        sent["puzzle"] = f"{made}.{int(bits) + 1}.{rest}"
        sent["answer"] = solved(sent["puzzle"], int(bits) + 1)
    elif change == "signature":
        sent["puzzle"] = sent["puzzle"][:-2] + ("aa" if not sent["puzzle"].endswith("aa") else "bb")
        sent["answer"] = solved(sent["puzzle"], 4)
    elif change == "empty":
        sent = {"puzzle": "", "answer": ""}
    else:
        sent["answer"] = "1" * 5000
    assert resident().post(ADDRESS, {**REPORT, **sent}).status_code == 422
    assert count() == 0


def test_a_puzzle_runs_out(at: Clock) -> None:
    sent = proof(resident().get(ADDRESS).text)
    at.at = NOW + work.LASTS + timedelta(seconds=2)
    assert resident().post(ADDRESS, {**REPORT, **sent}).status_code == 422
    assert count() == 0


def test_a_puzzle_made_easier_than_now_asked_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = proof(resident().get(ADDRESS).text)
    monkeypatch.setattr(floods, "BITS", 9)
    assert resident().post(ADDRESS, {**REPORT, **sent}).status_code == 422


def flooded(monkeypatch: pytest.MonkeyPatch, forms: int = 3) -> None:
    """From here several forms came, and the window remembers them: a puzzle has more bits than in quiet times."""
    monkeypatch.setattr(floods, "FREE_OF_ADDRESS", 1)
    for _ in range(forms):
        floods._add(f"address:{network_of(RequestFactory().get('/'))}")


def test_puzzles_gathered_in_a_quiet_hour_are_not_taken_in_a_flood(at: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    gathered = proof(resident().get(ADDRESS).text)
    at.at = NOW + work.GRACE + timedelta(seconds=2)
    flooded(monkeypatch)
    answer = resident().post(ADDRESS, {**REPORT, "note": "since the day before", **gathered})
    assert answer.status_code == 422
    assert "Nothing is lost: send it again." in answer.text
    assert 'value="fever" checked' in answer.text
    assert "since the day before" in answer.text
    again = proof(answer.text)
    assert int(again["puzzle"].split(".")[1]) > int(gathered["puzzle"].split(".")[1])
    assert resident().post(ADDRESS, {**REPORT, **again}).status_code == 201


def test_a_form_that_was_opened_just_before_a_flood_is_taken(at: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = proof(resident().get(ADDRESS).text)
    at.at = NOW + work.GRACE - timedelta(seconds=2)
    flooded(monkeypatch)
    assert resident().post(ADDRESS, {**REPORT, **sent}).status_code == 201


def test_in_a_flood_an_easy_puzzle_for_another_place_or_from_another_address_is_not_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    elsewhere = proof(resident().get(ADDRESS.replace("north-1", "south-1")).text)
    afar = proof(resident().get(ADDRESS, REMOTE_ADDR="192.0.2.7").text)
    flooded(monkeypatch)
    for sent in (elsewhere, afar):
        assert resident().post(ADDRESS, {**REPORT, **sent}).status_code == 422
    assert count() == 0


def test_what_has_run_out_is_forgotten() -> None:
    work.spend("a")
    assert work.forget(NOW) == 0
    assert work.forget(NOW + 3 * work.LASTS) == 1
    assert SpentWork.objects.count() == 0


def test_the_more_come_from_an_address_the_harder_it_gets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floods, "FREE_OF_ADDRESS", 2)
    bits = []
    for _ in range(5):
        page = resident().get(ADDRESS).text
        bits.append(int(page.split('data-bits="')[1].split('"')[0]))
        resident().post(ADDRESS, {**REPORT, **proof(page)})
    assert bits == [4, 4, 5, 5, 6]
    other = resident().get(ADDRESS, REMOTE_ADDR="192.0.2.7").text
    assert 'data-bits="4"' in other
    assert count() == 5  # every one of them is there


def test_the_more_come_for_a_zone_the_harder_it_gets_from_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floods, "FREE_OF_ZONE", 1)
    send(resident(), "public:report", "symptoms", "north-1", REPORT)
    assert 'data-bits="5"' in resident().get(ADDRESS, REMOTE_ADDR="192.0.2.7").text
    assert 'data-bits="4"' in resident().get(ADDRESS.replace("north-1", "south-1"), REMOTE_ADDR="192.0.2.7").text


@pytest.mark.parametrize("limit", ["MOST_OF_ADDRESS", "MOST_OF_ZONE"])
def test_beyond_the_limit_a_code_still_lets_one_in(
    limit: str, monkeypatch: pytest.MonkeyPatch, user: Callable[..., Any], client_of: Callable[..., Any]
) -> None:
    monkeypatch.setattr(floods, limit, 1)
    monkeypatch.setattr(floods, "FREE_OF_ADDRESS", 1)
    assert send(resident(), "public:report", "symptoms", "north-1", REPORT).status_code == 201
    refused = send(resident(), "public:report", "symptoms", "north-1", REPORT)
    assert refused.status_code == 429
    assert 'value="fever" checked' in refused.text  # nothing has to be filled in again
    assert "code" in refused.text
    assert "Menu" not in refused.text  # a page for residents, not one of staff
    desk = client_of(user("desk", community_worker="north"))
    code = desk.post(reverse("residents:codes")).text.split('one-time-code" role="status">')[1].split("<")[0]
    assert resident().post(ADDRESS, {**REPORT, "code": code}).status_code == 201
    assert resident().post(ADDRESS, {**REPORT, "code": code}).status_code == 422  # once
    assert count() == 2


def test_a_code_runs_out_and_is_kept_as_a_hash_only(
    at: Clock, user: Callable[..., Any], client_of: Callable[..., Any]
) -> None:
    page = client_of(user("desk", community_worker="north")).post(reverse("residents:codes")).text
    code = page.split('one-time-code" role="status">')[1].split("<")[0]
    kept = OneTimeCode.objects.get()
    assert code.replace(" ", "") not in str(kept.__dict__)
    at.at = NOW + codes.LASTS
    assert not codes.use(code)


def test_codes_cannot_be_tried_without_end() -> None:
    answers = [
        resident().post(ADDRESS, {**REPORT, "code": f"{n:08d}"}).status_code for n in range(floods.MOST_GUESSES + 1)
    ]
    assert answers == [422] * floods.MOST_GUESSES + [429]


def test_a_flood_of_a_zone_does_not_shut_out_who_has_sent_little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floods, "MOST_OF_ZONE", 2)
    monkeypatch.setattr(floods, "FREE_OF_ADDRESS", 2)
    for _ in range(2):
        assert send(resident(), "public:report", "symptoms", "north-1", REPORT).status_code == 201
    assert send(resident(), "public:report", "symptoms", "north-1", REPORT).status_code == 429
    real = send(resident(), "public:report", "symptoms", "north-1", REPORT, REMOTE_ADDR="192.0.2.7")
    assert real.status_code == 201
    assert count() == 3


def test_a_household_does_not_count_as_many_by_its_many_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floods, "MOST_OF_ADDRESS", 1)
    answers = [
        send(resident(), "public:report", "symptoms", "north-1", REPORT, REMOTE_ADDR=address).status_code
        for address in ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::2", "::ffff:192.0.2.7", "192.0.2.7")
    ]
    assert answers == [201, 429, 201, 201, 429]


def test_what_somebody_says_of_their_address_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floods, "MOST_OF_ADDRESS", 1)
    said = [{"x-forwarded-for": "203.0.113.1"}, {"x-forwarded-for": "203.0.113.2", "forwarded": "for=203.0.113.3"}]
    answers = [
        send(resident(**headers), "public:report", "symptoms", "north-1", REPORT).status_code for headers in said
    ]
    assert answers == [201, 429]


def test_codes_that_work_are_not_counted_as_guesses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floods, "MOST_GUESSES", 1)
    answers = [resident().post(ADDRESS, {**REPORT, "code": given()}).status_code for _ in range(3)]
    assert answers == [201, 201, 201]


def given() -> str:
    """A code that staff have made."""
    request = RequestFactory().get("/")
    request.actor = Actor("desk", (Grant("community_worker", "north"),), verified=True)  # type: ignore[attr-defined]
    return codes.give(request)


def test_what_could_not_be_kept_is_shown_again_and_its_code_still_works(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = {**REPORT, "phone": "13800000000", "code": given()}

    def full(*_: object, **__: object) -> None:
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    with monkeypatch.context() as broken:
        broken.setattr(intake, "record", full)
        answer = resident().post(ADDRESS, sent)
    assert answer.status_code == 503
    assert "could not be kept" in answer.text
    assert 'value="fever" checked' in answer.text
    assert count() == persons() == 0
    assert resident().post(ADDRESS, sent).status_code == 201
    assert count() == persons() == 1


BREAKS: dict[str, tuple[object, str]] = {"vault": (Vault, "put"), "puzzles": (work, "spend")}


@pytest.mark.parametrize("broken", BREAKS)
def test_whatever_breaks_the_form_comes_back_filled_in(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    monkeypatch.setattr(*BREAKS[broken], full)
    answer = send(resident(), "public:report", "symptoms", "north-1", {**REPORT, "phone": "13800000000"})
    assert answer.status_code == 503
    assert 'value="fever" checked' in answer.text
    assert count() == 0


def persons() -> int:
    """How many the vault knows."""
    with instance.current().stores.vault._engine.connect() as connection:
        return len(connection.execute(text("SELECT pseudonym FROM persons")).all())


@pytest.mark.parametrize("page", ["public:report", "public:needs", "public:receipt", "public:correct"])
def test_a_large_body_is_refused_before_it_is_read(page: str) -> None:
    address = reverse(page) + "?kind=symptoms&zone=north-1"
    answer = resident().post(address, {"number": "x", "note": "x" * 10_000_000})
    assert answer.status_code == 413
    assert resident().post(address, {"number": "x", "note": "x" * (LARGEST_BODY - 500)}).status_code != 413


def test_a_thousand_fields_or_files_do_no_harm() -> None:
    many = "&".join(f"f{n}=1" for n in range(2000))
    answer = resident().post(ADDRESS, many, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in {400, 413, 422}
    odd = resident().post(ADDRESS, b"--x\r\nnonsense", content_type="multipart/form-data; boundary=x")
    assert odd.status_code in {400, 422}
    assert count() == 0
