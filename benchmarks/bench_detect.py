"""Outbreaks found and false alarms raised on simulated weekly series, ours beside the peers.

    python benchmarks/bench_detect.py [--seeds 5] [--peers]

The series are those of ../shared/reference/bench_detect where it is there, and fresh ones of the same kind (after
Noufaily et al. 2013, doi 10.1002/sim.5595): 240 series of 624 weeks, negative binomial, means 0.3 to 60, season, trend
and dispersion 1.05 to 3, four past outbreaks and one in the last 52 weeks, which alone are judged.
"""

import argparse
import time
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

WEEKS, JUDGED = 624, 52
Floats = NDArray[np.float64]
SHARED = Path(__file__).resolve().parents[2] / "shared/reference/bench_detect"


class Simulated(NamedTuple):
    """Series with their truth: counts and outbreak cases among them, shape (S, T), and a row of facts a series."""

    counts: Floats
    outbreak: Floats
    facts: pl.DataFrame  # mu, season, trend, phi, k


def simulated(seed: int) -> Simulated:
    """240 fresh series."""
    rng = np.random.default_rng(seed)
    week = np.arange(1, WEEKS + 1)
    facts, counts, outbreak = [], np.empty((240, WEEKS)), np.zeros((240, WEEKS))
    for mu in (0.3, 2.0, 10.0, 60.0):
        for season in (0, 1, 2):
            for trend in (0, 1):
                for phi in (1.5, 3.0, 1.05) * 3 + (1.5,):
                    at = len(facts)
                    phase = rng.uniform(0, 2 * np.pi, 2)
                    eta = np.log(mu) + 0.0012 * (week - 312) * trend
                    eta += 0.5 * (season > 0) * np.cos(2 * np.pi * week / 52 + phase[0])
                    eta += 0.2 * (season > 1) * np.cos(4 * np.pi * week / 52 + phase[1])
                    mean = np.exp(eta)
                    sizes = rng.integers(2, 11, 5)
                    starts = np.append(rng.integers(20, 541, 4), rng.integers(575, 617))
                    for k, start in zip(sizes, starts, strict=True):
                        _spread(rng, outbreak[at], start - 1, k * np.sqrt(phi * mean[start - 1]))
                    counts[at] = rng.negative_binomial(mean / (phi - 1), 1 / phi) + outbreak[at]
                    facts.append((mu, season, trend, phi, int(sizes[-1])))
    names = ["mu", "season", "trend", "phi", "k"]
    return Simulated(counts, outbreak, pl.DataFrame(facts, schema=names, orient="row"))


def _spread(rng: np.random.Generator, weeks: Floats, start: int, size: float) -> None:
    """Cases of one outbreak: Poisson in number, over weeks by a lognormal delay."""
    cases = max(1, rng.poisson(size))
    at = start + np.floor(rng.lognormal(0, 0.5, cases)).astype(int)
    np.add.at(weeks, at[at < WEEKS], 1)


def reference() -> Simulated | None:
    """The 240 series that the peers were run on; None where they are absent."""
    if not SHARED.is_dir():
        return None
    rows = pl.read_csv(SHARED / "series.csv.gz").sort("id", "t")
    facts = rows.group_by("id", maintain_order=True).agg(pl.first("mu", "season", "trend", "phi", "k"))
    matrix = rows.select("count", "outbreak").to_numpy().astype(np.float64).reshape(-1, WEEKS, 2)
    return Simulated(matrix[:, :, 0], matrix[:, :, 1], facts.drop("id"))


def frame(counts: Floats) -> pl.DataFrame:
    """The counts in the one frame shape of the detectors."""
    days = [date(2000, 1, 3) + timedelta(weeks=at) for at in range(counts.shape[1])]
    zones = [f"{row:03d}" for row in range(len(counts))]
    return pl.DataFrame(
        {"zone": np.repeat(zones, len(days)), "date": days * len(zones), "count": counts.ravel()},
        schema_overrides={"date": pl.Date},
    )


