"""Page views a second of the published site, served by one process: a figure of docs/validation/claims.md.

A site like that of a bulletin lies in the folder of an instance; `douse serve` serves it; other processes ask for its
pages over kept connections, as a proxy does, for some seconds. Beside pages a second of the clock stand those a second
of the server's own processor time, which other work on the machine does not change.

python benchmarks/console_public.py [SECONDS]
"""

import logging
import os
import socket
import sys
import tempfile
import time
from multiprocessing import Process, Queue
from pathlib import Path
from typing import Any

from douse.console import start
from douse.console.instance import Instance
from douse.console.published_files import PREFIX

PAGES = {
    "en/index.html": 14_000, "zh/index.html": 14_000, "assets/bulletin.css": 6_000,
    "zones/0123456789abcdef.json": 30_000, "sw.js": 2_000,
}  # fmt: skip
ASKING = 4


def site(folder: Path) -> None:
    for name, size in PAGES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * size)


def serving(folder: Path, port: Any) -> None:
    """`douse serve` on an instance whose published site lies there."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    made = Instance(folder)
    start.prepare(made)
    start.serve(made, "127.0.0.1", 0, None, lambda address: port.put(int(address.rpartition(":")[2])))


def processor_seconds(process: int) -> float:
    """Processor time that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def asking(port: int, seconds: float, counted: Any) -> None:
    end, n, slowest = time.perf_counter() + seconds, 0, 0.0
    requests = [
        (f"GET {PREFIX}{name} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(), size) for name, size in PAGES.items()
    ]
    with socket.create_connection(("127.0.0.1", port)) as connection:
        reader = connection.makefile("rb")
        while time.perf_counter() < end:
            request, size = requests[n % len(requests)]
            began = time.perf_counter()
            connection.sendall(request)
            if b" 200 " not in reader.readline():
                raise RuntimeError("not every page was served")
            while reader.readline() != b"\r\n":
                pass
            reader.read(size)
            slowest = max(slowest, time.perf_counter() - began)
            n += 1
    counted.put((n, slowest))


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    with tempfile.TemporaryDirectory() as folder:
        site(Path(folder) / start.PUBLIC)
        port: Any = Queue()
        counted: Any = Queue()
        server = Process(target=serving, args=(Path(folder), port), daemon=True)
        server.start()
        at = port.get()
        print("| connections | pages a second | pages a second of processor time | slowest, ms |\n|---|---|---|---|")
        for connections in (1, ASKING, 4 * ASKING):
            before = processor_seconds(server.pid or 0)
            askers = [Process(target=asking, args=(at, seconds, counted)) for _ in range(connections)]
            for asker in askers:
                asker.start()
            found = [counted.get() for _ in askers]
            for asker in askers:
                asker.join()
            total, slowest = sum(n for n, _ in found), max(slow for _, slow in found)
            used = processor_seconds(server.pid or 0) - before
            print(f"| {connections} | {total / seconds:,.0f} | {total / used:,.0f} | {slowest * 1000:.0f} |")
        server.terminate()


if __name__ == "__main__":
    main()
