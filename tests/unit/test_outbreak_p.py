"""OutbreakP where the answer is known, odd series, and what it refuses."""

from datetime import date, timedelta

import polars as pl
import pytest

from douse.errors import UsageError
from douse.signals.outbreak_p import outbreak_p


def counts(*values: int | None) -> pl.DataFrame:
    days = [date(2026, 1, 5) + timedelta(weeks=week) for week in range(len(values))]
    return pl.DataFrame({"date": pl.Series(days, dtype=pl.Date), "count": pl.Series(values, dtype=pl.Int64)})


def test_cases_after_a_week_without_one():
    answer = outbreak_p(counts(0, 3))
    # 3 cases where the mean is 1.5: (3 / 1.5)^3
    assert answer["score"].to_list() == pytest.approx([1, 8])
    assert answer["expected"].to_list() == [0, 1.5]
    assert answer["alarm"].to_list() == [None, False]


def test_the_bound_is_the_least_count_that_alarms():
    assert outbreak_p(counts(0, 0))["bound"].to_list() == [None, 7]  # 2^7 = 128 > 100
    assert outbreak_p(counts(0, 7))["alarm"][-1] is True
    assert outbreak_p(counts(0, 6))["alarm"][-1] is False


def test_a_series_that_never_rises_has_a_score_of_1():
    for series in ((4, 4, 4, 4), (9, 7, 7, 2, 0), (0, 0, 0)):
        answer = outbreak_p(counts(*series))
        assert answer["score"].to_list() == pytest.approx([1] * len(series))
        assert not answer["alarm"].any()


def test_last_judges_the_end_with_all_that_went_before():
    values = (3, 2, 4, 6, 9, 14)
    assert outbreak_p(counts(*values), last=2).tail(2).equals(outbreak_p(counts(*values)).tail(2))
    assert outbreak_p(counts(*values), last=2)["bound"].null_count() == 4


def test_a_missing_count_is_left_out():
    answer = outbreak_p(counts(1, None, 4, 9))
    assert answer["alarm"][1] is answer["score"][1] is None
    assert answer["score"].drop_nulls().to_list() == pytest.approx(outbreak_p(counts(1, 4, 9))["score"].to_list())


def test_more_cases_and_a_longer_rise_raise_the_score():
    scores = [outbreak_p(counts(2, 3, 2, last))["score"][-1] for last in range(12)]
    assert scores == sorted(scores)
    assert outbreak_p(counts(2, 4, 6, 8))["score"][-1] > outbreak_p(counts(4, 2, 8, 6))["score"][-1]


def test_a_score_beyond_all_numbers_is_the_largest_number():
    answer = outbreak_p(counts(*[100] * 50, *[1000] * 50))
    assert answer["score"].is_finite().all()
    assert answer["score"][-1] > 1e300
    assert answer["alarm"][-1] is True


def test_nothing_in_nothing_out():
    assert outbreak_p(counts()).columns == ["zone", "date", "count", "expected", "bound", "score", "p", "alarm"]


@pytest.mark.parametrize("settings", [{"k": 0.5}, {"last": 0}])
def test_what_cannot_be_answered_is_refused(settings):
    with pytest.raises(UsageError):
        outbreak_p(counts(1, 2, 3), **settings)
