"""R, cohort R, delays and the end of an outbreak, beside EpiEstim and coarseDataTools in one run.

    python benchmarks/estimates.py

CPU seconds, medians. Peers do few series, and their time is multiplied up to ours.
"""

from datetime import date, timedelta

import numpy as np
import polars as pl
from peers import cpu_seconds, line, r_cpu_seconds

from douse.situation.delay_fit import delays
from douse.situation.end_of_outbreak import end_of_outbreak
from douse.situation.reproduction import UncertainSerialInterval, reproduction

SERIES, DAYS, DELAYS = 1000, 365, 1450
PEER_SERIES, PEER_DRAWS = 3, 50
SI = (5.8, 3.2)


def counts(rng: np.random.Generator) -> pl.DataFrame:
    """A thousand series whose growth wanders."""
    level = rng.uniform(1, 30, (SERIES, 1)) * np.exp(np.cumsum(rng.normal(0, 0.05, (SERIES, DAYS)), axis=1))
    dates = [date(2023, 1, 1) + timedelta(days=n) for n in range(DAYS)]
    zones = np.repeat([f"zone {n}" for n in range(SERIES)], DAYS)
    return pl.DataFrame({"zone": zones, "date": dates * SERIES, "count": rng.poisson(level).ravel()})


def r_lines(frame: pl.DataFrame) -> None:
    one = frame.filter(pl.col("zone") == "zone 1")
    prepare = f"I <- c({','.join(map(str, one['count']))}); T <- length(I)"
    windows = "list(t_start = 2:(T - 6), t_end = 8:T, mean_si = 5.8, std_si = 3.2{})"
    times = SERIES / PEER_SERIES

    def peer(call: str) -> float | None:
        used = r_cpu_seconds("EpiEstim", prepare, f"for (s in 1:{PEER_SERIES}) suppressWarnings({call})")
        return None if used is None else used * times

    cori = peer(f"estimate_R(I, method = 'parametric_si', config = make_config({windows.format('')}))")
    cohort = peer(f"wallinga_teunis(I, method = 'parametric_si', config = {windows.format(', n_sim = 10')})")
    ours = cpu_seconds(lambda: reproduction(frame, si=SI, by="zone"))
    print(line(f"Cori, {SERIES} series x {DAYS} days", ours, "1 s", cori))
    ours = cpu_seconds(lambda: reproduction(frame, si=SI, by="zone", method="wallinga_teunis"))
    print(line(f"Wallinga-Teunis, {SERIES} series x {DAYS} days", ours, "1 s", cohort))
    unsure = UncertainSerialInterval(*SI, mean_sd=0.5, sd_sd=0.3)
    more = (
        ", std_mean_si = 0.5, min_mean_si = 4.8, max_mean_si = 6.8, std_std_si = 0.3, min_std_si = 2.6, "
        f"max_std_si = 3.8, n1 = {PEER_DRAWS}, n2 = 100"
    )
    used = r_cpu_seconds(
        "EpiEstim", prepare, f"estimate_R(I, method = 'uncertain_si', config = make_config({windows.format(more)}))"
    )
    ours = cpu_seconds(lambda: reproduction(one, si=unsure))
    peer_used = None if used is None else used * unsure.draws / PEER_DRAWS
    print(line("uncertain serial interval, 500 draws, 1 series", ours, "-", peer_used))


def delay_lines(rng: np.random.Generator) -> None:
    first = rng.uniform(0, 1, DELAYS)
    left = np.floor(first + np.exp(rng.normal(1.6, 0.5, DELAYS)))
    pairs = pl.DataFrame({"left": left, "right": left + 1, "pwindow": 1.0, "D": 40.0})
    prepare = (
        f"S <- c({','.join(map(str, left.astype(int)))}); "
        "d <- data.frame(EL = 0, ER = 1, SL = S + 0, SR = S + 1, type = 0); d <- d[d$SL > 1, ]"
    )
    peer = r_cpu_seconds("coarseDataTools", prepare, "invisible(capture.output(dic.fit(d, dist = 'L')))")
    for family, beside in (("lognormal", peer), ("gamma", None), ("weibull", None), ("best", None)):
        ours = cpu_seconds(lambda family=family: delays(pairs, family=family))
        print(line(f"delays, coarse and truncated, n {DELAYS}, {family}", ours, "0.5 s", beside))
    spread = pairs.with_columns(pl.col("left", "right") + pl.Series(first))
    print(line("the same, no two rows alike, best", cpu_seconds(lambda: delays(spread)), "0.5 s", None))


def main() -> None:
    rng = np.random.default_rng(1)
    frame = counts(rng)
    r_lines(frame)
    delay_lines(rng)
    one = frame.filter(pl.col("zone") == "zone 1").select("date", "count")
    delay = [0.1, 0.2, 0.3, 0.2, 0.1, 0.1]
    ours = cpu_seconds(lambda: end_of_outbreak(one, si=SI, r=0.9, k=0.3, reporting_delay=delay, ascertained=0.6))
    print(line(f"end of an outbreak of {DAYS} days", ours, "-", None))


if __name__ == "__main__":
    main()
