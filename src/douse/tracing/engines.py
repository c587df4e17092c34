"""Which engine answers who met whom, by name."""

from collections.abc import Callable
from itertools import groupby
from pathlib import Path

from douse.errors import DataError, UsageError
from douse.tracing.index import store
from douse.tracing.index.export import spans_by_part
from douse.tracing.index.part import day_of
from douse.tracing.shared_places import Visits, elsewhere

Progress = Callable[[str], None]
ENGINES = ("index", "duckdb", "spark")
WAREHOUSE = "visits.warehouse"


def warehouse_of(data: Path, engine: str, memory: int) -> Visits:
    """The visits that a data folder keeps in a warehouse, asked through DuckDB or Spark.

    Raises
    ------
    UsageError
        When the engine is none, or what it needs is not installed.
    DataError
        When there is no warehouse.
    """
    if engine not in ENGINES[1:]:
        raise UsageError("There is no such engine.", allowed=", ".join(ENGINES), next_step="Correct --engine.")
    if not (data / WAREHOUSE).is_dir():
        raise DataError(
            f"There is no warehouse of visits in {data}.", next_step=f"Make one: douse index DATA --engine {engine}."
        )
    from douse.tracing.warehouse.connect import DuckDB, Spark  # noqa: PLC0415  extras that may not be installed
    from douse.tracing.warehouse.engine import Warehouse  # noqa: PLC0415

    connection = DuckDB(memory=_words(memory)) if engine == "duckdb" else Spark()
    return elsewhere(Warehouse(data / WAREHOUSE, connection))


def to_warehouse(data: Path, memory: int, progress: Progress) -> int:
    """Bring the index of a data folder into its warehouse: days that differ are landed, then all is sorted.

    The warehouse holds the same visits as the index, with overlaps told once, so that all engines answer alike.

    Returns
    -------
    int
        Visits in the warehouse.
    """
    from douse.tracing.warehouse.connect import DuckDB  # noqa: PLC0415
    from douse.tracing.warehouse.layout import compact, drop, land  # noqa: PLC0415
    from douse.tracing.warehouse.manifest import read_manifest  # noqa: PLC0415

    folder, index = data / WAREHOUSE, store.open_index(data / store.FOLDER)
    landed = {day: sum(file.rows for file in files) for day, files in read_manifest(folder).landed.items()}
    by_day = {day_of(day): list(parts) for day, parts in groupby(index.parts, key=lambda part: part.day)}
    drop(folder, [day for day in landed if day not in by_day])
    for day, parts in by_day.items():
        if landed.get(day) != sum(len(part) for part in parts):
            progress(day.isoformat())
            land(folder, day, spans_by_part(index, parts))
    progress("compact")
    return compact(folder, DuckDB(memory=_words(memory), temp=folder / "scratch")).rows


def _words(memory: int) -> str:
    """Bytes in DuckDB's words."""
    return f"{max(memory // 2**20, 64)}MiB"
