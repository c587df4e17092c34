"""From nothing to a first case on record: a new clone, `make serve`, the administrator's link, a case entered by hand.

    python benchmarks/first_case.py [--install]

With ``--install`` the project is cloned and installed anew first, as `make serve` does on a new machine; else the
server starts from this environment on an empty folder. A browser goes the way a person goes: sets the password, gives
itself the role of a reporter, enters a case. The machine's part is timed. The person's is counted in clicks and keys,
and added by the keystroke-level model (Card, Moran, Newell 1980, doi:10.1145/358886.358895): 1.1 s to point, 0.28 s a
key, 1.35 s of thought before each step.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from console_load import memory
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
POINT, KEY, THOUGHT = 1.1, 0.28, 1.35  # seconds
PASSWORD = "four words of mine"  # noqa: S105  (of a server that goes away)


class Hand:
    """A person at a browser: what the machine takes is timed, what the person does is counted."""

    def __init__(self, page: Any) -> None:
        self.page, self.clicks, self.keys, self.waited = page, 0, 0, 0.0

    def press(self, kind: str, name: str, part: str = "main") -> None:
        """Press a link or a button in a part of the page, and wait for the page that it leads to."""
        self.clicks += 1
        began = time.perf_counter()
        self.page.locator(part).get_by_role(kind, name=name, exact=True).first.click()
        self.page.wait_for_load_state()
        self.waited += time.perf_counter() - began

    def type(self, field: str, text: str) -> None:
        """Fill in a field."""
        self.clicks, self.keys = self.clicks + 1, self.keys + len(text)
        self.page.fill(field, text)

    def choose(self, field: str, value: str) -> None:
        """Choose from a list."""
        self.clicks += 2
        self.page.select_option(field, value)

    @property
    def seconds(self) -> float:
        """What the person's part would take."""
        return self.clicks * (POINT + THOUGHT) + self.keys * KEY


def main() -> None:
    """Do it, time it, say it."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--install", action="store_true")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="douse-first-") as name:
        began = time.perf_counter()
        command, at = [sys.executable, "-m", "douse", "serve", "--port", "0"], Path(name)
        if options.install:
            subprocess.run(["git", "clone", "--quiet", str(ROOT), name + "/new"], check=True)
            command, at = ["make", "serve"], Path(name, "new")
        server = subprocess.Popen(
            command, cwd=at, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True,
            env={k: v for k, v in os.environ.items() if not (options.install and k in {"PYTHONPATH", "VIRTUAL_ENV"})},
        )  # fmt: skip
        try:
            link = link_of(server)
            started = time.perf_counter() - began
            hand = enter(link)
            resting = memory(of_server(server.pid))
        finally:
            os.killpg(server.pid, signal.SIGKILL)
    report(started, hand, resting, install=options.install)


def link_of(server: subprocess.Popen[str]) -> str:
    """The administrator's link that the server prints."""
    assert server.stdout is not None  # noqa: S101
    for line in server.stdout:
        found = re.search(r"http://\S+/sign-in/link/\S+", line)
        if found:
            return found[0]
    raise SystemExit("the server did not print a link")


def of_server(pid: int) -> int:
    """The process that serves: make and a shell stand above it."""
    below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return of_server(int(below[0])) if below else pid


def enter(link: str) -> Hand:
    """From the link to a case on its own page."""
    sys.path.insert(0, str(ROOT / "tests"))
    from browser.chromium import BROWSER

    if BROWSER is None:
        raise SystemExit("there is no Chromium on this machine")
    with sync_playwright() as driver:
        page = driver.chromium.launch(executable_path=BROWSER).new_page()
        hand = Hand(page)
        page.goto(link)
        hand.type("#password", PASSWORD)
        hand.type("#again", PASSWORD)
        hand.press("button", "Set the password")
        hand.press("link", "Users", "body")
        hand.press("link", "administrator")
        hand.choose("#role", "reporter")
        hand.choose("#zone", "*")
        hand.press("button", "Give the role")
        hand.press("link", "Cases and contacts", "body")
        hand.press("link", "Add a case")
        hand.type("#age", "41")
        hand.press("button", "Save")
        page.wait_for_url(re.compile("/cases/case/"))
        return hand


def report(started: float, hand: Hand, resting: float, *, install: bool) -> None:
    """A table."""
    print("| what | s |\n|---|---:|")
    print(f"| {'clone, install, start' if install else 'start'} | {started:.0f} |")
    print(f"| pages | {hand.waited:.1f} |")
    print(f"| the person: {hand.clicks} clicks, {hand.keys} keys | {hand.seconds:.0f} |")
    print(f"| in all | {started + hand.waited + hand.seconds:.0f} |")
    print(f"\nMemory of the server afterwards: {resting:.0f} MB.")


if __name__ == "__main__":
    main()
