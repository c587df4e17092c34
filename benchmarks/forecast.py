"""Replay of the short forecast on past outbreaks, beside two baselines that anybody could make.

    python benchmarks/forecast.py [--pictures docs/validation/pictures]

Each set is walked through: as of a day, only what was reported by then, one and two weeks ahead. The baselines keep the
level of the last week, or its trend damped by a tenth a day; both scatter by a negative binomial whose dispersion is
fitted to their own past errors at the same distance, and both know the days of the week. WIS: mean of the pinball
losses at the median and the ends of the 50, 80 and 95% intervals, times 2. The sets are those of ../shared/data; they
are skipped aloud where absent. The second group was not looked at when the constants of the method were chosen.
"""

import argparse
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from scipy.special import gammaln
from scipy.stats import nbinom

from douse.kernels.forecast import weekday_factors
from douse.situation.forecast import forecast

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
LEVELS = (0.5, 0.8, 0.95)
ENDS = sorted([0.5, *(0.5 - level / 2 for level in LEVELS), *(0.5 + level / 2 for level in LEVELS)])
COLUMNS = ["lower_95", "lower_80", "lower_50", "median", "upper_50", "upper_80", "upper_95"]
DISPERSIONS = np.array([0.5, 1, 2, 4, 8, 20, 80, 400])
SEEN = ("Seoul", "Daegu", "Busan", "Gyeonggi-do", "Gyeongsangbuk-do", "Chungcheongnam-do")
UNSEEN = ("Daejeon", "Gangwon-do", "Gyeongsangnam-do", "Incheon", "Ulsan", "Chungcheongbuk-do")


class Outbreak(NamedTuple):
    """A series to walk through."""

    name: str
    counts: pl.DataFrame  # date, count
    si: tuple[float, float]
    weekly: bool
    seen: bool


def outbreaks() -> Iterator[Outbreak]:
    covid, influenza = (5.8, 3.2), (2.8, 1.5)
    korea = pl.read_csv(DATA / "korea-2020" / "province_daily.csv", try_parse_dates=True).sort("province", "date")
    new = pl.col("confirmed").diff().over("province").fill_null(pl.col("confirmed")).clip(0)
    korea = korea.with_columns(count=new)
    yield Outbreak("Korea 2020", summed(korea, "date"), covid, weekly=False, seen=True)
    for province in (*SEEN, *UNSEEN):
        yield Outbreak(
            province, summed(korea.filter(province=province), "date"), covid, weekly=False, seen=province in SEEN
        )
    yield from days_of("UK Covid deaths", "incidence/epiestim_covid_deaths_2020_uk.csv", "Date", "Incidence", covid)
    yield from days_of("Influenza, school 2009", "incidence/epiestim_Flu2009_incidence.csv", "dates", "I", (2.6, 1.5))
    yield from days_of("Measles 1861", "incidence/epiestim_Measles1861_incidence.csv", "t", "I", (14.9, 3.9))
    yield from days_of("Smallpox 1972", "incidence/epiestim_Smallpox1972_incidence.csv", "t", "I", (22.4, 6.1))
    mers = "incidence/epiestim_mers_2014_15_incidence.csv"
    yield from days_of("MERS, Saudi Arabia 2014-15", mers, "date", "local+imported", (6.8, 4.1))
    ebola = read("linelists/ebola_sierraleone_2014.csv").drop_nulls("date_of_sample")
    yield Outbreak("Ebola, Sierra Leone", summed(ebola, "date_of_sample"), (15.3, 9.3), weekly=False, seen=True)
    hus = read("nowcast/surv_husO104Hosp.csv").drop_nulls("dReport")
    yield Outbreak("HUS O104, Germany 2011", summed(hus, "dReport"), (5.0, 3.0), weekly=False, seen=True)
    korean_mers = read("mers-korea-2015/linelist.csv").drop_nulls("dt_report")
    yield Outbreak("MERS, Korea 2015", summed(korean_mers, "dt_report"), (12.4, 2.8), weekly=False, seen=False)
    meningococcus = read("series/influMen.csv")
    for unit, rows in meningococcus.group_by("unit", maintain_order=True):
        si = influenza if "influenza" in str(unit[0]) else (7.0, 4.0)
        seen = "influenza" in str(unit[0])
        yield Outbreak(f"{str(unit[0]).title()}, Germany", summed(rows, "date"), si, weekly=True, seen=seen)
    south = read("series/fluBYBW.csv")
    yield Outbreak("Influenza, south Germany", summed(south, "date"), influenza, weekly=True, seen=True)
    largest = south.group_by("unit").agg(pl.col("count").sum()).sort("count", "unit").tail(3)["unit"]
    for unit in largest:
        rows = south.filter(unit=unit)
        yield Outbreak(f"Influenza, district {unit}", summed(rows, "date"), influenza, weekly=True, seen=False)
    for name, si, seen in (
        ("salmNewport", (7.0, 4.0), True),
        ("measlesWeserEms", (11.7, 2.0), True),
        ("salmonella_agona", (7.0, 4.0), False),
        ("shadar", (7.0, 4.0), False),
    ):
        yield Outbreak(name, summed(read(f"series/{name}.csv"), "date"), si, weekly=True, seen=seen)
    dengue = read("nowcast/nobbs_denguedat_PR.csv")
    yield Outbreak("Dengue, Puerto Rico", summed(dengue, "report_week"), (14.0, 6.0), weekly=True, seen=True)


