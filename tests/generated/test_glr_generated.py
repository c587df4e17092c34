"""Likelihood ratio charts equal their slow twin on generated series; their bound is what it says."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from douse.signals.glr import glr_nb
from reference.slow_glr import slow_glr, slow_known_change

START = date(2026, 1, 5)
steps = st.lists(st.tuples(st.integers(0, 12), st.sampled_from([0.3, 1.0, 2.5, 6.0])), min_size=1, max_size=12)


def frame(rows):
    return pl.DataFrame(
        {
            "date": [START + timedelta(weeks=week) for week in range(len(rows))],
            "count": [count for count, _ in rows],
            "expected": [mean for _, mean in rows],
        }
    )


@settings(max_examples=40, deadline=None)
@given(
    rows=steps,
    alpha=st.sampled_from([0.0, 0.05, 0.4]),
    direction=st.sampled_from(["inc", "dec"]),
    shape=st.sampled_from([(1, None), (1, 3), (2, None), (2, 4)]),
)
def test_fast_equals_slow(rows, alpha, direction, shape):
    shortest, window = shape
    fast = glr_nb(frame(rows), alpha=alpha, direction=direction, shortest=shortest, window=window, c_arl=2.0)
    counts, mean = [count for count, _ in rows], [mean for _, mean in rows]
    slow = slow_glr(counts, mean, alpha, direction == "inc", 2.0, shortest, window)
    assert fast["score"].to_list() == [given if given is None else pytest.approx(given, abs=1e-5) for given in slow]
    assert fast["alarm"].fill_null(value=False).to_list() == [given is not None and given >= 2.0 for given in slow]


@settings(max_examples=40, deadline=None)
@given(rows=steps, alpha=st.sampled_from([0.0, 0.2]), direction=st.sampled_from(["inc", "dec"]), at=st.integers(0, 11))
def test_the_bound_is_the_least_count_that_turns_the_alarm(rows, alpha, direction, at):
    at = min(at, len(rows) - 1)

    def alarms(count):
        tried = [*rows[:at], (count, rows[at][1])]
        return glr_nb(frame(tried), alpha=alpha, direction=direction, c_arl=2.0)["alarm"][-1]

    bound = int(glr_nb(frame(rows), alpha=alpha, direction=direction, c_arl=2.0)["bound"][at])
    assert alarms(bound) == (direction == "inc")
    if bound > 0:
        assert alarms(bound - 1) == (direction == "dec")


@settings(max_examples=40, deadline=None)
@given(rows=steps, alpha=st.sampled_from([0.0, 0.2]), theta=st.sampled_from([-0.7, 0.4, 1.1]))
def test_a_known_change_equals_its_slow_twin(rows, alpha, theta):
    fast = glr_nb(frame(rows), alpha=alpha, theta=theta, c_arl=1.5)
    slow = slow_known_change([count for count, _ in rows], [mean for _, mean in rows], alpha, theta, 1.5)
    assert fast["score"].to_list() == pytest.approx(slow, abs=1e-8)
    assert fast["alarm"].to_list() == [score > 1.5 for score in slow]
