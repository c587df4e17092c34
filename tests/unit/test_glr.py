"""Likelihood ratio charts where the answer is known, odd series, and what they refuse."""

from datetime import date, timedelta
from math import log

import numpy as np
import polars as pl
import pytest

from douse.errors import UsageError
from douse.signals.glr import glr_nb, glr_poisson
from douse.signals.in_control import phase_of, seasonal_mean
from douse.signals.series import series_of


def counts(*values: float | None, expected: float | None = None) -> pl.DataFrame:
    days = [date(2018, 1, 1) + timedelta(weeks=week) for week in range(len(values))]
    frame = pl.DataFrame({"date": pl.Series(days, dtype=pl.Date), "count": pl.Series(values, dtype=pl.Float64)})
    return frame if expected is None else frame.with_columns(expected=pl.lit(expected))


def test_one_step_of_three_times_the_mean():
    answer = glr_poisson(counts(2, 6, expected=2.0))
    # from the second step on: 6 log(6/2) - 4; from the first on: 8 log(8/4) - 4
    assert answer["score"].to_list() == pytest.approx([0, max(6 * log(3) - 4, 8 * log(2) - 4)])


def test_a_chart_starts_afresh_after_an_alarm():
    values = (2, 3, 12, 4, 5, 3)
    answer = glr_poisson(counts(*values, expected=2.0))
    assert answer["alarm"].to_list() == [False, False, True, False, False, False]
    again = glr_poisson(counts(*values[3:], expected=2.0))
    assert answer["score"].to_list()[3:] == pytest.approx(again["score"].to_list())


def test_the_bound_is_the_least_count_that_alarms():
    bound = glr_poisson(counts(2, 3, 2, expected=2.0))["bound"][-1]
    for count, alarm in ((bound - 1, False), (bound, True)):
        assert glr_poisson(counts(2, 3, count, expected=2.0))["alarm"][-1] is alarm


def test_a_fall_is_found_by_the_chart_that_looks_for_it():
    values = (9, 11, 10, 4, 3, 4)
    assert glr_poisson(counts(*values, expected=10.0), direction="dec")["alarm"].to_list() == [False] * 4 + [
        True,
        False,
    ]
    assert not glr_poisson(counts(*values, expected=10.0))["alarm"].any()


def test_a_silence_is_seen_by_the_negative_binomial_chart_and_by_the_poisson_chart_when_it_ends():
    silence = counts(0, 0, 0, 0, 0, 1, expected=3.0)
    assert glr_nb(silence, alpha=0.1, direction="dec")["alarm"].to_list() == [False, True, False, True, False, False]
    assert glr_poisson(silence, direction="dec")["alarm"].to_list() == [False] * 5 + [True]


def test_little_dispersion_is_the_poisson_chart_and_more_lowers_the_score():
    frame = counts(5, 6, 9, 8, 9, expected=5.0)
    scores = [glr_nb(frame, alpha=alpha)["score"].to_list() for alpha in (0.0, 1e-7, 0.05, 0.5)]
    assert scores[0] == glr_poisson(frame)["score"].to_list()
    assert scores[1] == pytest.approx(scores[0], abs=1e-4)
    assert scores[0][-1] > scores[2][-1] > scores[3][-1]


def test_a_known_change_sums_likelihood_ratios_and_starts_afresh():
    theta, usual = log(2), 2.0
    answer = glr_poisson(counts(2, 5, 9, 2, expected=usual), theta=theta, c_arl=4.0)
    steps = [max(0.0, 2 * theta - 2), 5 * theta - 2, 9 * theta - 2]
    assert answer["score"].to_list() == pytest.approx([steps[0], steps[1], steps[1] + steps[2], 0.0])
    assert answer["alarm"].to_list() == [False, False, True, False]
    assert answer["bound"].to_list() == pytest.approx([(4 + 2) / theta] * 2 + [(4 - steps[1] + 2) / theta, 6 / theta])


def test_a_missing_count_or_mean_is_left_out():
    whole, gap = counts(2, 4, 5, expected=2.0), counts(2, None, 4, 5, expected=2.0)
    answer = glr_nb(gap, alpha=0.1)
    assert answer["alarm"][1] is answer["score"][1] is None
    assert answer["score"].drop_nulls().to_list() == glr_nb(whole, alpha=0.1)["score"].to_list()
    unknown = whole.with_columns(expected=pl.Series([2.0, None, 2.0]))
    assert glr_poisson(unknown)["alarm"].to_list() == [False, None, False]


