"""The table of the policy is the oracle: every address, every role, every method."""

from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from console.examples import ARGUMENTS, SOMETIMES
from douse.console.actors import of_user
from douse.console.models import ApiToken, User
from douse.console.permissions import Actor, Grant, may
from douse.console.policy import ACTIONS, ALL_TABLES, EVERYWHERE, NAVIGATION, PAGES, ROLES, UNREAD
from douse.records.ledger_tables import LEDGER_TABLES

METHODS = ("DELETE", "PUT", "GET", "POST")
OPEN = {"api:openapi-json", "api_docs"}  # addresses of the API that need no token
WORDS = {"anyone", "signed_in", "assigned"}


def addresses(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[str]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert set(addresses()) == set(PAGES) - SOMETIMES


def test_every_right_of_the_table_is_a_word_that_means_something() -> None:
    known = {*WORDS, *ACTIONS, *(f"{verb} {table}" for verb in ("read", "write") for table in LEDGER_TABLES)}
    assert {right for row in PAGES.values() for right in row.rights.values()} <= known
    assert {right for role in ROLES.values() for right in role.rights} <= known
    assert set(ALL_TABLES) | set(UNREAD) == set(LEDGER_TABLES)


def test_every_action_is_somebodys() -> None:
    assert set(ACTIONS) == set().union(*(role.actions for role in ROLES.values()))


def test_what_somebody_writes_they_also_read() -> None:
    for role in ROLES.values():
        assert role.writes <= role.reads, role.name


def test_every_entry_of_the_navigation_is_an_address() -> None:
    assert {name for name, _ in NAVIGATION} <= set(PAGES)


def is_api(name: str) -> bool:
    """Whether an address is asked by programs, with a token."""
    return name.startswith("api:")


def program_of(person: User) -> Client:
    """A program with a token for everything that the user may do."""
    scope = sorted(of_user(person, verified=True).rights)
    hashed = sha256(b"douse_token").hexdigest()
    ApiToken.objects.create(
        user=person, name="walk", token_hash=hashed, scope=scope, verified=True, expires_at=datetime(2100, 1, 1)
    )
    return Client(HTTP_HOST="localhost", HTTP_AUTHORIZATION="Bearer douse_token")


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.usefixtures("city")
def test_each_address_opens_to_a_role_as_the_table_says(
    role: str, user: Callable[..., User], client_of: Callable[..., Client]
) -> None:
    person = user(role, **{role: EVERYWHERE})
    if role != "administrator":
        user("administrator", administrator=EVERYWHERE)
    actor = Actor(role, (Grant(role, EVERYWHERE),), verified=True)
    client, program = client_of(person), program_of(person)
    for name in [*sorted(set(PAGES) - SOMETIMES - {"sign_out"}), "sign_out"]:
        for method in METHODS:
            right = PAGES[name].rights.get(method)
            answer = (program if is_api(name) else client).generic(method, reverse(name, kwargs=ARGUMENTS.get(name)))
            allowed = right is not None and may(actor, right)
            assert (answer.status_code != 403) == allowed, (name, method, right, answer.status_code)


@pytest.mark.slow
def test_nobody_gets_further_than_what_is_open_to_anybody() -> None:
    client = Client(HTTP_HOST="localhost")
    for name in set(PAGES) - SOMETIMES:
        for method in METHODS:
            answer = client.generic(method, reverse(name, kwargs=ARGUMENTS.get(name)))
            right = PAGES[name].rights.get(method)
            if is_api(name) and right != "anyone":
                assert answer.status_code == (403 if right is None and name in OPEN else 401), (name, method)
            elif right is None:
                assert answer.status_code == 403, (name, method)
            elif right != "anyone":
                assert answer.status_code == 302, (name, method)
                assert answer.headers["Location"].startswith(reverse("sign_in")), (name, method)


@pytest.mark.slow
@pytest.mark.parametrize("role", [role.name for role in ROLES.values() if role.personal])
def test_who_sees_personal_columns_gets_nowhere_without_a_second_factor(
    role: str, user: Callable[..., User], client_of: Callable[..., Client]
) -> None:
    person = user(role, **{role: EVERYWHERE})
    open_before = {"sign_in", "sign_out", "second_factor", "language", "healthy", "first_password"}
    client = client_of(person, verified=False)
    for name in set(PAGES) - SOMETIMES - open_before:
        answer = client.get(reverse(name, kwargs=ARGUMENTS.get(name)))
        if is_api(name):
            assert answer.status_code in {401, 200}, name  # a session does not count there
        elif "GET" in PAGES[name].rights:
            assert answer.status_code == 302, name
            assert answer.headers["Location"] == reverse("second_factor"), name


def test_without_a_role_nothing_is_seen(user: Callable[..., User], client_of: Callable[..., Client]) -> None:
    assert client_of(user("new")).get(reverse("today")).status_code == 403
    assert Actor("new", (Grant("no-such-role", EVERYWHERE),), verified=True).rights == frozenset()
