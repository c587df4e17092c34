"""What every page for residents does: language by a link, no cookie that is needed, small bodies only."""

from django.test import Client
from django.urls import reverse


def resident(**headers: str) -> Client:
    """Somebody without an account; forms are checked as in a real browser."""
    return Client(enforce_csrf_checks=True, headers={"host": "localhost", **headers})


def test_the_first_page_speaks_the_language_of_its_link_and_remembers_it() -> None:
    client = resident()
    assert '<html lang="en"' in client.get(reverse("public:home")).text
    assert '<html lang="zh-Hans"' in client.get(reverse("public:home"), {"lang": "zh"}).text
    assert '<html lang="zh-Hans"' in client.get(reverse("public:home")).text
    assert '<html lang="en"' in resident().get(reverse("public:home"), {"lang": "xx"}).text
