"""Programmes: small ones with answers that can be seen."""

import numpy as np
import pytest

from douse.planning.programme import Programme


def test_the_cheapest_way_to_carry_enough():
    plan = Programme()
    loads = plan.add(3, cost=[1.0, 2.0, 5.0], high=[4.0, 3.0, 9.0])
    plan.limit(1, 0, loads, least=8.0)
    answer = plan.solve()
    assert answer.values.tolist() == pytest.approx([4, 3, 1])
    assert answer.cost == pytest.approx(4 + 6 + 5)
    assert answer.gap == pytest.approx(0)


def test_whole_numbers_where_asked_for():
    plan = Programme()
    vans = plan.add(1, cost=1.0, whole=True)
    plan.limit(1, 0, vans, 3.0, least=7.0)
    assert plan.solve().values.tolist() == [3.0]


def test_what_is_missing_has_a_name_and_a_size():
    plan = Programme()
    given, missing = plan.add(1, high=5.0), plan.add(1, cost=100.0)
    plan.limit(1, [0, 0], np.concatenate([given, missing]), least=8.0)
    assert plan.solve().values[missing].tolist() == pytest.approx([3.0])


def test_a_programme_without_an_answer_is_a_mistake_of_the_planner():
    plan = Programme()
    given = plan.add(1, high=1.0)
    plan.limit(1, 0, given, least=2.0)
    with pytest.raises(RuntimeError, match="without an answer"):
        plan.solve()


def test_nothing_to_decide_costs_nothing():
    assert Programme().solve().cost == 0
