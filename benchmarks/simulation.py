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
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from simulation_peers import SETTINGS, measured

Found = dict[str, Any]
BESIDE = Path(__file__).parent
PEERS: dict[str, tuple[str, int, int]] = {  # environment, people, days
    "covasim": ("covasim", 1_000_000, 100),
    "starsim": ("starsim", 1_000_000, 100),
    "laser": ("laser", 10_000_000, 100),
    "laser-generic": ("laser", 10_000_000, 100),
}
ELSEWHERE = {"openabm": "OpenABM-Covid19 is not on the Python package index"}


def ours(people: int, days: int, scenario: str, seed: int) -> Found:
    """What one run of ours found: attack_rate, peak_day, infections_per_day, household_secondary_attack."""
    raise NotImplementedError(f"{people:,} people, {days} days, {scenario}, seed {seed}")


def measure_ours(people: int, days: int, scenario: str, seeds: int) -> None:
    """In a process of its own: the line of JSON that a peer would print."""

    def run(*asked: Any) -> Callable[[], Found]:
        results = ours(*asked)
        return lambda: results

    try:
        found = measured(run, people, days, scenario, seeds)
    except NotImplementedError as why:
        found = {"skipped": f"not written yet: {why}"}
    print(json.dumps({"peer": "ours", **found}))


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
    parser.add_argument("--ours", action="store_true", help=argparse.SUPPRESS)
    for hidden in ("--people", "--days"):
        parser.add_argument(hidden, type=int, help=argparse.SUPPRESS)
    parser.add_argument("--scenario", help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
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
            print(row("ours", beside), flush=True)
            kept += [theirs, beside]
        print(f"  {peer}: {SETTINGS[peer]}")
    if asked.out:
        asked.out.write_text("".join(json.dumps(one) + "\n" for one in kept))


if __name__ == "__main__":
    main()
