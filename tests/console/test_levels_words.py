"""What columns, conditions, values and errors of returns and partners are called on their pages."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from console.conftest import EVERYWHERE
from console.test_levels_pages import keep
from douse.console.levels import labels
from douse.console.models import User
from douse.console.words import _plain as words_of_pages
from douse.library import Return, names
from douse.library.returns import ReturnColumn
from douse.outputs.words import Words, catalogue

pytestmark = pytest.mark.slow
Users, Clients = Callable[..., User], Callable[..., Client]


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("name", names(Return))
def test_a_definition_names_its_columns_and_conditions_in_words(user: Users, client_of: Clients, name: str) -> None:
    page = client_of(user("e", epidemiologist=EVERYWHERE)).get(reverse("returns:definition", args=[name]))
    body = page.content.decode().split("</dl>")[1].split("</main>")[0]
    assert not re.search(r"[a-z]+_[a-z]+", re.sub(r"<[^>]*>", "", body))  # no name of a column as it is kept


@pytest.mark.usefixtures("city")
def test_every_kind_of_condition_of_a_return_is_said() -> None:
    counted = ReturnColumn.model_validate({
        "id": "x", "name": {"en": "X", "zh": "X"}, "what": "count", "table": "counted_cases", "begins": "onset",
        "ends": ["outcome_on"],
        "where": [
            {"column": "in_quarantine", "one_of": ["true"]}, {"column": "origin_place", "filled": True},
            {"column": "outcome", "filled": False}, {"column": "age", "at_least": 5, "below": 15},
        ],
    })  # fmt: skip
    assert list(labels.records_of(counted)) == [
        "In quarantine when found: yes", "Country or area of infection: on record", "Outcome: none", "Age: at least 5",
        "Age: below 15", "at the end of the period: after “First symptoms”", "before “Day of outcome”",
    ]  # fmt: skip


def test_values_of_a_partner_are_shown_as_they_are_but_codes_and_days() -> None:
    given = {
        "case_id": "case_1_yes",
        "classification": "confirmed",
        "onset": "2026-03-28",
        "age": 4,
        "tested_at": "soon",
    }
    shown = [labels.value("cases", name, value) for name, value in given.items()]
    assert shown == ["case_1_yes", "confirmed", "28 Mar 2026", "4", "soon"]
    assert labels.counted_tables("cases 2, follow_ups 13") == "Cases 2, Follow ups 13"
    assert labels.counted_tables(None) == ""


@pytest.mark.usefixtures("city")
def test_what_is_wrong_is_said_in_the_language_of_the_reader(
    user: Users, client_of: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {"This return is {state}: it cannot become {to}.": "状态为{state}，不能变为{to}。"}
    monkeypatch.setattr("douse.outputs.words.catalogue", lambda language: catalogue(language) | known)
    monkeypatch.setitem(words_of_pages, "zh", Words("zh"))
    client = client_of(user("d", decision_maker="north"))
    answer = client.post(reverse("returns:send", args=[keep(client)]), headers={"Accept-Language": "zh-CN"})
    assert answer.status_code == 400
    assert "状态为草稿，不能变为已报送。" in answer.content.decode()
