"""The first page: what changed, within one's zones, as it was known."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from console.conftest import NOW
from douse.console import scene
from douse.console.knowledge import choose
from douse.console.models import User
from douse.console.permissions import Actor, Grant
from douse.console.policy import EVERYWHERE
from douse.console.reading import follow
from douse.console.today import known
from douse.console.today.views import chosen_day
from douse.outputs.words import Words
from douse.records.ledger import NewEntry

pytestmark = pytest.mark.slow


def figures(actor: Actor, days_ago: int = 0) -> known.Figures:
    day, snapshot = NOW.date() - timedelta(days=days_ago), follow()
    return known.figures(actor, snapshot, day, scene.knowledge_on(snapshot, day), Words("en"))


def actor(role: str, zone: str) -> Actor:
    return Actor(role, (Grant(role, zone),), verified=True)


def told(put: Callable[..., None], case_id: str, zone: str, at: datetime) -> None:
    put("cases", {"case_id": case_id, "zone": zone, "reported_at": at, "pathogen": "sars-cov-2-wild"}, at=at)


@pytest.mark.usefixtures("city")
def test_figures_count_the_cases_within_reach_and_no_others() -> None:
    assert figures(actor("tracer", "north")).total == 2
    assert figures(actor("decision_maker", "north-1")).total == 1
    assert figures(actor("epidemiologist", EVERYWHERE)).total == 4


@pytest.mark.usefixtures("city")
def test_who_is_not_shown_personal_columns_still_gets_true_counts(put: Callable[..., None]) -> None:
    put(
        "cases",
        {
            "case_id": "gone", "zone": "north-1", "pathogen": "sars-cov-2-wild", "outcome": "died",
            "outcome_on": NOW.date(), "reported_at": NOW - timedelta(days=2),
        },
    )  # fmt: skip
    deaths = {row[0]: row[2] for row in figures(actor("decision_maker", EVERYWHERE)).changed}["Deaths"]
    assert deaths == "1"


@pytest.mark.usefixtures("city")
def test_news_names_what_is_new_since_the_day_before(put: Callable[..., None], ledger: Any) -> None:
    told(put, "new", "south-1", NOW)
    news = figures(actor("epidemiologist", EVERYWHERE)).news
    assert news[0].startswith("5 new cases")  # the city's cases were told this morning too
    assert "No new case was told." in figures(actor("tracer", "south-1"), days_ago=-1).news
    row = next(e for e in ledger.entries(tables=["cases"]) if e.row["case_id"] == "new")
    later = NOW + timedelta(days=1)
    ledger.append(
        [NewEntry("cases", {**row.row, "classification": "discarded"}, supersedes=row.record_id)], author="x", at=later
    )
    assert any("no longer" in line for line in figures(actor("epidemiologist", EVERYWHERE), days_ago=-1).news)


@pytest.mark.usefixtures("city")
def test_a_past_day_shows_what_was_known_then(put: Callable[..., None]) -> None:
    early = NOW - timedelta(days=10)
    told(put, "early", "north-1", early)
    seen = actor("epidemiologist", EVERYWHERE)
    assert figures(seen).total == 5
    assert figures(seen, days_ago=5).total == 1
    assert scene.known_within(seen, follow(), NOW.date() - timedelta(days=11)).cases.is_empty()


@pytest.mark.usefixtures("city")
def test_a_past_day_keeps_the_library_files_of_then(at: Any) -> None:
    admin = actor("administrator", EVERYWHERE)
    yesterday = NOW - timedelta(days=1)
    at.at = yesterday
    choose(admin, pathogen="sars-cov-2-wild", protocol="who-generic", costs="generic", reason="the first")
    at.at = NOW
    choose(admin, pathogen="sars-cov-2-delta", protocol="who-generic", costs="generic", reason="sequenced")
    snapshot = follow()
    assert scene.knowledge_on(snapshot, yesterday.date()).pathogen.id == "sars-cov-2-wild"
    assert scene.knowledge_on(snapshot, NOW.date()).pathogen.id == "sars-cov-2-delta"


@pytest.mark.usefixtures("city")
def test_a_new_record_is_counted_at_the_next_look(put: Callable[..., None]) -> None:
    seen = actor("epidemiologist", EVERYWHERE)
    assert figures(seen).total == 4
    told(put, "one-more", "north-1", NOW)
    assert figures(seen).total == 5


def ready(client: Client, part: str) -> str:
    """The part once it is there."""
    for _ in range(20):
        text = client.get(reverse("today_part"), {"part": part}).content.decode()
        if "aria-busy" not in text:
            return text
    raise AssertionError(f"{part} is never ready")


@pytest.mark.usefixtures("city")
def test_the_page_shows_figures_pictures_signals_and_overdue_tasks(
    user: Callable[..., User], client_of: Callable[..., Client], put: Callable[..., None]
) -> None:
    late = {"due_at": NOW - timedelta(hours=2), "kind": "follow_up", "assigned_to": "field"}
    put("tasks", {"task_id": "t1", "zone": "north-1", **late}, {"task_id": "t2", "zone": "south-1", **late})
    put("tasks", {"task_id": "t3", "zone": "north-1", "kind": "reach", "due_at": NOW + timedelta(hours=2)})
    client = client_of(user("lead", epidemiologist="north"))
    page = client.get(reverse("today")).content.decode()
    assert 'class="badge bad">1<' in page
    assert "Cases in all" in ready(client, "figures")
    assert "<svg" in ready(client, "pictures")
    assert "Open signals" in ready(client, "signals")


@pytest.mark.usefixtures("city")
def test_an_empty_ledger_and_an_unknown_pathogen_are_told_not_broken(
    user: Callable[..., User], client_of: Callable[..., Client], ledger: Any, put: Callable[..., None]
) -> None:
    person = user("lead", epidemiologist="nowhere")
    assert "No case is on record" in client_of(person).get(reverse("today")).content.decode()
    put("cases", {"case_id": "odd", "zone": "south-1", "pathogen": "measles", "reported_at": NOW})
    everywhere = client_of(user("all", epidemiologist=EVERYWHERE)).get(reverse("today")).content.decode()
    assert "pathogen" in everywhere


def test_a_day_that_is_none_or_is_to_come_is_today() -> None:
    today = NOW.date()
    assert chosen_day("nonsense", today) == chosen_day("", today) == chosen_day("2999-01-01", today) == today
    assert chosen_day("2026-03-01", today) == datetime(2026, 3, 1).date()
