"""The choice: twelve plans in 200 scenarios over 60 days for a city of a million, by threads, processes and Dask.

    python benchmarks/choice.py [--people 1000000] [--scenarios 200] [--executors threads processes dask] [--day 14]

An outbreak is played in the city until some days after the first case; its line list is the record. Target: ten minutes
on two cores, and the same bytes from every executor. Dask is skipped, aloud, where it is not installed.
"""

import argparse
import os
import time
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

from douse.city.made import build_city, totals_of
from douse.library import Costs, Pathogen, Protocol, Stresses, load
from douse.outputs.json_text import dumped, plain
from douse.planning.choice.choose import Asked, choose, days_ahead
from douse.planning.choice.floor import floor_of
from douse.planning.choice.rules import strategies_for
from douse.planning.drill.setting import setting_of
from douse.planning.drill.simulated_world import first_seen
from douse.records import ZoneTree
from douse.signals import Scene
from douse.simulation.simulate import Outlook, today
from douse.simulation.standing_city import standing_city
from douse.situation import describe, estimate


@contextmanager
def hands(name: str):
    """An executor by name; threads: none."""
    if name == "threads":
        yield None
    elif name == "processes":
        with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
            yield pool
    else:
        from distributed import Client, LocalCluster

        with (
            LocalCluster(n_workers=os.cpu_count() or 1, threads_per_worker=1, dashboard_address=None) as cluster,
            Client(cluster) as client,
        ):
            yield client.get_executor()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--people", type=int, default=1_000_000)
    asked.add_argument("--scenarios", type=int, default=200)
    asked.add_argument("--day", type=int, default=14, help="days after the first case")
    asked.add_argument("--executors", nargs="+", default=["threads", "processes", "dask"])
    options = asked.parse_args()
    pathogen, protocol, costs = load(Pathogen, "sars-cov-2-wild"), load(Protocol, "who-generic"), load(Costs, "generic")
    setting = setting_of(build_city(totals_of(options.people, 1)).city, pathogen, protocol, costs)
    world = next(world for seed in range(1, 100) if (world := first_seen(setting, seed, ways=setting.responding)))
    for _ in range(options.day):
        world.advance()
    known = world.records(world.today).as_of(world.today)
    zones = ZoneTree(known)
    situation = describe(known, zones, pathogen, protocol)
    floor = floor_of(protocol, pathogen)
    print(f"{options.people:,} people, {situation.total} cases on record, {os.cpu_count()} cores")

    day = (known, situation, zones, pathogen, protocol, costs, floor)
    texts = {}
    for name in options.executors:
        try:
            with hands(name) as executor:
                texts[name] = one(name, executor, day, options)
        except ImportError:
            print(f"{name}: skipped, the package distributed is not installed")
    print("equal answers:", len(set(texts.values())) == 1)


def one(name: str, executor: Executor | None, day, options: argparse.Namespace) -> str:
    known, situation, zones, pathogen, protocol, costs, floor = day
    peopled = standing_city(known, zones, situation.cases, 1).peopled
    began = time.perf_counter()
    runs = today(
        Scene(known, situation, zones, pathogen, protocol),
        estimate(known, situation, zones, pathogen, delays=("onset_to_known",)),
        Outlook(days_ahead(pathogen, floor), options.scenarios, peopled=peopled),
        executor=executor,
    )
    drawn = time.perf_counter()
    tried = strategies_for(protocol)
    how = Asked(pathogen, protocol, costs, load(Stresses, "generic"), tried, floor, options.scenarios)
    made = choose(runs, known, how, executor=executor)
    done = time.perf_counter()
    print(
        f"{name}: scenarios {drawn - began:.0f} s, {len(tried)} plans {done - drawn:.0f} s, "
        f"in all {done - began:.0f} s (target 600); "
        f"proposed: {made.chosen}, ends in time {made.plan(made.chosen).extinct.value:.2f}"
    )
    return dumped(plain(made))


if __name__ == "__main__":
    main()
