"""What a protocol makes of a run: the response to cases, and the rules of levels."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import expon, lognorm

from douse.city.city import City
from douse.kernels import epidemic_levels as levels
from douse.kernels.epidemic_layout import (
    CITY,
    GROUP,
    NO_STAY,
    QUARANTINE_CENTRAL,
    QUARANTINE_HOME,
    STAYS,
    TRANSPORT,
)
from douse.kernels.person_word import KINDS
from douse.library.codes import LEVELS, ZONE_KINDS
from douse.library.pathogen import Pathogen
from douse.library.protocol import EnterRule, LevelRule, Protocol, Quarantine
from douse.simulation.capacity import Capacity
from douse.simulation.contact_numbers import ContactNumbers, Keeping, contact_numbers
from douse.simulation.contact_tables import contact_tables, contacts_left
from douse.simulation.course import Course
from douse.simulation.response import Response, outside_only
from douse.simulation.zoning import Order, Zoning

Floats = NDArray[np.float64]
_QUANTILES = 1024
_HOURS = 24.0
_CASE_RULES = ("case", "community_case", "unlinked_case")
_WEEK = 7


def response_of(
    protocol: Protocol,
    pathogen: Pathogen,
    course: Course,
    capacity: Capacity,
    numbers: ContactNumbers | None = None,
) -> Response:
    """Tests, tracing, quarantine, isolation and screening as the protocol says, with the compliance of the library.

    A quarantine that begins in one place and ends in another is spent in the first. Watching restricts nobody: who is
    watched is tested when symptoms begin. Pools find what single tests find; a false alarm of a pool is rechecked once.

    Parameters
    ----------
    protocol, pathogen, course
        Rules; days that rules count in incubation periods; days from infection to onset.
    capacity : Capacity
        Laboratory, beds, tracers.
    numbers : ContactNumbers, optional
        The shipped ones by default.
    """
    numbers = numbers or contact_numbers()
    tables, keeps, testing = contact_tables(numbers), numbers.compliance, numbers.testing
    stay, days, tests = _quarantine(protocol.quarantine["close"], pathogen)
    _, ring_two, _ = _quarantine(protocol.quarantine["secondary"], pathogen)
    result = max(1, math.ceil(protocol.clock.test_result.value / _HOURS))
    tracer, pools = numbers.tracer, protocol.screening.pools
    quantiles = (np.arange(_QUANTILES) + 0.5) / _QUANTILES
    reached = tracer.interview.value + lognorm(tracer.reached_spread.value, scale=tracer.reached.value).ppf(quantiles)
    stay_open = np.ones((len(STAYS), 8))
    for at, keeping in enumerate(
        (keeps.home_quarantine, keeps.central_quarantine, keeps.home_isolation, keeps.central_quarantine), start=1
    ):
        stay_open[at] = _left(keeping)
    return Response(
        seek_share=testing.seeks_after.value,
        seek_delay=_days(expon(scale=max(testing.delay_after.value, 1e-9)).ppf(quantiles)),
        result_days=result,
        laboratory=capacity.laboratory,
        specificity=testing.specificity.value,
        traces=True,
        lookback_ill=protocol.contact.lookback_symptomatic.value,
        lookback_well=protocol.contact.lookback_asymptomatic.value,
        backward_days=float(np.quantile(course.incubation, 0.9)),
        recall=tables.forward,
        recall_before=tables.backward,
        reached_share=1 - tracer.never_reached.value,
        reach_delay=np.maximum(1, _days(reached)),
        tracers=capacity.contacts_a_day,
        quarantine_days=days,
        quarantine_stay=stay,
        test_days=tests,
        watch_days=_watched(protocol.quarantine["close"], pathogen),
        ring_two_days=ring_two if protocol.contact.ring2 else 0.0,
        obeys_quarantine=keeps.home_quarantine.keeps.value,
        isolation_days=float(np.mean(course.days_in_isolation)),
        beds=capacity.beds,
        obeys_isolation=keeps.home_isolation.keeps.value,
        screened_share=testing.turn_out.value,
        pool=pools[0].size.value if pools else 1.0,
        screening_specificity=1 - (1 - testing.specificity.value) ** 2,
        recheck_days=float(result),
        ill_at_home=keeps.ill_at_home.keeps.value * (1 - min(1.0, keeps.ill_at_home.outside.value)),
        masks=_care_taken(numbers),
        stay_open=stay_open,
        level_open=np.array([_level_open(rule, numbers) for rule in protocol.level]),
    )


def zoning_of(protocol: Protocol, pathogen: Pathogen, city: City, orders: tuple[Order, ...] = ()) -> Zoning:
    """Rules of levels on the zones of a city.

    A level is put on the zone of its smallest kind around a case; where people are known only by larger zones, on
    those, as long as the level may be put on them. Of the evidence, community cases and the weekly incidence count;
    exposure sites are not known in a run.
    """
    zones = len(city.zone_ids)
    people = np.diff(city.zone_start.astype(np.int64))
    unit_of = np.full((levels.LEVELS, zones), -1, np.int32)
    thresholds: list[NDArray[np.int32]] = [np.zeros(1, np.int32)] * levels.LEVELS
    rules = np.zeros((levels.LEVELS, levels.LEVEL_RULES), np.int64)
    above = _ancestors(city)
    for level, rule in enumerate(protocol.level[1:], start=1):
        unit_of[level] = _units(above, rule)
        units = int(unit_of[level].max()) + 1
        residents = np.bincount(
            unit_of[level][unit_of[level] >= 0], people[unit_of[level] >= 0], minlength=max(units, 1)
        )
        thresholds[level], window = _threshold(rule, residents)
        rules[level] = _level_rules(protocol, pathogen, level, window)
    threshold = np.zeros((levels.LEVELS, max(len(t) for t in thresholds)), np.int32)
    for level, values in enumerate(thresholds):
        threshold[level, : len(values)] = values
    return Zoning(unit_of, threshold, rules, delay=1, orders=orders)


def _watched(rule: Quarantine, pathogen: Pathogen) -> float:
    """Days over which a class of contacts is watched or kept apart."""
    days = (pathogen.max_incubation.value if isinstance(phase.days, str) else phase.days.value for phase in rule.phases)
    return float(sum(days))


def _quarantine(rule: Quarantine, pathogen: Pathogen) -> tuple[int, float, tuple[int, ...]]:
    """Stay, days and days of tests of a class of contacts."""
    stay, days = NO_STAY, 0.0
    for phase in rule.phases:
        if phase.place not in {"home", "central"}:
            continue
        days += pathogen.max_incubation.value if isinstance(phase.days, str) else phase.days.value
        stay = stay or (QUARANTINE_CENTRAL if phase.place == "central" else QUARANTINE_HOME)
    return stay, days, () if rule.symptoms_only else tuple(day for day in rule.test_days if day <= days or not days)


def _level_open(rule: LevelRule, numbers: ContactNumbers) -> Floats:
    """What a level leaves, by kind of group and layer; shape (8, 8)."""
    left = np.ones((8, 8))
    left[: len(KINDS)] = contacts_left(rule, numbers).T
    return left


def _left(keeping: Keeping) -> Floats:
    return np.minimum(outside_only(keeping.outside.value, keeping.inside.value), 1.0)


def _care_taken(numbers: ContactNumbers) -> Floats:
    """Transmission that masks and caution leave, against the time before the outbreak was known; shape (8,)."""
    masks, left = numbers.masks, np.ones(8)
    before, after = (1 - masks.efficacy.value * w.value for w in (masks.wearing_before, masks.wearing_after))
    left[GROUP : CITY + 1] = min(1.0, (after / before) ** 2)  # of the one who infects, and of the one who is infected
    left[TRANSPORT : CITY + 1] *= numbers.caution.contacts.value
    return left


def _days(values: Floats) -> NDArray[np.uint8]:
    return np.clip(np.round(values), 0, 60).astype(np.uint8)


def _ancestors(city: City) -> list[list[tuple[str, int]]]:
    """Of each zone of residence: itself and the zones above, each with id and rank of its kind."""
    rows = city.zones.select("zone_id", "kind", "parent_zone").rows()
    kind = {zone: ZONE_KINDS.index(k) if k in ZONE_KINDS else ZONE_KINDS.index("district") for zone, k, _ in rows}
    parent = {zone: up for zone, _, up in rows}
    chains = []
    for zone in city.zone_ids:
        chain: list[tuple[str, int]] = []
        at: str | None = zone
        while at is not None and at not in {seen for seen, _ in chain}:
            chain.append((at, kind.get(at, ZONE_KINDS.index("district"))))
            at = parent.get(at)
        chains.append(chain)
    return chains


def _units(above: list[list[tuple[str, int]]], rule: LevelRule) -> NDArray[np.int32]:
    smallest, largest = ZONE_KINDS.index(rule.smallest), ZONE_KINDS.index(rule.largest)
    names: dict[str, int] = {}
    unit = np.full(len(above), -1, np.int32)
    for at, chain in enumerate(above):
        below = [(zone, rank) for zone, rank in chain if rank <= largest]
        # Where the tree has no zone between the two kinds, the largest below will do, as in a plan.
        fits = [zone for zone, rank in below if rank >= smallest] or [zone for zone, _ in below[-1:]]
        if fits:
            unit[at] = names.setdefault(fits[0], len(names))
    return unit


def _threshold(rule: LevelRule, residents: NDArray[Any]) -> tuple[NDArray[np.int32], int]:
    """Cases that bring the level in each unit (0: none do), and the days that they are counted over."""
    counts = [enter for enter in rule.enter if enter.evidence in _CASE_RULES]
    if counts:
        first = min(counts, key=lambda enter: enter.at_least.value)
        cases = max(1, math.ceil(first.at_least.value))
        return np.full(len(residents), cases, np.int32), _window(first)
    rates = [enter for enter in rule.enter if enter.evidence == "weekly_incidence"]
    if not rates:
        return np.zeros(len(residents), np.int32), 1
    first = min(rates, key=lambda enter: enter.at_least.value)
    return np.maximum(1, np.ceil(first.at_least.value * residents / 100_000)).astype(np.int32), _WEEK


def _window(enter: EnterRule) -> int:
    return min(levels.RING_DAYS, max(1, round(enter.within_days.value)))


def _level_rules(protocol: Protocol, pathogen: Pathogen, level: int, window: int) -> list[int]:
    rule = protocol.level[level]
    lift = rule.lift
    within = [LEVELS.index(enter.level) for enter in rule.enter if enter.evidence == "contains" and enter.level]
    days, lower, stays = 0, 0, 0
    if lift is not None:
        without = lift.days_without_case
        days = round(pathogen.max_incubation.value if isinstance(without, str) else without.value)
        lower = LEVELS.index(lift.to)
        after = protocol.level[lower].lift
        stays = round(after.days_after_higher.value) if after is not None and after.days_after_higher else 0
    screening = round(rule.screening_every_days.value) if rule.screening_every_days else 0
    return [window, max(1, days), lower if stays else 0, stays, min(within, default=0), screening]
