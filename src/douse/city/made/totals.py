"""Zone totals as arrays, in the order of the city; what cannot be a city is refused with a sentence."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.city.ground import KM_PER_DEGREE
from douse.city.made.columns import OPEN, age_columns, amounts, home_columns
from douse.city.made.curve import along_curve, on_curve
from douse.city.made.numbers import MadeNumbers
from douse.city.made.shares import whole
from douse.errors import DataError
from douse.kernels.person_word import MOST_ZONES

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
TREE = ("zone_id", "name", "kind", "parent_zone", "population", "households", "latitude", "longitude", "boundary")


@dataclass(frozen=True)
class Totals:
    """Totals of Z zones of residence, neighbours near each other.

    Attributes
    ----------
    zones : polars.DataFrame
        All rows, with the zones above; columns of the table of zones.
    ids : tuple[str, ...]
        Zones of residence, in order; length Z.
    population : numpy.ndarray[int64], shape (Z,)
        Residents.
    age_from, age_to : tuple[int, ...]
        Years of the B age columns, inclusive; the last is open (`OPEN`).
    ages : numpy.ndarray[int64], shape (Z, B)
        Residents by age, -1 in zones that do not say.
    homes : numpy.ndarray[int64], shape (Z, K)
        Households of 1, 2, … people, the last class open; -1 in zones that do not say.
    households : numpy.ndarray[int64], shape (Z,)
        Households, -1 in zones that do not say.
    jobs : numpy.ndarray[int64], shape (Z,)
        Jobs located in each zone; -1 where no zone says.
    km : numpy.ndarray[float64], shape (Z, 2)
        Centroids, km east and north; along a curve where there are no coordinates.
    """

    zones: pl.DataFrame
    ids: tuple[str, ...]
    population: Ints
    age_from: tuple[int, ...]
    age_to: tuple[int, ...]
    ages: Ints
    homes: Ints
    households: Ints
    jobs: Ints
    km: Floats

    def __len__(self) -> int:
        return len(self.ids)


def read_totals(frame: pl.DataFrame, numbers: MadeNumbers) -> Totals:
    """Read a table of totals; its forms are in `docs/city.md`.

    Raises
    ------
    DataError
        When no city can have these totals.
    """
    tree = _tree(frame)
    living = tree.filter(~pl.col("zone_id").is_in(tree["parent_zone"].drop_nulls().unique().implode()))
    if living.is_empty():
        raise DataError(
            "Zone totals, column parent_zone: every zone contains another, in a circle.",
            allowed="a tree: at least one zone that is the parent of no other",
            next_step="Correct the parents.",
        )
    if living.height > MOST_ZONES:
        raise DataError(
            f"The totals name {living.height:,} zones of residence.",
            allowed=f"at most {MOST_ZONES:,}",
            next_step="Give the totals of larger zones, for example communities instead of buildings.",
        )
    population = _people(living)
    km, order = _in_order(living, population, numbers)
    living, population = living[order], population[order]
    starts, ends, ages = _ages(living, population, numbers)
    households, homes = _households(living, population)
    jobs = amounts(living, "jobs")
    if (jobs < 0).any() and (jobs >= 0).any():
        raise DataError(
            f"Zone totals, column jobs: {int((jobs < 0).sum())} zones say nothing, the others do.",
            allowed="a number in every zone of residence, or no such column",
            next_step="Fill the empty cells, or leave the column out.",
        )
    kept = tree.select([column for column in TREE if column in tree.columns])
    return Totals(kept, tuple(living["zone_id"]), population, starts, ends, ages, homes, households, jobs, km)


def _tree(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows with the columns that must be there; identifiers as text."""
    for column in ("zone_id", "population"):
        if column not in frame.columns:
            raise DataError(
                f"The zone totals have no column {column}.",
                allowed="zone_id and population, and what docs/city.md lists",
                next_step="Add the column, or rename the one that holds it.",
            )
    if frame.is_empty():
        raise DataError("The zone totals have no row.", next_step="Give one row a zone of residence.")
    if "parent_zone" not in frame.columns:
        frame = frame.with_columns(parent_zone=pl.lit(None, pl.String))
    tree = frame.with_columns(pl.col("zone_id", "parent_zone").cast(pl.String).str.strip_chars().replace("", None))
    if tree["zone_id"].null_count():
        raise DataError("Zone totals, column zone_id: a row has none.", next_step="Give every zone an identifier.")
    if tree["zone_id"].n_unique() < tree.height:
        twice = tree.filter(pl.col("zone_id").is_duplicated())["zone_id"][0]
        raise DataError(f"Zone totals: {twice} has more than one row.", next_step="Keep one row a zone.")
    return tree


