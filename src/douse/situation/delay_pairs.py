"""Dated pairs as windows: what is known of each delay, in the four forms in which people keep it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from douse.errors import UsageError
from douse.kernels.delay_likelihood import MOMENT, Windows
from douse.units import HOURS_PER_DAY

_MICROSECONDS_PER_DAY = HOURS_PER_DAY * 3600 * 1_000_000
_INTERVALS = ("left", "right")
_COARSE = ("EL", "ER", "SL", "SR")
_DATED = ("primary_from", "secondary_from")
_WINDOW = ("left", "right", "width", "limit")


@dataclass(frozen=True)
class Pairs:
    """Delays ready for the likelihood.

    Attributes
    ----------
    rows : Windows
        Distinct rows.
    n : float
        Delays used (the sum of their weights).
    truncated : float
        How many of them were looked for only up to a limit.
    left_out : int
        Rows without what it takes, or with a delay that is not above 0.
    offset : float
        Added to the log-likelihood (see `delays`).
    """

    rows: Windows
    n: float
    truncated: float
    left_out: int
    offset: float


def windows_of(pairs: pl.DataFrame, weight: str | None) -> pl.DataFrame:
    """The rows given with left, right, width, limit, weight, offset beside them, in days or the unit given.

    Raises
    ------
    UsageError
        When no form fits the columns, a window ends before it begins, a delay lies beyond its limit, or a weight is
        negative.
    """
    columns = set(pairs.columns)
    if columns.issuperset(_COARSE):
        made = _coarse(pairs)
    elif columns.issuperset(_INTERVALS):
        made = _intervals(pairs)
    elif columns.issuperset(_DATED):
        made = _dated(pairs)
    else:
        raise UsageError(
            "The pairs have none of the sets of columns that tell a delay.",
            allowed="left, right (pwindow, D); EL, ER, SL, SR (type); "
            "primary_from, secondary_from (primary_to, secondary_to, observed_until)",
        )
    if weight is not None and weight not in columns:
        raise UsageError(f"The pairs have no column {weight}.", allowed=", ".join(pairs.columns))
    counted = pl.lit(1.0) if weight is None else _number(weight)
    made = made.with_columns(weight=counted)
    _check(made)
    return made


def collapse(rows: pl.DataFrame) -> Pairs:
    """Windows of one group: usable rows, identical ones as one."""
    usable = pl.all_horizontal(pl.col(*_WINDOW, "weight").is_not_null()) & (pl.col("right") > 0)
    kept = rows.filter(usable & (pl.col("weight") > 0))
    distinct = kept.group_by(_WINDOW).agg(pl.col("weight").sum()).sort(_WINDOW)
    arrays = (distinct[name].cast(pl.Float64).to_numpy() for name in (*_WINDOW, "weight"))
    return Pairs(
        Windows(*arrays),
        n=float(kept["weight"].sum()),
        truncated=float(kept.filter(pl.col("limit").is_finite())["weight"].sum()),
        left_out=rows.height - kept.height,
        offset=float((kept["weight"] * kept["offset"]).sum()),
    )


def _intervals(pairs: pl.DataFrame) -> pl.DataFrame:
    left, right = _number("left"), _number("right")
    known = left.is_not_null() | right.is_not_null()
    return pairs.with_columns(
        left=pl.when(known).then(left.fill_null(0.0)),
        right=pl.when(known).then(right.fill_null(np.inf)),
        width=_number("pwindow").fill_null(0.0) if "pwindow" in pairs.columns else pl.lit(0.0),
        limit=_number("D").fill_null(np.inf) if "D" in pairs.columns else pl.lit(np.inf),
        offset=pl.lit(0.0),
    )


def _coarse(pairs: pl.DataFrame) -> pl.DataFrame:
    """Exposure in [EL, ER], symptoms in [SL, SR]; type 1: one window for the delay; type 2: known to the moment."""
    first, last, start, end = (_number(name) for name in _COARSE)
    kind = pl.col("type") if "type" in pairs.columns else pl.lit(0)
    double = kind == 0
    width = last - first
    return pairs.with_columns(
        left=pl.when(double).then(start - first).when(kind == 1).then(start - last).otherwise(end - first),
        right=end - first,
        width=pl.when(double).then(width).otherwise(0.0),
        limit=pl.lit(np.inf),
        # coarseDataTools does not divide by the width of the exposure.
        offset=pl.when(double & (width > MOMENT)).then(width.log()).otherwise(0.0),
    )


def _dated(pairs: pl.DataFrame) -> pl.DataFrame:
    begin = _moment(pairs, "primary_from")
    until = _moment(pairs, "observed_until", end=True) if "observed_until" in pairs.columns else None
    limit = pl.lit(np.inf) if until is None else (until - begin).fill_null(np.inf)
    return pairs.with_columns(
        left=_moment(pairs, "secondary_from") - begin,
        right=_end(pairs, "secondary") - begin,
        width=_end(pairs, "primary") - begin,
        limit=limit,
        offset=pl.lit(0.0),
    )


def _end(pairs: pl.DataFrame, event: str) -> pl.Expr:
    """End of an event's window; that of its first day or moment where none is given."""
    alone = _moment(pairs, f"{event}_from", end=True)
    if f"{event}_to" not in pairs.columns:
        return alone
    return pl.coalesce(_moment(pairs, f"{event}_to", end=True), alone)


def _moment(pairs: pl.DataFrame, name: str, *, end: bool = False) -> pl.Expr:
    """Days since 1970; a date lasts until the end of its day."""
    kind = pairs.schema[name]
    if kind == pl.Date:
        return pl.col(name).cast(pl.Int32).cast(pl.Float64) + (1.0 if end else 0.0)
    if isinstance(kind, pl.Datetime):
        return pl.col(name).dt.timestamp("us") / _MICROSECONDS_PER_DAY
    if kind == pl.Null:
        return pl.lit(None, dtype=pl.Float64)
    raise UsageError(f"The column {name} of the pairs does not hold dates.", next_step="Cast it to a date first.")


def _number(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.Float64).fill_nan(None)


def _check(rows: pl.DataFrame) -> None:
    rules: Sequence[tuple[pl.Expr, str, str]] = (
        (pl.col("left") > pl.col("right"), "A delay ends before it begins.", "left <= right"),
        (pl.col("width") < 0, "The window of a first event ends before it begins.", "a width of 0 or more"),
        (pl.col("left") >= pl.col("limit"), "A delay begins after the last moment that was looked at.", "left < limit"),
        (pl.col("weight") < 0, "A weight is negative.", "0 or more"),
    )
    for broken, what, allowed in rules:
        count = rows.select((broken & (pl.col("right") > 0)).sum()).item()
        if count:
            raise UsageError(f"{what} Rows: {count}.", allowed=allowed, next_step="Correct the rows or leave them out.")


def group_columns(by: str | Sequence[str] | None) -> list[str]:
    """The columns that name a group, as a list."""
    if by is None:
        return []
    return [by] if isinstance(by, str) else list(by)
