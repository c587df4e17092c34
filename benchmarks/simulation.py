"""Ours beside the peers' simulations in one run: CPU seconds, ratio, memory a person, attack rate, peak day.

    DOUSE_PEERS=FOLDER python benchmarks/simulation.py [--peers covasim,laser] [--scenarios uncontrolled] [--scale 0.1]

FOLDER holds an environment for each peer (benchmarks/simulation_peers.py says how to make them); a peer that is not
there is skipped, aloud. Each runs in a process of its own, ours just after the peer, at the same size.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from simulation_peers import FOUND_EARLY, SEEDED_LASER, SETTINGS, measured, seeded

Found = dict[str, Any]
BESIDE = Path(__file__).parent
PEERS: dict[str, tuple[str, int, int]] = {  # environment, people, days
    "covasim": ("covasim", 1_000_000, 100),
    "starsim": ("starsim", 1_000_000, 100),
    "laser": ("laser", 10_000_000, 100),
    "laser-generic": ("laser", 10_000_000, 100),
}
ELSEWHERE = {"openabm": "OpenABM-Covid19 is not on the Python package index"}


TO_TWO_THIRDS = 0.6  # times the transmission of the wild type, so that about two thirds are infected by day 100
OURS = "SARS-CoV-2 wild type; uncontrolled: nobody reacts; containment: who-generic, all its measures, and masks"


@cache
def our_city(people: int) -> Any:
    """A city, and what is passed on in it; shared by all runs."""
    from douse.city.made import make_city, totals_of
    from douse.library import Pathogen, load
    from douse.simulation.contacts import usual_contacts
    from douse.simulation.course import course_of
    from douse.simulation.rates import make_rates

    city = make_city(totals_of(people, 1))
    return city, make_rates(city, course_of(load(Pathogen, "sars-cov-2-wild")), usual_contacts())


def our_scenario(people: int, days: int, scenario: str) -> Any:
    from douse.library import Pathogen, Protocol, load
    from douse.simulation.by_protocol import response_of, zoning_of
    from douse.simulation.capacity import Capacity
    from douse.simulation.response import Response
    from douse.simulation.scenario import Scenario
    from douse.simulation.zoning import no_zoning

    city, rates = our_city(people)
    if scenario == "uncontrolled":
        return Scenario(city, rates, Response(), no_zoning(len(city.zone_ids)), days, scale=TO_TWO_THIRDS)
    pathogen, protocol = load(Pathogen, "sars-cov-2-wild"), load(Protocol, "who-generic")
    tracers = protocol.resources.tracers_per_100k.value * people / 100_000
    capacity = Capacity(
        laboratory=0.04 * people,
        beds=0.002 * people,
        contacts_a_day=tracers * protocol.resources.contacts_per_tracer_day.value,
    )
    response = response_of(protocol, pathogen, rates.course, capacity)
    return Scenario(city, rates, response, zoning_of(protocol, pathogen, city), days, masks_from=0)


def ours(people: int, days: int, scenario: str, seed: int) -> Found:
    """What one run of ours found, and the CPU seconds of a further one in the same memory."""
    from douse.kernels.epidemic_columns import NEW_INFECTIONS
    from douse.simulation.outbreak import Outbreak
    from douse.simulation.scenario import HISTORY
    from douse.simulation.seeds import make_seeds

    made = our_scenario(people, days, scenario)
    infected = seeded(people, scenario) if scenario == "containment" else max(people // SEEDED_LASER, 1)
    first = np.random.default_rng(seed).choice(people, infected, replace=False)
    run = Outbreak(made, make_seeds(first), seed=seed, keep=False).run()
    curve = run.series[NEW_INFECTIONS, HISTORY : HISTORY + days + 1].copy()
    again = []
    for other in range(1, 1 + (11 if scenario == "containment" else 1)):
        began = time.process_time()
        run.begin(make_seeds(first), seed + 1_000 * other)
        run.run()
        again.append(time.process_time() - began)
    return {
        "attack_rate": float(curve.sum() / people),
        "peak_day": int(curve.argmax()),
        "infections_per_day": curve.tolist(),
        "run_cpu_seconds": float(np.median(again)),
        "run_cpu_spread": [float(min(again)), float(max(again))],
        "shared_bytes_a_person": made.city.bytes_a_person,
    }


def plans(people: int, days: int, runs: int) -> None:
    """Twelve plans, from doing nothing more than tests to every measure, each run so many times, on all cores."""
    from dataclasses import replace

    from douse.simulation.ensemble import Draw, run_all
    from douse.simulation.seeds import make_seeds

    base = our_scenario(people, days, "containment")
    random = np.random.default_rng(1)
    draws = [Draw(seed, make_seeds(random.choice(people, FOUND_EARLY, replace=False))) for seed in range(1, runs + 1)]
    run_all(base, draws[:2])
    cpu, wall, told = time.process_time(), time.perf_counter(), []
    for number in range(12):
        share = 1 - number / 24
        response = replace(
            base.response,
            tracers=base.response.tracers * share,
            laboratory=base.response.laboratory * share,
            obeys_quarantine=base.response.obeys_quarantine * share,
        )
        outcomes = run_all(replace(base, response=response, masks_from=number), draws)
        told.append(float(np.mean([outcome.of("infections").sum() for outcome in outcomes])))
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(f"{runs} runs x 12 plans, {people:,} people, {days} days: {wall:.1f} s, {cpu:.1f} CPU s")
    print("  mean infections by plan: " + ", ".join(f"{mean:.0f}" for mean in told))


def measure_ours(people: int, days: int, scenario: str, seeds: int) -> None:
    """In a process of its own: the line of JSON that a peer would print."""

    def run(*asked: Any) -> Callable[[], Found]:
        results = ours(*asked)
        return lambda: results

    print(json.dumps({"peer": "ours", **measured(run, people, days, scenario, seeds)}))


def asked_of(command: list[str], people: int, days: int, scenario: str, seeds: int) -> Found:
    words = [*command, "--people", str(people), "--days", str(days), "--scenario", scenario, "--seeds", str(seeds)]
    done = subprocess.run([*words, "--json"], capture_output=True, text=True, check=False)
    if done.returncode:
        return {"skipped": f"failed: {(done.stderr.strip().splitlines() or ['no message'])[-1]}"}
    return dict(json.loads(done.stdout.splitlines()[-1]))


@cache
def ours_at(people: int, days: int, scenario: str, seeds: int) -> Found:
    """Ours at a size: run once, though two peers may run at it."""
    return asked_of([sys.executable, str(Path(__file__)), "--ours"], people, days, scenario, seeds)


def interpreter(peer: str) -> Path | None:
    """The peer's own Python; None, said aloud, where it is absent."""
    environment = PEERS[peer][0]
    folder = os.environ.get("DOUSE_PEERS")
    if not folder:
        print(f"  {peer}: SKIPPED, DOUSE_PEERS names no folder of environments")
        return None
    python = Path(folder) / environment / "bin" / "python"
    if not python.exists():
        print(f"  {peer}: SKIPPED, {python} is absent")
        return None
    return python


