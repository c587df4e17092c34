"""A few mistakes of the kind that real files have, put in on purpose so that the door has something to find."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Dirt:
    """One deliberate mistake; `row` as a spreadsheet shows it (the header is row 1)."""

    table: str
    row: int
    column: str
    what: str


# Table, position among the rows that have a value in the column, column, what to write, what it is.
_CELLS = (
    ("cases", 2, "sex", "femal", "a code that is not in the list"),
    ("cases", 5, "age", "214", "an age that nobody reaches"),
    ("cases", 8, "onset", "2026-02-30", "a day that does not exist"),
    ("cases", 4, "infector", "K9999", "a case that is not in the table"),
    ("contacts", 20, "minutes", "-30", "a time below zero"),
    ("requests", 3, "kind", "grocery", "a code that is not in the list, in a column that every row needs"),
    ("stock", 7, "quantity", "two boxes", "words where a number belongs"),
)
_REPEATED = ("contacts", 12)  # a row that is sent twice
_SMALLEST = 30  # rows of a table from which it gets mistakes


def soil(texts: Mapping[str, pl.DataFrame]) -> tuple[dict[str, pl.DataFrame], tuple[Dirt, ...]]:
    """Put mistakes into tables whose cells are text.

    Parameters
    ----------
    texts : Mapping[str, pl.DataFrame]
        Table -> rows, all columns text.

    Returns
    -------
    tuple
        The tables with mistakes, and the mistakes.
    """
    soiled, put_in = dict(texts), []
    for table, position, column, value, what in _CELLS:
        frame = soiled.get(table)
        if frame is None or frame.height < _SMALLEST:
            continue
        rows = frame[column].is_not_null().arg_true()
        if len(rows) <= position:
            continue
        row = rows[position]
        soiled[table] = frame.with_columns(frame[column].scatter(row, value))
        put_in.append(Dirt(table, row + 2, column, what))
    table, position = _REPEATED
    if table in soiled and soiled[table].height >= _SMALLEST:
        frame = soiled[table]
        soiled[table] = pl.concat([frame, frame[[position]]])
        put_in.append(Dirt(table, frame.height + 2, "", "a row that is sent twice"))
    return soiled, tuple(put_in)
