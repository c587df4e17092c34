"""The situation in each zone, over its subtree."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from douse.records import ZoneTree
from douse.situation.cases import is_community_case
from douse.situation.subtree import days_since, latest_day
from douse.units import DAYS_PER_WEEK, PER_100K


def by_zone(cases: pl.DataFrame, zones: ZoneTree, as_of: date, lifting: pl.DataFrame) -> pl.DataFrame:
    """Figures of each zone, as `Situation.by_zone` says; all zones, in the tree's order.

    Parameters
    ----------
    cases : polars.DataFrame
        Counted cases; those without a zone are in no row.
    zones : ZoneTree
        Who contains whom, and residents.
    as_of : date
        Last day of each window.
    lifting : polars.DataFrame
        As from `lift_countdown`.
    """
    week, fortnight = timedelta(days=DAYS_PER_WEEK), timedelta(days=2 * DAYS_PER_WEEK)
    recent = pl.col("told_on") > as_of - fortnight
    figures = {
        "cases": pl.col("zone").is_not_null(),
        "new_cases": pl.col("told_on") > as_of - week,
        "community_cases_14d": recent & is_community_case(),
        "active": pl.col("active"),
        "deaths": pl.col("outcome") == "died",
        "recent": recent,
    }
    counts = _sums(cases, zones, figures)
    last = latest_day(cases.filter(is_community_case()), zones)
    frame = pl.DataFrame(
        {
            "zone": zones.ids,
            "name": zones.names,
            "kind": zones.kinds,
            "parent_zone": [zones.ids[at] if at >= 0 else None for at in zones.parent.tolist()],
            **{name: counts[:, at] for at, name in enumerate(figures)},
            "population": zones.population,
            "last_community_case": last,
            "days_since": days_since(last, as_of),
        },
        schema_overrides=dict.fromkeys(("zone", "name", "kind", "parent_zone"), pl.String),
    )
    rate = pl.when(pl.col("population") > 0).then(pl.col("recent") * PER_100K / pl.col("population"))
    return frame.join(lifting.select("zone", "lift_in_days"), on="zone", how="left", maintain_order="left").select(
        *("zone", "name", "kind", "parent_zone", "cases", "new_cases", "community_cases_14d", "active", "deaths"),
        rate.fill_nan(None).alias("rate_100k"),
        *("last_community_case", "days_since", "lift_in_days"),
    )


def _sums(cases: pl.DataFrame, zones: ZoneTree, figures: dict[str, pl.Expr]) -> np.ndarray:
    """Sums of true values over each zone's subtree; shape (Z, number of figures)."""
    placed = cases.filter(pl.col("zone").is_not_null())
    flags = placed.select(flag.fill_null(value=False).cast(pl.Int64).alias(name) for name, flag in figures.items())
    own = np.zeros((len(zones), len(figures)), dtype=np.int64)
    np.add.at(own, zones.index(placed["zone"]), flags.to_numpy())
    return zones.roll_up(own)
