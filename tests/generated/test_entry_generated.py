"""Entry against walking the days, drawing people and trying everything; directions that hold for any schedule."""

import tracemalloc
from functools import cache
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from douse.library import Pathogen, Protocol, load, names
from douse.planning.entry.choose import choose
from douse.planning.entry.infected import entry_rules, infected_arrivals
from douse.planning.entry.schedules import beats, judged, schedules
from douse.simulation.course import course_of
from reference import slow_entry as twin

pytestmark = pytest.mark.slow

RULES = entry_rules(load(Protocol, "who-generic"))
WILD = load(Pathogen, "sars-cov-2-wild")
INFECTED = infected_arrivals(WILD, RULES)
stays = st.tuples(st.integers(0, 6), st.integers(0, 6)).map(lambda days: ["central"] * days[0] + ["home"] * days[1])
test_days = st.sets(st.integers(1, 14), max_size=4).map(sorted)


@pytest.mark.parametrize("pathogen", ["sars-cov-2-wild", "measles", "cholera"])
@pytest.mark.parametrize(
    ("stay", "days"),
    [([], []), ([], [1, 4]), (["home"] * 3, [1, 3]), (["central"] * 5 + ["home"] * 3, [1, 2, 5, 8, 10])],
)
def test_the_closed_form_is_what_walking_the_days_gives(pathogen, stay, days):
    virus = load(Pathogen, pathogen)
    infected, course = infected_arrivals(virus, RULES), course_of(virus)
    states = [
        {
            "incubation": int(infected.incubation[at]), "age": int(infected.age[at]),
            "symptomatic": float(infected.symptomatic[at]), "profile": course.profile[infected.incubation[at]].tolist(),
            "sensitivity": course.sensitivity.tolist(),
        }
        for at in range(len(infected.weight))
    ]  # fmt: skip

    @cache
    def answer(kept):
        missed = through = 0.0
        for state, weight in zip(states, infected.weight.tolist(), strict=True):
            one = twin.missed_and_let_through(
                state, kept, days, infected.told, infected.lets_through, infected.infectious_from
            )
            missed, through = missed + weight * one[0], through + weight * one[1]
        return missed, through

    missed, through = twin.with_keeping(infected.keeps, stay, lambda kept: answer(tuple(kept)))
    assert judged(infected, stay, days) == pytest.approx((missed, through), rel=1e-9, abs=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("stay", "days"), [([], [2]), (["home"] * 5, [1, 4]), (["central"] * 7, [1, 4, 7]), (["home"] * 2, [])]
)
def test_as_many_are_missed_as_when_people_are_drawn(stay, days):
    rng, many = np.random.default_rng(7), 20_000
    course = course_of(WILD)
    tables = {"profile": course.profile.tolist(), "sensitivity": course.sensitivity.tolist()}
    after = round(WILD.infectious_after_onset.value)
    ill = 1 - WILD.asymptomatic_share.value
    hits = sum(
        twin.follow(
            rng, twin.draw_person(rng, course.incubation, after, ill, RULES.travels_ill.value),
            stay, days, INFECTED.told, INFECTED.keeps, tables, INFECTED.infectious_from,
        )
        for _ in range(many)
    )  # fmt: skip
    expected = judged(INFECTED, stay, days)[0]
    assert abs(hits / many - expected) < 4 * np.sqrt(expected * (1 - expected) / many) + 1e-9


def test_the_schedules_have_the_best_test_days_of_all():
    found = schedules(INFECTED, most_days=5, most_tests=2, free_days=7)
    for place, days in [("free", 0), ("home", 2), ("home", 5), ("central", 3), ("central", 5)]:
        within = days or 7
        for tests in range(3):
            least = min(
                judged(INFECTED, [place] * days, one)[0] for one in combinations(range(1, within + 1), tests)
            )  # fmt: skip
            ours = [one for one in found if (one.place, one.days, len(one.test_days)) == (place, days, tests)]
            beaten = any(
                other.days <= days and len(other.test_days) <= tests and other.missed <= least + 1e-12
                for other in found
            )
            assert beaten
            assert all(one.missed == pytest.approx(least, abs=1e-12) for one in ours)
    assert not any(beats(a, b) for a in found for b in found)


@settings(max_examples=150, deadline=None)
@given(stays, test_days, st.integers(1, 14))
def test_one_test_more_never_misses_more(stay, days, more):
    before, after = judged(INFECTED, stay, days), judged(INFECTED, stay, sorted({*days, more}))
    assert after[0] <= before[0] + 1e-12
    assert after[1] <= before[1] + 1e-12


