"""Outbreaks that the engine made: how often forecasts from their reports hold the truth.

python benchmarks/forecast_made_outbreaks.py [--outbreaks 30] [--runs 120]
"""

import argparse
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import polars as pl

from douse.simulation.outcome import outcome_of
from douse.simulation.simulate import Outlook, simulate
from douse.simulation.weigh import weighted_quantiles
from start_inputs import FIRST, outbreak, peopled, records_of, seen

KNOWN, AHEAD = 35, 14
SHARES = np.array([0.05, 0.25, 0.75, 0.95])
LOOKED_AT = {  # of the days of a run, after the known ones
    "cases, week 1": ("cases", slice(0, 7)),
    "cases, week 2": ("cases", slice(7, 14)),
    "infections, week 1": ("infections", slice(0, 7)),
    "infections, week 2": ("infections", slice(7, 14)),
    "severe cases in hospital on day 14": ("in_hospital", slice(13, 14)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--outbreaks", type=int, default=30)
    parser.add_argument("--runs", type=int, default=120)
    asked = parser.parse_args()
    held: dict[str, list[tuple[bool, bool]]] = {name: [] for name in [*LOOKED_AT, "factor on transmission"]}
    for seed in range(1, asked.outbreaks + 1):
        scale = float(np.exp(np.random.default_rng(seed).normal(np.log(1.2), 0.35)))
        run = outbreak(seed, days=KNOWN + AHEAD, scale=scale)
        at = seen(records_of(run), FIRST + timedelta(days=KNOWN - 1))
        made = simulate(at.scene, at.estimates, Outlook(AHEAD, asked.runs, seed=seed, peopled=peopled()))
        truth = outcome_of(run)
        for name, (what, days) in LOOKED_AT.items():
            counts = np.array([one.outcome.of(what)[made.past.back :][days].sum() for one in made.runs], np.float64)
            low, lower, upper, high = weighted_quantiles(counts, made.weights, SHARES)
            was = truth.of(what)[KNOWN:][days].sum()
            held[name].append((lower <= was <= upper, low <= was <= high))
        fitted = made.fitted.row(by_predicate=pl.col("what") == "scale", named=True)
        held["factor on transmission"].append((False, fitted["q05"] <= scale <= fitted["q95"]))
    print("| truth | in 50% | in 90% |\n|---|---|---|")
    for name, inside in held.items():
        half, most = np.mean(inside, axis=0)
        print(f"| {name} | {'' if name == 'factor on transmission' else f'{half:.2f}'} | {most:.2f} |")


if __name__ == "__main__":
    main()
