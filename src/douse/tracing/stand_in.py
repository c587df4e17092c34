"""What stands in where a library file leaves a key out; who asks is told that it did."""

import math
from dataclasses import dataclass

from douse.library.exposure import ExposureRules, TracingHours
from douse.library.load import load
from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.library.stand_in import part_of, there

_PATHOGEN = "sars-cov-2-wild"
CROWD = 500


@dataclass(frozen=True)
class Attack:
    """Attack rates by setting (shares; `other` stands for settings that are not listed) and what stood in."""

    share: dict[str, float]
    asymptomatic_infectiousness: float
    stood_in: tuple[str, ...]  # keys of the pathogen's file that are not there


def crowd_limit(protocol: Protocol) -> int:
    """Most visits a day of a place whose visitors are traced."""
    limit = protocol.contact.crowd_visits
    return CROWD if limit is None else int(limit.value)


def exposure_rules(protocol: Protocol) -> ExposureRules:
    """The protocol's, else those of who-generic."""
    return part_of(protocol, lambda rules: rules.exposure)


def tracing_hours(protocol: Protocol) -> TracingHours:
    """The protocol's, else those of who-generic."""
    return part_of(protocol, lambda rules: rules.tracing_hours)


def attack_rates(pathogen: Pathogen) -> Attack:
    """The pathogen's attack rates; settings that it does not list are scaled from the wild type of SARS-CoV-2.

    On the hazard, -log(1 - share): by the ratio of the two in households, where the pathogen has that rate; else by
    the ratio of the reproduction numbers. Both are estimates (grade est).
    """
    base = load(Pathogen, _PATHOGEN)
    known = there(base.transmission)
    own = pathogen.transmission
    listed = {str(setting): share.value for setting, share in (own.secondary_attack if own else {}).items()}
    usual = {str(setting): share.value for setting, share in known.secondary_attack.items()}
    if "household" in listed:
        ratio = _hazard(listed["household"]) / _hazard(usual["household"])
    else:
        ratio = pathogen.reproduction_number.value / base.reproduction_number.value
    scaled = {setting: -math.expm1(-_hazard(share) * ratio) for setting, share in usual.items()}
    silent = own.asymptomatic_infectiousness if own else None
    stood_in = [f"transmission.secondary_attack.{setting}" for setting in usual if setting not in listed]
    if silent is None:
        stood_in.append("transmission.asymptomatic_infectiousness")
    return Attack({**scaled, **listed}, (silent or there(known.asymptomatic_infectiousness)).value, tuple(stood_in))


def _hazard(share: float) -> float:
    return -math.log1p(-min(share, 1 - 1e-9))
