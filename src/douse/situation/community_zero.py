"""Community zero: every new case was already in quarantine when it was found."""

from datetime import date, timedelta

import polars as pl

from douse.library.protocol import Protocol
from douse.situation.cases import is_community_case
from douse.situation.situation import CommunityZero
from douse.units import DAYS_PER_WEEK


def community_zero(
    cases: pl.DataFrame, as_of: date, protocol: Protocol, *, recorded: bool = True, window: int = DAYS_PER_WEEK
) -> CommunityZero:
    """Share of the new cases already in quarantine, and days in a row without one outside.

    Parameters
    ----------
    cases : polars.DataFrame
        Counted cases.
    as_of : date
        Last day, included.
    protocol : Protocol
        The days that make community zero.
    recorded : bool
        Whether anything on record tells who was in quarantine; if not, the share is not known rather than zero.
    window : int
        Latest days whose cases count as new, by the day when they were first told.

    Notes
    -----
    The days in a row are counted from the first case at the earliest; without any case there are none.
    """
    new = cases.filter(pl.col("told_on") > as_of - timedelta(days=window))
    already = int(new["in_quarantine"].sum())
    days = _days_in_a_row(cases, as_of)
    target = int(protocol.targets.community_zero_days.value)
    share = already / new.height if new.height and recorded else None
    return CommunityZero(new.height, already, share, days, target, days >= target)


def _days_in_a_row(cases: pl.DataFrame, as_of: date) -> int:
    outside = cases.filter(is_community_case())["told_on"].max()
    if isinstance(outside, date):
        return (as_of - outside).days
    first = cases["told_on"].min()
    return (as_of - first).days + 1 if isinstance(first, date) else 0
