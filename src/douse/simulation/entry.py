"""`EntryRule`: what a protocol asks of people who arrive from outside."""

from dataclasses import dataclass

from douse.kernels.epidemic_layout import NO_STAY, QUARANTINE_CENTRAL, QUARANTINE_HOME
from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol

_STAYS = {"home": QUARANTINE_HOME, "central": QUARANTINE_CENTRAL}


@dataclass(frozen=True)
class EntryRule:
    """Quarantine on arrival.

    Attributes
    ----------
    stay : int
        0 none, 1 at home, 2 central: where it begins.
    days : float
        Days from arrival.
    test_days : tuple[int, ...]
        Days after arrival on which people in quarantine are tested.
    """

    stay: int = NO_STAY
    days: float = 0.0
    test_days: tuple[int, ...] = ()


def entry_of(protocol: Protocol, pathogen: Pathogen) -> EntryRule:
    """The class `arrival` of the protocol's quarantine; watching oneself restricts nobody and is left out."""
    rule = protocol.quarantine["arrival"]
    stay, days = NO_STAY, 0.0
    for phase in rule.phases:
        if phase.place not in _STAYS:
            continue
        days += pathogen.max_incubation.value if isinstance(phase.days, str) else phase.days.value
        stay = stay or _STAYS[phase.place]
    return EntryRule(stay, days, () if rule.symptoms_only else rule.test_days)
