"""One console for the tests of a process: users, sessions and a ledger, all emptied before each test."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from douse.console.instance import Instance, Stores
from douse.console.settings import configure

FOLDER = Path(tempfile.mkdtemp(prefix="douse-console-"))
configure(Instance(FOLDER))

from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from douse.console import clock, instance, scene
from douse.console.models import Assignment, User
from douse.console.policy import EVERYWHERE
from douse.records.ledger import Live, NewEntry, open_ledger
from douse.records.vault import open_vault

NOW = datetime(2026, 4, 1, 9, 0)
PASSWORD = "a long enough password"  # noqa: S105  (of invented users)


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture(scope="session", autouse=True)
def _tables() -> Iterator[None]:
    call_command("migrate", verbosity=0)
    yield
    shutil.rmtree(FOLDER, ignore_errors=True)


@pytest.fixture(autouse=True)
def _fresh(_tables: None, tmp_path: Path) -> Iterator[None]:
    """No users, no sessions, an empty ledger and vault of this test alone."""
    ledger = open_ledger(tmp_path / "ledger", make=True)
    instance.current().use(Stores(ledger, Live(ledger), open_vault(tmp_path / "ledger", tmp_path / "ledger" / "keys")))
    cache.clear()
    scene.background.forget()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    ledger.close()


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the console: 1 April 2026, 9:00, until a test sets `at.at`."""
    standing = Clock()
    monkeypatch.setattr(clock, "now", standing)
    return standing


@pytest.fixture
def ledger() -> Any:
    return instance.current().stores.ledger


@pytest.fixture
def put(ledger: Any) -> Callable[..., None]:
    """Append rows to a table, as if they had come by the command line: ``put("cases", {...}, {...})``."""

    def append(table: str, *rows: dict[str, Any], at: datetime = NOW) -> None:
        ledger.append([NewEntry(table, row) for row in rows], author="user:test", at=at)

    return append


@pytest.fixture
def city(put: Callable[..., None]) -> None:
    """Two districts with two communities each, and a case and its contact in every community."""
    put("zones", {"zone_id": "city", "name": "City", "kind": "city", "latitude": 30.0, "longitude": 120.0})
    for d, district in enumerate(("north", "south")):
        put(
            "zones",
            {
                "zone_id": district, "name": district.title(), "kind": "district", "parent_zone": "city",
                "latitude": 30.1 - 0.2 * d, "longitude": 120.0,
            },
        )  # fmt: skip
        for n in (1, 2):
            zone = f"{district}-{n}"
            put(
                "zones",
                {"zone_id": zone, "name": zone, "kind": "community", "parent_zone": district, "population": 9000},
            )
            put(
                "cases",
                {
                    "case_id": f"case-{zone}", "person_id": f"p-{zone}", "zone": zone, "age": 37, "sex": "female",
                    "classification": "confirmed", "pathogen": "sars-cov-2-wild",
                    "latitude": 30.123456, "longitude": 120.123456,
                    "onset": NOW.date().replace(month=3, day=28), "reported_at": NOW.replace(month=3, day=30),
                },
            )  # fmt: skip
            put("contacts", {"case_id": f"case-{zone}", "person_id": f"c-{zone}", "age": 12, "household": f"h-{zone}"})


@pytest.fixture
def user() -> Callable[..., User]:
    """Make a user with roles: ``user("clinic-3", tracer="north")``; a zone may be `EVERYWHERE`. Passwords take time."""

    def make(name: str, *, password: str | None = None, **roles: str) -> User:
        made = User.objects.add(name, password)
        for role, zone in roles.items():
            Assignment.objects.create(user=made, role=role, zone=zone, given_by="test")
        return made

    return make


@pytest.fixture
def client_of() -> Callable[..., Client]:
    """A browser in which a user has signed in, by default with a second factor."""

    def make(user: User | None, *, verified: bool = True) -> Client:
        client = Client(HTTP_HOST="localhost")
        if user is not None:
            client.force_login(user, backend="douse.console.signin.backend.Passwords")
            if verified:
                verify(client, user)
        return client

    return make


def verify(client: Client, user: User) -> None:
    """As if the user had given the second factor."""
    device, _ = TOTPDevice.objects.get_or_create(user=user, name="test", defaults={"confirmed": True})
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()


__all__ = ["EVERYWHERE", "NOW", "PASSWORD", "verify"]
