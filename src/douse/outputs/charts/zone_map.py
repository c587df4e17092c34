"""The map of zones: outlines coloured by level, circles for cases of the last days, names of the most affected."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import altair as alt
import numpy as np

from douse.outputs.blocks import Picture
from douse.outputs.charts import style
from douse.outputs.charts.outlines import Plane, Ring, plane_of, polygons, thinned
from douse.outputs.levels import effective_levels
from douse.records.codes import LEVELS
from douse.records.zone_tree import ZoneTree

NAMES_SHOWN = 10
CIRCLES_SHOWN = 400
_LARGEST_CIRCLE, _SMALLEST_CIRCLE = 2000.0, 25.0  # square pixels, the largest on the wide map
_SMALL = 7  # pixels: a restricted zone drawn smaller than this gets a square of its colour
_LEAST_DRAWN = 30  # pixels: a zone smaller than this is not drawn within a zone of the same level
_LEAST_MOST = 12  # cases: the largest circle stands for at least so many


@dataclass(frozen=True)
class Shape:
    """A zone on the map."""

    zone: str
    name: str
    level: str
    cases: int  # recorded at this very zone, not within it
    polygons: list[list[Ring]]
    longitude: float | None
    latitude: float | None
    within_like: bool = False  # the zone that contains it has an outline and the same level


def shapes(zones: ZoneTree, levels: Mapping[str, str], own_cases: Mapping[str, int]) -> list[Shape]:
    """Zones that have an outline or a point, parents first, with the level that holds in them."""
    found: list[Shape] = []
    holds = effective_levels(zones, levels)
    outlined: dict[int, str] = {}  # position -> level
    for i, zone in enumerate(zones.ids):
        outline = polygons(zones.boundaries[i])
        longitude, latitude = float(zones.longitude[i]), float(zones.latitude[i])
        if not (np.isfinite(longitude) and np.isfinite(latitude)):
            longitude, latitude = _middle(outline) if outline else (np.nan, np.nan)
        placed = bool(np.isfinite(longitude))
        if outline or placed:
            shape = Shape(
                zone,
                zones.names[i],
                holds[zone],
                own_cases.get(zone, 0),
                outline,
                longitude if placed else None,
                latitude if placed else None,
                within_like=outlined.get(int(zones.parent[i])) == holds[zone],
            )
            found.append(shape)
        if outline:
            outlined[i] = holds[zone]
    return found


def zone_map(found: Sequence[Shape], alt_text: str) -> Picture | None:
    """Draw the map; None where no zone has an outline, nor a point with a case or a level."""
    drawn = [s for s in found if s.polygons or s.cases or s.level != "open"]
    points = [p for s in drawn for p in _corners(s)]
    plane = plane_of([p[0] for p in points], [p[1] for p in points])
    if plane is None:
        return None
    return style.picture(partial(_draw, drawn, plane), alt_text)


def _draw(drawn: Sequence[Shape], plane: Plane, width: int) -> style.Drawing:
    most_high = 0.75 * width if width > style.NARROW else 1.2 * width
    height = round(min(max(width * plane.height / plane.width, 0.35 * width), most_high))
    scale = min(width / plane.width, height / plane.height)
    left, top = (width - scale * plane.width) / 2, (height + scale * plane.height) / 2
    pixels = {s.zone: _pixel(s, plane, scale, left, top) for s in drawn}
    sizes = {s.zone: max(_extent(s, plane) * scale, 0.0) for s in drawn}
    tables = style.Tables()
    x = alt.X("x", type="quantitative", scale=alt.Scale(domain=[0, width], nice=False), axis=None)
    y = alt.Y("y", type="quantitative", scale=alt.Scale(domain=[0, height], reverse=True, nice=False), axis=None)
    colour = alt.Color("colour", type="nominal", legend=None, scale=None)
    area = alt.Size("area", type="quantitative", legend=None, scale=None)
    opacity = alt.FillOpacity("opacity", type="quantitative", legend=None, scale=None)
    text = alt.Text("text", type="nominal")
    squares = tables.add("x", "y", "colour", values=_squares(drawn, sizes, pixels))
    circles = tables.add("x", "y", "area", "colour", "opacity", values=_circles(drawn, pixels, width))
    names = tables.add("x", "y", "text", values=_names(drawn, pixels, width))
    layers = [
        alt.Chart(squares).mark_square(size=90, stroke="white", strokeWidth=1, opacity=1).encode(x, y, colour),
        alt.Chart(circles).mark_circle(stroke=style.INK, strokeWidth=0.8).encode(x, y, area, colour, opacity),
        alt.Chart(names)
        .mark_text(fontSize=12, fontWeight=600, baseline="bottom", stroke="white", strokeWidth=3.5, strokeJoin="round")
        .encode(x, y, text),
        alt.Chart(names).mark_text(fontSize=12, fontWeight=600, baseline="bottom").encode(x, y, text),
    ]
    outlines = _outlines(drawn, plane, scale, sizes)
    if outlines:
        shapes_ = (
            alt.Chart(tables.keep(outlines))
            .mark_geoshape(stroke="#8a97a3", strokeWidth=0.7)
            .encode(alt.Color("properties.colour", type="nominal", legend=None, scale=None))
            .project(type="identity", reflectY=True, scale=scale, translate=[left, top])
        )
        layers.insert(0, shapes_)
    chart = alt.layer(*layers).properties(
        width=width - 2, height=height, padding=1, view=alt.ViewConfig(stroke=style.GRID, fill="#fbfcfd")
    )
    return style.Drawing(chart, tables)


def _outlines(drawn: Sequence[Shape], plane: Plane, scale: float, sizes: Mapping[str, float]) -> list[dict[str, Any]]:
    return [
        {
            "type": "Feature",
            "properties": {"colour": style.LEVEL_COLOURS[s.level]},
            "geometry": {"type": "MultiPolygon", "coordinates": parts},
        }
        for s in drawn
        if s.polygons and (not s.within_like or sizes[s.zone] >= _LEAST_DRAWN)
        and (parts := [thin for rings in s.polygons if (thin := thinned(rings, plane, 0.6 / scale))])
    ]  # fmt: skip


def _squares(
    drawn: Sequence[Shape], sizes: Mapping[str, float], pixels: Mapping[str, tuple[float, float]]
) -> list[tuple[float, float, str]]:
    """Marks for restricted zones whose outline is too small to see."""
    small = [s for s in drawn if s.level != "open" and s.polygons and not s.within_like and sizes[s.zone] < _SMALL]
    return [(*pixels[s.zone], style.LEVEL_COLOURS[s.level]) for s in small]


def _circles(
    drawn: Sequence[Shape], pixels: Mapping[str, tuple[float, float]], width: int
) -> list[tuple[float, float, float, str, float]]:
    """Circles in proportion to cases, largest first so that small ones lie on top.

    On an outline they are translucent; a zone that is a point has the colour of its level.
    """
    marked = [s for s in drawn if s.cases or not s.polygons]
    most = max((s.cases for s in marked), default=0)
    shown = sorted(marked, key=lambda s: (-s.cases, s.level == "open", s.zone))[:CIRCLES_SHOWN]
    return [
        (
            *pixels[s.zone], _circle_area(s.cases, most, width),
            style.ACCENT if s.polygons else style.LEVEL_COLOURS[s.level], 0.55 if s.polygons else 0.85,
        )
        for s in shown
    ]  # fmt: skip


def _circle_area(cases: int, most: int, width: int) -> float:
    """Square pixels, in proportion to the cases, but never too small to see."""
    return max(_LARGEST_CIRCLE * width / style.WIDE * cases / max(most, _LEAST_MOST), _SMALLEST_CIRCLE)


def _names(
    drawn: Sequence[Shape], pixels: Mapping[str, tuple[float, float]], width: int
) -> list[tuple[float, float, str]]:
    """Names of the most affected and most restricted zones, as far as they do not overlap: x, y, name."""
    wanted = sorted(
        (s for s in drawn if s.cases or s.level == LEVELS[-1]), key=lambda s: (s.level != LEVELS[-1], -s.cases, s.zone)
    )
    most = max((s.cases for s in wanted), default=1)
    boxes: list[tuple[float, float, float, float]] = []
    kept = []
    for shape in wanted[: 4 * NAMES_SHOWN]:
        x, y = pixels[shape.zone]
        y -= math.sqrt(_circle_area(shape.cases, most, width) / math.pi) + 3
        half = 4 + 3.5 * sum(2 if ord(letter) > 0x2E7F else 1 for letter in shape.name)
        box = (x - half, y - 16, x + half, y)
        inside = box[0] >= 0 and box[2] <= width and box[1] >= 0
        if inside and not any(_overlap(box, other) for other in boxes):
            boxes.append(box)
            kept.append((x, y, shape.name))
        if len(kept) == (NAMES_SHOWN if width > style.NARROW else NAMES_SHOWN // 2):
            break
    return kept


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _pixel(shape: Shape, plane: Plane, scale: float, left: float, top: float) -> tuple[float, float]:
    longitude, latitude = shape.longitude or 0.0, shape.latitude or 0.0
    return round(left + scale * plane.x(longitude), 1), round(top - scale * plane.y(latitude), 1)


def _corners(shape: Shape) -> list[tuple[float, float]]:
    corners = [point for rings in shape.polygons for point in rings[0]] if shape.polygons else []
    if shape.longitude is not None and shape.latitude is not None:
        corners.append((shape.longitude, shape.latitude))
    return corners


def _extent(shape: Shape, plane: Plane) -> float:
    corners = [point for rings in shape.polygons for point in rings[0]]
    x, y = [c[0] for c in corners], [c[1] for c in corners]
    return max((max(x) - min(x)) * plane.shrink, max(y) - min(y)) if corners else 0.0


def _middle(outline: list[list[Ring]]) -> tuple[float, float]:
    corners = [point for rings in outline for point in (rings[0] if rings else [])]
    if not corners:
        return float("nan"), float("nan")
    x, y = [c[0] for c in corners], [c[1] for c in corners]
    return (min(x) + max(x)) / 2, (min(y) + max(y)) / 2
