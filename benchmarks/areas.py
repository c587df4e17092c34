"""Areas: expected undetected infections and the smallest cover, at a million people and 20,000 smallest areas.

    python benchmarks/areas.py [--repeat 3] [--people 1000000] [--areas 20000] [--cases 800]

Prints seconds (medians, by the clock and of the processor, which other programs disturb less) of the risk and of the
cover at 50, 80 and 95%, the gap to the bound, and what circles around cases and whole districts would restrict for
as much. Target: risk and cover together under 10 s.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl

from douse.library import Costs, Pathogen, Protocol, load
from douse.planning.areas import circles, cover, hidden_infections, whole_districts
from douse.planning.basis import Basis
from douse.records import Records, ZoneTree
from douse.records.tables import TABLES
from douse.situation import describe
from douse.tracing import trace

DAY = date(2026, 4, 1)
TARGETS = (0.5, 0.8, 0.95)
TEN = 10  # parts of each zone


def table(name: str, columns: dict[str, object], key: str) -> pl.DataFrame:
    """A table of records from columns; all others empty."""
    schema = TABLES[name]
    given = pl.DataFrame(columns).with_columns(record_id=pl.col(key).cast(pl.String))
    if "recorded_at" not in given.columns:
        given = given.with_columns(recorded_at=pl.lit(datetime(2026, 3, 1)))
    wanted = {c: kind.dtype for c, kind in schema.columns().items()}
    return given.select(
        (pl.col(c).cast(t) if c in given.columns else pl.lit(None, t)).alias(c) for c, t in wanted.items()
    )


def made(people: int, areas: int, cases: int, seed: int = 1) -> tuple[Records, ZoneTree]:
    """A city of buildings in estates in communities in districts, with clusters of cases and their contacts."""
    random = np.random.default_rng(seed)
    kinds, ids, parents, kind_of = ("building", "estate", "community", "district", "city"), [], [], []
    size = areas
    for at, kind in enumerate(kinds):
        above = 1 if at + 2 >= len(kinds) else max(1, size // TEN)
        ids += [f"{kind[:2]}{n:05d}" for n in range(size)]
        kind_of += [kind] * size
        parents += [f"{kinds[at + 1][:2]}{n * above // size:05d}" if at + 1 < len(kinds) else None for n in range(size)]
        size = above if kind != "city" else 0
    lives = random.multinomial(people, random.dirichlet(np.full(areas, 4.0)))
    side = int(np.ceil(areas**0.5))
    at = np.arange(areas)
    # Buildings of one estate lie side by side.
    zones = table(
        "zones",
        {
            "zone_id": ids,
            "kind": kind_of,
            "parent_zone": parents,
            "population": [*lives.tolist(), *[None] * (len(ids) - areas)],
            "latitude": [*(30.5 + 0.0008 * (at // side)), *[None] * (len(ids) - areas)],
            "longitude": [*(124.5 + 0.0008 * (at % side)), *[None] * (len(ids) - areas)],
        },
        "zone_id",
    )
    homes = np.repeat(at, lives)
    person = [f"p{n:07d}" for n in range(people)]
    works = random.random(people) < 0.6
    place = np.where(
        random.random(people) < 0.3,
        (homes + random.integers(-200, 200, people)) % areas,
        random.integers(0, areas, people),
    )
    residents = table(
        "people",
        {
            "person_id": person,
            "zone": pl.Series(ids[:areas])[homes],
            "daytime_place": pl.select(
                pl.when(pl.Series(works)).then(pl.Series([f"w{n:05d}" for n in range(areas)])[place])
            ).to_series(),
        },
        "person_id",
    )
    places = table(
        "places", {"place_id": [f"w{n:05d}" for n in range(areas)], "zone": ids[:areas], "kind": ["workplace"] * areas},
        "place_id",
    )  # fmt: skip
    centre = random.integers(0, areas, 12)
    near = (centre[random.integers(0, 12, cases)] + np.round(random.normal(0, 60, cases)).astype(int)) % areas
    near = np.where(random.random(cases) < 0.2, random.integers(0, areas, cases), near)
    ago = random.integers(0, 21, cases)
    told = [datetime(2026, 4, 1, 9) - timedelta(days=int(d)) for d in ago]
    onset = [DAY - timedelta(days=int(d + w)) for d, w in zip(ago, random.integers(0, 5, cases), strict=True)]
    rows = table(
        "cases",
        {
            "case_id": [f"c{n:05d}" for n in range(cases)],
            "zone": pl.Series(ids[:areas])[near],
            "onset": onset,
            "isolated_at": told,
            "recorded_at": told,
            "infector": [f"c{n // 2:05d}" if linked else None for n, linked in enumerate(random.random(cases) < 0.6)],
        },
        "case_id",
    )
    many = 5 * cases
    of = np.repeat(np.arange(cases), 5)
    who = random.integers(0, people, many)
    contacts = table(
        "contacts",
        {
            "person_id": [person[n] for n in who.tolist()],
            "case_id": [f"c{n:05d}" for n in of.tolist()],
            "contact_class": ["close"] * many,
            "setting": np.array(["workplace", "meal", "other"])[random.integers(0, 3, many)],
            "first_contact": [onset[n] for n in of.tolist()],
            "last_contact": [min(onset[n] + timedelta(days=1), told[n].date()) for n in of.tolist()],
            "recorded_at": [told[n] for n in of.tolist()],
            "record": [f"r{n}" for n in range(many)],
        },
        "record",
    )
    frames = {"zones": zones, "people": residents, "places": places, "cases": rows, "contacts": contacts}
    known = Records(frames, frozenset(frames)).as_of(DAY)
    return known, ZoneTree(known)


def basis(people: int, areas: int, cases: int, protocol: str) -> Basis:
    known, zones = made(people, areas, cases)
    pathogen, rules = load(Pathogen, "sars-cov-2-wild"), load(Protocol, protocol)
    situation = describe(known, zones, pathogen, rules)
    traced = trace(known, situation, zones, pathogen, rules)
    return Basis(known, situation, traced, zones, pathogen, rules, load(Costs, "generic"), 14)


def timed(call: Callable[[], object], repeat: int) -> tuple[float, float]:
    """Median seconds of a call, by the clock and of the processor."""
    clock, cpu = [], []
    for _ in range(repeat):
        begun, used = time.perf_counter(), time.process_time()
        call()
        clock.append(time.perf_counter() - begun)
        cpu.append(time.process_time() - used)
    return statistics.median(clock), statistics.median(cpu)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--areas", type=int, default=20_000)
    parser.add_argument("--cases", type=int, default=800)
    parser.add_argument("--protocol", default="china-9")
    options = parser.parse_args()
    land = basis(options.people, options.areas, options.cases, options.protocol)
    hidden = hidden_infections(land)
    cover(hidden, land, target=0.5, days=14)  # compiles
    risk, risk_cpu = timed(lambda: hidden_infections(land), options.repeat)
    print(
        f"{options.people:,} people, {len(hidden.zones):,} areas, {options.cases:,} cases, {options.protocol}; "
        f"{options.repeat} runs"
    )
    print(f"  expected undetected infections {hidden.total:,.1f}, movement by {hidden.movement}")
    print(f"  risk        {risk:6.2f} s, CPU {risk_cpu:5.2f} s")
    for target in TARGETS:
        chosen = cover(hidden, land, target=target, days=14)
        took, cpu = timed(lambda target=target: cover(hidden, land, target=target, days=14), options.repeat)
        print(
            f"  cover {target:4.0%}  {took:6.2f} s, CPU {cpu:5.2f} s; with the risk {risk + took:5.2f} s, CPU "
            f"{risk_cpu + cpu:5.2f} s, target 10 s; gap {chosen.gap:.1e}\n"
            f"    {'chosen':22} {chosen.person_days:14,.0f} person-days, {len(chosen.areas):,} areas, "
            f"{chosen.people:,.0f} people"
        )
        others = {"whole districts": whole_districts(hidden, land, target=target, level="lockdown", days=14)}
        if (around := circles(hidden, land, target=target, level="lockdown", days=14)) is not None:
            others[f"circles of {around.radius_km:.2f} km"] = around
        for name, other in others.items():
            times = other.person_days / chosen.person_days
            print(
                f"    {name:22} {other.person_days:14,.0f} person-days, {times:5.1f} times, {other.share:.0%} covered"
            )


if __name__ == "__main__":
    main()
