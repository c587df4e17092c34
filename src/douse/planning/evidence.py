"""What counts as evidence for a level: recent cases and exposure sites, by zone, as arrays."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.kernels.tree import preorder
from douse.library.protocol import EnterRule
from douse.planning.basis import Basis
from douse.records.codes import ZONE_KINDS
from douse.records.zone_tree import ZoneTree
from douse.situation.cases import is_community_case
from douse.units import DAYS_PER_WEEK, PER_100K

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
MOST_EVIDENCE = 50  # case_ids named by one measure
EVERYWHERE = slice(None)


@dataclass(frozen=True)
class Evidence:
    """Counted cases (N) in depth-first order of their zones, and exposure sites (S), as of a day.

    Attributes
    ----------
    case_ids : numpy.ndarray[object], shape (N,)
    zone : numpy.ndarray[int64], shape (N,)
        Position of the case's own zone; -1 where it has none.
    age : numpy.ndarray[int64], shape (N,)
        Days since the case was told, 0 on the as-of day.
    bears, community, unlinked : numpy.ndarray[bool], shape (N,)
        Not found in quarantine away from home; found outside quarantine; the latter without a known source.
    site_zone, site_age : numpy.ndarray[int64], shape (S,)
        Zone of the site (-1: none) and days since the last infectious visit.
    first, past : numpy.ndarray[int64], shape (Z,)
        Range of each zone's subtree in depth-first order.
    order : numpy.ndarray[int64], shape (N,)
        Depth-first number of the case's zone, ascending.
    """

    case_ids: NDArray[np.object_]
    zone: Ints
    age: Ints
    bears: Bools
    community: Bools
    unlinked: Bools
    site_zone: Ints
    site_age: Ints
    first: Ints
    past: Ints
    order: Ints

    def holds_for(self, rule: EnterRule, here: slice = EVERYWHERE) -> Bools:
        """Cases that are evidence under a rule, of those in a range; none are under a rule on sites or on zones."""
        recent = self.age[here] < rule.within_days.value
        match rule.evidence:
            case "case":
                return recent & self.bears[here]
            case "community_case" | "weekly_incidence":
                return recent & self.community[here]
            case "unlinked_case":
                return recent & self.unlinked[here]
            case _:
                return np.zeros(len(recent), dtype=np.bool_)

    def known_to(self, rule: EnterRule) -> Floats:
        """Cases or sites that are evidence under a rule, by their own zone; shape (Z,)."""
        if rule.evidence == "exposure_site":
            at = self.site_zone[self.site_age < rule.within_days.value]
        else:
            at = self.zone[self.holds_for(rule)]
        return np.bincount(at[at >= 0], minlength=len(self.first)).astype(np.float64)

    def within(self, zone: int) -> slice:
        """Cases of a zone and all zones within it."""
        start, stop = np.searchsorted(self.order, [self.first[zone], self.past[zone]])
        return slice(int(start), int(stop))

    def named(self, here: slice, which: Bools) -> tuple[str, ...]:
        """case_ids of a range among `which` (its length): sorted, at most `MOST_EVIDENCE`."""
        return tuple(sorted(self.case_ids[here][which])[:MOST_EVIDENCE])


def gather(basis: Basis) -> Evidence:
    """Evidence known as of the day.

    A case counts from the day when it was told: an old onset that is told today is news today.
    """
    zones = basis.zones
    first, past = preorder(zones.parent)
    cases = basis.situation.cases
    at = zones.index(cases["zone"])
    order = np.where(at >= 0, first[at] if len(first) else 0, -1)
    by_zone = np.lexsort((cases["case_id"].to_numpy(), order))
    community = _bools(cases, is_community_case())
    away = _bools(cases, pl.col("found_away"))
    sites = basis.trace.places
    return Evidence(
        case_ids=cases["case_id"].to_numpy().astype(object)[by_zone],
        zone=at[by_zone],
        age=_days_since(cases["told_on"], basis.as_of)[by_zone],
        bears=~away[by_zone],
        community=community[by_zone],
        unlinked=(community & _bools(cases, pl.col("link") == "unlinked"))[by_zone],
        site_zone=zones.index(sites["zone"]),
        site_age=_days_since(sites["last_day"], basis.as_of),
        first=first,
        past=past,
        order=order[by_zone],
    )


def needed(rule: EnterRule, zones: ZoneTree) -> Floats:
    """Cases, sites or zones that suffice in each zone; infinite where a rate has no population. Shape (Z,)."""
    if rule.evidence != "weekly_incidence":
        return np.full(len(zones), rule.at_least.value)
    weeks = rule.within_days.value / DAYS_PER_WEEK
    cases = rule.at_least.value * weeks * zones.population / PER_100K
    return np.where(cases > 0, cases, np.inf)


def rank_of(kind: str) -> int:
    """Rank of a kind of zone, 0 = household."""
    return ZONE_KINDS.index(kind)


def _days_since(days: pl.Series, as_of: date) -> Ints:
    """Days from each date to the as-of day; a date that is empty lies too far back to count."""
    since = (pl.Series([as_of]) - days).dt.total_days() if len(days) else pl.Series([], dtype=pl.Int64)
    return since.fill_null(np.iinfo(np.int64).max).cast(pl.Int64).to_numpy()


def _bools(cases: pl.DataFrame, condition: pl.Expr) -> NDArray[Any]:
    return cases.select(condition.fill_null(value=False).alias("is")).to_series().to_numpy().astype(np.bool_)
