"""Fill in a return from the records: nothing in it that a record tells is typed."""

from collections.abc import Mapping
from datetime import datetime
from itertools import product

import polars as pl

from douse.errors import DataError, UsageError
from douse.library import Pathogen, Protocol
from douse.library.returns import Condition, Grouping, Return, ReturnColumn
from douse.outputs.returns.definition import COUNTED_CASES, UNKNOWN, band_names, check_definition, group_values
from douse.outputs.returns.figures import figure
from douse.outputs.returns.values import Filled, Period, Row, Value
from douse.outputs.returns.within import ZONE, around, subtree, within_zoned, zone_of_rows, zones_of_kind
from douse.records import Records, ZoneTree
from douse.situation import describe
from douse.situation.situation import Situation

_MOST_ROWS = 5_000


def fill(  # noqa: PLR0913  (what the level above asks, of whom, of when, by which rules)
    definition: Return, known: Records, *, zone: str, period: Period, pathogen: Pathogen, protocol: Protocol
) -> Filled:
    """Fill in a return of a zone and a period.

    Parameters
    ----------
    definition : Return
        What is asked.
    known : Records
        As-of view: what is known at the moment of filling in, also of days past.
    zone : str
        Who reports: a zone of the kind that the definition names.
    period : Period
        Days that it is about.
    pathogen, protocol
        Tell which cases count, and the clocks.

    Raises
    ------
    LibraryError
        When the definition names what is not there.
    UsageError
        When the zone is of another kind.
    DataError
        When the return would have more than 5,000 rows.
    """
    check_definition(definition)
    zones = ZoneTree(known)
    _check_zone(definition, zones, zone)
    inside = subtree(zones, zone)
    cut, zone_of = within_zoned(known, inside)
    situation = describe(cut, zones, pathogen, protocol)
    lines = _lines(definition, zones, inside)
    tables = {
        name: _prepared(definition, cut, situation, zones, name, zone_of)
        for name in dict.fromkeys(column.table for column in definition.counted)
    }
    counted = {column.id: _matching(column, tables[column.table], period) for column in definition.counted}
    rows = _rows(definition, counted, lines)
    total = tuple(
        figure(column.of, situation) if column.what == "figure"
        else None if column.what == "typed"
        else _aggregated(column, counted[column.id])
        for column in definition.column
    )  # fmt: skip
    read = sum(rows.height for rows in tables.values())
    return Filled(definition, zone, period, known.known_at or datetime.max, rows, total, read=read)


def _check_zone(definition: Return, zones: ZoneTree, zone: str) -> None:
    at = zones.position.get(zone)
    if at is None or zones.kinds[at] != definition.of:
        named = zones_of_kind(zones, definition.of)
        raise UsageError(
            "The return {name} is filled in by a zone of the kind {kind}, and this is none.",
            facts={"name": definition.id, "kind": definition.of},
            allowed=", ".join(named[:20]) or "no zone of that kind is on record",
            next_step="Name one of these zones, or choose another return: `douse returns list`.",
        )


def _lines(definition: Return, zones: ZoneTree, inside: frozenset[str]) -> list[tuple[str | None, ...]]:
    """What the rows are of, all of them: also those in which nothing was counted."""
    if not definition.group:
        return []
    values = [
        group_values(definition, group, zones_of_kind(zones, group.kind, inside) if group.kind else ())
        for group in definition.group
    ]
    many = 1
    for some in values:
        many *= len(some)
    if many > _MOST_ROWS:
        raise DataError(
            "The return {name} would have {many} rows: more than 5,000.", facts={"name": definition.id, "many": many},
            next_step="Group by larger zones or wider bands.",
        )  # fmt: skip
    return list(product(*values))


def _prepared(  # noqa: PLR0913, PLR0917  (rows, and what tells their groups)
    definition: Return,
    cut: Records,
    situation: Situation,
    zones: ZoneTree,
    table: str,
    zone_of: Mapping[str, pl.Series],
) -> pl.DataFrame:
    """Rows of a table with a column a grouping, ``group_0`` and so on."""
    if table == COUNTED_CASES:
        rows = situation.cases
        zone = rows["zone"]
    else:
        rows = cut.table(table)
        zone = zone_of[table] if table in zone_of else zone_of_rows(cut, table)
    if table == "cases":
        rows = rows.with_columns(pl.col("classification").fill_null("confirmed"))  # as the table says
    rows = rows.with_columns(zone.cast(pl.String).alias(ZONE))
    return rows.with_columns(
        _key(definition, group, zones).alias(f"group_{at}") for at, group in enumerate(definition.group)
    )


def _key(definition: Return, group: Grouping, zones: ZoneTree) -> pl.Expr:
    if group.kind:
        return pl.col(ZONE).replace_strict(around(zones, group.kind), default=None, return_dtype=pl.String)
    if group.bands:
        names = band_names(group.bands)
        value = pl.col(group.column)
        band: pl.Expr = pl.lit(None, pl.String)
        for first, name in zip(group.bands, names, strict=True):
            band = pl.when(value >= first).then(pl.lit(name)).otherwise(band)
        return band
    code = pl.col(group.column).cast(pl.String)
    return code if None in group_values(definition, group, ()) else code.fill_null(UNKNOWN)


def _matching(column: ReturnColumn, rows: pl.DataFrame, period: Period) -> pl.DataFrame:
    """The records that a column counts."""
    kept = [_holds(condition) for condition in column.where]
    if column.when:
        kept.append(pl.col(column.when).cast(pl.Date).is_between(period.start, period.end))
    else:
        kept.append(pl.col(column.begins).cast(pl.Date) <= period.end)
        kept += [(pl.col(end).cast(pl.Date) > period.end).fill_null(value=True) for end in column.ends]
    return rows.filter(pl.all_horizontal(kept).fill_null(value=False))


def _holds(condition: Condition) -> pl.Expr:
    value, said = pl.col(condition.column), list[pl.Expr]()
    if condition.one_of:
        said.append(value.cast(pl.String).is_in(list(condition.one_of)))
    if condition.filled is not None:
        said.append(value.is_not_null() if condition.filled else value.is_null())
    if condition.at_least is not None:
        said.append(value >= condition.at_least)
    if condition.below is not None:
        said.append(value < condition.below)
    return pl.all_horizontal(said)


def _aggregate(column: ReturnColumn) -> pl.Expr:
    if column.what == "people":
        return pl.col(column.of).drop_nulls().n_unique().cast(pl.Int64)
    return pl.col(column.of).sum() if column.what == "sum" else pl.len().cast(pl.Int64)


def _aggregated(column: ReturnColumn, rows: pl.DataFrame) -> Value:
    value: Value = rows.select(_aggregate(column)).item()
    return value


def _rows(definition: Return, counted: dict[str, pl.DataFrame], lines: list[tuple[str | None, ...]]) -> tuple[Row, ...]:
    """A row a line; that of what is not known only where something is in it."""
    groups = [f"group_{at}" for at in range(len(definition.group))]
    if not groups:
        return ()
    values: dict[tuple[str | None, ...], dict[str, Value]] = {}
    for column in definition.counted:
        found = counted[column.id].group_by(groups).agg(_aggregate(column).alias("value"))
        for *of, value in found.iter_rows():
            values.setdefault(tuple(of), {})[column.id] = value
    return tuple(
        Row(line, tuple(values.get(line, {}).get(column.id, 0) for column in definition.counted))
        for line in lines
        if None not in line or line in values
    )
