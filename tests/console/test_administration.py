"""Users, protocol, retention, audit log, ledger, broken glass."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from console.conftest import NOW
from douse.console.models import Assignment, BrokenGlass, InForce, User
from douse.console.policy import EVERYWHERE

pytestmark = pytest.mark.slow

PASSWORDLESS = "new-colleague"


@pytest.fixture
def admin(city: None, user: Callable[..., User], client_of: Callable[..., Client]) -> Client:
    return client_of(user("administrator", administrator=EVERYWHERE))


def last(ledger: Any) -> dict[str, Any]:
    return dict(ledger.entries(tables=["audit"], newest_first=True, limit=1)[0].row)


def test_a_user_is_added_with_a_link_that_is_shown_once(admin: Client, ledger: Any) -> None:
    answer = admin.post(reverse("admin:users"), {"name": PASSWORDLESS}, follow=True)
    assert "/sign-in/link/" in answer.content.decode()
    assert "/sign-in/link/" not in admin.get(reverse("admin:user", args=[PASSWORDLESS])).content.decode()
    assert [e.row["action"] for e in ledger.entries(tables=["audit"])][-2:] == ["added_user", "made_link"]


@pytest.mark.parametrize("name", ["", "two words", "administrator", "x" * 61, "<b>"])
def test_a_name_that_is_none_is_refused_with_a_reason(name: str, admin: Client) -> None:
    answer = admin.post(reverse("admin:users"), {"name": name})
    assert answer.status_code == 422
    assert "cannot be added" in answer.content.decode()


def test_roles_are_given_and_taken_and_count_at_once(
    admin: Client, user: Callable[..., User], client_of: Callable[..., Client], ledger: Any
) -> None:
    person = user("field")
    client, page = client_of(person), reverse("admin:user", args=["field"])
    assert client.get(reverse("today")).status_code == 403
    admin.post(page, {"action": "give", "role": "logistics", "zone": "north"})
    assert last(ledger)["action"] == "gave_role"
    assert (last(ledger)["zone"], last(ledger)["role"]) == ("north", "logistics")
    assert client.get(reverse("today")).status_code == 200
    admin.post(page, {"action": "take", "assignment": Assignment.objects.get(user=person).pk})
    assert last(ledger)["action"] == "took_role"
    assert client.get(reverse("today")).status_code == 403


@pytest.mark.parametrize(("role", "zone"), [("king", "north"), ("tracer", "nowhere"), ("tracer", "")])
def test_a_role_or_zone_that_is_none_is_refused(role: str, zone: str, admin: Client, user: Callable[..., User]) -> None:
    person = user("field")
    answer = admin.post(reverse("admin:user", args=["field"]), {"action": "give", "role": role, "zone": zone})
    assert answer.status_code == 400
    assert not person.assignments.exists()


def test_the_last_administrator_stays(admin: Client, user: Callable[..., User]) -> None:
    page = reverse("admin:user", args=["administrator"])
    theirs = Assignment.objects.get(user__name="administrator")
    assert admin.post(page, {"action": "take", "assignment": theirs.pk}).status_code == 409
    assert admin.post(page, {"action": "lock"}).status_code == 409
    user("second", administrator=EVERYWHERE)
    assert admin.post(page, {"action": "take", "assignment": theirs.pk}).status_code in {302, 403}
    assert not Assignment.objects.filter(pk=theirs.pk).exists()


@pytest.mark.usefixtures("city")
def test_who_manages_users_of_a_zone_gives_roles_within_it_only(
    user: Callable[..., User], client_of: Callable[..., Client]
) -> None:
    client = client_of(user("head-north", administrator="north"))
    user("field"), user("far", tracer="south")
    page = reverse("admin:user", args=["field"])
    assert client.post(page, {"action": "give", "role": "tracer", "zone": "north-1"}).status_code == 302
    for zone in ("south-1", "city", EVERYWHERE):
        assert client.post(page, {"action": "give", "role": "tracer", "zone": zone}).status_code == 403
    assert client.post(reverse("admin:user", args=["far"]), {"action": "lock"}).status_code == 403


def test_locking_ends_sessions_and_unlocking_lets_in_again(
    admin: Client, user: Callable[..., User], client_of: Callable[..., Client]
) -> None:
    client, page = client_of(user("field", logistics="north")), reverse("admin:user", args=["field"])
    admin.post(page, {"action": "lock"})
    assert client.get(reverse("today")).status_code == 302
    assert admin.post(page, {"action": "lock"}).status_code == 409
    admin.post(page, {"action": "unlock"})
    assert User.objects.get(name="field").is_active


def test_the_protocol_needs_a_reason_and_is_on_record(admin: Client, ledger: Any) -> None:
    asked = {"pathogen": "sars-cov-2-wild", "protocol": "who-generic", "costs": "generic", "reason": ""}
    assert admin.post(reverse("admin:protocol"), asked).status_code == 422
    assert admin.post(reverse("admin:protocol"), {**asked, "pathogen": "/etc/passwd", "reason": "r"}).status_code == 422
    assert not InForce.objects.exists()
    assert admin.post(reverse("admin:protocol"), {**asked, "reason": "as the ministry says"}).status_code == 302
    assert last(ledger)["action"] == "choose_protocol"
    assert "as the ministry says" in admin.get(reverse("admin:protocol")).content.decode()


def test_the_audit_log_is_searched_and_paged(admin: Client, put: Callable[..., None]) -> None:
    rows = [
        {"audit_id": f"a{n}", "action": "exported", "author": "user:lead", "reason": f"week {n}"} for n in range(120)
    ]
    put("audit", *rows)
    page = admin.get(reverse("admin:audit"), {"action": "exported"}).content.decode()
    assert "Page 1 of 3" in page
    assert admin.get(reverse("admin:audit"), {"action": "exported", "page": "99"}).content.decode().count("<tr>") == 21
    assert admin.get(reverse("admin:audit"), {"q": "WEEK 77"}).content.decode().count("<tr>") == 2
    assert "Nothing in the log" in admin.get(reverse("admin:audit"), {"until": "2020-01-01"}).content.decode()


@pytest.mark.usefixtures("city")
def test_an_auditor_of_a_zone_sees_what_was_done_there(
    user: Callable[..., User], client_of: Callable[..., Client], put: Callable[..., None]
) -> None:
    put("audit", {"audit_id": "here", "action": "exported", "zone": "north-1", "reason": "near"})
    put("audit", {"audit_id": "there", "action": "exported", "zone": "south-1", "reason": "far away"})
    page = client_of(user("auditor", auditor="north")).get(reverse("admin:audit")).content.decode()
    assert "near" in page
    assert "far away" not in page


def test_the_chain_is_walked_on_request(admin: Client, ledger: Any) -> None:
    assert admin.post(reverse("admin:ledger")).status_code == 302
    assert last(ledger)["action"] == "verify_ledger"
    assert "whole" in admin.get(reverse("admin:ledger")).content.decode()


@pytest.mark.usefixtures("city")
def test_what_is_past_its_time_is_emptied_by_a_data_steward(
    user: Callable[..., User], client_of: Callable[..., Client], put: Callable[..., None], ledger: Any
) -> None:
    old = {
        "case_id": "case-north-1",
        "person_id": "old",
        "household": "h",
        "last_contact": NOW.date() - timedelta(days=60),
    }
    put("contacts", old)
    part = client_of(user("part", data_steward="north"))
    assert part.post(reverse("admin:retention"), {"reason": "time is over"}).status_code == 409
    steward = client_of(user("steward", data_steward=EVERYWHERE))
    assert "Empty 1 person" in steward.get(reverse("admin:retention")).content.decode()
    assert steward.post(reverse("admin:retention"), {"reason": "time is over"}).status_code == 302
    contact = next(e for e in ledger.entries(tables=["contacts"]) if e.row["person_id"] == "old")
    assert contact.redacted
    assert "Empty 1 person" not in steward.get(reverse("admin:retention")).content.decode()


# Break-glass.


@pytest.fixture
def tracer(city: None, user: Callable[..., User], client_of: Callable[..., Client]) -> Client:
    return client_of(user("field", tracer="north"))


def test_broken_glass_needs_a_reason_and_is_told_to_the_data_steward(
    tracer: Client, user: Callable[..., User], client_of: Callable[..., Client], ledger: Any
) -> None:
    page = reverse("break_glass")
    assert tracer.post(page, {"zone": "south", "reason": "short"}).status_code == 422
    assert tracer.post(page, {"zone": "nowhere", "reason": "a contact fled to another zone"}).status_code == 422
    assert not BrokenGlass.objects.exists()
    assert tracer.post(page, {"zone": "south", "reason": "a contact fled to another zone"}).status_code == 302
    assert (last(ledger)["action"], last(ledger)["zone"]) == ("break_glass", "south")
    assert "a contact fled" not in client_of(user("far", data_steward="north")).get(reverse("today")).content.decode()
    steward = client_of(user("steward", data_steward="south"))
    assert "a contact fled" in steward.get(reverse("today")).content.decode()
    assert "a contact fled" in steward.get(reverse("admin:audit")).content.decode()
    broken = BrokenGlass.objects.get()
    assert steward.post(reverse("glass_told"), {"glass": broken.pk}).status_code == 302
    assert "a contact fled" not in steward.get(reverse("today")).content.decode()
    assert steward.post(reverse("glass_told"), {"glass": broken.pk}).status_code == 409


def test_broken_glass_lasts_four_hours_or_until_it_is_ended(tracer: Client, at: Any) -> None:
    seen = "You see"
    for _ in range(2):
        tracer.post(reverse("break_glass"), {"zone": "south", "reason": "a contact fled to another zone"})
        assert seen in tracer.get(reverse("break_glass")).content.decode()
        tracer.post(reverse("glass_end"), {"glass": BrokenGlass.objects.get(ended_at=None).pk})
        assert seen not in tracer.get(reverse("break_glass")).content.decode()
    tracer.post(reverse("break_glass"), {"zone": "south", "reason": "a contact fled to another zone"})
    for minutes, counts in ((50, True), (50, True), (50, True), (50, True), (45, False)):
        at.at += timedelta(minutes=minutes)
        assert (seen in tracer.get(reverse("break_glass")).content.decode()) == counts, at.at - NOW


def test_nobody_ends_or_reads_the_broken_glass_of_others(
    tracer: Client, user: Callable[..., User], client_of: Callable[..., Client]
) -> None:
    tracer.post(reverse("break_glass"), {"zone": "south", "reason": "a contact fled to another zone"})
    broken = BrokenGlass.objects.get()
    other = client_of(user("other", tracer="south"))
    assert other.post(reverse("glass_end"), {"glass": broken.pk}).status_code == 409
    far = client_of(user("far", data_steward="north"))
    assert far.post(reverse("glass_told"), {"glass": broken.pk}).status_code == 409


# Language.


def test_the_language_is_the_cookies_else_the_browsers(user: Callable[..., User]) -> None:
    client = Client(HTTP_HOST="localhost")
    assert (
        '<html lang="zh-Hans">'
        in client.get(reverse("sign_in"), HTTP_ACCEPT_LANGUAGE="fr,zh-CN;q=0.8,en;q=0.5").content.decode()
    )
    answer = client.post(reverse("language"), {"language": "en", "next": reverse("account")})
    assert answer.headers["Location"] == reverse("account")
    assert '<html lang="en">' in client.get(reverse("sign_in"), HTTP_ACCEPT_LANGUAGE="zh-CN").content.decode()
    away = client.post(reverse("language"), {"language": "zh", "next": "https://elsewhere.example/"})
    assert away.headers["Location"] == reverse("today")
