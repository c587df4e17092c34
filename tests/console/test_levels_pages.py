"""Returns, events and partners: who sees and does what; each write is on record."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from console.conftest import EVERYWHERE, NOW, Clock
from douse.console import instance
from douse.console.models import User
from douse.console.reading import follow
from douse.outputs.returns.files import verify_return
from douse.records.ledger.keys import public_text, signing_key
from douse.records.ledger.shared import Head, SharedRow, read_shared, write_shared

pytestmark = pytest.mark.slow

SCRIPT = "<script>alert(1)</script>"
Users, Clients = Callable[..., User], Callable[..., Client]


def current(table: str) -> list[dict[str, Any]]:
    return follow().current(table).to_dicts()


def events_of_audit(ledger: Any) -> list[str]:
    return [entry.row["action"] for entry in ledger.entries(tables=["audit"])]


def keep(client: Client, **more: str) -> str:
    asked = {"return": "community-daily", "zone": "north-1", "day": "2026-03-31", **more}
    answer = client.post(reverse("returns:fill"), asked)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return answer.headers["Location"].rstrip("/").rsplit("/", 1)[1]


@pytest.mark.usefixtures("city")
def test_a_return_is_filled_in_signed_sent_and_verified(user: Users, client_of: Clients, ledger: Any) -> None:
    writes, signs = client_of(user("e", epidemiologist="north")), client_of(user("d", decision_maker="north"))
    shown = writes.get(
        reverse("returns:fill"), {"return": "community-daily", "zone": "north-1", "day": "2026-03-31"}
    ).content.decode()
    assert "North-1".lower() in shown.lower()
    name = keep(writes, remarks=SCRIPT)
    row = current("returns")[0]
    assert (row["state"], row["cells"], row["typed"]) == ("draft", 10, 1)
    assert SCRIPT not in writes.get(reverse("returns:return", args=[name])).content.decode()
    assert writes.post(reverse("returns:sign", args=[name])).status_code == 403
    assert signs.post(reverse("returns:send", args=[name])).status_code == 400  # not before it is signed
    assert signs.post(reverse("returns:sign", args=[name])).status_code == 302
    assert signs.post(reverse("returns:send", args=[name])).status_code == 302
    row = current("returns")[0]
    assert (row["state"], row["signed_by"]) == ("sent", "decision_maker, north")
    told = verify_return(signs.get(reverse("returns:file", args=[name]), {"form": "json"}).content)
    assert told["total"]["new_cases"] == 0
    assert told["zone"] == "north-1"
    changed = json.dumps({**told, "zone": "south-1"}).encode()
    with pytest.raises(Exception, match="changed after it was signed"):
        verify_return(changed)
    assert signs.post(reverse("returns:send", args=[name])).status_code == 400
    assert {"fill_return", "sign_return", "send_return"} <= set(events_of_audit(ledger))


@pytest.mark.usefixtures("city")
def test_returns_stay_within_ones_zones(user: Users, client_of: Clients) -> None:
    south, north = client_of(user("s", decision_maker="south")), client_of(user("n", decision_maker="north"))
    asked = {"return": "community-daily", "zone": "north-1", "day": "2026-03-31"}
    assert south.get(reverse("returns:fill"), asked).status_code == 403
    assert south.post(reverse("returns:fill"), asked).status_code == 403
    name = keep(north)
    for page in ("returns:return", "returns:file"):
        assert south.get(reverse(page, args=[name])).status_code != 200
    assert south.post(reverse("returns:sign", args=[name])).status_code != 302
    assert "north-1" not in south.get(reverse("returns:list")).content.decode()


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(
    "asked",
    [
        {}, {"return": "no-such", "zone": "north-1", "day": "2026-03-31"},
        {"return": "community-daily", "zone": "north", "day": "2026-03-31"},
        {"return": "community-daily", "zone": "north-1", "day": "2026-04-01"},  # the day is not over
        {"return": "community-daily", "zone": "north-1", "day": "soon"},
    ],
)  # fmt: skip
def test_what_cannot_be_filled_in_is_said(user: Users, client_of: Clients, asked: dict[str, str], at: Clock) -> None:
    at.at = datetime(2026, 3, 31, 9) if asked.get("day") == "2026-04-01" else NOW
    answer = client_of(user("e", epidemiologist=EVERYWHERE)).get(reverse("returns:fill"), asked)
    assert answer.status_code == 400
    assert SCRIPT not in answer.content.decode()


@pytest.mark.usefixtures("city")
def test_late_and_missing_returns_are_listed_and_counted(user: Users, client_of: Clients, at: Clock) -> None:
    at.at = NOW + timedelta(days=2)
    client = client_of(user("d", decision_maker=EVERYWHERE))
    page = client.get(reverse("returns:list")).content.decode()
    assert "missing" in page
    name = keep(client, day="2026-04-01")
    for way in ("sign", "send"):
        client.post(reverse(f"returns:{way}", args=[name]))
    sent = client.get(reverse("returns:list"), {"sent": "yes"}).content.decode()
    assert "sent late" in sent


@pytest.mark.usefixtures("city")
def test_delays_are_public_to_the_levels_of_a_step(user: Users, client_of: Clients, at: Clock) -> None:
    at.at = NOW + timedelta(days=2)
    community = client_of(user("c", epidemiologist="north-1")).get(reverse("returns:delays")).content.decode()
    assert "north-2" in community  # reports to the same district
    assert "south-1" not in community
    assert "7-1-7" in client_of(user("w", epidemiologist=EVERYWHERE)).get(reverse("returns:delays")).content.decode()


def begin(client: Client, **more: str) -> str:
    sent = {"event": f"Cases in a community {SCRIPT}", "zone": "north", "detected_at": "2026-03-31T12:00", **more}
    answer = client.post(reverse("events:new"), sent)
    assert answer.status_code == 302, answer.content.decode()[-1500:]
    return answer.headers["Location"].rstrip("/").rsplit("/", 1)[1]


@pytest.mark.usefixtures("city")
def test_an_event_is_weighed_finished_notified_and_kept(
    user: Users, client_of: Clients, at: Clock, ledger: Any
) -> None:
    client = client_of(user("e", epidemiologist="north"))
    name = begin(client)
    page = client.get(reverse("events:event", args=[name])).content.decode()
    assert SCRIPT not in page
    assert page.count('type="radio"') == 33  # eleven questions, three answers
    row = current("assessments")[0]
    assert (row["state"], row["typed"], row["cells"]) == ("begun", 0, 11)
    assert "2 cases in all" in row["notification"]  # of north, not of the whole city
    sent = {"do": "assessed", "answer-many": "yes", "because-many": "More than in any year", "answer-strange": "yes",
            "because-strange": SCRIPT}  # fmt: skip
    at.at = NOW + timedelta(hours=1)
    assert client.post(reverse("events:event", args=[name]), sent).status_code == 302
    row = current("assessments")[0]
    assert (row["state"], row["serious"], row["unusual"], row["typed"]) == ("assessed", "yes", "yes", 2)
    assert row["assessed_at"] == at.at
    page = client.get(reverse("events:event", args=[name])).content.decode()
    assert "To be notified: 3 of 4" in page  # restrictions: from the library
    assert SCRIPT not in page
    assert client.post(reverse("events:move", args=[name]), {"to": "begun"}).status_code != 302
    assert client.post(reverse("events:move", args=[name]), {"to": "notified"}).status_code == 302
    assert client.post(reverse("events:event", args=[name]), sent).status_code != 302  # no answer changes after it
    assert {"assess_event", "notified_event"} <= set(events_of_audit(ledger))
    assert "More than in any year" in client.get(reverse("events:text", args=[name])).content.decode()


@pytest.mark.usefixtures("city")
def test_an_event_of_another_zone_is_neither_begun_nor_seen(user: Users, client_of: Clients) -> None:
    south = client_of(user("s", epidemiologist="south"))
    assert south.post(reverse("events:new"), {"event": "x", "zone": "north"}).status_code == 403
    assert south.post(reverse("events:new"), {"event": "x", "zone": ""}).status_code == 403
    name = begin(client_of(user("n", epidemiologist="north")))
    assert south.get(reverse("events:event", args=[name])).status_code != 200
    assert south.get(reverse("events:text", args=[name])).status_code != 200


@pytest.mark.parametrize("sent", [{"answer-many": "perhaps"}, {"answer-many": "yes", "because-many": "x" * 9000}])
@pytest.mark.usefixtures("city")
def test_answers_that_are_none_are_refused_and_long_ones_cut(
    user: Users, client_of: Clients, sent: dict[str, str]
) -> None:
    client = client_of(user("e", epidemiologist="north"))
    name = begin(client)
    answer = client.post(reverse("events:event", args=[name]), sent)
    assert answer.status_code == (302 if "because-many" in sent else 400)


# Partners.

KEY = Ed25519PrivateKey.generate()
POLICY = f"""
edition = "2026-04"
answers = "data steward {SCRIPT}"

