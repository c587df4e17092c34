"""Chains by pointer jumping equal chains by walking."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from douse.kernels.chains import cut_loops, roots
from reference.slow_chains import slow_cut, slow_root


@st.composite
def forests(draw):
    """Infector of each case (-1 for none), loops and all, and an order of the cases."""
    size = draw(st.integers(0, 30))
    infector = [draw(st.integers(-1, size - 1)) for _ in range(size)]
    infector = [-1 if named == case else named for case, named in enumerate(infector)]
    return np.array(infector, dtype=np.int64), np.array(draw(st.permutations(range(size))), dtype=np.int64)


@settings(max_examples=300, deadline=None)
@given(forests())
def test_loops_roots_and_generations_equal_the_walk(forest):
    infector, order = forest
    given_order = infector.copy(), order.copy()
    named = {case: None if by < 0 else int(by) for case, by in enumerate(infector)}
    cut = cut_loops(infector, order)
    assert {case: None if by < 0 else int(by) for case, by in enumerate(cut)} == slow_cut(named, order)
    root, generation = roots(cut)
    expected = [slow_root(slow_cut(named, order), case) for case in named]
    assert list(zip(root.tolist(), generation.tolist(), strict=True)) == expected
    assert (infector == given_order[0]).all()
    assert (order == given_order[1]).all()


def test_a_line_of_any_length_is_one_chain():
    for size in (1, 2, 3, 4, 5, 1000, 1024, 1025):
        line = np.arange(-1, size - 1, dtype=np.int64)
        root, generation = roots(cut_loops(line, np.arange(size, dtype=np.int64)))
        assert (root == 0).all()
        assert (generation == np.arange(size)).all()


def test_one_great_loop_is_cut_once_at_the_first():
    for size in (2, 3, 5, 64, 100, 1025):
        loop = (np.arange(size, dtype=np.int64) + 1) % size
        order = (np.arange(size, dtype=np.int64) + 7) % size
        cut = cut_loops(loop, order)
        assert np.flatnonzero(cut < 0).tolist() == [int(np.argmin(order))]
        root, generation = roots(cut)
        assert (root == np.argmin(order)).all()
        assert sorted(generation) == list(range(size))


def test_a_link_more_never_makes_more_chains():
    """Direction: without one of the links there is one chain more."""
    line = np.arange(-1, 9, dtype=np.int64)
    for case in range(1, 10):
        fewer = line.copy()
        fewer[case] = -1
        assert len(np.unique(roots(fewer)[0])) == len(np.unique(roots(line)[0])) + 1
