"""Connections to DuckDB and Spark: the one place that opens them, gives them frames, and takes frames from them.

Everything crosses over as Arrow. Times cross as whole seconds since 1970, never as moments, so that no engine's time
zone can shift them.
"""

import os
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from tempfile import gettempdir
from typing import Any, Protocol, TypeAlias

import ibis
import polars as pl

from douse.errors import UsageError

# A half of a laptop's memory; what a query needs beyond it goes to the temporary folder.
MEMORY = "4GB"

# Tables of an engine are Ibis expressions, which carry no types.
Table: TypeAlias = Any


class Connection(Protocol):
    """What the queries need of an engine."""

    def read(self, files: Sequence[Path]) -> Table:
        """Parquet files as one table."""

    def local(self, frame: pl.DataFrame) -> Table:
        """A frame as a table of the engine."""

    def frame(self, table: Table) -> pl.DataFrame:
        """The rows of an expression, computed now."""

    def kept(self, table: Table) -> Table:
        """An expression computed once, to be used several times."""

    def forget(self) -> None:
        """Let go of what was kept and of local frames: a question is answered."""


class DuckDB:
    """DuckDB in this process.

    Parameters
    ----------
    memory : str, default "4GB"
        Most memory, in DuckDB's words; more than that goes to `temp`.
    threads : int, optional
        By default as many as there are processors.
    temp : Path, optional
        Folder for what does not fit into memory; by default the system's.
    """

    def __init__(self, *, memory: str = MEMORY, threads: int | None = None, temp: Path | None = None) -> None:
        settings: dict[str, Any] = {
            "memory_limit": memory,
            "temp_directory": str(temp or Path(gettempdir()) / f"douse-duckdb-{os.getpid()}"),
        }
        if threads is not None:
            settings["threads"] = threads
        try:
            self.ibis = ibis.duckdb.connect(**settings)
        except Exception as wrong:
            raise UsageError(
                "DuckDB does not accept these settings (memory, threads, temporary folder).",
                allowed="memory such as 4GB; threads 1 or more; a folder that can be written",
            ) from wrong
        self.sql = self.ibis.con.execute
        self._kept: list[str] = []

    def read(self, files: Sequence[Path]) -> Table:
        """Parquet files as one table."""
        return self.ibis.read_parquet([str(file) for file in files])

    def local(self, frame: pl.DataFrame) -> Table:
        """A frame as a table of the engine."""
        return ibis.memtable(frame.to_arrow())

    def frame(self, table: Table) -> pl.DataFrame:
        """The rows of an expression, computed now."""
        return _frame(self.ibis.to_pyarrow(table))

    def kept(self, table: Table) -> Table:
        """An expression computed once, to be used several times."""
        self._kept.append(ibis.util.gen_name("douse"))
        return self.ibis.create_table(self._kept[-1], table, temp=True)

    def forget(self) -> None:
        """Let go of what was kept: a question is answered."""
        while self._kept:
            self.ibis.drop_table(self._kept.pop(), force=True)


class Spark:
    """A Spark session: a cluster's, or one of this process.

    Parameters
    ----------
    session : pyspark.sql.SparkSession, optional
        A session that is open already (it stays open); by default one is made or found.
    settings : mapping of str to str, optional
        Settings of a session that is made here, such as ``{"spark.master": "spark://..."}``.
    """

    def __init__(self, session: Any = None, settings: Mapping[str, str] | None = None) -> None:
        _needs_spark(remote=session is not None)
        self.session = session or _session(settings or {})
        # Sets the session's time zone to UTC: local times without a zone stay what they are.
        self.ibis = ibis.pyspark.connect(self.session)
        self._names: list[str] = []
        self._cached: list[Any] = []

    def read(self, files: Sequence[Path]) -> Table:
        """Parquet files as one table."""
        table = self._named(self.session.read.parquet(*(str(file) for file in files)))
        self._names.pop()  # stays
        return table

    def local(self, frame: pl.DataFrame) -> Table:
        """A frame as a table of the engine."""
        return self._named(self.session.createDataFrame(frame.to_arrow()))

    def frame(self, table: Table) -> pl.DataFrame:
        """The rows of an expression, computed now."""
        return _frame(self.session.sql(self.ibis.compile(table)).toArrow())

    def kept(self, table: Table) -> Table:
        """An expression computed once, to be used several times."""
        self._cached.append(self.session.sql(self.ibis.compile(table)).cache())
        return self._named(self._cached[-1])

    def forget(self) -> None:
        """Let go of what was kept and of local frames: a question is answered."""
        while self._cached:
            self._cached.pop().unpersist()
        while self._names:
            self.session.catalog.dropTempView(self._names.pop())

    def _named(self, rows: Any) -> Table:
        self._names.append(ibis.util.gen_name("douse"))
        rows.createOrReplaceTempView(self._names[-1])
        return self.ibis.table(self._names[-1])


def _frame(rows: Any) -> pl.DataFrame:
    found = pl.from_arrow(rows)
    assert isinstance(found, pl.DataFrame)  # noqa: S101 (for the type checker: a table is never a series)
    return found


def _needs_spark(*, remote: bool) -> None:
    if find_spec("pyspark") is None:
        raise UsageError(
            "The engine spark needs PySpark, which is not installed.",
            next_step="Install it with: pip install 'douse[spark]' -- or use the engine duckdb.",
        )
    if not remote and which("java") is None and not os.environ.get("JAVA_HOME"):
        raise UsageError(
            "The engine spark needs Java 17, which is not on this machine's path.",
            next_step="Install Java 17 (Debian: openjdk-17-jre-headless), or set JAVA_HOME, or use the engine duckdb.",
        )


def _session(settings: Mapping[str, str]) -> Any:
    from pyspark.sql import SparkSession  # noqa: PLC0415 (an extra)

    builder = SparkSession.builder.appName("douse")
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()
