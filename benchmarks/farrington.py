"""Farrington and Farrington flexible: CPU seconds beside R's surveillance in one run, on the same series.

    python benchmarks/farrington.py

Counts are negative binomial with a season. The peer judges a part of the steps; its seconds are scaled up to all.
"""

import tempfile
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from peers import cpu_seconds, line, r_cpu_seconds

from douse.signals.farrington import farrington
from douse.signals.farrington_flexible import farrington_flexible

YEAR = 52
PEER_STEPS = 100
CALLS = {
    farrington: "farrington(s, list(range = n, b = 5, w = 3, alpha = .05))",
    farrington_flexible: "farringtonFlexible(s, list(range = n, b = 5, w = 3, noPeriods = 10, "
    "pastWeeksNotIncluded = 26, pThresholdTrend = 1, alpha = .05))",
}


def counts_of(zones, weeks):
    week = np.arange(weeks)
    mean = 6 * np.exp(0.5 * np.sin(2 * np.pi * week / YEAR))
    drawn = np.random.default_rng(1).negative_binomial(mean, 0.5, (zones, weeks))
    days = pl.Series([date(2012, 1, 2) + timedelta(weeks=at) for at in range(weeks)])
    return drawn, pl.DataFrame(
        {
            "zone": np.repeat([f"z{zone:04d}" for zone in range(zones)], weeks),
            "date": pl.concat([days] * zones),
            "count": drawn.ravel(),
        }
    )


def peer_seconds(detect, drawn):
    """CPU seconds of the peer a series-week, from the last week of some series."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "counts.csv"
        np.savetxt(path, drawn[:PEER_STEPS], delimiter=",", fmt="%d")
        prepare = f"x <- as.matrix(read.csv('{path}', header = FALSE)); n <- ncol(x)"
        timed = (
            "for (i in seq_len(nrow(x))) { s <- new('sts', observed = matrix(x[i, ]), freq = 52, start = c(2000, 1));"
            f" suppressWarnings({CALLS[detect]}) }}"
        )
        used = r_cpu_seconds("surveillance", prepare, timed)
    return None if used is None else used / min(PEER_STEPS, len(drawn))


def main():
    for zones, weeks, last, target in ((1000, 12 * YEAR, 1, "0.6 s"), (240, 12 * YEAR, 52, "3 s")):
        drawn, counts = counts_of(zones, weeks)
        for detect in (farrington_flexible, farrington):
            ours = cpu_seconds(lambda detect=detect, counts=counts, last=last: detect(counts, last=last))
            each = peer_seconds(detect, drawn)
            what = f"{detect.__name__}, {zones} x {weeks}, last {last}"
            print(line(what, ours, target, None if each is None else each * zones * last))


if __name__ == "__main__":
    main()
