"""The assembly of the estimates: what one of them takes from the others."""

from datetime import date, timedelta

from conftest import records
from douse.library import Pathogen, Protocol, load
from douse.records import ZoneTree
from douse.situation import describe, estimate

MEASLES = load(Pathogen, "measles")
D = date(2026, 3, 1)


def found(delay, as_of=D + timedelta(days=10)):
    """One case with an onset, told so many days after it."""
    rows = [{"case_id": "c1", "onset": D, "recorded_at": D + timedelta(days=delay)}]
    known = records(cases=rows).as_of(as_of)
    zones = ZoneTree(known)
    return estimate(known, describe(known, zones, MEASLES, load(Protocol, "who-generic")), zones, MEASLES)


def test_the_end_waits_for_cases_that_are_told_late():
    soon, late = found(0).end, found(6).end
    assert late.date - soon.date == timedelta(days=6)
    assert late.probability < soon.probability
