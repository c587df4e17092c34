"""The start of a server: the first link, and what is made before anybody asks."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from console.conftest import NOW, PASSWORD
from douse.console import start
from douse.console.models import Assignment, User
from douse.console.permissions import Actor, Grant
from douse.console.policy import EVERYWHERE
from douse.console.reading import follow
from douse.console.signin.links import LASTS
from douse.console.today.views import prime


def test_each_start_prints_a_link_until_one_was_used(at: Any) -> None:
    first = start.first_link()
    assert first is not None
    assert str(Assignment.objects.get()) == "administrator in the whole area"
    second = start.first_link()
    client = Client(HTTP_HOST="localhost")
    assert client.get(first).status_code == 409
    at.at += LASTS + timedelta(hours=1)
    third = start.first_link()
    assert second != third
    assert client.post(third, {"password": PASSWORD, "again": PASSWORD}).status_code == 302
    assert start.first_link() is None
    assert User.objects.count() == 1


def test_where_there_are_users_nobody_is_added(user: Callable[..., User]) -> None:
    user("field")
    assert start.first_link() is None
    assert User.objects.count() == 1


@pytest.mark.usefixtures("city")
def test_what_was_made_before_is_there_at_the_first_look(
    user: Callable[..., User], client_of: Callable[..., Client]
) -> None:
    prime(Actor("console", (Grant("epidemiologist", EVERYWHERE),), verified=True), follow(), NOW.date())
    client = client_of(user("lead", epidemiologist=EVERYWHERE))
    for _ in range(20):
        page = client.get(reverse("today")).content.decode()
        if "aria-busy" not in page:
            break
    assert "Cases in all" in page
    assert "<svg" in page
