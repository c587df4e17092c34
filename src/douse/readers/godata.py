"""Date ranges of Go.Data's cases: when somebody was in hospital, and when they were isolated."""

import re
from dataclasses import replace

import polars as pl

from douse.readers.names import plain
from douse.readers.sheet import Sheet

_TYPE = re.compile(r"^date_ranges_(?P<number>\d+)_type_id$|^date_ranges_type_(?P<flat>\d+)$")
_MEANT = {"date_of_hospitalization": "hospitali", "date_of_isolation": "isolat"}


def with_date_ranges(sheet: Sheet) -> tuple[Sheet, set[str]]:
    """A sheet with the first day of each kind of date range in a column of its own, and the columns that were used."""
    by_plain = {plain(name): name for name in sheet.cells.columns}
    found: dict[str, list[pl.Expr]] = {name: [] for name in _MEANT if name not in by_plain}
    used: set[str] = set()
    for name, original in by_plain.items():
        kind = _TYPE.match(name)
        if kind is None:
            continue
        number = kind["number"] or kind["flat"]
        starts = (f"date_ranges_{number}_start_date", f"date_ranges_start_date_{number}")
        start = next((by_plain[start] for start in starts if start in by_plain), None)
        if start is None:
            continue
        used |= {original, start}
        for made, word in _MEANT.items():
            if made in found:
                is_it = pl.col(original).cast(pl.String).str.to_lowercase().str.contains(word, literal=True)
                found[made].append(pl.when(is_it).then(pl.col(start).cast(pl.String)))
    columns = [pl.coalesce(parts).alias(name) for name, parts in found.items() if parts]
    return (replace(sheet, cells=sheet.cells.with_columns(columns)) if columns else sheet), used
