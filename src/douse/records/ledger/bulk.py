"""Bulk tables: Parquet files beside the ledger, which holds the hash of their content."""

import io
from hashlib import sha256
from pathlib import Path

import polars as pl

from douse.errors import DataError
from douse.records.ledger.entry import NewEntry
from douse.records.ledger_tables import BULK_TABLES, LEDGER_TABLES

FOLDER = "bulk"
LEAST_ROWS = 1_000  # at once; fewer are entries of their own


def goes_in_bulk(table: str, rows: pl.DataFrame) -> pl.Series:
    """Which rows go into a file: of people, visits and screening rounds, where they are many; a mask."""
    if table in BULK_TABLES:
        mask = pl.repeat(value=True, n=rows.height, dtype=pl.Boolean, eager=True)
    elif table == "tests":
        mask = (rows["purpose"] == "screening").fill_null(value=False)
    else:
        mask = pl.repeat(value=False, n=rows.height, dtype=pl.Boolean, eager=True)
    return mask if mask.sum() >= LEAST_ROWS else pl.repeat(value=False, n=rows.height, dtype=pl.Boolean, eager=True)


def attach(folder: Path, table: str, rows: pl.DataFrame, name: str = "") -> NewEntry:
    """Write rows to a file named by its content; the entry that ties it to the ledger.

    Parameters
    ----------
    folder : Path
        Of bulk files.
    table : str
        That the rows belong to.
    rows : pl.DataFrame
        Checked rows, all columns.
    name : str
        Of the file that was sent.
    """
    content = as_file(rows)
    digest = sha256(content).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    path = path_of(folder, digest)
    if not path.exists():
        part = path.with_suffix(".part")
        part.write_bytes(content)
        part.replace(path)  # a file of this name is whole
    return NewEntry("attachments", {"content": digest, "of_table": table, "rows": rows.height, "name": name or None})


def as_file(rows: pl.DataFrame) -> bytes:
    """The bytes of a Parquet file of rows."""
    buffer = io.BytesIO()
    rows.write_parquet(buffer)
    return buffer.getvalue()


def path_of(folder: Path, content: str) -> Path:
    """Where the file of a content hash lies."""
    return folder / f"{content}.parquet"


def read_bulk(folder: Path | None, content: str, table: str) -> pl.DataFrame:
    """Rows of an attached file, checked against its hash.

    Raises
    ------
    DataError
        When the file is missing or was changed.
    """
    path = None if folder is None else path_of(folder, content)
    if path is None or not path.is_file():
        raise DataError(
            f"The file of an attached table ({table}) is missing.",
            allowed=f"bulk/{content}.parquet in the folder of the ledger",
            next_step="Put the folder bulk of the instance where it was, or name the folder with --folder.",
        )
    bytes_ = path.read_bytes()
    if sha256(bytes_).hexdigest() != content:
        raise DataError(
            f"The file of an attached table ({table}) was changed after it was attached.",
            next_step="Restore it from a copy; `douse ledger verify` names it.",
        )
    return pl.read_parquet(io.BytesIO(bytes_)).cast(dict(LEDGER_TABLES[table].create_empty().schema.items()))
