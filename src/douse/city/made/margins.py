"""What was asked of a made city, and what it has."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.city.city import City
from douse.city.made.columns import OPEN, age_columns, amounts, home_columns
from douse.city.made.numbers import made_numbers
from douse.kernels.person_word import (
    AGE_AT,
    AGE_BITS,
    AGE_STEP,
    AGES,
    CARE,
    HOME_AT,
    HOME_BITS,
    KIND_AT,
    KIND_BITS,
    LARGEST_HOME,
    SIZE_AT,
    part,
)

Ints = NDArray[np.int64]


def margins(city: City, totals: pl.DataFrame, jobs: Ints | None = None) -> pl.DataFrame:
    """Compare a city with its totals.

    Age columns are compared where their bounds fall on bounds of the city's age bands, else together with the next.
    Residents of care homes live in no household. Zones that do not say are left out.

    Parameters
    ----------
    city : City
        Made from the totals.
    totals : polars.DataFrame
        As `make_city` takes them.
    jobs : numpy.ndarray[int64], shape (Z,), optional
        People who work in each zone (`Made.jobs`); compared where given.

    Returns
    -------
    polars.DataFrame
        Columns zone, margin, wanted, got, difference; in the order of the city.
    """
    rows = pl.DataFrame({"zone_id": pl.Series(city.zone_ids, dtype=pl.String)}).join(
        totals.with_columns(pl.col("zone_id").cast(pl.String)), on="zone_id", how="left", maintain_order="left"
    )
    got, homes = _counts(city)
    parts = [("population", amounts(rows, "population"), got.sum(axis=1))]
    parts += _ages(rows, got)
    names = home_columns(rows.columns)
    for number, name in enumerate(names, 1):
        open_class = number == len(names)
        label = f"households of {number}" + (" and more" if open_class else "")
        parts.append(
            (label, amounts(rows, name), homes[:, number - 1 :].sum(axis=1) if open_class else homes[:, number - 1])
        )
    if "households" in rows.columns:
        parts.append(("households", amounts(rows, "households"), homes.sum(axis=1)))
    if jobs is not None and "jobs" in rows.columns:
        parts.append(("jobs", amounts(rows, "jobs"), jobs))
    frames = [
        pl.DataFrame({"zone": rows["zone_id"], "margin": [label] * len(wanted), "wanted": wanted, "got": has})
        for label, wanted, has in parts
    ]
    return pl.concat(frames).filter(pl.col("wanted") >= 0).with_columns(difference=pl.col("got") - pl.col("wanted"))


def _ages(rows: pl.DataFrame, got: Ints) -> list[tuple[str, Ints, Ints]]:
    names, _, ends = age_columns(rows.columns, int(made_numbers().made.ages.oldest.value))
    parts: list[tuple[str, Ints, Ints]] = []
    wanted = np.zeros(rows.height, np.int64)
    since = 0
    for name, end in zip(names, ends, strict=True):
        cells = amounts(rows, name)
        wanted = np.where((cells < 0) | (wanted < 0), -1, wanted + cells)
        if end != OPEN and ((end + 1) % AGE_STEP or (end + 1) // AGE_STEP >= AGES):
            continue
        last = AGES if end == OPEN else (end + 1) // AGE_STEP
        label = f"age {since * AGE_STEP} and over" if end == OPEN else f"age {since * AGE_STEP} to {end}"
        parts.append((label, wanted, got[:, since:last].sum(axis=1)))
        wanted, since = np.zeros(rows.height, np.int64), last
    return parts


def _counts(city: City) -> tuple[Ints, Ints]:
    """People by zone and age band, and households by zone and size."""
    ages = np.zeros((len(city.zone_ids), AGES), np.int64)
    homes = np.zeros((len(city.zone_ids), LARGEST_HOME), np.int64)
    oldest = min(AGES - 1, int(made_numbers().made.care.from_age.value) // AGE_STEP)
    for zone in range(len(city.zone_ids)):
        word = city.word[int(city.zone_start[zone]) : int(city.zone_start[zone + 1])]
        band = part(word, AGE_AT, AGE_BITS)
        ages[zone] = np.bincount(band, minlength=AGES)
        size = part(word, SIZE_AT, HOME_BITS)
        cared_for = (part(word, KIND_AT, KIND_BITS) == CARE) & (size == 1) & (band >= oldest)
        heads = (part(word, HOME_AT, HOME_BITS) == 0) & ~cared_for
        homes[zone] = np.bincount(size[heads], minlength=LARGEST_HOME + 1)[1:]
    return ages, homes
