"""Signing in: lockout, second factor, sessions that end, one-time links, what the browser is told."""

import re
import subprocess
import sys
from binascii import unhexlify
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.test import Client
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from console.conftest import NOW, PASSWORD
from douse.console.models import OneTimeLink, User
from douse.console.policy import EVERYWHERE, ROLES
from douse.console.settings import FAILURES_ALLOWED, LOCKED_FOR, SESSION_IDLE, SESSION_LASTS
from douse.console.signin.links import LASTS, make_link

pytestmark = pytest.mark.slow

BROWSER = {"HTTP_HOST": "localhost"}


def try_password(client: Client, name: str, password: str, **more: str) -> Any:
    return client.post(reverse("sign_in"), {"name": name, "password": password, **more})


def told(ledger: Any) -> list[str]:
    return [entry.row["action"] for entry in ledger.entries(tables=["audit"])]


def test_a_password_is_kept_as_argon2_and_opens_the_door(user: Callable[..., User], ledger: Any) -> None:
    person = user("office", password=PASSWORD, administrator=EVERYWHERE)
    assert identify_hasher(person.password).algorithm == "argon2"
    client = Client(**BROWSER)
    assert try_password(client, "office", PASSWORD).headers["Location"] == reverse("today")
    assert client.get(reverse("today")).status_code == 200
    assert told(ledger) == ["signed_in"]


def test_what_is_no_name_is_not_written_down(user: Callable[..., User], ledger: Any) -> None:
    user("office", password=PASSWORD)
    client = Client(**BROWSER)
    first, second = try_password(client, "office", "wrong"), try_password(client, PASSWORD, "wrong")
    assert first.status_code == second.status_code == 401
    rows = [entry.row for entry in ledger.entries(tables=["audit"])]
    assert [row.get("object_id") for row in rows] == ["office", None]
    assert PASSWORD.encode() not in second.content