def _people(living: pl.DataFrame) -> Ints:
    population = amounts(living, "population")
    if (population <= 0).any():
        zone = living["zone_id"][int(np.argmax(population <= 0))]
        raise DataError(
            f"Zone totals: {int((population <= 0).sum())} zones of residence have no people, {zone} first.",
            allowed="a population of 1 or more in every zone that is not the parent of another",
            next_step="Leave out zones where nobody lives, and fill in the others.",
        )
    return population


def _in_order(living: pl.DataFrame, population: Ints, numbers: MadeNumbers) -> tuple[Floats, Ints]:
    """Centroids in km in the order of the city, and that order: along a Hilbert curve, else that of the file."""
    placed = {"latitude", "longitude"} <= set(living.columns)
    if placed:
        latitude = living["latitude"].cast(pl.Float64).to_numpy()
        longitude = living["longitude"].cast(pl.Float64).to_numpy()
        placed = bool(np.isfinite(latitude).all() and np.isfinite(longitude).all())
    if not placed:
        middle = (np.cumsum(population) - population / 2) / population.sum()
        side = np.sqrt(population.sum() / numbers.base.zones.people_per_km2.value)
        return np.round(on_curve(middle) * side, 3), np.arange(len(population))
    if (np.abs(latitude) > 90).any() or (np.abs(longitude) > 180).any():
        raise DataError(
            "Zone totals: a latitude or longitude is out of range.",
            allowed="latitude -90 to 90 and longitude -180 to 180, in degrees",
            next_step="Check whether the two columns are exchanged, or in another unit.",
        )
    east = (longitude - longitude[0] + 180) % 360 - 180
    shrunk = np.cos(np.radians(np.average(latitude, weights=population)))
    km = np.round(np.c_[east * shrunk, latitude] * KM_PER_DEGREE, 3)  # to the metre
    order = along_curve(km)
    return km[order], order


def _ages(
    living: pl.DataFrame, population: Ints, numbers: MadeNumbers
) -> tuple[tuple[int, ...], tuple[int, ...], Ints]:
    names, starts, ends = age_columns(living.columns, int(numbers.made.ages.oldest.value))
    if not names:
        return (0,), (OPEN,), population[:, None].copy()
    ages = np.stack([amounts(living, name) for name in names], axis=1)
    silent = (ages < 0).all(axis=1)
    if (half := (ages < 0).any(axis=1) & ~silent).any():
        raise DataError(
            f"Zone totals: {living['zone_id'][int(np.argmax(half))]} has some ages and lacks others.",
            allowed="all age columns of a zone filled, or all empty",
            next_step="Fill in the missing ages (0 where there is nobody).",
        )
    total = np.where(silent, population, ages.sum(axis=1))
    off = np.abs(total - population) > np.maximum(numbers.made.ages.tolerance.value * population, 0)
    if off.any():
        at = int(np.argmax(off))
        raise DataError(
            f"Zone totals: the ages of {living['zone_id'][at]} sum to {total[at]:,}, its population is "
            f"{population[at]:,}; {int(off.sum())} zones are like this.",
            allowed=f"a difference of at most {numbers.made.ages.tolerance.value:.0%}, which is scaled away",
            next_step="Check whether an age column is missing, or counts other people.",
        )
    scaled = whole(np.maximum(ages, 0), population)
    exact = (total == population) & ~silent
    ages = np.where(exact[:, None], ages, scaled)
    ages[silent] = -1
    return starts, ends, ages


def _households(living: pl.DataFrame, population: Ints) -> tuple[Ints, Ints]:
    """Households of each zone, and by size."""
    names = home_columns(living.columns)
    households: Ints
    if not names:
        households = amounts(living, "households")
        homes = np.full((len(population), 1), -1, np.int64)
    else:
        homes = np.stack([amounts(living, name) for name in names], axis=1)
        silent = np.all(homes < 0, axis=1)
        homes = np.maximum(homes, 0)
        homes[silent] = -1
        households = homes.sum(axis=1, dtype=np.int64)
        households[silent] = -1
        if "households" in living.columns:
            households[silent] = amounts(living, "households")[silent]
    wrong = np.logical_or(households == 0, households > population)
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        raise DataError(
            f"Zone totals: {living['zone_id'][at]} has {households[at]:,} households for {population[at]:,} people.",
            allowed="at least one household, and nobody's household: no more households than people",
            next_step="Correct the number of households, or leave it empty.",
        )
    return households, homes
