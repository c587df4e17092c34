"""The protocol's numbers for a testing day."""

from douse.library.load import load
from douse.library.protocol import Protocol
from douse.library.testing_day import TestingDayRules


def day_rules(protocol: Protocol) -> TestingDayRules:
    """The protocol's, else those of who-generic."""
    rules = protocol.screening.day or load(Protocol, "who-generic").screening.day
    if rules is None:
        raise ValueError("who-generic has the rules of a testing day")
    return rules


def shift_hours(protocol: Protocol) -> float:
    """Length of a sampler's shift: as the protocol says, and long enough for the people that a sampler is to swab."""
    full = protocol.screening.people_per_sampler.value / day_rules(protocol).people_per_desk_hour.value
    return max(protocol.resources.sampler_shift_hours.value, full)
