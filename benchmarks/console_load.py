"""The console under load: people who read and write at once, each a while after the other; nothing may be lost.

    python benchmarks/console_load.py [--minutes 10] [--users 50] [--cases 100000] [--database postgresql://USER@HOST/NAME]

Makes an instance with cases, contacts and follow-ups (1 : 2 : 10) in a folder that goes away, starts `douse serve` on
it, and lets tracers of ten districts open pages and send forms, two seconds between two steps of a person. One step in
five writes a follow-up or a case. At the end every write that was answered must be on the ledger once, and the chain
must hold.
"""

import argparse
import http.client
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
from console_lists import DISTRICTS, made

READS = (
    ("today", "/"),
    ("cases", "/cases/"),
    ("cases, filtered", "/cases/?classification=confirmed&sort=-age"),
    ("cases, later page", "/cases/?page=7"),
    ("contacts", "/cases/contacts"),
    ("contacts, not seen today", "/cases/contacts?follow_up=not_today"),
    ("tasks", "/tasks/"),
)
WRITES = 0.2  # of steps
PAUSE = 2.0  # seconds between two steps of a person, on average
WAIT = 60  # seconds for an answer


@dataclass
class Seen:
    """What the people met, together."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    answers: Counter[int] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)


class Person(threading.Thread):
    """A tracer at work."""

    def __init__(self, number: int, port: int, cookie: str, until: float, seen: Seen) -> None:
        super().__init__(daemon=True)
        self.number, self.port, self.cookie, self.until, self.seen = number, port, cookie, until, seen
        self.chance = random.Random(number)  # noqa: S311
        self.link = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT)

    def run(self) -> None:
        time.sleep(self.chance.uniform(0, PAUSE))
        step = 0
        while time.perf_counter() < self.until:
            step += 1
            try:
                if self.chance.random() < WRITES:
                    self.write(step)
                else:
                    name, address = self.chance.choice(READS)
                    self.ask(name, "GET", address)
            except (OSError, http.client.HTTPException) as error:
                with self.seen.lock:
                    self.seen.errors.append(type(error).__name__)
                self.link.close()
            time.sleep(self.chance.expovariate(1 / PAUSE))

    def write(self, step: int) -> None:
        district = f"d{self.number % DISTRICTS:02}"
        if self.chance.random() < 0.5:
            what, key = "cases", f"load-{self.number}-{step}"
            form = {"case_id": key, "zone": f"{district}-c01"}
        else:
            person = f"c{self.number:04}{step:04}"
            what, key = "follow_ups", person
            form = {"person_id": person, "at": "2026-04-01", "at.time": "09:00", "zone": f"{district}-c02"}
        page = self.ask(f"form of {what}", "GET", f"/cases/add/{what}")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        if token is None:
            with self.seen.lock:
                self.seen.errors.append("a form without its token")
            return
        status = self.ask(f"save of {what}", "POST", f"/cases/add/{what}", form | {"csrfmiddlewaretoken": token[1]})
        if status == "302":
            with self.seen.lock:
                self.seen.written.append(key)

    def ask(self, name: str, method: str, address: str, form: dict[str, str] | None = None) -> str:
        """The page; of a form the status of its answer."""
        headers = {"Cookie": self.cookie, "Host": "127.0.0.1", "Accept-Language": "en"}
        body = None if form is None else urlencode(form)
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{self.port}"}
            headers["Host"] = f"127.0.0.1:{self.port}"
        began = time.perf_counter()
        self.link.request(method, address, body, headers)
        answer = self.link.getresponse()
        page = answer.read().decode()
        took = time.perf_counter() - began
        for value in answer.headers.get_all("Set-Cookie") or ():
            if value.startswith("douse_csrf="):
                self.cookie = re.sub(r"; douse_csrf=[^;]+", "", self.cookie) + "; " + value.split(";")[0]
        with self.seen.lock:
            self.seen.took[name].append(took)
            self.seen.answers[answer.status] += 1
            if answer.status not in {200, 302}:
                self.seen.errors.append(f"{name}: {answer.status}")
        return page if form is None else str(answer.status)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--minutes", type=float, default=10)
    asked.add_argument("--users", type=int, default=50)
    asked.add_argument("--cases", type=int, default=100_000)
    asked.add_argument("--database")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="douse-load-") as name:
        cookies = prepare(Path(name), options)
        command = [sys.executable, "-m", "douse", "serve", "--folder", name, "--port", "0"]
        command += ["--database", options.database] if options.database else []
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
            try:
                port = listens(server)
                first = first_look(port, cookies[0])
                began = memory(server.pid)
                seen = Seen()
                until = time.perf_counter() + 60 * options.minutes
                people = [Person(at, port, cookie, until, seen) for at, cookie in enumerate(cookies)]
                for person in people:
                    person.start()
                for person in people:
                    person.join()
                end = memory(server.pid)
            finally:
                server.kill()
        print(f"First look after the start, until the ledger was read: {first:.1f} s.\n")
        report(seen, options, began, end)
        check(Path(name), options, seen)


def prepare(folder: Path, options: argparse.Namespace) -> list[str]:
    """The instance, and a session of each person: their cookies."""
    from douse.console import start
    from douse.console.instance import Instance

    start.prepare(Instance(folder, options.database))
    from django.conf import settings
    from django.test import Client
    from django_otp import DEVICE_ID_SESSION_KEY
    from django_otp.plugins.otp_totp.models import TOTPDevice

    from douse.console import instance
    from douse.console.models import Assignment, User
    from douse.records import Records
    from douse.records.ledger.intake import take_in

    frames = made(options.cases)
    stores = instance.current().stores
    take_in(stores.live, Records(frames, frozenset(frames)), author="benchmark", at=datetime(2026, 4, 1, 9))
    cookies = []
    for at in range(options.users):
        user = User.objects.add(f"tracer-{at}", None)
        Assignment.objects.create(user=user, role="tracer", zone=f"d{at % DISTRICTS:02}", given_by="benchmark")
        client = Client(HTTP_HOST="localhost")
        client.force_login(user, backend="douse.console.signin.backend.Passwords")
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = TOTPDevice.objects.create(user=user, name="x", confirmed=True).persistent_id
        session.set_expiry(timedelta(hours=4))
        session.save()
        cookies.append(f"{settings.SESSION_COOKIE_NAME}={session.session_key}")
    stores.ledger.close()
    return cookies


def listens(server: subprocess.Popen[str]) -> int:
    """The port that the server tells."""
    assert server.stdout is not None  # noqa: S101
    for line in server.stdout:
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        if found:
            return int(found[1])
    raise SystemExit("the server did not start")


def first_look(port: int, cookie: str) -> float:
    """Seconds until somebody sees the first page after a start; the others begin then."""
    began = time.perf_counter()
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=10 * WAIT)
    link.request("GET", "/", headers={"Cookie": cookie, "Host": "127.0.0.1"})
    if link.getresponse().status != 200:
        raise SystemExit("the first page was not answered")
    link.close()
    return time.perf_counter() - began


def memory(pid: int) -> float:
    """Resident megabytes of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 1e6


