"""A walk through the pages of residents and of those who answer them: phone and desk, both languages, without script.

Each page is checked by axe-core too.
"""

import http.client
import os
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from browser import axe
from douse.records.ledger import open_ledger

pytestmark = pytest.mark.slow

SERVER = Path(__file__).with_name("public_server.py")
SIZES = {"phone": (390, 844), "desk": (1280, 900)}
LARGEST_FIRST_VIEW = 200_000  # bytes


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("public") / "instance"
    command = [sys.executable, str(SERVER), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as server:
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def opened(browser, size, language, **more):
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale=language, has_touch=size == "phone",
        **more,
    )  # fmt: skip
    context.set_default_timeout(60_000)  # a slow machine
    return context.new_page()


def look(page, where):
    """Nothing hangs out at the side, targets are large, and axe-core finds nothing."""
    page.wait_for_load_state()  # a click goes on as soon as the next page begins
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, where
    axe.check(page)


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
@pytest.mark.parametrize("size", SIZES)
def test_a_walk_through_every_page(address, browser, size, language):
    page = opened(browser, size, language)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{address}/public/help")
    assert page.locator("html").get_attribute("lang") == ("zh-Hans" if language == "zh-CN" else "en")
    look(page, "help")
    page.goto(f"{address}/public/report")
    look(page, "kinds")
    page.click(".doors a >> nth=0")
    look(page, "places")
    page.click(".doors a >> nth=0")
    look(page, "report")
    page.click("button.send")
    page.wait_for_selector("[role=alert]")
    look(page, "report with problems")
    page.check("input[value=fever]")
    page.fill("input[name=phone]", "13800000000")
    page.click("button.send")
    page.wait_for_selector(".receipt-number")
    look(page, "receipt")
    number = page.inner_text(".receipt-number")
    page.goto(f"{address}/public/receipt")
    page.fill("input[name=number]", number.lower())
    page.click("button.primary")
    page.wait_for_selector("dl.facts")
    look(page, "what was reported")
    page.goto(f"{address}/public/needs")
    look(page, "kinds of needs")
    page.click(".doors a >> nth=2")
    page.click(".doors a >> nth=1")
    look(page, "needs")
    page.fill("textarea[name=address]", "3-2-201")
    page.fill("input[name=phone]", "13800000000")
    page.click("button.send")
    page.wait_for_selector(".receipt-number")
    page.click("form button")
    page.wait_for_selector(".clock")
    look(page, "what was asked for")
    page.goto(f"{address}/public/totals")
    look(page, "totals")
    page.goto(f"{address}/sign-in")
    page.click("button[value=community_worker]")
    page.wait_for_selector("#medical-requests")
    look(page, "today")
    for name in ("reports", "requests"):
        page.goto(f"{address}/residents/{name}")
        look(page, name)
        page.click("tbody th a >> nth=0")
        look(page, f"one of {name}")
    page.goto(f"{address}/residents/codes")
    page.click("main button.primary")
    page.wait_for_selector(".one-time-code")
    look(page, "codes")
    assert errors == []


MOST_TAPS, MOST_TYPED = 4, 0  # from the first page to the receipt; docs/residents.md says so


class Thumb:
    """Somebody with a phone, whose taps and typed fields are counted."""

    def __init__(self, page):
        self.page, self.taps, self.typed = page, 0, 0

    def tap(self, what):
        self.page.tap(what)
        self.taps += 1

    def type(self, field, text):
        self.page.fill(field, text)
        self.typed += 1


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
def test_a_report_takes_no_more_than_four_taps_and_nothing_typed(address, browser, language):
    thumb = Thumb(opened(browser, "phone", language))
    thumb.page.goto(f"{address}/public/help")
    thumb.tap("a[href$='kind=symptoms']")
    thumb.tap("a[href*='zone=n1']")
    thumb.tap("label:has(input[value=fever])")
    thumb.tap("button.send")
    thumb.page.wait_for_selector(".receipt-number")
    assert thumb.taps <= MOST_TAPS
    assert thumb.typed <= MOST_TYPED


def test_by_a_poster_at_the_door_a_report_takes_two_taps(address, browser):
    thumb = Thumb(opened(browser, "phone", "en-GB"))
    thumb.page.goto(f"{address}/public/report?kind=symptoms&zone=n1")
    thumb.tap("label:has(input[value=fever])")
    thumb.tap("button.send")
    thumb.page.wait_for_selector(".receipt-number")
    assert thumb.taps == 2


