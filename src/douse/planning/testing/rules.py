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