def scored(flags: NDArray[np.bool_], sets: Simulated) -> dict[str, float]:
    """Figures of ``summary.csv`` from flags, shape (S, 52): a step that was not judged is no alarm.

    FPR is the share of flagged weeks among those without outbreak cases; POD the share of series flagged on a week with
    outbreak cases; delay the weeks from the first such week to the first flagged one.
    """
    during = sets.outbreak[:, -JUDGED:] > 0
    mu, k = sets.facts["mu"].to_numpy(), sets.facts["k"].to_numpy()
    hit = (flags & during).any(axis=1)
    delay = np.argmax(flags & during, axis=1) - np.argmax(during, axis=1)

    def rate(rows: NDArray[np.bool_]) -> float:
        return float(flags[rows][~during[rows]].mean())

    return {
        "FPR": rate(mu > 0),
        "POD": float(hit.mean()),
        "POD_k_ge6": float(hit[k >= 6].mean()),
        "POD_mu03": float(hit[mu == 0.3].mean()),
        "FPR_mu03": rate(mu == 0.3),
        "FPR_mu60": rate(mu == 60),
        "mean_delay_wk": float(delay[hit].mean()),
    }


def ours(sets: Simulated) -> tuple[NDArray[np.bool_], Floats]:
    """Flags and p-values of our detector on the last 52 weeks, shape (S, 52)."""
    from douse.signals.shiryaev_roberts import shiryaev_roberts

    answer = shiryaev_roberts(frame(sets.counts), last=JUDGED)
    shape = sets.counts.shape
    flags = answer["alarm"].fill_null(value=False).to_numpy().reshape(shape)[:, -JUDGED:]
    return flags, answer["p"].to_numpy().reshape(shape)[:, -JUDGED:]


def peer(sets: Simulated) -> NDArray[np.bool_]:
    """Flags of Farrington flexible (delta), as the peer was run: alpha 0.01, the rest as in Noufaily 2013."""
    from douse.signals.farrington_flexible import farrington_flexible

    answer = farrington_flexible(frame(sets.counts), alpha=0.01, last=JUDGED)
    return answer["alarm"].fill_null(value=False).to_numpy().reshape(sets.counts.shape)[:, -JUDGED:]


def at_rate(p: Floats, sets: Simulated, rate: float) -> float:
    """POD where the threshold of p is set so that the FPR is `rate`."""
    during = sets.outbreak[:, -JUDGED:] > 0
    return scored(p < np.quantile(p[~during], rate), sets)["POD"]


def _line(name: str, figures: dict[str, float], more: str = "") -> None:
    print(f"{name:<22}" + "  ".join(f"{key} {value:.4f}" for key, value in figures.items()) + more)


def main() -> None:
    parser = argparse.ArgumentParser(description="Outbreaks found and false alarms raised.")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--peers", action="store_true", help="judge the fresh seeds by Farrington flexible too")
    options = parser.parse_args()
    given = reference()
    if given is None:
        print("skipped: ../shared/reference/bench_detect is absent")
    else:
        for row in pl.read_csv(SHARED / "summary.csv").iter_rows(named=True):
            _line(f"peer {row.pop('method')}", {name: row[name] for name in list(row) if name not in ("n", "cpu_s")})
        _report("reference", given)
    found = [_report(f"seed {seed}", simulated(seed)) for seed in range(1, options.seeds + 1)]
    _line("mean", {name: float(np.mean([one[name] for one in found])) for name in found[0]})
    for seed in range(1, options.seeds + 1) if options.peers else ():
        sets = simulated(seed)
        _line(f"flexible, seed {seed}", scored(peer(sets), sets))


def _report(name: str, sets: Simulated) -> dict[str, float]:
    begun = time.process_time()
    flags, p = ours(sets)
    used = time.process_time() - begun
    figures = scored(flags, sets) | {"POD at FPR .0115": at_rate(p, sets, 0.0115)}
    _line(f"ours, {name}", figures, f"  {used:.1f} s")
    return figures


if __name__ == "__main__":
    main()
