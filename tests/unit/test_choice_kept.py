"""Runs kept on disk, and work that travels to other processes."""

import pickle
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import numpy as np
import pytest

from douse.planning.choice.kept import Kept
from douse.simulation.carried import carried
from douse.simulation.ensemble import shared


def test_what_was_kept_is_there_again(tmp_path):
    Kept(tmp_path, "mark").keep({("people", 0): np.array([1.0, 2.0]), ("people", 3): np.array([3.0, 4.0])})
    again = Kept(tmp_path, "mark")
    assert again.row("people", 3).tolist() == [3, 4]
    assert again.row("people", 1) is None


def test_runs_of_another_choice_are_not_read(tmp_path):
    Kept(tmp_path, "mark").keep({("people", 0): np.array([1.0])})
    assert Kept(tmp_path, "other").row("people", 0) is None


def test_half_a_file_is_none(tmp_path):
    kept = Kept(tmp_path, "mark")
    kept.keep({("people", 0): np.array([1.0])})
    (path,) = tmp_path.glob("*/*.npz")
    path.write_bytes(path.read_bytes()[:40])
    assert Kept(tmp_path, "mark").row("people", 0) is None


def test_nothing_is_written_without_a_folder():
    kept = Kept()
    kept.keep({("people", 0): np.array([1.0])})
    assert kept.row("people", 0).tolist() == [1]


def _add(large: np.ndarray, small: np.ndarray, numbers: list[int]) -> list[float]:
    return [float(large[number] + small[0]) for number in numbers]


@pytest.mark.slow
def test_large_arrays_travel_as_maps_and_the_answers_are_the_same():
    large, small = np.arange(100_000.0), np.array([0.5])
    work = partial(_add, large, small)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert shared(work, [1, 5, 99_999], executor=pool, workers=2) == work([1, 5, 99_999])


def test_what_is_sent_is_small():
    with carried(partial(_add, np.arange(100_000.0), np.array([0.5]))) as light:
        assert len(pickle.dumps(light)) < 1_000
        assert light([3]) == [3.5]
