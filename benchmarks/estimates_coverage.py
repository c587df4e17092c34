"""Whether intervals and probabilities hold what they say, on simulated outbreaks with known truth.

    python benchmarks/estimates_coverage.py [--runs 1000]

Prints the tables of docs/validation/estimation.md and draws its pictures.
"""

import argparse
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import altair as alt
import numpy as np
import polars as pl
import vl_convert
from numpy.typing import NDArray

from douse.situation.cori import cori, mixed_cori
from douse.situation.delay_fit import delays
from douse.situation.end_of_outbreak import end_of_outbreak
from douse.situation.reproduction_nowcast import draws_frame, growth_nowcast
from douse.situation.serial_interval import UncertainSerialInterval, Weights, serial_interval_weights, weights_of
from douse.situation.wallinga_teunis import wallinga_teunis

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "validation" / "pictures"
LEVELS = (0.5, 0.8, 0.95)
SI = (5.0, 2.5)
START = date(2024, 1, 1)
Floats = NDArray[np.float64]
Row = tuple[str, float, float, int]


def renewal_series(  # noqa: PLR0913, PLR0917  what a simulation needs
    rng: np.random.Generator, runs: int, days: int, seeds: float, r: Floats, si: Floats
) -> Floats:
    """Poisson counts of the renewal equation; r and si one a run, or one for all."""
    counts = np.zeros((runs, days))
    counts[:, 0] = seeds
    weights = np.atleast_2d(si)
    for day in range(1, days):
        lags = min(day, weights.shape[1] - 1)
        force = (weights[:, 1 : lags + 1] * counts[:, day - lags : day][:, ::-1]).sum(axis=1)
        counts[:, day] = rng.poisson(r * force)
    return counts


def held(lower: Floats, upper: Floats, truth: Floats | float) -> tuple[float, int]:
    """Share of the intervals that hold the truth, and of how many."""
    there = ~np.isnan(lower)
    inside = (lower <= truth) & (truth <= upper)
    return float(inside[there].mean()), int(there.sum())


def r_rows(rng: np.random.Generator, runs: int) -> Iterator[Row]:
    si = serial_interval_weights(*SI, 40)
    for what, seeds, r in (("R (Cori), many cases, R 1.3", 100, 1.3), ("R (Cori), few cases, R 0.9", 8, 0.9)):
        counts = renewal_series(rng, runs, 30, seeds, np.full(runs, r), si)
        found = cori(counts[counts[:, 20:].sum(axis=1) > 0], si=si)
        for level in LEVELS:
            low, high = (found.quantile(p)[:, -1] for p in ((1 - level) / 2, (1 + level) / 2))
            yield what, level, *held(low, high, r)
    yield from uncertain_rows(rng, runs)
    yield from nowcast_rows(rng, runs)


def uncertain_rows(rng: np.random.Generator, runs: int) -> Iterator[Row]:
    """Each run has a serial interval of its own, from what is believed about it."""
    unsure = UncertainSerialInterval(*SI, mean_sd=0.7, sd_sd=0.3, draws=100)
    means, sds = rng.normal(5, 0.7, 3 * runs), rng.normal(2.5, 0.3, 3 * runs)
    inside = (abs(means - 5) < 1.96 * 0.7) & (abs(sds - 2.5) < 1.96 * 0.3)
    own = np.array([serial_interval_weights(m, s, 60) for m, s in zip(means[inside], sds[inside], strict=True)][:runs])
    counts = renewal_series(rng, len(own), 30, 100, np.full(len(own), 1.5), own)
    certain = cori(counts, si=serial_interval_weights(*SI, 60))
    weights = weights_of(unsure, None, 30)
    mixed = [mixed_cori(row[None], np.zeros((1, 30)), weights) for row in counts]
    for level in LEVELS:
        low, high = (np.array([part.quantile(p)[-1] for part in mixed]) for p in ((1 - level) / 2, (1 + level) / 2))
        yield "R (Cori), serial interval uncertain", level, *held(low, high, 1.5)
        low, high = (certain.quantile(p)[:, -1] for p in ((1 - level) / 2, (1 + level) / 2))
        yield "the same, taken as certain", level, *held(low, high, 1.5)


