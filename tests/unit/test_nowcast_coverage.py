"""Intervals hold what they promise on simulated reports with a known truth."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from douse.situation.nowcast import nowcast
from douse.situation.scores import coverage, intervals

FIRST, DAYS, LONGEST = date(2024, 1, 1), 80, 15


def simulated(seed, growth):
    generator = np.random.default_rng(seed)
    truth = generator.poisson(np.clip(150 * np.exp(growth * (np.arange(DAYS) - DAYS)), 3, 2000))
    delay = np.arange(LONGEST + 1)
    shares = (delay + 0.2) * np.exp(-delay / 2.5)
    counts = np.array([generator.multinomial(n, shares / shares.sum()) for n in truth])
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
@pytest.mark.parametrize("growth", [0.0, 0.05, -0.04])
def test_intervals_hold_their_coverage(growth):
    parts = []
    for seed in range(30):
        reports, truths = simulated(seed, growth)
        answer = nowcast(reports, as_of=FIRST + timedelta(days=DAYS - 1), max_delay=LONGEST)
        parts.append(intervals(truths.join(answer, on="date")))
    held = dict(coverage(pl.concat(parts)).select("level", "covered").iter_rows())
    # 210 dates that share their uncertainty in sevens: a standard error of about 4 points at 50%, 2 at 95%
    assert 0.42 <= held[0.5] <= 0.68
    assert 0.91 <= held[0.95] <= 0.995
