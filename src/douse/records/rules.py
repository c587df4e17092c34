"""The rules of `tables.py`, and what happens where they do not hold.

dataframely judges; here each broken rule empties the cells that the table names for it (`row_actions`), or sets the
row aside.
"""

from functools import cache
from typing import cast

import dataframely as dy
import polars as pl

from douse.records.cells import allowed_values
from douse.records.draft import ROW, Draft, no_rows
from douse.records.tables import Table

# After that many rounds of emptying cells a row that still breaks a rule is set aside.
_ROUNDS = 3
FEW = 1_000  # rows: of more, the plan is the smaller part of what judging costs
_SENTENCES = {"nullability": "required", "min_length": "required", "max_length": "too_long"}


def keep_to_rules(draft: Draft) -> None:
    """Empty cells and set rows aside until every rule of the table holds."""
    for round_ in range(_ROUNDS + 1):
        broken = broken_rules(draft.schema, draft.frame)
        if not broken:
            return
        asides, emptied = [no_rows()], dict[str, list[pl.Series]]()
        for rule, rows in broken.items():
            columns = _columns_to_empty(draft.schema, rule) if round_ < _ROUNDS else ()
            _find(draft, rule, rows, columns)
            if not columns:
                asides.append(rows)
            for column in columns:
                emptied.setdefault(column, []).append(rows)
        draft.set_aside(pl.concat(asides).unique())
        draft.frame = draft.frame.with_columns(
            pl.when(~pl.col(ROW).is_in(pl.concat(rows).implode())).then(pl.col(column)).alias(column)
            for column, rows in emptied.items()
        )


def broken_rules(table: type[Table], frame: pl.DataFrame) -> dict[str, pl.Series]:
    """Rules of a table that do not hold, each with the numbers (`ROW`) of the rows that break it."""
    if len(frame) <= FEW and all(frame.select_seq(_all_hold(table)).row(0)):
        return {}
    _, failure = _numbered(table).filter(frame)
    if not len(failure):  # counts would evaluate the rules once more
        return {}
    details = failure.details()
    return {rule: details.filter(pl.col(rule) == "invalid")[ROW] for rule in failure.counts()}


def rule_words(table: type[Table], rule: str) -> str:
    """The sentence of a row rule, as it stands in `tables.py`."""
    return " ".join((getattr(table, rule).validation_fn.__doc__ or rule).split())


def _columns_to_empty(table: type[Table], rule: str) -> tuple[str, ...]:
    """Columns that lose their value where a rule is broken; none: the row is set aside."""
    if "|" not in rule:
        return table.row_actions.get(rule, ())
    column = rule.partition("|")[0]
    return (column,) if table.columns()[column].nullable else ()


def _find(draft: Draft, rule: str, rows: pl.Series, columns: tuple[str, ...]) -> None:
    action = "value_set_aside" if columns else "row_set_aside"
    if "|" not in rule:
        names = ", ".join(columns) if columns else "it"
        words = rule_words(draft.schema, rule)
        draft.find(rows, rule, action, column=names if columns else "", words=words, columns=names)
        return
    column, kind = rule.split("|")
    sentence = _SENTENCES.get(kind, "out_of_range")
    allowed = allowed_values(draft.schema.columns()[column])
    draft.find(rows, sentence, action, column=column, allowed=allowed)


@cache
def _all_hold(table: type[Table]) -> list[pl.Expr]:
    """Whether each rule holds in all rows, as expressions made once: dataframely plans them anew for each frame."""
    rules = table._validation_rules(with_cast=False)
    return [rule.expr.fill_null(value=True).all().alias(name) for name, rule in rules.items()]


@cache
def _numbered(table: type[Table]) -> type[Table]:
    """The table with the number of the row as one column more, so that failures can be told apart."""
    numbered = type(f"Numbered{table.__name__}", (table,), {ROW: dy.UInt32(nullable=False)})
    return cast("type[Table]", numbered)
