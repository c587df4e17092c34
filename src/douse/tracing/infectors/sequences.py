"""Sequences of cases as numbers of differing sites: from an alignment (FASTA) or from a matrix."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from douse.errors import DataError
from douse.kernels.snp import site_counts

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_CODE = np.zeros(256, dtype=np.uint8)
for _place, _letters in enumerate(("Aa", "Cc", "Gg", "TtUu"), start=1):
    _CODE[[ord(letter) for letter in _letters]] = _place


@dataclass(frozen=True)
class Distances:
    """Differences between the sequences of S of N cases.

    Parameters
    ----------
    sequence : numpy.ndarray[int64], shape (N,)
        Row of each case's sequence; -1 where it has none.
    differ, compared : numpy.ndarray[float64], shape (S, S)
        Sites that differ, and sites that are known of both.
    """

    sequence: Ints
    differ: Floats
    compared: Floats


def read_fasta(path: Path) -> dict[str, str]:
    """Sequences of an alignment by name (the first word after ``>``), in the file's order.

    Raises
    ------
    DataError
        Where the file holds no sequence, a name twice, or sequences of unequal length.
    """
    parts: dict[str, list[str]] = {}
    name = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        text = line.strip()
        if text.startswith(">"):
            name = (text[1:].split() or [""])[0]
            if name in parts:
                raise DataError(
                    f"{path.name} line {number}: a name that an earlier sequence has.",
                    allowed="one sequence a name",
                    next_step="Keep one of the two, or name them apart.",
                )
            parts[name] = []
        elif text and name is None:
            raise DataError(
                f"{path.name} line {number}: letters before the first name.",
                allowed="a line that begins with >, then the sequence",
                next_step="Check that this is a FASTA file.",
            )
        elif text and name is not None:
            parts[name].append(text)
    sequences = {key: "".join(lines) for key, lines in parts.items()}
    _check_lengths(sequences, path.name)
    return sequences


def _check_lengths(sequences: Mapping[str, str], where: str) -> None:
    lengths = [len(letters) for letters in sequences.values()]
    if not lengths or not lengths[0]:
        raise DataError(
            f"{where}: no sequence in it.",
            allowed="one sequence or more, all of one length",
            next_step="Check that this is the alignment.",
        )
    unlike = next((at for at, length in enumerate(lengths) if length != lengths[0]), None)
    if unlike is not None:
        raise DataError(
            f"{where}: sequence {unlike + 1} has {lengths[unlike]} sites, the first has {lengths[0]}.",
            allowed="aligned sequences, all of one length",
            next_step="Align them first (for example with MAFFT), gaps as -.",
        )


def distances_of(sequences: Mapping[str, str], cases: Sequence[str]) -> Distances:
    """Differences between aligned sequences; gaps and ambiguous bases are not counted.

    Parameters
    ----------
    sequences : mapping of str to str
        Aligned sequences by case; those of nobody in `cases` are left out.
    cases : sequence of str
        Identifiers of the N cases, in their order.
    """
    _check_lengths(sequences, "sequences")
    held = [at for at, case in enumerate(cases) if case in sequences]
    letters = b"".join(sequences[cases[at]].encode("latin-1", "replace") for at in held)
    bases = _CODE[np.frombuffer(letters, dtype=np.uint8)].reshape(len(held), -1 if held else 0)
    sequence = np.full(len(cases), -1, dtype=np.int64)
    sequence[held] = np.arange(len(held))
    return Distances(sequence, *site_counts(bases))


def distances_from_matrix(sequence: ArrayLike, differ: ArrayLike, length: int) -> Distances:
    """Differences from a matrix of SNP distances and the number of sites of the alignment.

    Parameters
    ----------
    sequence : array_like of int, shape (N,)
        Row of each case in the matrix; -1 where it has none.
    differ : array_like, shape (S, S)
        Differing sites; symmetric, with zeros on the diagonal.
    length : int
        Sites compared.
    """
    matrix, rows = np.asarray(differ, dtype=np.float64), np.asarray(sequence, dtype=np.int64)
    square = matrix.ndim == 2 and matrix.shape[0] == matrix.shape[1]
    if not square or not np.array_equal(matrix, matrix.T) or matrix.diagonal().any():
        raise DataError(
            "SNP distances: not a symmetric matrix with zeros on its diagonal.",
            allowed="one row and one column a sequence, the same distance both ways",
            next_step="Make the matrix from the alignment, or give the alignment.",
        )
    if (matrix < 0).any() or (matrix > length).any():
        raise DataError(
            "SNP distances: below 0, or above the number of sites.",
            allowed=f"0 to {length}",
            next_step="Check the length of the alignment.",
        )
    if (rows >= len(matrix)).any() or len(np.unique(rows[rows >= 0])) < (rows >= 0).sum():
        raise DataError(
            "SNP distances: a case's row is not in the matrix, or two cases have the same row.",
            allowed="a row of its own for each sequenced case, -1 for the others",
            next_step="Check the order of the cases.",
        )
    return Distances(rows, matrix, np.full(matrix.shape, float(length)))
