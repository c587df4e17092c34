"""Real against nominal false-alarm rates of the count detectors on steady series, and the pictures of docs/validation.

python benchmarks/detector_rates.py [--pictures docs/validation/pictures]
"""

import argparse
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.signals.count_signals import DETECTORS

MEANS = (0.1, 0.3, 1.0, 3.0, 10.0, 60.0)
# Nominal chance a step, or null where the method states none.
NOMINAL: dict[str, float | None] = {
    "ears_c1": 0.001,
    "ears_c2": 0.001,
    "ears_c3": 0.025,
    "farrington": 0.005,
    "farrington_flexible": 0.01,
    "bayes": 0.01,
    "shiryaev_roberts": 0.0115,
}
SHAPES = (
    "weekly Poisson",
    "weekly NB, phi 1.5",
    "weekly NB, phi 3",
    "weekly Poisson, season and trend",
    "daily Poisson, 90 d",
)


def steady(shape: str, mean: float, series: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], int]:
    """Counts without outbreaks, shape (series, T), and the days between steps."""
    if shape.startswith("daily"):
        return rng.poisson(mean, (series, 90)), 1
    size = (series, 312)
    if "NB" in shape:
        phi = float(shape.rsplit(" ", 1)[1])
        return rng.negative_binomial(mean / (phi - 1), 1 / phi, size), 7
    level = np.full(size, mean)
    if "season" in shape:
        week = np.arange(312)
        wave = 0.5 * np.cos(2 * np.pi * week / 52 + rng.uniform(0, 2 * np.pi, (series, 1)))
        level = mean * np.exp(wave + 0.0012 * (week - 156))
    return rng.poisson(level), 7


def rates(series: int, seed: int) -> pl.DataFrame:
    """Share of judged steps that alarm, a row a detector, shape and mean; the last 26 steps are judged."""
    rng = np.random.default_rng(seed)
    rows = []
    for shape in SHAPES:
        for mean in MEANS:
            counts, apart = steady(shape, mean, series, rng)
            days = [date(2018, 1, 1) + timedelta(days=apart * at) for at in range(counts.shape[1])]
            frame = pl.DataFrame(
                {
                    "zone": np.repeat([f"{row:04d}" for row in range(series)], len(days)),
                    "date": pl.Series(days * series, dtype=pl.Date),
                    "count": counts.ravel(),
                }
            )
            for name, detector in DETECTORS.items():
                if counts.shape[1] < detector.least:
                    continue
                alarm = detector(frame, last=26).filter(pl.col("date") > days[-27])["alarm"]
                if alarm.null_count() < len(alarm):
                    rows.append((name, shape, mean, alarm.mean(), len(alarm) - alarm.null_count()))
            print(f"{shape}, mean {mean}", flush=True)
    return pl.DataFrame(rows, schema=["detector", "series", "mean", "rate", "steps"], orient="row")


def table(found: pl.DataFrame) -> str:
    """The rates as a table of Markdown."""
    wide = found.with_columns(pl.col("rate").round(4)).pivot("mean", index=["series", "detector"], values="rate")
    lines = ["| series | detector | nominal | " + " | ".join(f"mean {mean:g}" for mean in MEANS) + " |"]
    lines.append("|" + "---|" * (3 + len(MEANS)))
    for row in wide.iter_rows():
        nominal = NOMINAL.get(row[1])
        figures = " | ".join("-" if value is None else f"{value:.4f}" for value in row[2:])
        lines.append(f"| {row[0]} | {row[1]} | {'-' if nominal is None else nominal} | {figures} |")
    return "\n".join(lines)


def picture(found: pl.DataFrame, folder: Path) -> None:
    """Real over nominal rate by mean, a panel a kind of series."""
    import altair as alt

    nominal = pl.DataFrame({"detector": list(NOMINAL), "nominal": list(NOMINAL.values())})
    points = (
        found.join(nominal, on="detector")
        .filter(pl.col("rate") > 0)
        .with_columns(ratio=pl.col("rate") / pl.col("nominal"))
    )
    line = (
        alt.Chart(alt.Data(values=points.to_dicts()))
        .mark_line(point=True)
        .encode(
            x=alt.X("mean:Q", scale=alt.Scale(type="log"), title="mean count a step"),
            y=alt.Y("ratio:Q", scale=alt.Scale(type="log"), title="real / nominal false-alarm rate"),
            color=alt.Color("detector:N", title=None),
            facet=alt.Facet("series:N", columns=3, title=None),
        )
        .properties(width=220, height=180)
    )
    folder.mkdir(parents=True, exist_ok=True)
    line.save(folder / "detectors-rates.svg")


def main() -> None:
    parser = argparse.ArgumentParser(description="Real against nominal false-alarm rates.")
    parser.add_argument("--series", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pictures", type=Path)
    options = parser.parse_args()
    found = rates(options.series, options.seed)
    print(table(found))
    if options.pictures:
        picture(found, options.pictures)


if __name__ == "__main__":
    main()
