"""Time of the planner of beds and rooms, and of entry, beside the targets; gaps to their bounds.

    python benchmarks/beds.py [--repeat 3]

Made up: 20,000 people who wait (cases by severity, contacts who owe central quarantine, a third of them in families)
in 5,000 buildings of a city, 200 facilities with beds for three quarters of them; 40 facilities more that may be
opened; 60 origins of arrivals. Targets of the issue: 20,000 people and 200 facilities under 10 s.
"""

import argparse
import statistics
import sys
import time
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

PEOPLE, FACILITIES, CLOSED, BUILDINGS, ORIGINS = 20_000, 200, 40, 5_000, 60
SECONDS = 10.0
CENTRE = (31.2, 121.5)


def city(seed: int):
    """A basis with many people who wait."""
    from douse.library import Protocol, load
    from planning_inputs import CONTACT_COLUMNS, TODAY, basis, traced

    random = np.random.default_rng(seed)
    zones = [{"zone_id": "city", "kind": "city", "population": 10_000_000}]
    zones += [{"zone_id": f"d{n:02d}", "kind": "district", "parent_zone": "city"} for n in range(20)]
    zones += [{"zone_id": f"k{n:03d}", "kind": "community", "parent_zone": f"d{n % 20:02d}"} for n in range(400)]
    spot = random.uniform(-0.4, 0.4, (BUILDINGS, 2)) + np.array(CENTRE)
    zones += [
        {"zone_id": f"b{n:04d}", "kind": "building", "parent_zone": f"k{n % 400:03d}", "latitude": float(spot[n, 0]),
         "longitude": float(spot[n, 1])}
        for n in range(BUILDINGS)
    ]  # fmt: skip
    household = np.sort(random.integers(0, PEOPLE // 2, PEOPLE))
    age = random.choice([3, 8, 30, 35, 40, 60, 75], PEOPLE, p=[0.05, 0.08, 0.25, 0.22, 0.2, 0.12, 0.08])
    home = random.integers(0, BUILDINGS, PEOPLE // 2)[household]
    is_case = random.random(PEOPLE) < 0.6
    severity = random.choice(
        ["asymptomatic", "mild", "moderate", "severe", "critical"], PEOPLE, p=[0.35, 0.4, 0.15, 0.07, 0.03]
    )
    people = [
        {"person_id": f"p{n:05d}", "zone": f"b{home[n]:04d}", "household": f"h{household[n]:05d}", "age": int(age[n])}
        for n in range(PEOPLE)
    ]
    cases = [
        {"case_id": f"c{n:05d}", "person_id": f"p{n:05d}", "zone": f"b{home[n]:04d}", "age": int(age[n]),
         "severity": str(severity[n]), "onset": TODAY - timedelta(days=int(n % 3)),
         "recorded_at": str(TODAY - timedelta(days=int(n % 2)))}
        for n in np.flatnonzero(is_case)
    ]  # fmt: skip
    contacts = [
        {"person": f"p{n:05d}", "case_id": cases[0]["case_id"], "ring": 1, "contact_class": "close",
         "zone": f"b{home[n]:04d}", "household": f"h{household[n]:05d}", "age": int(age[n]), "place": "central",
         "last_exposure": TODAY - timedelta(days=1)}
        for n in np.flatnonzero(~is_case)
    ]  # fmt: skip
    trace = traced()
    object.__setattr__(
        trace, "contacts",
        pl.DataFrame([{name: row.get(name) for name in CONTACT_COLUMNS} for row in contacts], schema=CONTACT_COLUMNS),
    )  # fmt: skip
    return basis(
        rules=load(Protocol, "china-9"), trace=trace, zones=zones, people=people, cases=cases,
        facilities=facilities(random),
    )  # fmt: skip


def facilities(random: np.random.Generator) -> list[dict[str, object]]:
    """Open ones with beds for three quarters of those who wait, and some that may be opened."""
    kinds = random.choice(["hospital", "shelter_hospital", "quarantine_site"], FACILITIES + CLOSED, p=[0.2, 0.2, 0.6])
    found = []
    for n, kind in enumerate(kinds.tolist()):
        where = random.uniform(-0.4, 0.4, 2) + np.array(CENTRE)
        lead = 0 if n < FACILITIES else int(random.integers(1, 10))
        row = {"facility_id": f"f{n:03d}", "kind": kind, "zone": f"k{n % 400:03d}", "lead_time_days": lead}
        row |= {"latitude": float(where[0]), "longitude": float(where[1])}
        if kind == "hospital":
            row |= {"beds": int(random.integers(20, 100)), "icu_beds": int(random.integers(2, 12))}
        elif kind == "shelter_hospital":
            row["beds"] = int(random.integers(50, 350))
        else:
            row["rooms"] = int(random.integers(10, 80))
        found.append(row)
    return found


def beds(repeat: int) -> None:
    """Time and gap of who goes where."""
    from douse.planning.beds.make import plan_beds
    from douse.planning.isolation import bed_needs, patients
    from douse.planning.projection import project
    from douse.planning.quarantine import quarantine_demand

    seconds, plans = [], []
    for seed in range(repeat):
        at = city(seed)
        projection = project(at)
        needs = bed_needs(at, patients(at, projection), quarantine_demand(at, projection))
        begun = time.perf_counter()
        plans.append(plan_beds(at, needs))
        seconds.append(time.perf_counter() - begun)
    each = ", ".join(f"{one:.1f}" for one in seconds)
    print(f"{PEOPLE:,} people, {FACILITIES} facilities; {repeat} cities")
    print(f"  beds and rooms  {statistics.median(seconds):6.2f} s   target {SECONDS:.0f} s   (each {each})")
    largest = max(plans, key=lambda plan: plan.gap)
    print(f"  largest gap to the bound  {largest.gap:.1e} of the cost, {largest.gap_hours:.1f} person-hours")
    for row in plans[-1].waiting:
        print(f"    {row}")
    print(f"  parties {plans[-1].parties:,}, parted {plans[-1].parted}; opened {len(plans[-1].openings)} of {CLOSED}")


def entry(repeat: int) -> None:
    """Time and gap of the schedules and of the choice for 60 origins."""
    from douse.library import Pathogen, Protocol, load
    from douse.planning.entry.choose import choose
    from douse.planning.entry.infected import entry_rules, infected_arrivals
    from douse.planning.entry.schedules import schedules

    rules = entry_rules(load(Protocol, "who-generic"))
    for name in ("sars-cov-2-wild", "sars-cov-2-omicron", "measles", "ebola"):
        pathogen = load(Pathogen, name)
        tables, choices, gaps = [], [], []
        for seed in range(repeat):
            random = np.random.default_rng(seed)
            begun = time.perf_counter()
            infected = infected_arrivals(pathogen, rules)
            longest = int(np.ceil(pathogen.max_incubation.value))
            options = schedules(infected, most_days=longest, most_tests=4, free_days=7)
            tables.append(time.perf_counter() - begun)
            arrivals, share = random.lognormal(5, 1, ORIGINS), random.beta(1, 200, ORIGINS)
            days = np.array([float(one.days) for one in options])
            money = np.array([one.days * (60.0 if one.place == "central" else 10.0) for one in options])
            money += 20.0 * np.array([len(one.test_days) for one in options])
            begun = time.perf_counter()
            chosen = choose(arrivals, arrivals * share, np.array([o.missed for o in options]), days, money, 1.0)
            choices.append(time.perf_counter() - begun)
            gaps.append((arrivals @ days[chosen.schedule] - chosen.bound) / max(chosen.bound, 1.0))
        print(
            f"  entry, {name}: {len(options)} schedules {statistics.median(tables):.2f} s, "
            f"{ORIGINS} origins {statistics.median(choices):.2f} s, largest gap {max(gaps):.1e}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    beds(options.repeat)
    entry(options.repeat)


if __name__ == "__main__":
    main()
