"""Forecasts of the simulated city on past outbreaks, beside the renewal equation and the level of the last week.

    python benchmarks/forecast_simulated_city.py [--runs 200] [--every 10]

As of each day only what was recorded by then is known. Reported cases are forecast: of the first and the second week
ahead (sums), and of the days 7 and 14 ahead. WIS over the median and the 50% and 90% intervals; coverage of both. All
three forecasts are scored on the same days. Korea 2020 and MERS in Korea 2015 of ../shared/data hold no populations:
the city has 200 people a case on record and 20,000 at least, spread over the zones by their cases. That is enough for
what the first cases meet, and a run of all dates takes minutes; the share of the city infected means nothing.
"""

import argparse
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from scipy.special import gammaln
from scipy.stats import nbinom

from douse import main as story
from douse.question import Opened, Question, open_data
from douse.signals import Scene
from douse.simulation.simulate import Outlook, simulate
from douse.simulation.weigh import weighted_quantiles
from douse.situation import estimate
from douse.situation.forecast import forecast_draws
from douse.situation.incidence import daily_counts

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
SETS = {
    "korea-2020": (date(2020, 2, 15), date(2020, 4, 29)),
    "mers-korea-2015": (date(2015, 5, 28), date(2015, 6, 30)),
}
AHEAD = 14
SHARES = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
DISPERSIONS = np.array([0.5, 1, 2, 4, 8, 20, 80, 400])
TARGETS = {"week 1": slice(0, 7), "week 2": slice(7, 14), "day 7": slice(6, 7), "day 14": slice(13, 14)}


def last_week(counts: np.ndarray, target: slice) -> np.ndarray:
    """Quantiles of the last week's level, with the scatter of its own past errors at the same distance."""
    length = target.stop - target.start
    past = range(7, len(counts) - target.stop + 1)
    mean = np.array([max(counts[at - 7 : at].mean(), 0.05) * length for at in past][-56:])
    seen = np.array([counts[at + target.start : at + target.stop].sum() for at in past][-56:])
    now = max(counts[-7:].mean(), 0.05) * length
    if not len(mean):
        return nbinom.ppf(SHARES, 2.0, 2.0 / (2.0 + now))
    k = DISPERSIONS[:, None]
    fit = gammaln(seen + k) - gammaln(k) + k * np.log(k / (k + mean)) + seen * np.log(mean / (k + mean))
    best = DISPERSIONS[(fit.sum(axis=1) - 0.1 * np.log(DISPERSIONS / 4) ** 2).argmax()]
    return nbinom.ppf(SHARES, best, best / (best + now))


def told(opened: Opened, first: date, last: date) -> np.ndarray:
    """Cases by the day on which they were told, once all is known."""
    scene = story.look(opened, last)
    days = (scene.situation.cases["told_on"] - first).dt.total_days().to_numpy()
    return np.bincount(days[days >= 0], minlength=(last - first).days + 1)


def forecasts(scene: Scene, runs: int, settings: dict) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Paths and weights of the forecasts that have them."""
    cases, as_of = scene.situation.cases, scene.situation.as_of
    daily = daily_counts(cases, "reported", as_of)
    estimates = estimate(scene.known, scene.situation, scene.zones, scene.pathogen, delays=("onset_to_known",))
    made = simulate(scene, estimates, Outlook(AHEAD, runs, **settings))
    ((_, paths),) = forecast_draws(daily, as_of=as_of, pathogen=scene.pathogen, horizon=AHEAD).values()
    return {
        "city": (made.forecast_cases, made.weights, made),
        "renewal": (np.asarray(paths), np.full(len(paths), 1 / len(paths)), None),
    }


def pinball(quantiles: np.ndarray, seen: float) -> float:
    error = seen - quantiles
    return float(2 * np.where(error >= 0, SHARES * error, (SHARES - 1) * error).mean())


def replay(name: str, runs: int, every: int, settings: dict) -> list[dict]:
    first, last = SETS[name]
    opened = open_data(Question(DATA / name, mapping=ROOT / "examples" / f"{name}.toml", as_of=last))
    begin = opened.records.cases["recorded_at"].dt.date().min()
    seen = told(opened, begin, last)
    rows = []
    for step in range(0, (last - first).days - AHEAD + 1, every):
        day = first + timedelta(days=step)
        known = (day - begin).days + 1
        scene = story.look(opened, day)
        began = time.process_time()
        made = forecasts(scene, runs, settings)
        took = time.process_time() - began
        for target, part in TARGETS.items():
            truth = seen[known:][part].sum()
            answers = {
                who: weighted_quantiles(paths[:, part].sum(axis=1).astype(float), weights, SHARES)
                for who, (paths, weights, _) in made.items()
            }
            answers["last week"] = last_week(seen[:known], part)
            rows.extend(
                {
                    "set": name, "as_of": day, "target": target, "who": who, "truth": int(truth),
                    **dict(zip(("q05", "q25", "q50", "q75", "q95"), map(float, q), strict=True)),
                    "wis": pinball(q, truth), "in50": q[1] <= truth <= q[3], "in90": q[0] <= truth <= q[4],
                    "seconds": took, "effective": made["city"][2].diagnostics.effective_before,
                    "power": made["city"][2].diagnostics.tempered,
                }
                for who, q in answers.items()
            )  # fmt: skip
    return rows


def show(rows: pl.DataFrame) -> None:
    figures = rows.group_by("set", "target", "who", maintain_order=True).agg(
        pl.col("as_of").n_unique().alias("dates"),
        pl.col("wis").mean(),
        pl.col("in50").mean(),
        pl.col("in90").mean(),
    )
    print("| set | forecast of | by | dates | WIS | in 50% | in 90% |\n|---|---|---|---|---|---|---|")
    for one, target, who, dates, wis, in50, in90 in figures.iter_rows():
        print(f"| {one} | {target} | {who} | {dates} | {wis:.1f} | {in50:.2f} | {in90:.2f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--every", type=int, default=7)
    parser.add_argument("--each", action="store_true", help="tell every date")
    parser.add_argument("--back", type=int)
    arguments = parser.parse_args()
    if not DATA.is_dir():
        print("skipped: ../shared/data is absent")
        return
    rows = pl.DataFrame(
        [row for name in SETS for row in replay(name, arguments.runs, arguments.every, {"back_days": arguments.back})]
    )
    show(rows)
    if arguments.each:
        with pl.Config(tbl_rows=1000, tbl_cols=20, tbl_width_chars=200):
            print(rows.filter(pl.col("target").str.starts_with("week"), pl.col("who") == "city").drop("seconds"))
    seconds = rows.unique(["set", "as_of"])["seconds"]
    print(f"\n{seconds.median():.1f} CPU s for the forecasts of a day (median; all estimates and rounds)")


if __name__ == "__main__":
    main()