def test_after_some_wrong_passwords_the_right_one_has_to_wait(user: Callable[..., User]) -> None:
    user("office", password=PASSWORD, administrator=EVERYWHERE)
    client = Client(**BROWSER)
    for _ in range(FAILURES_ALLOWED):
        answer = try_password(client, "office", "wrong")
    assert answer.status_code == 429
    assert try_password(client, "office", PASSWORD).status_code == 429
    assert str(int(LOCKED_FOR.total_seconds() // 60)).encode() in answer.content
    elsewhere = Client(**BROWSER, REMOTE_ADDR="10.0.0.9")  # somebody else's mistakes lock nobody out
    assert try_password(elsewhere, "office", PASSWORD).status_code == 302


def test_forms_open_to_anybody_are_limited_by_address(user: Callable[..., User]) -> None:
    user("office")
    client = Client(**BROWSER)
    answers = [client.get(reverse("first_password", args=["guess"])).status_code for _ in range(31)]
    assert answers == [409] * 30 + [429]


def test_one_goes_on_to_pages_of_the_console_only(user: Callable[..., User]) -> None:
    user("office", password=PASSWORD, administrator=EVERYWHERE)
    answer = try_password(Client(**BROWSER), "office", PASSWORD, next="https://elsewhere.example/")
    assert answer.headers["Location"] == reverse("today")
    answer = try_password(Client(**BROWSER), "office", PASSWORD, next=reverse("admin:users"))
    assert answer.headers["Location"] == reverse("admin:users")


def code_of(device: TOTPDevice) -> str:
    return f"{totp(unhexlify(device.key)):06d}"


def test_a_second_factor_is_set_up_asked_for_and_good_once(user: Callable[..., User], ledger: Any) -> None:
    user("field", password=PASSWORD, tracer=EVERYWHERE)
    client = Client(**BROWSER)
    try_password(client, "field", PASSWORD)
    shown = client.get(reverse("second_factor")).content.decode()
    device = TOTPDevice.objects.get(user__name="field")
    assert "<svg" in shown
    assert "style=" not in shown
    assert client.post(reverse("second_factor"), {"code": "000000"}).status_code == 401
    device.refresh_from_db()
    device.throttle_reset()
    code = code_of(device)
    assert client.post(reverse("second_factor"), {"code": code}).headers["Location"] == reverse("today")
    assert client.get(reverse("today")).status_code == 200

    again = Client(**BROWSER)
    try_password(again, "field", PASSWORD)
    assert again.get(reverse("today")).headers["Location"] == reverse("second_factor")
    assert "<svg" not in again.get(reverse("second_factor")).content.decode()
    assert again.post(reverse("second_factor"), {"code": code}).status_code == 401
    assert {"set_second_factor", "second_factor_failed"} <= set(told(ledger))


def test_who_has_a_second_factor_is_asked_for_it_whatever_the_role(
    user: Callable[..., User], client_of: Callable[..., Client]
) -> None:
    person = user("office", password=PASSWORD, administrator=EVERYWHERE)
    TOTPDevice.objects.create(user=person, confirmed=True)
    client = Client(**BROWSER)
    try_password(client, "office", PASSWORD)
    assert client.get(reverse("today")).headers["Location"] == reverse("second_factor")


@pytest.mark.parametrize(("idle", "steps"), [(SESSION_IDLE + timedelta(minutes=1), 1), (timedelta(minutes=50), 15)])
def test_a_session_ends_when_nobody_uses_it_and_at_the_end_of_the_day(
    idle: timedelta, steps: int, user: Callable[..., User], client_of: Callable[..., Client], at: Any
) -> None:
    client = client_of(user("office", administrator=EVERYWHERE))
    for _ in range(steps):
        assert client.get(reverse("account")).status_code == 200
        at.at += idle
        if at.at - NOW > SESSION_LASTS:
            break
    assert client.get(reverse("account")).status_code == 302


def test_a_session_in_use_goes_on(user: Callable[..., User], client_of: Callable[..., Client], at: Any) -> None:
    client = client_of(user("office", administrator=EVERYWHERE))
    for _ in range(10):
        assert client.get(reverse("account")).status_code == 200
        at.at += timedelta(minutes=50)


def test_a_locked_user_is_out_at_once(user: Callable[..., User], client_of: Callable[..., Client]) -> None:
    person = user("office", administrator=EVERYWHERE)
    client = client_of(person)
    person.is_active = False
    person.save()
    assert client.get(reverse("account")).status_code == 302


def test_a_one_time_link_sets_a_password_once(user: Callable[..., User], ledger: Any) -> None:
    person = user("new", administrator=EVERYWHERE)
    link = make_link(person, "console")
    assert OneTimeLink.objects.get().token_hash not in link
    client = Client(**BROWSER)
    assert client.get(link).status_code == 200
    assert client.get(link).status_code == 200  # looking does not use it up
    short = client.post(link, {"password": "short", "again": "short"})
    assert b"12" in short.content
    assert client.post(link, {"password": PASSWORD, "again": PASSWORD}).status_code == 302
    assert client.get(reverse("today")).status_code == 200
    for method in (client.get, client.post):
        assert method(link, {"password": "another long one", "again": "another long one"}).status_code == 409
    assert User.objects.get(name="new").check_password(PASSWORD)
    assert {"made_link", "set_password"} <= set(told(ledger))


def test_a_one_time_link_runs_out_and_a_newer_one_ends_it(user: Callable[..., User], at: Any) -> None:
    person = user("new")
    first, second = make_link(person, "console"), make_link(person, "console")
    client = Client(**BROWSER)
    assert client.get(first).status_code == 409
    at.at += LASTS + timedelta(minutes=1)
    assert client.get(second).status_code == 409


def test_a_new_link_asks_for_a_new_second_factor(user: Callable[..., User]) -> None:
    person = user("field", tracer=EVERYWHERE)
    TOTPDevice.objects.create(user=person, confirmed=True)
    Client(**BROWSER).post(make_link(person, "console"), {"password": PASSWORD, "again": PASSWORD})
    assert not TOTPDevice.objects.filter(user=person).exists()


def test_roles_are_picked_by_a_click_in_a_demonstration_only(user: Callable[..., User]) -> None:
    user("administrator", administrator=EVERYWHERE)
    assert Client(**BROWSER).post(reverse("as_role"), {"role": "administrator"}).status_code == 404


def test_openid_connect_is_not_offered_where_nothing_is_said_of_it() -> None:
    assert b"organisation" not in Client(**BROWSER).get(reverse("sign_in")).content


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("role", [None, *ROLES])
def test_pages_hold_no_script_and_no_style_of_their_own_and_say_so(
    role: str | None, user: Callable[..., User], client_of: Callable[..., Client]
) -> None:
    client = client_of(user(role, **{role: EVERYWHERE}) if role else None)
    names = ("today", "account", "sign_in", "admin:users", "admin:audit", "break_glass", "healthy")
    for address in [
        *map(reverse, names),
        reverse("today_part") + "?part=pictures",
        "/static/console/console.css",
        "/no",
    ]:
        answer = client.head(address) if "static" in address else client.get(address)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        if answer.headers.get("Content-Type", "").startswith("text/html") and answer.status_code < 300:
            text = answer.content.decode()
            assert not re.search(r"<style|<script(?![^>]*\bsrc=)|\bstyle=|\son[a-z]+=|javascript:", text), address
            assert not re.search(r"(?:src|href|action)=[\"']?(?:https?:)?//", text), address
            assert answer.headers["Cache-Control"] == "no-store"


def test_cookies_are_for_the_console_alone(user: Callable[..., User]) -> None:
    user("office", password=PASSWORD)
    client = Client(**BROWSER)
    client.get(reverse("sign_in"))
    try_password(client, "office", PASSWORD)
    for name in ("douse_session", "douse_csrf"):
        cookie = client.cookies[name]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"


def test_a_form_from_elsewhere_is_refused(user: Callable[..., User]) -> None:
    user("office", password=PASSWORD)
    client = Client(enforce_csrf_checks=True, **BROWSER)
    assert try_password(client, "office", PASSWORD).status_code == 403


@pytest.mark.slow
def test_djangos_own_judgement_of_the_settings_is_clean(tmp_path: Path) -> None:
    command = [
        sys.executable, "-W", "error::UserWarning", "-m", "douse.console.manage", "--folder", str(tmp_path / "i"),
        "check", "--deploy", "--fail-level", "WARNING",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout
