"""`Course`: how an illness runs, as the tables that every person of a simulation is drawn from."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from douse.errors import LibraryError
from douse.kernels.person_word import AGES
from douse.library.number import Number
from douse.library.pathogen import Pathogen
from douse.simulation.course_numbers import course_numbers
from douse.simulation.course_tables import MOST, TABLE, by_age, day_table, strengths
from douse.simulation.infectious_profile import DAYS, infectious_profile
from douse.simulation.stand_ins import spread_out, whole

Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]
LONGEST_INCUBATION = 40
_ABOUT = 1e-9


@dataclass(frozen=True)
class VaccineEffect:
    """What a vaccine prevents among the vaccinated; shares.

    Attributes
    ----------
    against_infection, against_severe : float
        Of infections; of severe illness, infections that are prevented included.
    days_to_protect : float
        After the last dose.
    half_life_days : float
        Of protection against infection; infinity: it does not wane.
    """

    against_infection: float
    against_severe: float
    days_to_protect: float
    half_life_days: float

    @property
    def against_severe_once_infected(self) -> float:
        """Share of severe illness that it prevents among those infected in spite of it."""
        open_to = 1 - self.against_infection
        return 1 - (1 - self.against_severe) / open_to if open_to > 0 else 0.0


@dataclass(frozen=True)
class Course:
    """The course of an illness.

    Tables of days have 1024 elements: element q is the value for a uniform number from q/1024 to (q + 1)/1024. Ages are
    16 bands of five years, the last one open.

    Attributes
    ----------
    incubation : numpy.ndarray[uint8], shape (1024,)
        Days from infection to onset, 1 to 40; without symptoms, to the day that would be onset.
    profile : numpy.ndarray[float64], shape (64, 64)
        Share of a person's transmission, by incubation and day since infection; rows sum to 1, nothing on day 0.
        See `infectious_profile`.
    strength : numpy.ndarray[float64], shape (4096,)
        Infectiousness of persons against the mean; mean 1. A gamma distribution with the shape of the offspring
        dispersion; each element is the mean over its part of the distribution.
    symptomatic, severe, critical, fatal : numpy.ndarray[float64], shape (16,)
        By age: share of infections with symptoms; chance of severe and of critical illness with symptoms (they do not
        overlap); chance to die when severely or critically ill.
    susceptibility : numpy.ndarray[float64], shape (16,)
        By age; largest 1.
    asymptomatic_infectiousness : float
        Of people without symptoms, times that of others.
    onset_to_admission, onset_to_death : numpy.ndarray[uint8], shape (1024,)
        Days from onset: 0 and more; 1 and more, of those who die.
    days_in_hospital, days_in_icu, days_in_isolation : numpy.ndarray[uint8], shape (1024,)
        Days in bed of the severe, the critical, all others; at least 1.
    sensitivity : numpy.ndarray[float64], shape (64,)
        Chance that a test finds the infection, by day since infection; the last element holds on.
    reproduction_number : float
        People infected by one, nobody immune, no measures.
    household_attack : float
        Share of household mates infected over the whole illness of a case with symptoms whom nobody isolates.
    environment : tuple[float, float] or None
        Share of transmission through the source that people share; mean days that the pathogen lives in it.
    vaccine : VaccineEffect or None
        None: there is none.
    immunity_protection, immunity_half_life_days : float
        Protection of people infected before; infinity: it does not wane.
    presymptomatic_share_gap, generation_time_gap : float
        What the profile gives, less what the pathogen's file says; 0 where both hold. Share; days.
    assumed : tuple[str, ...]
        Keys that the pathogen's file leaves out, for which something stands in (see `stand_ins.py`).
    """

    incubation: Bytes
    profile: Floats
    strength: Floats
    symptomatic: Floats
    asymptomatic_infectiousness: float
    severe: Floats
    critical: Floats
    fatal: Floats
    onset_to_admission: Bytes
    onset_to_death: Bytes
    days_in_hospital: Bytes
    days_in_icu: Bytes
    days_in_isolation: Bytes
    sensitivity: Floats
    susceptibility: Floats
    reproduction_number: float
    household_attack: float
    environment: tuple[float, float] | None
    vaccine: VaccineEffect | None
    immunity_protection: float
    immunity_half_life_days: float
    presymptomatic_share_gap: float
    generation_time_gap: float
    assumed: tuple[str, ...]


def course_of(pathogen: Pathogen) -> Course:
    """Make the tables of a pathogen.

    The mean generation time is the file's, else its mean serial interval.

    Raises
    ------
    LibraryError
        When the file says what cannot be: an incubation longer than a simulation follows, or more severe and critical
        illness than illness with symptoms.
    """
    _check(pathogen)
    numbers, known = course_numbers(), whole(pathogen)
    incubation = day_table(pathogen.incubation, 1, LONGEST_INCUBATION)
    generation = (pathogen.generation_time or pathogen.serial_interval).mean.value
    last = max(1, round(pathogen.infectious_after_onset.value))
    profile = infectious_profile(
        incubation,
        presymptomatic_share=pathogen.presymptomatic_share.value,
        generation_time=generation,
        after=last,
        rise=numbers.infectiousness.rise.value,
        fade=numbers.infectiousness.fade.value * last,
    )
    severe, critical, fatal = _severity(pathogen)
    isolation = max(1, round(pathogen.days_in_isolation.value))
    return Course(
        incubation=incubation,
        profile=profile.by_day,
        strength=strengths(known.dispersion),
        symptomatic=np.full(AGES, 1 - pathogen.asymptomatic_share.value),
        asymptomatic_infectiousness=known.asymptomatic_infectiousness,
        severe=severe,
        critical=critical,
        fatal=fatal,
        onset_to_admission=day_table(known.onset_to_admission, 0),
        onset_to_death=day_table(known.onset_to_death, 1),
        days_in_hospital=day_table(spread_out(pathogen.days_in_hospital, numbers.stays.hospital_spread.value), 1),
        days_in_icu=day_table(spread_out(pathogen.days_in_icu, numbers.stays.icu_spread.value), 1),
        days_in_isolation=np.full(TABLE, min(isolation, MOST), np.uint8),  # a rule, the same for all
        sensitivity=np.interp(np.arange(DAYS), known.test_days, known.test_chance),
        susceptibility=_susceptibility(pathogen),
        reproduction_number=pathogen.reproduction_number.value,
        household_attack=known.household_attack,
        environment=_environment(pathogen),
        vaccine=_vaccine(pathogen),
        immunity_protection=known.immunity.protection.value,
        immunity_half_life_days=_or_never(known.immunity.half_life),
        presymptomatic_share_gap=profile.presymptomatic_share - pathogen.presymptomatic_share.value,
        generation_time_gap=profile.generation_time - generation,
        assumed=known.assumed,
    )


def _check(pathogen: Pathogen) -> None:
    followed = pathogen.incubation.mean.value + pathogen.infectious_after_onset.value
    if pathogen.incubation.mean.value > LONGEST_INCUBATION or followed >= DAYS:
        raise LibraryError(
            f"The pathogen {pathogen.id} runs longer than a simulation follows it.",
            allowed=f"a mean incubation of at most {LONGEST_INCUBATION} days, with infectious days at most {DAYS - 1}",
            next_step="Simulate another pathogen, or shorten these in a file of your own.",
        )
    ill = 1 - pathogen.asymptomatic_share.value
    if any(band.severe.value + band.critical.value > ill + _ABOUT for band in pathogen.severity):
        raise LibraryError(
            f"The pathogen {pathogen.id} has more severe and critical illness than illness with symptoms.",
            allowed="severe and critical together at most 1 - asymptomatic_share, in each band of severity",
            next_step="All are shares of infections: mend one of them.",
        )


def _severity(pathogen: Pathogen) -> tuple[Floats, Floats, Floats]:
    """Severe and critical with symptoms, fatal when severe or critical, by age; deaths beyond these do not count."""
    bands = pathogen.severity
    starts = [band.from_age for band in bands]
    severe, critical, fatal = (
        by_age(starts, [share.value for share in shares])
        for shares in zip(*((band.severe, band.critical, band.fatal) for band in bands), strict=True)
    )
    ill = max(1 - pathogen.asymptomatic_share.value, _ABOUT)
    grave = np.maximum(severe + critical, np.finfo(float).tiny)
    return severe / ill, critical / ill, np.minimum(fatal / grave, 1.0)


def _susceptibility(pathogen: Pathogen) -> Floats:
    bands = pathogen.susceptibility
    if not bands:
        return np.ones(AGES)
    relative = by_age([band.from_age for band in bands], [band.relative.value for band in bands])
    return np.asarray(relative / relative.max())


def _environment(pathogen: Pathogen) -> tuple[float, float] | None:
    shared = pathogen.environment
    return None if shared is None else (shared.share.value, shared.survival.value)


def _vaccine(pathogen: Pathogen) -> VaccineEffect | None:
    vaccine = pathogen.vaccine
    if vaccine is None:
        return None
    return VaccineEffect(
        against_infection=vaccine.against_infection.value,
        against_severe=vaccine.against_severe.value,
        days_to_protect=vaccine.days_to_protect.value,
        half_life_days=_or_never(vaccine.half_life),
    )


def _or_never(half_life: Number | None) -> float:
    return math.inf if half_life is None else half_life.value
