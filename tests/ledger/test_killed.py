"""Kill -9 at any moment loses no acknowledged record and leaves no half batch; on both databases, 200 times each."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from douse.records.ledger import Ledger, verify
from ledger.kill_writer import ROWS

TIMES = 200
WRITERS = Path(__file__).with_name("kill_writer.py")


@pytest.mark.slow
def test_a_writer_killed_at_any_moment_loses_nothing_and_leaves_no_half_batch(ledger: Ledger) -> None:
    rng, told = random.Random(7), set[tuple[str, int]]()
    command = [sys.executable, str(WRITERS), str(ledger.place)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writers:
        assert writers.stdin is not None
        assert writers.stdout is not None
        for at in range(TIMES):
            writers.stdin.write(f"w{at}\n")
            writers.stdin.flush()
            pid = _pid(writers.stdout, f"w{at}", told)
            # After its first batch, so that it is killed while it writes, not before.
            _told(writers.stdout.readline(), told)
            time.sleep(rng.uniform(0, 0.03))
            os.kill(pid, signal.SIGKILL)
        writers.stdin.close()
        for line in writers.stdout:
            _told(line, told)
    found = Counter(_batch(entry.record_id) for entry in ledger.walk())
    assert told <= set(found), f"{len(told - set(found))} acknowledged batches are gone"
    assert set(found.values()) == {ROWS}, "a batch is there in part"
    assert verify(ledger).good
    assert len(told) > TIMES


def _pid(lines, name: str, told: set[tuple[str, int]]) -> int:
    while True:
        words = lines.readline().split()
        if words[:2] == [name, "pid"]:
            return int(words[2])
        told.add((words[0], int(words[1])))


def _told(line: str, told: set[tuple[str, int]]) -> None:
    name, batch = line.split()
    told.add((name, int(batch)))


def _batch(record: str) -> tuple[str, int]:
    name, batch, _ = record.split("-")
    return name, int(batch)