def row(name: str, found: Found, beside: Found | None = None) -> str:
    if "skipped" in found:
        return f"  {name:<22} SKIPPED, {found['skipped']}"
    ratio = ""
    if beside is not None and "skipped" not in beside:
        ratio = f"{found['cpu_seconds'] / beside['cpu_seconds']:.1f}x"
    home = found["runs"][0].get("household_secondary_attack") or {}
    within = f"{home['within_14_days']:.1%}" if "within_14_days" in home else "-"
    return (
        f"  {name:<22} {found['cpu_seconds']:>9.2f} {found['wall_seconds']:>9.2f} {ratio:>8}"
        f" {found['bytes_a_person']:>10.0f} {found['attack_rate']:>8.1%} {found['peak_day']:>6.0f} {within:>8}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", default=",".join([*PEERS, *ELSEWHERE]))
    parser.add_argument("--scenarios", default="uncontrolled,containment")
    parser.add_argument("--scale", type=float, default=1.0, help="times the people of the full size")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--out", type=Path, help="keep all answers here, a line of JSON each")
    parser.add_argument("--plans", type=int, metavar="RUNS", help="instead: so many runs of twelve plans of 1 M people")
    parser.add_argument("--ours", action="store_true", help=argparse.SUPPRESS)
    for hidden in ("--people", "--days"):
        parser.add_argument(hidden, type=int, help=argparse.SUPPRESS)
    parser.add_argument("--scenario", help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.plans:
        plans(int(1_000_000 * asked.scale), 60, asked.plans)
        return
    if asked.ours:
        measure_ours(asked.people, asked.days, asked.scenario, asked.seeds)
        return
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} before; the ratio is of the peer's CPU to ours")
    heads = ("CPU s", "seconds", "ratio", "B/person", "attack", "peak", "home 14d")
    head = "{:>9} {:>9} {:>8} {:>10} {:>8} {:>6} {:>8}".format(*heads)
    kept = []
    for peer in asked.peers.split(","):
        if peer in ELSEWHERE:
            print(f"  {peer}: SKIPPED, {ELSEWHERE[peer]}")
            continue
        python = interpreter(peer)
        people, days = int(PEERS[peer][1] * asked.scale), PEERS[peer][2]
        for scenario in asked.scenarios.split(","):
            print(f"\n{people:,} people, {days} days, {scenario}\n  {'':<22} {head}", flush=True)
            theirs: Found = {"skipped": "see above"}
            if python is not None:
                command = [str(python), str(BESIDE / "simulation_peers.py"), "--peer", peer]
                theirs = asked_of(command, people, days, scenario, asked.seeds)
            beside = ours_at(people, days, scenario, asked.seeds)
            print(row(f"{peer} {theirs.get('version', '')}", theirs, beside))
            print(row("ours, all in", beside), flush=True)
            if "skipped" not in beside:
                alone = float(np.median([one["run_cpu_seconds"] for one in beside["runs"]]))
                ratio = "" if "skipped" in theirs else f"{theirs['cpu_seconds'] / alone:.1f}x"
                print(f"  {'ours, a further run':<22} {alone:>9.3f} {'':>9} {ratio:>8}", flush=True)
            kept += [theirs, beside]
        print(f"  {peer}: {SETTINGS[peer]}")
    if asked.out:
        asked.out.write_text("".join(json.dumps(one) + "\n" for one in kept))


if __name__ == "__main__":
    main()
