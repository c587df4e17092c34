"""Sequential and baseline detectors on 1,000 weekly series of ten years, beside R's surveillance in the same run.

R judges the first few of the same series, and its seconds are multiplied up to 1,000. Ours include putting the table
on one calendar and the answer back into a table. Both compute the statistic of every step; ours also its bound.

    python benchmarks/detectors.py
"""

import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from peers import cpu_seconds, line, r_cpu_seconds

from douse.signals.bayes import bayes
from douse.signals.cusum import cusum
from douse.signals.ears import ears
from douse.signals.glr import glr_nb, glr_poisson
from douse.signals.outbreak_p import outbreak_p
from douse.signals.rki import rki

SERIES, WEEKS, TRAIN = 1000, 520, 104
ALPHA = 0.16

# What, ours, target, R's call on a series `s` (an sts), and how many series R is given.
Row = tuple[str, Callable[[pl.DataFrame], pl.DataFrame], str, str, int]
FITTED = "mu0 = list(S = 1)"
ROWS: list[Row] = [
    ("EARS C1", lambda f: ears(f, method="C1"), "<= 0.3 s", "earsC(s, list(method = 'C1'))", 100),
    ("EARS C2", lambda f: ears(f, method="C2"), "<= 0.3 s", "earsC(s, list(method = 'C2'))", 100),
    ("EARS C3", lambda f: ears(f, method="C3"), "<= 0.3 s", "earsC(s, list(method = 'C3'))", 100),
    ("CUSUM standard", cusum, "<= 0.3 s", "cusum(s, list(range = r))", 100),
    ("CUSUM rossi", lambda f: cusum(f, trans="rossi"), "<= 0.3 s", "cusum(s, list(range = r, trans = 'rossi'))", 100),
    (
        "CUSUM rossi, seasonal mean",
        lambda f: cusum(f, trans="rossi", m="glm"),
        "<= 0.3 s",
        "cusum(s, list(range = r, trans = 'rossi', m = 'glm'))",
        100,
    ),
    ("GLR Poisson, mean fitted", glr_poisson, ">= 10x", f"glrpois(s, list(range = r, {FITTED}))", 50),
    (
        "GLR NB, mean fitted",
        lambda f: glr_nb(f, alpha=ALPHA),
        ">= 10x",
        f"glrnb(s, list(range = r, {FITTED}, alpha = {ALPHA}))",
        10,
    ),
    ("GLR NB, mean and dispersion fitted", glr_nb, ">= 10x", f"glrnb(s, list(range = r, {FITTED}))", 10),
    (
        "LR-CUSUM NB, change known",
        lambda f: glr_nb(f, alpha=ALPHA, theta=0.4),
        ">= 10x",
        f"glrnb(s, list(range = r, {FITTED}, alpha = {ALPHA}, theta = 0.4))",
        50,
    ),
    ("outbreakP", outbreak_p, ">= 10x", "outbreakP(s, list(range = 1:nrow(s), ret = 'value'))", 2),
    ("RKI 3", rki, ">= 10x", "rki(s, list(range = 109:nrow(s), b = 2, w = 4, actY = FALSE))", 50),
    ("Bayes 1", bayes, ">= 10x", "bayes(s, list(range = 7:nrow(s), b = 0, w = 6, actY = TRUE))", 50),
]


def made(seed: int = 1) -> pl.DataFrame:
    """Counts with a season, twice as variable as Poisson counts."""
    rng = np.random.default_rng(seed)
    mean = 5 * np.exp(0.4 * np.sin(2 * np.pi * np.arange(WEEKS) / 52))
    drawn = rng.poisson(mean * rng.gamma(1 / ALPHA, ALPHA, (SERIES, WEEKS)))
    days = [date(2014, 1, 6) + timedelta(weeks=week) for week in range(WEEKS)]
    zones = np.repeat([f"z{at:04d}" for at in range(SERIES)], WEEKS)
    return pl.DataFrame({"zone": zones, "date": days * SERIES, "count": drawn.ravel()})


def main() -> None:
    """Print one line a detector."""
    counts = made()
    print(f"{SERIES:,} series x {WEEKS} weeks; CPU seconds, medians of 3")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "counts.csv"
        counts.select("count").write_csv(path)
        prepare = (
            f"x <- matrix(read.csv('{path.as_posix()}')$count, nrow = {WEEKS}); r <- {TRAIN + 1}:{WEEKS}\n"
            "s <- lapply(seq_len(ncol(x)), function(i) sts(x[, i], frequency = 52, start = c(2014, 1)))\n"
        )
        for what, ours, target, call, some in ROWS:
            timed = f"for (s in s[1:{some}]) suppressWarnings(suppressMessages({call}))"
            peer = r_cpu_seconds("surveillance", prepare, timed)
            used = cpu_seconds(lambda ours=ours: ours(counts), repeat=3)
            print(line(what, used, target, peer * SERIES / some if peer is not None else None), flush=True)


if __name__ == "__main__":
    main()
