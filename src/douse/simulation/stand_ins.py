"""What stands in where a pathogen's file leaves out a key that a simulation needs; who asks is told that it did."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from douse.library.load import load
from douse.library.number import Number
from douse.library.pathogen import Delay, Immunity, Pathogen
from douse.simulation.course_numbers import course_numbers
from douse.tracing.stand_in import attack_rates

Floats = NDArray[np.float64]
Part = TypeVar("Part")
_WILD = "sars-cov-2-wild"
_HOUSEHOLD = "household"


@dataclass(frozen=True)
class Whole:
    """The optional keys of a pathogen's file, with what stands in for those that are not there.

    Attributes
    ----------
    dispersion : float
        k of the number of people infected.
    household_attack, asymptomatic_infectiousness : float
        Share of household mates infected by a case with symptoms; infectiousness of cases without.
    onset_to_admission, onset_to_death : Delay
        Days.
    test_days, test_chance : numpy.ndarray[float64], shape (n,)
        Days since infection, and the chance that a test finds the infection.
    immunity : Immunity
        After infection.
    assumed : tuple[str, ...]
        Keys that the file leaves out.
    """

    dispersion: float
    household_attack: float
    asymptomatic_infectiousness: float
    onset_to_admission: Delay
    onset_to_death: Delay
    test_days: Floats
    test_chance: Floats
    immunity: Immunity
    assumed: tuple[str, ...]


def whole(pathogen: Pathogen) -> Whole:
    """A pathogen's optional keys, made whole.

    The wild type of SARS-CoV-2 stands in: for `offspring_dispersion`, `onset_to_admission` and
    `immunity_after_infection` as it is; for `test_curve` with days stretched by the ratio of the mean incubations; for
    `transmission` scaled (see `tracing/stand_in.py`). A death without an `onset_to_death` comes, on average, at the end
    of a stay in intensive care. Without `susceptibility` all ages are alike. All of these are estimates.
    """
    wild = load(Pathogen, _WILD)
    attack = attack_rates(pathogen)
    wanted = ("transmission.secondary_attack.household", "transmission.asymptomatic_infectiousness")
    optional = (
        "offspring_dispersion", "susceptibility", "onset_to_admission", "onset_to_death", "test_curve",
        "immunity_after_infection",
    )  # fmt: skip
    left_out = [key for key in optional if getattr(pathogen, key) in (None, ())]
    admission = pathogen.onset_to_admission or _there(wild.onset_to_admission)
    curve = pathogen.test_curve or wild.test_curve
    stretch = 1.0 if pathogen.test_curve else pathogen.incubation.mean.value / wild.incubation.mean.value
    days = np.array([point.day for point in curve]) * stretch
    chance = np.array([point.sensitivity.value for point in curve])
    begins = days[0] > 0  # nothing to find at infection
    return Whole(
        dispersion=(pathogen.offspring_dispersion or _there(wild.offspring_dispersion)).value,
        household_attack=attack.share[_HOUSEHOLD],
        asymptomatic_infectiousness=attack.asymptomatic_infectiousness,
        onset_to_admission=admission,
        onset_to_death=pathogen.onset_to_death or _end_of_stay(admission, pathogen.days_in_icu),
        test_days=np.r_[0.0, days] if begins else days,
        test_chance=np.r_[0.0, chance] if begins else chance,
        immunity=pathogen.immunity_after_infection or _there(wild.immunity_after_infection),
        assumed=(*left_out, *(key for key in wanted if key in attack.stood_in)),
    )


def spread_out(mean: Number, spread: float) -> Delay:
    """A gamma distribution of days with a mean and a ratio of standard deviation to mean; an estimate."""
    days = mean.model_copy(update={"low": None, "high": None, "grade": "est", "note": "spread: an estimate"})
    return Delay(family="gamma", mean=days, sd=days.model_copy(update={"value": mean.value * spread}))


def _end_of_stay(admission: Delay, stay: Number) -> Delay:
    total = stay.model_copy(update={"value": admission.mean.value + stay.value})
    return spread_out(total, course_numbers().stays.death_spread.value)


def _there(part: Part | None) -> Part:
    """A part of the file that stands in for others: it has it, as a test holds."""
    if part is None:
        raise ValueError("the wild type's file lacks a part that stands in for that of others")
    return part
