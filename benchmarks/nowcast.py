"""Nowcast: simulated coverage, and ours beside R's surveillance; `--plots` draws the pictures of the docs.

python benchmarks/nowcast.py [--runs 40] [--plots]
"""

import argparse
from pathlib import Path

import numpy as np
import polars as pl
from nowcast_simulated import LONGEST, SCENARIOS, as_of, simulate
from peers import cpu_seconds, line, r_cpu_seconds

from douse.situation.nowcast import nowcast, nowcast_draws

PICTURES = Path(__file__).parents[1] / "docs" / "validation" / "pictures"
OPEN, DRAWS = 10, 400
R_PREPARE = """
data(husO104Hosp)
now <- as.Date('2011-06-02')
call <- function() nowcast(now = now, when = now - 10:1, data = husO104Hosp, dEventCol = 'dHosp',
  dReportCol = 'dReport', method = 'bayes.notrunc', D = 15, m = NULL,
  control = list(dRange = as.Date(c('2011-05-01', '2011-06-02')), nSamples = 1e4, N.tInf.max = 300,
                 N.tInf.prior = structure('poisgamma', mean.lambda = 50, var.lambda = 3000)))
"""


def held(low: np.ndarray, high: np.ndarray, level: float) -> float:
    """Share of truths in the central interval; a count on its edge counts in part (randomised for whole numbers).

    `low` and `high` are the predicted probabilities of fewer cases than the truth, and of at most so many.
    """
    start, end = (1 - level) / 2, (1 + level) / 2
    width = np.maximum(high - low, 1e-12)
    part = np.clip(np.minimum(high, end) - np.maximum(low, start), 0, None) / width
    return float(np.where(high > low, part, (low >= start) & (low <= end)).mean())


def one_scenario(name: str, runs: int) -> dict[str, float | str]:
    """Coverage, mean absolute error and bias on the ten latest dates of `runs` simulated outbreaks."""
    low, high, away = [], [], []
    for seed in range(runs):
        reports, truth = simulate(SCENARIOS[name], 1000 + seed)
        draws = nowcast_draws(reports, as_of=as_of(), max_delay=LONGEST, draws=DRAWS, seed=seed)
        counts = draws["count"].to_numpy().reshape(DRAWS, -1)[:, -OPEN:]
        low.append((counts < truth[-OPEN:]).mean(0))
        high.append((counts <= truth[-OPEN:]).mean(0))
        away.append(np.median(counts, 0) - truth[-OPEN:])
    below, upto = np.concatenate(low), np.concatenate(high)
    answer: dict[str, float | str] = {"scenario": name}
    answer |= {f"held_{100 * p:g}": held(below, upto, p) for p in (0.5, 0.9, 0.95)}
    return answer | {"mae": float(np.abs(away).mean()), "bias": float(np.mean(away))}


def pictures(table: pl.DataFrame) -> None:
    """Draw coverage by scenario, and one nowcast beside its truth."""
    import altair as alt

    PICTURES.mkdir(parents=True, exist_ok=True)
    long = table.unpivot(["held_50", "held_95"], index="scenario", variable_name="interval", value_name="held")
    long = long.with_columns(interval=pl.col("interval").str.replace("held_", "") + "%", held=100 * pl.col("held"))
    dots = alt.Chart(alt.Data(values=long.to_dicts())).mark_point(filled=True, size=60)
    dots = dots.encode(
        x=alt.X("held:Q", title="truths inside the interval, %", scale=alt.Scale(domain=[0, 100])),
        y=alt.Y("scenario:N", title=None, sort=list(SCENARIOS), axis=alt.Axis(labelLimit=300)),
        color=alt.Color("interval:N", title="interval"),
    )
    rules = alt.Chart(alt.Data(values=[{"x": 50}, {"x": 95}])).mark_rule(strokeDash=[4, 4]).encode(x="x:Q")
    (rules + dots).properties(width=420, height=260).save(PICTURES / "nowcast-coverage.svg")
    reports, truth = simulate(SCENARIOS["growing, doubling in 10 days"], 1000)
    answer = nowcast(reports, as_of=as_of(), max_delay=LONGEST).with_columns(truth=pl.Series(truth)).tail(40)
    data = alt.Data(values=answer.with_columns(pl.col("date").cast(pl.String)).to_dicts())
    base = alt.Chart(data).encode(x=alt.X("date:T", title=None))
    band = base.mark_area(opacity=0.25).encode(y=alt.Y("lower_95:Q", title="cases by onset"), y2="upper_95:Q")
    layers = [
        base.mark_bar(color="#c0c0c0").encode(y="reported:Q"),
        band,
        base.mark_line().encode(y="median:Q"),
        base.mark_point(color="black", size=15).encode(y="truth:Q"),
    ]
    alt.layer(*layers).properties(width=560, height=240).save(PICTURES / "nowcast-growing.svg")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--plots", action="store_true")
    given = parser.parse_args()
    reports, _ = simulate(SCENARIOS["steady, 100 a day"], 1)
    nowcast(reports, as_of=as_of(), max_delay=LONGEST)
    ours = cpu_seconds(lambda: nowcast(reports, as_of=as_of(), max_delay=LONGEST))
    peer = r_cpu_seconds("surveillance", R_PREPARE, "call()")
    print(line("nowcast of one date (peer: 40 days, 15 delays)", ours, "<= 0.5 s", peer))
    rows = []
    for name in SCENARIOS:
        rows.append(one_scenario(name, given.runs))
        print(
            "  " + "  ".join(f"{k} {v:.3f}" if isinstance(v, float) else f"{v:32s}" for k, v in rows[-1].items()),
            flush=True,
        )
    if given.plots:
        pictures(pl.DataFrame(rows))


if __name__ == "__main__":
    main()
