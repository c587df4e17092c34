"""From records and needs to the arrays of the programme."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from douse.planning.basis import Basis
from douse.planning.crews import Crew, crew_rules, goods_rules
from douse.planning.goods.needed import Needed
from douse.planning.goods.network import Bools, Floats, Ints, Network
from douse.planning.goods.there import OWNERS, Store, stores
from douse.planning.regions import Regions, kilometres

MOST_REGIONS, MOST_DEPOTS = 40, 16  # more are planned as one
NEAR = 3  # depots that may serve a region, the nearest, where there are many
_ALL_ROUTES = 100
_CARRY = {"food", "medicine", "other"}  # who brings these brings goods
_AT_THE_DOOR = {("household", "living_package"), ("patient", "medicine_course")}  # a stop each; food comes along


@dataclass(frozen=True)
class Depot:
    """Facilities that are planned as one; None among them: it is not on record where. NaN: not known."""

    facilities: tuple[str | None, ...]
    latitude: float
    longitude: float


def depot_of(depots: Sequence[Depot], facility: str | None) -> int:
    """Number of the depot that a facility belongs to; -1: to none."""
    return next((at for at, depot in enumerate(depots) if facility in depot.facilities), -1)


@dataclass(frozen=True)
class Setting:
    """The network, and what its numbers stand for.

    Attributes
    ----------
    network : Network
    depots : tuple[Depot, ...]
    stores : tuple[Store, ...]
        What lies and comes at the depots.
    items : tuple[str, ...]
    pairs : tuple[tuple[str, str], ...]
        Receiver and item.
    zones : tuple[str or None, ...]
        Zone of each region; None: all that are planned as one.
    known : numpy.ndarray[bool], shape (K,)
        Something of the item is on record; else as much is taken to be there as is needed.
    weight : numpy.ndarray[float64], shape (K,)
        kg.
    """

    network: Network
    depots: tuple[Depot, ...]
    stores: tuple[Store, ...]
    items: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    zones: tuple[str | None, ...]
    known: Bools
    weight: Floats


@dataclass(frozen=True)
class _Areas:
    """Regions that need something: which of the regions each is made of, shape (R,), and where they are."""

    of: Ints
    zones: tuple[str | None, ...]
    latitude: Floats
    longitude: Floats


def carriers(crews: Sequence[Crew]) -> tuple[Crew, ...]:
    """Crews that bring goods."""
    return tuple(crew for crew in crews if crew.skills & _CARRY)


def set_up(
    basis: Basis, needs: Sequence[Needed], regions: Regions, crews: Sequence[Crew], taken: Mapping[str, Floats]
) -> Setting | None:
    """The programme's arrays; None where nothing is on record that it could decide.

    Parameters
    ----------
    basis : Basis
        Stock, shipments, production, facilities, rules.
    needs : Sequence[Needed]
        By receiver and item.
    regions : Regions
        Of the needs.
    crews : Sequence[Crew]
        All crews on record.
    taken : Mapping[str, numpy.ndarray]
        Crew -> its share that is taken on each day by residents' requests, shape (H,).
    """
    carry = carriers(crews)
    found = stores(basis)
    on_record = {store.item for store in found}
    needs = [one for one in needs if carry or one.item in on_record]
    if not needs:
        return None
    rules = goods_rules(basis.protocol)
    turns: dict[tuple[str, str], int] = {
        (turn.receiver, item): at for at, turn in enumerate(rules.order) for item in turn.items
    }
    pairs = tuple((one.receiver, one.item) for one in needs)
    items = tuple(sorted({item for _, item in pairs}))
    areas = _areas(needs, regions)
    own, central = _owned(basis, found, pairs, regions, np.stack([one.worst.sum(axis=1) > 0 for one in needs]))
    depots = _depots(basis, central, items, regions)
    mean, worst = (_by_area(areas, np.stack([getattr(one, what) for one in needs])) for what in ("mean", "worst"))
    known = np.array([item in on_record for item in items])
    stock, coming = _stock(basis, central, depots, items)
    item = np.array([items.index(name) for _, name in pairs], dtype=np.int64)
    for k in np.flatnonzero(~known):
        stock[:, k] = worst[item == k].sum()
    own_stock, own_coming = _own(basis, own, pairs, areas)
    distance, between = _distances(basis, depots, areas)
    weight = np.array([rules.items[name].weight.value for name in items])  # type: ignore[index]
    limit = _crew_hours(basis, carry, depots, taken)
    network = Network(
        item=item,
        turn=np.array([turns.get(pair, len(rules.order)) for pair in pairs], dtype=np.int64),
        waits=np.array([rules.items[name].waits for _, name in pairs], dtype=np.bool_),  # type: ignore[index]
        mean=mean,
        worst=worst,
        stock=stock,
        coming=coming,
        own_stock=own_stock,
        own_coming=own_coming,
        near=_near(distance),
        hours=_hours(basis, distance, pairs, weight[item]),
        between=_between(basis, between, weight),
        crews=None if limit is None else limit[0],
        anywhere=np.zeros(basis.horizon_days) if limit is None else limit[1],
    )
    return Setting(network, depots, tuple(central), items, pairs, areas.zones, known, weight)


def _areas(needs: Sequence[Needed], regions: Regions) -> _Areas:
    """Regions that need something; where they are many, all but those that need most are one."""
    weights = np.array([one.worst.sum() for one in needs])
    total = sum(one.worst.sum(axis=1) / weight for one, weight in zip(needs, weights, strict=True))
    asking = np.flatnonzero(np.asarray(total) > 0)
    kept = asking
    if len(asking) > MOST_REGIONS:
        largest = np.lexsort((asking, -np.asarray(total)[asking]))[: MOST_REGIONS - 1]
        kept = np.sort(asking[largest])
    of = np.full(len(regions), len(kept), dtype=np.int64)
    of[kept] = np.arange(len(kept))
    names = [regions.ids[region] for region in kept]
    lat, lon = regions.latitude[kept], regions.longitude[kept]
    if len(asking) > len(kept):
        names.append(None)
        lat, lon = np.append(lat, np.nan), np.append(lon, np.nan)
    return _Areas(of, tuple(names), lat, lon)


def _by_area(areas: _Areas, values: Floats) -> Floats:
    """Sums of (P, regions, H) by area."""
    sums = np.zeros((values.shape[0], len(areas.zones) + 1, values.shape[2]))
    for region, area in enumerate(areas.of):
        sums[:, area] += values[:, region]
    return sums[:, : len(areas.zones)]


def _owned(
    basis: Basis, found: Sequence[Store], pairs: Sequence[tuple[str, str]], regions: Regions, asked: Bools
) -> tuple[list[tuple[int, int, Store]], list[Store]]:
    """Goods of receivers, as (pair, region, store), and those that may go anywhere.

    Goods that lie with a receiver whose region needs none of them may go anywhere. `asked`, shape (P, regions): needs
    any.
    """
    facilities = basis.known.table("facilities").select("facility_id", pl.col("kind").cast(pl.String), "zone")
    kinds = {facility: (kind, zone) for facility, kind, zone in facilities.iter_rows()}
    own, central = [], []
    for store in found:
        kind, zone = kinds.get(store.facility or "", (None, None))
        region = int(regions.of[basis.zones.position[zone]]) if zone in basis.zones.position else -1
        pair = (OWNERS.get(kind or "", ""), store.item)
        if pair in pairs and region >= 0 and asked[pairs.index(pair), region]:
            own.append((pairs.index(pair), region, store))
        else:
            central.append(store)
    return own, central


def _depots(basis: Basis, central: Sequence[Store], items: Sequence[str], regions: Regions) -> tuple[Depot, ...]:
    """Facilities that goods are sent from; where they are many, those of a region are one depot.

    What lies nowhere that is known, and the depots of regions beyond the largest, are one depot without a place.
    """
    facilities = {row["facility_id"]: row for row in basis.known.table("facilities").iter_rows(named=True)}
    found = sorted({store.facility for store in central if store.item in items}, key=lambda name: name or "")
    rows = {name: facilities.get(name or "", {}) for name in found}
    zone = {name: basis.zones.position.get(row.get("zone") or "", -1) for name, row in rows.items()}
    spot = {name: _spot(basis, row, zone[name]) for name, row in rows.items()}
    if len(found) <= MOST_DEPOTS:
        return tuple(Depot((name,), *spot[name]) for name in found) or (Depot((None,), np.nan, np.nan),)
    region = {name: int(regions.of[at]) if at >= 0 else -1 for name, at in zone.items()}
    sizes = Counter(region[name] for name in found if region[name] >= 0)
    kept = [one for one, _ in sorted(sizes.items(), key=lambda entry: (-entry[1], entry[0]))[: MOST_DEPOTS - 1]]
    depots = []
    for one in [*sorted(kept), -1]:
        members = tuple(name for name in found if (region[name] if region[name] in kept else -1) == one)
        if members:
            lat, lon = np.array([spot[name] for name in members]).T if one >= 0 else np.full((2, 1), np.nan)
            known = ~np.isnan(lat)
            middle = (lat[known].mean(), lon[known].mean()) if known.any() else (np.nan, np.nan)
            depots.append(Depot(members, *middle))
    return tuple(depots)


def _spot(basis: Basis, row: Mapping[str, Any], zone: int) -> tuple[float, float]:
    """Latitude and longitude of a facility, those of its zone where it has none; NaN: not known."""
    if row.get("latitude") is not None and row.get("longitude") is not None:
        return float(row["latitude"]), float(row["longitude"])
    return (float(basis.zones.latitude[zone]), float(basis.zones.longitude[zone])) if zone >= 0 else (np.nan, np.nan)


def _stock(
    basis: Basis, central: Sequence[Store], depots: Sequence[Depot], items: Sequence[str]
) -> tuple[Floats, Floats]:
    stock = np.zeros((len(depots), len(items)))
    coming = np.zeros((len(depots), len(items), basis.horizon_days))
    for store in central:
        if store.item in items:
            at = depot_of(depots, store.facility)
            stock[at, items.index(store.item)] += store.stock
            coming[at, items.index(store.item)] += store.coming
    return stock, coming


def _own(
    basis: Basis, own: Sequence[tuple[int, int, Store]], pairs: Sequence[tuple[str, str]], areas: _Areas
) -> tuple[Floats, Floats]:
    stock = np.zeros((len(pairs), len(areas.of)))
    coming = np.zeros((len(pairs), len(areas.of), basis.horizon_days))
    for pair, region, store in own:
        stock[pair, region] += store.stock
        coming[pair, region] += store.coming
    return _by_area(areas, stock[:, :, None])[:, :, 0], _by_area(areas, coming)


def _distances(basis: Basis, depots: Sequence[Depot], areas: _Areas) -> tuple[Floats, Floats]:
    """Km from each depot to each area, and to each other depot."""
    usual = crew_rules(basis.protocol).usual_distance.value
    lat, lon = np.array([(depot.latitude, depot.longitude) for depot in depots]).T
    return kilometres(lat, lon, areas.latitude, areas.longitude, usual), kilometres(lat, lon, lat, lon, usual)


def _near(distance: Floats) -> Bools:
    """Depots that may serve each area: all, or the nearest where that would be too many routes."""
    if distance.size <= _ALL_ROUTES or len(distance) <= NEAR:
        return np.ones(distance.shape, dtype=np.bool_)
    place = np.argsort(np.argsort(distance, axis=0, kind="stable"), axis=0, kind="stable")
    return place < NEAR


def _hours(basis: Basis, distance: Floats, pairs: Sequence[tuple[str, str]], weight: Floats) -> Floats:
    """Hours for one item of each pair from each depot to each area: its part of a load, and the stop at its door."""
    rules = crew_rules(basis.protocol)
    a_load = rules.loading.value + 2 * distance / rules.speed.value
    doors = np.array([rules.door.value / 60 if pair in _AT_THE_DOOR else 0.0 for pair in pairs])
    hours: Floats = a_load[:, None, :] / rules.load.value * weight[None, :, None] + doors[None, :, None]
    return hours


def _between(basis: Basis, distance: Floats, weight: Floats) -> Floats:
    """Hours for one item between depots, the nearest of each; none to itself."""
    rules = crew_rules(basis.protocol)
    hours = (rules.loading.value + 2 * distance / rules.speed.value)[:, :, None] / rules.load.value * weight
    order = np.argsort(np.argsort(distance + np.diag(np.full(len(distance), -1.0)), axis=1, kind="stable"), axis=1)
    found: Floats = np.where(((order == 0) | (order > NEAR))[:, :, None], np.inf, hours)
    return found


def _crew_hours(
    basis: Basis, carry: Sequence[Crew], depots: Sequence[Depot], taken: Mapping[str, Floats]
) -> tuple[Floats, Floats] | None:
    """Hours of crews by the depot they start from, shape (D, H), and of those that may start anywhere, shape (H,)."""
    if not carry:
        return None
    rules = crew_rules(basis.protocol)
    of_depot, anywhere = np.zeros((len(depots), basis.horizon_days)), np.zeros(basis.horizon_days)
    for crew in carry:
        hours = crew.hours(rules) * (1 - np.minimum(taken.get(crew.id, np.zeros(basis.horizon_days)), 1.0))
        at = -1 if crew.facility is None else depot_of(depots, crew.facility)
        if at >= 0:
            of_depot[at] += hours
        else:
            anywhere += hours
    return of_depot, anywhere
