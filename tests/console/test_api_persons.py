"""What programs decide on the records of persons, and the page of legal holds."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from console.conftest import EVERYWHERE, NOW
from douse.console import instance
from douse.console.actors import of_user
from douse.console.api.tokens import make_token
from douse.console.reading import follow

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("city")]


@pytest.fixture
def post(user: Any) -> Any:
    made = user("steward", data_steward=EVERYWHERE)
    actor = of_user(made, verified=True)
    token = make_token(actor, made, "test", actor.rights, 7)
    client = Client(HTTP_HOST="localhost", HTTP_AUTHORIZATION=f"Bearer {token}")

    def send(path: str, **body: Any) -> Any:
        return client.post(f"/api/{path}", json.dumps(body), content_type="application/json")

    return send


def test_a_merge_and_its_undoing(post: Any) -> None:
    made = post("merges", person_id="c-north-1", into="p-north-2", reason="one identity card")
    assert made.status_code == 201
    assert "p-north-2" in set(follow().current("contacts")["person_id"])
    [merge] = follow().current("merges")["merge_id"]
    assert post("merges/undone", merge_id=merge, reason="two cards").status_code == 201
    assert "c-north-1" in set(follow().current("contacts")["person_id"])
    again = post("merges/undone", merge_id=merge, reason="again")
    assert again.status_code == 409
    assert post("merges", person_id="nobody", into="p-north-2", reason="x").status_code == 404
    assert post("merges", person_id="c-north-1", into="p-north-2", reason="").status_code == 422


def test_two_who_were_looked_at_and_are_two_are_not_merged(post: Any) -> None:
    assert post("merges", person_id="c-north-1", into="p-north-2", verdict="two", reason="met both").status_code == 201
    assert follow().current("merges")["state"].to_list() == ["undone"]
    assert "c-north-1" in set(follow().current("contacts")["person_id"])


def test_a_hold_keeps_a_person_until_it_is_released(post: Any) -> None:
    vault = instance.current().stores.vault
    vault.put("p-north-1", {"name": "N"})
    day = (NOW + timedelta(days=9)).date().isoformat()
    assert post("holds", subject="p-north-1", person="court", reason="inquest", until=day).status_code == 201
    kept = post("erasures", person_id="p-north-1", reason="asked for in writing")
    assert kept.status_code in {400, 409}
    assert vault.get("p-north-1")
    [hold] = follow().current("holds")["hold_id"]
    assert post("holds/released", hold_id=hold, reason="the inquest is over").status_code == 201
    assert post("holds/released", hold_id=hold, reason="again").status_code == 409
    assert post("erasures", person_id="p-north-1", reason="asked for in writing").status_code == 201
    assert vault.get("p-north-1") is None
    assert follow().current("cases").filter(case_id="case-north-1")["sex"].to_list() == [None]


@pytest.mark.parametrize(
    "wrong", [{"until": "2020-01-01"}, {"held_table": "no_such_table"}, {"person": ""}, {"zone": "nowhere", "x": 1}]
)
def test_a_hold_that_cannot_be_is_told(post: Any, wrong: dict[str, Any]) -> None:
    answer = post("holds", **({"subject": "p-north-1", "person": "court", "reason": "inquest"} | wrong))
    assert answer.status_code in {400, 422}
    assert follow().current("holds").is_empty()


def test_the_page_puts_a_hold_and_releases_it(user: Any, client_of: Any) -> None:
    client = client_of(user("steward", data_steward=EVERYWHERE))
    form = {"held_table": "contacts", "zone": "north", "reason": "a complaint", "person": "legal office", "until": ""}
    assert client.post(reverse("admin:hold"), form).status_code == 302
    page = client.get(reverse("admin:retention")).content.decode()
    assert "a complaint" in page
    [hold] = follow().current("holds")["hold_id"]
    assert client.post(reverse("admin:release"), {"hold": hold, "reason": ""}).status_code == 400
    assert client.post(reverse("admin:release"), {"hold": hold, "reason": "settled"}).status_code == 302
    assert "a complaint" not in client.get(reverse("admin:retention")).content.decode()
    assert client_of(user("lead", epidemiologist=EVERYWHERE)).post(reverse("admin:hold"), form).status_code == 403
