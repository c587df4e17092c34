"""Programmes: small ones with answers that can be seen."""

import os

import numpy as np
import pytest

from douse.planning.programme import Programme
from douse.planning.silence import without_lines
from douse.planning.testing.laboratories import share_out


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


def test_a_programme_in_whole_numbers_writes_nothing_to_the_terminal(capfd):
    """Five sites and two laboratories, for which HiGHS prints a line of its own whatever its options say."""
    way = np.array([[1.80, 1.98], [2.32, 2.84], [2.66, 0.80], [1.89, 1.40], [0.70, 2.06]])
    share_out(np.array([155, 40, 104, 158, 228]), way, np.array([70.3, 44.4]))
    assert capfd.readouterr() == ("", "")


def test_only_the_lines_that_are_named_are_left_out(capfd):
    with without_lines(b"stray"):
        os.write(1, b"a line\nstray: one\nanother\n")
    os.write(1, b"stray: after\n")
    assert capfd.readouterr().out == "a line\nanother\nstray: after\n"


def test_what_is_written_comes_out_when_a_block_fails(capfd):
    @without_lines(b"stray")
    def write_and_fail():
        os.write(1, b"a line\n")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert capfd.readouterr().out == "a line\n"
