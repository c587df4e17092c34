"""Slow, obvious twins of the fast paths of the demo city."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from douse.city.ground import Ground
from douse.city.movement import Visits
from douse.city.outbreak.meetings import overlaps

visit = st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(0, 600), st.integers(0, 300), st.booleans())


def as_visits(rows: list[tuple[int, int, int, int, bool]]) -> tuple[Visits, np.ndarray]:
    ordered = sorted(rows, key=lambda row: row[1])
    person, place, enter, stay, present = (np.array(column) for column in zip(*ordered, strict=True))
    return Visits(person, place, enter, enter + stay), present


@given(rows=st.lists(visit, min_size=1, max_size=25), data=st.data())
@settings(max_examples=60, deadline=None)
def test_people_met_at_a_place_are_those_of_a_minute_by_minute_count(rows, data):
    visits, present = as_visits(rows)
    at = data.draw(st.integers(0, len(visits) - 1))
    expected = {}
    for other in range(len(visits)):
        if visits.place[other] == visits.place[at] and visits.person[other] != visits.person[at] and present[other]:
            mine = set(range(visits.enter[at], visits.leave[at]))
            together = sum(minute in mine for minute in range(visits.enter[other], visits.leave[other]))
            if together:
                person = int(visits.person[other])
                expected[person] = expected.get(person, 0) + together
    met, minutes = overlaps(visits, present, at)
    found = {}
    for person, together in zip(met.tolist(), minutes.tolist(), strict=True):
        found[person] = found.get(person, 0) + together
    assert found == expected


@given(rows=st.lists(visit, min_size=1, max_size=25))
@settings(max_examples=40, deadline=None)
def test_visits_are_found_by_person_and_by_place(rows):
    visits, _ = as_visits(rows)
    for person in range(7):
        assert sorted(visits.of(person).tolist()) == [i for i in range(len(visits)) if visits.person[i] == person]
    for place in range(5):
        span = visits.at(place)
        assert list(range(span.start, span.stop)) == [i for i in range(len(visits)) if visits.place[i] == place]


def grid(size: int) -> Ground:
    """A chequerboard of unit squares: plots in rows, corners in rows."""
    corners = np.array([(x, y) for y in range(size + 1) for x in range(size + 1)], dtype=float)
    edges = []
    for plot in range(size * size):
        x, y = plot % size, plot // size
        low = y * (size + 1) + x
        ring = [low, low + 1, low + size + 2, low + size + 1]
        beside = [(x, y - 1), (x + 1, y), (x, y + 1), (x - 1, y)]
        for side, (a, b) in enumerate(beside):
            other = b * size + a if 0 <= a < size and 0 <= b < size else -1
            edges.append((plot, other, ring[side], ring[(side + 1) % 4]))
    return Ground(corners[: size * size] + 0.5, corners, np.array(edges))


def test_the_outline_of_all_plots_is_that_of_the_board():
    (ring,) = grid(3).outline(np.zeros(9, dtype=int))[0]
    assert len(ring) == 4 * 3 + 1
    assert ring.min() == 0
    assert ring.max() == 3


@given(group=st.lists(st.integers(0, 2), min_size=16, max_size=16))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
def test_outlines_hold_the_area_of_their_plots(group):
    groups = np.unique(group, return_inverse=True)[1]
    # Squares meet four at a corner, where Voronoi plots meet three: leave out boards where a group pinches there.
    corners = [(groups[p], groups[p + 1], groups[p + 4], groups[p + 5]) for p in range(11) if p % 4 < 3]
    assume(not any((a == d and a not in (b, c)) or (b == c and b not in (a, d)) for a, b, c, d in corners))
    for number, rings in enumerate(grid(4).outline(groups)):
        area = 0.0
        for ring in rings:
            assert (ring[0] == ring[-1]).all()
            area += sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2
        assert area == pytest.approx((groups == number).sum())
