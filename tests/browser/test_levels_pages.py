"""A walk through the pages that speak to others: returns, events, partners, claims, bulletins, what residents send.

At the width of a phone and of a desk, in both languages; each page is checked by axe-core too.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from browser import axe

pytestmark = pytest.mark.slow

SERVER = Path(__file__).with_name("levels_server.py")
WIDTHS = {"desk": (1280, 900), "phone": (390, 844)}
LANGUAGES = {"en-GB": "en", "zh-CN": "zh-Hans"}
LONG = 240_000  # milliseconds: a bulletin is made on a slow machine
PICTURES = os.environ.get("DOUSE_PICTURES")  # a folder: pages are kept there as pictures, to be looked at


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    command = [sys.executable, str(SERVER), str(tmp_path_factory.mktemp("levels") / "instance")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


class Walk:
    """Somebody with a browser of one width, in one language; what its console says of errors is kept."""

    def __init__(self, browser: Any, address: str, width: str, language: str) -> None:
        self.browser, self.address, self.width, self.language = browser, address, width, language
        self.said: list[str] = []
        self.contexts: list[Any] = []

    def as_role(self, role: str, to: str) -> Any:
        """A page, after a role signed in."""
        wide, high = WIDTHS[self.width]
        context = self.browser.new_context(viewport={"width": wide, "height": high}, locale=self.language)
        context.set_default_timeout(60_000)  # a slow machine
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self.said.append(message.text) if is_error(message) else None)
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.goto(f"{self.address}/sign-in?next={quote(to)}")
        page.click(f"button[value={role}]")
        page.wait_for_load_state()
        return page

    def go(self, page: Any, to: str, name: str) -> None:
        """Open an address, and look."""
        answer = page.goto(self.address + to)
        assert answer.status == 200, to
        self.look(page, name)

    def send(self, page: Any, button: str, name: str) -> None:
        """Press a button that opens another page, and look at that."""
        with page.expect_navigation():
            page.click(button)
        self.look(page, name)

    def look(self, page: Any, name: str) -> None:
        """Nothing hangs out at the side, the language is the reader's, and axe-core finds nothing."""
        page.wait_for_load_state("networkidle")
        if PICTURES:
            page.screenshot(path=str(Path(PICTURES) / f"{name}-{self.width}-{self.language}.png"), full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[self.width][0], name
        assert page.locator("html").get_attribute("lang") == LANGUAGES[self.language]
        axe.check(page)


def is_error(message: Any) -> bool:
    """Whether a page's console tells of something broken; that a form was refused it tells too."""
    return message.type == "error" and not message.text.startswith("Failed to load resource")


@pytest.fixture(params=[(width, language) for width in WIDTHS for language in LANGUAGES], ids="-".join)
def walk(request: Any, browser: Any, address: str) -> Iterator[Walk]:
    made = Walk(browser, address, *request.param)
    yield made
    for context in made.contexts:
        context.close()
    assert made.said == []


def test_returns_are_owed_filled_in_signed_and_sent(walk: Walk) -> None:
    page = walk.as_role("decision_maker", "/returns/")
    walk.look(page, "returns")
    page.select_option("select[name=return]", "district-daily")
    walk.send(page, "form.filters button", "returns-of-one")
    walk.go(page, "/returns/asked/district-daily", "return-definition")
    walk.go(page, "/returns/asked/weekly-age-sex", "return-definition-by-age")
    day = date.today() - timedelta(days=2)
    walk.go(page, f"/returns/new?return=district-daily&zone=north&day={day}", "return-fill")
    writer = walk.as_role("epidemiologist", f"/returns/new?return=district-daily&zone=north&day={day}")
    walk.send(writer, "main form button.primary", "return-draft")
    page.goto(writer.url)
    walk.send(page, "form[action$='/sign'] button", "return-signed")
    walk.send(page, "form[action$='/send'] button", "return-sent")
    walk.go(page, "/returns/?sent=yes", "returns-sent")
    walk.go(page, "/returns/delays", "returns-delays")


def test_an_event_is_weighed(walk: Walk) -> None:
    page = walk.as_role("epidemiologist", "/events/")
    walk.look(page, "events")
    walk.go(page, "/events/new", "event-new")
    page.fill("#event", "Fever with a cough in two districts, among health staff too")
    walk.send(page, "main form button.primary", "event-begun")
    page.locator("details.fold").first.evaluate("one => one.open = true")
    page.locator("input[name=answer-media][value=yes]").check(force=True)
    page.fill("#because-media", "An embassy asked twice")
    walk.send(page, "button[value=assessed]", "event-assessed")
    walk.send(page, "form[action$='/move'] button >> nth=0", "event-notified")
    walk.go(page, "/events/", "events-listed")


def test_partners_and_a_case_who_travelled(walk: Walk) -> None:
    page = walk.as_role("data_steward", "/partners/")
    walk.look(page, "partners")
    walk.go(page, "/partners/offer", "offer-new")
    page.fill("#case", "no_such_case")
    page.select_option("#partner", "harbour")
    page.fill("#until", (date.today() + timedelta(days=5)).isoformat())
    page.fill("#purpose", "Find the contacts on the night train")
    walk.send(page, "main form button.primary", "offer-refused")
    page.fill("#case", "case_05")
    walk.send(page, "main form button.primary", "offer-made")
    assert "case_05" in page.inner_text("dl.facts >> nth=1")  # as it is called, not as words
    page.fill("textarea[name=reason]", "The person came back")
    walk.send(page, "main form button", "offer-withdrawn")
    walk.go(page, "/partners/offers/harbour:o1", "offer-received")
    assert "harbour_case_1" in page.inner_text("dl.facts >> nth=1")
    walk.go(page, "/partners/", "partners-with-offers")
    walk.go(walk.as_role("community_worker", "/"), "/partners/", "partners-for-all")


def test_a_claim_is_entered_answered_and_agreed_to(walk: Walk) -> None:
    page = walk.as_role("epidemiologist", "/claims/")
    walk.look(page, "claims")
    walk.go(page, "/claims/new", "claim-new")
    page.fill("#claim", f"Hot salt water kills the virus ({walk.width} {walk.language})")
    page.wait_for_timeout(1200)  # those that are like it are looked up
    page.select_option("#channel", index=1)
    walk.send(page, "main form button.primary", "claim-entered-or-alike")
    if page.locator("input[name=same_as][value=none]").count():
        page.check("input[name=same_as][value=none]")
        walk.send(page, "main form button.primary", "claim-entered")
    claim = page.url
    page.goto(f"{claim}/answer")
    page.wait_for_timeout(3000)  # the figures are looked up
    walk.look(page, "claim-answer")
    for choice in page.locator("input[name=fact]").all()[:2]:
        choice.check()
    page.fill("#title-0", "Salt water and the airways")
    page.fill("#url-0", "https://example.org/salt")
    page.fill("#publisher-0", "An institute")
    page.check("input[name=answer][value=false]")
    page.fill("#because", "It does not: the virus is inside the cells. Keep away from the ill.")
    walk.send(page, ".save-bar button.primary", "claim-answered")
    second = walk.as_role("decision_maker", "/claims/")
    second.goto(claim)
    walk.look(second, "claim-to-review")
    walk.send(second, "#review button.primary", "claim-published")
    walk.go(second, "/claims/", "claims-listed")
    walk.go(second, "/public/claims", "claims-public")


def test_a_bulletin_is_made_looked_at_and_published(walk: Walk) -> None:
    page = walk.as_role("decision_maker", "/bulletins/")
    walk.look(page, "bulletins")
    audience = "partners" if walk.width == "phone" else "public"
    page.select_option("#audience", audience)
    with page.expect_navigation():
        page.click("form[action$='/make'] button")
    page.wait_for_selector("a[href*='/drafts/'], .notice.good", timeout=LONG)
    walk.look(page, "bulletin-made")
    draft = page.locator("a[href*='/drafts/']")
    if draft.count():  # else the one of the other language still holds
        walk.go(page, draft.first.get_attribute("href"), "bulletin-draft")
        walk.send(page, "form[action$='/publish'] button", "bulletins-published")


def test_what_residents_send_is_looked_through(walk: Walk) -> None:
    page = walk.as_role("community_worker", "/residents/reports")
    walk.look(page, "residents-reports")
    walk.go(page, "/residents/reports/s1", "residents-report")
    walk.go(page, "/residents/requests", "residents-requests")
    walk.go(page, "/residents/requests/r1", "residents-request")
    walk.go(page, "/residents/codes", "residents-codes")
    page.goto(walk.address)
    page.wait_for_selector("#medical-requests")
    walk.look(page, "residents-alarm")
