"""Signals of the count detectors: which zone, and why."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from conftest import records
from douse.errors import UsageError
from douse.records import ZoneTree
from douse.signals.count_signals import DETECTORS, count_signals, unusual
from douse.signals.counts import DailyCounts, daily_counts

AS_OF = date(2026, 3, 31)
ZONES = [
    {"zone_id": "C", "name": "C", "kind": "city", "recorded_at": "2026-01-01"},
    *(
        {"zone_id": f"D{n}", "name": f"D{n}", "kind": "district", "parent_zone": "C", "recorded_at": "2026-01-01"}
        for n in range(6)
    ),
]


def counted(burst: int, days: int = 90) -> DailyCounts:
    """Two cases a week in each of six districts, and a burst in D3 on the last day."""
    rng = np.random.default_rng(1)
    rows = [
        (f"D{n}", AS_OF - timedelta(days=back))
        for n in range(6)
        for back in range(days)
        for _ in range(rng.poisson(0.3))
    ]
    rows = [row for row in rows if row != ("D3", AS_OF)] + [("D3", AS_OF)] * burst
    cases = pl.DataFrame(rows, schema={"zone": pl.String, "told_on": pl.Date}, orient="row").with_columns(
        case_id=pl.format("c{}", pl.int_range(pl.len()))
    )
    return daily_counts(cases, ZoneTree(records(zones=ZONES)), AS_OF, days=days)


def named(counts: DailyCounts) -> pl.DataFrame:
    """The cases again, with the names of their zones."""
    return counts.cases.with_columns(zone=pl.Series([counts.zones.ids[row] for row in counts.cases["row"]]))


def test_a_burst_is_a_signal_of_its_district() -> None:
    found = count_signals(counted(9))
    assert {signal.zone for signal in found} >= {"D3"}
    signal = next(signal for signal in found if signal.zone == "D3")
    assert signal.detector == "shiryaev_roberts"
    assert signal.observed == 9
    assert signal.bound is not None
    assert signal.bound < 9
    assert signal.false_alarm_rate is not None
    assert 0 < signal.false_alarm_rate <= 0.0115
    assert len(signal.evidence) == 9
    assert "would be usual" in signal.reason
    assert set(signal.facts) == {"cases", "day", "bound", "expected"}


def test_an_alarm_is_told_for_three_days_and_keeps_its_name() -> None:
    begun = counted(9)
    for later in (1, 2, 3):
        counts = daily_counts(named(begun), begun.zones, AS_OF + timedelta(days=later), days=90)
        ids = [signal.id for signal in count_signals(counts) if signal.zone == "D3"]
        assert ids == ([f"shiryaev_roberts:D3:{AS_OF}"] if later < 3 else [])


def test_days_in_a_row_are_one_signal() -> None:
    begun = counted(9)
    more = pl.DataFrame(
        {"case_id": [f"m{n}" for n in range(14)], "zone": ["D3"] * 14, "told_on": [AS_OF + timedelta(days=1)] * 14}
    )
    cases = pl.concat([more, named(begun).select(more.columns)])
    found = count_signals(daily_counts(cases, begun.zones, AS_OF + timedelta(days=1), days=90))
    (signal,) = [signal for signal in found if signal.zone == "D3"]
    assert (signal.first_day, signal.last_day) == (AS_OF, AS_OF + timedelta(days=1))
    assert len(signal.evidence) == 23


def test_usual_days_give_none() -> None:
    assert count_signals(counted(0)) == []


def test_every_detector_with_enough_history_is_run() -> None:
    found = count_signals(counted(30), list(DETECTORS))
    names = {signal.detector for signal in found}
    assert names >= {"ears_c1", "ears_c2", "shiryaev_roberts"}
    assert "farrington" not in names  # five years of weeks are not there


def test_an_unknown_detector_is_refused() -> None:
    with pytest.raises(UsageError):
        count_signals(counted(0), ["nothing"])


def test_the_core_takes_any_matrix() -> None:
    rng = np.random.default_rng(2)
    matrix = rng.poisson(6, (20, 60)).astype(float)
    matrix[7, -1] = 40
    matrix[8] = np.nan
    days = [AS_OF - timedelta(days=59 - at) for at in range(60)]
    assert unusual(matrix, days, "shiryaev_roberts")["row"].to_list() == [7]


def test_a_history_too_short_gives_nothing() -> None:
    days = [AS_OF - timedelta(days=2 - at) for at in range(3)]
    assert unusual(np.ones((2, 3)), days, "shiryaev_roberts").is_empty()


def test_a_detector_of_weeks_keeps_its_name_for_days() -> None:
    daily = [3 if back < 26 else int(back % 3 == 0) for back in range(200)]
    told = [("D3", AS_OF - timedelta(days=back)) for back, cases in enumerate(daily) for _ in range(cases)]
    cases = pl.DataFrame(told, schema={"zone": pl.String, "told_on": pl.Date}, orient="row").with_columns(
        case_id=pl.int_range(pl.len()).cast(pl.String)
    )
    zones = ZoneTree(records(zones=ZONES))
    looks = [AS_OF - timedelta(days=ago) for ago in range(14)]
    found = [count_signals(daily_counts(cases, zones, day, days=180), ("rki",)) for day in looks]
    ids = [signal.id for signals in found for signal in signals if signal.zone == "D3"]
    assert len(ids) == 14
    assert len(set(ids)) <= 2


def test_a_sum_over_days_is_not_told_as_a_bound_below_the_usual() -> None:
    daily = [6, 8, 8, *(back % 3 for back in range(3, 60))]
    told = [("D3", AS_OF - timedelta(days=back)) for back, cases in enumerate(daily) for _ in range(cases)]
    cases = pl.DataFrame(told, schema={"zone": pl.String, "told_on": pl.Date}, orient="row").with_columns(
        case_id=pl.int_range(pl.len()).cast(pl.String)
    )
    counts = daily_counts(cases, ZoneTree(records(zones=ZONES)), AS_OF, days=60)
    (signal,) = [signal for signal in count_signals(counts, ("ears_c3",)) if signal.zone == "D3"]
    assert signal.bound is not None
    assert signal.expected is not None
    assert signal.bound < signal.expected
    assert "two days before" in signal.reason


@pytest.mark.parametrize("name", ["cusum", "glr_poisson", "outbreak_p"])
def test_a_count_that_just_alarms_is_more_than_the_most_that_is_usual(name: str) -> None:
    zones = ZoneTree(records(zones=ZONES))
    for cases in range(3, 40):
        daily = [cases, *(int(back % 4 == 0) for back in range(1, 420))]
        told = [("D3", AS_OF - timedelta(days=back)) for back, some in enumerate(daily) for _ in range(some)]
        frame = pl.DataFrame(told, schema={"zone": pl.String, "told_on": pl.Date}, orient="row").with_columns(
            case_id=pl.int_range(pl.len()).cast(pl.String)
        )
        found = count_signals(daily_counts(frame, zones, AS_OF, days=420), (name,))
        if found:
            break
    assert found
    assert found[0].bound == found[0].observed
    assert found[0].facts["bound"] == found[0].observed - 1
