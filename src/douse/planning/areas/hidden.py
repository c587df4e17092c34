"""Expected undetected infections by smallest area. See `docs/planning/zones.md` for the formula."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.library.areas import AreaRules
from douse.library.protocol import Protocol
from douse.library.stand_in import part_of
from douse.planning.areas.evidence_by_zone import Seeds, seeds_of
from douse.planning.areas.ground import Ground, ground_of
from douse.planning.areas.movement import Movement, movement_of
from douse.planning.areas.timing import Timing, timing_of
from douse.planning.basis import Basis
from douse.tracing.risk import risk_of
from douse.tracing.windows import infectious_windows

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
PARTS = ("cases", "sites", "contacts", "unknown_source", "onward", "movement")


@dataclass(frozen=True)
class HiddenByArea:
    """Undetected infections by smallest area (A).

    Attributes
    ----------
    zones : numpy.ndarray[int64], shape (A,)
        Position of the zone of each area, ascending: a zone without zones within it, or the rest of a zone whose parts
        do not hold all its residents.
    people : numpy.ndarray[float64], shape (A,)
        Residents.
    expected : numpy.ndarray[float64], shape (A,)
        Undetected infections, each counted by the share of its transmission that lies ahead.
    parts : dict[str, numpy.ndarray[float64]]
        What that is made of: `PARTS`, each of shape (A,). cases: passed on by cases on record who live there; sites: at
        places of exposure; contacts: on record and not in quarantine; unknown_source: behind cases whose source nobody
        knows; onward: passed on by these since; movement: by people of other areas.
    counts : dict[str, numpy.ndarray[float64]]
        cases, contacts, unknown_source, sites of which the zone itself is on record; each of shape (A,).
    unplaced : float
        Expected infections that no zone is known for: in no area.
    found, found_by, reproduction, movement, counted
        See `Timing`, `Movement`, `Ground`.
    """

    zones: Ints
    people: Floats
    expected: Floats
    parts: dict[str, Floats]
    counts: dict[str, Floats]
    unplaced: float
    found: float
    found_by: str
    reproduction: float
    movement: str
    counted: bool

    @property
    def total(self) -> float:
        """Expected undetected infections in all areas."""
        return float(self.expected.sum())


def area_rules(protocol: Protocol) -> AreaRules:
    """The protocol's numbers of areas, else those of who-generic."""
    return part_of(protocol, lambda rules: rules.areas)


def hidden_infections(basis: Basis) -> HiddenByArea:
    """Expected undetected infections of each smallest area, with their parts.

    Parameters
    ----------
    basis : Basis
        What is known as of a day, and the library's files.

    Returns
    -------
    HiddenByArea
        Sums over areas; evidence of which only a larger zone is known is put down to the areas within it by residents.
    """
    risk = risk_of(basis.pathogen, basis.protocol)
    windows = infectious_windows(basis.situation.cases, basis.as_of, basis.pathogen, basis.protocol)
    timing = timing_of(basis, windows, risk)
    seeds = seeds_of(basis, windows, timing, risk)
    ground = ground_of(basis.zones)
    movement = movement_of(
        basis.known, ground, area_rules(basis.protocol), risk.attack["household"], risk.reproduction_number
    )
    parts = _parts(basis, seeds, ground, movement, timing)
    return HiddenByArea(
        zones=ground.at,
        people=ground.people[ground.at],
        expected=np.sum([parts[name] for name in PARTS], axis=0),
        parts=parts,
        counts={
            **{name: counts[:-1][ground.at] for name, counts in seeds.counts.items()},
            "sites": np.bincount(
                (sites := basis.zones.index(basis.trace.places["zone"]))[sites >= 0], minlength=len(basis.zones)
            ).astype(np.float64)[ground.at],
        },
        unplaced=float((seeds.cases + seeds.contacts + seeds.unknown_source)[-1] @ timing.ahead),
        found=timing.found,
        found_by=timing.found_by,
        reproduction=timing.reproduction,
        movement=movement.basis,
        counted=ground.counted,
    )


