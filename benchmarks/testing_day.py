"""Time to plan and check one testing day, from a small outbreak to ten million people.

    python benchmarks/testing_day.py [--repeat 3] [--large-only | --small-only]

Prints, for each size, the median seconds, once everything is compiled: for a day that ends in time, and for one that
does not, with the search for the cheapest addition. Target: 10,000,000 people, 4,000 sites, 60 laboratories planned and
checked in under 60 s.
"""

import argparse
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from douse.planning.basis import Basis
from douse.planning.plan import Round
from douse.planning.testing.day import plan_testing_day
from planning_inputs import TODAY, basis

SIZES = {
    "small": {"districts": 1, "communities": 4, "people": 20_000, "laboratories": 2, "samplers": 60},
    "large": {"districts": 100, "communities": 40, "people": 10_000_000, "laboratories": 60, "samplers": 29_000},
}


def city(size: str, *, short: bool) -> tuple[Basis, tuple[Round, ...]]:
    """A made city on a square, all of whose districts are screened on one day."""
    wanted, random = SIZES[size], np.random.default_rng(1)
    count, each = wanted["districts"], wanted["people"] // wanted["districts"]
    side = np.sqrt(wanted["people"] / 5000) / 111  # degrees, at 5,000 people a square kilometre
    zones = [{"zone_id": "city", "kind": "city"}]
    rounds = []
    for district in range(count):
        name, corner = f"d{district:03d}", random.random(2) * side
        zones.append({"zone_id": name, "kind": "district", "parent_zone": "city"})
        share = each // wanted["communities"]
        zones += [
            {"zone_id": f"{name}c{n:02d}", "kind": "community", "parent_zone": name, "population": share,
             "latitude": 31 + corner[0] + random.normal() * side / 30,
             "longitude": 121 + corner[1] + random.normal() * side / 30}
            for n in range(wanted["communities"])
        ]  # fmt: skip
        rounds.append(
            Round(
                zone=name, start=TODAY, people=share * wanted["communities"], singles=100, prevalence=2e-5,
                pool_size=20, missed_by_pooling=0.1, tubes=0, swabs=0, sites=0, samplers=0,
            )
        )  # fmt: skip
    capacity = wanted["people"] / 20 / wanted["laboratories"] * (0.8 if short else 4)
    facilities = [
        {"facility_id": f"lab{n:02d}", "kind": "laboratory", "tests_per_day": int(capacity * random.uniform(0.7, 1.3)),
         "latitude": 31 + random.random() * side, "longitude": 121 + random.random() * side}
        for n in range(wanted["laboratories"])
    ]  # fmt: skip
    samplers = int(wanted["samplers"] * (0.7 if short else 1))
    facilities.append({"facility_id": "samplers", "kind": "sampling_site", "staff": samplers})
    places = [
        {"place_id": f"school{n}", "kind": "school", "latitude": 31 + random.random() * side,
         "longitude": 121 + random.random() * side}
        for n in range(wanted["people"] // 3000)
    ]  # fmt: skip
    return basis(zones=zones, facilities=facilities, places=places, cases=[]), tuple(rounds)


def measure(size: str, repeat: int) -> None:
    """Print the figures of a size."""
    for short in (False, True):
        at, rounds = city(size, short=short)
        seconds = []
        for _ in range(repeat):
            fresh = replace(at)
            begun, used = time.perf_counter(), time.process_time()
            day = plan_testing_day(fresh, rounds)
            if day is None:
                raise SystemExit("no day was planned")
            seconds.append((time.perf_counter() - begun, time.process_time() - used))
        wall, processor = (statistics.median(times) for times in zip(*seconds, strict=True))
        last = "never" if day.result_hours is None else f"{day.result_hours:.1f} h"
        added = ""
        if day.cheapest:
            add = day.cheapest
            added = (
                f"; cheapest addition: {add.samplers} samplers, {add.couriers} couriers, {add.laboratory_lines} lines, "
                f"{day.currency} {add.cost:,.0f}, then {add.result_hours:.1f} h; gap {day.addition_gap:.1%}"
            )
        print(
            f"{size}, {'short' if short else 'enough'}: {wall:.2f} s, of the processor {processor:.2f} s "
            f"({'target 60 s' if size == 'large' else 'small'}); {day.people:,} people, {len(day.sites):,} sites, "
            f"{len(day.laboratories)} laboratories, {day.tubes:,} tubes; last result {last}; "
            f"sharing gap {day.assignment_gap:.2%}{added}"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=3)
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--large-only", action="store_true")
    only.add_argument("--small-only", action="store_true")
    given = parser.parse_args()
    for one in SIZES:
        if (one == "small" and given.large_only) or (one == "large" and given.small_only):
            continue
        measure(one, given.repeat)