def read(path: str) -> pl.DataFrame:
    return pl.read_csv(DATA / path, try_parse_dates=True, null_values=["NA", ""])


def days_of(name: str, path: str, day: str, count: str, si: tuple[float, float]) -> Iterator[Outbreak]:
    rows = read(path)
    if not rows.schema[day].is_temporal():
        rows = rows.with_columns((pl.lit(date(2000, 1, 1)) + pl.duration(days=pl.col(day))).cast(pl.Date).alias(day))
    rows = rows.with_columns(count=pl.sum_horizontal(count.split("+")))
    yield Outbreak(name, summed(rows, day), si, weekly=False, seen=True)


def summed(rows: pl.DataFrame, day: str) -> pl.DataFrame:
    """Counts of a day or week, those without cases as 0."""
    count = pl.col("count").sum() if "count" in rows.columns else pl.len()
    counts = rows.group_by(date=pl.col(day)).agg(count=count.cast(pl.Float64)).sort("date")
    weekly = (counts["date"].diff().dt.total_days().drop_nulls() % 7).sum() == 0
    first, last = counts["date"][0], counts["date"][-1]
    full = pl.DataFrame({"date": pl.date_range(first, last, "1w" if weekly else "1d", eager=True)})
    return full.join(counts, on="date", how="left").fill_null(0)


def origins(outbreak: Outbreak) -> range:
    """Steps known at each as-of day."""
    steps = outbreak.counts.height
    first = int(np.flatnonzero(outbreak.counts["count"].to_numpy())[0])
    if outbreak.weekly:
        return range(max(first + 8, 20), steps - 1, 4 if steps < 450 else 12)
    return range(first + 14, steps - 1, 3 if steps < 150 else 5 if steps < 300 else 11)


def pinball(quantiles: np.ndarray, seen: np.ndarray) -> np.ndarray:
    error = seen[:, None] - quantiles
    return 2 * np.where(error >= 0, np.array(ENDS) * error, (np.array(ENDS) - 1) * error).mean(axis=1)


def baseline(counts: np.ndarray, weekday: np.ndarray, ahead: int, *, weekly: bool, damped: bool) -> np.ndarray:
    """Quantiles of the steps ahead, shape (ahead, 7); `weekday` covers them too."""
    known, week, keeps = len(counts), 2 if weekly else 7, 0.5 if weekly else 0.9
    factor = (np.ones(7) if weekly else weekday_factors(counts[-56:], weekday[:known][-56:], 10.0))[weekday]
    even = counts / factor[:known]

    def point(at: int, distance: int) -> float:
        level = max(even[max(0, at - week) : at].mean(), 0.05)
        if not damped or at <= week:
            return level * factor[at + distance - 1]
        before = even[max(0, at - 2 * week) : at - week].mean()
        trend = np.log((level + 0.5) / (before + 0.5)) / week
        return level * np.exp(trend * sum(keeps**i for i in range(1, distance + 1))) * factor[at + distance - 1]

    found = np.zeros((ahead, len(ENDS)))
    for distance in range(1, ahead + 1):
        past = range(max(week, known - 56), known - distance + 1)
        mean, seen = np.array([point(at, distance) for at in past]), counts[[at + distance - 1 for at in past]]
        k = DISPERSIONS[:, None]
        fit = gammaln(seen + k) - gammaln(k) + k * np.log(k / (k + mean)) + seen * np.log(mean / (k + mean))
        best = DISPERSIONS[(fit.sum(axis=1) - 0.1 * np.log(DISPERSIONS / 4) ** 2).argmax()]
        now = point(known, distance)
        found[distance - 1] = nbinom.ppf(ENDS, best, best / (best + now))
    return found


