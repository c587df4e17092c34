"""What cannot be is refused with a sentence, before anything runs."""

from dataclasses import replace

import numpy as np
import pytest

from douse.city.city import City
from douse.errors import UsageError
from douse.simulation.contacts import Contacts
from douse.simulation.outbreak import Outbreak
from douse.simulation.rates import Rates, make_rates
from douse.simulation.response import Response
from douse.simulation.scenario import Immunity, Scenario, Variant
from douse.simulation.seeds import make_seeds
from douse.simulation.zoning import Order, Zoning, no_zoning
from simulation_inputs import GROUP, a_course, a_scenario, city_of, meetings, plain_contacts, well_mixed

RATES = Rates(0.1, 0.05, 0.0, plain_contacts(), a_course())


def refused(call, *words):
    with pytest.raises(UsageError) as told:
        call()
    sentence = str(told.value)
    assert "." in sentence
    for word in words:
        assert word in sentence


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seek_share", 1.1), ("reached_share", -0.1), ("obeys_quarantine", 2), ("obeys_isolation", np.nan),
        ("screened_share", 1.5), ("specificity", 1.01), ("screening_specificity", -1), ("detects_pooled", 3.0),
        ("ill_at_home", 1.2), ("vaccine_protects", 1.0001), ("recall", np.full(8, 1.2)), ("masks", np.full(8, -0.2)),
        ("stay_open", np.full((5, 8), 1.5)), ("level_open", np.full((4, 8), np.nan)),
    ],
)  # fmt: skip
def test_a_probability_below_nought_or_above_one(name, value):
    refused(lambda: Response(**{name: value}), name, "0 to 1")


@pytest.mark.parametrize(
    "name",
    ["laboratory", "tracers", "beds", "doses", "quarantine_days", "isolation_days", "backward_days", "responds_from"],
)
@pytest.mark.parametrize("value", [-1, -0.5])
def test_a_negative_number_of_the_response(name, value):
    refused(lambda: Response(**{name: value}), name, "0 and more")


def test_a_result_on_the_day_of_the_sample_an_empty_tube_and_a_stay_nowhere():
    refused(lambda: Response(result_days=0), "1 and more")
    refused(lambda: Response(pool=0.0), "1 and more")
    refused(lambda: Response(reach_delay=np.full(1024, 61, np.uint8)), "61", "at most 60")
    refused(lambda: Response(quarantine_stay=4), "1 at home")
    with pytest.raises(ValueError, match="seek_delay"):
        Response(seek_delay=np.zeros(10, np.uint8))


@pytest.mark.parametrize("days", [0, -3, 452])
def test_a_run_of_days_out_of_range(days):
    refused(lambda: a_scenario(well_mixed(10), RATES, days=days), str(days), "1 to 450")


@pytest.mark.parametrize(
    "season", [np.full(100, 1.2), np.full(100, -0.1), np.full(100, np.nan), np.ones(99)],
    ids=["above", "below", "nan", "short"],
)  # fmt: skip
def test_a_season_that_raises_transmission_or_is_too_short(season):
    refused(lambda: a_scenario(well_mixed(10), RATES, season=season), "0 to 1")


def test_negative_factors_and_shares_that_are_none():
    city = well_mixed(10)
    refused(lambda: a_scenario(city, RATES, scale=-1.0), "0 and more")
    refused(lambda: a_scenario(city, RATES, variant=Variant(transmission=-0.1)), "0 and more")
    refused(lambda: a_scenario(city, RATES, variant=Variant(protection_left=1.5)), "0 to 1")
    refused(lambda: a_scenario(city, RATES, again=(1.2, 30.0)), "0 to 1")
    refused(lambda: a_scenario(city, RATES, again=(0.5, -30.0)), "half-life above 0")
    refused(lambda: a_scenario(city, RATES, masks_from=-5), "0 and more")
    refused(lambda: Immunity(cover=np.full((2, 16), 1.5)), "0 to 1")
    refused(lambda: Immunity(protects=(0.5, -0.5)), "0 to 1")
    refused(lambda: Immunity(half_life=(0.0, 10.0)), "half-lives above 0")


