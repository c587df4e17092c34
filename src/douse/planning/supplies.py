"""Supplies over the horizon from the protocol's ratios, against stock and goods on the way."""

import math
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.planning.basis import Basis
from douse.planning.plan import DayNeed, Note, Supply
from douse.planning.zones import without_inner
from douse.records.measure import Because, Measure

Floats = NDArray[np.float64]


def supply_needs(
    basis: Basis, needs: Sequence[DayNeed], tubes: Floats, swabs: Floats, samplers: Floats
) -> dict[str, float]:
    """Protective sets, masks, tubes, swabs and reagents needed over the horizon, by item.

    Parameters
    ----------
    basis : Basis
        Ratios, suspected cases.
    needs : Sequence[DayNeed]
        Beds and tests by day.
    tubes, swabs, samplers : numpy.ndarray[float64], shape (H,)
        Of screening rounds, by day.
    """
    ratios = basis.protocol.resources
    contact_tests = total(needs, "tests") - float(tubes.sum())
    reactions = total(needs, "tests") * (1 + basis.protocol.screening.waste_share.value)
    ward, intensive = total(needs, "hospital_bed"), total(needs, "icu_bed")
    suspected = basis.situation.suspected * basis.horizon_days
    return {
        "protective_set": ward * ratios.sets_per_hospital_day.value
        + intensive * ratios.sets_per_icu_day.value
        + suspected * ratios.sets_per_suspected_day.value
        + sampler_sets(basis, samplers),
        "n95": ward * ratios.n95_per_hospital_day.value + intensive * ratios.n95_per_icu_day.value,
        "swab": float(swabs.sum()) + contact_tests * (1 + basis.protocol.screening.waste_share.value),
        "tube": reactions,
        "reagent": reactions,  # one reaction a tube
    }


def delivery_needs(basis: Basis, measures: Sequence[Measure]) -> tuple[dict[str, float], tuple[Note, ...]]:
    """Living packages and food for zones whose level brings them to the door; and what could not be counted.

    Parameters
    ----------
    basis : Basis
        Ratios, households.
    measures : Sequence[Measure]
        Levels that zones have of their own after the plan.
    """
    ratios = basis.protocol.resources
    at = [basis.zones.position[m.zone or ""] for m in measures]
    households = without_inner(basis.zones, basis.zones.households, at)
    packages = food = 0.0
    uncounted = 0
    for measure, zone in zip(measures, at, strict=True):
        if not basis.rules[measure.level or "open"].home_delivery:
            continue
        days = min((measure.expires_on - basis.as_of).days, basis.horizon_days)
        food += (measure.people or 0) * ratios.food_kg_per_person_day.value * days
        if np.isnan(households[zone]):
            uncounted += 1
        else:
            packages += float(households[zone]) * math.ceil(days / ratios.package_days.value)
    because = Because(
        "{n} {n:area has|areas have} deliveries to the door but no number of households on record: living packages for "
        "{n:it|them} are not counted.",
        {"n": uncounted},
    )
    return {"living_package": packages, "food_kg": food}, (Note(because),) if uncounted else ()


def against_stock(basis: Basis, needs: Mapping[str, float]) -> tuple[Supply, ...]:
    """Each item that is needed or in stock: need, stock, goods on the way, days of cover and alarm."""
    stock = _in_stock(basis)
    coming = _on_the_way(basis)
    return tuple(
        _supply(basis, item, need, stock.get(item), coming.get(item, []))
        for item, need in sorted(needs.items())
        if need > 0 or item in stock
    )


def sampler_sets(basis: Basis, samplers: Floats) -> float:
    """Protective sets of samplers: one shift a round each."""
    return float(samplers.sum()) * basis.protocol.resources.sets_per_sampler_shift.value


def total(needs: Sequence[DayNeed], resource: str) -> float:
    """Expected need of a resource, summed over the days."""
    return sum(need.need for need in needs if need.resource == resource)


def _supply(
    basis: Basis, item: str, need: float, stock: float | None, coming: list[tuple[date | None, float]]
) -> Supply:
    a_day = need / basis.horizon_days
    cover = _days_of_cover(basis.as_of, stock, coming, a_day) if stock is not None and a_day > 0 else None
    return Supply(
        item=item,
        need=need,
        need_per_day=a_day,
        stock=stock,
        on_the_way=sum(quantity for _, quantity in coming) if coming else None,
        days_of_cover=cover,
        alarm=None if cover is None else _alarm(basis, cover),
    )


def _days_of_cover(as_of: date, stock: float, coming: list[tuple[date | None, float]], a_day: float) -> float:
    """Days until the stock is used up; goods count that are due before it is."""
    cover = stock / a_day
    for due, quantity in coming:
        if due is not None and (due - as_of).days <= cover:
            cover += quantity / a_day
    return cover


def _alarm(basis: Basis, cover: float) -> str | None:
    ratios = basis.protocol.resources
    if cover < ratios.cover_red_days.value:
        return "red"
    return "amber" if cover < ratios.cover_amber_days.value else None


def _in_stock(basis: Basis) -> dict[str, float]:
    """Latest count of each item in each facility, summed by item."""
    counts = basis.known.table("stock").sort("facility_id", "item", "counted_at")
    latest = counts.unique(["facility_id", "item"], keep="last", maintain_order=True)
    sums = latest.group_by(pl.col("item").cast(pl.String), maintain_order=True).agg(pl.col("quantity").sum())
    return dict(sums.iter_rows())


def _on_the_way(basis: Basis) -> dict[str, list[tuple[date | None, float]]]:
    """Goods sent and not received, by item: (day due, quantity), the earliest first."""
    sent = basis.known.table("shipments").filter(pl.col("received_at").is_null())
    rows = sent.sort("due_at", "shipment_id", nulls_last=True).select(
        pl.col("item").cast(pl.String), pl.col("due_at").dt.date(), "quantity"
    )
    coming: dict[str, list[tuple[date | None, float]]] = {}
    for item, due, quantity in rows.iter_rows():
        coming.setdefault(item, []).append((due, quantity))
    return coming
