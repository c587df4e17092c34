"""Bulletins in the console: made of the ledger, looked at, published once, served from the folder, proved."""

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from console.conftest import NOW, Clock
from douse.console import instance, scene
from douse.console.bulletins import made, place
from douse.console.claims import bulletin_facts
from douse.console.claims.publisher import publisher
from douse.console.models import User
from douse.console.plan.workshop import workshop
from douse.console.policy import EVERYWHERE
from douse.console.published_files import PublishedFiles
from douse.console.reading import follow
from douse.outputs.bulletin.make import make_bulletin
from douse.outputs.bulletin.site import read_history
from reference.slow_bulletin import Attacker, hidden

# The font of the PDF is left open by the library that reads it.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed file .*Noto:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:.*Noto:pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.slow,
    pytest.mark.usefixtures("city", "_cases", "_folder"),
]
Make = Callable[..., Any]


@pytest.fixture
def _cases(put: Make) -> None:
    row = {"classification": "confirmed", "pathogen": "sars-cov-2-wild", "reported_at": NOW - timedelta(days=1)}
    put("cases", *({**row, "case_id": f"n{at}", "zone": "north-1"} for at in range(20)))
    put("cases", *({**row, "case_id": f"s{at}", "zone": "south-1"} for at in range(3)))


@pytest.fixture
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(instance.current(), "folder", tmp_path)
    yield
    assert workshop(made.KIND).finish(60)


@pytest.fixture
def maker(user: Make, client_of: Make) -> Client:
    client: Client = client_of(user("maker", decision_maker=EVERYWHERE))
    return client


def make(client: Client, **sent: str) -> made.Draft:
    answer = client.post(reverse("bulletins:make"), {"day": "2026-04-01", "audience": "public", **sent})
    assert answer.status_code == 302
    assert workshop(made.KIND).finish(120)
    work = made.going_on()
    assert work is None, work and work.error
    draft = made.latest()
    assert draft is not None
    return draft


def publish(client: Client, draft: made.Draft) -> Any:
    return client.post(reverse("bulletins:publish", args=[draft.name]))


