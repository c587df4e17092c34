"""`Ledger`: append and read. It has no way to change or to take away."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from uuid_utils import uuid7

from douse.errors import DouseError, UsageError
from douse.records.ledger.bulk import FOLDER
from douse.records.ledger.checking import checked_rows
from douse.records.ledger.entry import (
    GENESIS,
    Entry,
    NewEntry,
    about,
    chained,
    head_of,
    payload_digest,
    payloads,
    salted,
)
from douse.records.ledger.storage import FILE, create, engine_of, instance, is_address, is_there, writing
from douse.records.ledger.storage import entries as table

_BATCH = 5_000  # rows a statement
_SALT_BYTES = 16
_COLUMNS = {"table_name": "table"}  # of the storage -> of `Entry`


@dataclass(frozen=True)
class Receipt:
    """What was appended: acknowledged only when it is on disk.

    Attributes
    ----------
    first, last : int
        Sequence numbers; of nothing, last is below first.
    record_ids : tuple of str
        In the order in which rows were given.
    """

    first: int
    last: int
    record_ids: tuple[str, ...]

    def __len__(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True)
class Prepared:
    """A row that was checked, ready to be chained.

    Attributes
    ----------
    table, record_id, supersedes, recorded_at
        As of `Entry`.
    about : tuple
        Subject, zone, occurred.
    payload, personal : str
        JSON.
    """

    table: str
    record_id: str
    supersedes: str | None
    recorded_at: str | None
    about: tuple[str | None, str | None, str | None]
    payload: str
    personal: str | None


class CorrectedError(DouseError):
    """A row that is to be corrected was corrected by somebody else; nothing was written."""


class Ledger:
    """An append-only log of records with a chain of hashes.

    Safe to use from many threads and processes at once: writers wait for each other, readers for nobody.

    Parameters
    ----------
    engine : sqlalchemy.engine.Engine
        Of a database in which the table is there; see `open_ledger`.
    place : Path or str
        Folder or address, for messages and for readers that need it.
    bulk : Path, optional
        Folder of attached files.
    """

    def __init__(self, engine: Engine, place: Path | str, bulk: Path | None = None) -> None:
        self.engine, self.place, self.bulk = engine, place, bulk
        with engine.connect() as connection:
            self.origin: str = connection.execute(sa.select(instance.c.origin)).scalar_one()

    @property
    def head(self) -> int:
        """Sequence number of the last entry; 0 where there is none."""
        with self.engine.connect() as connection:
            return connection.exec_driver_sql("SELECT max(sequence) FROM entries").scalar() or 0  # asked by every page

    def append(self, new: Sequence[NewEntry], *, author: str, at: datetime, in_force_only: bool = False) -> Receipt:
        """Check rows and append them: all or none, on disk when this returns.

        Parameters
        ----------
        new : sequence of NewEntry
            Rows of any tables.
        author : str
            Who writes; a user's number or name, never a person's.
        at : datetime
            Now, local.
        in_force_only : bool
            Correct only rows that nobody else has corrected: of two who correct one row at once the second is told.

        Raises
        ------
        EntryError
            When a row is not what its table asks for.
        CorrectedError
            When a row was corrected before.
        """
        rows = self.checked(new, at)
        with writing(self.engine) as connection:
            if in_force_only:
                _check_in_force(connection, rows)
            return self.append_within(connection, rows, author=author, at=at)

    @staticmethod
    def checked(new: Sequence[NewEntry], at: datetime) -> list[Prepared]:
        """Rows that may be appended. Raises EntryError; see `append`."""
        rows = checked_rows(new, at)
        return [prepared(entry.table, row) for entry, row in zip(new, rows, strict=True)]

    def append_prepared(self, rows: Iterable[Prepared], *, author: str, at: datetime) -> Receipt:
        """Append rows that were checked; see `append`."""
        with writing(self.engine) as connection:
            return self.append_within(connection, rows, author=author, at=at)

    def append_within(self, connection: Connection, rows: Iterable[Prepared], *, author: str, at: datetime) -> Receipt:
        """Append within a transaction of `storage.writing`, for what reads and writes at one moment."""
        return self._write(connection, (self._entry(row, author, at) for row in rows))

    def append_foreign(self, connection: Connection, heads: Iterable[dict[str, Any]]) -> Receipt:
        """Append entries of another ledger: they keep id, origin, author and payload hash, and get a place here."""
        return self._write(connection, heads)

    def entries(  # noqa: PLR0913  conditions, each by name
        self,
        *,
        since: int = 0,
        upto: int | None = None,
        tables: Sequence[str] | None = None,
        record_ids: Sequence[str] | None = None,
        subjects: Sequence[str] | None = None,
        newest_first: bool = False,
        limit: int | None = None,
    ) -> list[Entry]:
        """Entries after a sequence number, those that meet every condition."""
        wanted = sa.select(table).where(table.c.sequence > since)
        if upto is not None:
            wanted = wanted.where(table.c.sequence <= upto)
        for column, among in (
            (table.c.table_name, tables),
            (table.c.record_id, record_ids),
            (table.c.subject, subjects),
        ):
            if among is not None:
                wanted = wanted.where(column.in_(list(among)))
        wanted = wanted.order_by(table.c.sequence.desc() if newest_first else table.c.sequence).limit(limit)
        with self.engine.connect() as connection:
            return [entry_of(row._asdict()) for row in connection.execute(wanted)]

    def walk(self, *, since: int = 0) -> Iterator[Entry]:
        """All entries in order, a batch at a time."""
        while batch := self.entries(since=since, limit=_BATCH):
            yield from batch
            since = batch[-1].sequence

    def close(self) -> None:
        """Give up the connections."""
        self.engine.dispose()

    def _entry(self, row: Prepared, author: str, at: datetime) -> dict[str, Any]:
        salt = os.urandom(_SALT_BYTES) if row.personal is not None else None
        personal_hash = salted(salt, row.personal) if salt is not None and row.personal is not None else None
        subject, zone, occurred = row.about
        return {
            "id": str(uuid7()), "table_name": row.table, "record_id": row.record_id, "supersedes": row.supersedes,
            "subject": subject, "zone": zone, "occurred": occurred, "recorded_at": row.recorded_at,
            "appended_at": at.isoformat(), "author": author, "origin": self.origin, "payload": row.payload,
            "personal": row.personal, "salt": salt, "personal_hash": personal_hash,
            "payload_hash": payload_digest(row.payload, personal_hash),
        }  # fmt: skip

    @staticmethod
    def _write(connection: Connection, rows: Iterable[dict[str, Any]]) -> Receipt:
        last = connection.execute(
            sa.select(table.c.sequence, table.c.hash).order_by(table.c.sequence.desc()).limit(1)
        ).first()
        at, previous = (last.sequence, bytes(last.hash)) if last else (0, GENESIS)
        first, names, batch = at + 1, list[str](), list[dict[str, Any]]()
        for row in rows:
            at += 1
            row |= {"sequence": at, "previous_hash": previous}
            previous = row["hash"] = chained(previous, head_of(row), row["payload_hash"])
            names.append(row["record_id"])
            batch.append(row)
            if len(batch) == _BATCH:
                _insert(connection, batch)
                batch = []
        if batch:
            _insert(connection, batch)
        return Receipt(first, at, tuple(names))


def _check_in_force(connection: Connection, rows: Sequence[Prepared]) -> None:
    corrected: dict[str, list[str]] = {}
    for row in rows:
        if row.supersedes is not None:
            corrected.setdefault(row.table, []).append(row.supersedes)
    for name, records in corrected.items():
        for start in range(0, len(records), _BATCH):
            some = records[start : start + _BATCH]
            taken = sa.select(table.c.sequence).where(table.c.table_name == name, table.c.supersedes.in_(some))
            if connection.execute(taken.limit(1)).first() is not None:
                raise CorrectedError(
                    f"A row of {name} that is to be corrected was corrected by somebody else meanwhile.",
                    next_step="Open it again, and correct what is there now.",
                )


def _insert(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Many rows at once, by the driver itself: SQLAlchemy would look at every value."""
    names = [column.name for column in table.columns]
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    statement = f"INSERT INTO entries ({', '.join(names)}) VALUES ({', '.join([mark] * len(names))})"  # noqa: S608
    connection.exec_driver_sql(statement, [tuple(row[name] for name in names) for row in rows])


