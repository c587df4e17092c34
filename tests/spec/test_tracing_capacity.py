"""What today's tracers reach, and what the rest costs."""

from datetime import datetime, timedelta

import numpy as np
import pytest

from douse.planning.tracing_capacity import hours_a_day, most, reached, tracing_capacity
from planning_inputs import TODAY, TREE, basis, planned, traced

title = "What today's tracers reach"


def contact(name: str, chance: float, ago: int = 1) -> dict[str, object]:
    met = TODAY - timedelta(days=ago)
    return {
        "person": name, "case_id": "a", "ring": 1, "contact_class": "close", "zone": "block1", "place": "home",
        "first_exposure": met, "last_exposure": met, "infection_probability": chance, "reached": False,
        "cancelled": False, "household": f"h{name}", "follow_up_end": TODAY + timedelta(days=9),
    }  # fmt: skip


def to_reach(name: str, priority: int = 2) -> dict[str, object]:
    return {
        "person": name, "task": "reach", "case_id": "a", "ring": 1, "contact_class": "close", "zone": "block1",
        "household": f"h{name}", "priority": priority, "overdue": False,
        "deadline": datetime.combine(TODAY, datetime.min.time()), "reason": "A contact.",
    }  # fmt: skip


CASE = [
    {"case_id": "a", "zone": "block1", "onset": TODAY, "recorded_at": TODAY.isoformat(), "cluster": "known",
     "isolated_at": TODAY.isoformat()},
]  # fmt: skip


def capacity(people: dict[str, float], tracers: float | None, **priority: int):
    at = basis(
        zones=TREE,
        cases=CASE,
        trace=traced(
            contacts=[contact(name, chance) for name, chance in people.items()],
            worklist=[to_reach(name, priority.get(name, 2)) for name in people],
        ),
    )
    return tracing_capacity(at, tracers)


def test_the_likeliest_infected_are_reached_first():
    """An eighth of a tracer is an hour: less than two visits of 1 hour 10."""
    found = capacity({"p": 0.1, "q": 0.6, "r": 0.3}, tracers=1.2 / 8.04)
    assert [turn.visit for turn in found.turns] == ["household hq", "household hr", "household hp"]
    assert [turn.today for turn in found.turns] == [True, False, False]
    assert found.people_today == 1


def test_one_more_tracer_never_reaches_less():
    before = 0.0
    for tracers in (0.0, 0.1, 0.2, 0.5, 1.0, 5.0):
        found = capacity({"p": 0.1, "q": 0.6, "r": 0.3}, tracers)
        assert found.prevented_today >= before
        before = found.prevented_today
    assert found.visits_today == found.visits == 3
    assert found.tracers_more == 0
    assert found.lost_by_waiting == 0


def test_without_tracers_everything_waits_and_costs():
    found = capacity({"p": 0.1, "q": 0.6}, tracers=0.0)
    assert (found.visits_today, found.prevented_today) == (0, 0.0)
    assert 0 < found.lost_by_waiting < found.prevented
    assert found.tracers_more == pytest.approx(found.tracers_for_all)


def test_waiting_costs_what_is_passed_on_meanwhile():
    """Of a likelier contact more is lost, and nothing more than it would pass on in all."""
    found = capacity({"p": 0.1, "q": 0.6}, tracers=0.0)
    lost = {turn.visit: turn.lost_by_waiting for turn in found.turns}
    assert lost["household hq"] == pytest.approx(6 * lost["household hp"], rel=1e-6)


def test_tracers_are_those_of_the_ratio_where_none_are_told():
    found = capacity({"p": 0.1}, tracers=None)
    assert found.tracers == pytest.approx(500_000 / 100_000 * 15)


def test_a_tracers_day_holds_the_first_calls_of_the_protocol():
    assert hours_a_day(basis(zones=TREE)) == pytest.approx(12 * 0.67)


def test_without_residents_nobody_knows_how_many_tracers_there_are():
    at = basis(cases=CASE, trace=traced(contacts=[contact("p", 0.2)], worklist=[to_reach("p")]))
    found = tracing_capacity(at)
    assert found.tracers is None
    assert found.tracers_more is None
    assert found.visits_today == found.visits


def test_the_order_by_worth_prevents_no_less_than_the_order_by_priority():
    found = capacity({"p": 0.1, "q": 0.6, "r": 0.3}, tracers=1.2 / 8.04, p=1)
    assert found.by_priority < found.prevented_today <= found.most_today


def test_a_visit_that_does_not_fit_is_passed_over_for_those_after_it():
    assert reached(np.array([2.0, 5.0, 1.0]), 3.5).tolist() == [True, False, True]


def test_the_bound_takes_part_of_the_visit_that_does_not_fit():
    assert most(np.array([4.0, 5.0, 1.0]), np.array([2.0, 5.0, 2.0]), 3.0) == pytest.approx(5.0)


def test_the_plan_says_what_tracers_reach():
    at = basis(zones=TREE, cases=CASE, trace=traced(contacts=[contact("p", 0.2)], worklist=[to_reach("p")]))
    found = planned(at).tracing_capacity
    assert found is not None
    assert found.people_today == found.people == 1
    assert [reach.task for reach in found.by_task] == ["reach"]


def test_nothing_to_do_takes_nobody():
    found = tracing_capacity(basis(zones=TREE))
    assert (found.visits, found.prevented, found.tracers_for_all) == (0, 0.0, 0.0)
