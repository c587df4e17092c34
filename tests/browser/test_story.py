"""One day of a department, role by role, in a browser: entered, uploaded, judged, planned, approved, shipped, audited.

Each page is looked at by axe-core as well, at the width of a phone and of a desk.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browser import axe

pytestmark = pytest.mark.slow

WIDTHS = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
LONG = 240_000  # milliseconds: a plan is made on a slow machine
PICTURES = os.environ.get("DOUSE_PICTURES")  # a folder: pages are kept there as pictures, to be looked at
DIRTY = """case_id,person_id,zone,onset,reported_at,classification,age
{mark}-1,P-1,{zone},2026-03-01,2026-03-02,confirmed,34
{mark}-2,P-2,{zone},2026-03-05,2026-03-02,confirmed,34
{mark}-3,P-3,{zone},never,2026-03-02,perhaps,340
{mark}-4,P-4,{zone},2026-03-01,2026-03-02,suspected,
"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A demonstration of its own."""
    command = [sys.executable, "-m", "douse", "serve", "--demo", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            for line in server.stdout:
                if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                    yield found[0]
                    break
            else:
                raise AssertionError("the server did not start")
        finally:
            server.terminate()


@pytest.fixture(params=list(WIDTHS))
def as_role(request: Any, browser: Any, address: str) -> Iterator[Any]:
    """Sign in as a role; whatever the page's console says is an error of the test."""
    said: list[str] = []
    contexts = []

    def sign_in(role: str, to: str = "/") -> Any:
        context = browser.new_context(viewport=WIDTHS[request.param], locale="en-GB")
        contexts.append(context)
        context.set_default_timeout(60_000)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if is_error(message) else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{address}/sign-in?next={to}")
        page.click(f"button[value={role}]")
        page.wait_for_load_state()
        return page

    sign_in.width = request.param
    yield sign_in
    for context in contexts:
        context.close()
    assert said == []


def is_error(message: Any) -> bool:
    """Whether a page's console tells of something broken; that a form was refused it tells too."""
    return message.type == "error" and not message.text.startswith("Failed to load resource")


def look(page: Any, name: str, width: str) -> None:
    """A page is as wide as its window, and has nothing to stumble over; it is kept as a picture where that is asked."""
    page.wait_for_load_state("networkidle")
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}.png"), full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]["width"], name
    axe.check(page)


def test_pages_are_checked_for_screen_readers() -> None:
    if axe.source() is None:
        pytest.skip("axe-core could not be fetched from npm: pages are not checked for screen readers")


def test_a_reporter_enters_a_case(as_role: Any) -> None:
    page = as_role("reporter", "/cases/")
    look(page, "cases", as_role.width)
    page.get_by_role("link", name="Add a case").first.click()
    look(page, "case-form", as_role.width)
    number = page.locator("#case_id").input_value()
    page.select_option("#zone", index=1)
    page.fill("#age", "41")
    page.fill("#onset", "2999-01-01")
    page.get_by_role("button", name="Save").first.click()
    page.wait_for_selector(".problem")
    look(page, "case-form-wrong", as_role.width)
    page.fill("#onset", "2020-01-01")
    page.fill("#reported_at", "2020-01-03")
    page.get_by_role("button", name="Save").first.click()
    page.wait_for_url(re.compile("/cases/case/"))
    assert number in page.content()
    look(page, "case", as_role.width)


def test_a_steward_brings_in_a_dirty_file(as_role: Any, tmp_path: Path) -> None:
    page = as_role("data_steward", "/files/")
    look(page, "upload", as_role.width)
    zone = page.evaluate("fetch('/cases/add/cases').then((one) => one.text())")
    zone = re.search(r'<option value="([^"]+)">\s*\S', zone.split('id="zone"')[-1])
    known = zone[1] if zone else ""
    file = tmp_path / "cases.csv"
    file.write_text(DIRTY.format(zone=known, mark=as_role.width), encoding="utf-8")
    page.set_input_files("#files", str(file))
    page.get_by_role("button", name="Look at them").click()
    page.wait_for_url(re.compile("/files/."))
    look(page, "upload-found", as_role.width)
    text = page.inner_text("main")
    assert "onset" in text
    assert "perhaps" not in text
    page.get_by_role("button", name=re.compile("Save|Bring|Take")).first.click()
    page.wait_for_load_state()
    page.goto(page.url.split("/files")[0] + f"/cases/?q={as_role.width}-1")
    assert f"{as_role.width}-1" in page.inner_text("#results")


