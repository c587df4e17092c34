"""Files with a mapping: columns, words and joins as somebody wrote them down."""

from collections.abc import Callable, Sequence

import polars as pl

from douse.errors import MappingError
from douse.readers.native import with_our_codes
from douse.readers.sheet import Sheet, shown, text_cells
from douse.records.blanks import is_mark
from douse.records.mapping import ColumnFrom, JoinWith, TableFrom
from douse.records.raw import RawTable

Opener = Callable[[str], Sequence[Sheet]]
_NEXT = "Mend the mapping; the columns that the file has are listed above."


def read_mapped(wanted: TableFrom, sheet: Sheet, joined: Opener, where: str) -> tuple[RawTable, pl.DataFrame]:
    """One of our tables from one foreign sheet.

    Parameters
    ----------
    wanted : TableFrom
        The part of the mapping.
    sheet : Sheet
        The foreign file.
    joined : Callable[[str], Sequence[Sheet]]
        Gives the sheets of a file that is joined; empty when it is not there.
    where : str
        File and key of the mapping, for messages.

    Raises
    ------
    MappingError
        When the mapping names a column that the file has not, or an expression does not fit its cells.
    """
    foreign = _cells(sheet)
    for join in wanted.join:
        foreign = _with_joined(foreign, join, joined(join.file), wanted, where)
    if wanted.where is not None:
        rows = _evaluated(foreign, _expression(wanted.where, foreign, f"{where}.where"), f"{where}.where")
        kept = rows.cast(pl.Boolean, strict=False).fill_null(value=False)
        foreign, sheet = foreign.filter(kept), sheet.keep(kept)
    cells = pl.DataFrame(
        [_column(foreign, source, f"{where}.columns.{ours}").alias(ours) for ours, source in wanted.columns.items()]
    )
    part = RawTable(
        wanted.to, sheet.file, cells, sheet.lines, sheet.original, wanted.dates, wanted.distinct, sheet.remarks
    )
    return with_our_codes(part)


def _cells(sheet: Sheet) -> pl.DataFrame:
    """Text without marks for missing values, so that IS NULL in a mapping means what it says."""
    text = text_cells(sheet)
    return text.select(column.set(is_mark(column), None) for column in text.iter_columns())


def _with_joined(
    foreign: pl.DataFrame, join: JoinWith, sheets: Sequence[Sheet], wanted: TableFrom, where: str
) -> pl.DataFrame:
    """Cells of the first matching row of another file, as ``name.column``."""
    prefix = f"{join.prefix}."
    left = [_known(name, foreign, f"{where}.join {join.prefix}") for name in join.left]
    if not sheets:  # the file is not there: its cells are empty
        names = sorted({name for name in _names_used(wanted) if name.startswith(prefix)})
        return foreign.with_columns(pl.lit(None, pl.String).alias(name) for name in names)
    other = pl.concat([_cells(sheet) for sheet in sheets], how="diagonal")
    right = [_known(name, other, f"{where}.join {join.prefix}") for name in join.right]
    first = other.unique(right, keep="first", maintain_order=True).rename(lambda name: prefix + name)
    return foreign.join(
        first,
        left_on=left,
        right_on=[prefix + name for name in right],
        how="left",
        maintain_order="left",
        coalesce=False,
    )


def _names_used(wanted: TableFrom) -> set[str]:
    """All foreign columns that a part of the mapping names."""
    texts = [wanted.where, *(source.sql for source in wanted.columns.values())]
    in_sql = {name for text in texts if text for name in pl.sql_expr(text).meta.root_names()}
    return in_sql | {source.column for source in wanted.columns.values() if source.column}


def _column(foreign: pl.DataFrame, source: ColumnFrom, where: str) -> pl.Series:
    if source.column is not None:
        values = foreign[_known(source.column, foreign, where)]
    elif source.sql is not None:
        values = _evaluated(foreign, _expression(source.sql, foreign, where), where)
    else:
        values = pl.repeat(str(source.value), foreign.height, dtype=pl.String, eager=True)
    if source.codes:
        words = list(source.codes)
        codes = pl.Series([code or None for code in source.codes.values()], dtype=pl.String)
        text = values.cast(pl.String)
        values = text.replace_strict(pl.Series(words), codes, default=text, return_dtype=pl.String)
    return values


def _expression(sql: str, foreign: pl.DataFrame, where: str) -> pl.Expr:
    expression = pl.sql_expr(sql)
    for name in expression.meta.root_names():
        _known(name, foreign, where)
    return expression


def _evaluated(foreign: pl.DataFrame, expression: pl.Expr, where: str) -> pl.Series:
    try:
        # with_columns, not select: an expression without a column gives one value, which counts for every row.
        return foreign.with_columns(expression.alias("")).get_column("")
    except pl.exceptions.PolarsError:
        raise MappingError(
            f"{where}: the SQL does not fit the cells of the file, or uses what is not there.",
            allowed="SQL over text cells; TRY_CAST where a cell may be no number",
            next_step="Mend the expression.",
        ) from None


def _known(name: str, foreign: pl.DataFrame, where: str) -> str:
    if name in foreign.columns:
        return name
    raise MappingError(
        f"{where}: the file has no column {shown(name)}.",
        allowed=", ".join(map(shown, foreign.columns)),
        next_step=_NEXT,
    )
