"""First steps through the door: cells become values, rows get their recorded_at and their record_id."""

from hashlib import sha256

import numpy as np
import polars as pl

from douse.records.blanks import without_marks
from douse.records.cells import Cells, DateStyle, read_cells
from douse.records.dates import OrderEvidence, order_evidence
from douse.records.draft import ROW, SLICE, Draft, no_rows
from douse.records.raw import RawTable
from douse.records.tables import REFERENCE_TABLES

_LONGEST_ID = 200


def read_parts(draft: Draft, parts: list[RawTable]) -> None:
    """Read the cells of every part as the types of the table, and fill recorded_at.

    Cells that cannot be read are empty from here on; rows that need them are set aside, and so are rows that
    nothing says when they were told (reference tables apart).
    """
    read = [_read_part(draft, number, part) for number, part in enumerate(parts)]
    draft.frame = pl.concat([frame for frame, _ in read])
    _date_recorded(draft)
    draft.set_aside(pl.concat([no_rows(), *(rows for _, asides in read for rows in asides)]))
    if draft.name not in REFERENCE_TABLES:
        untold = draft.frame[ROW].filter(draft.frame["recorded_at"].is_null())
        stand_ins = ", ".join(draft.schema.told_by)
        draft.find(untold, "no_recorded_at", "row_set_aside", column="recorded_at", columns=stand_ins)
        draft.set_aside(untold)


def _date_recorded(draft: Draft) -> None:
    """Fill recorded_at from the columns that may stand in for it, with one note a file."""
    frame, stand_ins = draft.frame, draft.schema.told_by
    if stand_ins and frame["recorded_at"].null_count():
        made = pl.coalesce("recorded_at", *(pl.col(c).cast(pl.Datetime("us")) for c in stand_ins))
        draft.frame = frame.with_columns(recorded_at=made)
        filled = frame[ROW].filter(frame["recorded_at"].is_null() & draft.frame["recorded_at"].is_not_null())
        for number in np.unique(draft.part_of(filled)):
            draft.note_file(int(number), "recorded_at_made", column="recorded_at", columns=", ".join(stand_ins))
    draft.remember_told()


def name_records(draft: Draft) -> None:
    """Fill record_id from the key columns; a correction's from the key and recorded_at."""
    if not draft.frame["record_id"].null_count():  # nor any row, if there is none
        return
    names = pl.concat([_names(draft.schema.key, rows) for rows in draft.frame.iter_slices(SLICE)], rechunk=True)
    draft.frame = draft.frame.with_columns(names)


def _names(key: tuple[str, ...], rows: pl.DataFrame) -> pl.Series:
    parts = [pl.col(c).cast(pl.String).fill_null("") for c in key]
    named = pl.concat_str(parts, separator="|")
    told = pl.col("recorded_at").cast(pl.String).fill_null("")
    names = rows.select(
        pl.when(pl.col("supersedes").is_null()).then(named).otherwise(pl.concat_str([*parts, told], separator="|"))
    ).to_series()
    long = names.str.len_chars() > _LONGEST_ID
    if long.any():
        shorter = [n[: _LONGEST_ID - 17] + "#" + sha256(n.encode()).hexdigest()[:16] for n in names.filter(long)]
        names = names.scatter(long.arg_true(), shorter)
    # Where the key is empty the row will be set aside for that, not for its record_id.
    return rows["record_id"].fill_null(names.set(names == "", "-"))


def _read_part(draft: Draft, number: int, part: RawTable) -> tuple[pl.DataFrame, list[pl.Series]]:
    rows = draft.rows_of(number)
    given, asides = part.cells, []
    for remark in part.remarks:
        told = rows.filter(remark.rows)
        draft.find(told, remark.rule, "row_set_aside" if remark.sets_aside else "note")
        if remark.sets_aside:  # such cells are not worth a finding each
            asides.append(told)
            given = given.select(pl.when(~remark.rows).then(pl.all()))
    columns = draft.schema.columns()
    styles = _date_styles(draft, number, part)
    values = []
    for name, column in columns.items():
        if name not in given.columns:
            values.append(pl.repeat(None, len(rows), dtype=column.dtype, eager=True).alias(name))
            continue
        cells = read_cells(given[name], column, styles.get(name, DateStyle()))
        asides += _report(draft, number, name, cells)
        values.append(cells.values)
    return pl.DataFrame([*values, rows.alias(ROW)]), asides


def _report(draft: Draft, number: int, name: str, cells: Cells) -> list[pl.Series]:
    """Findings of one column of a part; gives the rows to set aside."""
    nullable = draft.schema.columns()[name].nullable
    rows = draft.rows_of(number)
    asides = []
    for problem in cells.problems:
        if problem.rows is None:
            draft.note_file(number, problem.rule, column=name, **problem.facts)
            continue
        action = "note" if not problem.sets_aside else "value_set_aside" if nullable else "row_set_aside"
        bad = rows.filter(problem.rows.fill_null(value=False))
        draft.find(bad, problem.rule, action, column=name, **problem.facts)
        if action == "row_set_aside":
            asides.append(bad)
    return asides


def _date_styles(draft: Draft, number: int, part: RawTable) -> dict[str, DateStyle]:
    """How each date column of a part is written: by its own unambiguous dates, else those of the other columns."""
    names = [
        name for name, column in draft.schema.columns().items()
        if column.dtype in (pl.Date, pl.Datetime) and name in part.cells.columns and part.cells[name].dtype == pl.String
    ]  # fmt: skip
    if part.dates:
        return {name: DateStyle(formats=part.dates) for name in names}
    evidence = {name: order_evidence(without_marks(part.cells[name])) for name in names}
    in_file = sum(evidence.values(), OrderEvidence())
    styles = {}
    for name, own in evidence.items():
        deciding = own if own.decided else in_file
        day_first = deciding.day_first >= deciding.month_first
        styles[name] = DateStyle(day_first=day_first)
        if own.mixed:
            draft.note_file(number, "mixed_dates", column=name, order="day" if day_first else "month")
        elif own.either and not deciding.decided:
            draft.note_file(number, "ambiguous_dates", column=name)
    return styles
