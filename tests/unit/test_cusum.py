"""CUSUM where the answer is known, odd series, and what it refuses."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from douse.errors import UsageError
from douse.signals.cusum import cusum


def counts(*values: float | None, zone: str = "z") -> pl.DataFrame:
    days = [date(2020, 1, 6) + timedelta(weeks=week) for week in range(len(values))]
    return pl.DataFrame(
        {
            "zone": [zone] * len(values),
            "date": pl.Series(days, dtype=pl.Date),
            "count": pl.Series(values, dtype=pl.Float64),
        }
    )


def test_what_exceeds_k_is_summed_until_it_reaches_h():
    answer = cusum(counts(4, 4, 4, 4, 8, 8, 8), train=4, k=1.04, h=2.26)
    assert answer["score"].to_list()[4:] == pytest.approx([0.96, 1.92, 2.88])
    assert answer["alarm"].to_list() == [None] * 4 + [False, False, True]
    assert answer["expected"].to_list() == [None] * 4 + [4.0] * 3
    # the bound of the last step: 2 (h + k - 1.92) + 4, rounded up
    assert answer["bound"][-1] == 7


def test_the_sum_goes_on_after_an_alarm_and_falls_when_the_counts_do():
    answer = cusum(counts(4, 4, 4, 4, 20, 4, 4, 0, 0, 0), train=4)
    assert answer["alarm"].to_list()[4:] == [True, True, True, False, False, False]


def test_the_default_phase_is_two_years_or_half_of_the_series():
    for weeks, phase in ((300, 104), (100, 50), (7, 3)):
        assert cusum(counts(*[5] * weeks))["alarm"].null_count() == phase


def test_a_zone_that_reports_later_has_its_own_phase():
    early, late = counts(*[5] * 10, zone="early"), counts(*[None] * 4, *[9] * 6, zone="late")
    answer = cusum(pl.concat([early, late]), train=3)
    assert answer.filter(zone="early")["expected"].to_list() == [None] * 3 + [5.0] * 7
    assert answer.filter(zone="late")["expected"].to_list() == [None] * 7 + [9.0] * 3


def test_last_starts_the_sum_there():
    values = (4, 4, 4, 4, 8, 8, 8)
    assert (
        cusum(counts(*values), last=2)["score"].to_list()[5:] == cusum(counts(*values), train=5)["score"][5:].to_list()
    )


def test_a_missing_count_is_not_judged_and_leaves_the_sum_as_it_is():
    answer = cusum(counts(4, 4, None, 4, 8, None, 8), train=4)
    assert answer["alarm"].to_list()[4:] == [False, None, False]
    assert answer["score"].to_list()[4:] == pytest.approx([0.96, None, 1.92])


def test_any_case_alarms_where_there_were_none():
    for trans in ("standard", "rossi", "anscombeNegBin"):
        answer = cusum(counts(0, 0, 0, 0, 0, 1, 0), train=4, trans=trans)
        assert answer["alarm"].to_list()[4:] == [False, True, False]
        assert answer["bound"].to_list()[4:] == [0, 0, 0]
        assert answer["score"].null_count() == 7


def test_without_a_known_count_in_the_phase_nothing_is_judged():
    answer = cusum(counts(None, None, None, 5), last=1)
    assert answer["bound"].null_count() == answer["alarm"].null_count() == 4


def test_a_seasonal_mean_follows_the_season_and_is_constant_with_less_than_a_year():
    weeks = np.arange(260)
    season = 20 * np.exp(0.8 * np.sin(2 * np.pi * weeks / 52))
    answer = cusum(counts(*np.round(season)), m="glm").drop_nulls("expected")
    np.testing.assert_allclose(answer["expected"], season[104:], rtol=0.02)
    assert not answer["alarm"].any()
    short = cusum(counts(*np.round(season[:60])), m="glm")
    assert short["expected"].drop_nulls().n_unique() == 1


def test_a_given_mean_is_taken_as_it_is():
    answer = cusum(counts(4, 4, 4, 4, 8), m=2.0, train=4)
    assert answer["expected"][-1] == 2
    assert answer["score"][-1] == pytest.approx(6 / 2**0.5 - 1.04)


def test_more_cases_never_lower_the_sum_and_a_larger_h_never_lowers_the_bound():
    for trans in ("standard", "rossi", "anscombe", "anscombe2nd", "pearsonNegBin", "anscombeNegBin", "none"):
        scores = [cusum(counts(4, 4, 5, 3, last), train=4, trans=trans)["score"][-1] for last in range(12)]
        assert scores == sorted(scores)
        bounds = [cusum(counts(4, 4, 5, 3, 4), train=4, trans=trans, h=h)["bound"][-1] for h in (1, 2, 3)]
        assert bounds == sorted(bounds)


def test_false_alarms_of_normal_scores_are_500_steps_apart():
    """What the docstring says of the defaults, for counts that are as good as normal."""
    mean = 10_000
    steady = np.random.default_rng(5).poisson(mean, (300, 1500))
    days = [date(2000, 1, 1) + timedelta(days=day) for day in range(1500)]
    frame = pl.DataFrame({"zone": np.repeat(np.arange(300), 1500), "date": days * 300, "count": steady.ravel()})
    alarm = cusum(frame, m=float(mean), train=1)["alarm"].fill_null(value=False).to_numpy().reshape(300, 1500)
    # the waits until the first alarm are about exponential: those cut short count as time without an alarm
    waited = np.where(alarm.any(axis=1), alarm.argmax(axis=1), 1500)
    assert waited.sum() / alarm.any(axis=1).sum() == pytest.approx(500, rel=0.2)


def test_huge_and_empty_series_have_finite_answers():
    huge = cusum(counts(1e9, 1e9, 1e9, 1e12), train=3)
    assert huge["alarm"][-1] is True
    assert huge.select("expected", "bound", "score").unpivot()["value"].drop_nulls().is_finite().all()
    assert cusum(counts()).columns == ["zone", "date", "count", "expected", "bound", "score", "p", "alarm"]
    assert cusum(counts(3))["expected"].to_list() == [None]


@pytest.mark.parametrize(
    "settings",
    [
        {"k": -1},
        {"h": 0},
        {"trans": "root"},
        {"m": -2.0},
        {"m": "gam"},
        {"alpha": -0.1},
        {"train": 0},
        {"last": 0},
    ],
)
def test_what_cannot_be_answered_is_refused(settings):
    with pytest.raises(UsageError):
        cusum(counts(1, 2, 3), **settings)
