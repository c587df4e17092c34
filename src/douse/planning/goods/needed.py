"""What is needed of each item: by whom, in which region, on which day, expected and in the worst 5% of courses."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from douse.planning.basis import Basis
from douse.planning.crews import STILL_OPEN
from douse.planning.plan import DayNeed, Note, Round
from douse.planning.regions import Regions
from douse.planning.zones import without_inner
from douse.records.measure import Because, Measure

Floats = NDArray[np.float64]
WORST = 0.05
# The mean of the worst 5% lies so many times as far from the mean as their threshold does, for a normal spread.
TAIL = float(np.exp(-(ndtri(1 - WORST) ** 2) / 2) / np.sqrt(2 * np.pi) / WORST / ndtri(1 - WORST))
_SEEN_DAYS = 7  # requests of the last so many days speak for those to come


@dataclass(frozen=True)
class Asked:
    """What the other planners ask for.

    Attributes
    ----------
    needs : Sequence[DayNeed]
        Beds and tests by day.
    rounds : Sequence[Round]
        First screening round of each zone.
    levels : Sequence[Measure]
        Levels that zones have of their own after the plan.
    tubes, swabs, samplers : numpy.ndarray[float64], shape (H,)
        Of screening rounds, by day.
    """

    needs: Sequence[DayNeed]
    rounds: Sequence[Round]
    levels: Sequence[Measure]
    tubes: Floats
    swabs: Floats
    samplers: Floats


@dataclass(frozen=True)
class Needed:
    """Need of one item by one kind of receiver; `mean` and `worst` of shape (R, H), by region and day."""

    receiver: str
    item: str
    mean: Floats
    worst: Floats


@dataclass(frozen=True)
class _Spread:
    """A number a day, shape (H,): expected, and in the worst 5%."""

    mean: Floats
    worst: Floats

    def times(self, factor: float) -> "_Spread":
        return _Spread(self.mean * factor, self.worst * factor)

    def plus(self, other: "_Spread") -> "_Spread":
        return _Spread(self.mean + other.mean, self.worst + other.worst)


def needed(basis: Basis, asked: Asked, regions: Regions) -> tuple[tuple[Needed, ...], tuple[Note, ...]]:
    """Needs of all items, in order of receiver and item; and what could not be counted."""
    by_zone = (*_of_care(basis, asked, regions), *_of_tests(basis, asked, regions))
    at_doors, notes = _at_doors(basis, asked, regions)
    found = [*by_zone, *at_doors, *_medicine(basis, regions)]
    return tuple(sorted(_merged(found), key=lambda n: (n.receiver, n.item))), notes


def totals(needs: Iterable[Needed]) -> dict[str, tuple[Floats, Floats]]:
    """Item -> expected need and need in the worst 5%, by day; each of shape (H,)."""
    sums: dict[str, tuple[Floats, Floats]] = {}
    for one in needs:
        mean, worst = sums.get(one.item, (0.0, 0.0))
        sums[one.item] = (mean + one.mean.sum(axis=0), worst + one.worst.sum(axis=0))
    return sums


def amount_of(needs: Iterable[Needed], item: str) -> float:
    """Expected need of an item over the horizon."""
    return float(sum(one.mean.sum() for one in needs if one.item == item))


def in_total(needs: Sequence[DayNeed], resource: str) -> float:
    """Expected need of a resource, summed over the days."""
    return sum(need.need for need in needs if need.resource == resource)


def sampler_sets(basis: Basis, samplers: Floats) -> float:
    """Protective sets of samplers: one shift a round each."""
    return float(samplers.sum()) * basis.protocol.resources.sets_per_sampler_shift.value


def _of_care(basis: Basis, asked: Asked, regions: Regions) -> tuple[Needed, ...]:
    """Protective sets and masks at the bed, where the hospitals are, and of suspected cases."""
    ratios = basis.protocol.resources
    ward, intensive = _days(basis, asked.needs, "hospital_bed"), _days(basis, asked.needs, "icu_bed")
    suspected = np.full(basis.horizon_days, float(basis.situation.suspected))
    sets = (
        ward.times(ratios.sets_per_hospital_day.value)
        .plus(intensive.times(ratios.sets_per_icu_day.value))
        .plus(_Spread(suspected, suspected).times(ratios.sets_per_suspected_day.value))
    )
    masks = ward.times(ratios.n95_per_hospital_day.value).plus(intensive.times(ratios.n95_per_icu_day.value))
    where = _where(
        basis, regions, ("hospital", "clinic"), pl.col("beds").fill_null(0) + pl.col("icu_beds").fill_null(0)
    )
    return (_shared("care", "protective_set", sets, where), _shared("care", "n95", masks, where))


def _of_tests(basis: Basis, asked: Asked, regions: Regions) -> tuple[Needed, ...]:
    """Sets of samplers, swabs and tubes where samples are taken; reagents, one reaction a tube, at laboratories."""
    spare = 1 + basis.protocol.screening.waste_share.value
    all_tests = _days(basis, asked.needs, "tests")
    # Tubes of rounds are in the tests; what is left are tests of contacts, and theirs is the spread.
    contacts = _Spread(np.maximum(all_tests.mean - asked.tubes, 0), np.maximum(all_tests.worst - asked.tubes, 0))
    rounds, people = _rounds(basis, asked, regions), regions.weight
    sets = asked.samplers * basis.protocol.resources.sets_per_sampler_shift.value

    def taken(item: str, of_rounds: Floats, of_contacts: _Spread) -> Needed:
        known = np.outer(rounds, of_rounds)
        return Needed(
            "testing",
            item,
            known + np.outer(people, of_contacts.mean),
            known + np.outer(people, of_contacts.worst),
        )

    reactions = all_tests.times(spare)
    laboratories = _where(basis, regions, ("laboratory",), pl.col("tests_per_day").fill_null(0))
    nothing = _Spread(np.zeros_like(sets), np.zeros_like(sets))
    return (
        taken("protective_set", sets, nothing),
        taken("swab", asked.swabs, contacts.times(spare)),
        taken("tube", asked.tubes * spare, contacts.times(spare)),
        _shared("laboratory", "reagent", reactions, laboratories),
    )


def _at_doors(basis: Basis, asked: Asked, regions: Regions) -> tuple[tuple[Needed, ...], tuple[Note, ...]]:
    """Living packages and food for zones whose level brings them to the door.

    A package is due on the first day and whenever the last one is used up; food every day.
    """
    ratios, zones = basis.protocol.resources, basis.zones
    at = [zones.position[m.zone or ""] for m in asked.levels]
    households = without_inner(zones, zones.households, at)
    packages, food = np.zeros((2, len(zones), basis.horizon_days))
    uncounted = 0
    for measure, zone in zip(asked.levels, at, strict=True):
        if not basis.rules[measure.level or "open"].home_delivery:
            continue
        days = min((measure.expires_on - basis.as_of).days, basis.horizon_days)
        food[zone, :days] += (measure.people or 0) * ratios.food_kg_per_person_day.value
        if np.isnan(households[zone]):
            uncounted += 1
        elif days > 0:
            due = np.arange(0, days, ratios.package_days.value).astype(np.int64)
            np.add.at(packages[zone], due, households[zone])
    because = Because(
        "{n} {n:area has|areas have} deliveries to the door but no number of households on record: living packages for "
        "{n:it|them} are not counted.",
        {"n": uncounted},
    )
    notes = (Note(because),) if uncounted else ()
    both = (("living_package", regions.gather(packages)), ("food_kg", regions.gather(food)))
    return tuple(Needed("household", item, amount, amount) for item, amount in both), notes


def _medicine(basis: Basis, regions: Regions) -> tuple[Needed, ...]:
    """Courses of medicine that residents ask for: those open now, and as many a day as in the last week."""
    requests = basis.known.table("requests").filter(pl.col("kind") == "medicine", pl.col("withdrawn_at").is_null())
    first = basis.as_of - timedelta(days=_SEEN_DAYS - 1)
    counted = (
        ("open", requests.filter(STILL_OPEN)),
        ("seen", requests.filter(pl.col("requested_at").dt.date() >= first)),
    )
    sums = {name: _by_region(basis, regions, rows) for name, rows in counted}
    mean = np.repeat(sums["seen"][:, None] / _SEEN_DAYS, basis.horizon_days, axis=1)
    mean[:, :1] = sums["open"][:, None]
    # Requests to come scatter around their expectation over the entire area (Poisson).
    ahead = mean[:, 1:].sum(axis=0)
    wider = np.divide(_poisson_tail(ahead), ahead, out=np.zeros_like(ahead), where=ahead > 0)
    worst = mean.copy()
    worst[:, 1:] *= 1 + wider
    return (Needed("patient", "medicine_course", mean, worst),)


def _by_region(basis: Basis, regions: Regions, requests: pl.DataFrame) -> Floats:
    """Requests by region; those without a zone are shared by residents. Shape (R,)."""
    at = basis.zones.index(requests["zone"])
    by_zone = np.bincount(at[at >= 0], minlength=len(basis.zones)).astype(np.float64)
    nowhere: Floats = regions.weight * float((at < 0).sum())
    return regions.gather(by_zone) + nowhere


def _days(basis: Basis, needs: Sequence[DayNeed], resource: str) -> _Spread:
    """Need of a resource by day, with the mean of the worst 5% from the upper end of the 90% range."""
    mean, high = np.zeros(basis.horizon_days), np.zeros(basis.horizon_days)
    for need in needs:
        if need.resource == resource:
            ahead = (need.day - basis.as_of).days
            mean[ahead], high[ahead] = need.need, need.high
    return _Spread(mean, mean + TAIL * np.maximum(high - mean, 0))


def _poisson_tail(mean: Floats) -> Floats:
    """How far above its mean a Poisson number lies in the worst 5%, by the normal approximation."""
    far: Floats = TAIL * ndtri(1 - WORST) * np.sqrt(mean)
    return far


def _where(basis: Basis, regions: Regions, kinds: Sequence[str], size: pl.Expr) -> Floats:
    """Shares of the regions by the size of their facilities; by residents where none is on record. Shape (R,)."""
    facilities = basis.known.table("facilities").filter(pl.col("kind").cast(pl.String).is_in(list(kinds)))
    at = basis.zones.index(facilities["zone"])
    sizes = facilities.select(size.cast(pl.Float64)).to_series().to_numpy()
    by_zone = np.bincount(at[at >= 0], weights=sizes[at >= 0], minlength=len(basis.zones)).astype(np.float64)
    found = regions.gather(by_zone)
    shares: Floats = found / found.sum() if found.sum() > 0 else regions.weight
    return shares


def _rounds(basis: Basis, asked: Asked, regions: Regions) -> Floats:
    """Shares of the regions in the people of all rounds; shape (R,)."""
    by_zone = np.zeros(len(basis.zones))
    for one in asked.rounds:
        by_zone[basis.zones.position[one.zone]] += one.people
    found = regions.gather(by_zone)
    shares: Floats = found / found.sum() if found.sum() > 0 else regions.weight
    return shares


def _shared(receiver: str, item: str, amount: _Spread, shares: Floats) -> Needed:
    return Needed(receiver, item, np.outer(shares, amount.mean), np.outer(shares, amount.worst))


def _merged(needs: Iterable[Needed]) -> list[Needed]:
    """One need for each receiver and item; those of nothing are left out."""
    found: dict[tuple[str, str], Needed] = {}
    for one in needs:
        key = (one.receiver, one.item)
        before = found.get(key)
        found[key] = (
            one if before is None else replace(one, mean=before.mean + one.mean, worst=before.worst + one.worst)
        )
    return [one for one in found.values() if one.worst.sum() > 0]
