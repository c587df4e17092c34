"""What a protocol makes of a run."""

import math

import numpy as np
import pytest

from douse.city.made import make_city, totals_of
from douse.kernels.epidemic_layout import GROUP, HOUSEHOLD, QUARANTINE_CENTRAL, QUARANTINE_HOME, ZONE
from douse.kernels.epidemic_levels import CONTAINS, FALLS_FOR, FALLS_TO, LIFT_DAYS, SCREEN_EVERY, WINDOW
from douse.kernels.person_word import HOSPITAL, NO_GROUP, WORK
from douse.library import Pathogen, Protocol, load, names
from douse.simulation.by_protocol import response_of, zoning_of
from douse.simulation.capacity import Capacity
from douse.simulation.contact_numbers import contact_numbers
from douse.simulation.course import course_of

PRECAUTION, CONTROL, LOCKDOWN = 1, 2, 3


@pytest.fixture(scope="module")
def city():
    return make_city(totals_of(30_000, 1))


def of(protocol, pathogen, capacity=Capacity()):  # noqa: B008
    known = load(Pathogen, pathogen)
    return response_of(load(Protocol, protocol), known, course_of(known), capacity)


def test_quarantine_of_the_ninth_edition_is_seven_days_in_a_central_place():
    response = of("china-9", "sars-cov-2-omicron")
    assert (response.quarantine_stay, response.quarantine_days) == (QUARANTINE_CENTRAL, 7)
    assert response.test_days == (1, 2, 3, 5, 7)
    assert response.ring_two_days == 7  # contacts of contacts stay at home as long
    assert (response.lookback_ill, response.pool) == (2, 20)


def test_a_quarantine_in_incubations_takes_those_of_the_pathogen():
    response = of("who-generic", "sars-cov-2-wild")
    longest = load(Pathogen, "sars-cov-2-wild").max_incubation.value
    assert (response.quarantine_stay, response.quarantine_days, response.watch_days) == (
        QUARANTINE_HOME,
        longest,
        longest,
    )


def test_contacts_who_are_only_watched_stay_nowhere_and_are_tested_when_ill():
    response = of("ebola", "ebola")
    assert (response.quarantine_stay, response.quarantine_days, response.watch_days) == (0, 0, 21)


def test_capacity_limits_what_can_be_done():
    response = of("who-generic", "sars-cov-2-wild", Capacity(laboratory=300, beds=20, contacts_a_day=50))
    assert (response.laboratory, response.beds, response.tracers) == (300, 20, 50)
    assert math.isinf(of("who-generic", "sars-cov-2-wild").laboratory)


def test_a_lockdown_leaves_households_and_hospitals_their_meetings():
    left = of("china-9", "sars-cov-2-omicron").level_open[LOCKDOWN]
    keeps = contact_numbers().compliance.level.keeps.value
    assert left[WORK, HOUSEHOLD] == left[HOSPITAL, GROUP] == 1
    assert left[WORK, GROUP] == left[NO_GROUP, ZONE] == pytest.approx(1 - keeps)
    assert np.all(of("china-9", "sars-cov-2-omicron").level_open[0] == 1)


def test_levels_of_the_ninth_edition_are_put_on_estates_and_the_district_around_them(city):
    zoning = zoning_of(load(Protocol, "china-9"), load(Pathogen, "sars-cov-2-omicron"), city)
    assert len(np.unique(zoning.unit_of[LOCKDOWN])) == len(city.zone_ids)  # each estate by itself
    districts = city.zones.filter(kind="district").height
    assert len(np.unique(zoning.unit_of[PRECAUTION])) == districts
    lockdown = zoning.level_rules[LOCKDOWN]
    assert zoning.threshold[LOCKDOWN].max() == 1  # one community case
    assert lockdown[[WINDOW, LIFT_DAYS]].tolist() == [7, 7]
    assert lockdown[[FALLS_TO, FALLS_FOR]].tolist() == [CONTROL, 3]  # three more days as an area of medium risk
    assert lockdown[SCREEN_EVERY] == 2
    assert zoning.level_rules[PRECAUTION, CONTAINS] == CONTROL  # and so lockdown too


def test_every_protocol_makes_a_response_and_rules(city):
    for name in names(Protocol):
        protocol = load(Protocol, name)
        pathogen = load(Pathogen, "sars-cov-2-wild" if protocol.pathogens[0] == "any" else protocol.pathogens[0])
        response = response_of(protocol, pathogen, course_of(pathogen), Capacity())
        assert response.acts
        zoning = zoning_of(protocol, pathogen, city)
        assert zoning.unit_of.shape == (4, len(city.zone_ids))
        assert (zoning.unit_of[0] == -1).all()
