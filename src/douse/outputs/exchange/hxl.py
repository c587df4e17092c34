"""What may be published of cases by area, as CSV with HXL tags."""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import polars as pl

from douse.library import Protocol
from douse.outputs.briefing import Briefing
from douse.outputs.exchange.left_out import LeftOut
from douse.outputs.public import public_areas
from douse.outputs.suppress import suppress
from douse.outputs.words import Words
from douse.records.finding import write_csv
from douse.records.measure import Because
from douse.records.records import Records
from douse.records.zone_tree import ZoneTree
from douse.situation.situation import Situation

FILE = "cases-by-area.csv"
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
    areas = public_areas(cast("Briefing", shown), words)
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
