"""What is on record of each case that bears on who infected it, as arrays by position."""

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import spearmanr

from douse.kernels import attribution as kernel
from douse.records import Records, ZoneTree
from douse.tracing.infectors.levels import ZONE_LEVEL_OF_KIND
from douse.tracing.persons import with_person

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NOT_KNOWN = -1
# A register is a run of numbers without wide gaps that goes with time.
_REGISTER_GAP, _REGISTER_LEAST, _REGISTER_ORDER = 1000, 10, 0.8
_CONTACT_STEPS = (0, 10, 30, 100)
# Days about the report of an infector in which cases of its zone are counted, and the least count of each level.
_BEFORE = ((-10, -1), (1, 3, 7))
_AFTER = ((0, 7), (1, 3, 7, 16))
_MOST_ZONES = 8
_CITY = ZONE_LEVEL_OF_KIND["city"]
_TRAILING_DIGITS = re.compile(r"(\d{1,15})$")


@dataclass(frozen=True)
class Facts:
    """Cases by position, N of them, in the order of `cases`.

    Attributes
    ----------
    cases : polars.DataFrame
        Counted cases, one row a case_id; with `has_visits` (bool).
    compared : Compared
        Zones are of a city at most where they were visited, those visited most.
    """

    cases: pl.DataFrame
    compared: kernel.Compared

    def __len__(self) -> int:
        return self.cases.height

    @cached_property
    def traced(self) -> Bools:
        """Whether a case was found by contact tracing."""
        traced: Bools = self.compared.whole[:, kernel.TRACED] == 1
        return traced

    @cached_property
    def positions(self) -> pl.DataFrame:
        """`case_id` and `person` of each case with its position `at`."""
        return self.cases.select("case_id", "person", at=pl.int_range(pl.len(), dtype=pl.Int64))


def facts_of(known: Records, cases: pl.DataFrame, zones: ZoneTree) -> Facts:
    """Facts of the counted cases.

    Parameters
    ----------
    known : Records
        As-of view.
    cases : polars.DataFrame
        As of `Situation.cases`; of a case_id that is there twice the first row counts.
    zones : ZoneTree
        Of the same view.
    """
    once = cases.unique("case_id", keep="first", maintain_order=True)
    visitors = with_person(known.table("visits").select("person_id").unique(), known)["person"]
    once = once.with_columns(has_visits=pl.col("person").is_in(visitors.implode()))
    zone = zones.index(once["zone"])
    series, number = _register(once)
    table = _zone_table(zones)
    home = _city_of(table)[zone]
    whole = np.full((once.height, kernel.COLUMNS), NOT_KNOWN, dtype=np.int64)
    whole[:, kernel.ZONE], whole[:, kernel.HOME] = zone, home
    whole[:, kernel.AGE] = _ints(once["age"])
    whole[:, kernel.SEX] = _ints(once["sex"].cast(pl.String).replace_strict({"female": 0, "male": 1}, default=None))
    whole[:, kernel.CLUSTER] = _ints(once["cluster"].rank("dense").cast(pl.Int64))
    whole[:, kernel.SERIES], whole[:, kernel.NUMBER] = series, number
    whole[:, kernel.TOLD] = days_of(once["told_on"])
    traced = (once["found_by"].cast(pl.String) == "contact_tracing").fill_null(value=False)
    whole[:, kernel.TRACED] = traced.to_numpy()
    whole[:, kernel.FOUND] = _ints(once.select(_found()).to_series())
    whole[:, kernel.CONTACTS] = _contact_level(once["contacts_found"])
    whole[:, kernel.DOCUMENTED] = _ints(
        once.select(pl.col("onset").is_not_null().cast(pl.Int64) + 2 * pl.col("has_visits").cast(pl.Int64)).to_series()
    )
    placed = (once["latitude"].is_not_null() & once["longitude"].is_not_null()).to_numpy()
    whole[:, kernel.PLACED] = placed
    whole[:, kernel.BEFORE] = _count_level(home, whole[:, kernel.TOLD], _BEFORE)
    whole[:, kernel.AFTER] = _count_level(home, whole[:, kernel.TOLD], _AFTER)
    compared = kernel.Compared(
        whole, _points(once, zones, zone, placed), table, _visited_zones(known, once, zones, table)
    )
    return Facts(once, compared)


def days_of(days: pl.Series) -> Ints:
    """Days or moments as days since 1970-01-01; `FAR` where empty."""
    return days.cast(pl.Date).to_physical().cast(pl.Int64).fill_null(FAR).to_numpy().astype(np.int64)


# Stands for a day that is not known; far from every day that is.
FAR = -(10**6)


def _found() -> pl.Expr:
    traced = (pl.col("found_by").cast(pl.String) == "contact_tracing").fill_null(value=False)
    return (
        pl.when(pl.col("link") == "imported")
        .then(3)
        .when(pl.col("cluster").is_not_null())
        .then(2)
        .when(traced)
        .then(1)
        .otherwise(0)
    )


def _ints(values: pl.Series) -> Ints:
    return values.cast(pl.Int64).fill_null(NOT_KNOWN).to_numpy().astype(np.int64)


def _contact_level(found: pl.Series) -> Ints:
    counts = found.cast(pl.Float64).fill_null(np.nan).to_numpy()
    return np.where(np.isnan(counts), 0, np.searchsorted(_CONTACT_STEPS, np.nan_to_num(counts), side="right"))