def nowcast_rows(rng: np.random.Generator, runs: int) -> Iterator[Row]:
    """Days of which only a share has been reported; draws of the rest given that share (flat prior on the level)."""
    si = serial_interval_weights(*SI, 40)
    weights = Weights(si[None], np.array([SI[0]]))
    shares = np.array([0.95, 0.9, 0.8, 0.65, 0.5, 0.3, 0.15])
    counts = renewal_series(rng, runs, 40, 40, np.full(runs, 1.1), si)
    known = counts.copy()
    known[:, -7:] = rng.binomial(counts[:, -7:].astype(int), shares)
    mixed, growths = [], []
    for row in known:
        draws = np.tile(row, (300, 1))
        draws[:, -7:] += rng.negative_binomial(row[-7:] + 0.5, shares, (300, 7))
        mixed.append(mixed_cori(draws, np.zeros_like(draws), weights))
        growths.append(growth_nowcast(draws_frame(draws, [START + timedelta(days=n) for n in range(40)])).per_day)
    naive = cori(known, si=si)
    for level in LEVELS:
        low, high = (np.array([part.quantile(p)[-1] for part in mixed]) for p in ((1 - level) / 2, (1 + level) / 2))
        yield "R from the draws of a nowcast", level, *held(low, high, 1.1)
        low, high = (naive.quantile(p)[:, -1] for p in ((1 - level) / 2, (1 + level) / 2))
        yield "R from the counts reported so far", level, *held(low, high, 1.1)
    rate = growth_rate(1.1, si)
    low, high = (np.array([getattr(growth, name) for growth in growths]) for name in ("lower", "upper"))
    yield "growth a day from the draws of a nowcast", 0.95, *held(low, high, rate)


def growth_rate(r: float, si: Floats) -> float:
    """Growth a day at which r sum w(t) exp(-rate t) = 1."""
    low, high = -1.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if r * si @ np.exp(-middle * np.arange(len(si))) > 1 else (low, middle)
    return low


def cohort_rows(rng: np.random.Generator, runs: int) -> Iterator[Row]:
    """Every infection with its infector: the truth is how many the cases of a window infected."""
    si = serial_interval_weights(*SI, 40)
    si /= si.sum()
    days, all_days = 40, 80
    counts, infected = np.zeros((runs, all_days), dtype=int), np.zeros((runs, all_days))
    counts[:, 0] = 15
    for day in range(all_days - 1):
        new = rng.poisson(1.15 * counts[:, day])
        infected[:, day] = new
        for run in range(runs):
            onsets = day + rng.choice(len(si), new[run], p=si)
            np.add.at(counts[run], onsets[onsets < all_days], 1)
    for what, seen_until, last in (("cohort R, all seen", all_days, 30), ("cohort R, corrected, half seen", days, 36)):
        cut = counts[:, :seen_until]
        size = counts[:, last - 6 : last + 1].sum(axis=1)
        there = size > 0
        truth = infected[there, last - 6 : last + 1].sum(axis=1) / size[there]
        for level in LEVELS:
            found = wallinga_teunis(cut[there], si=si, level=level, correct_truncation=seen_until == days)
            yield what, level, *held(found.lower[:, last - 6], found.upper[:, last - 6], truth)


TRUE_DELAYS = {
    "lognormal": (lambda rng, n: rng.lognormal(1.5, 0.6, n), np.exp(1.5 + 0.18), np.exp(1.5 + 0.6 * 1.6448536)),
    "gamma": (lambda rng, n: rng.gamma(2.5, 2.0, n), 5.0, 11.070498),
    "weibull": (lambda rng, n: 6 * rng.weibull(1.5, n), 6 * 0.9027453, 6 * 2.9957323 ** (1 / 1.5)),
}


