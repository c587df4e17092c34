"""Files without a mapping: columns and words found by their names."""

import dataclasses
import re

import dataframely as dy
import polars as pl

from douse.readers.ages import with_ages_in_years
from douse.readers.godata import with_date_ranges
from douse.readers.names import Match, match, translate_codes
from douse.readers.sheet import Sheet, shown
from douse.readers.sormas_tests import tests_in
from douse.records.blanks import without_marks
from douse.records.finding import file_finding, no_findings
from douse.records.raw import RawTable
from douse.records.tables import TABLES

# An address up to its last administrative area: province, city, district or county, street or town.
_ADMINISTRATIVE = re.compile(
    r"^((?:[^省市区县]{1,8}(?:省|自治区))?(?:[^市区县]{1,10}(?:市|自治州|地区|盟))?(?:[^区县旗市镇乡]{1,10}(?:新区|区|县|旗|市))?(?:[^街镇乡路号]{1,10}(?:街道|镇|乡))?)"
)


def read_native(sheet: Sheet, table: str) -> tuple[list[RawTable], pl.DataFrame]:
    """Read a sheet as one of our tables by the names of its columns.

    Returns
    -------
    tuple[list[RawTable], pl.DataFrame]
        The table, and tests that a case list may hold besides; none where no column is known. Notes on what was
        guessed and what was not read.
    """
    tests, used = (None, set[str]())
    original = sheet.original
    if table == "cases":
        sheet, used = with_date_ranges(sheet)
    means = match(table, sheet.cells.columns)
    if table == "cases" and "case_id" in means.columns:
        tests, blocks = tests_in(sheet, means.columns["case_id"])
        used |= blocks
    sheet, of_ages, some_younger = with_ages_in_years(sheet, means)
    used |= of_ages
    if not means.columns:
        return [], file_finding(sheet.file, "no_column_known", table=table)
    cells = sheet.cells.select(pl.col(name).alias(ours) for ours, name in means.columns.items())
    zone = _zone(sheet, means)
    if zone is not None:
        cells = cells.with_columns(zone=zone)
    made = [RawTable(table, sheet.file, cells, sheet.lines, original, remarks=sheet.remarks)]
    if tests is not None:
        made.append(tests)
    translated = [with_our_codes(part) for part in made]
    notes = _notes(sheet.file, table, means, used)
    if some_younger:
        notes = pl.concat([notes, file_finding(sheet.file, "ages_in_years", table=table, column="age")])
    return [part for part, _ in translated], pl.concat([notes, *(said for _, said in translated)])


def with_our_codes(part: RawTable) -> tuple[RawTable, pl.DataFrame]:
    """Translate the words that are known to stand for codes."""
    notes = [no_findings()]
    cells = part.cells
    for name, column in TABLES[part.table].columns().items():
        if isinstance(column, dy.Enum) and name in cells.columns and cells[name].dtype == pl.String:
            words, translated = translate_codes(cells[name], part.table, name, column.categories)
            if translated:
                cells = cells.with_columns(words.alias(name))
                notes.append(file_finding(part.file, "codes_translated", table=part.table, column=name))
    return dataclasses.replace(part, cells=cells), pl.concat(notes)


def _zone(sheet: Sheet, means: Match) -> pl.Series | None:
    """Zone from several columns, or from the administrative part of an address."""
    if means.zone_parts:
        parts = [without_marks(sheet.cells[name].cast(pl.String)) for name in means.zone_parts]
        return pl.DataFrame(parts).select(pl.concat_str(pl.all(), separator="/", ignore_nulls=True)).to_series()
    if means.address:
        text = without_marks(sheet.cells[means.address].cast(pl.String))
        unique = text.drop_nulls().unique(maintain_order=True)
        areas = [found[1] if (found := _ADMINISTRATIVE.match(address)) else "" for address in unique]
        return text.replace_strict(unique, pl.Series(areas, dtype=pl.String), default=None, return_dtype=pl.String)
    return None


def _notes(file: str, table: str, means: Match, used: set[str]) -> pl.DataFrame:
    notes = [no_findings()]

    def note(rule: str, foreign: str, column: str = "") -> None:
        notes.append(file_finding(file, rule, table=table, column=column or shown(foreign), foreign=shown(foreign)))

    for ours in means.guessed:
        note("column_guessed", means.columns[ours], ours)
    if means.zone_parts:
        note("zone_from_parts", ", ".join(means.zone_parts), "zone")
    if means.address:
        note("zone_from_address", means.address, "zone")
    for name in means.personal:
        note("personal_not_read", name)
    for name in means.unread:
        if name not in used:
            note("column_not_read", name)
    for name, column in TABLES[table].columns().items():
        if not column.nullable and name != "record_id" and name not in means.columns:
            notes.append(file_finding(file, "required_column_missing", table=table, column=name))
    return pl.concat(notes)
