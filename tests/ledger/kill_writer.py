"""Writers that are killed: a process that has imported all it needs forks one for each name that it is told.

python tests/ledger/kill_writer.py PLACE

For a line NAME on its input a child begins to append batches for ever; `NAME pid PID` is printed, then `NAME BATCH` for
each batch that was acknowledged. A batch is ten rows named NAME-BATCH-ROW.
"""

import os
import signal
import sys
from datetime import datetime

from douse.records.ledger import open_ledger
from douse.records.ledger.ledger import Prepared, prepared

ROWS = 10
NOON = datetime(2026, 3, 1, 12)


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who were killed
    for line in sys.stdin:
        name = line.strip()
        if os.fork() == 0:
            tell(f"{name} pid {os.getpid()}")
            write(sys.argv[1], name)


def write(place: str, name: str) -> None:
    ledger = open_ledger(place)
    batch = 0
    while True:
        rows = [row(f"{name}-{batch}-{at}") for at in range(ROWS)]
        ledger.append_prepared(rows, author=name, at=NOON)
        tell(f"{name} {batch}")
        batch += 1


def tell(line: str) -> None:
    """One write of few bytes: lines of writers do not mix."""
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


def row(facility: str) -> Prepared:
    """A count of stock, checked before."""
    fields = {"facility_id": facility, "item": "n95", "counted_at": NOON, "quantity": 1.0}
    return prepared("stock", fields | {"record_id": facility, "supersedes": None, "recorded_at": NOON})


if __name__ == "__main__":
    main()
