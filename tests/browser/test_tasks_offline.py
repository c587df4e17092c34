"""A tracer's phone: offline, recorded, closed, opened again, online: every entry is on the ledger exactly once."""

import os
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from browser.chromium import BROWSER
from douse.records.ledger import NewEntry, open_ledger

pytestmark = pytest.mark.slow

playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright: tasks are not tried in a browser")
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
KEPT = """caches.open("douse-list").then((cache) => cache.match("/tasks/"))
  .then((found) => found ? found.text() : "")"""
COUNT = """new Promise((said) => {
  const opened = indexedDB.open("douse-tasks");
  opened.onsuccess = () => {
    const asked = opened.result.transaction("answers").objectStore("answers").count();
    asked.onsuccess = () => said(asked.result);
  };
})"""
SERVER = Path(__file__).with_name("tasks_server.py")


@pytest.fixture
def address(tmp_path):
    command = [sys.executable, str(SERVER), str(tmp_path / "instance")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as server:
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


@pytest.fixture
def phone(tmp_path):
    """A browser with a profile on disk: closing its pages, or itself, loses nothing that it has stored."""
    if BROWSER is None:
        pytest.skip("no Chromium on this machine: tasks are not tried in a browser")
    with playwright.sync_playwright() as driver:
        context = driver.chromium.launch_persistent_context(str(tmp_path / "profile"), executable_path=BROWSER, **PHONE)
        context.set_default_timeout(60_000)  # a slow machine
        yield context
        context.set_offline(False)
        context.close()


@pytest.fixture
def ledger(tmp_path):
    def entries(table):
        opened = open_ledger(tmp_path / "instance")
        try:
            return opened.entries(tables=[table])
        finally:
            opened.close()

    return entries


def sign_in(phone, address, role="tracer"):
    page = phone.new_page()
    page.goto(f"{address}/sign-in?next=/tasks/")
    page.click(f"button[value={role}]")
    page.wait_for_selector("#sync[data-state=sent]")
    page.evaluate("navigator.serviceWorker.ready")
    return page


def three_taps(page, task, found="seen", symptoms="no"):
    card = page.locator(f"#task-{task}")
    card.locator(f".tap.{found}").tap()
    if found == "seen":
        card.locator(f".tap.symptoms-{symptoms}").tap()
    card.locator("button.save").tap()
    card.locator(".recorded").wait_for()


def state(page, kind):
    page.wait_for_selector(f"#sync[data-state={kind}]")
    return page.inner_text("#sync .sync-words")


def test_recorded_without_a_network_it_is_on_the_ledger_once(phone, address, ledger):
    page = sign_in(phone, address)
    assert "Person One" in page.content()
    phone.set_offline(True)
    page.reload()
    assert "No network" in state(page, "offline")
    three_taps(page, "t1")
    three_taps(page, "t2", "not_found")
    page.locator("#sync .sync-words").filter(has_text="2").wait_for()
    page.close()

    page = phone.new_page()
    page.goto(f"{address}/tasks/")  # still without a network: from the phone's own store
    assert re.search(r"\b2\b", state(page, "offline"))
    assert page.locator("#task-t1 .recorded").count() == 1
    page.close()
    assert ledger("follow_ups") == []

    phone.set_offline(False)
    page = phone.new_page()
    page.goto(f"{address}/tasks/")
    assert state(page, "sent") == "All sent"
    page.reload()
    state(page, "sent")
    visits = ledger("follow_ups")
    assert sorted((one.row["person_id"], one.row["found"], one.row.get("symptoms")) for one in visits) == [
        ("p1", "seen", "no"),
        ("p2", "not_found", None),
    ]
    assert [one.row["outcome"] for one in ledger("tasks") if one.supersedes] == ["done", "not_reached"]
    assert page.locator("#task-t1").count() == 0  # done, and so off the list


def test_what_waits_outlives_the_session_and_is_the_user_s_alone(phone, address, ledger):
    page = sign_in(phone, address)
    phone.set_offline(True)
    three_taps(page, "t3", symptoms="yes")
    page.wait_for_selector("#sync[data-state=offline]")
    phone.clear_cookies()  # the session has ended before the network is back
    phone.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    assert re.search(r"\b1\b", state(page, "signed_out"))
    assert ledger("follow_ups") == []
    page.close()

    other = sign_in(phone, address, "epidemiologist")
    assert "another user" in other.inner_text("#sync .sync-words")
    assert ledger("follow_ups") == []
    other.close()
    phone.clear_cookies()

    page = sign_in(phone, address)
    assert state(page, "sent") == "All sent"
    assert [(one.row["person_id"], one.row["symptoms"], one.author) for one in ledger("follow_ups")] == [
        ("p3", "yes", "user:tracer")
    ]


def test_signing_out_takes_the_list_from_the_phone_and_keeps_what_waits(phone, address):
    page = sign_in(phone, address)
    page.reload()
    assert "Person One" in page.evaluate(KEPT)
    phone.set_offline(True)
    three_taps(page, "t1")
    page.wait_for_selector("#sync[data-state=offline]")
    phone.route("**/tasks/door", lambda route: route.abort())  # so that it still waits
    phone.set_offline(False)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.click(".menu summary")
    page.click(".menu form[data-leaves] button")
    page.wait_for_url("**/sign-in")
    assert len(asked) == 1
    assert page.evaluate(KEPT) == ""
    assert page.evaluate(COUNT) == 1


def test_a_conflict_is_shown_and_stays_until_it_is_taken_away(phone, address, ledger, tmp_path):
    page = sign_in(phone, address)
    phone.set_offline(True)
    card = page.locator("#task-t4")
    card.locator(".tap.done").tap()
    card.locator("button.save").tap()
    page.wait_for_selector("#sync[data-state=offline]")
    opened = open_ledger(tmp_path / "instance")
    [task] = [one for one in opened.entries(tables=["tasks"]) if one.row["task_id"] == "t4"]
    row = {name: value for name, value in task.row.items() if name not in {"record_id", "recorded_at"}}
    cancelled = row | {"outcome": "cancelled", "done_at": row["due_at"]}
    opened.append([NewEntry("tasks", cancelled, supersedes=task.record_id)], author="user:x", at=datetime.now())
    opened.close()
    phone.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.wait_for_selector("#findings li.bad")
    assert "settled already" in page.inner_text("#findings")
    page.reload()
    page.wait_for_selector("#findings li.bad")
    page.click("#findings button")
    page.wait_for_selector("#findings", state="hidden")


def test_the_same_forms_work_without_a_script(address, ledger):
    if BROWSER is None:
        pytest.skip("no Chromium on this machine: tasks are not tried in a browser")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER)
        page = browser.new_context(java_script_enabled=False, **PHONE).new_page()
        page.goto(f"{address}/sign-in?next=/tasks/")
        page.click("button[value=tracer]")
        page.locator("#task-t1 .tap.seen").tap()
        page.locator("#task-t1 .tap.symptoms-no").tap()
        page.locator("#task-t1 button.save").tap()
        page.wait_for_selector(".notice.success")
        browser.close()
    assert [one.row["person_id"] for one in ledger("follow_ups")] == ["p1"]
