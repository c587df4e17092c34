"""Whoever has all bulletins recovers nothing that they hide: a linear programme against histories of random cities."""

import numpy as np
import pytest

from bulletin_inputs import MINIMUM, history, truth
from reference.slow_bulletin import Attacker, hidden

WIDE = MINIMUM - 1 - 1e-6


def broken(seed, tables, true, *, windows=0):
    """Hidden numbers whose range is too narrow; checks on the way that the truth lies in every range."""
    attacker = Attacker(tables)
    found = []
    rng = np.random.default_rng(seed)
    for number, row, t in hidden(tables):
        shown = (
            tables[number][2] if row is None else [column[tables[number][0].index(row)] for column in tables[number][1]]
        )
        last = next((s for s in range(t - 1, -1, -1) if shown[s] is not None), None)
        value, base = truth(true, number, row, t), 0 if last is None else shown[last]
        spans = {None, t - 1}
        spans |= {int(rng.integers(-1, t)) for _ in range(windows)}
        for since in spans:
            low, high = attacker.range(number, row, t, since)
            real = value if since is None or since < 0 else value - truth(true, number, row, since)
            assert low - 1e-6 <= real <= high + 1e-6
            nothing = base if since is None else 0
            known_to_be_none = high - low < 1e-6 and abs(low - nothing) < 1e-6
            if high - low < WIDE and not known_to_be_none:
                found.append((number, row, t, since, low, real, high))
    return found


@pytest.mark.parametrize("redrawn", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_no_hidden_number_is_recovered(seed, redrawn):
    tables, true = history(seed, redrawn=redrawn)
    assert broken(seed, tables, true) == []


@pytest.mark.slow
@pytest.mark.parametrize("hundred", range(10))
def test_no_hidden_number_is_recovered_of_1000_cities(hundred):
    seen = 0
    for seed in range(1000 + hundred * 100, 1100 + hundred * 100):
        tables, true = history(seed, redrawn=seed % 4 == 0)
        seen += len(list(hidden(tables)))
        assert broken(seed, tables, true) == [], seed
    assert seen > 1000  # there was something to recover


def test_what_is_shown_is_true_and_not_small():
    shown = 0
    for seed in range(12):
        tables, true = history(seed)
        for number, (rows, columns, totals, _) in enumerate(tables):
            lines = {row: [column[place] for column in columns] for place, row in enumerate(rows)} | {None: totals}
            for row, line in lines.items():
                last = 0
                for t, value in enumerate(line):
                    if value is None:
                        continue
                    shown += 1
                    assert value == truth(true, number, row, t)
                    assert value == 0 or value >= MINIMUM
                    assert value == last or abs(value - last) >= MINIMUM
                    last = value
    assert shown > 150


def test_the_attacker_breaks_bulletins_that_look_only_at_themselves():
    """The test could fail: each bulletin alone is safe, and the difference of two tells a count of 5."""
    rows = ["north", "south", "east"]
    shown = [[40, None, None], [45, None, None]]
    tables = [
        (rows, shown, [100, 105], [set(), set()]),
        (["died", "other"], [[None, None]] * 2, [None, None], [set()] * 2),
    ]
    low, high = Attacker(tables).range(0, "north", 1, 0)
    assert low == high == 5
    # East and south add up to 60 on both days: what came to south is known to be nothing.
    assert Attacker(tables).range(0, "south", 1, 0) == [0, 0]
    low, high = Attacker(tables).range(0, "south", 1)
    assert high - low >= MINIMUM - 1


def test_the_attacker_breaks_totals_without_complementary_hiding():
    rows = ["north", "south"]
    tables = [(rows, [[None, 40]], [45], [set()]), (["died", "other"], [[None, None]], [None], [set()])]
    assert Attacker(tables).range(0, "north", 0) == [5, 5]
