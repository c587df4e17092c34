"""Intervals of R and of delays hold the truth as often as they say (docs/validation/estimation.md has more runs)."""

import numpy as np
import polars as pl
import pytest

from douse.situation.cori import cori
from douse.situation.delay_fit import delays
from douse.situation.serial_interval import serial_interval_weights
from douse.situation.wallinga_teunis import wallinga_teunis

SI = serial_interval_weights(5.0, 2.5, 40) / serial_interval_weights(5.0, 2.5, 40).sum()


@pytest.mark.parametrize("level", [0.5, 0.8, 0.95])
def test_cori_intervals_hold_the_truth(level):
    rng = np.random.default_rng(5)
    counts = np.zeros((3000, 25))
    counts[:, 0] = 60
    for day in range(1, 25):
        counts[:, day] = rng.poisson(1.2 * counts[:, :day] @ SI[day:0:-1])
    found = cori(counts, si=SI)
    low, high = (found.quantile(p)[:, -1] for p in ((1 - level) / 2, (1 + level) / 2))
    assert ((low <= 1.2) & (high >= 1.2)).mean() == pytest.approx(level, abs=0.03)


@pytest.mark.slow
def test_cohort_intervals_hold_how_many_were_infected():
    rng = np.random.default_rng(6)
    held = []
    for _ in range(300):
        counts, infected = np.zeros(70, dtype=int), np.zeros(70)
        counts[0] = 40
        for day in range(70):
            infected[day] = rng.poisson(1.1 * counts[day])
            onsets = day + rng.choice(len(SI), int(infected[day]), p=SI)
            np.add.at(counts, onsets[onsets < 70], 1)
        found = wallinga_teunis(counts, si=SI)
        truth = infected[14:21].sum() / counts[14:21].sum()
        held.append(found.lower[0, 14] <= truth <= found.upper[0, 14])
    # Whole numbers: the interval holds a little more than it says.
    assert 0.92 <= np.mean(held) <= 0.99


@pytest.mark.slow
def test_delay_intervals_hold_the_truth():
    rng = np.random.default_rng(7)
    held = []
    for _ in range(250):
        moments = rng.uniform(0, 1, 300) + rng.gamma(2.5, 2.0, 300)
        left = np.floor(moments[moments < 14])[:150]
        found = delays(pl.DataFrame({"left": left, "right": left + 1, "pwindow": 1.0, "D": 14.0}), family="gamma")
        low, high = found.filter(parameter="mean").select("lower", "upper").row(0)
        held.append(low <= 5.0 <= high)
    assert np.mean(held) == pytest.approx(0.95, abs=0.035)
