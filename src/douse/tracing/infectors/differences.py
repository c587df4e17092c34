"""Sequences of cases from a file: an alignment (FASTA), or a table of differences (SNP distances)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.errors import DataError
from douse.readers.sheet import read_sheet, text_cells
from douse.tracing.infectors.sequences import Distances, distances_from_matrix, distances_of, read_fasta

# A table of differences does not tell how many sites were compared. Where they are many more than differ, how many
# makes no difference to who is near whom: so many times the greatest distance, and this many at least.
_SITES_A_DIFFERENCE, _LEAST_SITES = 100, 1_000
_PAIR = ("i", "j", "snp")


@dataclass(frozen=True)
class Differences:
    """Differences between sequences, by name: aligned sequences, or a symmetric matrix with its names."""

    sequences: dict[str, str] | None = None
    names: tuple[str, ...] = ()
    matrix: NDArray[np.float64] | None = None

    def of_cases(self, cases: Sequence[str]) -> Distances:
        """Differences between those cases that have a sequence."""
        if self.matrix is None:
            return distances_of(self.sequences or {}, cases)
        at = {name: row for row, name in enumerate(self.names)}
        sites = max(round(float(self.matrix.max(initial=0.0)) * _SITES_A_DIFFERENCE), _LEAST_SITES)
        return distances_from_matrix([at.get(case, -1) for case in cases], self.matrix, sites)


def read_differences(fasta: Path | None, snp: Path | None) -> Differences | None:
    """Sequences named by case_id, from one of the two files; None where neither is given.

    Parameters
    ----------
    fasta : Path, optional
        Alignment.
    snp : Path, optional
        Table of differing sites: a column a case and a row a case in the same order (a first column of names may lead),
        or rows of two cases and their differences (columns i, j, snp).

    Raises
    ------
    DataError
        When a file is not there, or not what it should be.
    """
    for path in (fasta, snp):
        if path is not None and not path.is_file():
            raise DataError(f"{path.name} is not there.", next_step="Check the path of the sequences.")
    if fasta is not None:
        return Differences(sequences=read_fasta(fasta))
    return None if snp is None else _table(snp)


def _table(path: Path) -> Differences:
    sheet, _ = read_sheet(path)
    if sheet is None:
        raise _not_a_table(path)
    cells = text_cells(sheet)
    if tuple(name.lower() for name in cells.columns) == _PAIR:
        return _from_pairs(path, cells.rename(dict(zip(cells.columns, _PAIR, strict=True))))
    named = cells.width == cells.height + 1
    values = cells[:, 1:] if named else cells
    numbers = values.select(pl.all().cast(pl.Float64, strict=False))
    names = tuple(values.columns)
    if values.width != values.height or numbers.null_count().sum_horizontal().item():
        raise _not_a_table(path)
    if named and tuple(cells.to_series(0)) != names:
        raise _not_a_table(path)
    return Differences(names=names, matrix=numbers.to_numpy().astype(np.float64))


def _from_pairs(path: Path, rows: pl.DataFrame) -> Differences:
    pairs = rows.with_columns(pl.col("snp").cast(pl.Float64, strict=False))
    if pairs.null_count().sum_horizontal().item() or (pairs["i"] == pairs["j"]).any():
        raise _not_a_table(path)
    names = tuple(pl.concat([pairs["i"], pairs["j"].alias("i")]).unique().sort())
    at = {name: row for row, name in enumerate(names)}
    matrix = np.full((len(names), len(names)), np.nan)
    np.fill_diagonal(matrix, 0.0)
    one, other = ([at[name] for name in pairs[column]] for column in ("i", "j"))
    matrix[one, other] = matrix[other, one] = pairs["snp"].to_numpy()
    if np.isnan(matrix).any():
        raise DataError(
            f"{path.name}: some pairs of cases have no number.",
            allowed="a row for every two cases",
            next_step="Add the pairs that are missing, or give the alignment with --fasta.",
        )
    return Differences(names=names, matrix=matrix)


def _not_a_table(path: Path) -> DataError:
    return DataError(
        f"{path.name} is no table of differences between sequences.",
        allowed="a square table with the cases as its columns; or columns i, j, snp",
        next_step="Correct the table, or give the alignment with --fasta.",
    )
