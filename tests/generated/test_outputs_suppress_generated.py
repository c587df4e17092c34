"""An attacker with a linear programme: what can be worked out from a published table."""

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from douse.outputs.suppress import range_width, suppress, with_totals

MINIMUM = 11
tables = st.integers(1, 4).flatmap(
    lambda rows: st.integers(1, 4).flatmap(
        lambda columns: st.lists(
            st.lists(st.one_of(st.integers(0, 14), st.integers(0, 300)), min_size=columns, max_size=columns),
            min_size=rows,
            max_size=rows,
        )
    )
)


def attack(published: list[list[int | None]], at: tuple[int, int]) -> float:
    """Width of the range of a hidden number: all that the sums and the shown numbers leave open, by two programmes."""
    rows, columns = len(published), len(published[0])
    n = rows * columns
    sums = [[(1 if c < columns - 1 else -1, r * columns + c) for c in range(columns)] for r in range(rows)]
    sums += [[(1 if r < rows - 1 else -1, r * columns + c) for r in range(rows)] for c in range(columns)]
    equal = np.zeros((len(sums), n))
    for i, line in enumerate(sums):
        for sign, j in line:
            equal[i, j] = sign
    bounds = [(0, None) if value is None else (value, value) for row in published for value in row]
    aim = np.zeros(n)
    aim[at[0] * columns + at[1]] = 1
    low = linprog(aim, A_eq=equal, b_eq=np.zeros(len(sums)), bounds=bounds)
    high = linprog(-aim, A_eq=equal, b_eq=np.zeros(len(sums)), bounds=bounds)
    assert low.status == 0
    return float("inf") if high.status == 3 else -high.fun - low.fun


@given(tables)
@settings(max_examples=40, deadline=None)
def test_nobody_can_work_out_a_hidden_number(drawn):
    counts = np.array(drawn, dtype=np.int64)
    published = suppress(counts, MINIMUM)
    shown = published.shown()
    assert all(value is None or value == 0 or value >= MINIMUM for row in shown for value in row)
    for at in product(range(len(shown)), range(len(shown[0]))):
        if shown[at[0]][at[1]] is None:
            width = attack(shown, at)
            assert width >= MINIMUM - 1 - 1e-6
            known = range_width(published.values, published.hidden, at)
            assert width == known or abs(width - known) < 1e-6


@given(tables)
@settings(max_examples=30, deadline=None)
def test_what_is_shown_is_true(drawn):
    counts = np.array(drawn, dtype=np.int64)
    published = suppress(counts, MINIMUM)
    true = with_totals(counts)
    assert all(
        value is None or value == true[r, c] for r, row in enumerate(published.shown()) for c, value in enumerate(row)
    )


def test_the_attacker_finds_what_is_hidden_carelessly():
    # Only the small cell hidden: the row total gives it away.
    careless = [[None, 30, 33], [40, 50, 90], [43, 80, 123]]
    assert attack(careless, (0, 0)) == 0