def test_an_epidemiologist_verifies_a_signal(as_role: Any) -> None:
    page = as_role("epidemiologist", "/")
    page.wait_for_selector("#figures .tile", timeout=LONG)
    page.wait_for_selector("#pictures .picture", timeout=LONG)
    look(page, "today", as_role.width)
    page.goto(page.url.rstrip("/") + "/signals/")
    page.wait_for_selector("main a[href^='/signals/']", timeout=LONG)
    look(page, "signals", as_role.width)
    page.locator("main article a[href^='/signals/'], main td a[href^='/signals/']").first.click()
    page.wait_for_selector("button[value=verified]")
    look(page, "signal", as_role.width)
    page.fill("textarea[name=reason]", "Two of the cases were visited: they share a workplace.")
    page.click("button[value=verified]")
    page.wait_for_load_state()
    assert "share a workplace" in page.content() or "erified" in page.content()


def test_who_decides_approves_a_measure_and_the_auditor_finds_it(as_role: Any) -> None:
    page = as_role("decision_maker", "/plan/")
    if page.locator("article.proposal").count() == 0:
        page.locator("main form[action$='/make'] button, main form button.primary").first.click()
    page.wait_for_selector("article.proposal", timeout=LONG)
    look(page, "plan", as_role.width)
    page.get_by_role("link", name=re.compile("Look and decide")).first.click()
    page.wait_for_selector("button[value=approved]")
    look(page, "measure", as_role.width)
    page.locator("form:has(button[value=approved]) textarea[name=reason]").fill("As proposed; the community was told.")
    page.click("button[value=approved]")
    page.wait_for_load_state()
    look(page, "measure-decided", as_role.width)
    page.goto(page.url.split("/plan")[0] + "/plan/decisions")
    assert "the community was told" in page.content()
    look(page, "decisions", as_role.width)
    auditor = as_role("auditor", "/administration/audit")
    look(auditor, "audit", as_role.width)
    assert "decision_maker" in auditor.content()


def test_chains_and_resources_are_looked_at(as_role: Any) -> None:
    page = as_role("epidemiologist", "/chains/")
    if page.locator("main svg a, main .chains a").count() == 0:
        page.locator("main form button").first.click()
    page.wait_for_selector("main svg", timeout=LONG)
    look(page, "chains", as_role.width)
    store = as_role("logistics", "/resources/")
    for name in ("", "beds", "stock", "shipments", "crews", "crews/new", "stock/count", "shipments/send"):
        store.goto(store.url.split("/resources")[0] + "/resources/" + name)
        look(store, "resources-" + name.replace("/", "-"), as_role.width)


def test_the_laboratory_enters_what_waits(as_role: Any) -> None:
    page = as_role("laboratory", "/cases/tests")
    look(page, "tests", as_role.width)
    page.get_by_role("link", name="Add a test").first.click()
    look(page, "test-form", as_role.width)


@pytest.mark.parametrize(
    ("role", "addresses"),
    [
        (
            "administrator",
            (
                "/administration/users",
                "/administration/protocol",
                "/administration/audit",
                "/administration/ledger",
                "/account",
            ),
        ),
        ("data_steward", ("/administration/retention", "/cases/duplicates", "/cases/contacts", "/account/tokens")),
        ("tracer", ("/tasks/", "/break-glass", "/cases/contacts?follow_up=not_today")),
        ("epidemiologist", ("/tasks/all", "/tasks/new", "/plan/in-force", "/cases/?outside=yes")),
    ],
)
def test_the_other_pages_are_fit_for_everybody(as_role: Any, role: str, addresses: tuple[str, ...]) -> None:
    page = as_role(role, "/")
    at = page.url.rstrip("/")
    for name in addresses:
        answer = page.goto(at + name)
        assert answer.status == 200, name
        look(page, role + name.replace("/", "-").split("?")[0], as_role.width)
