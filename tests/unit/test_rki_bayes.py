"""RKI and Bayes rules where the answer is known, odd series, and what they refuse."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from scipy.stats import nbinom, poisson

from douse.errors import UsageError
from douse.signals.bayes import bayes
from douse.signals.rki import UPPER_LIMITS, rki


def counts(*values: int | None) -> pl.DataFrame:
    days = [date(2018, 1, 1) + timedelta(weeks=week) for week in range(len(values))]
    return pl.DataFrame({"date": pl.Series(days, dtype=pl.Date), "count": pl.Series(values, dtype=pl.Int64)})


def test_a_small_mean_takes_its_limit_from_the_table():
    answer = rki(counts(2, 3, 2, 3, 2, 3, 6), system=1).row(-1, named=True)
    assert answer["expected"] == 2.5
    assert answer["bound"] == 6.686
    assert answer["alarm"] is False
    assert answer["score"] == pytest.approx(3.5 / 2.5**0.5)


def test_a_large_mean_takes_two_standard_deviations():
    answer = rki(counts(29, 31, 29, 31, 29, 31, 33), system=1).row(-1, named=True)
    assert answer["bound"] == pytest.approx(30 + 2 * np.std([29, 31] * 3, ddof=1))
    assert answer["alarm"] is True


def test_the_table_leaves_out_at_most_5_percent():
    """If the mean were at the limit, so few cases or fewer would be seen in 1 to 5% of weeks."""
    chance = poisson.cdf(np.arange(21), UPPER_LIMITS)
    assert ((chance > 0.01) & (chance < 0.05)).all()


def test_the_systems_look_where_they_say():
    year = [0] * 52
    year[10] = 40  # the eleventh week of the first year
    series = counts(*year, *[0] * 52, *[0] * 52)
    seen = {system: rki(series, system=system)["expected"].to_list() for system in (1, 2, 3)}
    assert seen[1][11] > 0
    assert seen[1][17] == 0
    assert seen[2][52 + 16] > 0
    assert seen[2][52 + 17] == 0
    assert [at for at, mean in enumerate(seen[3]) if mean] == list(range(110, 119))


def test_last_judges_the_end_and_a_short_series_is_not_judged():
    series = counts(*range(20))
    for rule in (rki, bayes):
        assert rule(series, b=0, w=6, act_y=True, last=3)["alarm"].null_count() == 17
        assert rule(series, b=1, w=2, act_y=True)["alarm"].null_count() == 20


def test_the_bayes_rule_is_a_quantile_and_alarms_where_the_chance_is_below_alpha():
    series = counts(*np.random.default_rng(1).poisson(4, 300))
    answer = bayes(series, alpha=0.05).drop_nulls("alarm")
    assert answer.height == 294
    assert (answer["alarm"] == (answer["p"] < 0.05)).all()
    first = answer.row(0, named=True)
    total = sum(series["count"][:6])
    assert first["bound"] == nbinom(total + 0.5, 6 / 7).ppf(0.95)
    assert first["expected"] == pytest.approx((total + 0.5) / 6)


def test_false_alarms_of_the_bayes_rule_are_at_most_alpha():
    rng = np.random.default_rng(3)
    series = pl.concat([counts(*rng.poisson(8, 300)).with_columns(zone=pl.lit(str(zone))) for zone in range(60)])
    for alpha in (0.05, 0.01):
        rate = bayes(series, b=2, w=3, alpha=alpha)["alarm"].drop_nulls().mean()
        assert 0.5 * alpha < rate < 1.05 * alpha


def test_missing_counts_are_left_out_of_the_baseline():
    for rule in (rki, bayes):
        whole, gap = (rule(counts(*values), b=0, w=3, act_y=True) for values in ((4, 4, 4, 9), (4, None, 4, 9)))
        assert whole["expected"][-1] > 0
        assert gap["bound"][-1] is not None
        assert rule(counts(None, None, None, 9), b=0, w=3, act_y=True)["bound"].null_count() == 4
        assert gap["alarm"][1] is None
    assert rki(counts(None, None, 40, 90), b=0, w=3, act_y=True)["alarm"][-1] is None


def test_without_a_case_before():
    quiet = counts(0, 0, 0, 0, 0, 0, 4)
    assert rki(quiet, system=1)["alarm"][-1] is True
    assert rki(quiet, system=1)["score"].null_count() == 7
    answer = bayes(quiet)
    assert answer["alarm"][-1] is True
    assert answer["expected"][-1] == pytest.approx(0.5 / 6)


def test_more_cases_never_lower_the_score_nor_raise_p():
    answers = [bayes(counts(3, 4, 3, 4, 3, 4, last)).row(-1, named=True) for last in range(12)]
    assert [row["score"] for row in answers] == sorted(row["score"] for row in answers)
    assert [row["p"] for row in answers] == sorted((row["p"] for row in answers), reverse=True)


def test_nothing_in_nothing_out():
    for rule in (rki, bayes):
        assert rule(counts()).columns == ["zone", "date", "count", "expected", "bound", "score", "p", "alarm"]


@pytest.mark.parametrize("rule", [rki, bayes])
@pytest.mark.parametrize(
    "settings", [{"b": 0, "w": 4, "act_y": False}, {"b": 0, "w": 0, "act_y": True}, {"b": -1}, {"w": -1}, {"last": 0}]
)
def test_a_baseline_without_a_step_is_refused(rule, settings):
    with pytest.raises(UsageError):
        rule(counts(1, 2, 3), **settings)


def test_other_settings_that_are_refused():
    with pytest.raises(UsageError):
        rki(counts(1), system=4)
    with pytest.raises(UsageError):
        bayes(counts(1), alpha=1.0)
