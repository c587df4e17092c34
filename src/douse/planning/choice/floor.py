"""The floor of a choice: what must hold, and by how much a plan misses it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.errors import UsageError
from douse.library import Pathogen, Protocol
from douse.planning.choice.tally import Tally
from douse.records.records import Records
from douse.simulation.capacity import capacity_of

Floats = NDArray[np.float64]
WORST = 0.05  # share of the scenarios whose mean demand must be within capacity
EXTINCT = "extinct"
RESOURCES = ("beds", "icu_beds", "rooms", "tests", "tracers")
# Tubes and calls beyond capacity wait in a run, and what that does is in its infections: they are of the floor only
# where a person asks for it (decision 0016).
ALWAYS = RESOURCES[:3]
_PEAK = {
    "beds": "hospital_beds", "icu_beds": "icu_beds", "rooms": "rooms", "tests": "tubes_a_day",
    "tracers": "contacts_a_day",
}  # fmt: skip


@dataclass(frozen=True)
class Floor:
    """What must hold.

    Attributes
    ----------
    extinct : float
        Probability that the last infection of the outbreak lies within the horizon.
    horizon_days : int
        Days ahead of the horizon: maximum incubation periods of the protocol.
    within : dict[str, float]
        Resource -> share of its capacity that peak demand may reach, in the mean of the worst 5% of scenarios.
    """

    extinct: float
    horizon_days: int
    within: Mapping[str, float]


@dataclass(frozen=True)
class Condition:
    """One condition of the floor for one plan.

    Attributes
    ----------
    name : str
        extinct, beds, icu_beds, rooms, tests or tracers.
    value, allowed : float
        Probability and the least allowed; or demand and the most allowed.
    low, high : float or None
        95% interval of a probability, by how many scenarios were run.
    missed_by : float
        Share of what is asked for, or of what is needed, that is missing, below 1; 0: it holds.
    may_miss_by : float
        The same at the end of the interval that is better for the plan.
    """

    name: str
    value: float
    allowed: float
    low: float | None
    high: float | None
    missed_by: float
    may_miss_by: float

    @property
    def holds(self) -> bool:
        """Whether it holds."""
        return self.missed_by <= 0


def floor_of(
    protocol: Protocol, pathogen: Pathogen, asked: Mapping[str, float] | None = None, *, capacities_too: bool = True
) -> Floor:
    """The floor of the protocol, with what a person asks for in its place.

    Parameters
    ----------
    protocol, pathogen
        Chance, and days in incubation periods.
    asked : mapping, optional
        Conditions in place of the protocol's, or beside them.
    capacities_too : bool
        Capacities of which nobody asked are of the floor too: see `ALWAYS`.

    Raises
    ------
    UsageError
        When a condition is not known, or its number is out of range.
    """
    asked = dict(asked or {})
    unknown = sorted(set(asked) - {EXTINCT, *RESOURCES})
    if unknown:
        raise UsageError(
            f"The floor has no condition {unknown[0]}.",
            allowed=", ".join((EXTINCT, *RESOURCES)),
            next_step="Name one of these, for example --floor extinct=0.95,beds=1.0.",
        )
    extinct = asked.pop(EXTINCT, protocol.targets.extinction_probability.value)
    if not 0 <= extinct <= 1 or any(not 0 <= value < math.inf for value in asked.values()):
        raise UsageError(
            "A number of the floor is out of range.",
            allowed="extinct from 0 to 1; of capacities a share, 0 and more (1.0: all of it)",
        )
    horizon = math.ceil(protocol.targets.horizon_incubations.value * pathogen.max_incubation.value)
    return Floor(extinct, horizon, dict.fromkeys(ALWAYS if capacities_too else (), 1.0) | asked)


def capacities(known: Records, protocol: Protocol, people: int) -> dict[str, float]:
    """What there is of each resource, where the records or the protocol's ratios say it.

    Beds of hospitals, intensive-care beds and rooms of open facilities; tubes a day of laboratories; contacts that
    tracers reach a day.
    """
    there = known.table("facilities").filter(pl.col("lead_time_days").fill_null(0) == 0)
    found: dict[str, float] = {}
    for name, kind, column in (
        ("beds", "hospital", "beds"),
        ("icu_beds", "hospital", "icu_beds"),
        ("rooms", "quarantine_site", "rooms"),
        ("tests", "laboratory", "tests_per_day"),
    ):
        stated = there.filter(pl.col("kind") == kind)[column].drop_nulls()
        if len(stated):
            found[name] = float(stated.sum())
    found["tracers"] = capacity_of(known, protocol, people).contacts_a_day
    return found


def conditions(tally: Tally, weights: Floats, floor: Floor, there: Mapping[str, float]) -> tuple[Condition, ...]:
    """Every condition of the floor for the runs of a plan; a resource whose capacity nobody knows is left out.

    Parameters
    ----------
    tally : Tally
        N runs.
    weights : numpy.ndarray[float64], shape (N,)
        Of the scenarios; any sum.
    floor : Floor
        What must hold.
    there : mapping
        Capacity by resource.
    """
    weights = weights / weights.sum()
    over = tally.of("last_infection") <= floor.horizon_days
    chance = float(weights @ over)
    low, high = chance_interval(chance, weights)
    missed = [_below(value, floor.extinct) for value in (chance, high)]
    made = [Condition(EXTINCT, chance, floor.extinct, low, high, *missed)]
    for name in RESOURCES:
        if name in there and name in floor.within:
            demand = worst_mean(tally.of(f"peak_{_PEAK[name]}"), weights)
            allowed = there[name] * floor.within[name]
            missed = [_above(demand, allowed)] * 2
            made.append(Condition(name, demand, allowed, None, None, *missed))
    return tuple(made)


def worst_mean(values: Floats, weights: Floats, share: float = WORST) -> float:
    """Mean of the largest values that have a share of the weight (conditional value at risk).

    Source: Rockafellar and Uryasev 2000, Journal of Risk 2(3):21, doi 10.21314/JOR.2000.038.
    """
    order = np.argsort(-values, kind="stable")
    weight = weights[order] / weights.sum()
    part = np.clip(share - (np.cumsum(weight) - weight), 0, weight)
    return float(part @ values[order] / part.sum())


def chance_interval(chance: float, weights: Floats) -> tuple[float, float]:
    """95% interval of a weighted share (Wilson, by the effective number of scenarios)."""
    n = float(weights.sum() ** 2 / (weights**2).sum())
    z = 1.959964
    middle = (chance + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(chance * (1 - chance) / n + z * z / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def _below(value: float, least: float) -> float:
    return max(0.0, (least - value) / least) if least > 0 else 0.0


def _above(value: float, most: float) -> float:
    return (value - most) / value if value > most else 0.0
