"""One table of a file that is ours already: CSV with a header, or Parquet."""

from pathlib import Path

import polars as pl

from douse.errors import DataError


def read_table(path: Path, *, as_text: bool = False) -> pl.DataFrame:
    """Read a file as it is; with `as_text` every column is text.

    Raises
    ------
    DataError
        When there is no such file, or it is no table.
    """
    if not path.is_file():
        raise DataError(f"There is no file {path.name}.", next_step="Name a CSV or Parquet file.")
    try:
        if path.suffix == ".parquet":
            frame = pl.read_parquet(path)
        else:
            frame = pl.read_csv(path, infer_schema_length=None, infer_schema=not as_text)
    except pl.exceptions.PolarsError as error:
        raise DataError(
            f"{path.name} cannot be read as a table.",
            allowed="CSV with commas and a header, or Parquet",
            next_step="Write it again as CSV in UTF-8.",
        ) from error
    return frame.cast(pl.String) if as_text else frame
