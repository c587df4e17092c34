"""Ledgers on both databases."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from douse.records.ledger import Ledger, open_ledger
from postgres_server import server

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    with server() as address:
        yield address


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where a ledger may be made: a folder, or a fresh database."""
    if request.param == "sqlite":
        return tmp_path / "instance"
    address = request.getfixturevalue("postgresql")
    name = f"t{next(_numbers)}"
    with psycopg.connect(address + "postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return address + name


@pytest.fixture
def ledger(place: Path | str, tmp_path: Path) -> Iterator[Ledger]:
    made = open_ledger(place, make=True, bulk=tmp_path / "bulk")
    yield made
    made.close()
