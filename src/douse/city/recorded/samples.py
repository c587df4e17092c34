"""The table of tests: of cases and contacts, of people with other illnesses, and of screening rounds in pools."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from douse.city.draws import stream
from douse.city.outbreak.files import NEVER, SampleRound
from douse.city.recorded.casebook import Casebook, sample_hours
from douse.city.recorded.measures import Measures
from douse.units import HOURS_PER_DAY

_LABORATORIES = ("lab-1", "lab-2")
_POOL = 10  # people a tube
_TYPED_AFTER = 0.2  # hours from the sample to its entry
_CT, _CT_SPREAD, _CT_RANGE = 24.0, 4.5, (14.0, 38.0)  # cycles of positive samples


@dataclass(frozen=True)
class _Tubes:
    """Tubes of one round, t of them: whose name is on it, from whom its zone and hours come, how many, the result."""

    person: pl.Series
    lead: np.ndarray
    size: np.ndarray
    positive: np.ndarray


def sample_frame(book: Casebook, measures: Measures) -> pl.DataFrame:
    """All rows of the table, in order of sampling."""
    parts = [_singles(book, samples) for samples in book.course.files.rounds if samples.purpose != "screening"]
    clean = [SampleRound(p, day, "screening", np.zeros(len(p), dtype=bool)) for day, p in measures.clean_rounds]
    screening = [samples for samples in book.course.files.rounds if samples.purpose == "screening"]
    parts += [part for samples in screening + clean for part in _pooled(book, samples)]
    parts += [_singles(book, samples) for samples in _others(book)]
    rows = pl.concat(parts).sort("sampled_at", "person_id", "purpose")
    return rows.unique(["person_id", "sampled_at", "kind", "purpose"], keep="first", maintain_order=True)


def _singles(book: Casebook, samples: SampleRound) -> pl.DataFrame:
    """One row a person."""
    people = samples.people
    names = book.scene.town.person_ids.gather(people)
    rows = _rows(book, samples, _Tubes(names, people, np.ones(len(people), dtype=np.int64), samples.positive))
    random = stream(book.scene.town.seed, "ct", book.luck, samples.day, samples.purpose)
    ct = random.normal(_CT, _CT_SPREAD, len(people)).clip(*_CT_RANGE).round(1)
    return rows.with_columns(ct=pl.when(pl.col("result") == "positive").then(pl.Series(ct, dtype=pl.Float64)))


def _pooled(book: Casebook, samples: SampleRound) -> list[pl.DataFrame]:
    """One row a tube of neighbours, and a single test of each person who is positive."""
    building = book.scene.town.residents.building[samples.people]
    start = np.flatnonzero(np.diff(building, prepend=-1))
    within = np.arange(len(building)) - np.repeat(start, np.diff(np.r_[start, len(building)]))
    first = np.flatnonzero(within % _POOL == 0)
    tube = np.cumsum(within % _POOL == 0) - 1
    zone = book.scene.town.zone_of(samples.people[first])
    names = [f"pool-{samples.day}-{z}-{w // _POOL + 1}" for z, w in zip(zone, within[first].tolist(), strict=True)]
    positive, size = np.bincount(tube, samples.positive, len(first)) > 0, np.bincount(tube, minlength=len(first))
    alone = book.scene.town.person_ids.gather(samples.people[first])
    persons = pl.Series(names, dtype=pl.String).zip_with(pl.Series(size > 1), alone)
    tubes = _Tubes(persons, samples.people[first], size, positive)
    found = samples.people[samples.positive]
    again = SampleRound(found, samples.day, samples.purpose, np.ones(len(found), dtype=bool))
    return [_rows(book, samples, tubes).with_columns(ct=pl.lit(None, dtype=pl.Float64)), _singles(book, again)]


def _others(book: Casebook) -> list[SampleRound]:
    """People with symptoms of something else, some every day: negative."""
    scene = book.scene
    a_day = max(1, round(len(scene.town) * scene.town.numbers.reporting.negatives_per_day.value / 1000))
    well = np.flatnonzero(book.course.infected_on == NEVER)
    random = stream(scene.town.seed, "others", book.luck)
    chosen = [np.sort(random.choice(well, min(a_day, len(well)), replace=False)) for _ in range(scene.days)]
    return [SampleRound(p, day, "diagnosis", np.zeros(len(p), dtype=bool)) for day, p in enumerate(chosen)]


def _rows(book: Casebook, samples: SampleRound, tubes: _Tubes) -> pl.DataFrame:
    at_sample, at_result = sample_hours(book.scene, book.luck)
    sampled = samples.day * HOURS_PER_DAY + at_sample[tubes.lead]
    result = (samples.day + 1) * HOURS_PER_DAY + at_result[tubes.lead]
    outcome = np.where(tubes.positive, "positive", "negative")
    count = len(tubes.lead)
    return pl.DataFrame(
        {
            "person_id": tubes.person,
            "zone": book.scene.town.zone_of(tubes.lead),
            "kind": pl.Series(["pcr"] * count, dtype=pl.String),
            "purpose": pl.Series([samples.purpose] * count, dtype=pl.String),
            "sampled_at": book.moments(sampled),
            "result_at": book.moments(result),
            "result": pl.Series(np.where(result < book.end, outcome, "pending"), dtype=pl.String),
            "pool_size": tubes.size.astype(np.int64),
            "laboratory": pl.Series(_LABORATORIES, dtype=pl.String).gather(np.arange(count) % len(_LABORATORIES)),
            "recorded_at": book.moments(sampled + _TYPED_AFTER),
        }
    )
