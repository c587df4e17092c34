"""What happened in one run, as tables: day by day, by zone, by age and state."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from douse.kernels import epidemic_columns as columns
from douse.kernels.person_word import AGE_STEP, AGES
from douse.simulation.outbreak import Outbreak
from douse.simulation.outcome import outcome_of
from douse.simulation.scenario import HISTORY


def daily_table(run: Outbreak, first: date) -> pl.DataFrame:
    """All daily counts (`outcome.DAILY`), one row a day: tests, cases, beds, people apart and under levels, more."""
    frame = outcome_of(run).frame()
    return frame.select(pl.lit(first).dt.offset_by(pl.format("{}d", "day")).alias("date"), pl.exclude("day"))


def zone_table(run: Outbreak, first: date) -> pl.DataFrame:
    """Infections and cases by day and zone of residence; days and zones without any are left out.

    Who was infected before coming to the city is not among the infections. Where the zones of the city are too many to
    be counted one by one, neighbours are counted together, under the first.
    """
    counts = run.by_zone.sum(axis=0, dtype=np.int64)[:, HISTORY : run.day]
    day, row = np.nonzero(counts.sum(axis=0))
    report = run.scenario.report
    names = pl.Series(run.scenario.city.zone_ids, dtype=pl.String).gather(np.unique(report, return_index=True)[1])
    return pl.DataFrame(
        {
            "date": [first + timedelta(days=int(at)) for at in day],
            "zone": names.gather(row),
            "infections": counts[0, day, row],
            "cases": counts[1, day, row],
        },
        schema_overrides={"date": pl.Date},
    )


def age_table(run: Outbreak, first: date) -> pl.DataFrame:
    """Infections, onsets, admissions to hospital and intensive care, deaths, by day and age; empty rows left out."""
    counts = run.by_age.sum(axis=0, dtype=np.int64)[:, HISTORY : run.day]
    day, age = np.nonzero(counts.sum(axis=0))
    labels = [f"{band * AGE_STEP}-{band * AGE_STEP + AGE_STEP - 1}" for band in range(AGES - 1)]
    labels.append(f"{(AGES - 1) * AGE_STEP}+")
    return pl.DataFrame(
        {
            "date": [first + timedelta(days=int(at)) for at in day],
            "age": [labels[band] for band in age],
            **{name: counts[at, day, age] for at, name in enumerate(columns.COUNTED)},
        },
        schema_overrides={"date": pl.Date, "age": pl.String},
    )