@settings(max_examples=150, deadline=None)
@given(stays, test_days, st.sampled_from(["home", "central"]))
def test_one_day_more_never_misses_more(stay, days, place):
    before, after = judged(INFECTED, stay, days), judged(INFECTED, [*stay, place], days)
    assert after[0] <= before[0] + 1e-12
    assert after[1] <= before[1] + 1e-12


@pytest.mark.parametrize("name", names(Pathogen))
def test_the_longest_stay_of_every_pathogen_misses_only_those_who_do_not_keep_to_it(name):
    virus = load(Pathogen, name)
    infected = infected_arrivals(virus, RULES)
    assert infected.weight.sum() == pytest.approx(1)
    free = judged(infected, [], [])[0]
    assert judged(infected, ["central"] * infected.days, [])[0] == pytest.approx(free * (1 - infected.keeps["central"]))
    assert 0 < judged(infected, [], [])[0] <= 1
    assert judged(infected, [], [])[1] <= 1 + 1e-9


origins = st.lists(
    st.tuples(st.integers(1, 500), st.integers(0, 200).map(lambda share: share / 1000)), min_size=1, max_size=3
)
ways = st.lists(
    st.tuples(st.integers(0, 6), st.floats(0, 1), st.integers(0, 200)), min_size=1, max_size=6, unique_by=lambda w: w
)


def given_out(coming, options, target):
    arrivals = np.array([float(a) for a, _ in coming])
    infected = arrivals * np.array([share for _, share in coming])
    days, missed, money = (np.array([float(w[at]) for w in options]) for at in (0, 1, 2))
    made = choose(arrivals, infected, missed, days, money, target)
    return made, arrivals @ days[made.schedule], infected @ missed[made.schedule], (arrivals, infected, missed, days)


@settings(max_examples=150, deadline=None)
@given(origins, ways, st.floats(0.01, 20))
def test_the_choice_restricts_for_the_fewest_person_days_of_all(coming, options, target):
    made, spent, lost, (arrivals, infected, missed, days) = given_out(coming, options, target)
    best = twin.fewest_person_days(arrivals.tolist(), infected.tolist(), missed.tolist(), days.tolist(), target)
    least = float(infected.sum() * missed.min())
    # Where a choice is right at the target, the solver may see it a millionth to either side.
    near = twin.fewest_person_days(
        arrivals.tolist(), infected.tolist(), missed.tolist(), days.tolist(), target * (1 + 3e-6)
    )
    assume(best == near)
    assert spent == pytest.approx(best, rel=1e-9)
    assert lost <= max(target, least) * (1 + 2e-6)
    assert made.bound <= spent * (1 + 1e-6) + 1e-6


@settings(max_examples=100, deadline=None)
@given(origins, ways, st.floats(0.01, 20), st.floats(0, 0.9))
def test_a_stricter_target_never_asks_for_fewer_person_days(coming, options, target, part):
    _, spent, lost, _ = given_out(coming, options, target)
    _, stricter, less, _ = given_out(coming, options, target * (1 - part) + 1e-3 * part)
    assume(abs(lost - target) > 1e-5 * target)
    assert stricter >= spent * (1 - 1e-9)
    assert less <= max(lost, target) * (1 + 2e-6)


def test_days_that_keep_the_target_by_a_hair_get_their_places_and_tests():
    """The days found miss the target by four in ten million, which is the target kept, in the second step too."""
    arrivals, infected = (
        np.array([153.1333, 1146.4115, 0.2803, 6.8151]),
        np.array([0.20682, 51.88054, 0.01092, 0.23807]),
    )
    missed = np.array([
        0.206183, 0.034456, 0.180621, 0.685393, 0.009347, 0.095998, 0.185628,
        0.049197, 0.339839, 0.354023, 0.024024, 0.04544, 0.504617, 0.015011,
    ])  # fmt: skip
    days = np.array([3.0, 10, 5, 0, 14, 6, 5, 8, 3, 3, 11, 9, 1, 12])
    money = np.array([200.0, 600, 340, 60, 840, 400, 300, 540, 260, 180, 680, 600, 100, 800])
    target = 26.265540691292635
    choice = choose(arrivals, infected, missed, days, money, target)
    assert infected @ missed[choice.schedule] <= target * (1 + 1e-5)


def test_many_tests_within_a_long_time_are_judged_in_little_memory():
    """20,349 choices of five days of twenty-one, for every state of an infection: several hundred MB at once."""
    rules = entry_rules(load(Protocol, "who-generic"))
    infected = infected_arrivals(load(Pathogen, "ebola"), rules)
    tracemalloc.start()
    schedules(infected, most_days=0, most_tests=5, free_days=21)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100e6