def replay(outbreak: Outbreak) -> pl.DataFrame:
    """One row an as-of day and step ahead: what was seen, our quantiles, our score and the baselines'."""
    counts, dates = outbreak.counts["count"].to_numpy(), outbreak.counts["date"]
    step = 7 if outbreak.weekly else 1
    weekday = np.array([day.weekday() for day in dates])
    parts = []
    for known in origins(outbreak):
        ahead = min(14 // step, len(counts) - known)
        as_of = dates[known - 1]
        ours = forecast(outbreak.counts, as_of=as_of, si=outbreak.si, horizon=14, seed=known).head(ahead)
        seen = counts[known : known + ahead]
        scores = {"ours": pinball(ours.select(COLUMNS).to_numpy(), seen)}
        for name, damped in (("level", False), ("trend", True)):
            quantiles = baseline(counts[:known], weekday[: known + ahead], ahead, weekly=outbreak.weekly, damped=damped)
            scores[name] = pinball(quantiles, seen)
            inside = (quantiles[:, 0] <= seen) & (seen <= quantiles[:, -1])
            scores[f"{name}_95"] = inside.astype(float)
        parts.append(
            ours.with_columns(pl.lit(as_of).alias("as_of"), pl.Series("seen", seen)).with_columns(
                **{name: pl.Series(values) for name, values in scores.items()}
            )
        )
    return pl.concat(parts).with_columns(set=pl.lit(outbreak.name), new=pl.lit(not outbreak.seen))


def figures(rows: pl.DataFrame) -> pl.DataFrame:
    """One row a set: WIS relative to each baseline, and coverage, one and two weeks ahead."""
    both = pl.col("horizon").is_in([7, 14])
    inside = {share: pl.col("seen").is_between(f"lower_{share}", f"upper_{share}") for share in (50, 95)}
    return rows.group_by("new", "set", maintain_order=True).agg(
        pl.col("as_of").n_unique().alias("dates"),
        *(
            (
                pl.col("ours").filter(pl.col("horizon") == day).mean()
                / pl.col(name).filter(pl.col("horizon") == day).mean()
            ).alias(f"{name} {day}")
            for name in ("level", "trend")
            for day in (7, 14)
        ),
        *(
            inside[share].filter(pl.col("horizon") == day).mean().alias(f"in {share}% {day}")
            for day in (7, 14)
            for share in (50, 95)
        ),
        pl.col("level_95").filter(both).mean().alias("level in 95%"),
    )


def mean_row(table: pl.DataFrame) -> list[str]:
    """Geometric means of ratios, arithmetic means of shares."""
    ratios = [f"{float(np.exp(np.log(table[name].to_numpy()).mean())):.2f}" for name in table.columns[3:7]]
    return [*ratios, *(f"{table[name].mean():.2f}" for name in table.columns[7:])]


def show(table: pl.DataFrame) -> None:
    heads = table.columns[1:]
    print("| " + " | ".join(heads) + " |\n|" + "---|" * len(heads))
    for new, name in ((False, "all of the first group"), (True, "all of the second group")):
        part = table.filter(new=new)
        for row in part.iter_rows():
            print("| " + " | ".join(str(v) if isinstance(v, (str, int)) else f"{v:.2f}" for v in row[1:]) + " |")
        print("| **" + name + "** | " + str(part["dates"].sum()) + " | " + " | ".join(mean_row(part)) + " |")


def picture(rows: pl.DataFrame, name: str, path: Path) -> None:
    """Two weeks ahead (one in fourteen days of forecasts drawn): median, 50 and 95% interval, and what came."""
    import altair as alt

    part = rows.filter(pl.col("set") == name, pl.col("horizon").is_between(1, 14))
    kept = part["as_of"].unique().sort().gather_every(5 if part["as_of"].n_unique() > 12 else 2)
    shown = part.filter(pl.col("as_of").is_in(kept.implode())).with_columns(
        run=pl.col("as_of").cast(pl.String), date=pl.col("date").cast(pl.Datetime)
    )
    base = alt.Chart(alt.Data(values=shown.with_columns(pl.col("date", "as_of").cast(pl.String)).to_dicts())).encode(
        x=alt.X("date:T", title=None)
    )
    most = float(shown["seen"].max() or 1) * 1.8
    scale = alt.Scale(domain=[0, most], clamp=True)
    wide = base.mark_area(opacity=0.25, color="#2b6cb0").encode(
        y=alt.Y("lower_95:Q", scale=scale, title="cases a day"), y2="upper_95:Q", detail="run:N"
    )
    narrow = base.mark_area(opacity=0.45, color="#2b6cb0").encode(
        y=alt.Y("lower_50:Q", scale=scale), y2="upper_50:Q", detail="run:N"
    )
    line = base.mark_line(color="#1a365d").encode(y=alt.Y("median:Q", scale=scale), detail="run:N")
    dots = base.mark_point(filled=True, color="black", size=18).encode(y=alt.Y("seen:Q", scale=scale))
    chart = (wide + narrow + line + dots).properties(width=720, height=220, title=f"{name}: forecasts and what came")
    chart.save(str(path))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=Path)
    arguments = parser.parse_args()
    if not DATA.is_dir():
        print("skipped: ../shared/data is absent")
        return
    begun = time.process_time()
    rows = pl.concat([replay(outbreak) for outbreak in outbreaks()])
    show(figures(rows))
    print(f"\n{time.process_time() - begun:.0f} CPU s for all, baselines among them")
    one = next(iter(outbreaks()))
    begun = time.process_time()
    forecast(one.counts, as_of=one.counts["date"][60], si=one.si)
    print(f"one forecast, 14 days, 1,000 paths: {time.process_time() - begun:.3f} CPU s (target 0.5)")
    if arguments.pictures:
        arguments.pictures.mkdir(parents=True, exist_ok=True)
        for name, file in (("Korea 2020", "forecast-korea.svg"), ("Ebola, Sierra Leone", "forecast-ebola.svg")):
            picture(rows, name, arguments.pictures / file)


if __name__ == "__main__":
    main()
