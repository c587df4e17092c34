"""Ages that a column beside them gives in months, weeks or days, as SORMAS and others write them of small children."""

from dataclasses import replace

import polars as pl

from douse.readers.names import Match, plain
from douse.readers.sheet import Sheet
from douse.records.blanks import without_marks

_BESIDE = ("_type", "_unit", "_units")  # after the name of the column of ages
_IN_A_YEAR = {"month": 12.0, "week": 365.25 / 7, "day": 365.25}
_WORDS = {"月": "month", "月龄": "month", "周": "week", "天": "day", "日": "day"}


def with_ages_in_years(sheet: Sheet, means: Match) -> tuple[Sheet, set[str], bool]:
    """A sheet whose ages are whole years; the column of their units, and whether some were of another unit.

    An age without a unit, or of one that is not known, stays as it is.
    """
    name = means.columns.get("age")
    names = {plain(of_sheet): of_sheet for of_sheet in sheet.cells.columns}
    unit = next((names[plain(name) + end] for end in _BESIDE if plain(name) + end in names), None) if name else None
    if name is None or unit is None:
        return sheet, set(), False
    said = without_marks(sheet.cells[unit].cast(pl.String)).str.to_lowercase().replace(_WORDS).str.strip_suffix("s")
    per_year = said.replace_strict(_IN_A_YEAR, default=None, return_dtype=pl.Float64)
    years = (sheet.cells[name].cast(pl.String).str.strip_chars().cast(pl.Float64, strict=False) / per_year).floor()
    if years.null_count() == len(years):
        return sheet, {unit}, False
    ages = years.cast(pl.Int64).cast(pl.String).fill_null(sheet.cells[name].cast(pl.String)).alias(name)
    return replace(sheet, cells=sheet.cells.with_columns(ages)), {unit}, True
