"""A city's visits, made day by day, for measurements: who was where from when to when, a Parquet file a day.

    python make_visits.py FOLDER --people 1000000 --days 14

About 3.5 visits a person and day: nights at home (over midnight), classes and workplaces of very unequal sizes on
weekdays, buses, shops, restaurants, a few stations. The same people, days and seed give the same files.
"""

import argparse
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

FIRST_DAY = date(2026, 3, 2)  # a Monday
MINUTE, HOUR, DAY = 60, 3600, 86400
Ints = NDArray[np.int32]


class Town:
    """Who lives, learns and works where; places are numbered over all kinds."""

    def __init__(self, people: int, seed: int) -> None:
        rng = np.random.default_rng((seed, 0))
        self.people, self.seed = people, seed
        sizes = rng.choice(np.arange(1, 7), p=[0.28, 0.31, 0.18, 0.15, 0.05, 0.03], size=people).astype(np.int32)
        self.home = np.repeat(np.arange(people, dtype=np.int32), sizes)[:people]
        self.homes = int(self.home[-1]) + 1
        self.pupil = rng.random(people) < 0.18
        self.worker = ~self.pupil & (rng.random(people) < 0.6)
        rooms = max(1, int(self.pupil.sum() / 28))
        jobs = np.minimum(rng.pareto(1.1, size=max(1, people // 12)) * 4 + 2, 400).astype(np.int64)
        near = self.home.astype(np.int64)  # who lives near goes to a class near
        self.daytime = np.full(people, -1, dtype=np.int32)
        self.daytime[self.pupil] = self.homes + (near[self.pupil] * rooms // self.homes).astype(np.int32)
        work_of = np.repeat(np.arange(len(jobs), dtype=np.int32), jobs)
        self.daytime[self.worker] = self.homes + rooms + rng.choice(work_of, size=int(self.worker.sum()))
        self.shops_from = self.homes + rooms + len(jobs)
        self.shops = max(2, people // 700)
        self.meals_from = self.shops_from + self.shops
        self.meals = max(2, people // 500)
        self.buses_from = self.meals_from + self.meals
        self.buses = max(2, people // 450)
        self.stations_from = self.buses_from + self.buses
        self.stations = max(1, people // 100_000)
        self.places = self.stations_from + self.stations

    def local(self, who: Ints, first: int, many: int, rng: np.random.Generator) -> Ints:
        """A place of a kind, mostly near home; the sizes of shops and buses are unequal."""
        near = self.home[who] / self.homes + rng.normal(0, 0.02, len(who))
        anywhere = rng.random(len(who)) ** 2
        where = np.where(rng.random(len(who)) < 0.7, np.mod(near, 1.0), anywhere)
        return (first + np.minimum(where * many, many - 1)).astype(np.int32)


def day_visits(town: Town, number: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Person, place, entered and left (seconds after the day's midnight) of the visits that began on a day."""
    rng = np.random.default_rng((town.seed, 1, number))
    everybody = np.arange(town.people, dtype=np.int32)
    workday = number % 7 < 5
    out: list[tuple[Ints, Ints, Ints, Ints]] = []

    def add(who: Ints, place: Ints, begin: NDArray[np.float64], length: NDArray[np.float64]) -> None:
        start = np.clip(begin, 0, DAY - 1).astype(np.int32)
        out.append((who, place, start, (start + np.maximum(length, 30)).astype(np.int32)))

    busy = (town.daytime >= 0) & (rng.random(town.people) < (0.93 if workday else 0.08))
    home = everybody[~busy & (rng.random(town.people) < 0.6)]
    add(home, town.home[home], rng.normal(12 * HOUR, HOUR, len(home)), rng.normal(4 * HOUR, HOUR, len(home)))
    at = everybody[busy]
    add(at, town.daytime[at], rng.normal(8.3 * HOUR, 0.6 * HOUR, len(at)), rng.normal(7.5 * HOUR, HOUR, len(at)))
    for begin in (7.6, 17.0):
        riders = everybody[rng.random(town.people) < (0.34 if workday else 0.18)]
        bus = town.local(riders, town.buses_from, town.buses, rng)
        add(riders, bus, rng.normal(begin * HOUR, 1.2 * HOUR, len(riders)), rng.exponential(15 * MINUTE, len(riders)))
    through = everybody[rng.random(town.people) < 0.04]
    station = (town.stations_from + rng.integers(0, town.stations, len(through))).astype(np.int32)
    add(through, station, rng.normal(13 * HOUR, 4 * HOUR, len(through)), rng.exponential(8 * MINUTE, len(through)))
    buyers = everybody[rng.random(town.people) < 0.5]
    shop = town.local(buyers, town.shops_from, town.shops, rng)
    add(buyers, shop, rng.normal(15 * HOUR, 3 * HOUR, len(buyers)), rng.exponential(18 * MINUTE, len(buyers)))
    eaters = everybody[rng.random(town.people) < (0.35 if workday else 0.4)]
    meal = town.local(eaters, town.meals_from, town.meals, rng)
    add(eaters, meal, rng.choice([12.2, 18.8], len(eaters)) * HOUR + rng.normal(0, 40 * MINUTE, len(eaters)),
        rng.normal(50 * MINUTE, 15 * MINUTE, len(eaters)))  # fmt: skip
    evening = rng.normal(19.5 * HOUR, 1.3 * HOUR, town.people)
    add(everybody, town.home, evening, DAY + 7.2 * HOUR - evening + rng.normal(0, 0.5 * HOUR, town.people))
    person, place, entered, left = (np.concatenate(column) for column in zip(*out, strict=True))
    return person, place, entered, left


def frames(town: Town, days: int, first_day: date = FIRST_DAY) -> Iterator[tuple[date, pl.DataFrame]]:
    """Each day with its visits, as in the table of visits."""
    people = pl.int_range(town.people, eager=True).cast(pl.String).str.zfill(8)
    places = pl.int_range(town.places, eager=True).cast(pl.String).str.zfill(8)
    person_ids, place_ids = ("p" + people).rechunk(), ("x" + places).rechunk()
    for number in range(days):
        person, place, entered, left = day_visits(town, number)
        day = first_day + timedelta(days=number)
        midnight = np.datetime64(datetime.combine(day, time.min), "us")
        moments = {
            name: pl.Series(midnight + seconds.astype("timedelta64[s]")).cast(pl.Datetime("us"))
            for name, seconds in (("entered_at", entered), ("left_at", left))
        }
        yield (
            day,
            pl.DataFrame({"person_id": person_ids.gather(person), "place_id": place_ids.gather(place), **moments}),
        )


def make_visits(folder: Path, people: int, days: int = 14, seed: int = 1) -> int:
    """Write `folder`/<day>.parquet, each day's visits in no order; gives the number of visits."""
    folder.mkdir(parents=True, exist_ok=True)
    town, total = Town(people, seed), 0
    for day, frame in frames(town, days):
        total += frame.height
        path = folder / f"{day}.parquet"
        if not path.exists():
            frame.write_parquet(path.with_suffix(".tmp"), compression="lz4")
            path.with_suffix(".tmp").rename(path)
    return total


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    print(f"{make_visits(asked.folder, asked.people, asked.days, asked.seed):,} visits in {asked.folder}")
