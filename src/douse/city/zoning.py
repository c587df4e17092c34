"""The tree of zones of the demo city: city > districts > communities > estates > buildings."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from douse.city.ground import Ground, geojson, lay_out
from douse.city.names import CITY, community_names, district_names
from douse.city.numbers import Zones

KINDS = ("city", "district", "community", "estate", "building")
_MOST_DISTRICTS = 6
_CENTRAL_FROM = 4  # districts from which one of them lies in the middle


@dataclass(frozen=True)
class Zoning:
    """Zones as arrays; B buildings.

    Attributes
    ----------
    ground : Ground
        Plots of the buildings.
    within : dict[str, numpy.ndarray[int64]], each of shape (B,)
        For each kind of zone, the zone of that kind that contains each building, numbered from 0.
    ids, names : dict[str, list[str]]
        For each kind, identifiers and names in order of number.
    """

    ground: Ground
    within: dict[str, np.ndarray]
    ids: dict[str, list[str]]
    names: dict[str, list[str]]

    def frame(self, residents: np.ndarray, households: np.ndarray) -> pl.DataFrame:
        """The table of zones; `residents` and `households` of each building, shape (B,)."""
        parts = [self._rows(kind, residents, households) for kind in KINDS]
        return pl.concat(parts)

    def _rows(self, kind: str, residents: np.ndarray, households: np.ndarray) -> pl.DataFrame:
        zone = self.within[kind]
        size = np.bincount(zone)
        first = np.unique(zone, return_index=True)[1]
        above = None if kind == "city" else KINDS[KINDS.index(kind) - 1]
        parent = [None] * len(size) if above is None else [self.ids[above][i] for i in self.within[above][first]]
        centre = [np.bincount(zone, self.ground.site[:, axis]) / size for axis in (0, 1)]
        return pl.DataFrame(
            {
                "zone_id": self.ids[kind],
                "name": self.names[kind],
                "kind": [kind] * len(size),
                "parent_zone": pl.Series(parent, dtype=pl.String),
                "population": np.bincount(zone, residents).astype(np.int64),
                "households": np.bincount(zone, households).astype(np.int64),
                "latitude": centre[1].round(6),
                "longitude": centre[0].round(6),
                "boundary": [geojson(rings) for rings in self.ground.outline(zone)],
            }
        )


def make_zones(people: int, numbers: Zones, seed: int) -> Zoning:
    """Draw the tree of zones for a number of residents."""
    buildings = max(4, round(people / numbers.people_per_building.value))
    ground = lay_out(buildings, numbers.people_per_km2.value, people, seed)
    communities = max(1, round(people / numbers.people_per_community.value))
    districts = min(_MOST_DISTRICTS, max(1, round(0.8 * np.sqrt(communities))))
    city = np.zeros(buildings, dtype=np.int64)
    district = _connected(_districts(ground.site, districts), city, ground)
    community = _split(district, communities, ground)
    estates = max(1, round(people / numbers.people_per_estate.value))
    estate = _split(community, estates, ground)
    # Buildings in the order of the tree, so that numbers count up within each parent.
    order = np.lexsort((np.arange(buildings), estate, community, district))
    ground = _renumber(ground, order)
    within = {"city": city, "district": district, "community": community, "estate": estate}
    within = {kind: zone[order] for kind, zone in within.items()} | {"building": np.arange(buildings)}
    return Zoning(ground, within, _ids(within), _names(within, ground.site, seed))


def _districts(site: np.ndarray, wanted: int) -> np.ndarray:
    """District of each plot: one in the middle and sectors around it where there are enough, else halves."""
    if wanted < _CENTRAL_FROM:
        return _bisect(site, wanted)
    away = site - site.mean(axis=0)
    distance = np.hypot(*away.T)
    label = np.zeros(len(site), dtype=np.int64)
    outer = np.argsort(distance, kind="stable")[len(site) // wanted :]
    angle = np.arctan2(away[outer, 1], away[outer, 0])
    by_angle = outer[np.argsort((angle + np.pi / (wanted - 1)) % (2 * np.pi), kind="stable")]
    for sector, plots in enumerate(np.array_split(by_angle, wanted - 1)):
        label[plots] = sector + 1
    return label


def _split(parent: np.ndarray, wanted: int, ground: Ground) -> np.ndarray:
    """Split each parent zone into compact parts of like size, `wanted` in all (at least one a parent)."""
    size = np.bincount(parent)
    parts = np.minimum(np.maximum(1, np.round(size * wanted / len(parent))), size).astype(int)
    label = np.zeros(len(parent), dtype=np.int64)
    done = 0
    for zone, count in enumerate(parts):
        plots = np.flatnonzero(parent == zone)
        label[plots] = done + _bisect(ground.site[plots], int(count))
        done += int(count)
    return _connected(label, parent, ground)


def _bisect(site: np.ndarray, parts: int) -> np.ndarray:
    """Cut a set of points across its long axis, again and again, into parts of like size. Shape (n,)."""
    label = np.zeros(len(site), dtype=np.int64)
    if parts == 1:
        return label
    away = site - site.mean(axis=0)
    axis = np.linalg.eigh(away.T @ away)[1][:, -1]
    axis = axis * (1 if axis[np.argmax(np.abs(axis))] > 0 else -1)
    order = np.argsort((away @ axis).round(9), kind="stable")
    low = parts // 2
    cut = round(len(site) * low / parts)
    label[order[:cut]] = _bisect(site[order[:cut]], low)
    label[order[cut:]] = low + _bisect(site[order[cut:]], parts - low)
    return label


def _connected(label: np.ndarray, parent: np.ndarray, ground: Ground) -> np.ndarray:
    """Give plots that are cut off from the rest of their zone to the sibling that they touch most."""
    label = label.copy()
    left, right = ground.edge[:, 0], ground.edge[:, 1]
    inner = (right >= 0) & (parent[left] == parent[np.maximum(right, 0)])
    left, right = left[inner], right[inner]
    for _ in range(10):
        same = label[left] == label[right]
        joins = coo_array((np.ones(same.sum()), (left[same], right[same])), shape=(len(label), len(label)))
        piece = connected_components(joins, directed=False)[1]
        size = np.bincount(piece)
        main = np.zeros(len(label), dtype=bool)
        order = np.lexsort((piece, -size[piece], label))
        first = np.unique(label[order], return_index=True)[1]
        main[np.isin(piece, piece[order[first]])] = True
        stray = np.flatnonzero(~main)
        if stray.size == 0:
            break
        for plot in stray.tolist():
            beside = label[right[(left == plot) & main[right]]]
            beside = beside[beside != label[plot]]
            if beside.size:
                label[plot] = int(np.bincount(beside).argmax())
    return np.unique(label, return_inverse=True)[1].astype(np.int64)


def _renumber(ground: Ground, order: np.ndarray) -> Ground:
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    edge = ground.edge.copy()
    edge[:, 0] = place[edge[:, 0]]
    edge[:, 1] = np.where(edge[:, 1] >= 0, place[np.maximum(edge[:, 1], 0)], -1)
    return Ground(ground.site[order], ground.vertex, edge)


def _ids(within: dict[str, np.ndarray]) -> dict[str, list[str]]:
    """Identifiers that show the tree: d2c03e1b07 is the seventh building of the first estate of ..."""
    ids = {"city": ["city"]}
    for above, kind, form in (
        ("city", "district", "d{}"),
        ("district", "community", "c{:02d}"),
        ("community", "estate", "e{}"),
        ("estate", "building", "b{:02d}"),
    ):
        parent, number = _numbered(within[above], within[kind])
        stem = [""] if above == "city" else ids[above]
        ids[kind] = [stem[p] + form.format(n) for p, n in zip(parent, number, strict=True)]
    return ids


def _names(within: dict[str, np.ndarray], site: np.ndarray, seed: int) -> dict[str, list[str]]:
    district = within["district"]
    size = np.bincount(district)
    centre = np.c_[np.bincount(district, site[:, 0]) / size, np.bincount(district, site[:, 1]) / size]
    community = community_names(int(within["community"].max()) + 1, seed)
    of_estate, estate = _numbered(within["community"], within["estate"])
    of_building, building = _numbered(within["estate"], within["building"])
    estates = [f"{community[c]} Estate {n}" for c, n in zip(of_estate, estate, strict=True)]
    return {
        "city": [CITY],
        "district": district_names(centre, site.mean(axis=0)),
        "community": [f"{name} Community" for name in community],
        "estate": estates,
        "building": [f"{estates[e]}, Building {n}" for e, n in zip(of_building, building, strict=True)],
    }


def _numbered(parent: np.ndarray, zone: np.ndarray) -> tuple[list[int], list[int]]:
    """Of each zone its parent, and its number within the parent, from 1."""
    first = np.unique(zone, return_index=True)[1]
    above = parent[first]
    number = [int((above[:i] == above[i]).sum()) + 1 for i in range(len(above))]
    return above.tolist(), number
