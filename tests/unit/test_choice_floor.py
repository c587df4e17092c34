"""The floor: chances, means of the worst, what is missed, and what may be asked for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from choice_inputs import HORIZON, PROTOCOL, tally, weighed
from douse.errors import UsageError
from douse.library import Pathogen, load
from douse.planning.choice.floor import Floor, chance_interval, conditions, floor_of, worst_mean

WILD = load(Pathogen, "sars-cov-2-wild")


def slow_worst_mean(values, weights, share=0.05):
    """Spread each scenario over a thousand equal ones and take the worst twentieth of them."""
    each = 100_000
    copies = np.repeat(values, np.round(np.asarray(weights) / np.sum(weights) * each).astype(int))
    worst = np.sort(copies)[::-1][: round(share * len(copies))]
    return worst.mean()


@given(
    st.lists(st.integers(0, 1000), min_size=1, max_size=30).flatmap(
        lambda values: st.tuples(
            st.just(values), st.lists(st.integers(1, 9), min_size=len(values), max_size=len(values))
        )
    )
)
def test_the_mean_of_the_worst_is_that_of_many_copies(given_):
    values, weights = given_
    fast = worst_mean(np.array(values, float), np.array(weights, float))
    assert fast == pytest.approx(slow_worst_mean(values, weights), rel=2e-3, abs=1)


def test_the_worst_of_twenty_equal_scenarios_is_one_of_them():
    assert worst_mean(np.arange(20.0), np.ones(20)) == 19


def test_the_interval_of_a_chance_is_wilson_s():
    low, high = chance_interval(0.9, np.full(100, 0.01))
    assert (low, high) == pytest.approx((0.8256, 0.9448), abs=1e-4)  # 90 of 100
    assert chance_interval(1.0, np.full(50, 0.02))[1] == 1


def test_a_run_counts_as_ended_up_to_the_last_day_of_the_horizon():
    made = conditions(tally(last_infection=[0, HORIZON, HORIZON + 1, 60]), np.ones(4), Floor(0.95, HORIZON, {}), {})
    assert made[0].value == 0.5
    assert made[0].missed_by == pytest.approx(0.45 / 0.95)


def test_a_capacity_nobody_knows_is_no_condition():
    runs = tally(peak_hospital_beds=[1.0, 2.0])
    floor = Floor(0.95, HORIZON, {"beds": 1.0, "rooms": 1.0})
    assert [one.name for one in conditions(runs, np.ones(2), floor, {"beds": 5.0})] == ["extinct", "beds"]


@given(st.lists(st.floats(0, 500), min_size=1, max_size=20), st.floats(1, 300), st.floats(0, 200))
def test_more_capacity_never_misses_more(peaks, there, more):
    less = weighed(last=[10] * len(peaks), beds=peaks, there={"beds": there})
    after = weighed(last=[10] * len(peaks), beds=peaks, there={"beds": there + more})
    assert after.missed_by <= less.missed_by


def test_the_protocol_s_floor_and_what_a_person_asks_for():
    usual = floor_of(PROTOCOL, WILD)
    assert (usual.extinct, usual.horizon_days) == (0.95, 28)
    assert set(usual.within) == {"beds", "icu_beds", "rooms"}
    asked = floor_of(PROTOCOL, WILD, {"extinct": 0.8, "tests": 0.5})
    assert (asked.extinct, asked.within["tests"]) == (0.8, 0.5)


@pytest.mark.parametrize(
    ("asked", "said"), [({"joy": 1.0}, "no condition joy"), ({"extinct": 1.5}, "out of range"), ({"beds": -1}, "range")]
)
def test_a_floor_that_makes_no_sense_is_refused(asked, said):
    with pytest.raises(UsageError, match=said):
        floor_of(PROTOCOL, WILD, asked)
