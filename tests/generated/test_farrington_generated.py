"""Farrington flexible equals its slow twin on generated series of several zones, with gaps."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from douse.signals.farrington import farrington
from douse.signals.farrington_flexible import farrington_flexible
from reference.slow_farrington import slow_farrington_flexible

YEAR = 52


def made(seed, zones, steps, mean, gaps):
    """Counts of weeks, shape (zones, steps), with outbreaks, a season, and gaps before the latest weeks."""
    draw = np.random.default_rng(seed)
    season = mean * np.exp(0.5 * np.sin(np.arange(steps) * 2 * np.pi / YEAR))
    counts = draw.poisson(season, (zones, steps)).astype(float) + (draw.random((zones, steps)) < 0.02) * 3 * (mean + 2)
    counts[:, : steps - 8][draw.random((zones, steps - 8)) < gaps] = np.nan
    return counts


def frame(counts):
    zones, steps = counts.shape
    return pl.DataFrame(
        {
            "zone": np.repeat([f"z{zone}" for zone in range(zones)], steps),
            "date": [date(2015, 1, 5) + timedelta(weeks=week) for week in range(steps)] * zones,
            "count": counts.ravel(),
        }
    ).with_columns(pl.col("count").fill_nan(None))


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    b=st.integers(2, 4),
    w=st.integers(0, 4),
    periods=st.sampled_from([1, 2, 5, 10]),
    left_out=st.sampled_from([0, 3, 26]),
    mean=st.sampled_from([2.0, 8.0, 50.0]),
    gaps=st.sampled_from([0.0, 0.1]),
    p_trend=st.sampled_from([0.05, 1.0]),
    method=st.sampled_from(["delta", "muan", "nbPlugin"]),
)
def test_fast_equals_slow(seed, b, w, periods, left_out, mean, gaps, p_trend, method):
    steps = b * YEAR + w + 3
    counts = made(seed, 2, steps, mean, gaps if b > 2 and w > 0 else 0.0)
    if b * (2 * w + 1) < 6:
        return  # so few counts in the windows that the twin divides by what is not left
    ours = farrington_flexible(
        frame(counts),
        b=b,
        w=w,
        periods=periods,
        past_weeks_not_included=left_out,
        p_threshold_trend=p_trend,
        threshold_method=method,
        limit54=(0, 4),
        alpha=0.02,
        last=1,
    )
    assert ours["bound"].is_not_null().sum() <= 2  # one step of each zone
    for zone in range(2):
        slow = slow_farrington_flexible(
            counts[zone],
            steps - 1,
            b=b,
            w=w,
            left_out=left_out,
            year=YEAR,
            periods=periods,
            trend=True,
            p_trend=p_trend,
            alpha=0.02,
            method=method,
            threshold=2.58,
        )
        row = ours.filter(zone=f"z{zone}").row(-1, named=True)
        if slow is None:
            assert row["bound"] is None
        else:
            assert (row["expected"], row["bound"]) == pytest.approx(slow, rel=1e-6)
            assert row["alarm"] == (row["count"] > row["bound"])


@settings(max_examples=20, deadline=None)
@given(
    detect=st.sampled_from([farrington, farrington_flexible]),
    counts=st.lists(st.one_of(st.none(), st.integers(0, 3), st.integers(0, 10**9)), max_size=90),
    b=st.integers(1, 4),
    w=st.integers(0, 5),
    by_date=st.booleans(),
    reweight=st.booleans(),
)
def test_any_series_of_months_is_answered_without_nan(detect, counts, b, w, by_date, reweight):
    months = [date(2010 + step // 12, step % 12 + 1, 1) for step in range(len(counts))]
    given_counts = pl.DataFrame(
        {"date": months, "count": counts}, schema_overrides={"date": pl.Date, "count": pl.Int64}
    )
    if len(counts) < 2:
        return  # one month has no step
    if months[-1].month == months[0].month + 1 and len(counts) == 2:
        return  # neither tells two months from 31 days
    answer = detect(given_counts, b=b, w=w, by_date=by_date, reweight=reweight)
    assert answer.height == len(counts)
    numbers = answer.select("expected", "bound", "score", "p", "phi", "trend").unpivot()["value"].drop_nulls()
    assert numbers.is_finite().all()
    assert answer.filter(pl.col("count").is_null())["alarm"].null_count() == answer["count"].null_count()