def delay_rows(rng: np.random.Generator, runs: int) -> Iterator[Row]:
    for family, (draw, mean, p95) in TRUE_DELAYS.items():
        for what, n, limit in (("n 50", 50, np.inf), ("n 300", 300, np.inf), ("n 300, truncated at 12", 300, 12.0)):
            bounds: dict[str, list[tuple[float, float]]] = {"mean": [], "p95": []}
            for _ in range(runs):
                moments = rng.uniform(0, 1, 3 * n) + draw(rng, 3 * n)
                left = np.floor(moments[moments < limit])[:n]
                found = delays(
                    pl.DataFrame({"left": left, "right": left + 1, "pwindow": 1.0, "D": limit}), family=family
                )
                rows = {
                    name: (low, high) for name, low, high in found.select("parameter", "lower", "upper").iter_rows()
                }
                for name, kept in bounds.items():
                    kept.append(tuple(np.nan if b is None else b for b in rows[name]))
            for name, truth in (("mean", mean), ("p95", p95)):
                low, high = np.array(bounds[name]).T
                yield f"delay, {family}, {what}: {name}", 0.95, *held(low, high, truth)


def one_outbreak(  # noqa: PLR0913, PLR0917  what a simulation needs
    rng: np.random.Generator, si: Floats, delay: Floats, r: float, k: float, share: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """Day of onset and day of report (-1: never) of each case; None beyond 500 cases."""
    onset, known, waiting = [0], [0], [0]
    while waiting:
        case = waiting.pop()
        mean = r if np.isinf(k) else rng.gamma(k, r / k)
        for day in case + rng.choice(len(si), rng.poisson(mean), p=si):
            onset.append(int(day))
            waiting.append(int(day))
            known.append(int(day + rng.choice(len(delay), p=delay)) if rng.random() < share else -1)
        if len(onset) > 500:
            return None
    return np.array(onset), np.array(known)


def end_rows(rng: np.random.Generator, runs: int) -> Iterator[tuple[str, str, float, float, int]]:
    """Setting, method, and by band of the probability: what was said, what came true, how often."""
    si = serial_interval_weights(*SI, 40)
    si /= si.sum()
    late = np.array([0.1, 0.2, 0.3, 0.2, 0.1, 0.1])
    settings = (
        ("R 0.9, Poisson", 0.9, np.inf, np.array([1.0]), 1.0, "conditional"),
        ("R 0.9, k 0.3", 0.9, 0.3, np.array([1.0]), 1.0, "conditional"),
        ("R 0.9, k 0.3, formula of 2016", 0.9, 0.3, np.array([1.0]), 1.0, "nishiura"),
        ("R 0.9, k 0.3, reported late", 0.9, 0.3, late, 1.0, "conditional"),
        ("R 0.9, k 0.3, reported late, 40% of cases", 0.9, 0.3, late, 0.4, "conditional"),
    )
    for what, r, k, delay, share, method in settings:
        said, over = [], []
        for _ in range(runs):
            outbreak, today = one_outbreak(rng, si, delay, r, k, share), int(rng.integers(0, 60))
            if outbreak is None:
                continue
            onset, known = outbreak
            counts = np.bincount(onset[(known >= 0) & (known <= today)])
            dates = [START + timedelta(days=n) for n in range(len(counts))]
            found = end_of_outbreak(
                pl.DataFrame({"date": dates, "count": counts}),
                as_of=START + timedelta(days=today),
                si=si,
                r=r,
                k=None if np.isinf(k) else k,
                reporting_delay=delay.tolist(),
                ascertained=share,
                method=method,
            )
            said.append(found.probability)
            over.append(not ((onset > today).any() or (known > today).any()))
        yield from bands(what, np.array(said), np.array(over))


def bands(what: str, said: Floats, over: NDArray[np.bool_]) -> Iterator[tuple[str, str, float, float, int]]:
    for low, high in ((0, 0.25), (0.25, 0.5), (0.5, 0.75), (0.75, 0.9), (0.9, 0.97), (0.97, 1.001)):
        there = (said >= low) & (said < high)
        if there.sum() >= 20:
            yield (
                what,
                f"{low:g} to {min(high, 1):g}",
                float(said[there].mean()),
                float(over[there].mean()),
                int(there.sum()),
            )


def save(chart: alt.Chart, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    (PICTURES / f"estimation-{name}.svg").write_text(vl_convert.vegalite_to_svg(chart.to_dict()), encoding="utf-8")


def draw_coverage(table: pl.DataFrame) -> None:
    shown = table.with_columns(
        low=pl.col("held") - 1.96 * (pl.col("held") * (1 - pl.col("held")) / pl.col("of")).sqrt(),
        high=pl.col("held") + 1.96 * (pl.col("held") * (1 - pl.col("held")) / pl.col("of")).sqrt(),
    )
    data = alt.Data(values=shown.to_dicts())
    y = alt.Y("what:N", sort=None, title=None, axis=alt.Axis(labelLimit=320))
    points = (
        alt.Chart(data)
        .mark_point(filled=True, size=45)
        .encode(
            x=alt.X("held:Q", title="share of intervals that hold the truth", scale=alt.Scale(domain=[0, 1])),
            y=y,
            color=alt.Color("level:O", title="nominal", scale=alt.Scale(range=["#e39a2d", "#2f78a5", "#8a1c4a"])),
        )
    )
    bars = alt.Chart(data).mark_rule().encode(x="low:Q", x2="high:Q", y=y, color="level:O")
    rules = alt.Chart(alt.Data(values=[{"x": level} for level in LEVELS])).mark_rule(strokeDash=[3, 3]).encode(x="x:Q")
    save((rules + bars + points).properties(width=420), "coverage")


def draw_end(table: pl.DataFrame) -> None:
    shown = table.with_columns(half=1.96 * (pl.col("said") * (1 - pl.col("said")) / pl.col("of")).sqrt()).with_columns(
        low=pl.col("true") - pl.col("half"), high=pl.col("true") + pl.col("half")
    )
    data = alt.Data(values=shown.to_dicts())
    x = alt.X("said:Q", title="probability given", scale=alt.Scale(domain=[0, 1]))
    points = (
        alt.Chart(data)
        .mark_point(filled=True, size=50)
        .encode(
            x=x,
            y=alt.Y("true:Q", title="share that was over"),
            color=alt.Color("what:N", title=None, legend=alt.Legend(labelLimit=300)),
        )
    )
    bars = alt.Chart(data).mark_rule(clip=True).encode(x=x, y="low:Q", y2="high:Q", color="what:N")
    same = (
        alt.Chart(alt.Data(values=[{"a": 0}, {"a": 1}]))
        .mark_line(strokeDash=[3, 3], color="#52606d")
        .encode(x="a:Q", y="a:Q")
    )
    save((same + bars + points).properties(width=360, height=360), "end")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--runs", type=int, default=1000)
    runs = asked.parse_args().runs
    rng = np.random.default_rng(2024)
    rows = [*r_rows(rng, runs), *cohort_rows(rng, runs), *delay_rows(rng, runs)]
    table = pl.DataFrame(rows, schema=["what", "level", "held", "of"], orient="row")
    print("| interval of | nominal | held | of |\n|---|---|---|---|")
    for what, level, share, of in rows:
        print(f"| {what} | {level:g} | {share:.3f} | {of:,} |")
    draw_coverage(table)
    ends = list(end_rows(rng, runs))
    print("\n| setting | probability given | mean | was over | of |\n|---|---|---|---|---|")
    for what, band, said, true, of in ends:
        print(f"| {what} | {band} | {said:.3f} | {true:.3f} | {of:,} |")
    draw_end(pl.DataFrame(ends, schema=["what", "band", "said", "true", "of"], orient="row"))


if __name__ == "__main__":
    main()
