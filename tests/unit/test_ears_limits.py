"""EARS where the answer is known, and what it refuses."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from scipy.stats import norm

from douse.errors import UsageError
from douse.signals import ears
from douse.signals.ears import real_false_alarm_rate


def counts(*values: int | None, zone: str = "z") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "zone": [zone] * len(values),
            "date": [date(2026, 1, 1) + timedelta(days=day) for day in range(len(values))],
            "count": values,
        },
        schema={"zone": pl.String, "date": pl.Date, "count": pl.Int64},
    )


def test_the_bound_is_mean_and_standard_deviation_of_the_week_before():
    # mean 2, sd 1: six of the seven days differ from it by 1
    last = ears(counts(1, 3, 1, 3, 1, 3, 2, 9), method="C1").row(-1, named=True)
    assert last["expected"] == 2
    assert last["score"] == pytest.approx(7)
    assert last["bound"] == pytest.approx(2 + norm.isf(0.001))
    assert last["p"] == pytest.approx(norm.sf(7))
    assert last["alarm"] is True


def test_a_series_that_never_changes_never_alarms_and_has_no_score():
    for method in ("C1", "C2", "C3"):
        answer = ears(counts(*[4] * 20), method=method)
        assert not answer["alarm"].drop_nulls().any()
        assert answer["score"].null_count() == 20
        assert answer["bound"].drop_nulls().unique().to_list() == [4.0]


def test_any_case_after_a_week_without_one_alarms():
    assert ears(counts(0, 0, 0, 0, 0, 0, 0, 1), method="C1")["alarm"].to_list()[-1] is True


def test_c2_leaves_out_the_two_days_before():
    slow_start = counts(1, 2, 1, 2, 1, 2, 1, 2, 1, 5, 6, 7)
    c1, c2 = (ears(slow_start, method=method).row(-1, named=True) for method in ("C1", "C2"))
    assert c1["expected"] > c2["expected"]
    assert (c1["alarm"], c2["alarm"]) == (False, True)


def test_more_cases_never_lower_the_score_and_a_smaller_alpha_never_lowers_the_bound():
    week = (1, 3, 1, 3, 1, 3, 2)
    scores = [ears(counts(*week, today), method="C1")["score"][-1] for today in range(10)]
    assert scores == sorted(scores)
    bounds = [ears(counts(*week, 3), method="C1", alpha=alpha)["bound"][-1] for alpha in (0.1, 0.01, 0.001)]
    assert bounds == sorted(bounds)


def test_a_least_standard_deviation_keeps_a_quiet_zone_quiet():
    quiet = counts(0, 0, 0, 0, 0, 0, 0, 1)
    assert ears(quiet, method="C1", min_sigma=0.5)["alarm"][-1] is False


def test_a_missing_count_makes_the_days_that_need_it_unknown():
    answer = ears(counts(1, 2, None, 2, 1, 2, 1, 5, 1, 2, 5), method="C1", baseline=3)
    assert [row["alarm"] for row in answer.iter_rows(named=True)][:7] == [None, None, None, None, None, None, False]


def test_false_alarms_are_far_more_than_nominal_with_a_week_of_baseline():
    """What the documentation says of the real rate: about 0.02 where alpha is 0.001."""
    for mean in (1, 10, 100):
        steady = np.random.default_rng(7).poisson(mean, (100, 200))
        frame = pl.concat([counts(*row.tolist(), zone=f"z{at}") for at, row in enumerate(steady)])
        for method in ("C1", "C2"):
            rate = ears(frame, method=method)["alarm"].drop_nulls().mean()
            assert 0.01 < rate < 0.035


def test_the_stated_rate_is_the_rate_on_steady_normal_counts():
    steady = np.random.default_rng(3).normal(1000, 30, (200, 200)).round().astype(int)
    frame = pl.concat([counts(*row.tolist(), zone=f"z{at}") for at, row in enumerate(steady)])
    rate = ears(frame, method="C1")["alarm"].drop_nulls().mean()
    assert rate == pytest.approx(real_false_alarm_rate("C1"), rel=0.15)
    assert real_false_alarm_rate("C1", baseline=10_000) == pytest.approx(0.001, rel=0.05)
    assert real_false_alarm_rate("C3") is None


def test_nothing_in_nothing_out():
    assert ears(counts(), method="C1").columns == ["zone", "date", "count", "expected", "bound", "score", "p", "alarm"]


@pytest.mark.parametrize(
    ("frame", "settings"),
    [
        (counts(1), {"method": "C4"}),
        (counts(1), {"method": "C1", "baseline": 1}),
        (counts(1), {"method": "C1", "min_sigma": -1.0}),
        (counts(1), {"method": "C1", "alpha": 1.0}),
        (counts(1).drop("date"), {"method": "C1"}),
        (counts(-1), {"method": "C1"}),
        (pl.concat([counts(1), counts(1)]), {"method": "C1"}),
    ],
)
def test_what_cannot_be_answered_is_refused(frame, settings):
    with pytest.raises(UsageError):
        ears(frame, **settings)
