"""The Shiryaev-Roberts detector: limits with known answers, direction, and its false-alarm rate."""

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from douse.errors import UsageError
from douse.kernels.shiryaev_roberts import judge
from douse.signals.shiryaev_roberts import basis_for, judged, shiryaev_roberts
from reference.slow_shiryaev_roberts import slow_chance

FIRST = date(2018, 1, 1)


def frame(counts: np.ndarray, step: int = 7) -> pl.DataFrame:
    days = [FIRST + timedelta(days=step * at) for at in range(counts.shape[1])]
    return pl.DataFrame(
        {
            "zone": np.repeat([f"{row:04d}" for row in range(len(counts))], len(days)),
            "date": pl.Series(days * len(counts), dtype=pl.Date),
            "count": counts.ravel(),
        }
    )


def at_known(counts: list[float], mean: float, phi: float, alpha: float = 0.01) -> tuple[float, float]:
    """Bound and p of the last count, with nothing to be estimated."""
    shape = (1, len(counts))
    log_excess, none = np.full(shape, np.log(phi - 1)), np.zeros(shape)
    bound, _, p = judge(np.array([counts]), np.full((*shape, 2), mean), np.zeros((*shape, 2)), log_excess, none, alpha)
    return bound[0, -1], p[0, -1]


@pytest.mark.parametrize(("mean", "phi"), [(0.3, 1.5), (2.0, 3.0), (10.0, 1.05), (60.0, 3.0)])
def test_the_chance_is_that_of_all_pairs_of_counts(mean: float, phi: float) -> None:
    for before, count in [(0, 0), (0, 3), (2, 2), (int(mean), int(mean + 2 * (phi * mean) ** 0.5) + 1)]:
        assert at_known([before, count], mean, phi)[1] == pytest.approx(slow_chance(before, count, mean, phi), rel=1e-6)


def test_the_bound_is_where_p_crosses_alpha() -> None:
    for before in (0, 4, 8, 14, 40):
        bound, _ = at_known([before, 1], 6.0, 1.7)
        assert at_known([before, bound], 6.0, 1.7)[1] > 0.01
        assert at_known([before, bound + 1], 6.0, 1.7)[1] <= 0.01


def test_a_high_step_before_lowers_the_bound_to_a_limit() -> None:
    bounds = [at_known([before, 1], 6.0, 1.7)[0] for before in (0, 6, 12, 20, 100)]
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[0] > bounds[-1] >= 6
    assert bounds[-2] == bounds[-1]


def test_an_unknown_step_before_leaves_the_step_alone() -> None:
    assert at_known([np.nan, 3], 0.5, 1.5)[1] == pytest.approx(slow_chance(None, 3, 0.5, 1.5), rel=1e-6)


def test_only_the_past_is_read() -> None:
    rng = np.random.default_rng(4)
    counts = rng.poisson(4, (5, 150)).astype(float)
    whole, cut = shiryaev_roberts(frame(counts)), shiryaev_roberts(frame(counts[:, :120]))
    assert whole.filter(pl.col("date") <= cut["date"].max()).equals(cut)
    assert whole.filter(pl.col("date") == whole["date"].max()).equals(
        shiryaev_roberts(frame(counts), last=1).filter(pl.col("date") == whole["date"].max())
    )


def test_more_cases_are_never_less_unusual() -> None:
    past = np.random.default_rng(1).poisson(3, 80).astype(float)
    p = [shiryaev_roberts(frame(np.append(past, n)[None]), last=1)["p"][-1] for n in range(0, 30, 3)]
    assert all(one >= other for one, other in pairwise(p))
    assert p[-1] < 1e-6


def test_a_season_is_expected() -> None:
    week = np.arange(400)
    mean = 30 * np.exp(0.6 * np.cos(2 * np.pi * week / 52))
    got = shiryaev_roberts(frame(np.random.default_rng(2).poisson(mean)[None]), last=52)
    np.testing.assert_allclose(got["expected"].tail(52), mean[-52:], rtol=0.15)


def test_three_weeks_of_days_are_enough() -> None:
    counts = np.array([[1, 0, 2, 1, 1, 0, 3, 1, 2, 0, 1, 1, 2, 1, 0, 1, 0, 2, 1, 1, 9.0]])
    got = shiryaev_roberts(frame(counts, step=1))
    assert got["alarm"].null_count() == 10
    assert got["alarm"].drop_nulls().to_list() == [False] * 10 + [True]


def test_what_cannot_be_is_refused() -> None:
    for options in ({"alpha": 0}, {"alpha": 0.7}, {"years": 0}, {"last": 0}):
        with pytest.raises(UsageError):
            shiryaev_roberts(frame(np.ones((1, 20))), **options)


@pytest.mark.slow
@pytest.mark.parametrize(("mean", "phi"), [(0.3, 1.0), (3.0, 1.5), (60.0, 3.0)])
def test_false_alarms_of_steady_series(mean: float, phi: float) -> None:
    rng = np.random.default_rng(11)
    shape = (200, 312)
    counts = rng.poisson(mean, shape) if phi == 1 else rng.negative_binomial(mean / (phi - 1), 1 / phi, shape)
    found = judged(counts.astype(float), basis_for("week", 0, shape[1]), 52.0, alpha=0.01, last=52)
    rate = (counts[:, -52:] > found[1][:, -52:]).mean()
    assert rate <= 0.0125
    assert rate >= (0.003 if mean < 1 else 0.0075)
