"""When complaints, sales, absences or wastewater are a signal."""

from datetime import date, timedelta

import polars as pl
import pytest

from conftest import records
from douse.errors import UsageError
from douse.records import Records, ZoneTree
from douse.signals.indicator_series import indicator_series
from douse.signals.syndromic import syndromic_signals

title = "When an indicator is a signal"
TODAY = date(2026, 6, 1)  # a Monday
ZONES = """
  zone_id | kind
  --------+-----
  town    | city
  port    | city
"""
# Two a day at weekends, twenty on working days; never quite alike.
WOBBLE = (0, 1, -1, 2, -2, 1, 0, -1, 1)


def usual(days_ago: int) -> int:
    is_weekend = (TODAY - timedelta(days=days_ago)).weekday() >= 5
    return max((2 if is_weekend else 20) + WOBBLE[days_ago % len(WOBBLE)], 0)


def series(days: int = 90, today: float | None = None, zone: str = "town", **facts) -> list[dict]:
    return [
        {
            "zone": zone,
            "date": (day := TODAY - timedelta(days=ago)),
            "indicator": "fever",
            "count": today if ago == 0 and today is not None else usual(ago),
            "recorded_at": day,
            **facts,
        }
        for ago in range(days)
    ]


def known(*rows: dict) -> Records:
    return records(zones=ZONES, cases=[], indicators=list(rows)).as_of(TODAY)


def told(*rows: dict, **settings) -> list[tuple]:
    seen = known(*rows)
    return [
        (s.zone, s.facts["indicator"], str(s.last_day), s.severity, s.observed)
        for s in syndromic_signals(seen, ZoneTree(seen), **settings)
    ]


def test_a_monday_like_other_mondays_is_no_signal():
    assert told(*series()) == []  # though ten times the Sunday before


def test_a_monday_far_above_other_mondays_is_one():
    assert told(*series(today=60)) == [("town", "fever", "2026-06-01", "warning", 60)]
    assert told(*series(today=150)) == [("town", "fever", "2026-06-01", "alarm", 150)]


def test_a_sunday_as_busy_as_a_working_day_is_one():
    rows = [row | {"count": 20} if row["date"] == TODAY - timedelta(days=1) else row for row in series()]
    assert told(*rows) == [("town", "fever", "2026-05-31", "alarm", 20)]


def test_an_absent_day_is_not_known_and_never_a_zero():
    gone = [row for row in series() if (TODAY - row["date"]).days not in (7, 14)]
    frame = indicator_series(known(*gone), days=28)
    assert frame.filter(pl.col("count").is_null())["date"].to_list() == [
        TODAY - timedelta(days=14),
        TODAY - timedelta(days=7),
    ]
    assert told(*gone) == []
    assert told(*gone, *series(today=60, zone="port")) == [("port", "fever", "2026-06-01", "warning", 60)]
    # two Mondays less in the baseline: it goes further back
    rises = [row | {"count": 60} if row["date"] == TODAY else row for row in gone]
    assert told(*rises) == [("town", "fever", "2026-06-01", "warning", 60)]


def test_seven_weeks_before_are_needed():
    assert told(*series(days=50, today=60)) == [("town", "fever", "2026-06-01", "warning", 60)]
    assert told(*series(days=49, today=60)) == []


def test_complaints_out_of_all_visits_rise_only_where_their_share_does():
    busy = [row | {"denominator": 600 if row["date"] == TODAY else 200} for row in series(today=60)]
    assert told(*busy) == []
    same = [row | {"denominator": 200} for row in series(today=60)]
    assert len(told(*same)) == 1


def test_without_a_denominator_on_a_day_its_share_is_not_known():
    rows = [row | {"denominator": None if row["date"] == TODAY else 200} for row in series(today=60)]
    assert indicator_series(known(*rows), days=7).filter(pl.col("count").is_null())["date"].to_list() == [TODAY]
    assert told(*rows) == []


def test_each_source_is_a_series_of_its_own():
    # a second pharmacy that begins to report is no rise
    assert told(*series(source="north"), *series(days=3, source="south")) == []


def test_weeks_can_be_compared_in_place_of_weekdays():
    last_week = [row | {"count": 30} if (TODAY - row["date"]).days < 7 else row for row in series()]
    assert told(*last_week, compare="weeks") == [("town", "fever", "2026-06-01", "warning", 210)]
    assert told(*series(), compare="weeks") == []


def test_a_late_report_of_a_rise_three_days_ago_is_no_news():
    assert told(*[row | {"count": 60} if (TODAY - row["date"]).days == 3 else row for row in series()]) == []
    assert len(told(*[row | {"count": 60} if (TODAY - row["date"]).days == 2 else row for row in series()])) == 1


def test_of_a_hundred_steady_series_the_guard_against_many_looks_tells_none():
    calm = [series(zone=f"zone{n:03}", days=60) for n in range(100)]
    assert told(*(row for one in calm for row in one)) == []


def test_a_prevalence_elsewhere_is_no_series():
    assert indicator_series(known(*series(indicator="prevalence", place="Elm", denominator=1000)), days=28).is_empty()


def test_any_detector_of_the_one_shape_can_be_put_in():
    def above_forty(counts: pl.DataFrame) -> pl.DataFrame:
        bound = pl.lit(40.0)
        return counts.with_columns(expected=pl.lit(20.0), bound=bound, alarm=pl.col("count") > bound)

    assert told(*series(today=45), detector=above_forty) == [("town", "fever", "2026-06-01", "warning", 45)]
    assert told(*series(today=39), detector=above_forty) == []


def test_nothing_sent_is_nothing_told():
    assert told() == []


def test_another_way_to_compare_is_refused():
    with pytest.raises(UsageError, match="weekdays, weeks"):
        told(*series(), compare="months")
