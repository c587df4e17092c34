"""Nowcast: known limits, directions, odd reports, and only what was known."""

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from douse.errors import UsageError
from douse.kernels.nowcast_trend import tilt, trending_hazards
from douse.situation.nowcast import nowcast, nowcast_and_draws, nowcast_draws
from douse.situation.nowcast_cases import nowcast_cases
from douse.situation.nowcast_triangle import find_step, long_form

FIRST = date(2024, 1, 1)


def day(n):
    return FIRST + timedelta(days=n)


def steady(days=40, each=40, shares=(0.25, 0.5, 0.25)):
    """The same number of cases every day, reported with the same shares by delay."""
    rows = [(day(t), day(t + d), each * share) for t in range(days) for d, share in enumerate(shares)]
    return pl.DataFrame(rows, schema=["date", "reported", "count"], orient="row")


def test_a_steady_series_is_completed():
    answer = nowcast(steady(), as_of=day(39), max_delay=2)
    assert answer["reported"].to_list()[-3:] == [40, 30, 10]
    assert answer["median"].to_list()[-3] == 40
    assert answer["median"].to_list()[-2] == pytest.approx(40, abs=2)
    assert answer["median"].to_list()[-1] == pytest.approx(40, abs=5)
    assert answer["date"].to_list() == [day(t) for t in range(40)]


def test_intervals_are_ordered_and_hold_what_is_known():
    answer = nowcast(steady(), as_of=day(39), max_delay=2, level=(0.5, 0.95))
    order = ["reported", "lower_95", "lower_50", "median", "upper_50", "upper_95"]
    for lower, upper in pairwise(order):
        assert (answer[lower] <= answer[upper]).all()
    assert answer.null_count().sum_horizontal().item() == 0
    assert answer["mean"].is_finite().all()


def test_reports_after_the_as_of_date_change_nothing():
    reports = steady()
    now = day(30)
    whole = nowcast(reports, as_of=now, max_delay=2)
    assert whole.equals(nowcast(reports.filter(pl.col("reported") <= now), as_of=now, max_delay=2))


def test_more_reports_mean_more_cases():
    fewer = nowcast(steady(each=40), as_of=day(39), max_delay=2)
    more = nowcast(steady(each=80), as_of=day(39), max_delay=2)
    assert (more["median"] > fewer["median"]).all()


def test_rows_and_counts_are_the_same_thing():
    counts = steady(days=20, each=8)
    cases = counts.select(onset=pl.col("date").repeat_by(pl.col("count").cast(pl.UInt32)), reported="reported").explode(
        "onset"
    )
    delays = counts.select("date", "count", delay=(pl.col("reported") - pl.col("date")).dt.total_days())
    of_counts = nowcast(counts, as_of=day(19), max_delay=2)
    assert of_counts.equals(nowcast(cases, as_of=day(19), max_delay=2))
    assert of_counts.equals(nowcast(delays, as_of=day(19), max_delay=2))
    bridge = nowcast_cases(cases.rename({"reported": "told_on"}), day(19), max_delay=2)
    assert bridge.equals(of_counts)


def test_draws_repeat_and_agree_with_the_intervals():
    draws = nowcast_draws(steady(), as_of=day(39), max_delay=2, draws=2000, seed=7)
    assert draws.equals(nowcast_draws(steady(), as_of=day(39), max_delay=2, draws=2000, seed=7))
    assert draws.columns == ["draw", "date", "count"]
    answer = nowcast(steady(), as_of=day(39), max_delay=2)
    today = draws.filter(pl.col("date") == day(39))["count"]
    assert today.mean() == pytest.approx(answer["mean"][-1], rel=0.05)
    last = answer.row(-1, named=True)
    assert today.is_between(last["lower_95"], last["upper_95"]).mean() == pytest.approx(0.95, abs=0.025)
    closed = draws.filter(pl.col("date") == day(20))["count"]
    assert closed.unique().to_list() == [40]


def test_groups_share_a_calendar_and_do_not_touch_each_other():
    two = pl.concat(
        [
            steady().with_columns(zone=pl.lit("a")),
            steady(each=8).filter(pl.col("date") > day(5)).with_columns(zone=pl.lit("b")),
        ]
    )
    both = nowcast(two, as_of=day(39), max_delay=2, by="zone")
    assert both["zone"].unique(maintain_order=True).to_list() == ["a", "b"]
    alone = nowcast(steady(), as_of=day(39), max_delay=2)
    assert both.filter(pl.col("zone") == "a").drop("zone").equals(alone)
    assert both.filter(pl.col("zone") == "b")["date"].to_list() == alone["date"].to_list()


def test_weeks_are_found():
    weekly = steady().with_columns(
        date=FIRST + pl.duration(days=7 * (pl.col("date") - FIRST).dt.total_days()),
        reported=FIRST + pl.duration(days=7 * (pl.col("reported") - FIRST).dt.total_days()),
    )
    assert find_step(long_form(weekly, None, None)) == "week"
    assert find_step(long_form(steady(), None, None)) == "day"
    answer = nowcast(weekly, as_of=day(7 * 39 + 3), max_delay=2)
    assert answer["reported"].to_list()[-3:] == [40, 30, 10]


