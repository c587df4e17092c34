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


@pytest.mark.usefixtures("city")
def test_who_comes_back_to_what_a_receipt_opened_is_asked_for_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floods, "BITS", 4)
    client = resident()
    number = number_of(send(client, "public:report", "symptoms", "north-1", REPORT).text)
    for page in ("public:correct", "public:withdraw", "public:confirm"):
        answer = client.get(reverse(page))
        assert (answer.status_code, answer.headers.get("Location")) == (302, reverse("public:receipt"))
    form = client.post(reverse("public:correct"), {"number": number})
    assert form.status_code == 200
    assert "hreflang" not in form.text  # in another language it would be empty


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(
    "address",
    ["/public/report?kind=symptoms&zone=north-1", "/public/needs?kind=food&zone=north-1", "/public/claims/new"],
)
def test_the_title_says_first_that_something_has_to_be_corrected(address: str) -> None:
    assert "<title>Please correct" not in resident().get(address).text
    assert "<title>Please correct" in resident().post(address, {"note": "x"}).text


@pytest.mark.usefixtures("city")
def test_a_receipt_number_is_read_out_and_not_only_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floods, "BITS", 4)
    page = send(resident(), "public:report", "symptoms", "north-1", REPORT).text
    tag = page.split('class="receipt-number"')[1].split(">")[0]
    assert "aria-label" not in tag  # of a paragraph it would be said in place of the number
