"""Who works in which zone: a commuting table where there is one, else a gravity model."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.city.draws import key, stream
from douse.city.made.columns import amounts
from douse.city.made.homes import Residents
from douse.city.made.numbers import MadeNumbers
from douse.city.made.shares import whole
from douse.city.made.totals import Totals
from douse.errors import DataError
from douse.kernels.city_draws import by_bucket, deal_out
from douse.kernels.city_flows import balanced

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_DIGITS = 6  # of flows: so that the last bits of a power do not decide


@dataclass(frozen=True)
class Flows:
    """Journeys to work between U units: zones, or areas of several.

    Attributes
    ----------
    unit : numpy.ndarray[int32], shape (Z,)
        Unit of each zone.
    start : numpy.ndarray[int64], shape (U + 1,)
        First entry of each unit that people leave.
    to : numpy.ndarray[int32], shape (E,)
        Unit where they work.
    people : numpy.ndarray[int64], shape (E,)
        How many; the entries of a unit sum to the workers who live there.
    """

    unit: NDArray[np.int32]
    start: Ints
    to: NDArray[np.int32]
    people: Ints


@dataclass(frozen=True)
class Workforce:
    """Workers by the zone where they work.

    Attributes
    ----------
    people : numpy.ndarray[uint32], shape (W,)
        Workers, zone of work by zone of work.
    start : numpy.ndarray[int64], shape (Z + 1,)
        First of each zone.
    """

    people: NDArray[np.uint32]
    start: Ints


def workforce(  # noqa: PLR0913, PLR0917  the city so far, and what decides
    totals: Totals, residents: Residents, needed: Ints, commuting: pl.DataFrame | None, numbers: MadeNumbers, seed: int
) -> Workforce:
    """Choose who works, and where.

    Parameters
    ----------
    totals, residents : Totals, Residents
        The city so far.
    needed : numpy.ndarray[int64], shape (Z,)
        Staff of schools, care homes and hospitals in each zone: at least so many jobs are there.
    commuting : polars.DataFrame, optional
        Columns from_zone, to_zone, people.
    numbers, seed : MadeNumbers, int
        As in `make_city`.
    """
    people = _employed(residents, numbers, seed)
    home = (np.searchsorted(residents.zone_start, people, side="right") - 1).astype(np.int32)
    workers = np.bincount(home, minlength=len(totals)).astype(np.int64)
    jobs = _jobs(totals.jobs, workers, needed)
    flows = gravity(totals, workers, jobs, numbers) if commuting is None else told_flows(totals, workers, commuting)
    at = deal_out(flows.unit[home], flows.start, flows.to, flows.people, key(seed, "commuting"))
    units = len(flows.start) - 1
    # Within the unit, zones by their jobs.
    zones, first = by_bucket(flows.unit, units)
    arrivals = np.bincount(at, minlength=units).astype(np.int64)
    quota = np.concatenate(
        [
            whole(np.maximum(jobs[z], 1e-9)[None, :], arrivals[u : u + 1])[0]
            for u, z in enumerate(np.split(zones, first[1:-1]))
        ]
    )
    zone = deal_out(at, first, zones.astype(np.int32), quota, key(seed, "zone of work"))
    order, start = by_bucket(zone, len(totals))
    return Workforce(people[order], start)


def _employed(residents: Residents, numbers: MadeNumbers, seed: int) -> NDArray[np.uint32]:
    work = numbers.base.work
    able = (residents.age >= work.from_age) & (residents.age <= work.to_age) & (residents.size > 0)
    people = np.flatnonzero(able).astype(np.uint32)
    luck = stream(seed, "employed").random(len(people), dtype=np.float32)
    return people[luck < work.employed_share.value]


def _jobs(told: Ints, workers: Ints, needed: Ints) -> Floats:
    """Jobs of each zone, as many as there are workers: as told, else where they live; enough for what is needed."""
    weight = (told if (told >= 0).all() and told.sum() > 0 else workers).astype(np.float64)
    total = float(workers.sum())
    jobs = weight * (total / max(1.0, float(weight.sum())))
    spare = np.maximum(jobs - needed, 0)
    left = max(0.0, total - float(needed.sum()))
    if spare.sum() == 0:
        return np.maximum(needed.astype(np.float64), 1e-9)
    enough: Floats = np.where(jobs >= needed, needed + spare * (left / spare.sum()), needed.astype(np.float64))
    scaled: Floats = np.round(enough * (total / max(enough.sum(), 1e-9)), _DIGITS)
    return scaled


def gravity(totals: Totals, workers: Ints, jobs: Floats, numbers: MadeNumbers) -> Flows:
    """Flows by distance, held to the workers of one end and the jobs of the other.

    The ease of a journey of d km is 1 / (1 + (d / scale) ^ exponent); within a unit, d is a share of the distance to
    the next one. More zones than `areas` are joined along the curve first.
    """
    commuting = numbers.made.commuting
    most = int(commuting.areas.value)
    zones = len(totals)
    unit = (np.arange(zones) * min(most, zones) // zones).astype(np.int32)
    units = int(unit[-1]) + 1
    weight = totals.population.astype(np.float64)
    full = np.bincount(unit, weight)
    km = np.stack([np.bincount(unit, weight * totals.km[:, axis]) / full for axis in (0, 1)], axis=1)
    apart = np.hypot(km[:, None, 0] - km[None, :, 0], km[:, None, 1] - km[None, :, 1])
    np.fill_diagonal(apart, np.inf)
    near = apart.min(axis=1)
    np.fill_diagonal(apart, np.where(np.isfinite(near), near * commuting.within.value, 0.0))
    ease = np.round(1 / (1 + (apart / commuting.scale.value) ** commuting.exponent.value), 12)
    ease = np.maximum(ease, 1e-12)
    leaving = np.bincount(unit, workers).astype(np.float64)
    coming = np.bincount(unit, jobs).astype(np.float64)
    flows = balanced(ease, leaving, coming, int(commuting.rounds.value))
    people = _in_whole(np.round(flows, _DIGITS), leaving.astype(np.int64))
    start, to = np.nonzero(people)
    return Flows(
        unit,
        np.searchsorted(start, np.arange(units + 1)).astype(np.int64),
        to.astype(np.int32),
        people[start, to],
    )


def _in_whole(flows: Floats, leaving: Ints) -> Ints:
    """Flows in whole people: rows hold exactly; what rounding does to a column, the next rows make good."""
    people = np.zeros(flows.shape, np.int64)
    owed = np.zeros(flows.shape[1])
    for row in range(len(flows)):
        due = flows[row] + owed
        given = np.maximum(np.floor(due), 0).astype(np.int64)
        rest = due - given
        while (missing := int(leaving[row] - given.sum())) != 0:
            if missing > 0:
                rank = np.argsort(-rest, kind="stable")[:missing]
            else:
                full = np.flatnonzero(given)
                rank = full[np.argsort(rest[full], kind="stable")[:-missing]]
            step = 1 if missing > 0 else -1
            given[rank] += step
            rest[rank] -= step
        people[row] = given
        owed = np.round(rest, _DIGITS)
    return people


def told_flows(totals: Totals, workers: Ints, table: pl.DataFrame) -> Flows:
    """Flows of a commuting table, scaled to the workers who live in each unit.

    The table may name zones of residence or zones above them; a zone belongs to the nearest one named. Workers of a
    zone that the table does not know, or whom it sends nowhere, work where they live.

    Raises
    ------
    DataError
        When the table lacks a column, or names a zone that the totals do not have.
    """
    for column in ("from_zone", "to_zone", "people"):
        if column not in table.columns:
            raise DataError(
                f"The commuting table has no column {column}.",
                allowed="from_zone, to_zone, people",
                next_step="Add the column, or rename the one that holds it.",
            )
    known = set(totals.zones["zone_id"]) | set(totals.zones["parent_zone"].drop_nulls())
    ends = table.select(pl.col("from_zone", "to_zone").cast(pl.String).str.strip_chars())
    named = set(ends["from_zone"]) | set(ends["to_zone"])
    if strange := sorted(str(zone) for zone in named - known):
        raise DataError(
            f"The commuting table names {len(strange)} zones that are not in the totals, {strange[0]} first.",
            allowed="zones of the totals, or zones above them",
            next_step="Correct the identifiers, or leave those rows out.",
        )
    count = amounts(table.with_columns(zone_id=pl.col("from_zone")), "people")
    unit, position = _units(totals, named)
    units = int(unit.max()) + 1
    leaving = np.bincount(unit, workers, minlength=units).astype(np.int64)
    source = ends["from_zone"].replace_strict(position, default=-1, return_dtype=pl.Int64).to_numpy()
    goal = ends["to_zone"].replace_strict(position, default=-1, return_dtype=pl.Int64).to_numpy()
    used = (source >= 0) & (goal >= 0) & (count > 0)
    merged = (
        pl.DataFrame({"row": source[used], "to": goal[used], "people": count[used]})
        .group_by("row", "to")
        .agg(pl.col("people").sum())
    )
    silent = np.setdiff1d(np.arange(units), merged["row"].to_numpy())
    stays = pl.DataFrame({"row": silent, "to": silent, "people": np.ones(len(silent), np.int64)})
    merged = pl.concat([merged, stays]).sort("row", "to")
    due = pl.col("people") / pl.col("people").sum().over("row") * pl.lit(pl.Series(leaving)).gather(pl.col("row"))
    whole_part = (
        merged.with_columns(due=due.round(_DIGITS))
        .with_columns(given=pl.col("due").floor().cast(pl.Int64))
        .with_columns(
            rank=(pl.col("given") - pl.col("due")).rank("ordinal").over("row"),
            missing=pl.lit(pl.Series(leaving)).gather(pl.col("row")) - pl.col("given").sum().over("row"),
        )
        .with_columns(given=pl.col("given") + (pl.col("rank") <= pl.col("missing")).cast(pl.Int64))
    )
    start = np.searchsorted(whole_part["row"].to_numpy(), np.arange(units + 1)).astype(np.int64)
    return Flows(unit, start, whole_part["to"].to_numpy().astype(np.int32), whole_part["given"].to_numpy())


def _units(totals: Totals, named: set[str]) -> tuple[NDArray[np.int32], dict[str, int]]:
    """Unit of each zone of residence (the nearest zone above it that is named, else itself), and units by zone."""
    above = dict(totals.zones.select("zone_id", "parent_zone").iter_rows())
    position: dict[str, int] = {}
    unit = np.empty(len(totals), np.int32)
    for zone, identifier in enumerate(totals.ids):
        at: str | None = identifier
        seen: set[str] = set()
        while at is not None and at not in named and at not in seen:
            seen.add(at)
            at = above.get(at)
        found = at if at is not None and at in named else identifier
        unit[zone] = position.setdefault(found, len(position))
    return unit, position