@pytest.mark.parametrize(
    ("reports", "reported"),
    [
        (steady().clear(), []),
        (steady().head(1), [10, 0, 0, 0, 0, 0]),
        (steady(each=0), [0] * 6),
        (steady(shares=(1.0,)), [40] * 6),
        (steady().filter(~pl.col("date").is_in([day(2), day(3)])), [40, 40, 0, 0, 30, 10]),
    ],
    ids=["no rows", "one row", "only zeros", "all at once", "gaps"],
)
def test_odd_reports(reports, reported):
    answer = nowcast(reports, as_of=day(5), max_delay=2)
    assert answer["reported"].to_list() == reported
    assert answer.null_count().sum_horizontal().sum() == 0
    assert (answer["lower_95"] >= answer["reported"]).all()
    assert (answer["upper_95"] <= 10_000).all()


def test_all_zero_stays_zero():
    answer = nowcast(steady(each=0), as_of=day(39), max_delay=2)
    assert answer.drop("date").sum().row(0) == (0,) * 7


def test_reports_before_the_date_are_left_out():
    early = pl.DataFrame({"date": [day(38)], "reported": [day(30)], "count": [100.0]})
    assert nowcast(pl.concat([steady(), early]), as_of=day(39), max_delay=2).equals(
        nowcast(steady(), as_of=day(39), max_delay=2)
    )


def test_delays_longer_than_the_history_are_taken_not_to_happen():
    answer = nowcast(steady(days=8), as_of=day(7), max_delay=30)
    assert answer.height == 8
    assert answer["median"][0] <= 42


def test_the_default_longest_delay_is_read_from_the_reports():
    assert nowcast(steady(), as_of=day(39)).equals(nowcast(steady(), as_of=day(39), max_delay=2))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"level": ()}, "levels"),
        ({"level": (1.0,)}, "levels"),
        ({"max_delay": -1}, "longest delay"),
        ({"max_delay": 5, "window": 6}, "window"),
        ({"step": "month"}, "step"),
        ({"by": "zone"}, "by"),
    ],
)
def test_options_that_cannot_be_met(options, words):
    with pytest.raises(UsageError, match=words):
        nowcast(steady(), as_of=day(39), **options)


def test_reports_that_cannot_be_read():
    with pytest.raises(UsageError, match="lack columns"):
        nowcast(steady().drop("count"), as_of=day(39))
    with pytest.raises(UsageError, match="does not hold dates"):
        nowcast(steady().with_columns(pl.col("date").cast(pl.String)), as_of=day(39))
    with pytest.raises(UsageError, match="negative"):
        nowcast(steady().with_columns(count=pl.lit(-1)), as_of=day(39))
    with pytest.raises(UsageError, match="one draw"):
        nowcast_draws(steady(), as_of=day(39), draws=0)


@pytest.mark.parametrize(("moves", "sign"), [(0.0, 0), (-0.02, -1), (0.02, 1)])
def test_the_trend_of_the_delays_has_the_sign_of_their_change(moves, sign):
    row, delay = np.arange(40)[:, None], np.arange(6)
    shares = np.exp((moves * (row - 39) - 0.4) * delay)
    counts = 1000 * shares / shares.sum(1, keepdims=True)
    counts[row + delay > 39] = 0
    even, group = 1 / np.arange(1.0, 7.0), np.zeros(6, dtype=np.int64)
    _, _, _, trend, variance = trending_hazards(
        counts, counts.cumsum(1), 0, 39, 20.0, 1.0, even, tilt(even), np.ones((1, 7)), group
    )
    assert abs(trend) < 0.001 if sign == 0 else sign * trend > 3 * variance**0.5


def test_one_day_of_history():
    answer = nowcast(steady(days=1), as_of=FIRST, max_delay=2)
    assert answer["reported"].to_list() == [10]
    assert np.isfinite(answer["mean"].item())


def test_both_in_one_go_are_the_same():
    reports = pl.DataFrame(
        [
            {
                "onset": date(2026, 3, 1) + timedelta(days=day),
                "reported": date(2026, 3, 2) + timedelta(days=day + n % 3),
            }
            for day in range(25)
            for n in range(4)
        ]
    )
    as_of = date(2026, 3, 26)
    by_day, draws = nowcast_and_draws(reports, as_of=as_of, step="day", draws=50)
    assert by_day.equals(nowcast(reports, as_of=as_of, step="day"))
    assert draws.equals(nowcast_draws(reports, as_of=as_of, step="day", draws=50))
    empty, none = nowcast_and_draws(reports.clear(), as_of=as_of)
    assert (empty.columns, none.columns) == (by_day.columns, draws.columns)