def test_any_case_alarms_where_none_is_expected():
    for answer in (
        glr_poisson(counts(*[0] * 10, 0, 1, 0)),
        glr_nb(counts(*[0] * 10, 0, 1, 0)),
        glr_poisson(counts(*[0] * 10, 0, 1, 0), theta=1.0),
    ):
        assert answer["alarm"].to_list()[-3:] == [False, True, False]
        assert answer["bound"].to_list()[-3:] == [1, 1, 1]
        assert answer.select("expected", "bound", "score").unpivot()["value"].drop_nulls().is_finite().all()
    fall = glr_nb(counts(*[0] * 10, 0, 1, 0), alpha=0.1, direction="dec")
    assert fall["alarm"].null_count() == 13


def test_a_step_with_a_mean_of_0_between_others_adds_nothing():
    frame = counts(3, 0, 6, 8, expected=2.0)
    closed = frame.with_columns(expected=pl.Series([2.0, 0.0, 2.0, 2.0]))
    for alpha in (0.0, 0.2):
        without = glr_nb(frame.filter(pl.col("count") > 0), alpha=alpha)["score"].to_list()
        ours = glr_nb(closed, alpha=alpha)
        assert [ours["score"][at] for at in (0, 2, 3)] == pytest.approx(without)
        assert ours["bound"][1] == 1


def test_mean_and_dispersion_are_found_again():
    rng, weeks = np.random.default_rng(2), np.arange(2000)
    mean = 12 * np.exp(0.5 * np.sin(2 * np.pi * weeks / 52) + 0.0004 * weeks)
    drawn = rng.poisson(mean * rng.gamma(1 / 0.2, 0.2, (5, 2000)))
    frame = pl.concat([counts(*row).with_columns(zone=pl.lit(str(at))) for at, row in enumerate(drawn)])
    series = series_of(frame)
    phase = phase_of(series, train=1900, last=None)
    fitted, alpha = seasonal_mean(series, phase.training, harmonics=1, trend=True, alpha=None)
    np.testing.assert_allclose(fitted, np.broadcast_to(mean, fitted.shape), rtol=0.15)
    np.testing.assert_allclose(alpha, 0.2, rtol=0.15)


def test_counts_that_vary_less_than_poisson_counts_are_poisson_counts():
    steady = counts(*[5, 6, 5, 4] * 40)
    assert glr_nb(steady)["score"].equals(glr_poisson(steady)["score"])


def test_the_dispersion_about_a_given_mean_is_estimated():
    rng = np.random.default_rng(8)
    frame = counts(*rng.poisson(6 * rng.gamma(2, 0.5, 400)), expected=6.0)
    answer = glr_nb(frame)
    assert answer["alarm"].null_count() == 104
    assert answer["alarm"].sum() < glr_poisson(frame)["alarm"][104:].sum() / 3


def test_short_empty_and_huge_series_have_finite_answers():
    assert glr_nb(counts(), alpha=0.1).columns[-4:] == ["bound", "score", "p", "alarm"]
    assert glr_nb(counts(3))["score"].null_count() == 1
    answer = glr_nb(counts(*[1e8] * 20, 1e10, 0))
    assert answer["alarm"][-2] is True
    assert answer.select("expected", "bound", "score").unpivot()["value"].drop_nulls().is_finite().all()


def test_a_rise_is_found_sooner_than_it_is_by_chance():
    rng = np.random.default_rng(4)
    waits = {}
    for ratio in (1.0, 1.5):
        drawn = rng.poisson(5 * ratio, (100, 300))
        frame = pl.concat(
            [counts(*row, expected=5.0).with_columns(zone=pl.lit(str(at))) for at, row in enumerate(drawn)]
        )
        alarm = glr_poisson(frame)["alarm"].to_numpy().reshape(100, 300)
        waits[ratio] = np.where(alarm.any(axis=1), alarm.argmax(axis=1), 300).mean()
    assert waits[1.5] < 15
    assert waits[1.0] > 100


@pytest.mark.parametrize(
    "settings",
    [
        {"c_arl": 0},
        {"theta": 0.0},
        {"theta": float("inf")},
        {"direction": "up"},
        {"shortest": 0},
        {"shortest": 4, "window": 3},
        {"harmonics": 26},
        {"harmonics": -1},
        {"alpha": -0.1},
        {"last": 0},
    ],
)
def test_what_cannot_be_answered_is_refused(settings):
    with pytest.raises(UsageError):
        glr_nb(counts(1, 2, 3), **settings)
