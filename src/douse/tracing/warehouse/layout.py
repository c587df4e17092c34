"""Visits as Parquet files sorted by place and by person: landed day by day, then compacted.

A warehouse is a folder::

    manifest.json          the files that are complete, with their numbers of rows; no other file is ever read
    landed/                what was landed, a few files a day: what `compact` starts from
    by_place/*.parquet     all visits, sorted by place, entered
    by_person/*.parquet    all visits, sorted by person, entered

Files are written under a temporary name and renamed; the manifest is replaced last, in one step. Whatever happens in
between leaves the warehouse as it was, and stray files behind that the next `compact` removes.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from shutil import rmtree
from uuid import uuid4

import polars as pl

from douse.errors import DataError
from douse.tracing.warehouse.connect import DuckDB
from douse.tracing.warehouse.manifest import File, read_manifest, write_manifest

# What is landed: visits whose spans are prepared (see `encounters`).
PREPARED: dict[str, pl.DataType] = {
    "person": pl.String(),
    "place": pl.String(),
    "entered": pl.Datetime("us"),
    "left": pl.Datetime("us"),
    "exact": pl.Boolean(),
    "told_on": pl.Date(),
}

# A place is long when a visit to it lasted longer than this (seconds).
LONG_SECONDS = 4 * 3600
# Width of a slot (seconds) at a place that is not long, and at one that is.
SLOT_SECONDS, LONG_SLOT_SECONDS = 1_800, 86_400

# Rows of a row group: few enough that the least and greatest place of a group rule most groups out.
GROUP_ROWS = 61_440
GROUPS_PER_FILE = 512


@dataclass(frozen=True)
class Compacted:
    """The complete files of a warehouse and the number of visits in each of the two copies."""

    by_place: tuple[Path, ...]
    by_person: tuple[Path, ...]
    rows: int


def land(folder: Path, day: date, visits: pl.DataFrame | Iterable[pl.DataFrame]) -> int:
    """Write a day's visits into a warehouse; what was landed for the day before is replaced.

    Visits of any days may be landed together; `day` only names them, so that they can be replaced or dropped.

    Parameters
    ----------
    folder : Path
        The warehouse; made where there is none.
    day : datetime.date
        Name of the landing.
    visits : polars.DataFrame or iterable of them
        Columns as of `PREPARED`, none empty. Frames of an iterable are written one after the other: memory holds one.
        Fractions of seconds are cut off.

    Returns
    -------
    int
        Rows written.

    Raises
    ------
    DataError
        A column is missing or empty in some row, or a visit ends before it begins.
    """
    known = read_manifest(folder)
    landed = folder / "landed"
    landed.mkdir(parents=True, exist_ok=True)
    name, files = f"{day.isoformat()}-{uuid4().hex[:12]}", []
    for number, frame in enumerate([visits] if isinstance(visits, pl.DataFrame) else visits):
        ready = _ready(frame, day)
        half_written, complete = landed / f"{name}-{number:05}.making", landed / f"{name}-{number:05}.parquet"
        ready.write_parquet(half_written, compression="zstd", compression_level=1)
        half_written.rename(complete)
        files.append(File(f"landed/{complete.name}", ready.height))
    before = known.landed.get(day, ())
    write_manifest(folder, known.with_landed({**known.landed, day: tuple(files)}))
    for file in before:
        (folder / file.name).unlink(missing_ok=True)
    return sum(file.rows for file in files)


def drop(folder: Path, days: Iterable[date]) -> int:
    """Remove landed days; their visits leave the sorted copies with the next `compact`. Returns rows removed."""
    known = read_manifest(folder)
    days = known.landed.keys() & set(days)
    if not days:
        return 0
    write_manifest(folder, known.with_landed({day: files for day, files in known.landed.items() if day not in days}))
    gone = [file for day, files in known.landed.items() if day in days for file in files]
    for file in gone:
        (folder / file.name).unlink(missing_ok=True)
    return sum(file.rows for file in gone)


def compact(folder: Path, duck: DuckDB, *, group_rows: int = GROUP_ROWS) -> Compacted:
    """Sort all landed visits by place and by person, into few files each a range of places (or persons).

    Copies that are whole and show everything landed stay as they are. The sort is DuckDB's own: what does not fit into
    the connection's memory goes to its temporary folder.

    Parameters
    ----------
    folder : Path
        The warehouse.
    duck : DuckDB
        Connection with the limits of memory and threads.
    group_rows : int, default 61,440
        Rows of a Parquet row group.
    """
    with suppress(DataError):
        current = compacted(folder)
        _sweep(folder)
        return current
    known = read_manifest(folder)
    landed = [file for files in known.landed.values() for file in files]
    _all_there(folder, landed)
    if not landed:
        raise DataError("No visits have been landed in this warehouse.", next_step="Land a day first.")
    duck.sql(f"CREATE OR REPLACE TEMP VIEW landed AS {_landed_sql(folder, landed)}")
    duck.sql(f"CREATE OR REPLACE TEMP TABLE places AS {_PLACES}")
    making, generation = folder / f"making-{uuid4().hex[:12]}", uuid4().hex[:12]
    copies = {}
    for copy, key in (("by_place", "place"), ("by_person", "person")):
        (making / copy).mkdir(parents=True)
        duck.sql(f"COPY ({_SORTED.format(key=key)}) TO {_text(making / copy)} ({_OPTIONS.format(rows=group_rows)})")
        copies[copy] = _moved(making / copy, folder / copy, generation)
    rmtree(making)
    duck.sql("DROP TABLE places")
    rows = sum(file.rows for file in landed)
    for files in copies.values():
        assert sum(file.rows for file in files) == rows  # noqa: S101 (each visit once in each copy)
    write_manifest(folder, known.with_copies(copies["by_place"], copies["by_person"]))
    _sweep(folder)
    return compacted(folder)


def compacted(folder: Path) -> Compacted:
    """The sorted copies, after a check that they are complete and hold everything that was landed.

    Raises
    ------
    DataError
        Days were landed or dropped since the last `compact`, or a file is missing or not whole.
    """
    known = read_manifest(folder)
    if not known.by_place or known.stale:
        raise DataError(
            "Days were landed in this warehouse (or dropped) that its sorted copies do not show yet.",
            next_step="Compact the warehouse first.",
        )
    _all_there(folder, known.by_place + known.by_person)
    by_place, by_person = (tuple(folder / file.name for file in files) for files in (known.by_place, known.by_person))
    return Compacted(by_place, by_person, sum(file.rows for file in known.by_place))


def _ready(frame: pl.DataFrame, day: date) -> pl.DataFrame:
    missing = [column for column in PREPARED if column not in frame.columns]
    if missing:
        raise DataError(f"Visits of {day}: columns are missing: {', '.join(missing)}.", allowed=", ".join(PREPARED))
    try:
        ready = frame.select(pl.col(name).cast(kind) for name, kind in PREPARED.items())
    except pl.exceptions.PolarsError as wrong:
        raise DataError(
            f"Visits of {day}: a column has another type than it should have.",
            allowed=", ".join(f"{name} {kind}" for name, kind in PREPARED.items()),
        ) from wrong
    ready = ready.with_columns(pl.col("entered", "left").dt.truncate("1s"))
    empty = [name for name, count in ready.null_count().row(0, named=True).items() if count]
    if empty:
        raise DataError(f"Visits of {day}: empty cells in {', '.join(empty)}.", next_step="Leave such visits out.")
    backwards = ready.filter(pl.col("left") < pl.col("entered")).height
    if backwards:
        raise DataError(f"Visits of {day}: {backwards} end before they begin.", allowed="entered <= left")
    return ready


def _all_there(folder: Path, files: Iterable[File]) -> None:
    for file in files:
        path = folder / file.name
        try:
            rows = pl.scan_parquet(path, glob=False).select(pl.len()).collect().item()
        except (pl.exceptions.PolarsError, OSError):
            rows = None
        if rows != file.rows:
            raise DataError(
                f"{path}: the file is missing or not whole (the manifest lists {file.rows} rows).",
                next_step="Land the day again and compact."
                if "landed" in file.name
                else "Compact the warehouse again.",
            )


def _moved(made: Path, copy: Path, generation: str) -> tuple[File, ...]:
    copy.mkdir(exist_ok=True)
    files = []
    for number, path in enumerate(sorted(made.glob("*.parquet"), key=lambda path: (len(path.name), path.name))):
        complete = copy / f"{generation}-{number:05}.parquet"
        rows = pl.scan_parquet(path, glob=False).select(pl.len()).collect().item()
        path.rename(complete)
        files.append(File(f"{copy.name}/{complete.name}", rows))
    return tuple(files)


def _sweep(folder: Path) -> None:
    """Remove files that the manifest does not list."""
    known = read_manifest(folder)
    listed = {folder / file.name for file in known.all_files()}
    for copy in ("landed", "by_place", "by_person"):
        for path in (folder / copy).iterdir():
            if path not in listed and path.is_file():
                path.unlink()
    for made in folder.glob("making-*"):
        rmtree(made)


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _landed_sql(folder: Path, files: Iterable[File]) -> str:
    listed = ", ".join(_text(folder / file.name) for file in files)
    return f"SELECT *, CAST(entered AS DATE) AS day FROM read_parquet([{listed}])"  # noqa: S608 (own names, quoted)


_PLACES = f"""
    SELECT place, bool_or(long) AS long, CAST(max(visits) AS INTEGER) AS busiest
    FROM (
        SELECT place, day, count(*) AS visits, bool_or(epoch("left" - entered) > {LONG_SECONDS}) AS long
        FROM landed GROUP BY place, day
    ) GROUP BY place
"""  # noqa: S608 (a number of this module)

_SORTED = f"""
    SELECT person, place, entered, "left", exact, day, told_on, long, busiest,
        CAST(floor(epoch(entered) / CASE WHEN long THEN {LONG_SLOT_SECONDS} ELSE {SLOT_SECONDS} END) AS INTEGER) AS slot
    FROM landed JOIN places USING (place)
    ORDER BY {{key}}, entered
"""  # noqa: S608 (numbers and names of this module)

_OPTIONS = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {{rows}}, ROW_GROUPS_PER_FILE {GROUPS_PER_FILE}"
