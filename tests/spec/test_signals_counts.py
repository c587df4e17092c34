"""Signals from counts: EARS, the protocol's threshold, a rise against the weeks before."""

from datetime import date, timedelta

from conftest import records
from tracing_inputs import alerting, signals_on

title = "When counts of cases are a signal"

ZONES = [
    {"zone_id": "land", "kind": "country"},
    {"zone_id": "north", "kind": "province", "parent_zone": "land"},
    {"zone_id": "south", "kind": "province", "parent_zone": "land"},
    {"zone_id": "town", "kind": "city", "parent_zone": "north"},
]
TODAY = "2026-03-31"


def told(*counts: int, zone: str | None = "town", until: str = TODAY) -> list[dict]:
    """Cases by the day they were told, the last count being that of today."""
    last = date.fromisoformat(until)
    return [
        {
            "case_id": f"{zone}-{len(counts) - 1 - at}-{number}",
            "zone": zone,
            "recorded_at": last - timedelta(days=len(counts) - 1 - at),
        }
        for at, count in enumerate(counts)
        for number in range(count)
    ]


def found(cases: list[dict], *detectors: str, on: str = TODAY, zones=ZONES, **alerts):
    rules = alerting(**({"rise_ratio": None} | alerts))
    signals = signals_on(records(cases=cases, zones=zones), on, rules, ("ears", "threshold", "rise"))
    return [s for s in signals if s.detector.startswith(detectors)]


WEEKS = (1, 2, 1, 2, 1, 2, 1, 2, 1, 2)


def test_a_day_far_above_the_week_before_is_told_at_the_smallest_zone_with_these_cases():
    (signal,) = found(told(*WEEKS, 12), "ears")
    assert (signal.zone, signal.detector, signal.severity) == ("town", "ears_c1", "alarm")
    assert (signal.observed, signal.first_day, signal.last_day) == (12, date(2026, 3, 31), date(2026, 3, 31))
    assert signal.expected == 11 / 7
    assert signal.bound < 12
    assert 0.01 < signal.false_alarm_rate < 0.02  # not the nominal 0.001: the baseline is short
    assert signal.evidence == tuple(sorted(f"town-0-{n}" for n in range(12)))


def test_a_larger_zone_is_told_too_when_it_has_cases_of_its_own():
    cases = told(*WEEKS, 12) + told(*WEEKS, 12, zone="south")
    assert [s.zone for s in found(cases, "ears")] == ["land", "south", "town"]


def test_the_usual_is_no_signal():
    assert found(told(*WEEKS, 2), "ears") == []


def test_fewer_than_three_cases_are_not_for_ears():
    empty = [*told(1, *[0] * 20, zone="south")]
    assert found(empty + told(2), "ears") == []
    assert [s.zone for s in found(empty + told(3), "ears")] == ["town"]


def test_an_alarm_is_told_for_three_days():
    jump = told(*WEEKS, 12, 1, 1)
    assert [str(s.last_day) for s in found(jump, "ears_c1")] == ["2026-03-29"]
    assert found(told(*WEEKS, 12, 1, 1, 1), "ears_c1") == []


def test_days_in_a_row_are_one_signal_that_keeps_its_name():
    growing = told(*WEEKS, 12, 40, 90)
    first, later = (found(growing, "ears", on=day)[0] for day in ("2026-03-29", "2026-03-31"))
    assert first.id == later.id
    assert (str(later.first_day), str(later.last_day)) == ("2026-03-29", "2026-03-31")


def test_nobody_counted_before_the_first_case_so_the_first_week_has_no_alarm():
    assert found(told(9), "ears") == []
    assert found(told(1, 0, 0, 0, 0, 0, 9), "ears") == []
    assert len(found(told(1, 0, 0, 0, 0, 0, 0, 9), "ears")) == 1


def test_the_threshold_is_told_at_the_smallest_zone_that_reaches_it():
    rules = {"threshold_cases": 5, "threshold_days": 7}
    assert found(told(4), "threshold", **rules) == []
    (signal,) = found(told(2, 0, 0, 0, 0, 0, 3) + told(1, zone="north"), "threshold", **rules)
    assert (signal.zone, signal.observed, signal.bound, signal.severity) == ("town", 5, 5, "warning")
    # cases older than the seven days do not count
    assert found(told(2, 0, 0, 0, 0, 0, 0, 3), "threshold", **rules) == []


def test_a_larger_zone_reaches_the_threshold_by_its_other_cases_only():
    rules = {"threshold_cases": 5, "threshold_days": 7}
    assert [s.zone for s in found(told(5) + told(4, zone="south"), "threshold", **rules)] == ["town"]
    both = found(told(5) + told(3, zone="south") + told(2, zone="north"), "threshold", **rules)
    assert [(s.zone, s.observed) for s in both] == [("land", 10), ("town", 5)]


def test_a_signal_at_the_threshold_keeps_its_first_day():
    cases = told(5, 1, 1)
    signals = [found(cases, "threshold", on=day, threshold_cases=5, threshold_days=7) for day in ("2026-03-29", TODAY)]
    assert [s.id for (s,) in signals] == ["threshold:town:2026-03-29"] * 2


def weekly(*weeks: int) -> list[dict]:
    """Cases told on the last day of each week, the last week ending today."""
    return told(*[count for week in weeks for count in (0, 0, 0, 0, 0, 0, week)])


def test_a_week_well_above_the_three_before_is_a_rise():
    steady = weekly(1, 2, 2, 2, 2)
    assert found(steady, "rise", rise_ratio=1.5) == []
    (signal,) = found(weekly(1, 2, 2, 2, 12), "rise", rise_ratio=1.5)
    assert (signal.zone, signal.observed, signal.expected, signal.bound) == ("town", 12, 2, 3)


def test_a_rise_that_chance_would_explain_is_none():
    # 5 against 2 a week is more than 1.5 times, and happens by chance in one week of twenty
    assert found(weekly(1, 2, 2, 2, 5), "rise", rise_ratio=1.5) == []


def test_three_weeks_must_have_been_watched_and_have_had_a_case():
    assert found(told(3, *[0] * 25, 20), "rise", rise_ratio=1.5) == []
    assert found(told(3, *[0] * 26, 20), "rise", rise_ratio=1.5) != []
    assert found(weekly(3, 0, 0, 0, 20), "rise", rise_ratio=1.5) == []


def test_the_loudest_come_first():
    cases = told(*WEEKS, 12) + told(*[0] * 10, 4, zone="south")
    order = [
        (s.severity, s.detector, s.zone) for s in found(cases, "ears", "threshold", threshold_cases=4, threshold_days=3)
    ]
    assert order == [
        ("alarm", "ears_c1", "land"),
        ("alarm", "ears_c1", "town"),
        ("alarm", "threshold", "town"),
        ("warning", "ears_c1", "south"),
        ("warning", "threshold", "south"),
    ]
