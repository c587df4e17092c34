"""How the illness would run in each resident, drawn once from the pathogen file."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import gamma as gamma_function

from douse.city.draws import stream
from douse.city.numbers import Spread
from douse.city.town import Town
from douse.library.pathogen import Delay, Pathogen
from douse.records.codes import SEVERITIES

_ASYMPTOMATIC, _MILD, _MODERATE, _SEVERE, _CRITICAL = range(len(SEVERITIES))


@dataclass(frozen=True)
class Illness:
    """What would happen to each person if infected; N people.

    Attributes
    ----------
    incubation : numpy.ndarray[int64], shape (N,)
        Days from infection to onset, at least 1; for people without symptoms, to the day of most shedding.
    symptomatic, fatal, immune : numpy.ndarray[bool], shape (N,)
        Whether there are symptoms, whether they die, whether they cannot be infected.
    infectivity : numpy.ndarray[float64], shape (N,)
        Against the average of people with symptoms.
    severity : numpy.ndarray[int64], shape (N,)
        Position in SEVERITIES.
    profile : numpy.ndarray[float64], shape (D,)
        Share of transmission by day; sums to 1.
    before : int
        Days before onset that the first element of the profile stands for.
    start : float
        People infected by one case while nobody reacts.
    """

    incubation: np.ndarray
    symptomatic: np.ndarray
    fatal: np.ndarray
    immune: np.ndarray
    infectivity: np.ndarray
    severity: np.ndarray
    profile: np.ndarray
    before: int
    start: float

    def shedding(self, day: int, people: np.ndarray, onset: np.ndarray) -> np.ndarray:
        """How infectious some people are on a day: share of the illness that falls on it, times infectivity.

        Somebody with a short incubation sheds on fewer days before onset, and as much in all.

        Parameters
        ----------
        people, onset : numpy.ndarray[int64], shape (n,)
            Numbers of the people and their days of onset.
        """
        at = day - onset + self.before
        inside = (at >= 0) & (at < len(self.profile))
        share = np.where(inside, self.profile[np.clip(at, 0, len(self.profile) - 1)], 0.0)
        still_to_come = np.cumsum(self.profile[::-1])[::-1]
        whole = still_to_come[np.maximum(0, self.before - self.incubation[people] + 1)]
        return np.asarray(share / whole * self.infectivity[people])


def fall_ill(town: Town, pathogen: Pathogen) -> Illness:
    """Draw the course of the illness for everybody."""
    people, numbers = len(town), town.numbers
    symptoms, immune, worst, moderate, dies = stream(town.seed, "illness").random((5, people))
    symptomatic = symptoms >= pathogen.asymptomatic_share.value
    infectivity = stream(town.seed, "infectivity").gamma(
        numbers.spread.dispersion.value, 1 / numbers.spread.dispersion.value, people
    )
    own = pathogen.reproduction_number.value
    start = min(own, numbers.spread.highest_start.value)
    severity, fatal = _severity(town, pathogen, worst, dies)
    mild = np.where(moderate < numbers.spread.moderate_share.value, _MODERATE, _MILD)
    severity = np.where(severity > 0, severity, mild)
    return Illness(
        incubation=np.maximum(1, np.round(draw(pathogen.incubation, stream(town.seed, "incubation"), people))).astype(
            np.int64
        ),
        symptomatic=symptomatic,
        fatal=fatal & symptomatic & (severity >= _SEVERE),
        immune=immune < 1 - start / own,
        infectivity=infectivity * np.where(symptomatic, 1.0, numbers.spread.asymptomatic_ratio.value),
        severity=np.where(symptomatic, severity, _ASYMPTOMATIC),
        profile=infectious_profile(pathogen, numbers.spread),
        before=int(numbers.spread.days_before_onset.value),
        start=start,
    )


def infectious_profile(pathogen: Pathogen, spread: Spread) -> np.ndarray:
    """Share of transmission by day, from `spread.days_before_onset` on; shape (D,), sums to 1.

    The presymptomatic share rises towards onset, the rest fades over the infectious days.
    """
    before = np.arange(1, spread.days_before_onset.value + 1)
    days = max(1, round(pathogen.infectious_after_onset.value)) + 1
    after = np.exp(-spread.fading.value * np.arange(days) / days)
    early = pathogen.presymptomatic_share.value
    profile: np.ndarray = np.r_[early * before / before.sum(), (1 - early) * after / after.sum()]
    return profile


def draw(delay: Delay, random: np.random.Generator, size: int) -> np.ndarray:
    """Days from a distribution given by mean and standard deviation; shape (size,)."""
    mean, sd = delay.mean.value, delay.sd.value
    if sd <= 0:
        return np.full(size, mean)
    if delay.family == "gamma":
        return random.gamma((mean / sd) ** 2, sd**2 / mean, size)
    if delay.family == "lognormal":
        sigma = np.sqrt(np.log1p((sd / mean) ** 2))
        return random.lognormal(np.log(mean) - sigma**2 / 2, sigma, size)
    shape = _weibull_shape(sd / mean)
    return np.asarray(random.weibull(shape, size) * mean / gamma_function(1 + 1 / shape))


def sensitivity(pathogen: Pathogen, days_since_infection: np.ndarray) -> np.ndarray:
    """Chance that a test is positive; straight lines between the points of the file, 0 up to the day of infection.

    A file without a curve: certain from the day after infection on.
    """
    if not pathogen.test_curve:
        return np.where(days_since_infection > 0, 1.0, 0.0)
    days = [0, *(point.day for point in pathogen.test_curve)]
    chance = [0.0, *(point.sensitivity.value for point in pathogen.test_curve)]
    return np.asarray(np.interp(days_since_infection, days, chance))


def _severity(town: Town, pathogen: Pathogen, worst: np.ndarray, dies: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Severe, critical or 0 for the rest, and who dies; shares of infections, moved onto those with symptoms."""
    start = np.array([band.from_age for band in pathogen.severity])
    band = np.searchsorted(start, town.residents.age, side="right") - 1
    symptomatic = max(1 - pathogen.asymptomatic_share.value, 1e-9)
    severe = np.array([b.severe.value for b in pathogen.severity])[band] / symptomatic
    critical = np.array([b.critical.value for b in pathogen.severity])[band] / symptomatic
    fatal = np.array([b.fatal.value for b in pathogen.severity])[band] / symptomatic
    severity = np.where(worst < critical, _CRITICAL, np.where(worst < critical + severe, _SEVERE, 0))
    return severity, dies < fatal / np.maximum(severe + critical, 1e-9)


def _weibull_shape(ratio: float) -> float:
    """Shape of a Weibull distribution with a ratio of standard deviation to mean."""

    def gap(shape: float) -> float:
        return float(np.sqrt(gamma_function(1 + 2 / shape) / gamma_function(1 + 1 / shape) ** 2 - 1) - ratio)

    return float(brentq(gap, 0.2, 50.0))
