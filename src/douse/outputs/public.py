"""What `douse plan` writes for publication: levels in force by area, and no count of persons.

Counts are told by the bulletin alone, which knows what it told before. A second publication of the same cases, however
well its own small cells are hidden, could be subtracted from it, and from itself a day later.
"""

from pathlib import Path
from typing import Any

import polars as pl

from douse.outputs.briefing import Briefing
from douse.outputs.bulletin.areas import areas
from douse.outputs.json_text import dumped
from douse.outputs.words import Words
from douse.records.finding import write_csv
from douse.situation.lifting import in_force


def write_public(out: Path, briefing: Briefing, words: Words) -> list[Path]:
    """Write ``public.json`` and ``public-zones.csv``."""
    rows = _areas(briefing)
    situation = briefing.situation
    page = {
        "public": True,
        "as_of": situation.as_of.isoformat(),
        "pathogen": situation.pathogen,
        "protocol": situation.protocol,
        "note": words.say(
            "Levels are those in force, not proposals. Counts are told by the bulletin alone, so that none that it "
            "hides can be worked out."
        ),
        "areas": rows,
    }
    paths = [out / "public.json", out / "public-zones.csv"]
    paths[0].write_text(dumped(page), encoding="utf-8", newline="\n")
    write_csv(pl.DataFrame(rows, schema=dict.fromkeys(("zone", "name", "level"), pl.String)), paths[1])
    return paths


def _areas(briefing: Briefing) -> list[dict[str, Any]]:
    """The areas of a bulletin, which follow the map and never the cases, each with its own level."""
    zones = briefing.zones
    levels = dict(in_force(briefing.known, zones).select("zone", "level").iter_rows())
    return [
        {"zone": zone, "name": zones.names[zones.position[zone]], "level": levels.get(zone, "open")}
        for zone in areas(zones, ())
    ]
