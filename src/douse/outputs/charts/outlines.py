"""GeoJSON outlines of zones as plane figures, small enough for a page."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

Ring = list[tuple[float, float]]


@dataclass(frozen=True)
class Plane:
    """Longitude and latitude -> plane: longitudes shrunk by the cosine of the middle latitude, good for a country."""

    west: float
    south: float
    east: float
    north: float
    shrink: float

    @property
    def width(self) -> float:
        """Extent in x."""
        return (self.east - self.west) * self.shrink

    @property
    def height(self) -> float:
        """Extent in y."""
        return self.north - self.south

    def x(self, longitude: float) -> float:
        """Plane x of a longitude, 0 at the west."""
        return (longitude - self.west) * self.shrink

    def y(self, latitude: float) -> float:
        """Plane y of a latitude, 0 at the south."""
        return latitude - self.south


def polygons(boundary: str | None) -> list[list[Ring]]:
    """Polygons (outer ring, then holes) of a GeoJSON geometry or feature; none where the text is not one."""
    if not boundary:
        return []
    try:
        return _polygons(json.loads(boundary))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return []


def plane_of(longitudes: Sequence[float], latitudes: Sequence[float]) -> Plane | None:
    """The plane that holds all points, with a margin; None without a point."""
    if not longitudes:
        return None
    west, east, south, north = min(longitudes), max(longitudes), min(latitudes), max(latitudes)
    shrink = max(float(np.cos(np.radians((south + north) / 2))), 0.05)
    margin = 0.04 * max((east - west) * shrink, north - south, 0.02)
    return Plane(west - margin / shrink, south - margin, east + margin / shrink, north + margin, shrink)


def thinned(rings: Iterable[Ring], plane: Plane, step: float) -> list[list[list[float]]]:
    """Rings on the plane, points moved to a grid of `step` and repeats dropped; rings of fewer than 3 points go."""
    kept = []
    for ring in rings:
        points = [
            [round(round(plane.x(lon) / step) * step, 6), round(round(plane.y(lat) / step) * step, 6)]
            for lon, lat in ring
        ]
        line = points[:1] + [after for before, after in pairwise(points) if before != after]
        if len(line) >= 4:
            kept.append(line)
    return kept


def _polygons(geometry: dict[str, object]) -> list[list[Ring]]:
    kind = geometry["type"]
    if kind == "Feature":
        return _polygons(geometry["geometry"])  # type: ignore[arg-type]  # whatever it is not, `polygons` catches
    coordinates = geometry["coordinates"]
    if kind == "Polygon":
        return [_rings(coordinates)]
    return [_rings(one) for one in coordinates] if kind == "MultiPolygon" else []  # type: ignore[attr-defined]  # caught


def _rings(coordinates: object) -> list[Ring]:
    rings = [[(float(p[0]), float(p[1])) for p in ring] for ring in coordinates]  # type: ignore[attr-defined]  # caught
    if not all(np.isfinite(ring).all() for ring in rings if ring):
        raise ValueError("a coordinate is not a number")
    return rings