def report(seen: Seen, options: argparse.Namespace, began: float, end: float) -> None:
    """A table of times."""
    print(
        f"{options.users} people, {options.minutes:g} minutes; {options.cases:,} cases, 12 times as many other rows.\n"
    )
    print("| step | answers | median, ms | p99, ms | longest, ms |\n|---|---:|---:|---:|---:|")
    everything = [took for of_one in seen.took.values() for took in of_one]
    for name, took in [*sorted(seen.took.items()), ("all", everything)]:
        ms = 1000 * np.array(took)
        print(f"| {name} | {len(ms)} | {np.median(ms):.0f} | {np.quantile(ms, 0.99):.0f} | {ms.max():.0f} |")
    print(f"\nAnswers {dict(seen.answers)}; errors {dict(Counter(seen.errors))}.")
    print(f"Memory of the server: {began:.0f} MB at rest, {end:.0f} MB at the end.")


def check(folder: Path, options: argparse.Namespace, seen: Seen) -> None:
    """Every write that was answered is there once."""
    from douse.ledgers import Place
    from douse.records.ledger import verify

    ledger = Place(folder, options.database).open()
    keys: Counter[str] = Counter()
    for entry in ledger.walk():
        if entry.table == "cases" and entry.record_id.startswith("load-"):
            keys[entry.row["case_id"]] += 1
        elif entry.table == "follow_ups" and entry.author != "benchmark":
            keys[entry.row["person_id"]] += 1
    lost = [key for key in seen.written if keys[key] == 0]
    twice = [key for key, count in keys.items() if count > 1]
    print(f"{len(seen.written):,} writes were answered: {len(lost)} are lost, {len(twice)} are there twice.")
    print(f"The chain holds: {verify(ledger).good}.")


if __name__ == "__main__":
    main()
