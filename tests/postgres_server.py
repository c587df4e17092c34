"""A PostgreSQL server of the tests' own: started where Debian's or anybody's binaries are found, else told aloud."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_USER = "postgres"  # the server refuses to run as root


def _binaries() -> Path | None:
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return versions[-1].parent if versions else None


@contextmanager
def server() -> Iterator[str]:
    """The address of a fresh server, ``postgresql://…:PORT/``; skips aloud where there is none."""
    binaries = _binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is absent: the ledger is not tested on it")
    with tempfile.TemporaryDirectory(prefix="douse-pg-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        data, sockets = folder / "data", folder / "sockets"
        for made in (data, sockets):
            made.mkdir()
        if os.geteuid() == 0:
            try:
                user = pwd.getpwnam(_USER)
            except KeyError:
                pytest.skip("there is no user postgres to run a server as: the ledger is not tested on PostgreSQL")
            for made in (data, sockets):
                os.chown(made, user.pw_uid, user.pw_gid)
        own = [str(binaries / "initdb"), "-D", str(data), "-A", "trust", "-U", _USER, "-E", "UTF8", "--no-locale"]
        _run(folder, own)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        options = f"-p {port} -k {sockets} -c listen_addresses=127.0.0.1"
        control = [str(binaries / "pg_ctl"), "-D", str(data)]
        _run(folder, [*control, "-o", options, "-l", str(data / "log"), "-w", "start"])
        try:
            yield f"postgresql://{_USER}@127.0.0.1:{port}/"
        finally:
            _run(folder, [*control, "-m", "immediate", "stop"])


def _run(folder: Path, command: list[str]) -> None:
    as_server = ["runuser", "-u", _USER, "--", *command] if os.geteuid() == 0 else command
    subprocess.run(as_server, check=True, capture_output=True, cwd=folder)
