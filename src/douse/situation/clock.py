"""Days between two moments, and the days that a library file leaves to the pathogen."""

from datetime import time

import polars as pl

from douse.library.pathogen import Pathogen
from douse.library.protocol import DaysOrIncubation
from douse.units import HOURS_PER_DAY

_MICROSECONDS_PER_DAY = HOURS_PER_DAY * 3600 * 1_000_000


def elapsed_days(start: str, end: str) -> pl.Expr:
    """Days from one column of dates or moments to another.

    To the hour where both hold a time of day. A date, or a moment at midnight, is known only to the day: then
    the difference of the two days is taken, a whole number.
    """
    first, last = pl.col(start).cast(pl.Datetime("us")), pl.col(end).cast(pl.Datetime("us"))
    exact = (first.dt.time() != time.min) & (last.dt.time() != time.min)
    hours = (last - first).dt.total_microseconds() / _MICROSECONDS_PER_DAY
    days = (last.dt.date() - first.dt.date()).dt.total_days().cast(pl.Float64)
    return pl.when(exact).then(hours).otherwise(days)


def within(days: pl.Expr, deadline_hours: float) -> pl.Expr:
    """True where the days taken (see `elapsed_days`) keep a deadline; whole days keep it up to hours / 24."""
    return days <= deadline_hours / HOURS_PER_DAY


def resolve_days(days: DaysOrIncubation, pathogen: Pathogen) -> float:
    """Days as a number: the protocol's own, or the pathogen's maximum incubation period."""
    return pathogen.max_incubation.value if days == "max_incubation" else days.value
