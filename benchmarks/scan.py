"""CPU seconds of the scan, one thread, 999 replicates, beside what SaTScan 10.3.2 took elsewhere.

SaTScan cannot be installed here: its figures are those of ../shared/reference/manifest.json and of issue 3, measured on
a machine of this kind. Run: .venv/bin/python benchmarks/scan.py [--large]
"""

import sys

import numpy as np
import polars as pl
from peers import cpu_seconds, line

from douse.signals.scan import scan_clusters

# SaTScan's CPU seconds: 500 zones x 60 days (permutation, Poisson), 3,000 zones x 60 days (245 to 262).
SATSCAN = {(500, "permutation"): 6.345, (500, "poisson"): 7.608, (3000, "permutation"): 250.0, (3000, "poisson"): 250.0}
SHARE = {500: 0.7, 3000: 0.5}
DAYS, CASES_A_ZONE, RISK = 60, 2.95, 3


def made(zones: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cases of so many zones, three times as many in five of them on the last five days; zones with population."""
    rng = np.random.default_rng(1)
    places = rng.uniform(0, 100, (zones, 2))
    people = np.exp(rng.normal(9, 0.7, zones))
    rate = np.outer(people / people.sum(), np.ones(DAYS)) * CASES_A_ZONE * zones / DAYS
    rate[np.argsort(np.square(places - places[0]).sum(1))[:5], -5:] *= RISK
    count = rng.poisson(rate)
    zone, day = np.nonzero(count)
    counts = pl.DataFrame({"zone": zone, "date": day + 1, "count": count[zone, day]})
    return counts, pl.DataFrame({"zone": np.arange(zones), "x": places[:, 0], "y": places[:, 1], "population": people})


def main() -> None:
    for zones in (500, 3000) if "--large" in sys.argv else (500,):
        counts, places = made(zones)
        for model in ("permutation", "poisson"):
            used = cpu_seconds(
                lambda: scan_clusters(counts, places, model=model, first=1, last=DAYS, max_duration=14),  # noqa: B023
                repeat=3 if zones <= 500 else 1,
            )
            peer = SATSCAN[zones, model]
            print(line(f"scan, {model}, {zones} zones x {DAYS} days", used, f"<= {SHARE[zones] * peer:.1f} s", peer))
    print("  peer: SaTScan 10.3.2, one thread, 999 replicates, measured elsewhere on a machine of this kind")


if __name__ == "__main__":
    main()