def test_a_zone_without_people():
    refused(lambda: a_scenario(city_of([1, 2, 3], zone_homes=[1, 0, 2]), RATES), "nobody")
    empty = City(*(np.zeros(0, np.uint64) for _ in range(6)), (), well_mixed(1).zones)
    refused(lambda: Scenario(empty, RATES, Response(), no_zoning(0), 10), "nobody")


def test_a_household_of_nobody():
    city = well_mixed(5)
    word = city.word.copy()
    word[2] &= np.uint64((1 << 59) - 1)
    refused(lambda: a_scenario(replace(city, word=word), RATES), "nobody")


def test_seeds_out_of_time_of_no_variant_and_of_no_city():
    refused(lambda: make_seeds([1], infected=-61), "60 days before")
    refused(lambda: make_seeds([1], day=-1), "too far")
    refused(lambda: make_seeds([1], day=600), "too far")
    refused(lambda: make_seeds([1], variant=2), "variants 0, 1")
    refused(lambda: make_seeds([1], stay=5), "stays 0 to 4")
    scenario = a_scenario(well_mixed(10), RATES)
    for person in (10, -1):
        refused(lambda person=person: Outbreak(scenario, make_seeds([person])), "0 to 9")
    refused(lambda: Outbreak(scenario, make_seeds([1]), shards=0), "1 and more")


def test_contacts_that_cannot_be():
    slots = meetings(zone=33)
    refused(lambda: Contacts(slots, np.ones(8), np.array([10]), np.ones(1)), "33", "0 to 32")
    refused(lambda: Contacts(meetings(zone=3), -np.ones(8), np.array([10]), np.ones(1)), "0 and more")
    refused(lambda: Contacts(meetings(zone=3), np.ones(8), np.array([10]), np.array([0.9])), "sum to 1")
    refused(lambda: Contacts(meetings(zone=3), np.ones(8), np.array([1]), np.ones(1)), "2 people")
    slots = meetings(zone=3)
    slots[0, 0, GROUP] = 2
    refused(lambda: Contacts(slots, np.ones(8), np.array([10]), np.ones(1)), "without a group")


def test_rules_of_levels_that_cannot_be():
    unit, threshold, rules = np.zeros((4, 3), np.int32), np.ones((4, 1), np.int32), np.ones((4, 6), np.int64)
    rules[1, 0] = 17
    refused(lambda: Zoning(unit, threshold, rules), "17", "at most 16")
    refused(lambda: Zoning(unit, -threshold, np.ones((4, 6), np.int64)), "0 and more")
    for impossible in (
        lambda: Zoning(unit, threshold, np.ones((4, 6), np.int64), delay=0),
        lambda: Zoning(unit + 1, threshold, np.ones((4, 6), np.int64)),
        lambda: Zoning(unit, threshold, np.ones((4, 6), np.int64), 1, (Order(np.array([3]), 1, 0, 5),)),
        lambda: a_scenario(well_mixed(5), RATES, zoning=no_zoning(2)),
    ):
        with pytest.raises(ValueError, match=r"units|zone|day"):
            impossible()


def test_rates_that_cannot_be_reached():
    city = well_mixed(200)
    nobody = Contacts(meetings(), np.ones(8), np.array([10]), np.ones(1))
    refused(lambda: make_rates(city, a_course(household_attack=1.0), plain_contacts()), "0 to below 1")
    refused(lambda: make_rates(city, a_course(), nobody), "outside the home")
    few = a_course(strength=np.r_[np.zeros(4095), 4096.0], household_attack=0.5)
    refused(lambda: make_rates(city, few, plain_contacts()), "dispersion")
    refused(lambda: make_rates(city, replace(few, household_attack=0.0), plain_contacts(1)), "too few others")
