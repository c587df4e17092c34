"""Coverage of the forecasts of cases and beds on simulated outbreaks whose truth is known, and of the interval of k.

python benchmarks/forecast_simulated.py
"""

from datetime import date, timedelta

import numpy as np
import polars as pl

from douse.kernels.renewal import shifted_gamma
from douse.library import Pathogen, load
from douse.situation.bed_forecast import bed_forecast
from douse.situation.forecast import forecast
from douse.situation.offspring import offspring

SI = (5.8, 3.2)
DAYS, AHEAD, RUNS, BED_RUNS = 60, 14, 300, 120


def outbreak(rng: np.random.Generator, kind: str) -> np.ndarray:
    """Counts a day: R steady at 1.0 or 1.3, or drifting about 0.9; scattered with a dispersion of 10."""
    weights = shifted_gamma(*SI, 40)
    log_r = {"R 1.0, steady": 0.0, "R 1.3, steady": np.log(1.3)}.get(kind, -0.1)
    counts, state = np.zeros(DAYS + AHEAD), 0.0
    counts[:10] = rng.poisson(10, 10)
    for day in range(10, DAYS + AHEAD):
        if kind == "R drifts about 0.9":
            state = 0.8 * state + 0.12 * rng.standard_normal()
        lags = min(day, len(weights) - 1)
        force = counts[day - lags : day] @ weights[lags:0:-1] + 0.2
        counts[day] = rng.poisson(rng.gamma(10.0, np.exp(log_r + state) * force / 10.0))
    return counts


def main() -> None:
    first = date(2026, 1, 1)
    dates = [first + timedelta(days=day) for day in range(DAYS + AHEAD)]
    print("| simulated | 50%, day 7 | 95%, day 7 | 50%, day 14 | 95%, day 14 |\n|---|---|---|---|---|")
    for kind in ("R drifts about 0.9", "R 1.0, steady", "R 1.3, steady"):
        rng, inside = np.random.default_rng(11), []
        for run in range(RUNS):
            counts = outbreak(rng, kind)
            ahead = forecast(
                pl.DataFrame({"date": dates, "count": counts}), as_of=dates[DAYS - 1], si=SI, draws=500, seed=run
            ).with_columns(seen=pl.Series(counts[DAYS:]))
            hit = [pl.col("seen").is_between(f"lower_{share}", f"upper_{share}") for share in (50, 95)]
            inside.append([ahead.select(h.alias("h"))["h"][day - 1] for day in (7, 14) for h in hit])
        print(f"| {kind} | " + " | ".join(f"{share:.3f}" for share in np.mean(inside, axis=0)) + " |")
    beds(first)
    print("\n| R | k | cases | 95% of k | 95% of R | k without upper bound |\n|---|---|---|---|---|---|")
    for r, k, cases in ((1.0, 0.1, 50), (1.0, 0.1, 300), (1.0, 0.3, 100), (1.0, 1.0, 50)):
        rng, held = np.random.default_rng(3), []
        for _ in range(RUNS):
            caused = rng.negative_binomial(k, k / (k + r), cases)
            if not caused.sum():
                continue
            found = offspring(line_list(caused, first), as_of=date(2027, 1, 1))
            rows = {row["parameter"]: row for row in found.iter_rows(named=True)}
            held.append(
                [*(_holds(rows[name], true) for name, true in (("k", k), ("R", r))), rows["k"]["upper"] is None]
            )
        print(f"| {r} | {k} | {cases} | " + " | ".join(f"{share:.3f}" for share in np.mean(held, axis=0)) + " |")


def beds(first: date) -> None:
    """Outbreaks with 10% severe and 3% critical, stays of the pathogen's mean length on record."""
    pathogen, rng, held = load(Pathogen, "sars-cov-2-wild"), np.random.default_rng(4), []
    places = {"severe": ("hospital_bed", "hospital"), "critical": ("icu_bed", "icu")}
    for run in range(BED_RUNS):
        counts = outbreak(rng, "R drifts about 0.9" if run % 2 else "R 1.0, steady").astype(int)
        day = np.repeat(np.arange(len(counts)), counts)
        severity = rng.choice(["mild", "severe", "critical"], len(day), p=[0.87, 0.1, 0.03])
        stay = rng.geometric(np.where(severity == "critical", 1 / 10, 1 / 12))
        onset = [first + timedelta(days=int(at)) for at in day]
        cases = pl.DataFrame({"case_id": np.arange(len(day)).astype(str), "onset": onset, "severity": severity})
        place = pl.col("severity").replace({name: place for name, (_, place) in places.items()})
        out = pl.col("onset") + pl.duration(days=pl.Series(stay))
        stays = cases.filter(pl.col("severity") != "mild").select("case_id", place=place, entered_on="onset")
        stays = stays.join(cases.select("case_id", left_on=out), on="case_id")
        found = bed_forecast(
            cases, as_of=first + timedelta(days=DAYS - 1), pathogen=pathogen, stays=stays, draws=500, seed=run
        )
        for name, (resource, _) in places.items():
            for ahead in (7, 14):
                at = DAYS - 1 + ahead
                truth = int(((severity == name) & (day <= at) & (day + stay > at)).sum())
                row = found.filter(resource=resource).row(ahead - 1, named=True)
                inside = [row[f"lower_{p}"] <= truth <= row[f"upper_{p}"] for p in (50, 95)]
                held.append((resource, ahead, *map(float, inside)))
    print(pl.DataFrame(held, schema=["bed", "day", "in 50%", "in 95%"], orient="row").group_by("bed", "day").mean())


def line_list(caused: np.ndarray, day: date) -> pl.DataFrame:
    """Cases of whom each caused so many of later cases, who are dated in the future and so do not count themselves."""
    cases = pl.DataFrame({"case_id": [f"c{at}" for at in range(len(caused))], "infector": None, "onset": day})
    infected = pl.DataFrame({"infector": [f"c{at}" for at, many in enumerate(caused) for _ in range(many)]})
    infected = infected.select(
        case_id=pl.concat_str(pl.lit("i"), pl.int_range(pl.len()).cast(pl.String)), infector="infector",
        onset=pl.lit(None, dtype=pl.Date),
    )  # fmt: skip
    return pl.concat([cases.cast({"infector": pl.String}), infected])


def _holds(row: dict[str, float | None], true: float) -> bool:
    return (row["lower"] or 0) <= true and (row["upper"] is None or true <= row["upper"])


if __name__ == "__main__":
    main()
