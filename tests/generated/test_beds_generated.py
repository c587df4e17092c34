"""Beds and rooms against trying everything, and directions that hold for any instance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from douse.planning.beds import assign as assigning
from douse.planning.beds.assign import assign
from douse.planning.beds.openings import choose_openings
from douse.planning.beds.options import Queue
from reference import slow_beds as twin

pytestmark = pytest.mark.slow

NEEDS = np.array([3, 2, 2, 1, 1, 0])  # as under china-9
WAYS = st.sampled_from([0.5, 1.0, 2.0, 30.0])


@st.composite
def parties(draw, most=4):
    found = []
    for _ in range(draw(st.integers(1, most))):
        members = sorted(draw(st.lists(st.integers(0, 5), min_size=1, max_size=3)))
        contacts = members.count(5)
        beside = draw(st.one_of(st.none(), st.integers(0, 1)))
        found.append(
            {"area": draw(st.integers(0, 1)), "members": members, "beside": beside,
             "rooms": draw(st.integers(1, max(contacts, 1))) if len(members) > 1 else 1,
             "lies": draw(st.sampled_from([-1, -1, -1, 1, 2])), "left": draw(st.sampled_from([0.0, 1.5, 24.0]))}
        )  # fmt: skip
    return found


def queue_of(found):
    keys = ("area", "rooms", "lies")
    return Queue(
        **{key: np.array([party[key] for party in found], dtype=np.int64) for key in keys},
        people=np.array([np.bincount(party["members"], minlength=6) for party in found]),
        beside=np.array([-1 if party["beside"] is None else party["beside"] for party in found]),
        hours_left=np.array([party["left"] for party in found]),
        parties=np.ones(len(found), dtype=np.int64),
    )


beds = st.lists(st.tuples(*[st.integers(0, 3)] * 4), min_size=2, max_size=2).map(np.array)
hours = st.lists(st.tuples(WAYS, WAYS), min_size=2, max_size=2).map(np.array)


def fits(made, free):
    """Nobody lies in a bed that is not there, and everybody is dealt with."""
    taken = np.zeros_like(free)
    for option, number in enumerate(made.given):
        taken[made.options.facility[option]] += number * made.options.beds[option]
    assert (taken <= free).all()
    people = made.given @ made.queue.people[made.options.group] if len(made.given) else np.zeros(6, dtype=np.int64)
    short = made.none_free @ made.queue.people
    assert (people + short == made.queue.parties @ made.queue.people).all()


def check_against_everything(found, free, way):
    made = assign(queue_of(found), free, way, NEEDS)
    best = twin.cheapest(found, free.tolist(), way.tolist(), NEEDS.tolist())
    assert made.cost == pytest.approx(best, rel=1e-9, abs=1e-6)
    assert made.bound <= best * (1 + 1e-9) + 1e-6
    fits(made, free)


@settings(max_examples=50, deadline=None)
@given(parties(2), beds, hours)
def test_the_assignment_costs_what_the_best_of_all_costs(found, free, way):
    check_against_everything(found, free, way)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(parties(3), beds, hours)
def test_the_assignment_of_more_parties_costs_what_the_best_of_all_costs(found, free, way):
    check_against_everything(found, free, way)


@settings(max_examples=80, deadline=None)
@given(parties(6), beds, hours)
def test_divided_and_then_made_whole_it_keeps_to_the_beds_and_near_the_bound(found, free, way):
    queue = queue_of(found)
    exact = assign(queue, free, way, NEEDS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assigning, "_WHOLE_AT_ONCE", -1)
        made = assign(queue, free, way, NEEDS)
    fits(made, free)
    assert made.bound <= exact.cost * (1 + 1e-9) + 1e-6
    assert made.cost >= exact.cost * (1 - 1e-9) - 1e-6


@settings(max_examples=60, deadline=None)
@given(parties(), beds, beds, hours)
def test_more_beds_never_make_it_worse(found, free, more, way):
    queue = queue_of(found)
    assert (
        assign(queue, free + more, way, NEEDS).cost <= assign(queue, free, way, NEEDS).cost * (1 + 1e-9) + 1e-6
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(parties(), beds, hours)
def test_no_bed_goes_to_a_milder_person_who_keeps_a_more_severe_one_from_it(found, free, way):
    """One by one: whoever has none could not take the bed of a milder person alone in a bed fit for both."""
    singles = [party | {"members": [party["members"][0]], "beside": None, "rooms": 1, "lies": -1} for party in found]
    made = assign(queue_of(singles), free, way, NEEDS)
    group_of = np.argmax(made.queue.people, axis=1)
    for short in np.flatnonzero(made.none_free).tolist():
        for option in np.flatnonzero(made.given).tolist():
            other = group_of[made.options.group[option]]
            kind = made.options.kind[option, other]
            if kind in twin.CLASSES[NEEDS[group_of[short]]]:
                assert other <= group_of[short]


@settings(max_examples=100, deadline=None)
@given(
    st.integers(1, 5).flatmap(
        lambda days: st.tuples(
            st.lists(st.lists(st.integers(0, 6), min_size=days, max_size=days), min_size=4, max_size=4),
            st.lists(st.integers(0, 3), min_size=4, max_size=4),
            st.lists(
                st.tuples(st.lists(st.integers(0, 4), min_size=4, max_size=4), st.integers(1, 5)), max_size=3
            ),
        )
    )
)  # fmt: skip
def test_what_is_opened_is_the_cheapest_that_leaves_least_missing(drawn):
    need, there, closed = drawn
    closed = [(beds, lead) for beds, lead in closed if sum(beds)]
    price = [60.0, 80.0, 250.0, 1200.0]
    facilities = np.array([beds for beds, _ in closed], dtype=np.int64).reshape(len(closed), 4)
    lead = np.array([days for _, days in closed], dtype=np.int64)
    made = choose_openings(np.array(need, float), np.array(there), facilities, lead, np.array(price))
    best, short = twin.cheapest_openings(need, there, facilities.tolist(), lead.tolist(), price)
    assert made.cost == pytest.approx(best, rel=1e-6, abs=1e-6)
    assert np.array(short).T.tolist() == made.short.tolist()
    assert made.bound <= best * (1 + 1e-5) + 1e-2
    assert all(day == -1 or day >= first for day, first in zip(made.opens.tolist(), lead.tolist(), strict=True))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(0, 9), min_size=4, max_size=4), min_size=4, max_size=4), st.integers(0, 3))
def test_more_beds_that_are_open_leave_no_more_missing_and_cost_no_more(need, more):
    facilities, lead = np.array([[0, 3, 0, 0], [2, 0, 2, 1], [0, 0, 5, 2]]), np.array([1, 2, 1])
    price = np.array([60.0, 80.0, 250.0, 1200.0])
    plain, larger = (
        choose_openings(np.array(need, float), np.full(4, beds), facilities, lead, price) for beds in (1, 1 + more)
    )
    assert (larger.short <= plain.short).all()
    if not plain.short.any():
        assert larger.cost <= plain.cost + 1e-6


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_a_large_assignment_is_near_its_bound(seed):
    random = np.random.default_rng(seed)
    groups, facilities, areas = 600, 80, 60
    people = random.multinomial(1, [0.03, 0.07, 0.15, 0.3, 0.25, 0.2], groups)
    family = random.random(groups) < 0.3
    people[family] += random.multinomial(1, [0, 0.05, 0.1, 0.35, 0.3, 0.2], int(family.sum()))
    queue = Queue(
        area=random.integers(0, areas, groups),
        people=people,
        rooms=np.ones(groups, dtype=np.int64),
        beside=np.full(groups, -1),
        lies=np.full(groups, -1),
        hours_left=np.where(random.random(groups) < 0.5, 24.0, 1.6),
        parties=random.integers(1, 12, groups),
    )
    free = random.integers(0, 30, (facilities, 4)) * (random.random((facilities, 4)) < 0.4)
    free[:, 3] //= 6
    made = assign(queue, free, random.uniform(1.0, 3.0, (areas, facilities)), NEEDS)
    fits(made, free)
    assert made.none_free.sum() > 0
    assert made.gap < 1e-4
