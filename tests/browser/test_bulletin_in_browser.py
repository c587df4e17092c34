"""The bulletin on a phone, from a plain file server under a strict policy; the look-up without a network."""

import functools
import http.server
import json
import threading
from importlib import import_module
from pathlib import Path

import pytest

from browser.chromium import BROWSER
from douse.library import Pathogen, advice_for, load
from douse.outputs.bulletin.site import write_site

pytestmark = pytest.mark.slow
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

CODES = ["010020", "010021 010022", None, "SW1A1AA"]
UNIT = Path(__file__).resolve().parents[1] / "unit"


class Strict(http.server.SimpleHTTPRequestHandler):
    def end_headers(self):
        self.send_header("Content-Security-Policy", "default-src 'self'")
        super().end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def served(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(UNIT))
    of_lookup, of_site = import_module("test_bulletin_lookup"), import_module("test_bulletin_site")
    told = of_site.bulletin(levels=(of_lookup.held("e1", "Estate 1", "control"),), stricter_within=("e2",))
    advice = advice_for(load(Pathogen, "sars-cov-2-wild"))
    write_site(tmp_path, (told,), zones=of_lookup.city(60, CODES), places=of_lookup.NO_PLACES, advice=advice)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Strict, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", server
    server.shutdown()
    server.server_close()


@pytest.fixture
def phone():
    if BROWSER is None:
        pytest.skip("Chromium is absent: the pages cannot be looked at")
    with playwright.sync_playwright() as run:
        browser = run.chromium.launch(executable_path=BROWSER)
        page = browser.new_context(viewport={"width": 390, "height": 800}).new_page()
        page.said = []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        yield page
        browser.close()


def test_every_page_fits_a_phone_and_breaks_no_rule(served, phone):
    for language in ("en", "zh"):
        for name in ("index", "lookup", "advice", "claims", "archive"):
            phone.goto(f"{served[0]}{language}/{name}.html")
            assert phone.evaluate("document.documentElement.scrollWidth") <= 390
            assert phone.locator("h1").count() == 1
    assert phone.said == []


def test_the_look_up_works_without_a_network_once_it_was_opened(served, phone):
    address, _ = served
    phone.goto(f"{address}en/lookup.html")
    phone.locator("#kept:not(:empty)").wait_for(timeout=30_000)
    phone.context.set_offline(True)
    phone.reload()
    phone.fill("#place", "building 13")
    phone.wait_for_selector("#found > li")
    first = phone.locator("#found > li").first.inner_text()
    assert "Building 13" in first
    assert "Control" in first
    assert "Estate 1" in first
    for typed, found in (("010022", "Estate 1 · 010022"), ("SW1A 1AA", "Estate 3 · SW1A1AA")):
        phone.fill("#place", typed)
        phone.locator("#found > li h3", has_text=found).wait_for()
    phone.fill("#place", "estate 2")
    phone.locator("#found h3").get_by_text("Estate 2", exact=True).first.wait_for()
    assert "stricter" in phone.locator("#found > li").first.inner_text()
    assert json.dumps(phone.said) == "[]"
