"""What the risk of an exposure is reckoned with, from the library files of a run."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from douse.kernels.exposure_risk import difference, with_share_below_zero
from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.tracing.risk.delay_by_day import by_day
from douse.tracing.stand_in import attack_rates, exposure_rules

Floats = NDArray[np.float64]
OTHER = "other"
_GENERATIONS = 3.0  # maximum incubation periods after which nobody infects any more


@dataclass(frozen=True)
class Risk:
    """Rates, factors and infectiousness by day.

    Parameters
    ----------
    rate : dict[str, float]
        Infections an hour with a case of mean infectiousness in ordinary air, by setting.
    hours, days : dict[str, float]
        Usual hours on a day and usual days by setting (infinity: every day); they stand in for unknown minutes.
    attack : dict[str, float]
        Share infected over a usual exposure, by setting; what the rates were made from.
    ventilation : dict[str, float]
        Times the risk in ordinary air, by class.
    not_near : float
        Times the risk for general contacts.
    aerosol : frozenset[str]
        Settings where being near makes no difference.
    asymptomatic : float
        Times the infectiousness, of cases without symptoms.
    first_day : int
        Day of ``infectiousness[0]``, counted from onset (day 0).
    infectiousness : numpy.ndarray[float64], shape (d,)
        Of each day from onset, relative: the mean, over the moments at which transmission happens, is 1.
    ahead : numpy.ndarray[float64], shape (g,)
        Share of a person's transmission that lies on day k since infection or later.
    incubation_days : int
        Mean incubation period.
    asymptomatic_share : float
        Of infections.
    reproduction_number : float
        People infected by one.
    stood_in : tuple[str, ...]
        Keys that the pathogen's file leaves out, for which scaled values of the wild type stand in (grade est).
    """

    rate: dict[str, float]
    hours: dict[str, float]
    days: dict[str, float]
    attack: dict[str, float]
    ventilation: dict[str, float]
    not_near: float
    aerosol: frozenset[str]
    asymptomatic: float
    first_day: int
    infectiousness: Floats
    ahead: Floats
    incubation_days: int
    asymptomatic_share: float
    reproduction_number: float
    stood_in: tuple[str, ...]


def risk_of(pathogen: Pathogen, protocol: Protocol) -> Risk:
    """Risk by the files of a run.

    The rate of a setting is such that a usual exposure there (`exposure.usual` of the protocol: hours on a day, for so
    many of the case's infectious days) infects the share that the pathogen's attack rate says:
    ``rate = -log(1 - attack) / (hours x min(days, effective days))``, where the effective days are those over which
    a person present all the time meets mean infectiousness.
    """
    attack, rules = attack_rates(pathogen), exposure_rules(protocol)
    first_day, infectiousness = infectiousness_by_day(pathogen, protocol)
    effective = float(infectiousness.sum())
    usual = {str(setting): use for setting, use in rules.usual.items()}
    settings = sorted({*usual, *attack.share})
    hours = {s: usual.get(s, usual[OTHER]).hours.value for s in settings}
    days = {s: math.inf if (d := usual.get(s, usual[OTHER]).days) is None else d.value for s in settings}
    shares = {s: attack.share.get(s, attack.share[OTHER]) for s in settings}
    return Risk(
        rate={s: -math.log1p(-min(shares[s], 1 - 1e-9)) / (hours[s] * min(days[s], effective)) for s in settings},
        hours=hours,
        days=days,
        attack=shares,
        ventilation={str(name): times.value for name, times in rules.ventilation.items()},
        not_near=rules.not_near.value,
        aerosol=frozenset(protocol.contact.aerosol_settings),
        asymptomatic=attack.asymptomatic_infectiousness,
        first_day=first_day,
        infectiousness=infectiousness,
        ahead=share_ahead_by_day(pathogen),
        incubation_days=round(pathogen.incubation.mean.value),
        asymptomatic_share=pathogen.asymptomatic_share.value,
        reproduction_number=pathogen.reproduction_number.value,
        stood_in=attack.stood_in,
    )


def infectiousness_by_day(pathogen: Pathogen, protocol: Protocol) -> tuple[int, Floats]:
    """Relative infectiousness by day from onset: day of the first value, and the values.

    A transmission happens a generation time after the infector's infection, the onset an incubation period after it:
    the day of transmission from onset is the difference of the two, taken as independent (the serial interval stands
    in for a generation time that the file leaves out). Days after the infectious period are cut. Days before onset are
    then scaled to the pathogen's presymptomatic share, which is better known than the tail of the difference, and the
    others to the rest. Divided by the sum of squares: a transmission that happened did so, on average, at 1.
    """
    longest = math.ceil(_GENERATIONS * pathogen.max_incubation.value)
    generation = by_day(pathogen.generation_time or pathogen.serial_interval, longest)
    incubation = by_day(pathogen.incubation, math.ceil(pathogen.max_incubation.value))
    first, weights = difference(generation, incubation)
    if first == 0:  # an incubation within the day
        first, weights = -1, np.r_[0.0, weights]
    after = protocol.contact.infectious_after_onset or pathogen.infectious_after_onset
    kept = max(1, min(len(weights) + first, int(after.value) + 1)) - first
    shares = with_share_below_zero(first, weights[:kept], pathogen.presymptomatic_share.value)
    there = np.flatnonzero(shares)
    begin, end = int(there[0]), int(there[-1]) + 1
    return first + begin, shares[begin:end] / (shares**2).sum()


def share_ahead_by_day(pathogen: Pathogen) -> Floats:
    """Share of a person's transmission on day k since infection or later; 1 on the day of infection."""
    longest = math.ceil(_GENERATIONS * pathogen.max_incubation.value)
    generation = by_day(pathogen.generation_time or pathogen.serial_interval, longest)
    ahead: Floats = np.cumsum(generation[::-1])[::-1]
    return ahead
