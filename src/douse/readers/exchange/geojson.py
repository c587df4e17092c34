"""GeoJSON to zones."""

import json
from collections.abc import Mapping
from typing import Any

from douse.readers.exchange.gathered import ROW, VALUE, Gathered
from douse.readers.names import match, plain
from douse.records.tables import TABLES

_DEPTHS = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
_LINE, _RING = 2, 4  # positions at least
_IDS = ("zone_id", "id", "code", "pcode")
_QUIET = frozenset({"level"})  # which measures make, not zones


def is_geojson(value: Any) -> bool:
    """Whether JSON is a map of features."""
    return isinstance(value, dict) and value.get("type") in ("FeatureCollection", "Feature")


def is_geometry(shape: Any) -> bool:
    """Whether a value is a geometry of RFC 7946: positions as deep and as many as its type asks, on the globe."""
    if not isinstance(shape, dict):
        return False
    if shape.get("type") == "GeometryCollection":
        parts = shape.get("geometries")
        return isinstance(parts, list) and all(is_geometry(part) for part in parts)
    kind, given = str(shape.get("type")), shape.get("coordinates") or []
    if kind not in _DEPTHS or not _is_nested(given, _DEPTHS[kind]):
        return False
    lines = {"LineString": [given], "MultiLineString": given}.get(kind, [])
    rings = {"Polygon": [given], "MultiPolygon": given}.get(kind, [])
    closed = all(len(ring) >= _RING and ring[0] == ring[-1] for polygon in rings for ring in polygon)
    return closed and all(len(line) >= _LINE for line in lines)


def _is_nested(given: Any, depth: int) -> bool:
    if not isinstance(given, list) or not given:
        return False
    if depth:
        return all(_is_nested(part, depth - 1) for part in given)
    numbers = all(isinstance(part, int | float) and not isinstance(part, bool) for part in given)
    return numbers and 2 <= len(given) <= 4 and -180 <= given[0] <= 180 and -90 <= given[1] <= 90


def read_geojson(file: str, value: Mapping[str, Any], gathered: Gathered) -> None:
    """Features into rows of zones; the row is the number of the feature."""
    features = value.get("features", []) if value.get("type") == "FeatureCollection" else [value]
    listed = features if isinstance(features, list) else [features]
    given = [feature if isinstance(feature, dict) else {} for feature in listed]
    names = match("zones", list(dict.fromkeys(name for one in given for name in _properties(one)))).columns
    for number, feature in enumerate(given, start=1):
        _read(file, number, feature, names, gathered)


def _properties(feature: Mapping[str, Any]) -> dict[str, Any]:
    given = feature.get("properties")
    return {str(name): value for name, value in given.items()} if isinstance(given, dict) else {}


def _read(file: str, number: int, feature: Mapping[str, Any], names: Mapping[str, str], gathered: Gathered) -> None:
    properties = _properties(feature)
    plainly = {plain(name): value for name, value in properties.items()}
    row = {ours: properties[theirs] for ours, theirs in names.items() if properties.get(theirs) is not None}
    told = (row.get("zone_id"), feature.get("id"), *(plainly.get(name) for name in _IDS), row.get("name"))
    key = next((one for one in told if one is not None and one != ""), None)
    if not isinstance(key, str | int) or isinstance(key, bool):
        gathered.say(file, number, "geojson_no_zone", ROW, table="zones")
        return
    row["zone_id"] = key
    used = {*names.values()} | {name for name in properties if plain(name) in _IDS} | _QUIET
    for name in properties:
        if name not in used:
            gathered.say(file, number, "geojson_property", table="zones", column=name[:80])
    nested = {name for name, cell in row.items() if isinstance(cell, dict | list)}
    for name in nested & set(TABLES["zones"].column_names()):
        gathered.say(file, number, "geojson_property", VALUE, table="zones", column=name)
    row = {name: cell for name, cell in row.items() if name not in nested}
    _add_shape(file, number, feature.get("geometry"), row, gathered)
    gathered.add(file, number, "zones", row)


def _add_shape(file: str, number: int, shape: Any, row: dict[str, Any], gathered: Gathered) -> None:
    if shape is None:
        return
    if not is_geometry(shape):
        gathered.say(file, number, "geojson_no_shape", VALUE, table="zones", column="boundary")
    elif shape["type"] == "Point":
        longitude, latitude = shape["coordinates"][:2]
        row.setdefault("longitude", longitude)
        row.setdefault("latitude", latitude)
    else:
        row["boundary"] = json.dumps(shape, ensure_ascii=False, separators=(",", ":"))