[[partner]]
name = "harbour"
title = "Harbour {SCRIPT}"
key = "{public_text(KEY)}"
why = "Cases travel by train {SCRIPT} every day."
until = 2026-12-31

[[partner.give]]
table = "cases"
zones = ["north"]
why = "Both follow the same chains of infection."

[partner.travellers]
why = "Contacts at the destination have to be found."
give = true
take = true
"""


@pytest.fixture
def policy() -> Any:
    path = Path(instance.current().folder) / "partners.toml"
    path.write_text(POLICY, "utf-8")
    yield path
    path.unlink()


def bundle(path: Path, *rows: SharedRow, number: int = 1, previous: str | None = None) -> SimpleUploadedFile:
    to = public_text(signing_key(instance.current().keys))
    write_shared(path, Head("origin", to, number, previous, NOW, 1, ""), rows, KEY)
    return SimpleUploadedFile("bundle.zip", path.read_bytes())


def offer_row(**more: Any) -> SharedRow:
    row = {
        "offer_id": "o", "state": "offered", "purpose": f"Find contacts {SCRIPT}", "destination": SCRIPT,
        "offered_at": NOW.isoformat(), "expires_on": "2026-04-10",
        "case": {"case_id": "C5", "age": 31, "sex": "male", "pathogen": "sars-cov-2-wild", "onset": "2026-03-30"},
    }  # fmt: skip
    return SharedRow("offers", None, None, None, row | more)


@pytest.mark.usefixtures("city", "policy")
def test_everybody_with_a_role_reads_the_policy(user: Users, client_of: Clients) -> None:
    page = client_of(user("r", reporter="north-1")).get(reverse("partners:list"))
    assert page.status_code == 200
    assert SCRIPT not in page.content.decode()
    assert "Both follow the same chains" in page.content.decode()
    assert "Take in a bundle" not in page.content.decode()


@pytest.mark.usefixtures("city")
def test_without_a_policy_or_with_a_bad_one_the_page_says_so(user: Users, client_of: Clients, policy: Path) -> None:
    client = client_of(user("s", data_steward=EVERYWHERE))
    policy.write_text("edition = 1", "utf-8")
    assert "partners.toml, key" in client.get(reverse("partners:list")).content.decode()
    policy.write_text("", "utf-8")
    assert client.post(reverse("partners:bundle", args=["harbour"])).status_code == 400
    policy.unlink()
    assert "nothing is shared with anybody" in client.get(reverse("partners:list")).content.decode()
    policy.write_text(POLICY, "utf-8")


@pytest.mark.usefixtures("city", "policy")
def test_a_bundle_is_made_and_what_it_holds_is_on_record(
    user: Users, client_of: Clients, tmp_path: Path, ledger: Any
) -> None:
    client = client_of(user("s", data_steward=EVERYWHERE))
    answer = client.post(reverse("partners:bundle", args=["harbour"]))
    path = tmp_path / "b.zip"
    path.write_bytes(answer.content)
    assert {row.row["case_id"] for row in read_shared(path).rows} == {"case-north-1", "case-north-2"}
    assert current("bundles")[0]["tables"] == "cases 2"
    assert "made_bundle" in events_of_audit(ledger)
    north = client_of(user("n", data_steward="north"))
    assert north.post(reverse("partners:bundle", args=["harbour"])).status_code == 403


@pytest.mark.usefixtures("city", "policy")
def test_a_bundle_with_personal_columns_is_not_for_who_does_not_see_them(user: Users, client_of: Clients) -> None:
    maker = client_of(user("d", decision_maker=EVERYWHERE))
    sent = {"case": "case-north-1", "partner": "harbour", "until": "2026-04-10", "purpose": "Find contacts"}
    assert maker.post(reverse("partners:offer_new"), sent).status_code == 302
    assert maker.post(reverse("partners:bundle", args=["harbour"])).status_code == 403
    assert current("bundles") == []


@pytest.mark.usefixtures("city", "policy")
def test_an_offer_comes_is_accepted_and_expires(
    user: Users, client_of: Clients, tmp_path: Path, at: Clock, ledger: Any
) -> None:
    client = client_of(user("s", data_steward=EVERYWHERE))
    first = bundle(tmp_path / "1.zip", offer_row())
    assert client.post(reverse("partners:take"), {"file": first}).status_code == 302
    page = client.get(reverse("partners:offer", args=["harbour:o"]))
    assert SCRIPT not in page.content.decode()
    assert "2026-03-30" in page.content.decode() or "30 Mar" in page.content.decode()
    assert "saw_personal" in events_of_audit(ledger)
    seen = client_of(user("d", decision_maker=EVERYWHERE)).get(reverse("partners:offer", args=["harbour:o"]))
    assert "Nothing personal is shown" in seen.content.decode()
    answered = client.post(reverse("partners:offer", args=["harbour:o"]), {"to": "accepted", "zone": "south-1"})
    assert answered.status_code == 302
    case = next(row for row in current("cases") if row["case_id"] == "harbour:C5")
    assert (case["zone"], case["sex"], case["origin"]) == ("south-1", "male", "imported")
    at.at = datetime(2026, 4, 11, 8)
    assert client_of(user("r", reporter="north-1")).get(reverse("partners:list")).status_code == 200
    case = next(row for row in current("cases") if row["case_id"] == "harbour:C5")
    assert (case["zone"], case["sex"]) == ("south-1", None)
    assert [(row["state"], row["payload"]) for row in current("offers")] == [("expired", None)]
    assert {"took_bundle", "answered_offer", "expired_offers", "erase"} <= set(events_of_audit(ledger))


@pytest.mark.usefixtures("city", "policy")
def test_a_declined_offer_is_erased_at_once(user: Users, client_of: Clients, tmp_path: Path) -> None:
    client = client_of(user("s", data_steward=EVERYWHERE))
    client.post(reverse("partners:take"), {"file": bundle(tmp_path / "1.zip", offer_row())})
    offer = reverse("partners:offer", args=["harbour:o"])
    assert client.post(offer, {"to": "declined", "reason": ""}).status_code == 400
    assert client.post(offer, {"to": "sold"}).status_code == 400
    assert client.post(offer, {"to": "declined", "reason": "Never arrived."}).status_code == 302
    assert [(row["state"], row["payload"], row["destination"]) for row in current("offers")] == [
        ("declined", None, None)
    ]
    assert client.post(offer, {"to": "accepted", "zone": "south-1"}).status_code == 400


@pytest.mark.usefixtures("city", "policy")
def test_hostile_bundles_are_refused_with_a_reason(
    user: Users, client_of: Clients, tmp_path: Path, ledger: Any
) -> None:
    client = client_of(user("s", data_steward=EVERYWHERE))
    url = reverse("partners:take")
    case = SharedRow("cases", "north", "C1", None, {"case_id": "C1", "zone": "north-1"})
    good = bundle(tmp_path / "1.zip", offer_row())
    replay = SimpleUploadedFile("bundle.zip", (tmp_path / "1.zip").read_bytes())
    assert client.post(url, {"file": good}).status_code == 302
    head = ledger.head
    for file, said in (
        (replay, "taken before"),
        (bundle(tmp_path / "2.zip", offer_row(), number=3), "This is bundle 3"),
        (
            bundle(tmp_path / "3.zip", case, number=2, previous=read_shared(tmp_path / "1.zip").bundle_id),
            "does not take",
        ),
        (SimpleUploadedFile("x.zip", b"no zip"), "not a bundle"),
    ):
        answer = client.post(url, {"file": file})
        assert answer.status_code == 400
        assert said in answer.content.decode()
    assert client.post(url, {}).status_code == 400
    assert ledger.head == head
    assert client_of(user("t", tracer=EVERYWHERE)).post(url, {"file": good}).status_code == 403


@pytest.mark.usefixtures("city", "policy")
@pytest.mark.parametrize(
    "wrong", [{"case": "no-such"}, {"case": "case-south-1"}, {"until": ""}, {"until": "2030-01-01"}, {"purpose": " "},
              {"partner": "nobody"}],
)  # fmt: skip
def test_an_offer_that_the_policy_does_not_allow(user: Users, client_of: Clients, wrong: dict[str, str]) -> None:
    client = client_of(user("d", data_steward="north"))
    sent = {"case": "case-north-1", "partner": "harbour", "until": "2026-04-10", "purpose": "Find contacts"}
    answer = client.post(reverse("partners:offer_new"), sent | wrong)
    assert answer.status_code == 400
    assert current("offers") == []
    assert client.post(reverse("partners:offer_new"), sent).status_code == 302
    assert current("offers")[0]["expires_on"] == date(2026, 4, 10)
