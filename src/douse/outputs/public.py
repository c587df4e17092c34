"""What may be published: cases by area, small cells hidden. Levels are those in force, never drafts."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from douse.outputs.briefing import Briefing
from douse.outputs.json_text import dumped
from douse.outputs.suppress import Published, suppress
from douse.outputs.words import Words
from douse.records.codes import ZONE_KINDS
from douse.records.finding import write_csv
from douse.situation.lifting import in_force

AREAS_SHOWN = 40
HIDDEN = "hidden"
ADDRESSES = ZONE_KINDS[: ZONE_KINDS.index("estate")]  # kinds of zone that are never published
_COLUMNS = ("cases_last_7_days", "cases_earlier", "cases_all")


def write_public(out: Path, briefing: Briefing, words: Words) -> list[Path]:
    """Write ``public.json`` and ``public-zones.csv``."""
    minimum = round(briefing.protocol.privacy.small_cell_min.value)
    areas = public_areas(briefing, words)
    published = suppress(areas.select("new_cases", "earlier").to_numpy().astype(np.int64), minimum)
    rows = _rows(areas, published, words)
    csv = pl.DataFrame(
        [
            {name: HIDDEN if name in _COLUMNS and value is None else value for name, value in row.items()}
            for row in rows
        ],
        schema=dict.fromkeys(rows[0], pl.String),
        strict=False,
    )
    paths = [out / "public.json", out / "public-zones.csv"]
    paths[0].write_text(dumped(_page(briefing, rows, minimum, words)), encoding="utf-8", newline="\n")
    write_csv(csv, paths[1])
    return paths


def public_areas(briefing: Briefing, words: Words) -> pl.DataFrame:
    """Areas that part the cases: zone, name, level, new_cases (last 7 days), earlier.

    The roots that have cases; where it is one, its children. Never an address: an area that is a building or less
    would tell who lives there is ill, whatever is hidden of its count; and a zone of unknown kind may be one. At most
    `AREAS_SHOWN`; the others, and the cases that no area holds, are one last row.
    """
    table = briefing.situation.by_zone.filter(~pl.col("kind").is_in(ADDRESSES).fill_null(value=True))
    roots = table.filter(pl.col("parent_zone").is_null() & (pl.col("cases") > 0))
    inner = table.filter(pl.col("parent_zone").is_in(roots["zone"].implode()))
    parts = inner if roots.height == 1 and inner.height else roots
    areas = parts.sort("cases", "zone", descending=[True, False]).head(AREAS_SHOWN).sort("zone")
    levels = dict(in_force(briefing.known, briefing.zones).select("zone", "level").iter_rows())
    counts = areas.select(
        "zone",
        "name",
        level=pl.col("zone").replace_strict(levels, default="open", return_dtype=pl.String),
        new_cases=pl.col("new_cases").cast(pl.Int64),
        earlier=pl.max_horizontal(pl.col("cases").cast(pl.Int64) - pl.col("new_cases").cast(pl.Int64), 0),
    )
    situation = briefing.situation
    new_elsewhere = situation.new_week - counts["new_cases"].sum()
    elsewhere = situation.total - situation.new_week - counts["earlier"].sum()
    if new_elsewhere <= 0 and elsewhere <= 0:
        return counts
    rest = {
        "zone": None, "name": words.say("elsewhere or not known"), "level": None,
        "new_cases": max(new_elsewhere, 0), "earlier": max(elsewhere, 0),
    }  # fmt: skip
    return pl.concat([counts, pl.DataFrame([rest], schema=counts.schema)])


def _rows(areas: pl.DataFrame, published: Published, words: Words) -> list[dict[str, Any]]:
    """One row an area and one of totals; hidden numbers are None."""
    named = [
        *areas.select("zone", "name", "level").iter_rows(named=True),
        {"zone": None, "name": words.say("All"), "level": None},
    ]
    shown = published.shown()
    return [place | dict(zip(_COLUMNS, numbers, strict=True)) for place, numbers in zip(named, shown, strict=True)]


def _page(briefing: Briefing, rows: list[dict[str, Any]], minimum: int, words: Words) -> dict[str, Any]:
    situation = briefing.situation
    r = situation.r_now
    return {
        "public": True,
        "as_of": situation.as_of.isoformat(),
        "pathogen": situation.pathogen,
        "protocol": situation.protocol,
        "note": words.say(
            "Counts from 1 to {most} are hidden, and others so that they cannot be worked out. Hidden numbers are "
            "null. Levels are those in force, not proposals.",
            most=minimum - 1,
        ),
        "deaths": None if 0 < situation.deaths < minimum else situation.deaths,
        "reproduction_number": {"estimate": r.estimate, "lower": r.lower, "upper": r.upper},
        "areas": rows[:-1],
        "all": rows[-1],
    }
