"""The two databases that a ledger may live in, their one table, and what they refuse."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import CreateTable

from douse.errors import UsageError

FILE = "ledger.sqlite"
SCHEMA = "ledger"  # on PostgreSQL
_WAIT_SECONDS = 60.0  # for another writer
_LOCK = 0x0D005E  # of writers on PostgreSQL, one at a time

metadata = sa.MetaData()
entries = sa.Table(
    "entries",
    metadata,
    sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("table_name", sa.Text, nullable=False),
    sa.Column("record_id", sa.Text, nullable=False),
    sa.Column("supersedes", sa.Text),
    sa.Column("subject", sa.Text, index=True),
    sa.Column("zone", sa.Text),
    sa.Column("occurred", sa.Text),
    sa.Column("recorded_at", sa.Text),
    sa.Column("appended_at", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("personal", sa.Text),
    sa.Column("salt", sa.LargeBinary),
    sa.Column("personal_hash", sa.LargeBinary),
    sa.Column("payload_hash", sa.LargeBinary, nullable=False),
    sa.Column("previous_hash", sa.LargeBinary, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sa.Index("entries_record", "table_name", "record_id"),
    sa.Index("entries_supersedes", "table_name", "supersedes"),
)
# Who this ledger is: one row, the identifier that entries first written here carry as their origin.
instance = sa.Table("instance", metadata, sa.Column("origin", sa.Text, primary_key=True))

_LASTING = [column.name for column in entries.columns if column.name not in {"personal", "salt"}]
_ONLY_GROWS = "the ledger only grows: correct an entry by one that supersedes it"
_REDACTED = "NEW.personal IS NULL AND NEW.salt IS NULL"
_ASKED = "EXISTS (SELECT 1 FROM entries e WHERE e.table_name = 'erasures' AND e.subject = OLD.subject)"

_SQLITE = (
    "CREATE TRIGGER IF NOT EXISTS entries_stay BEFORE DELETE ON entries "
    f"BEGIN SELECT RAISE(ABORT, '{_ONLY_GROWS}'); END",
    "CREATE TRIGGER IF NOT EXISTS entries_do_not_change BEFORE UPDATE ON entries WHEN NOT ("
    + " AND ".join([_REDACTED, *(f"NEW.{name} IS OLD.{name}" for name in _LASTING), _ASKED])
    + f") BEGIN SELECT RAISE(ABORT, '{_ONLY_GROWS}'); END",
)
_POSTGRESQL = (
    f"""
    CREATE OR REPLACE FUNCTION {SCHEMA}.only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'UPDATE' THEN
        IF {_REDACTED} AND {" AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in _LASTING)}
           AND {_ASKED.replace("FROM entries", f"FROM {SCHEMA}.entries")} THEN
          RETURN NEW;
        END IF;
      END IF;
      RAISE EXCEPTION '{_ONLY_GROWS}';
    END $$
    """,
    f"""CREATE OR REPLACE TRIGGER entries_do_not_change BEFORE UPDATE OR DELETE ON {SCHEMA}.entries
        FOR EACH ROW EXECUTE FUNCTION {SCHEMA}.only_grows()""",
    f"""CREATE OR REPLACE TRIGGER entries_are_not_emptied BEFORE TRUNCATE ON {SCHEMA}.entries
        FOR EACH STATEMENT EXECUTE FUNCTION {SCHEMA}.only_grows()""",
)

_turns: WeakKeyDictionary[Engine, Lock] = WeakKeyDictionary()


def is_ledger(data: Path | str) -> bool:
    """Whether a folder holds a ledger, or an address names a database."""
    return is_address(data) or (Path(data) / FILE).is_file()


def is_address(data: Path | str) -> bool:
    """Whether it is the address of a PostgreSQL database."""
    return str(data).startswith(("postgresql:/", "postgres:/"))


def address_of(place: Path | str) -> str:
    """The address of a database without its scheme: user, host, name. A path swallows the second slash of one."""
    return str(place).split(":", 1)[1].lstrip("/")


def engine_of(place: Path | str) -> Engine:
    """The engine of a folder's ledger or of a database's."""
    if is_address(place):
        return sa.create_engine(
            f"postgresql+psycopg://{address_of(place)}",
            pool_pre_ping=True,
            connect_args={"options": f"-csearch_path={SCHEMA}"},
            hide_parameters=True,  # what goes wrong is logged; what people said is not
        )
    engine = sa.create_engine(
        f"sqlite:///{Path(place) / FILE}",
        connect_args={"timeout": _WAIT_SECONDS, "check_same_thread": False},
        hide_parameters=True,
    )

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, record: Any) -> None:
        del record
        connection.isolation_level = None  # transactions begin below
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={int(_WAIT_SECONDS * 1000)}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


def create(engine: Engine, origin: str) -> None:
    """Make the table where it is not there, and what keeps it from being changed."""
    with writing(engine, locked=False) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            connection.execute(sa.text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
        for table in metadata.sorted_tables:
            connection.execute(CreateTable(table, if_not_exists=True))
            for index in table.indexes:
                index.create(connection, checkfirst=True)
        for statement in _SQLITE if engine.dialect.name == "sqlite" else _POSTGRESQL:
            connection.execute(sa.text(statement))
        if connection.execute(sa.select(instance.c.origin)).first() is None:
            connection.execute(instance.insert().values(origin=origin))


def is_there(engine: Engine) -> bool:
    """Whether the table is there.

    Raises
    ------
    UsageError
        When the database cannot be reached.
    """
    try:
        return sa.inspect(engine).has_table("entries")
    except OperationalError as error:
        raise UsageError(
            "The database of the ledger cannot be reached.",
            allowed="a folder, or postgresql://user@host/name of a server that runs",
            next_step="Start the server, or check host, name and rights.",
        ) from error


@contextmanager
def writing(engine: Engine, *, locked: bool = True) -> Iterator[Connection]:
    """One transaction of the only writer; on disk when it is left, undone when something raises.

    Threads of this process take turns before they ask the database: SQLite lets whoever waits for it sleep and look
    again, and each that waits would hold one of few connections.
    """
    with _turns.setdefault(engine, Lock()), engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        elif locked:
            connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        try:
            yield connection
        except BaseException:
            connection.rollback()
            raise
        connection.commit()
