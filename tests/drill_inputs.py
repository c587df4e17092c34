"""A small town with a plain disease to play drills in, and measures to apply."""

from dataclasses import replace
from datetime import timedelta
from functools import cache

import numpy as np

from douse.city.made import build_city, totals_of
from douse.library import Costs, Pathogen, Protocol, load
from douse.planning.drill.setting import setting_of
from douse.records.measure import Because, Measure
from douse.simulation.rates import Rates
from simulation_inputs import a_course, strengths, varied_contacts

NO = Because("-")


@cache
def a_setting():
    """A small town with a plain disease, so that nothing is calibrated."""
    city = build_city(totals_of(2_000, 1)).city
    course = a_course(strength=strengths(0.5), symptomatic=np.full(16, 0.8))
    rates = Rates(0.5, 0.3, 0.0, varied_contacts(), course)
    return setting_of(
        city, load(Pathogen, "sars-cov-2-wild"), load(Protocol, "who-generic"), load(Costs, "generic"), rates=rates
    )


def level(zone, level="lockdown", kind="level", start=None, days=30, **changes):
    start = start or a_setting().first
    one = Measure(
        id=f"{kind}/{zone}", action="start", kind=kind, zone=zone, level=None if kind != "level" else level,
        level_before=None, start=start, review_on=start, expires_on=start + timedelta(days=days), people=None,
        person_days=None, reason=NO, evidence=(), lift_rule=NO, lesser="none", lesser_fails=NO, support=(),
    )  # fmt: skip
    return replace(one, **changes)
