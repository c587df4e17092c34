"""Where to be tested, and when: rounds that were decided, rounds that a level in force asks for, and open sites."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import polars as pl

from douse.outputs.bulletin.areas import is_public, public_ancestor
from douse.outputs.bulletin.levels import steps
from douse.outputs.bulletin.numbers import Seen
from douse.outputs.bulletin.values import LevelOfZone, TestRound, TestSite

DAYS_AHEAD = 14


def rounds(
    today: Seen, now: Sequence[LevelOfZone], *, everything: bool, of_buildings: bool = False
) -> tuple[TestRound, ...]:
    """Days of tests for everybody, from the as-of day for two weeks, by zone that may be named.

    A screening measure has its first day; a level that the protocol tests by rounds has one every so many days from
    its first day until it ends.

    Parameters
    ----------
    of_buildings : bool
        Whether a round of a building is told under the zone around it, as earlier formats did: then all who live in
        that zone are called to a test that is not theirs. Else it is told at the door, as the building's level is.
    """
    first = today.situation.as_of
    last = first + timedelta(days=DAYS_AHEAD - 1)
    nearest = np.arange(len(today.zones)) if everything else public_ancestor(today.zones)
    if not everything and not of_buildings:
        nearest = np.where(is_public(today.zones), nearest, -1)
    days: dict[str, set[date]] = {}
    screening = today.known.table("measures").filter(
        (pl.col("kind").cast(pl.String) == "screening") & pl.col("zone").is_not_null() & pl.col("ended_on").is_null()
    )
    for zone, start in screening.select("zone", "start").iter_rows():
        at = nearest[today.zones.position[zone]] if zone in today.zones.position else -1
        if at >= 0 and first <= start <= last:
            days.setdefault(today.zones.ids[at], set()).add(start)
    every = {str(rule.level): rule.screening_every_days for rule in today.protocol.level}
    for one in now:
        gap = every.get(one.level)
        if gap is not None:
            end = min(last, one.until or last)
            days.setdefault(one.zone, set()).update(d for d in steps(one.since, end, round(gap.value)) if d >= first)
    names = dict(zip(today.zones.ids, today.zones.names, strict=True))
    found = [TestRound(zone, names[zone], tuple(sorted(when))) for zone, when in days.items() if when]
    return tuple(sorted(found, key=lambda one: (one.days[0], one.name, one.zone)))


def sites(today: Seen) -> tuple[TestSite, ...]:
    """Sampling sites that are open. Where they stand is public; a zone that may not be named is left out."""
    zones = today.zones
    nearest = public_ancestor(zones)
    open_ = today.known.table("facilities").filter(
        (pl.col("kind").cast(pl.String) == "sampling_site")
        & (pl.col("lead_time_days").fill_null(0) == 0)
        & pl.col("name").is_not_null()
    )
    found = []
    for row in open_.iter_rows(named=True):
        at = int(nearest[zones.position[row["zone"]]]) if row["zone"] in zones.position else -1
        found.append(TestSite(row["name"], zones.names[at] if at >= 0 else "", row["latitude"], row["longitude"]))
    return tuple(sorted(found, key=lambda one: (one.within, one.name)))
