"""Peers in R, beside ours in one run: CPU seconds of an R expression, and a frame of what it answered.

R and the packages surveillance and EpiEstim are Debian's r-base-core, r-cran-surveillance, r-cran-epiestim. Where they
are absent a benchmark prints our figure alone and says that the peer was skipped.
"""

import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path


@cache
def has(package: str) -> bool:
    """Whether R is here with a package."""
    if shutil.which("Rscript") is None:
        return False
    asked = f"quit(status = !requireNamespace('{package}', quietly = TRUE))"
    return subprocess.run(["Rscript", "-e", asked], capture_output=True, check=False).returncode == 0


def r_cpu_seconds(package: str, prepare: str, timed: str) -> float | None:
    """CPU seconds of the R code `timed`, after `prepare` has run; None, said aloud, where R is absent."""
    if not has(package):
        print(f"  peer skipped: R or its package {package} is not installed")
        return None
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "peer.R"
        script.write_text(
            f"suppressMessages(library({package}))\n{prepare}\n"
            f"used <- system.time({{ {timed} }})\ncat('CPU', used[['user.self']] + used[['sys.self']], '\\n')\n"
        )
        done = subprocess.run(["Rscript", str(script)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"the peer failed:\n{done.stderr}")
    return float(next(line.split()[1] for line in done.stdout.splitlines() if line.startswith("CPU")))


def cpu_seconds(call: Callable[[], object], repeat: int = 5) -> float:
    """Median CPU seconds of a call, after one that is not counted (compilation, caches)."""
    call()
    used = []
    for _ in range(repeat):
        begun = time.process_time()
        call()
        used.append(time.process_time() - begun)
    return statistics.median(used)


def line(what: str, ours: float, target: str, peer: float | None) -> str:
    """One line of a benchmark: ours, the target, the peer and how many times as fast ours is."""
    beside = f"  peer {peer:8.3f} s  {peer / ours:7.1f}x" if peer else ""
    return f"{what:<48} {ours:8.3f} s  target {target:<10}{beside}"
