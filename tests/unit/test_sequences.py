"""Differences between sequences: what is counted, and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from douse.errors import DataError
from douse.tracing.infectors.sequences import distances_from_matrix, distances_of, read_fasta


def test_gaps_and_ambiguous_bases_are_not_counted(tmp_path):
    file = tmp_path / "a.fasta"
    file.write_text(">a first\nACGT\nAC\n>b\nacga\n-c\n\n>c\nNCGURC\n")
    sequences = read_fasta(file)
    assert sequences == {"a": "ACGTAC", "b": "acga-c", "c": "NCGURC"}
    made = distances_of(sequences, ["c", "nobody", "a", "b"])
    assert made.sequence.tolist() == [0, -1, 1, 2]
    assert made.differ.tolist() == [[0, 0, 1], [0, 0, 1], [1, 1, 0]]
    assert made.compared.tolist() == [[4, 4, 4], [4, 6, 5], [4, 5, 5]]


@given(st.lists(st.text("ACGTNacgtu-RY?", min_size=9, max_size=9), min_size=1, max_size=5))
def test_counts_equal_the_twin(letters):
    names = [str(at) for at in range(len(letters))]
    made = distances_of(dict(zip(names, letters, strict=True)), names)
    known = [[x.upper().replace("U", "T") for x in text] for text in letters]
    for a, one in enumerate(known):
        for b, two in enumerate(known):
            both = [(x, y) for x, y in zip(one, two, strict=True) if x in "ACGT" and y in "ACGT"]
            assert made.compared[a, b] == len(both)
            assert made.differ[a, b] == sum(x != y for x, y in both)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (">a\nACG\n>b\nAC\n", r"x.fasta: sequence 2 has 2 sites, the first has 3\."),
        ("", "no sequence"),
        ("ACG\n", "line 1: letters before the first name"),
        (">a\nA\n>a\nC\n", "line 3: a name that an earlier sequence has"),
    ],
)
def test_a_file_that_is_no_alignment_is_refused(tmp_path, text, says):
    file = tmp_path / "x.fasta"
    file.write_text(text)
    with pytest.raises(DataError, match=says):
        read_fasta(file)


@pytest.mark.parametrize(
    ("rows", "matrix", "says"),
    [
        ([0, 1], [[0, 1], [2, 0]], "symmetric"),
        ([0, 1], [[0, 99], [99, 0]], "above the number of sites"),
        ([0, 0], [[0, 1], [1, 0]], "same row"),
        ([0, 2], [[0, 1], [1, 0]], "not in the matrix"),
    ],
)
def test_a_matrix_that_is_none_is_refused(rows, matrix, says):
    with pytest.raises(DataError, match=says):
        distances_from_matrix(rows, np.array(matrix), 10)
