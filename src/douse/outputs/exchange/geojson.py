"""Zones as GeoJSON (RFC 7946), with the level that is in force."""

import json
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from douse.outputs.bulletin.areas import ADDRESSES
from douse.outputs.exchange.left_out import LeftOut
from douse.readers.exchange.geojson import is_geometry
from douse.records.measure import Because
from douse.records.records import Records
from douse.records.tables import TABLES
from douse.records.zone_tree import ZoneTree
from douse.situation.lifting import in_force

FILE = "zones.geojson"
PROPERTIES = tuple(
    name for name in TABLES["zones"].column_names() if name not in {"boundary", "record_id", "supersedes"}
)


def write_geojson(out: Path, records: Records, left: LeftOut, *, exact: bool) -> list[Path]:
    """Write ``zones.geojson``: a feature a zone, its outline or else its point, and its columns as properties.

    Parameters
    ----------
    out : Path
        Folder.
    records : Records
        An as-of view.
    left : LeftOut
        Told what is left out.
    exact : bool
        Whether zones that are a building or less, which are addresses, are written too.
    """
    held = {"zones": TABLES["zones"].column_names()}
    left.beyond(records, held, Because("GeoJSON is written of zones alone."), Because("GeoJSON holds no such column."))
    levels = dict(in_force(records, ZoneTree(records)).select("zone", "level").iter_rows())
    path = out / FILE
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write('{"type": "FeatureCollection", "features": [')
        written = 0
        for row in records.table("zones").iter_rows(named=True):
            if not exact and row["kind"] in ADDRESSES:
                left.row("zones", row["record_id"], Because("It is an address: add --exact for those who may have it."))
                continue
            file.write(",\n" if written else "\n")
            feature = _feature(row, levels.get(row["zone_id"], "open"), left)
            file.write(json.dumps(feature, ensure_ascii=False, allow_nan=False, default=str))
            written += 1
        file.write("]}\n")
    return [path]


def _feature(row: dict[str, Any], level: str, left: LeftOut) -> dict[str, Any]:
    shape = None
    if row["boundary"] is not None:
        shape = _geometry(row["boundary"])
        if shape is None:
            left.row("zones", row["record_id"], Because("The outline is no GeoJSON geometry."), column="boundary")
    located = row["latitude"] is not None and row["longitude"] is not None
    if shape is None and located:
        shape = {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]}
    properties = {name: row[name] for name in PROPERTIES if row[name] is not None}
    return {"type": "Feature", "id": row["zone_id"], "geometry": shape, "properties": properties | {"level": level}}


def _geometry(text: str) -> Any:
    try:
        shape = from_json(text, allow_inf_nan=False)
    except ValueError:
        return None
    return shape if is_geometry(shape) else None