def open_ledger(place: Path | str, *, make: bool = False, bulk: Path | None = None) -> Ledger:
    """Open the ledger of a folder, or of a PostgreSQL database.

    Parameters
    ----------
    place : Path or str
        A folder, or ``postgresql://user@host/name``.
    make : bool
        Make it where it is not there.
    bulk : Path, optional
        Folder of attached files, of a database; of a folder it is the folder ``bulk`` in it.

    Raises
    ------
    UsageError
        When there is none and none is to be made, or the database cannot be reached.
    """
    if make and not is_address(place):
        Path(place).mkdir(parents=True, exist_ok=True)
    if not make and not is_address(place) and not (Path(place) / FILE).is_file():
        raise UsageError(
            "There is no ledger in this folder.", allowed=f"a folder that holds {FILE}",
            next_step="Make one with `douse import DATA --ledger FOLDER`, or with `douse serve --folder FOLDER`.",
        )  # fmt: skip
    engine = engine_of(place)
    if not is_there(engine):
        if not make:
            raise UsageError(
                "There is no ledger in this database.",
                next_step="Make one with `douse import DATA --ledger` and its address, or with `douse serve`.",
            )
        create(engine, str(uuid7()))
    return Ledger(engine, place, Path(place) / FOLDER if bulk is None and not is_address(place) else bulk)


def prepared(name: str, row: Mapping[str, Any]) -> Prepared:
    """A checked row, ready to be appended."""
    payload, personal = payloads(name, row)
    told = row["recorded_at"]
    return Prepared(
        name,
        row["record_id"],
        row["supersedes"],
        told.isoformat() if told else None,
        about(name, row),
        payload,
        personal,
    )


def entry_of(row: Mapping[str, Any]) -> Entry:
    """An entry out of a row of the storage."""
    named = {_COLUMNS.get(name, name): value for name, value in row.items()}
    fields: dict[str, Any] = {name: bytes(v) if isinstance(v, memoryview) else v for name, v in named.items()}
    return Entry(**fields)
