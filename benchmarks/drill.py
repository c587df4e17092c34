"""Drills of each policy with each pathogen: how often over in time, at how many restricted person-days.

python benchmarks/drill.py [--drills 50] [--people 20000] [--policies ...] [--pathogens ...] [--keep FOLDER]

Finished drills are kept, a line each, in FOLDER/PATHOGEN.jsonl: a run that was stopped goes on. Target of the choice:
over in time at least as often as the whole-city lockdown with at most a tenth of its restricted person-days; and no
more burden than trace-only where that suffices.
"""

import argparse
import os
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from douse.city.made import build_city, totals_of
from douse.library import Costs, Pathogen, Protocol, load
from douse.planning.drill.board import scoreboard
from douse.planning.drill.kept import line_of, read_lines
from douse.planning.drill.many import play_all, tasks_of
from douse.planning.drill.registry import POLICIES
from douse.planning.drill.setting import setting_of

HELD_OUT = 7_000_001  # seed of the worlds; none below was looked at while policies were made
PROTOCOLS = {
    "sars-cov-2-wild": "china-9",
    "sars-cov-2-delta": "china-9",
    "measles": "who-generic",
    "ebola": "who-generic",
}
SHOWN = (
    "infections",
    "deaths",
    "over_days",
    "community_zero",
    "restricted",
    "apart",
    "tubes",
    "beds_short",
    "measures",
)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--drills", type=int, default=50)
    asked.add_argument("--people", type=int, default=20_000)
    asked.add_argument("--days", type=int, default=60)
    asked.add_argument("--seed", type=int, default=HELD_OUT)
    asked.add_argument("--policies", nargs="+", default=list(POLICIES))
    asked.add_argument("--pathogens", nargs="+", default=list(PROTOCOLS))
    asked.add_argument("--keep", type=Path, default=Path("drill-results"))
    asked.add_argument("--workers", type=int, default=os.cpu_count())
    options = asked.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    city = build_city(totals_of(options.people, 1)).city
    print(
        f"| pathogen | policy | drills | over in time | {' | '.join(SHOWN)} |\n|---|---|---|---|{'---|' * len(SHOWN)}"
    )
    with ProcessPoolExecutor(options.workers, mp_context=get_context("spawn")) as pool:
        for pathogen in options.pathogens:
            of_pathogen(options, city, pathogen, pool)


def of_pathogen(options: argparse.Namespace, city, pathogen: str, pool: ProcessPoolExecutor) -> None:
    began = time.perf_counter()
    path = options.keep / f"{pathogen}-{options.people}-{options.days}-{options.seed}.jsonl"
    before = {result.task: result for result in read_lines(path)}
    wanted = tasks_of(options.policies, options.drills, seed=options.seed, days=options.days)
    missing = [task for task in wanted if task not in before]
    if missing:
        setting = setting_of(
            city,
            load(Pathogen, pathogen),
            load(Protocol, PROTOCOLS.get(pathogen, "who-generic")),
            load(Costs, "generic"),
        )
        with path.open("a", encoding="utf-8") as file:

            def keep(result) -> None:
                before[result.task] = result
                file.write(line_of(result) + "\n")
                file.flush()

            play_all(setting, missing, executor=pool, done=keep)
    board = scoreboard([before[task] for task in wanted])
    for policy in options.policies:
        rows = {row["what"]: row for row in board.filter(policy=policy).iter_rows(named=True)}
        cells = [told(rows[what]) for what in SHOWN]
        share = rows["in_time"]
        print(f"| {pathogen} | {policy} | {share['n']} | {share['median']:.2f} | {' | '.join(cells)} |")
    if missing:
        print(f"<!-- {len(missing)} drills in {time.perf_counter() - began:.0f} s -->", flush=True)


def told(row: dict) -> str:
    """Median and range; a dash for what did not come about."""
    middle, low, high = ("-" if row[q] is None else f"{row[q]:,.0f}" for q in ("median", "q05", "q95"))
    return f"{middle} ({low} to {high})"


if __name__ == "__main__":
    main()