def served(path: str, method: str = "GET", **more: str) -> tuple[str, dict[str, str], bytes]:
    """What the server in front of Django answers."""
    told: dict[str, Any] = {}

    def django(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("418 Django", [])
        return [b"django"]

    def start(status: str, headers: list[tuple[str, str]], _: Any = None) -> None:
        told["status"], told["headers"] = status, dict(headers)

    files = PublishedFiles(django, instance.current().folder / place.PUBLIC, https=True)
    answer = files({"PATH_INFO": path, "REQUEST_METHOD": method, **more}, start)
    body = b"".join(answer)
    getattr(answer, "close", bool)()
    return told["status"], told["headers"], body


def read(client: Client, address: str) -> tuple[int, bytes]:
    """Status and body of a file that Django serves."""
    answer = client.get(address)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    for close in answer._resource_closers:  # closing the answer itself would close the database of the tests
        close()
    return answer.status_code, body


def test_a_bulletin_is_made_looked_at_published_and_served(maker: Client, ledger: Any) -> None:
    draft = make(maker, whom="12320")
    look = maker.get(reverse("bulletins:look", args=[draft.name])).content.decode()
    assert "Publish it for everybody" in look
    assert served("/public/en/index.html")[0] == "418 Django"
    assert b"12320" in read(maker, reverse("bulletins:preview", args=[draft.name, "en/index.html"]))[1]
    assert publish(maker, draft).status_code == 302
    row = follow().current("bulletins").row(0, named=True)
    assert (row["bulletin_id"], row["previous"], row["ledger"]) == (draft.bulletin.id, None, draft.sequence)
    assert draft.bulletin.ledger == ledger.entries(since=draft.sequence - 1, limit=1)[0].hash.hex()
    assert ledger.entries(tables=["audit"], newest_first=True, limit=1)[0].row["action"] == "publish_bulletin"
    status, headers, body = served("/public/en/index.html")
    assert (status, b"12320" in body) == ("200 OK", True)
    assert headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert draft.bulletin.id[:16] in maker.get(reverse("bulletins:list")).content.decode()


def test_answers_to_claims_lie_beside_the_bulletin_as_soon_as_they_are_published(
    maker: Client, user: Make, client_of: Make, at: Clock
) -> None:
    publish(maker, make(maker))
    assert "No claim was answered yet." in served("/public/en/claims.html")[2].decode()
    epi = client_of(user("epi", epidemiologist=EVERYWHERE))
    epi.post(
        reverse("claims:new"),
        {
            "claim": "Children cannot catch it",
            "channel": "call",
            "first_seen_at": "2026-04-01T07:00",
            "same_as": "none",
        },
    )
    claim = follow().current("claims")["claim_id"][0]
    sent = {"claim": "Children cannot catch it", "answer": "not_yet_known", "because": "It is being studied."}
    epi.post(reverse("claims:answer", args=[claim]), sent)
    assert "Children" not in served("/public/en/claims.html")[2].decode()
    at.at = NOW + timedelta(minutes=1)  # a correction is named by its moment
    maker.post(reverse("claims:review", args=[claim]), {"record": follow().current("claims")["record_id"][0]})
    assert "Children cannot catch it" in served("/public/en/claims.html")[2].decode()


def test_the_name_of_the_department_is_in_bulletins_and_answers(maker: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance.current(), "publisher", "North Health Office")
    publish(maker, make(maker))
    assert place.history("public")[-1].publisher == "North Health Office"
    assert "North Health Office" in served("/public/en/claims.html")[2].decode()
    monkeypatch.setattr(instance.current(), "publisher", "")
    assert publisher() == "North Health Office"  # as the last bulletin says


def test_no_small_number_leaves_by_a_bulletin(maker: Client) -> None:
    draft = make(maker)
    told = dict(zip(draft.bulletin.cases.rows, draft.bulletin.cases.shown, strict=True))
    assert told.get("south-1") is None
    publish(maker, draft)
    assert bulletin_facts.of("south-1") == bulletin_facts.of(None)
    north = next(fact for fact in bulletin_facts.of(None) if fact.figure == "cases")
    assert (north.value, north.bulletin) == (draft.bulletin.cases.total, draft.bulletin.id)
    assert bulletin_facts.value_of(north) == north.value


def test_a_draft_is_published_once_and_not_after_another(maker: Client) -> None:
    first = make(maker)
    other = make(maker, whom="another office")
    assert publish(maker, first).status_code == 302
    assert publish(maker, first).status_code == 409
    assert publish(maker, other).status_code == 409
    assert len(follow().current("bulletins")) == 1


def test_the_same_bulletin_is_not_made_twice_and_a_later_one_names_it(
    maker: Client, put: Make, at: Clock, client_of: Make
) -> None:
    first = make(maker)
    publish(maker, first)
    again = make(maker)
    assert not again.is_new
    assert "still holds" in maker.get(reverse("bulletins:list")).content.decode()
    at.at = NOW + timedelta(days=1)
    put("cases", *(_case(f"x{n}", at.at) for n in range(15)), at=at.at)
    maker = client_of(User.objects.get(name="maker"))  # the session of yesterday is over
    second = make(maker, day="2026-04-02")
    assert second.bulletin.previous == first.bulletin.id
    assert publish(maker, second).status_code == 302
    assert [one.id for one in read_history(place.folder("public"))] == [first.bulletin.id, second.bulletin.id]
    _, headers, body = served(f"/public/bulletins/{first.bulletin.id}.json")
    assert "immutable" in headers["Cache-Control"]
    assert json.loads(body)["as_of"] == "2026-04-01"


def _case(name: str, told: datetime) -> dict[str, Any]:
    return {
        "case_id": name, "zone": "north-1", "classification": "confirmed", "pathogen": "sars-cov-2-wild",
        "reported_at": told,
    }  # fmt: skip


def test_what_was_published_is_what_the_ledger_gives(maker: Client, put: Make, at: Clock) -> None:
    publish(maker, make(maker))
    at.at = NOW + timedelta(hours=3)
    put("cases", _case("later", at.at), at=at.at)
    told = place.history("public")[-1]
    seen = made._seen(scene.knowledge_on(follow(), date(2026, 4, 1)))(told)
    assert (
        make_bulletin(seen, (), None, audience="public", ledger=told.ledger, call=told.call, moment=told.moment) == told
    )


def test_a_file_that_was_changed_is_told_and_nothing_is_made_beside_it(maker: Client) -> None:
    draft = make(maker)
    publish(maker, draft)
    path = place.folder("public") / "bulletins" / f"{draft.bulletin.id}.json"
    path.write_text(path.read_text().replace('"minimum": 11', '"minimum": 12'))
    assert "was changed after it was published" in maker.get(reverse("bulletins:list")).content.decode()
    assert maker.post(reverse("bulletins:make"), {"audience": "public"}).status_code == 400


def test_files_that_went_missing_are_not_made_up(maker: Client) -> None:
    first = make(maker)
    publish(maker, first)
    (place.folder("public") / "bulletins" / f"{first.bulletin.id}.json").unlink()
    (place.draft(first.name) / "bulletins" / f"{first.bulletin.id}.json").unlink()
    assert maker.post(reverse("bulletins:make"), {"audience": "public"}).status_code == 400
    assert "its file is not there" in maker.get(reverse("bulletins:list")).content.decode()


def test_where_the_server_stopped_in_between_the_files_are_brought_out(
    maker: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = make(maker)
    with monkeypatch.context() as stopped:
        stopped.setattr(place, "settle", lambda *_: None)
        publish(maker, draft)
    assert served("/public/en/index.html")[0] == "418 Django"
    maker.get(reverse("bulletins:list"))
    assert served("/public/en/index.html")[0] == "200 OK"


def test_partners_bulletins_are_not_served_to_anybody(maker: Client, user: Make, client_of: Make) -> None:
    draft = make(maker, audience="partners")
    assert publish(maker, draft).status_code == 302
    assert not (place.folder("public")).exists()
    assert served("/public/en/index.html")[0] == "418 Django"
    address = reverse("bulletins:partners", args=["en/index.html"])
    assert read(maker, address)[0] == 200
    assert Client(HTTP_HOST="localhost").get(address).status_code == 302
    assert client_of(user("auditor", auditor=EVERYWHERE)).get(address).status_code == 403


@pytest.mark.parametrize(
    "path", ["../ledger.sqlite", "en/../../keys/console.key", "%2e%2e/ledger.sqlite", "etc/passwd"]
)
def test_nothing_outside_the_folder_is_served(path: str, maker: Client) -> None:
    draft = make(maker)
    publish(maker, draft)
    base = reverse("bulletins:preview", args=[draft.name, "x"])[:-1]
    for folder in (base, reverse("bulletins:partners", args=["x"])[:-1]):
        assert read(maker, folder + path)[0] in {302, 400, 404}
    assert served(f"/public/{path}")[0] == "418 Django"


def test_a_draft_leaves_no_worker_on_the_phone_and_the_first_page_opens_without_a_name(maker: Client) -> None:
    draft = make(maker)
    assert read(maker, reverse("bulletins:preview", args=[draft.name, "sw.js"]))[0] == 404
    publish(maker, draft)
    assert served("/public/sw.js")[0] == "200 OK"
    assert served("/public/")[2] == served("/public/index.html")[2] != b""


def test_a_role_of_one_district_publishes_nothing(user: Make, client_of: Make) -> None:
    north = client_of(user("n", decision_maker="north"))
    assert north.post(reverse("bulletins:make"), {"audience": "public"}).status_code == 403
    assert "Make a bulletin" not in north.get(reverse("bulletins:list")).content.decode()


@pytest.mark.parametrize(
    "sent", [{"day": "2026-04-02"}, {"day": "2026-03-01"}, {"day": "x"}, {"audience": "everybody"}, {"whom": "x" * 201}]
)
def test_a_bulletin_that_cannot_be_is_not_begun(sent: dict[str, str], maker: Client) -> None:
    assert maker.post(reverse("bulletins:make"), sent).status_code == 400
    assert made.latest() is None


def test_a_head_and_a_cached_copy_cost_no_body(maker: Client) -> None:
    publish(maker, make(maker))
    status, headers, body = served("/public/en/index.html", "HEAD")
    assert (status, body) == ("200 OK", b"")
    status, _, body = served("/public/en/index.html", HTTP_IF_NONE_MATCH=headers["ETag"])
    assert (status, body) == ("304 Not Modified", b"")
    assert served("/public/en/index.html", "POST")[0] == "418 Django"


def test_public_totals_say_what_the_last_bulletin_says_and_nothing_of_their_own(
    maker: Client, put: Make, at: Clock, client_of: Make
) -> None:
    """Whoever notes the public totals every day, before and after each bulletin, recovers nothing that is hidden."""

    def asked(day: int, kind: str, n: int, **more: Any) -> None:
        rows = [
            {"request_id": f"{kind}-{day}-{i}", "kind": kind, "zone": "north-1", "requested_at": at.at, **more}
            for i in range(n)
        ]
        put("requests", *rows, at=at.at)

    def totals() -> dict[str, Any]:
        return dict(json.loads(Client(HTTP_HOST="localhost").get(reverse("public:totals_json")).text))

    def page(language: str) -> str:
        return Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE=language).get(reverse("public:totals")).text

    assert totals()["asked"] is None
    assert "No bulletin was published yet that tells of it." in page("en")
    noted, true = [], []
    food = 0
    for day, came in enumerate((40, 5, 7, 15)):
        at.at = NOW + timedelta(days=day)
        maker = client_of(User.objects.get(name="maker"))
        before = totals()
        asked(day, "food", came, wanted_by=at.at + timedelta(hours=2))
        asked(day, "dialysis", 3, wanted_by=at.at + timedelta(hours=2), met_at=at.at + timedelta(minutes=5))
        food += came
        assert totals() == before  # a request changes nothing until a bulletin tells
        publish(maker, make(maker, day=str(at.at.date())))
        told = place.history("public")[-1]
        assert (totals()["as_of"], totals()["bulletin"]) == (str(at.at.date()), told.id)
        noted.append(totals())
        true.append(food)
    shown = [one["asked"]["food"] for one in noted]
    assert {None} < set(shown)
    assert all(count in {None, food} for count, food in zip(shown, true, strict=True))
    assert f">{true[-1]}</td>" in page("en")
    assert reverse("public:needs") in page("zh")
    tables = [_noted(noted, part) for part in ("asked", "became")]
    attacker = Attacker(tables)
    seen = list(hidden(tables))
    assert len(seen) > 5
    for number, row, t in seen:
        low, high = attacker.range(number, row, t, t - 1)
        assert high - low >= 10 or low == high == 0, (number, row, t)


def _noted(noted: list[dict[str, Any]], part: str) -> Any:
    rows = [row for row in noted[0][part] if row != "all"]
    shown = [[one[part][row] for row in rows] for one in noted]
    return rows, shown, [one[part]["all"] for one in noted], [set[str]() for _ in noted]
