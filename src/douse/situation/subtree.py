"""The latest day within each zone's subtree."""

from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.records import ZoneTree

_NEVER = np.iinfo(np.int64).min


def latest_day(cases: pl.DataFrame, zones: ZoneTree) -> pl.Series:
    """Latest day on which a case was first told (else its own day), in each zone's subtree.

    Parameters
    ----------
    cases : polars.DataFrame
        Counted cases; those without a zone are left out.
    zones : ZoneTree
        Of Z zones.

    Returns
    -------
    polars.Series
        Dates, null where there is no case; length Z, in the tree's order.
    """
    dated = cases.select("zone", on=pl.coalesce("told_on", "day").to_physical().cast(pl.Int64)).drop_nulls()
    latest: NDArray[np.int64] = np.full(len(zones), _NEVER, dtype=np.int64)
    np.maximum.at(latest, zones.index(dated["zone"]), dated["on"].to_numpy())
    days = latest.tolist()
    parents = zones.parent.tolist()
    for zone in range(len(days) - 1, -1, -1):
        if parents[zone] >= 0:
            days[parents[zone]] = max(days[parents[zone]], days[zone])
    known = [None if day == _NEVER else day for day in days]
    return pl.Series(known, dtype=pl.Int64).cast(pl.Int32).cast(pl.Date)


def days_since(latest: pl.Series, as_of: date) -> pl.Series:
    """Days from each date to the as-of day."""
    return (pl.Series([as_of], dtype=pl.Date) - latest).dt.total_days()
