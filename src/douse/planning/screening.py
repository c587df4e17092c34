"""Screening rounds: people, tubes at the best pool size, sites, samplers, laboratory hours, and what is short."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.kernels.pooling import tubes_per_person
from douse.library.protocol import Screening
from douse.planning.basis import Basis, whole
from douse.planning.evidence import Evidence
from douse.planning.facilities import capacity, today
from douse.planning.plan import Note, Round
from douse.planning.zones import without_inner
from douse.records.codes import LEVELS
from douse.records.measure import Because, Measure
from douse.units import HOURS_PER_DAY

Floats = NDArray[np.float64]
Facts = dict[str, str | int | float]
PREVALENCE_DAYS = 14  # cases and tests of the last so many days speak for the prevalence


@dataclass(frozen=True)
class _Size:
    """What one round needs, whatever the capacity."""

    zone: str
    people: int
    singles: int
    prevalence: float
    pool: int
    tubes: int
    swabs: int


@dataclass
class _Queue:
    """Capacity that the rounds of a day share, in their order."""

    laboratory: float | None  # tubes a day
    samplers: float | None
    tubes: int = 0
    sampled: int = 0


def plan_rounds(
    basis: Basis, evidence: Evidence, measures: Sequence[Measure], prevalence_days: int = PREVALENCE_DAYS
) -> tuple[tuple[Round, ...], tuple[Note, ...]]:
    """A round for each zone whose level after the plan asks for one, the highest level first.

    Laboratories and samplers on record serve all rounds in this order.

    Parameters
    ----------
    basis, evidence
        What is known.
    measures : Sequence[Measure]
        Levels that zones have of their own after the plan, with their people.
    prevalence_days : int
        Window of cases and tests for the prevalence.

    Returns
    -------
    tuple
        Rounds, and notes on what could not be planned.
    """
    asking = sorted(
        (m for m in measures if every_days(basis, m) is not None),
        key=lambda m: (-LEVELS.index(m.level or "open"), m.zone or ""),
    )
    sized = [m for m in asking if m.people]
    sizes = _sizes(basis, evidence, sized, prevalence_days)
    queue = _Queue(today(capacity(basis, "tests")), today(capacity(basis, "sampler")))
    rounds = tuple(_round(basis, size, queue) for size in sizes)
    return rounds, tuple(_notes(rounds, queue, unsized=sum(m.people is None for m in asking)))


def every_days(basis: Basis, measure: Measure) -> int | None:
    """Days from one round to the next at the level of a measure; None where it asks for none."""
    every = basis.rules[measure.level or "open"].screening_every_days
    return None if every is None else max(round(every.value), 1)


def round_days(basis: Basis, measure: Measure) -> range:
    """Days of the horizon, 0 the as-of day, with a round under a measure: until it expires; clean rounds may end it."""
    lasts = min((measure.expires_on - basis.as_of).days, basis.horizon_days)
    every = every_days(basis, measure)
    return range(0, lasts, every) if every else range(0)


def best_pool(rules: Screening, prevalence: float) -> int:
    """Pool size with the fewest expected tubes of those that the protocol allows; the larger of two equals."""
    allowed = [1] + [round(p.size.value) for p in rules.pools if prevalence < p.below_prevalence.value]
    return min(sorted(allowed, reverse=True), key=lambda size: tubes_per_person(prevalence, size))


def tubes_needed(people: int, singles: int, prevalence: float, pool: int) -> int:
    """Expected tubes of a round: pools, second tubes of positive pools, and single tests. Rounded up."""
    return math.ceil((people - singles) * tubes_per_person(prevalence, pool)) + singles


def _sizes(basis: Basis, evidence: Evidence, measures: Sequence[Measure], days: int) -> Iterator[_Size]:
    rules = basis.protocol.screening
    at = [basis.zones.position[m.zone or ""] for m in measures]
    singles = without_inner(basis.zones, basis.zones.roll_up(_not_pooled(basis)), at)
    prevalence = _prevalence(basis, evidence, days)
    for measure, zone in zip(measures, at, strict=True):
        people = measure.people or 0
        alone = min(int(singles[zone]), people)
        chance = float(prevalence[zone])
        pool = best_pool(rules, chance)
        again = (people - alone) * (1 - (1 - chance) ** pool) if pool > 1 else 0.0
        yield _Size(
            zone=measure.zone or "",
            people=people,
            singles=alone,
            prevalence=chance,
            pool=pool,
            tubes=tubes_needed(people, alone, chance, pool),
            swabs=math.ceil((people + again) * (1 + rules.waste_share.value)),
        )


def _not_pooled(basis: Basis) -> Floats:
    """People to be tested singly, by their own zone: contacts, and suspected cases. Shape (Z,)."""
    suspected = basis.known.cases.filter(pl.col("classification") == "suspected")
    zones = pl.concat([basis.trace.contacts["zone"], suspected["zone"]])
    at = basis.zones.index(zones)
    return np.bincount(at[at >= 0], minlength=len(basis.zones)).astype(np.float64)


def _prevalence(basis: Basis, evidence: Evidence, days: int) -> Floats:
    """Share of people infected in each zone's subtree; shape (Z,), NaN without a population.

    The higher of two: community cases told within the window, plus one, over residents plus one (what is found is a
    lower bound; the one stands for those not found yet); and the positive share of screening tests in the window.
    """
    zones = basis.zones
    cases = evidence.zone[evidence.community & (evidence.age < days) & (evidence.zone >= 0)]
    found = zones.roll_up(np.bincount(cases, minlength=len(zones)).astype(np.float64))
    ago = (pl.lit(basis.as_of) - pl.col("sampled_at").dt.date()).dt.total_days()
    tests = basis.known.table("tests").filter(
        (pl.col("purpose") == "screening") & (ago < days) & pl.col("result").is_in(["positive", "negative"])
    )
    at = zones.index(tests["zone"])
    positive = (tests["result"] == "positive").to_numpy().astype(np.float64)
    people = tests["pool_size"].fill_null(1).to_numpy().astype(np.float64)
    known, size = at >= 0, len(zones)
    positives = zones.roll_up(np.bincount(at[known], weights=positive[known], minlength=size))
    tested = zones.roll_up(np.bincount(at[known], weights=people[known], minlength=size))
    by_tests = np.divide(positives, tested, out=np.zeros(size), where=tested > 0)
    estimate: Floats = np.minimum(np.maximum((found + 1) / (zones.population + 1), by_tests), 1.0)
    return estimate


def _round(basis: Basis, size: _Size, queue: _Queue) -> Round:
    rules = basis.protocol.screening
    samplers = math.ceil(size.people / rules.people_per_sampler.value)
    queue.sampled += samplers
    waiting, queue.tubes = queue.tubes, queue.tubes + size.tubes
    sampling = basis.protocol.resources.sampler_shift_hours.value * _sampling_shifts(queue)
    hours = finish = None
    if queue.laboratory:
        an_hour = queue.laboratory / HOURS_PER_DAY
        hours = size.tubes / an_hour
        finish = max(sampling, waiting / an_hour + hours) + rules.result_hours.value
    if math.isinf(sampling) or queue.laboratory == 0:
        hours = finish = None
    on_time = None if finish is None else finish <= rules.window_hours.value
    return Round(
        zone=size.zone,
        start=basis.as_of,
        people=size.people,
        singles=size.singles,
        prevalence=size.prevalence,
        pool_size=size.pool,
        tubes=size.tubes,
        swabs=size.swabs,
        sites=math.ceil(size.people / rules.people_per_site.value),
        samplers=samplers,
        laboratory_hours=hours,
        result_hours=finish,
        within_window=on_time,
        short_of=None if on_time else _short_of(rules, queue, finish),
    )


def _sampling_shifts(queue: _Queue) -> float:
    """Shifts until the swabs of a round are taken: one where there are samplers enough for it and those before."""
    if queue.samplers is None:
        return 1.0
    return max(1.0, queue.sampled / queue.samplers) if queue.samplers else math.inf


def _short_of(rules: Screening, queue: _Queue, finish: float | None) -> Because | None:
    """What would have to be added for the round and those before it to end within the window."""
    for_tubes = rules.window_hours.value - rules.result_hours.value
    wanted = queue.tubes * HOURS_PER_DAY / for_tubes if for_tubes > 0 else math.inf
    tubes = 0 if queue.laboratory is None or math.isinf(wanted) else math.ceil(wanted - queue.laboratory)
    samplers = 0 if queue.samplers is None else math.ceil(queue.sampled - queue.samplers)
    facts: Facts = {
        "tubes": tubes,
        "samplers": samplers,
        "window": whole(rules.window_hours.value),
        "hours": round(finish or 0, 1),
    }
    if tubes > 0 and samplers > 0:
        return Because(
            "{samplers} more {samplers:sampler|samplers} and laboratory capacity for {tubes} more {tubes:tube|tubes} a "
            "day are needed to end within {window} hours, with the rounds before it.",
            facts,
        )
    if tubes > 0:
        return Because(
            "Laboratory capacity for {tubes} more {tubes:tube|tubes} a day is needed to end within {window} hours, "
            "with the rounds before it.",
            facts,
        )
    if samplers > 0:
        return Because(
            "{samplers} more {samplers:sampler|samplers} {samplers:is|are} needed, with the rounds before it.", facts
        )
    if finish is None:
        return None
    return Because("Sampling and results take {hours} hours; the window is {window} hours.", facts)


def _notes(rounds: Sequence[Round], queue: _Queue, *, unsized: int) -> Iterator[Note]:
    if unsized:
        yield Note(
            Because(
                "{n} {n:area asks|areas ask} for screening rounds but {n:has|have} no population on record: tubes, "
                "sites and samplers cannot be planned.",
                {"n": unsized},
            )
        )
    if rounds and queue.laboratory is None:
        yield Note(Because("No laboratory on record states its tests per day: laboratory hours are not known."))
    if len(rounds) > 1 and queue.laboratory is not None:
        yield Note(
            Because(
                "All {n} rounds share the laboratories and are served one after the other, the highest level first.",
                {"n": len(rounds)},
            )
        )
