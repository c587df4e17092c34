"""What every page for residents does: language by a link, no cookie that is needed, nothing kept that is personal."""

import pytest
from django.urls import reverse

from console.residents import NEED, REPORT, number_of, resident, send
from douse.console.public import floods


def test_the_first_page_speaks_the_language_of_its_link_and_remembers_it() -> None:
    client = resident()
    assert '<html lang="en"' in client.get(reverse("public:home")).text
    assert '<html lang="zh-Hans"' in client.get(reverse("public:home"), {"lang": "zh"}).text
    assert '<html lang="zh-Hans"' in client.get(reverse("public:home")).text
    assert '<html lang="en"' in resident().get(reverse("public:home"), {"lang": "xx"}).text


@pytest.mark.usefixtures("city")
def test_an_address_that_is_not_there_leads_back_to_the_pages_for_residents() -> None:
    answer = resident().get(reverse("public:claim", args=["nothing"]))
    assert answer.status_code == 404
    assert f'href="{reverse("public:home")}"' in answer.text
    assert "Menu" not in answer.text
    assert not answer.cookies


@pytest.mark.usefixtures("city")
def test_what_is_personal_is_kept_by_no_browser_and_sets_no_cookie(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floods, "BITS", 4)
    client = resident()
    given = [
        send(client, "public:report", "symptoms", "north-1", REPORT),
        send(client, "public:needs", "food", "north-1", NEED),
    ]
    numbers = [number_of(answer.text) for answer in given]
    opened = [client.post(reverse(f"public:{page}"), {"number": numbers[0]}) for page in ("receipt", "correct")]
    for answer in (*given, *opened):
        assert answer.headers["Cache-Control"] == "no-store"
        assert not any(number in str(answer.headers) for number in numbers)
    assert not client.cookies


@pytest.mark.usefixtures("city")
def test_a_page_that_may_be_kept_is_kept_by_language() -> None:
    for page in ("public:totals", "public:claims"):
        answer = resident().get(reverse(page))
        assert "max-age" in answer.headers["Cache-Control"]
        assert {"Accept-Language", "Cookie"} <= set(answer.headers["Vary"].split(", "))
