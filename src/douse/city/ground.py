"""The ground of the city: plots around buildings that tile it without gaps, and outlines of groups of plots.

Plots are Voronoi cells of a jittered honeycomb of sites, denser towards the centre. Every border is made of edges
that two plots share, so zones of every rank tile their parent exactly.
"""

import json
from dataclasses import dataclass

import numpy as np
from scipy.spatial import Voronoi

from douse.city.draws import stream

# Open sea, where no real city can be mistaken for this one.
CENTRE_LONGITUDE, CENTRE_LATITUDE = 124.5, 30.5
KM_PER_DEGREE = 111.32
_JITTER = 0.28  # of the distance between sites
_CENTRE_SQUEEZE = 0.5  # plots in the centre are so much narrower than at the edge


@dataclass(frozen=True)
class Ground:
    """Plots and the edges between them.

    Attributes
    ----------
    site : numpy.ndarray[float64], shape (B, 2)
        Longitude and latitude of each plot's building.
    vertex : numpy.ndarray[float64], shape (V, 2)
        Longitude and latitude of corners, rounded to 6 decimals (0.1 m).
    edge : numpy.ndarray[int64], shape (E, 4)
        Plot on the left, plot on the right (-1: outside the city), first and last vertex; each inner edge twice,
        once from each side, so that the left plot lies anticlockwise.
    """

    site: np.ndarray
    vertex: np.ndarray
    edge: np.ndarray

    def outline(self, group: np.ndarray) -> list[list[np.ndarray]]:
        """Closed rings around each group of plots.

        Parameters
        ----------
        group : numpy.ndarray[int64], shape (B,)
            Group of each plot, 0 to G - 1.

        Returns
        -------
        list[list[numpy.ndarray]]
            For each group its rings, longest first; each of shape (n, 2), first point repeated at the end.
        """
        left, right = self.edge[:, 0], self.edge[:, 1]
        beyond = np.where(right >= 0, group[right], -1)
        border = np.flatnonzero(group[left] != beyond)
        following: list[dict[int, int]] = [{} for _ in range(int(group.max()) + 1)]
        for row in border.tolist():
            plot, _, first, last = self.edge[row].tolist()
            following[int(group[plot])][first] = last
        return [self._rings(steps) for steps in following]

    def _rings(self, following: dict[int, int]) -> list[np.ndarray]:
        rings = []
        left = dict(sorted(following.items()))
        while left:
            start = at = next(iter(left))
            ring = [start]
            while (at := left.pop(at)) != start:
                ring.append(at)
            points = self.vertex[[*ring, start]]
            moved = np.r_[True, (np.diff(points, axis=0) != 0).any(axis=1)]
            rings.append(points[moved])
        return sorted(rings, key=len, reverse=True)


def lay_out(buildings: int, people_per_km2: float, people: int, seed: int) -> Ground:
    """Plots for a number of buildings, within an irregular city outline.

    Parameters
    ----------
    buildings : int
        Plots wanted, at least 1.
    people_per_km2, people : float, int
        Density and residents; they give the city its size.
    seed : int
        Seed of the city.
    """
    random = stream(seed, "ground")
    sites = _honeycomb(buildings, random)
    reach = _reach(sites, random)
    order = np.argsort(np.hypot(sites[:, 0], sites[:, 1]) / reach, kind="stable")
    sites = sites[order]
    distance = np.hypot(sites[:, 0], sites[:, 1])
    # Widening with the distance keeps the tiling one of plots in the same order, narrower in the centre.
    sites = sites * (_CENTRE_SQUEEZE + (1 - _CENTRE_SQUEEZE) * distance)[:, None]
    diagram = Voronoi(sites)
    edge = _edges(diagram, buildings)
    used, compact = np.unique(edge[:, 2:], return_inverse=True)
    edge = np.c_[edge[:, :2], compact.reshape(-1, 2)]
    km = _scale(diagram.vertices[used], edge, people / people_per_km2)
    return Ground(_on_earth(sites[:buildings] * km), _on_earth(diagram.vertices[used] * km), edge)


def geojson(rings: list[np.ndarray]) -> str:
    """GeoJSON geometry of one zone: a polygon of one ring, or one polygon a ring."""
    polygons = [[ring.round(6).tolist()] for ring in rings]
    if len(polygons) == 1:
        return json.dumps({"type": "Polygon", "coordinates": polygons[0]}, separators=(",", ":"))
    return json.dumps({"type": "MultiPolygon", "coordinates": polygons}, separators=(",", ":"))


def _honeycomb(buildings: int, random: np.random.Generator) -> np.ndarray:
    """Jittered sites, about `buildings` of them within a distance of 1 and enough around; shape (n, 2)."""
    step = np.sqrt(2 * np.pi / np.sqrt(3) / buildings)
    half = int(np.ceil(1.8 / step)) + 3
    column, row = np.meshgrid(np.arange(-half, half + 1), np.arange(-half, half + 1))
    x = (column + 0.5 * (row % 2)).ravel() * step
    y = row.ravel() * step * np.sqrt(3) / 2
    jitter = random.uniform(-_JITTER, _JITTER, (x.size, 2)) * step
    sites: np.ndarray = np.c_[x, y] + jitter
    return sites


def _reach(sites: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """How far the city reaches in the direction of each site; between 0.75 and 1.3. Shape (n,)."""
    angle = np.arctan2(sites[:, 1], sites[:, 0])
    waves = np.arange(2, 7)
    height = random.uniform(0.3, 1.0, waves.size) * 0.16 / np.sqrt(waves)
    phase = random.uniform(0, 2 * np.pi, waves.size)
    reach: np.ndarray = 1 + (height * np.cos(waves * angle[:, None] + phase)).sum(axis=1)
    return reach


def _edges(diagram: Voronoi, buildings: int) -> np.ndarray:
    """Edges of the plots of the first `buildings` sites, from both sides; see `Ground.edge`."""
    pairs = np.asarray(diagram.ridge_points)
    ends = np.asarray(diagram.ridge_vertices)
    inner = (pairs < buildings).any(axis=1)
    pairs, ends = pairs[inner], ends[inner]
    both = np.r_[np.c_[pairs, ends], np.c_[pairs[:, ::-1], ends]]
    both = both[both[:, 0] < buildings]
    site, first, last = diagram.points[both[:, 0]], diagram.vertices[both[:, 2]], diagram.vertices[both[:, 3]]
    turn = (first[:, 0] - site[:, 0]) * (last[:, 1] - site[:, 1]) - (first[:, 1] - site[:, 1]) * (
        last[:, 0] - site[:, 0]
    )
    both[turn < 0, 2], both[turn < 0, 3] = both[turn < 0, 3], both[turn < 0, 2]
    both[both[:, 1] >= buildings, 1] = -1
    edges: np.ndarray = both[np.lexsort((both[:, 2], both[:, 0]))].astype(np.int64)
    return edges


def _scale(vertex: np.ndarray, edge: np.ndarray, km2: float) -> float:
    """Kilometres per unit of length that give the city its area."""
    a, b = vertex[edge[:, 2]], vertex[edge[:, 3]]
    area = (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum() / 2
    return float(np.sqrt(km2 / area))


def _on_earth(km: np.ndarray) -> np.ndarray:
    """Longitude and latitude of points given in kilometres from the centre."""
    longitude = CENTRE_LONGITUDE + km[:, 0] / (KM_PER_DEGREE * np.cos(np.radians(CENTRE_LATITUDE)))
    points: np.ndarray = np.c_[longitude, CENTRE_LATITUDE + km[:, 1] / KM_PER_DEGREE].round(6)
    return points
