"""Where the people of each area meet others: visits on record, else school and work, else the distance."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array
from scipy.spatial import cKDTree

from douse.kernels.earth import KM_A_DEGREE
from douse.library.areas import AreaRules
from douse.planning.areas.ground import Ground
from douse.records import Records
from douse.tracing.places import PRIVATE_KINDS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_NEAREST = 40  # areas to which journeys go where only distance tells; farther ones have little of them


@dataclass(frozen=True)
class Movement:
    """Who meets whom, by area of residence (A) over the zones where they meet (Z).

    Attributes
    ----------
    goes : scipy.sparse.csr_array, shape (A, Z)
        Share of the meetings of residents outside their household that take place in each zone; rows sum to 1.
    from_where : scipy.sparse.csr_array, shape (Z, A)
        Of whom is met in a zone, the share that lives in each area; rows sum to 1, or 0 where nobody goes.
    home : numpy.ndarray[float64], shape (A,)
        Share of infections that are passed on in the household.
    basis : str
        visits | daytime | distance | tree: the best that anything is known by.
    """

    goes: csr_array
    from_where: csr_array
    home: Floats
    basis: str

    def pass_on(self, infections: Floats) -> tuple[Floats, Floats]:
        """Where those live whom people of each area infect: in the same area, and brought to it from others.

        Parameters
        ----------
        infections : numpy.ndarray[float64], shape (A, D)
            Passed on by people who live in each area.

        Returns
        -------
        tuple of numpy.ndarray[float64], each of shape (A, D)
        """
        outside, met_near = infections * (1 - self.home)[:, None], self.own_share[:, None]
        reached = np.asarray(self.from_where.T @ (self.goes.T @ outside))
        own = infections * self.home[:, None] + outside * met_near
        return own, np.maximum(reached - outside * met_near, 0.0)

    @cached_property
    def own_share(self) -> Floats:
        """Share of those met outside the household who live in the same area; shape (A,)."""
        share: Floats = np.asarray(self.goes.multiply(self.from_where.T).sum(axis=1)).ravel()
        return share


def movement_of(known: Records, ground: Ground, rules: AreaRules, attack: float, reproduction: float) -> Movement:
    """Movement by the best that is on record, each kind of record blended with what the lesser ones say.

    Visits outweigh school and work, and these the distance, by how many there are: ``n / (n + movement_pull)``.

    Parameters
    ----------
    known : Records
        As-of view: visits, people, places.
    ground : Ground
        The areas.
    rules : AreaRules
        Shares and scales.
    attack : float
        Share of household members whom a case infects.
    reproduction : float
        People infected by one.
    """
    goes, basis = _supposed(ground, rules)
    for name, counts, share in (
        ("daytime", _daytime(known, ground), rules.daytime.value),
        ("visits", _visits(known, ground), 1.0),
    ):
        if counts is not None and counts.nnz:
            goes, basis = _blend(goes, counts, share, rules.movement_pull.value), name
    home = _at_home(ground, rules, attack, reproduction)
    return Movement(csr_array(goes), met_where(goes, ground.people[ground.at]), home, basis)


def met_where(goes: csr_array, people: Floats) -> csr_array:
    """Of whom is met in each zone, the share that lives in each area; (Z, A).

    Parameters
    ----------
    goes : scipy.sparse.csr_array, shape (A, Z)
        As in `Movement`.
    people : numpy.ndarray[float64], shape (A,)
        Residents.
    """
    there = np.asarray(goes.T @ people).ravel()
    each = np.divide(1.0, there, out=np.zeros_like(there), where=there > 0)
    return csr_array(diags_array(each) @ goes.T @ diags_array(people))


def _supposed(ground: Ground, rules: AreaRules) -> tuple[csr_array, str]:
    """Where nothing tells where people go: partly near home, else by distance, else anywhere in the zone around."""
    zones, at = ground.zones, ground.at
    near = rules.near_home.value
    placed = ~np.isnan(zones.latitude[at]) & ~np.isnan(zones.longitude[at])
    rows, columns, shares = [np.arange(len(at))], [at], [np.full(len(at), near)]
    here = np.flatnonzero(placed)
    if len(here) > 1:
        others, weight = _journeys(ground, here, rules)
        rows.append(np.repeat(here, others.shape[1]))
        columns.append(at[here][others].ravel())
        shares.append(((1 - near) * weight).ravel())
    rest = np.flatnonzero(~placed) if len(here) > 1 else np.arange(len(at))
    around = zones.parent[at[rest]]
    rows.append(rest)
    columns.append(np.where(around >= 0, around, at[rest]))
    shares.append(np.full(len(rest), 1 - near))
    entries = (np.concatenate(rows), np.concatenate(columns))
    goes = csr_array((np.concatenate(shares), entries), shape=(len(at), len(zones)))
    return goes, "distance" if len(here) > 1 else "tree"


def _journeys(ground: Ground, here: Ints, rules: AreaRules) -> tuple[Ints, Floats]:
    """The nearest other areas of each area, and the share of journeys that go there: by residents and distance."""
    zones, at = ground.zones, ground.at[here]
    north = zones.latitude[at] * KM_A_DEGREE
    east = zones.longitude[at] * KM_A_DEGREE * np.cos(np.radians(zones.latitude[at].mean()))
    points = np.stack([north, east], axis=1)
    distance, nearest = cKDTree(points).query(points, k=min(_NEAREST + 1, len(here)))
    fall = 1 + (distance / rules.journey_scale.value) ** rules.journey_exponent.value
    weight = np.where(nearest == np.arange(len(here))[:, None], 0.0, (ground.people[at][nearest] + 1e-9) / fall)
    return nearest, weight / weight.sum(axis=1, keepdims=True)


def _daytime(known: Records, ground: Ground) -> csr_array | None:
    """Residents by area and zone of their school or workplace; (A, Z)."""
    places = known.table("places").select(daytime_place="place_id", there="zone").drop_nulls()
    people = known.table("people").select("zone", "daytime_place").drop_nulls()
    if places.is_empty() or people.is_empty():
        return None
    flows = people.join(places.unique("daytime_place", keep="first", maintain_order=True), on="daytime_place")
    return _counted(flows.group_by("zone", "there").len(), ground)


def _visits(known: Records, ground: Ground) -> csr_array | None:
    """Visits outside the home, by area of the visitor and zone of the place; (A, Z)."""
    visits = known.table("visits").select("person_id", "place_id", kind=pl.col("kind").cast(pl.String), there="zone")
    homes = known.table("people").select("person_id", "zone").drop_nulls().unique("person_id", keep="first")
    if visits.is_empty() or homes.is_empty():
        return None
    by_person = visits.group_by("person_id", "place_id", "kind", "there").len()
    listed = known.table("places").select("place_id", listed="zone", listed_kind=pl.col("kind").cast(pl.String))
    flows = (
        by_person.join(listed.unique("place_id", keep="first", maintain_order=True), on="place_id", how="left")
        .with_columns(there=pl.coalesce("there", "listed"), kind=pl.coalesce("kind", "listed_kind"))
        .filter(~pl.col("kind").is_in(PRIVATE_KINDS).fill_null(value=False), pl.col("there").is_not_null())
        .join(homes, on="person_id")
    )
    return _counted(flows.group_by("zone", "there").agg(pl.col("len").sum()), ground)


def _counted(flows: pl.DataFrame, ground: Ground) -> csr_array:
    home, there = ground.zones.index(flows["zone"]), ground.zones.index(flows["there"])
    area = np.where(home >= 0, ground.area[home], -1)
    kept = (area >= 0) & (there >= 0)
    counts = flows["len"].to_numpy().astype(np.float64)[kept]
    return csr_array((counts, (area[kept], there[kept])), shape=(len(ground.at), len(ground.zones)))


def _blend(goes: csr_array, counts: csr_array, share: float, pull: float) -> csr_array:
    """What records say of `share` of the meetings, in place of what was supposed of them."""
    many = np.asarray(counts.sum(axis=1)).ravel()
    trust = share * many / (many + pull)
    told = diags_array(np.divide(trust, many, out=np.zeros_like(many), where=many > 0)) @ counts
    return csr_array(told + diags_array(1 - trust) @ goes)


def _at_home(ground: Ground, rules: AreaRules, attack: float, reproduction: float) -> Floats:
    """Household mates times their attack rate, of all whom one infects; shape (A,)."""
    zones = ground.zones
    told = (zones.parent < 0) & ~np.isnan(zones.population) & ~np.isnan(zones.households)
    people, homes = zones.population[told].sum(), zones.households[told].sum()
    size = people / homes if homes > 0 and people > 0 else rules.household_size.value
    share = min(max(size - 1, 0.0) * attack / max(reproduction, 1e-9), 1.0)
    return np.full(len(ground.at), share)
