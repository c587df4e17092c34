"""Self-reports under load: so many a second for some minutes; none may be lost, and staff go on working meanwhile.

    python benchmarks/self_reports.py [--minutes 5] [--rate 100] [--cases 20000]

Makes an instance with cases in ten districts and starts a server on it. Residents of 2,000 communities come through a
proxy from as many addresses; each opens the form, solves its puzzle, sends it, and keeps the receipt number. Puzzles
have 4 bits in place of 15: solving is the sender's work, and here both share a machine; checking costs the same. Four
tracers open pages every two seconds. At the end every receipt number that was told must open its report, each report
must be there once, and the chain must hold.
"""

import argparse
import hashlib
import http.client
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
from console_lists import DISTRICTS, made
from console_load import listens, memory

SENDERS = 64  # connections of residents
EASY_BITS = 4
COMMUNITIES = 200  # in each district
STAFF = 4
PAGES = ("/", "/residents/reports", "/cases/", "/tasks/")
SYMPTOMS = ("fever", "cough", "sore_throat", "rash", "headache", "tired", "vomiting")


@dataclass
class Seen:
    """What residents and staff met, together."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    answers: Counter[str] = field(default_factory=Counter)
    numbers: list[str] = field(default_factory=list)
    late: list[float] = field(default_factory=list)


class Sender(threading.Thread):
    """Residents who come through one connection of the proxy, each at their second."""

    def __init__(self, number: int, port: int, plan: list[float], began: float, seen: Seen) -> None:
        super().__init__(daemon=True)
        self.plan, self.began, self.seen, self.port = plan, began, seen, port
        self.chance = random.Random(number)  # noqa: S311
        self.link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def run(self) -> None:
        for when in self.plan:
            time.sleep(max(0.0, self.began + when - time.perf_counter()))
            lag = time.perf_counter() - self.began - when
            try:
                told = self.report()
            except (OSError, http.client.HTTPException) as error:
                told = ""
                self.link.close()
                with self.seen.lock:
                    self.seen.answers[type(error).__name__] += 1
            with self.seen.lock:
                self.seen.late.append(lag)
                if told:
                    self.seen.numbers.append(told)

    def report(self) -> str:
        zone = f"d{self.chance.randrange(DISTRICTS):02}-r{self.chance.randrange(COMMUNITIES):03}"
        address = f"/public/report?kind=symptoms&zone={zone}"
        source = f"10.{self.chance.randrange(256)}.{self.chance.randrange(256)}.{self.chance.randrange(256)}"
        headers = {"Host": "127.0.0.1", "X-Forwarded-For": source, "Accept-Language": "en"}
        page = self.ask("open the form", "GET", address, headers)
        found = re.search(r'data-puzzle="([^"]+)" data-bits="(\d+)"', page)
        if found is None:
            return ""
        form = [("puzzle", found[1]), ("answer", solved(found[1], int(found[2]))), ("age_band", "age_18_59")]
        form += [("symptoms", one) for one in self.chance.sample(SYMPTOMS, 3)]
        form += [("onset", datetime.now().date().isoformat())]
        form += [("phone", f"138{self.chance.randrange(10**8):08}")] if self.chance.random() < 0.3 else []
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = self.ask("send the form", "POST", address, headers, urlencode(form))
        told = re.search(r'class="receipt-number"[^>]*>([^<]+)<', answer)
        return told[1] if told else ""

    def ask(self, name: str, method: str, address: str, headers: dict[str, str], body: str | None = None) -> str:
        began = time.perf_counter()
        self.link.request(method, address, body, headers)
        answer = self.link.getresponse()
        page = answer.read().decode()
        with self.seen.lock:
            self.seen.took[name].append(time.perf_counter() - began)
            self.seen.answers[f"{name}: {answer.status}"] += 1
        return page


class Worker(threading.Thread):
    """A tracer who opens pages."""

    def __init__(self, port: int, cookie: str, until: float, seen: Seen) -> None:
        super().__init__(daemon=True)
        self.cookie, self.until, self.seen, self.port = cookie, until, seen, port

    def run(self) -> None:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        for step in range(10**6):
            if time.perf_counter() > self.until:
                return
            page, began = PAGES[step % len(PAGES)], time.perf_counter()
            link.request("GET", page, headers={"Cookie": self.cookie, "Host": "127.0.0.1", "Accept-Language": "en"})
            answer = link.getresponse()
            answer.read()
            with self.seen.lock:
                self.seen.took[f"staff: {page}"].append(time.perf_counter() - began)
                self.seen.answers[f"staff: {answer.status}"] += 1
            time.sleep(2)


def solved(puzzle: str, bits: int) -> str:
    """The first answer of a puzzle."""
    answer = 0
    while int.from_bytes(hashlib.sha256(f"{puzzle}:{answer}".encode()).digest()[:8], "big") >> (64 - bits):
        answer += 1
    return str(answer)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--minutes", type=float, default=5)
    asked.add_argument("--rate", type=float, default=100)
    asked.add_argument("--cases", type=int, default=20_000)
    asked.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.serve:
        serve(options.serve)
        return
    with tempfile.TemporaryDirectory(prefix="douse-reports-") as name:
        cookies = prepare(Path(name), options.cases)
        command = [sys.executable, __file__, "--serve", name]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
            try:
                port, seen = listens(server), Seen()
                began_memory, began_used = memory(server.pid), processor(server.pid)
                run(port, cookies, options, seen)
                end_memory, used = memory(server.pid), processor(server.pid) - began_used
            finally:
                server.kill()
        report(seen, options, began_memory, end_memory, used)
        check(Path(name), seen)


def run(port: int, cookies: list[str], options: argparse.Namespace, seen: Seen) -> None:
    """Residents and staff at once."""
    count = round(options.rate * 60 * options.minutes)
    began = time.perf_counter() + 2
    plans = [[at / options.rate for at in range(n, count, SENDERS)] for n in range(SENDERS)]
    people = [Sender(n, port, plan, began, seen) for n, plan in enumerate(plans)]
    workers = [Worker(port, cookie, began + 60 * options.minutes, seen) for cookie in cookies]
    for one in (*people, *workers):
        one.start()
    for one in (*people, *workers):
        one.join()


def prepare(folder: Path, cases: int) -> list[str]:
    """The instance, and a session of each tracer: their cookies."""
    from douse.console import start
    from douse.console.instance import Instance

    start.prepare(Instance(folder))
    import polars as pl
    from django.conf import settings
    from django.test import Client
    from django_otp import DEVICE_ID_SESSION_KEY
    from django_otp.plugins.otp_totp.models import TOTPDevice

    from douse.console import instance
    from douse.console.models import Assignment, User
    from douse.records import Records
    from douse.records.ledger import NewEntry
    from douse.records.ledger.intake import take_in

    frames = made(cases)
    stores = instance.current().stores
    take_in(stores.live, Records(frames, frozenset(frames)), author="benchmark", at=datetime(2026, 4, 1, 9))
    zones = [
        NewEntry(
            "zones",
            {"zone_id": f"d{d:02}-r{n:03}", "name": f"Street {d}-{n}", "kind": "community", "parent_zone": f"d{d:02}"},
        )
        for d in range(DISTRICTS)
        for n in range(COMMUNITIES)
    ]
    stores.ledger.append(zones, author="benchmark", at=datetime(2026, 4, 1, 9))
    assert isinstance(frames["zones"], pl.DataFrame)  # noqa: S101
    cookies = []
    for at in range(STAFF):
        user = User.objects.add(f"tracer-{at}", None)
        Assignment.objects.create(user=user, role="tracer", zone=f"d{at:02}", given_by="benchmark")
        client = Client(HTTP_HOST="localhost")
        client.force_login(user, backend="douse.console.signin.backend.Passwords")
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = TOTPDevice.objects.create(user=user, name="x", confirmed=True).persistent_id
        session.save()
        cookies.append(f"{settings.SESSION_COOKIE_NAME}={session.session_key}")
    stores.ledger.close()
    return cookies


def serve(folder: Path) -> None:
    """The server, with easy puzzles, behind a proxy of this machine."""
    from douse.console import start
    from douse.console.instance import Instance

    made_instance = Instance(folder)
    start.prepare(made_instance)
    from douse.console.public import floods

    floods.BITS = EASY_BITS
    start.serve(made_instance, "127.0.0.1", 0, "127.0.0.1", lambda address: print(address, flush=True))


def processor(pid: int) -> float:
    """Seconds of processors that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def report(seen: Seen, options: argparse.Namespace, began: float, end: float, used: float) -> None:
    """A table of times."""
    print(f"{options.rate:g} reports a second for {options.minutes:g} minutes; {options.cases:,} cases on record.\n")
    print("| step | answers | median, ms | p99, ms | longest, ms |\n|---|---:|---:|---:|---:|")
    for name, took in sorted(seen.took.items()):
        ms = 1000 * np.array(took)
        print(f"| {name} | {len(ms)} | {np.median(ms):.0f} | {np.quantile(ms, 0.99):.0f} | {ms.max():.0f} |")
    late = 1000 * np.array(seen.late)
    print(f"\nAnswers {dict(seen.answers)}.")
    print(
        f"Forms were begun after their time by: median {np.median(late):.0f} ms, p99 {np.quantile(late, 0.99):.0f} ms."
    )
    print(f"The server used {1000 * used / max(1, len(seen.numbers)):.1f} ms of a processor for each report.")
    print(f"Memory of the server: {began:.0f} MB at rest, {end:.0f} MB at the end.")


def check(folder: Path, seen: Seen) -> None:
    """Every receipt number that was told opens a report that is there once."""
    from douse.console.public.numbers import digest
    from douse.ledgers import Place
    from douse.records.ledger import verify

    ledger = Place(folder, None).open()
    reports, receipts = Counter[str](), dict[str, str]()
    for entry in ledger.walk():
        if entry.table == "self_reports":
            reports[entry.row["report_id"]] += 1
        elif entry.table == "receipts":
            receipts[entry.row["receipt"]] = entry.row["of_id"]
    lost = [number for number in seen.numbers if reports[receipts.get(digest(number), "")] != 1]
    print(f"{len(seen.numbers):,} receipts were told, {reports.total():,} reports are there: {len(lost)} are lost.")
    print(f"The chain holds: {verify(ledger).good}.")


if __name__ == "__main__":
    main()
