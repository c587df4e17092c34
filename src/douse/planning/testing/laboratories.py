"""Which laboratory gets the tubes of which site."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.planning.basis import Basis
from douse.planning.programme import Programme

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_EXACT = 80  # pairs up to which whole sites are decided exactly; above, the few shared sites are rounded
_SECONDS = 600.0  # far above what is needed: a time that runs out would not give the same answer twice


@dataclass(frozen=True)
class Laboratories:
    """Laboratories (L) that are open today, by identifier.

    Attributes
    ----------
    name : list[str]
    spot : numpy.ndarray[float64], shape (L, 2)
        Latitude, longitude; NaN where not known.
    tubes_per_day : numpy.ndarray[float64], shape (L,)
    """

    name: list[str]
    spot: Floats
    tubes_per_day: Floats


def laboratories(basis: Basis) -> Laboratories | None:
    """Those on record that state their tubes; None where none does.

    Where none of them is open today with any capacity, the first stands for the place where lines can be added.
    """
    stated = basis.known.table("facilities").filter(pl.col("tests_per_day").is_not_null()).sort("facility_id")
    if stated.is_empty():
        return None
    today = stated.filter((pl.col("lead_time_days").fill_null(0) == 0) & (pl.col("tests_per_day") > 0))
    rows = stated.head(1).with_columns(tests_per_day=0) if today.is_empty() else today
    return Laboratories(
        name=rows["facility_id"].to_list(),
        spot=rows.select(pl.col("latitude", "longitude").cast(pl.Float64).fill_null(float("nan"))).to_numpy(),
        tubes_per_day=rows["tests_per_day"].to_numpy().astype(np.float64),
    )


def share_out(tubes: Ints, way: Floats, per_hour: Floats) -> tuple[Ints, float]:
    """Give each site to one laboratory: the fewest hours of the busiest laboratory and of the mean tube's way.

    Parameters
    ----------
    tubes : numpy.ndarray[int64], shape (S,)
        Of each site.
    way : numpy.ndarray[float64], shape (S, L)
        Hours from site to laboratory.
    per_hour : numpy.ndarray[float64], shape (L,)
        Tubes that a laboratory does an hour, above 0.

    Returns
    -------
    tuple
        Laboratory of each site, shape (S,), and the gap: share of the hours that a better sharing could save at most.
    """
    sites, labs = way.shape
    if labs == 1 or sites == 0:
        return np.zeros(sites, dtype=np.int64), 0.0
    weight = tubes / tubes.sum()
    plan = Programme()
    exact = sites * labs <= _EXACT
    parts = plan.add(sites * labs, (weight[:, None] * way).ravel(), high=1.0, whole=exact)
    longest = plan.add(1, 1.0)
    site, lab = (index.ravel() for index in np.indices((sites, labs)))
    plan.limit(sites, site, parts, least=1.0, most=1.0)
    plan.limit(
        labs,
        np.concatenate([lab, np.arange(labs)]),
        np.concatenate([parts, np.repeat(longest, labs)]),
        np.concatenate([(tubes / 1.0)[site] / per_hour[lab], -np.ones(labs)]),
        most=0.0,
    )
    answer = plan.solve(seconds=_SECONDS, gap=1e-9 if exact else 1e-4)
    given = answer.values[parts].reshape(sites, labs)
    chosen = _rounded(tubes, way, per_hour, given)
    hours = _hours(tubes, way, per_hour, chosen)
    return chosen, max(0.0, (hours - answer.bound) / max(hours, 1e-12))


def _rounded(tubes: Ints, way: Floats, per_hour: Floats, given: Floats) -> Ints:
    """Whole sites: those shared among laboratories, the largest first, go where they are through the earliest."""
    chosen: Ints = given.argmax(axis=1)
    shared = np.flatnonzero(given.max(axis=1) < 1 - 1e-6)
    load = np.zeros(len(per_hour))
    settled = np.ones(len(tubes), dtype=np.bool_)
    settled[shared] = False
    np.add.at(load, chosen[settled], tubes[settled])
    for site in shared[np.argsort(-tubes[shared], kind="stable")]:
        at = int(((load + tubes[site]) / per_hour + way[site]).argmin())
        chosen[site] = at
        load[at] += tubes[site]
    return chosen


def _hours(tubes: Ints, way: Floats, per_hour: Floats, chosen: Ints) -> float:
    load = np.bincount(chosen, weights=tubes, minlength=len(per_hour))
    mean = float((tubes * way[np.arange(len(tubes)), chosen]).sum() / tubes.sum())
    return float((load / per_hour).max()) + mean
