"""Which engine answers who met whom, by name."""

import json
import shutil
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any

from douse.errors import DataError, UsageError
from douse.tracing.index import store
from douse.tracing.index.export import spans_by_part
from douse.tracing.index.part import day_of
from douse.tracing.shared_places import Visits, elsewhere

Progress = Callable[[str], None]
ENGINES = ("index", "duckdb", "spark")
WAREHOUSE = "visits.warehouse"
# Which parts of the index the warehouse holds, by day; written last.
_HOLDS = "index.json"


def follows_index(data: Path) -> bool:
    """Whether a data folder has a warehouse that was made from its index, not landed in another way."""
    return (data / WAREHOUSE / _HOLDS).is_file()


def warehouse_of(data: Path, engine: str, memory: int) -> Visits:
    """The visits that a data folder keeps in a warehouse, asked through DuckDB or Spark.

    Parameters
    ----------
    data : Path
        Folder of tables.
    engine : str
        duckdb or spark.
    memory : int
        Bytes that DuckDB may take; Spark is told by its own settings.

    Raises
    ------
    UsageError
        When the engine is none, or what it needs is not installed.
    DataError
        When there is no warehouse, or it was made from the index and does not hold the same visits any more.
    """
    if engine not in ENGINES[1:]:
        raise UsageError("There is no such engine.", allowed=", ".join(ENGINES), next_step="Correct --engine.")
    if not (data / WAREHOUSE).is_dir():
        raise DataError(
            f"There is no warehouse of visits in {data}.", next_step=f"Make one: douse index DATA --engine {engine}."
        )
    if store.exists(data / store.FOLDER) and follows_index(data) and _held(data) != _indexed(data):
        raise DataError(
            f"The warehouse of visits in {data} holds other visits than the index.",
            next_step=f"Bring it up to date: douse index DATA --engine {engine}.",
        )
    from douse.tracing.warehouse.connect import DuckDB, Spark  # noqa: PLC0415  extras that may not be installed
    from douse.tracing.warehouse.engine import Warehouse  # noqa: PLC0415

    connection = DuckDB(memory=_words(memory)) if engine == "duckdb" else Spark()
    facts = store.facts(data / store.FOLDER) if store.exists(data / store.FOLDER) else None
    return elsewhere(Warehouse(data / WAREHOUSE, connection), facts)


def to_warehouse(data: Path, memory: int, progress: Progress) -> int:
    """Bring the index of a data folder into its warehouse: days that differ are landed, then all is sorted.

    The warehouse holds the same visits as the index, with overlaps told once, so that all engines answer alike. Of an
    empty index there is none.

    Parameters
    ----------
    data : Path
        Folder of tables, with an index.
    memory : int
        Bytes that the sort may take.
    progress : callable
        Told each day that is landed.

    Returns
    -------
    int
        Visits in the warehouse.
    """
    from douse.tracing.warehouse.connect import DuckDB  # noqa: PLC0415
    from douse.tracing.warehouse.layout import compact, drop, land  # noqa: PLC0415
    from douse.tracing.warehouse.manifest import read_manifest  # noqa: PLC0415

    folder, index = data / WAREHOUSE, store.open_index(data / store.FOLDER)
    if not index.parts:
        shutil.rmtree(folder, ignore_errors=True)
        return 0
    landed, held, indexed = read_manifest(folder).landed, _held(data), _indexed(data)
    drop(folder, [day for day in landed if day.isoformat() not in indexed])
    for number, parts in groupby(index.parts, key=lambda part: part.day):
        day = day_of(number)
        name = day.isoformat()
        if day not in landed or held.get(name) != indexed[name]:
            progress(name)
            land(folder, day, spans_by_part(index, list(parts)))
    progress("compact")
    rows = compact(folder, DuckDB(memory=_words(memory), temp=folder / "scratch")).rows
    making = folder / f"{_HOLDS}.making"
    making.write_text(json.dumps(indexed, indent=1), encoding="utf-8")
    making.replace(folder / _HOLDS)
    return rows


def _indexed(data: Path) -> dict[str, Any]:
    """What tells the visits of a day in the index from others: day -> when the index was begun, and its parts."""
    said = store.read_manifest(data / store.FOLDER)
    days = sorted({part["day"] for part in said["parts"]})
    parts = {day: sorted(part["name"] for part in said["parts"] if part["day"] == day) for day in days}
    return {day_of(day).isoformat(): [said.get("made", ""), *names] for day, names in parts.items()}


def _held(data: Path) -> dict[str, Any]:
    """`_indexed` as it was when the warehouse was last brought up to date."""
    file = data / WAREHOUSE / _HOLDS
    if not file.is_file():
        return {}
    held: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return held


def _words(memory: int) -> str:
    """Bytes in DuckDB's words."""
    return f"{max(memory // 2**20, 64)}MiB"
