"""Time and memory of `douse plan`, small and large, each in a process of its own.

    python benchmarks/plan.py [--repeat 3] [--large-only | --small-only]

Prints, for each size, the median seconds after start-up (imports), the start-up itself, and the peak resident memory.
Targets: 3,400 cases under 3 s; 100,000 cases with 200,000 contacts under 20 s and 1.5 GB.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
SIZES = {
    "small": {"cases": 3_400, "contacts": 6_800, "zones": 250, "seconds": 3.0, "megabytes": 1_500},
    "large": {"cases": 100_000, "contacts": 200_000, "zones": 2_000, "seconds": 20.0, "megabytes": 1_500},
}


def one_run(data: Path, out: Path) -> dict[str, object]:
    """Plan once in this process; seconds by stage and peak memory in MB."""
    begun = time.perf_counter()
    from douse import main

    started = time.perf_counter() - begun
    stages: list[tuple[str, float]] = []
    begun = time.perf_counter()
    question = main.Question(data, pathogen="sars-cov-2-wild")
    main.plan(question, out, progress=lambda stage: stages.append((stage, time.perf_counter())))
    ended = time.perf_counter()
    marks = [at for _, at in stages] + [ended]
    return {
        "start_up": started,
        "seconds": ended - begun,
        "stages": {name: after - at for (name, at), after in zip(stages, marks[1:], strict=True)},
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def measure(size: str, repeat: int, folder: Path) -> None:
    wanted = SIZES[size]
    data = folder / size
    subprocess.run(
        [sys.executable, HERE / "make_records.py", data]
        + [f"--{name}={wanted[name]}" for name in ("cases", "contacts", "zones")],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    runs = []
    for _ in range(repeat):
        run = subprocess.run(
            [sys.executable, __file__, "--one", data, folder / "out"], check=True, capture_output=True, text=True
        )
        runs.append(json.loads(run.stdout))
    seconds = statistics.median(run["seconds"] for run in runs)
    megabytes = max(run["megabytes"] for run in runs)
    print(f"{wanted['cases']:,} cases, {wanted['contacts']:,} contacts, {wanted['zones']:,} zones; {repeat} runs")
    print(f"  start-up   {statistics.median(run['start_up'] for run in runs):6.2f} s")
    print(f"  plan       {seconds:6.2f} s   target {wanted['seconds']:.0f} s   ratio {seconds / wanted['seconds']:.2f}")
    for stage in runs[0]["stages"]:
        print(f"    {statistics.median(run['stages'][stage] for run in runs):8.2f} s {stage}")
    print(f"  memory     {megabytes:6.0f} MB  target {wanted['megabytes']} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--small-only", action="store_true")
    parser.add_argument("--large-only", action="store_true")
    parser.add_argument("--one", nargs=2, type=Path, metavar=("DATA", "OUT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(one_run(*options.one)))
        return
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            if not (options.small_only and size == "large") and not (options.large_only and size == "small"):
                measure(size, options.repeat, Path(folder))


if __name__ == "__main__":
    main()