def _parts(basis: Basis, seeds: Seeds, ground: Ground, movement: Movement, timing: Timing) -> dict[str, Floats]:
    by_cases = _put_down(ground, seeds.cases)
    contacts = _put_down(ground, seeds.contacts)
    unknown = _put_down(ground, seeds.unknown_source)
    known_to_site, weights = _sites(basis, timing)
    outside = by_cases * (1 - movement.home)[:, None]
    at_sites = _share(weights, ground, movement)[:, None] * (known_to_site * outside.sum(axis=0))
    own, brought = movement.pass_on(by_cases - known_to_site * outside)
    own_unknown, brought_unknown = movement.pass_on(unknown)
    first = own + brought + at_sites + contacts + own_unknown + brought_unknown
    own_next, brought_next = movement.pass_on(_passed_on_since(first, timing))
    ahead = timing.ahead
    return {
        "cases": own @ ahead,
        "sites": at_sites @ ahead,
        "contacts": contacts @ ahead,
        "unknown_source": own_unknown @ ahead,
        "onward": own_next @ ahead,
        "movement": (brought + brought_unknown + brought_next) @ ahead,
    }


def _put_down(ground: Ground, by_zone: Floats) -> Floats:
    """What is known to zones, by area; shape (A, D)."""
    placed = by_zone[:-1]
    zone = np.flatnonzero(placed.any(axis=1))
    if not len(zone):
        return np.zeros((len(ground.at), placed.shape[1]))
    down: Floats = np.asarray(ground.put_down(zone).T @ placed[zone])
    return down


def _sites(basis: Basis, timing: Timing) -> tuple[float, Floats]:
    """Share of the recent cases whose places are on record, and the weight of each zone's places: cases by recency."""
    sites = basis.trace.places
    at = basis.zones.index(sites["zone"])
    weights = np.zeros(len(basis.zones))
    if not (at >= 0).any():
        return 0.0, weights
    ago = sites.select((pl.lit(basis.as_of) - pl.col("last_day")).dt.total_days().fill_null(0)).to_series().to_numpy()
    ahead = timing.ahead[np.clip(ago, 0, len(timing.ahead) - 1)]
    np.add.at(weights, at[at >= 0], (sites["cases"].to_numpy() * ahead)[at >= 0])
    visits = basis.known.table("visits")
    told = basis.situation.cases.filter(
        (pl.lit(basis.as_of) - pl.col("told_on")).dt.total_days() < basis.pathogen.max_incubation.value
    )
    if visits.is_empty() or told.is_empty():  # visits in an index: of whole days, not of single people
        return 1.0, weights
    seen = visits["person_id"].unique().implode()
    known = told.select((pl.col("person").is_in(seen) | pl.col("case_id").is_in(seen)).mean()).item()
    return float(known), weights


def _share(weights: Floats, ground: Ground, movement: Movement) -> Floats:
    """Where those live who were infected at sites: among whoever goes there, else among residents; shape (A,)."""
    if not weights.sum() > 0:
        return np.zeros(len(ground.at))
    nobody = np.asarray(movement.from_where.sum(axis=1)).ravel() <= 0
    share = np.asarray(movement.from_where.T @ np.where(nobody, 0.0, weights)).ravel()
    alone = np.flatnonzero(nobody & (weights > 0))
    if len(alone):
        share = share + np.asarray(ground.put_down(alone).T @ weights[alone]).ravel()
    return share / share.sum() if share.sum() > 0 else share


def _passed_on_since(infections: Floats, timing: Timing) -> Floats:
    """Infections by those at large since their own, and unknown still, by days since infection; shape (A, D)."""
    days = infections.shape[1]
    since = np.zeros((days, days))
    for age in range(days):
        since[age, : age + 1] = timing.passed[: age + 1][::-1]  # passed on after k days: age - k days old now
    passed: Floats = (infections @ since) * timing.reproduction * timing.unseen
    return passed
