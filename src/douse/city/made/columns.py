"""Columns of zone totals: which there are, and the whole numbers in them."""

import re
from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.errors import DataError
from douse.kernels.person_word import LARGEST_HOME

OPEN = 200  # years: the end of an open age band
_AGE = re.compile(r"age_(\d+)(?:_(\d+|plus|over))?")
_HOMES = re.compile(r"households_(\d+)(?:_plus)?")
_MOST = 2**31 - 1


def age_columns(columns: Sequence[str], oldest: int) -> tuple[tuple[str, ...], tuple[int, ...], tuple[int, ...]]:
    """Names of the age columns in order of age, with their first and last years; the last is open.

    Raises
    ------
    DataError
        When they leave a gap, overlap, or have no open end.
    """
    found = []
    for name in columns:
        if (read := _AGE.fullmatch(name)) is None:
            continue
        last = read[2]
        found.append((int(read[1]), int(last) if last and last.isdigit() else -1, name))
    found.sort()
    if not found:
        return (), (), ()
    starts = [start for start, _, _ in found]
    # age_7 between others is one year; age_75 at the end is 75 and over.
    ends = [end if end >= 0 else start for start, end, _ in found]
    if found[-1][1] < 0 or ends[-1] >= oldest:
        ends[-1] = OPEN
    follows = [end + 1 for end in ends[:-1]]
    if starts[0] != 0 or starts[1:] != follows or ends[-1] != OPEN or starts[-1] > oldest:
        raise DataError(
            "Zone totals: the age columns do not cover all ages once each.",
            allowed="age_0_4, age_5_9, … age_75: from age 0, without gap or overlap, the last one open and from an age "
            f"of at most {oldest}",
            next_step="Add the missing columns, or rename those that are read wrongly.",
        )
    return tuple(name for _, _, name in found), tuple(starts), tuple(ends)


def home_columns(columns: Sequence[str]) -> tuple[str, ...]:
    """Names of the columns of households by size, 1 and up; the last size is open.

    Raises
    ------
    DataError
        When a size is missing or there is no such size.
    """
    found = sorted((int(read[1]), name) for name in columns if (read := _HOMES.fullmatch(name)))
    sizes = [size for size, _ in found]
    if sizes and (sizes != list(range(1, len(sizes) + 1)) or len(sizes) > LARGEST_HOME):
        raise DataError(
            "Zone totals: the columns of households by size leave one out.",
            allowed=f"households_1, households_2, … up to households_{LARGEST_HOME}; the last means so many and more",
            next_step="Add the missing sizes; a household of nobody is none.",
        )
    return tuple(name for _, name in found)


def amounts(frame: pl.DataFrame, column: str) -> NDArray[np.int64]:
    """Whole numbers of a column; -1 where the cell is empty or the column is not there. Shape (rows,).

    Raises
    ------
    DataError
        When a cell holds no number, a negative or too large one.
    """
    if column not in frame.columns:
        return np.full(frame.height, -1, np.int64)
    cells = frame[column]
    if cells.dtype == pl.String:
        cells = cells.str.strip_chars().replace("", None)
    read = cells.cast(pl.Float64, strict=False)
    full = read.fill_null(0.0).to_numpy()
    bad = (cells.is_not_null() & read.is_null()).to_numpy() | ~np.isfinite(full) | (full < 0) | (full > _MOST)
    bad |= full != np.floor(full)
    if bad.any():
        zone = frame["zone_id"][int(np.argmax(bad))]
        raise DataError(
            f"Zone totals, column {column}: {int(bad.sum())} cells are no count, that of {zone} first.",
            allowed="whole numbers of 0 and more; empty where it is not known",
            next_step="Correct the cells.",
        )
    return np.where(read.is_null().to_numpy(), -1, full).astype(np.int64)