def _points(cases: pl.DataFrame, zones: ZoneTree, zone: Ints, placed: Bools) -> Floats:
    """Residences as unit vectors; the centre of a zone no larger than a city stands in."""
    small = np.array([ZONE_LEVEL_OF_KIND.get(kind or "", 9) <= _CITY for kind in zones.kinds], dtype=bool)
    usable = (zone >= 0) & np.append(small, False)[zone]
    own = cases.select("latitude", "longitude").cast(pl.Float64).fill_null(np.nan).to_numpy()
    centre = np.column_stack([np.append(zones.latitude, np.nan)[zone], np.append(zones.longitude, np.nan)[zone]])
    degrees = np.where(placed[:, None], own, np.where(usable[:, None], centre, np.nan))
    latitude, longitude = np.radians(degrees[:, 0]), np.radians(degrees[:, 1])
    across = np.cos(latitude)
    return np.column_stack([across * np.cos(longitude), across * np.sin(longitude), np.sin(latitude)])


def _zone_table(zones: ZoneTree) -> Ints:
    """Parent, depth and level of each zone; one of unknown kind counts as a city."""
    level = [ZONE_LEVEL_OF_KIND.get(kind or "city", 2) for kind in zones.kinds]
    return np.column_stack([zones.parent, zones.depth, np.array(level, dtype=np.int64)]).reshape(-1, 3).astype(np.int64)


def _city_of(table: Ints) -> Ints:
    """For each zone the largest zone around it that is no larger than a city; itself where it is larger.

    One entry more at the end, -1, for a zone that is not known.
    """
    city = np.arange(len(table) + 1, dtype=np.int64)
    for at in range(len(table)):
        parent = table[at, 0]
        if parent >= 0 and table[at, 2] <= _CITY and table[parent, 2] <= _CITY:
            city[at] = city[parent]
    city[-1] = NOT_KNOWN
    return city


def _count_level(home: Ints, told: Ints, rule: tuple[tuple[int, int], tuple[int, ...]]) -> Ints:
    """Level of the number of other cases of the zone told within days of each; 0 where the zone is not known."""
    (first, last), steps = rule
    counts = np.zeros(len(home), dtype=np.int64)
    for zone in np.unique(home[home >= 0]):
        here = np.flatnonzero(home == zone)
        days = np.sort(told[here])
        upto = np.searchsorted(days, told[here] + last, side="right")
        counts[here] = upto - np.searchsorted(days, told[here] + first, side="left")
    counts -= first <= 0 <= last
    return np.where(home >= 0, 1 + np.searchsorted(steps, counts, side="right"), 0)


def _visited_zones(known: Records, cases: pl.DataFrame, zones: ZoneTree, table: Ints) -> Ints:
    at = cases.select("person", at=pl.int_range(pl.len(), dtype=pl.Int64))
    visits = with_person(known.table("visits").select("person_id", "zone").drop_nulls(), known).join(at, on="person")
    city = _city_of(table)[zones.index(visits["zone"])]
    small = np.append(table[:, 2] <= _CITY, False)[city]
    ranked = (
        visits.select("at", city=pl.Series(city))
        .filter(pl.Series(small, dtype=pl.Boolean))
        .group_by("at", "city")
        .len()
        .sort("at", "len", "city", descending=[False, True, False])
        .with_columns(rank=pl.int_range(pl.len()).over("at"))
        .filter(pl.col("rank") < _MOST_ZONES)
    )
    visited = np.full((cases.height, _MOST_ZONES), NOT_KNOWN, dtype=np.int64)
    visited[ranked["at"].to_numpy(), ranked["rank"].to_numpy()] = ranked["city"].to_numpy()
    return visited


def _register(cases: pl.DataFrame) -> tuple[Ints, Ints]:
    """Register and number of each case_id that ends in a number; -1 where numbers do not go with time."""
    ids = cases["case_id"].to_list()
    matches = [_TRAILING_DIGITS.search(name) for name in ids]
    prefix = [name[: found.start()] if found else None for name, found in zip(ids, matches, strict=True)]
    numbers = [int(found.group(1)) if found else NOT_KNOWN for found in matches]
    rows = pl.DataFrame(
        {"prefix": prefix, "number": numbers, "told": days_of(cases["told_on"])},
        schema={"prefix": pl.String, "number": pl.Int64, "told": pl.Int64},
    ).with_row_index("at")
    listed = rows.filter(pl.col("prefix").is_not_null()).sort("prefix", "number", "at")
    new = (pl.col("prefix") != pl.col("prefix").shift()) | (pl.col("number").diff() > _REGISTER_GAP)
    runs = listed.with_columns(run=new.fill_null(value=True).cum_sum().cast(pl.Int64))
    series = np.full(len(ids), NOT_KNOWN, dtype=np.int64)
    for (run,), part in runs.partition_by("run", as_dict=True, maintain_order=True).items():
        if part.height >= _REGISTER_LEAST and _goes_with_time(part):
            series[part["at"].to_numpy()] = run
    return series, np.array(numbers, dtype=np.int64)


def _goes_with_time(part: pl.DataFrame) -> bool:
    number, told = part["number"], part["told"]
    if number.n_unique() < 2 or told.n_unique() < 2:
        return False
    return float(spearmanr(number.to_numpy(), told.to_numpy()).statistic) >= _REGISTER_ORDER
