"""Which plan is taken: the floor first, then the least burden; and what scenarios cannot tell apart."""

import numpy as np

from choice_inputs import HORIZON, weighed
from douse.planning.choice.figures import frontier
from douse.planning.choice.weighed import clearly_worse, difference, least_missed
from douse.planning.choice.words import why_chosen, why_not

ENDS, GOES_ON = 10.0, 60.0


def ends_in(share: float, many: int = 100, *, first: int = 0) -> list[float]:
    """Days to the last infection in scenarios of which a share ends in time; the ones that do not come last."""
    done = round(share * many)
    days = [ENDS] * done + [GOES_ON] * (many - done)
    return days[first:] + days[:first]


def test_of_those_that_hold_the_least_burden_is_taken():
    plans = {
        "free": weighed("free", last=ends_in(0.5)),
        "some": weighed("some", last=ends_in(0.96), locked=1_000),
        "all": weighed("all", last=ends_in(1.0), locked=50_000),
    }
    assert least_missed(plans).strategy.id == "some"


def test_where_none_holds_the_one_that_misses_least_is_taken_whatever_it_costs():
    plans = {
        "free": weighed("free", last=ends_in(0.3)),
        "all": weighed("all", last=ends_in(0.8), locked=50_000),
    }
    assert least_missed(plans).strategy.id == "all"


def test_plans_that_scenarios_cannot_tell_apart_are_told_by_their_burden():
    plans = {
        "some": weighed("some", last=ends_in(0.80, first=3), locked=1_000),
        "all": weighed("all", last=ends_in(0.82, first=50), locked=50_000),
    }
    assert least_missed(plans).strategy.id == "some"


def test_the_same_luck_tells_apart_what_chance_alone_would_not():
    """One scenario in fifty ends with one plan and not with the other, and none the other way round."""
    one, other = ends_in(0.90, 400), ends_in(0.93, 400)
    mean, error = difference(np.array(one), np.array(other), np.full(400, 1 / 400))
    assert mean > 2 * error


def test_extinction_comes_before_beds():
    plans = {
        "beds": weighed("beds", last=ends_in(0.4), beds=10),
        "ends": weighed("ends", last=ends_in(0.9), beds=150),
    }
    assert least_missed(plans).strategy.id == "ends"


def test_of_plans_that_end_alike_the_one_with_beds_enough_is_taken():
    plans = {
        "short": weighed("short", last=ends_in(0.9), beds=150, locked=0),
        "enough": weighed("enough", last=ends_in(0.9), beds=50, locked=1_000),
    }
    assert least_missed(plans).strategy.id == "enough"


def test_a_plan_that_costs_more_than_one_that_surely_holds_is_clearly_worse():
    plans = {
        "free": weighed("free", last=ends_in(0.5)),
        "some": weighed("some", last=ends_in(1.0), locked=1_000),
        "all": weighed("all", last=ends_in(1.0), locked=50_000),
    }
    assert clearly_worse(plans["all"], plans)
    assert clearly_worse(plans["free"], plans)
    assert not clearly_worse(plans["some"], plans)


def test_a_plan_that_costs_more_than_one_that_only_may_hold_is_not():
    plans = {
        "some": weighed("some", last=ends_in(0.95, 40), locked=1_000),
        "all": weighed("all", last=ends_in(0.95, 40), locked=50_000),
    }
    assert not clearly_worse(plans["all"], plans)


def test_the_frontier_has_no_plan_that_another_beats_in_both():
    plans = {
        "a": weighed("a", last=ends_in(0.3)),
        "b": weighed("b", last=ends_in(0.2), locked=500),
        "c": weighed("c", last=ends_in(0.9), locked=1_000),
        "d": weighed("d", last=ends_in(0.9), locked=2_000),
    }
    assert frontier(plans, HORIZON) == {"a", "c"}


def test_the_next_lesser_plan_is_told_by_what_it_misses():
    free, some = weighed("free", last=ends_in(0.5)), weighed("some", last=ends_in(0.96), locked=1_000)
    said = why_not(free, some, HORIZON)
    assert (said.facts["chance"], said.facts["other"], said.facts["least"]) == ("50%", "96%", "95%")
    assert "No plan" in why_not(None, some, HORIZON).key
    assert "least expected burden" in why_chosen(some, {"free": free, "some": some}, HORIZON).key


def test_where_beds_are_what_is_missing_the_reason_says_so():
    short, enough = weighed("short", last=ends_in(1), beds=150), weighed("enough", last=ends_in(1), locked=9)
    said = why_not(short, enough, HORIZON)
    assert (said.facts["resource"], said.facts["short"]) == ("beds", 50)