def test_two_quick_taps_are_one_report_and_its_receipt_is_seen(address, browser):
    page = opened(browser, "phone", "en-GB")
    page.goto(f"{address}/public/report?kind=symptoms&zone=n1")
    page.check("input[value=cough]")
    while not page.input_value("input[name=answer]"):  # the puzzle is being solved
        page.wait_for_timeout(50)
    posts = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    send = "document.querySelector('button.send').click()"
    page.evaluate(f"() => {{ {send}; setTimeout(() => {send}, 20); }}")
    page.wait_for_selector(".receipt-number")
    assert len(posts) == 1


@pytest.mark.parametrize("reachable", [True, False])
def test_who_took_long_asks_what_the_puzzle_must_be_now_and_is_not_held_up(address, browser, reachable):
    page, asked = opened(browser, "phone", "en-GB"), []
    page.clock.install()
    page.goto(f"{address}/public/report?kind=symptoms&zone=n1")
    page.check("input[value=fever]")
    while not page.input_value("input[name=answer]"):
        page.wait_for_timeout(50)
    page.on("request", lambda request: asked.append(request.url) if "/public/work" in request.url else None)
    if not reachable:
        page.route("**/public/work*", lambda route: route.abort())
    page.clock.fast_forward("04:00")
    page.click("button.send")
    page.wait_for_selector(".receipt-number")
    assert len(asked) == 1


def test_a_report_is_sent_with_the_keyboard_alone(address, browser):
    page = opened(browser, "desk", "en-GB")
    page.goto(f"{address}/public/report?kind=symptoms&zone=n1")
    page.focus("input[value=fever]")
    page.keyboard.press("Space")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('button.send')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_selector(".receipt-number")


def test_without_script_a_code_sends_the_form(address, browser):
    desk = opened(browser, "desk", "en-GB")
    desk.goto(f"{address}/sign-in")
    desk.click("button[value=community_worker]")
    desk.goto(f"{address}/residents/codes")
    desk.click("main button.primary")
    code = desk.inner_text(".one-time-code")
    page = opened(browser, "phone", "en-GB", java_script_enabled=False)
    page.goto(f"{address}/public/report?kind=arrival&zone=n1")
    assert page.is_visible("noscript .notice, .notice.warn")
    page.fill("input[name=came_from]", "Elsewhere")
    page.fill("input[name=arrived_on]", page.evaluate("new Date().toISOString().slice(0, 10)"))
    page.click(".code-fold summary")
    page.fill("input[name=code]", code)
    page.click("button.send")
    assert re.fullmatch(r"(\w{4}-){3}\w{4}", page.inner_text(".receipt-number"))


def test_the_first_view_is_small(address, browser):
    page, bytes_ = opened(browser, "phone", "en-GB"), []
    page.on("response", lambda answer: bytes_.append(len(answer.body())))
    page.goto(f"{address}/public/report?kind=symptoms&zone=n1", wait_until="networkidle")
    assert sum(bytes_) < LARGEST_FIRST_VIEW


def test_a_body_of_ten_megabytes_ends_at_its_headers(address):
    """The server answers before the body is sent: it is never read."""
    place = urlsplit(address)
    link = http.client.HTTPConnection(place.hostname, place.port, timeout=30)
    link.putrequest("POST", "/public/report?kind=symptoms&zone=n1")
    link.putheader("Content-Type", "application/x-www-form-urlencoded")
    link.putheader("Content-Length", str(10_000_000))
    with closing(link):
        link.endheaders()
        with closing(link.getresponse()) as answer:
            assert answer.status == 413


def test_a_body_that_never_says_how_long_it_is_ends_too(address):
    place = urlsplit(address)
    link = http.client.HTTPConnection(place.hostname, place.port, timeout=30)
    link.putrequest("POST", "/public/receipt")
    link.putheader("Transfer-Encoding", "chunked")
    part = b"x" * 8192
    with closing(link):
        try:
            link.endheaders()
            for _ in range(100):
                link.send(f"{len(part):x}\r\n".encode() + part + b"\r\n")
            with closing(link.getresponse()) as answer:
                status = answer.status
        except (BrokenPipeError, ConnectionResetError):
            status = 413  # it hung up on us
    assert status == 413


def test_what_was_sent_is_on_the_ledger_once(address, browser, tmp_path_factory):
    page = opened(browser, "phone", "en-GB")
    page.goto(f"{address}/public/report?kind=symptoms&zone=n2")
    page.check("input[value=rash]")
    page.click("button.send")
    page.wait_for_selector(".receipt-number")
    page.reload()  # sends the form again
    page.wait_for_selector("[role=alert]")
    folder = next(tmp_path_factory.getbasetemp().glob("public*")) / "instance"
    ledger = open_ledger(folder)
    rows = [entry.row for entry in ledger.entries(tables=["self_reports"]) if entry.row["zone"] == "n2"]
    ledger.close()
    assert [row["symptoms"] for row in rows] == ["rash"]
