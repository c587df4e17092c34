"""What counts as an empty cell, and blanks around text."""

import polars as pl

# What other programmes write into a cell that has no value, in lower case (R, pandas, SQL dumps, spreadsheets).
MARKS = ("na", "n/a", "#n/a", "<na>", "nan", "nat", "null", "none", "\\n", "-", "--", "—")
# The same for columns of codes that have no code "unknown".
UNKNOWN_MARKS = ("unknown", "unk", "not_known", "未知", "不详", "不明")
LONGEST_MARK = max(len(mark.encode()) for mark in MARKS)  # bytes
# Unicode blanks, and characters that show nothing at all.
BLANKS = (
    " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u200b\u200c\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)


def is_mark(text: pl.Series) -> pl.Series:
    """Whether trimmed text only says that there is no value (`MARKS`); false for empty cells."""
    short = text.str.len_bytes() <= LONGEST_MARK
    if not short.any():
        return pl.repeat(False, len(text), dtype=pl.Boolean, eager=True)  # noqa: FBT003 - the value repeated
    return (short & text.str.to_lowercase().is_in(MARKS)).fill_null(value=False)


def trimmed(text: pl.Series) -> pl.Series:
    """Text without blanks around it; empty text is null."""
    if len(text) == text.null_count():
        return text
    bare = text.str.strip_chars(BLANKS)
    return bare.set(bare.str.len_bytes() == 0, None)


def without_marks(text: pl.Series) -> pl.Series:
    """Trimmed text, with `MARKS` taken as empty."""
    bare = trimmed(text)
    marks = is_mark(bare)
    return bare.set(marks, None) if marks.any() else bare
