"""The protocol's numbers for a testing day."""

from douse.library.protocol import Protocol
from douse.library.stand_in import part_of
from douse.library.testing_day import TestingDayRules


def day_rules(protocol: Protocol) -> TestingDayRules:
    """The protocol's, else those of who-generic."""
    return part_of(protocol, lambda rules: rules.screening.day)


def shift_hours(protocol: Protocol) -> float:
    """Length of a sampler's shift: as the protocol says, and long enough for the people that a sampler is to swab."""
    full = protocol.screening.people_per_sampler.value / day_rules(protocol).people_per_desk_hour.value
    return max(protocol.resources.sampler_shift_hours.value, full)
