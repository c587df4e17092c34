"""Intervals hold what they promise on simulated reports with a known truth."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from douse.situation.nowcast import nowcast
from douse.situation.scores import coverage, intervals

FIRST, DAYS, LONGEST = date(2024, 1, 1), 80, 15


def simulated(seed, growth, delays=(5.0, 5.0)):
    """Reports and the last week's truth; the mean delay moves from the first to the second over the last 40 days."""
    generator = np.random.default_rng(seed)
    truth = generator.poisson(np.clip(150 * np.exp(growth * (np.arange(DAYS) - DAYS)), 3, 2000))
    delay = np.arange(LONGEST + 1)
    means = np.interp(np.arange(DAYS), [DAYS - 41, DAYS - 1], delays)
    shares = (delay + 0.2) * np.exp(-2 * delay / means[:, None])
    shares /= shares.sum(1, keepdims=True)
    counts = np.array([generator.multinomial(n, share) for n, share in zip(truth, shares, strict=True)])
    row, late = np.nonzero(counts)
    reports = pl.DataFrame(
        {
            "date": [FIRST + timedelta(days=int(i)) for i in row],
            "delay": late,
            "count": counts[row, late],
        }
    )
    truths = pl.DataFrame({"date": [FIRST + timedelta(days=t) for t in range(DAYS)], "truth": truth})
    return reports, truths.tail(7)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("growth", "delays"),
    [(0.0, (5, 5)), (0.05, (5, 5)), (-0.04, (5, 5)), (0.0, (8, 4)), (0.0, (4, 8))],
    ids=["steady", "growing", "falling", "reporting becomes faster", "reporting becomes slower"],
)
def test_intervals_hold_their_coverage(growth, delays):
    parts = []
    for seed in range(30):
        reports, truths = simulated(seed, growth, delays)
        answer = nowcast(reports, as_of=FIRST + timedelta(days=DAYS - 1), max_delay=LONGEST)
        parts.append(intervals(truths.join(answer, on="date")))
    held = dict(coverage(pl.concat(parts)).select("level", "covered").iter_rows())
    # 210 dates that share their uncertainty in sevens: a standard error of about 4 points at 50%, 2 at 95%
    assert 0.42 <= held[0.5] <= 0.66
    assert 0.92 <= held[0.95] <= 0.995
