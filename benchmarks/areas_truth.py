"""Areas: expected undetected infections against the truth of demo cities, which only tests may know.

    python benchmarks/areas_truth.py [--cities 8] [--people 30000]

For each city: infections that nobody knows on the as-of day, counted as the expectation counts them.
Then, over all cities, the share of them in the areas that hold 10%, 20% and 40% of residents, by expected infections a
resident, by cases a resident, and at random.
"""

import argparse
import tempfile
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl

from douse import main
from douse.city import make_demo
from douse.library import Costs, Pathogen, Protocol, load
from douse.planning.areas import hidden_infections
from douse.planning.basis import Basis
from douse.tracing import trace
from douse.tracing.risk import risk_of

SHARES = (0.1, 0.2, 0.4)


def one_city(people: int, seed: int) -> dict[str, object]:
    """Expected and true undetected infections by smallest area of one demo city."""
    pathogen, protocol = load(Pathogen, "sars-cov-2-wild"), load(Protocol, "who-generic")
    with tempfile.TemporaryDirectory() as folder:
        city = make_demo(Path(folder) / "city", people=people, seed=seed, pathogen=pathogen, protocol=protocol)
        opened = main.open_data(main.Question(city.path, as_of=city.as_of), Path(folder) / "out")
        scene = main.look(opened, city.as_of)
        known, zones = scene.known, scene.zones
        traced = trace(known, scene.situation, zones, pathogen, protocol, index=opened.index)
        basis = Basis(known, scene.situation, traced, zones, pathogen, protocol, load(Costs, "generic"), 14)
        hidden = hidden_infections(basis)
        kept_in = traced.contacts.filter(pl.col("quarantined_on").is_not_null())["person"]
        at_large = city.truth.filter(
            pl.col("confirmed_on").is_null() | (pl.col("confirmed_on") > city.as_of),
            ~pl.col("person_id").is_in(kept_in.implode()),
            pl.col("infected_on") <= city.as_of,
        ).join(known.table("people").select("person_id", "zone"), on="person_id")
    ahead = risk_of(pathogen, protocol).ahead
    age = at_large.select((pl.lit(city.as_of) - pl.col("infected_on")).dt.total_days()).to_series().to_numpy()
    left = np.where(age < len(ahead), ahead[np.clip(age, 0, len(ahead) - 1)], 0.0)
    true = np.zeros(len(zones))
    np.add.at(true, zones.index(at_large["zone"]), left)
    cases = scene.situation.cases.filter(pl.col("told_on") > city.as_of - timedelta(days=14))
    at = zones.index(cases["zone"])
    recent = np.bincount(at[at >= 0], minlength=len(zones)).astype(np.float64)
    return {
        "seed": seed,
        "cases": scene.situation.total,
        "expected": hidden.expected,
        "true": true[hidden.zones],
        "people": hidden.people,
        "recent": recent[hidden.zones],
    }


def held(city: dict[str, np.ndarray], by: np.ndarray, share: float) -> float:
    """True infections in the areas with most `by` a resident that hold a share of residents (the last one in part)."""
    people = city["people"]
    order = np.lexsort((np.arange(len(by)), -by / np.maximum(people, 1)))
    before = np.cumsum(people[order]) - people[order]
    part = np.clip((share * people.sum() - before) / np.maximum(people[order], 1e-9), 0.0, 1.0)
    return float(city["true"][order] @ part)


def run() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cities", type=int, default=8)
    parser.add_argument("--people", type=int, default=30_000)
    options = parser.parse_args()
    cities = [one_city(options.people, seed) for seed in range(1, options.cities + 1)]
    print("seed  cases  expected  true")
    for city in cities:
        print(f"{city['seed']:4}  {city['cases']:5}  {city['expected'].sum():8.1f}  {city['true'].sum():4.1f}")
    total = sum(city["true"].sum() for city in cities)
    print(f"all          {sum(city['expected'].sum() for city in cities):8.1f}  {total:4.1f}")
    for name in ("expected", "recent"):
        found = [sum(held(city, city[name], share) for city in cities) / total for share in SHARES]
        said = ", ".join(f"{f:.0%} in {share:.0%} of residents" for f, share in zip(found, SHARES, strict=True))
        print(f"by {'expected infections' if name == 'expected' else 'cases of 14 days'} a resident: {said}")
    print("at random: " + ", ".join(f"{share:.0%} in {share:.0%}" for share in SHARES))


if __name__ == "__main__":
    run()
