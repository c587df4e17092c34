"""Screening rounds: which areas on which days, people, tubes at the best pool size, sites, samplers."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.kernels.pooling import found_in_pools, tubes_per_person
from douse.library.protocol import Screening
from douse.planning.basis import Basis
from douse.planning.evidence import Evidence
from douse.planning.facilities import capacity
from douse.planning.plan import Note, Round
from douse.planning.testing.rules import day_rules
from douse.planning.zones import without_inner
from douse.records.codes import LEVELS
from douse.records.measure import Because, Measure

Floats = NDArray[np.float64]
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


def plan_rounds(
    basis: Basis, evidence: Evidence, measures: Sequence[Measure], prevalence_days: int = PREVALENCE_DAYS
) -> tuple[tuple[Round, ...], tuple[Note, ...]]:
    """A round for each zone whose level after the plan asks for one, the highest level first.

    Whether they end in time is checked for all rounds of the day together: see `planning/testing`.

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
    rounds = tuple(_round(basis, size) for size in sizes)
    return rounds, tuple(_notes(basis, rounds, unsized=sum(m.people is None for m in asking)))


def every_days(basis: Basis, measure: Measure) -> int | None:
    """Days from one round to the next at the level of a measure; None where it asks for none."""
    every = basis.rules[measure.level or "open"].screening_every_days
    return None if every is None else max(round(every.value), 1)


def round_days(basis: Basis, measure: Measure) -> range:
    """Days of the horizon, 0 the as-of day, with a round under a measure: until it expires; clean rounds may end it."""
    lasts = min((measure.expires_on - basis.as_of).days, basis.horizon_days)
    every = every_days(basis, measure)
    return range(0, lasts, every) if every else range(0)


def best_pool(rules: Screening, prevalence: float, loss: float = 0.0) -> int:
    """Pool size with the fewest expected tubes for each infection found, of those that the protocol allows.

    Parameters
    ----------
    rules : Screening
        Sizes that it allows up to a prevalence.
    prevalence : float
        Share of people infected.
    loss : float
        Share of infections that pools miss for each e-fold of their size.

    Returns
    -------
    int
        The larger of two equals; 1: single tests.
    """
    allowed = [1] + [round(p.size.value) for p in rules.pools if prevalence < p.below_prevalence.value]
    return min(
        sorted(allowed, reverse=True), key=lambda size: tubes_per_person(prevalence, size) / found_in_pools(size, loss)
    )


def tubes_needed(people: int, singles: int, prevalence: float, pool: int) -> int:
    """Expected tubes of a round: pools, second tubes of positive pools, and single tests. Rounded up."""
    return math.ceil((people - singles) * tubes_per_person(prevalence, pool)) + singles


def _sizes(basis: Basis, evidence: Evidence, measures: Sequence[Measure], days: int) -> Iterator[_Size]:
    rules, loss = basis.protocol.screening, day_rules(basis.protocol).pool_loss.value
    at = [basis.zones.position[m.zone or ""] for m in measures]
    singles = without_inner(basis.zones, basis.zones.roll_up(_not_pooled(basis)), at)
    prevalence = _prevalence(basis, evidence, days)
    for measure, zone in zip(measures, at, strict=True):
        people = measure.people or 0
        alone = min(int(singles[zone]), people)
        chance = float(prevalence[zone])
        pool = best_pool(rules, chance, loss)
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


def _round(basis: Basis, size: _Size) -> Round:
    rules = basis.protocol.screening
    return Round(
        zone=size.zone,
        start=basis.as_of,
        people=size.people,
        singles=size.singles,
        prevalence=size.prevalence,
        pool_size=size.pool,
        missed_by_pooling=1 - found_in_pools(size.pool, day_rules(basis.protocol).pool_loss.value),
        tubes=size.tubes,
        swabs=size.swabs,
        sites=math.ceil(size.people / rules.people_per_site.value),
        samplers=math.ceil(size.people / rules.people_per_sampler.value),
    )


def _notes(basis: Basis, rounds: Sequence[Round], *, unsized: int) -> Iterator[Note]:
    if unsized:
        yield Note(
            Because(
                "{n} {n:area asks|areas ask} for screening rounds but {n:has|have} no population on record: tubes, "
                "sites and samplers cannot be planned.",
                {"n": unsized},
            )
        )
    if rounds and capacity(basis, "tests") is None:
        yield Note(Because("No laboratory on record states its tests per day: laboratory hours are not known."))
