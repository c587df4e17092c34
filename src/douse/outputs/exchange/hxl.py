"""What may be published of cases by area, as CSV with HXL tags."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from douse.library import Protocol
from douse.outputs.bulletin.areas import ADDRESSES
from douse.outputs.exchange.left_out import LeftOut
from douse.outputs.suppress import suppress
from douse.outputs.words import Words
from douse.records.finding import write_csv
from douse.records.measure import Because
from douse.records.records import Records
from douse.records.zone_tree import ZoneTree
from douse.situation.lifting import in_force
from douse.situation.situation import Situation

FILE = "cases-by-area.csv"
MOST_AREAS = 40
# Column -> tag of HXL 1.1; the attributes are ours where the core has none.
TAGS = {
    "date": "#date+as_of",
    "zone": "#loc+code",
    "name": "#loc+name",
    "level": "#status+level",
    "cases_last_7_days": "#affected+infected+last_7_days",
    "cases_earlier": "#affected+infected+earlier",
    "cases_all": "#affected+infected+total",
}


@dataclass(frozen=True)
class Shown:
    """What the public areas are made from."""

    situation: Situation
    known: Records
    zones: ZoneTree


def write_hxl(out: Path, shown: Shown, protocol: Protocol, words: Words, left: LeftOut) -> list[Path]:
    """Write ``cases-by-area.csv``: small cells, and others that would give them away, are empty.

    Parameters
    ----------
    out : Path
        Folder.
    shown : Shown
        Of the as-of day.
    protocol : Protocol
        Says which counts are small.
    words : Words
        Language of names that are words.
    left : LeftOut
        Told what is left out.
    """
    minimum = round(protocol.privacy.small_cell_min.value)
    areas = _areas(shown, words)
    published = suppress(areas.select("new_cases", "earlier").to_numpy().astype(np.int64), minimum)
    numbers = pl.DataFrame(published.shown(), schema=dict.fromkeys(list(TAGS)[4:], pl.Int64), orient="row")
    total = pl.DataFrame(
        {"zone": [None], "name": [words.say("All")], "level": [None]}, schema=dict.fromkeys(list(TAGS)[1:4], pl.String)
    )
    named = pl.concat([areas.select("zone", "name", "level"), total])
    rows = pl.concat([named, numbers], how="horizontal").select(
        pl.lit(shown.situation.as_of.isoformat()).alias("date"), pl.all().cast(pl.String)
    )
    why = Because(
        "Counts below {minimum}, and others that would give them away, are not published.", {"minimum": minimum}
    )
    left.column("cases", "count", int(published.hidden.sum()), why)
    for table in shown.known.frames:
        left.whole(table, shown.known.table(table).height, Because("Only counts by area are published."))
    path = out / FILE
    write_csv(pl.concat([pl.DataFrame([TAGS], schema=rows.schema), rows]), path)
    return [path]


def _areas(shown: Shown, words: Words) -> pl.DataFrame:
    """Areas that part the cases: zone, name, level, new_cases (last 7 days), earlier.

    The roots that have cases; where it is one, its children. Never an address: an area that is a building or less
    would tell who lives there is ill, whatever is hidden of its count; and a zone of unknown kind may be one. At most
    `MOST_AREAS`; the others, and the cases that no area holds, are one last row.
    """
    table = shown.situation.by_zone.filter(~pl.col("kind").is_in(ADDRESSES).fill_null(value=True))
    roots = table.filter(pl.col("parent_zone").is_null() & (pl.col("cases") > 0))
    inner = table.filter(pl.col("parent_zone").is_in(roots["zone"].implode()))
    parts = inner if roots.height == 1 and inner.height else roots
    areas = parts.sort("cases", "zone", descending=[True, False]).head(MOST_AREAS).sort("zone")
    levels = dict(in_force(shown.known, shown.zones).select("zone", "level").iter_rows())
    counts = areas.select(
        "zone",
        "name",
        level=pl.col("zone").replace_strict(levels, default="open", return_dtype=pl.String),
        new_cases=pl.col("new_cases").cast(pl.Int64),
        earlier=pl.max_horizontal(pl.col("cases").cast(pl.Int64) - pl.col("new_cases").cast(pl.Int64), 0),
    )
    situation = shown.situation
    new_elsewhere = situation.new_week - counts["new_cases"].sum()
    elsewhere = situation.total - situation.new_week - counts["earlier"].sum()
    if new_elsewhere <= 0 and elsewhere <= 0:
        return counts
    rest = {
        "zone": None, "name": words.say("elsewhere or not known"), "level": None,
        "new_cases": max(new_elsewhere, 0), "earlier": max(elsewhere, 0),
    }  # fmt: skip
    return pl.concat([counts, pl.DataFrame([rest], schema=counts.schema)])
