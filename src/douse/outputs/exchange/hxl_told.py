"""What bulletins have told of cases by area, as CSV with HXL tags: no number that they do not hold."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

from douse.errors import UsageError
from douse.outputs.bulletin.rows import newest
from douse.outputs.bulletin.values import Bulletin, books
from douse.outputs.exchange.hxl import FILE
from douse.outputs.exchange.left_out import LeftOut
from douse.outputs.words import Words
from douse.records.finding import write_csv
from douse.records.measure import Because

# Column -> tag. `date` and `since`: the days of the two bulletins whose counts differ by `cases_new`.
TAGS = {
    "date": "#date+as_of",
    "zone": "#loc+code",
    "name": "#loc+name",
    "level": "#status+level",
    "cases_all": "#affected+infected+total",
    "cases_new": "#affected+infected+new",
    "since": "#date+since",
}


def write_told(
    out: Path, history: Sequence[Bulletin], words: Words, left: LeftOut, *, as_of: date | None
) -> list[Path]:
    """Write ``cases-by-area.csv`` from bulletins: of each area the newest count that was told, with its day.

    Parameters
    ----------
    out : Path
        Folder.
    history : Sequence[Bulletin]
        All bulletins of the public, the oldest first.
    words : Words
        Language of names that are words.
    left : LeftOut
        Told which areas have no count, and that the rest of the bulletins stays with them.
    as_of : date, optional
        Only what was told by the end of this day.

    Raises
    ------
    UsageError
        When there is no bulletin by then, or one is not for the public.
    """
    told = [one for one in history if as_of is None or one.as_of <= as_of]
    if not told:
        raise UsageError("No bulletin was published by then.", next_step="Name a later day with --as-of.")
    if any(one.audience != "public" for one in told):
        raise UsageError(
            "These bulletins are for partners: nothing is hidden in them, and this file is for the public.",
            next_step="Name the folder of the public bulletins.",
        )
    last, (cases, _) = told[-1], books(told)
    days, levels = [one.as_of for one in told], {one.zone: one.level for one in last.levels}
    lines = []
    for row in (*last.cases.rows, None):
        one = newest(cases, row, days)
        lines.append(
            {
                "date": None if one.column is None else days[one.column].isoformat(),
                "zone": row or None,
                "name": words.say("All") if row is None else last.areas.get(row) or words.say("elsewhere or not known"),
                "level": levels.get(row or ""),
                "cases_all": one.count,
                "cases_new": one.new,
                "since": None if one.since is None or one.new is None else days[one.since].isoformat(),
            }
        )
    rows = pl.DataFrame(lines, schema=dict.fromkeys(TAGS, pl.String), strict=False)
    left.column("cases", "count", rows["cases_all"].null_count(), Because("No bulletin has told these counts yet."))
    left.whole("bulletins", len(told), Because("Only counts by area go; the bulletins tell the rest."))
    write_csv(pl.concat([pl.DataFrame([TAGS], schema=rows.schema), rows]), out / FILE)
    return [out / FILE]
