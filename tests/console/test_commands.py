"""The verbs that serve, run as commands."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psycopg
import pytest

import douse
from douse.__main__ import main
from douse.console import start
from douse.console.policy import ROLES
from postgres_server import server

pytestmark = pytest.mark.slow

DOUSE = [sys.executable, "-m", "douse"]
ENVIRONMENT = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(Path(douse.__file__).parents[1])}


@contextmanager
def serving(*arguments: str, **environment: str) -> Iterator[tuple[str, int, str]]:
    """A server on a free port: host, port, all that it said until it answered."""
    process = subprocess.Popen(
        [*DOUSE, "serve", "--port", "0", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**ENVIRONMENT, **environment},
    )  # fmt: skip
    said = ""
    try:
        assert process.stdout is not None
        for line in process.stdout:
            said += line
            found = re.search(r"answers at http://([^:]+):(\d+)/", said)
            if found:
                break
        else:
            pytest.fail(f"ended with {process.wait()}: {said}")
        if "--demo" not in arguments and not environment:
            said += process.stdout.readline() + process.stdout.readline()
        yield found[1], int(found[2]), said
    finally:
        process.terminate()
        process.communicate(timeout=20)


def get(host: str, port: int, path: str, **headers: str) -> tuple[int, str]:
    with closing(HTTPConnection(host, port, timeout=20)) as connection:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


@pytest.mark.usefixtures("city")
def test_users_are_managed_from_the_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ledger: Any
) -> None:
    monkeypatch.setattr(start, "prepare", lambda instance: None)  # the tests' own instance is ready

    def users(*arguments: str) -> str:
        assert main(["users", *arguments]) == 0, capsys.readouterr().err
        return capsys.readouterr().out

    assert "/sign-in/link/" in users("add", "field")
    users("assign", "field", "tracer", "north")
    assert "tracer in north" in users("list")
    users("lock", "field")
    assert "locked" in users("list")
    users("lock", "field", "--off")
    users("assign", "field", "tracer", "north", "--remove")
    assert "sees nothing" in users("list")
    assert "/sign-in/link/" in users("link", "field")
    for arguments in (("link", "nobody"), ("assign", "field", "king", "north"), ("assign", "field", "tracer", "moon")):
        assert main(["users", *arguments]) == 2
    told = [entry.row["action"] for entry in ledger.entries(tables=["audit"])]
    assert told == [
        "added_user", "made_link", "gave_role", "locked_user", "unlocked_user", "took_role", "made_link",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--host", "192.0.2.1"), "in the clear"),
        (("--host", "0.0.0.0", "--plain-http"), "--name"),  # noqa: S104
        (("--proxy", "127.0.0.1"), "--https"),
        (("--demo", "--database", "postgresql://x"), "keeps nothing"),
        (("--database", "mysql://x"), "not understood"),
    ],
)
def test_what_cannot_be_served_is_told(
    arguments: tuple[str, ...], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", "--folder", str(tmp_path / "data"), *arguments]) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


@pytest.mark.slow
def test_the_first_start_prints_a_link_that_opens(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with serving("--folder", str(folder)) as (host, port, said):
        link = re.search(r"(/sign-in/link/\S+)", said)
        assert link is not None, said
        assert get(host, port, link[1])[0] == 200
        assert get(host, port, "/healthy")[0] == 200
        assert get(host, port, "/")[0] == 302
    assert (folder / "keys").stat().st_mode & 0o077 == 0
    assert (folder / "keys" / "console.key").stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_a_demonstration_offers_every_role_and_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, temporary = tmp_path / "here", tmp_path / "temporary"
    here.mkdir()
    temporary.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setitem(ENVIRONMENT, "TMPDIR", str(temporary))
    with serving("--demo") as (host, port, _):
        status, page = get(host, port, "/sign-in")
        assert status == 200
        assert page.count('class="role"') == len(ROLES)
        assert "nothing is kept" in page
    assert not [*here.iterdir(), *temporary.iterdir()]


@pytest.mark.slow
def test_all_three_databases_may_be_one_postgresql(tmp_path: Path) -> None:
    with server() as address:
        for _ in range(2):  # the second time all is there
            with serving("--folder", str(tmp_path / "data"), "--database", f"{address}postgres") as (host, port, said):
                assert "/sign-in/link/" in said
                assert get(host, port, "/healthy")[0] == 200
                assert get(host, port, "/sign-in")[0] == 200
        with psycopg.connect(f"{address}postgres") as connection:
            found = connection.execute("SELECT DISTINCT table_schema FROM information_schema.tables").fetchall()
    assert {"console", "ledger", "vault"} <= {row[0] for row in found}
    assert not list((tmp_path / "data").glob("*.sqlite*"))


def test_many_people_at_once_share_few_connections(tmp_path: Path) -> None:
    with (
        server() as address,
        serving("--folder", str(tmp_path / "data"), "--database", f"{address}postgres") as (host, port, _),
        ThreadPoolExecutor(120) as people,
    ):
        asked = {"Cookie": f"douse_session={'x' * 32}"}  # which the server looks for in the database
        answers = list(people.map(lambda _: get(host, port, "/", **asked)[0], range(360)))
        with psycopg.connect(f"{address}postgres") as connection:
            (used,) = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = 'postgres'").fetchone()
    assert set(answers) == {302}
    assert used < 60  # a server as it is installed lets in a hundred
