"""Rows that are sent twice: of the rows that share a key, the one told earliest counts.

Earliest, because what was known on a past day must not depend on what was told later.
"""

from collections.abc import Sequence

import polars as pl

from douse.records.draft import ROW, SLICE, Draft
from douse.records.raw import RawTable


def take_once(draft: Draft, parts: Sequence[RawTable]) -> None:
    """Keep one row of each key among those that correct nothing, and one of each record_id."""
    _one_a_key(draft, parts)
    _one_a_record_id(draft)


def _one_a_key(draft: Draft, parts: Sequence[RawTable]) -> None:
    key = list(draft.schema.key)
    corrects = draft.frame["supersedes"].is_not_null()
    shared = _sharing(draft.frame.filter(~corrects) if corrects.any() else draft.frame, key)
    if shared.is_empty():
        return
    ordered = shared.sort("recorded_at", nulls_last=False, maintain_order=True)
    content = [c for c in draft.schema.column_names() if c != "record_id"]
    kept = pl.col(ROW) == pl.col(ROW).first().over(key)
    same = pl.all_horizontal(pl.col(c).eq_missing(pl.col(c).first().over(key)) for c in content)
    others = ordered.select(ROW, kept.alias("kept"), same.alias("same")).filter(~pl.col("kept")).sort(ROW)
    expected = pl.Series([part.distinct for part in parts]).gather(draft.part_of(others[ROW]))
    for number in [n for n, part in enumerate(parts) if part.distinct]:
        draft.note_file(number, "taken_once")
    identical = others["same"] & ~expected
    draft.find(others[ROW].filter(identical), "identical_row", "note")
    different = others[ROW].filter(~others["same"] & ~expected)
    draft.find(
        different, "repeated_key", "row_set_aside", column=key[0] if len(key) == 1 else "", columns=", ".join(key)
    )
    draft.set_aside(different)
    draft.drop(others[ROW])


def _one_a_record_id(draft: Draft) -> None:
    shared = _sharing(draft.frame, ["record_id"])
    ordered = shared.sort("recorded_at", nulls_last=False, maintain_order=True)
    others = ordered.filter(pl.col(ROW) != pl.col(ROW).first().over("record_id"))[ROW].sort()
    draft.find(others, "repeated_record_id", "row_set_aside", column="record_id")
    draft.set_aside(others)


def _sharing(frame: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Rows that may share the values of some columns with another row; all that do are among them.

    Sorted hashes find them without holding millions of keys twice; the values themselves are compared later.
    """
    if frame.is_empty():
        return frame
    hashes = pl.concat([rows.select(columns).hash_rows() for rows in frame.iter_slices(SLICE)])
    ordered = hashes.sort()
    twice = ordered.filter(ordered == ordered.shift(1)).unique()
    return frame.filter(hashes.is_in(twice.implode())) if len(twice) else frame.clear()
