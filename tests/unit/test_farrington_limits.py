"""The Farrington detectors where the answer is known, on odd series, and what they refuse."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from scipy.stats import nbinom, norm, poisson

from douse.errors import UsageError
from douse.kernels.farrington_bounds import count_bound, power_bound
from douse.signals.farrington import farrington
from douse.signals.farrington_flexible import farrington_flexible, seasonal_levels

WEEKS = 52 * 5 + 4
BOTH = pytest.mark.parametrize("detect", [farrington, farrington_flexible])


def weekly(values, zone="z", first=date(2015, 1, 5), **columns):
    days = [first + timedelta(weeks=week) for week in range(len(values))]
    return pl.DataFrame({"zone": [zone] * len(days), "date": days, "count": values, **columns}, strict=False)


def last(answer):
    return answer.row(-1, named=True)


def steady(level=4, now=4):
    return [level] * (WEEKS - 1) + [now]


def poisson_weeks(mean, seed=1, steps=WEEKS):
    return np.random.default_rng(seed).poisson(mean, steps).tolist()


def test_a_steady_series_expects_its_level_with_the_bound_of_poisson_counts():
    answer = last(farrington(weekly(steady()), trend=False, alpha=0.05))
    tau = 1 + 1 / 35  # dispersion 1, and 35 reference counts
    bound = (4 ** (2 / 3) + norm.isf(0.025) * np.sqrt(4 / 9 * 4 ** (1 / 3) * tau)) ** 1.5
    assert answer["expected"] == pytest.approx(4)
    assert answer["phi"] == 1
    assert answer["bound"] == pytest.approx(bound)
    assert answer["alarm"] is False
    flexible = last(farrington_flexible(weekly(steady()), threshold_method="nbPlugin"))
    assert flexible["bound"] == poisson(4).ppf(0.95)
    assert flexible["p"] == pytest.approx(poisson(4).sf(3))


@BOTH
def test_a_burst_alarms_and_its_score_grows_with_it(detect):
    scores = []
    for now in (4, 12, 40):
        answer = last(detect(weekly(steady(now=now))))
        scores.append(answer["score"])
        assert answer["alarm"] == (answer["count"] > answer["bound"])
    assert scores == sorted(scores)
    assert scores[-1] > 1


@BOTH
def test_a_smaller_alpha_never_lowers_the_bound(detect):
    counts = weekly(poisson_weeks(6, seed=4))
    bounds = [last(detect(counts, alpha=alpha))["bound"] for alpha in (0.1, 0.05, 0.01, 0.001)]
    assert bounds == sorted(bounds)


@BOTH
def test_fewer_cases_than_the_limit_in_recent_weeks_never_alarm(detect):
    quiet = [0, 1] * (WEEKS // 2 - 2) + [0, 0, 0, 4]
    few = last(detect(weekly(quiet)))
    assert few["alarm"] is False
    assert few["bound"] == (0 if detect is farrington else None)
    assert last(detect(weekly(quiet), limit54=(4, 4)))["alarm"] is True


@BOTH
def test_past_outbreaks_are_weighted_down(detect):
    counts = poisson_weeks(5)
    counts[156:162] = [60] * 6
    bounds = [last(detect(weekly(counts), reweight=reweight))["bound"] for reweight in (True, False)]
    assert bounds[0] < bounds[1]


def test_growth_over_years_is_a_trend_and_without_one_the_bound_is_lower():
    growing = np.random.default_rng(2).poisson(20 * 1.006 ** np.arange(WEEKS)).tolist()
    growing[-60] = 1000  # the trend may not lead above every count before
    kept, left = (last(farrington_flexible(weekly(growing), trend=trend)) for trend in (True, False))
    assert kept["trend"] == pytest.approx(np.log(1.006), abs=0.002)
    assert left["trend"] is None
    assert kept["bound"] > left["bound"]
    assert last(farrington(weekly(growing), b=2))["trend"] is None  # too few years


def test_the_population_is_an_offset():
    population = [1000.0] * (WEEKS - 1) + [3000.0]
    counts = weekly(steady(level=10, now=30), population=population)
    for detect in (farrington, farrington_flexible):
        assert last(detect(counts, population_offset=True))["expected"] == pytest.approx(30)
        assert last(detect(counts))["expected"] == pytest.approx(10)
    unknown = counts.with_columns(population=pl.lit(0.0))
    assert last(farrington(unknown, population_offset=True))["bound"] is None


@BOTH
def test_last_judges_only_the_latest_steps_and_judges_them_alike(detect):
    counts = weekly(poisson_weeks(5, steps=WEEKS + 20))
    full, short = detect(counts), detect(counts, last=3)
    assert short["expected"].drop_nulls().len() <= 3
    assert short.tail(3).equals(full.tail(3))
    assert short.head(-3)["alarm"].null_count() == WEEKS + 17


def test_the_first_step_judged_is_that_of_the_peer():
    counts = weekly([9] * 200)
    assert farrington_flexible(counts, b=2)["alarm"].null_count() == 2 * 52 + 3
    assert farrington(counts, b=2)["alarm"].null_count() == 2 * 52 - 3 - 1
    assert farrington(weekly([9] * 50))["alarm"].null_count() == 50


@BOTH
def test_a_gap_is_left_out_of_the_reference_counts(detect):
    counts = poisson_weeks(8)
    gap = [*counts[:1], None, *counts[2:]]
    assert last(detect(weekly(gap)))["bound"] is not None
    absent = weekly(counts).filter(pl.int_range(pl.len()) != 1)
    assert last(detect(absent)).items() == last(detect(weekly(gap))).items()


@BOTH
def test_a_gap_in_recent_weeks_hides_whether_there_are_enough_cases_only_where_it_matters(detect):
    counts = [4] * (WEEKS - 4)
    assert last(detect(weekly([*counts, 9, None, 9, 90])))["alarm"] is True
    assert last(detect(weekly([*counts, 1, None, 1, 1])))["alarm"] is None
    assert last(detect(weekly([*counts, 9, 9, 9, None])))["alarm"] is None


@BOTH
def test_odd_series_are_answered(detect):
    for counts in ([0] * WEEKS, [0] * (WEEKS - 1) + [1], [10**12] * WEEKS, [0] * 100 + [10**9] + [0] * 163):
        answer = detect(weekly(counts))
        numbers = answer.select("expected", "bound", "score", "p", "phi", "trend").unpivot()["value"].drop_nulls()
        assert numbers.is_finite().all()
        assert not answer["alarm"].drop_nulls()[-1:].any()
    assert detect(weekly([1]).clear()).is_empty()


def test_by_date_takes_the_week_nearest_to_the_same_date():
    counts = [1.0] * (52 * 7)
    now = 52 * 6 + 10
    # six years are 313 weeks and a day or two: the nearest week lies 313 back, not 312
    counts[now - 313] = 500.0
    series = weekly(counts[: now + 1])
    narrow = {"b": 6, "w": 0, "reweight": False, "trend": False, "limit54": (0, 1)}
    assert last(farrington(series, **narrow))["expected"] == pytest.approx(1)
    assert last(farrington(series, **narrow, by_date=True))["expected"] == pytest.approx(505 / 6)


def test_seasonal_levels_share_the_rest_of_the_year():
    level = seasonal_levels((52,), w=3, periods=10)
    assert [level[back] for back in (-55, -49, -48, -44, -43, -4, -3, 0)] == [10, 10, 1, 1, 2, 9, 10, 10]
    sizes = [sum(value == period for value in level.values()) for period in range(1, 10)]
    assert sizes == [5] * 9
    assert set(seasonal_levels((52,), w=3, periods=1)) == {*range(-55, -48), *range(-3, 1)}


def test_the_count_bound_is_the_quantile_of_the_negative_binomial():
    mean, phi = np.meshgrid([1e-9, 0.3, 4.0, 77.0, 1e5], [1.0, 1.0001, 1.7, 30.0])
    count = np.round(mean + 2)
    bound, chance = count_bound(mean, phi, count, alpha=0.01)
    for at in np.ndindex(mean.shape):
        law = poisson(mean[at]) if phi[at] == 1 else nbinom(mean[at] / (phi[at] - 1), 1 / phi[at])
        assert bound[at] == law.ppf(0.99)
        assert chance[at] == pytest.approx(law.sf(count[at] - 1), rel=1e-6)
    beyond, one = np.array([1e20, 1e200, np.inf]), np.ones(3)
    bound, _ = count_bound(beyond, 2 * one, one, alpha=0.01)
    assert bound[0] == pytest.approx(1e20)
    assert np.isnan(bound[1:]).all()


def test_the_power_bound_without_a_power_is_the_normal_one():
    one = np.ones(1)
    bound, chance = power_bound(16 * one, 0 * one, one, 20 * one, exponent=1.0, z=2.0)
    assert bound == pytest.approx(24)
    assert chance == pytest.approx(norm.sf(1))


def test_false_alarms_of_flexible_are_near_nominal_on_poisson_counts():
    draw = np.random.default_rng(9).poisson(10, (40, 52 * 5 + 40))
    counts = pl.concat([weekly(row.tolist(), zone=f"z{at}") for at, row in enumerate(draw)])
    rate = farrington_flexible(counts, alpha=0.05)["alarm"].drop_nulls().mean()
    assert 0.02 < rate < 0.08


@BOTH
@pytest.mark.parametrize(
    "settings",
    [
        {"b": 0},
        {"w": -1},
        {"w": 26},
        {"alpha": 0.0},
        {"alpha": 1.0},
        {"limit54": (-1, 4)},
        {"limit54": (5, 0)},
        {"power_transform": "3/4"},
        {"last": 0},
        {"population_offset": True},
    ],
)
def test_settings_out_of_range_are_refused(detect, settings):
    with pytest.raises(UsageError):
        detect(weekly([1] * 10), **settings)


@pytest.mark.parametrize(
    "settings",
    [
        {"periods": 0},
        {"periods": 53},
        {"past_weeks_not_included": -1},
        {"threshold_method": "exact"},
        {"weights_threshold": 0.0},
        {"p_threshold_trend": 1.1},
    ],
)
def test_settings_of_the_flexible_form_out_of_range_are_refused(settings):
    with pytest.raises(UsageError):
        farrington_flexible(weekly([1] * 10), **settings)
