"""What the black-swan guard takes for odd, and what not."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from conftest import records
from douse.records import Records
from douse.signals.black_swans import CHECKS, black_swan_checks, black_swan_signals
from douse.situation.cases import counted_cases
from tracing_inputs import pathogen, protocol

title = "What is odd though no detector knows it"
TODAY = date(2026, 6, 1)


def cases(n: int, days_ago: int = 3, name: str = "", **facts) -> list[dict]:
    day = TODAY - timedelta(days=days_ago)
    start = {"recorded_at": day, "age": 40, "sex": None}
    return [{"case_id": f"{name}{days_ago}-{i}", **start, "sex": ("female", "male")[i % 2], **facts} for i in range(n)]


def found(rows: list[dict], tests: list[dict] | None = None, of: str = "sars-cov-2-wild") -> dict[str, dict]:
    known, situation = seen(rows, tests, of)
    table = black_swan_checks(known, situation, pathogen(of))
    return {row["check"]: row for row in table.iter_rows(named=True)}


def seen(rows: list[dict], tests: list[dict] | None, of: str) -> tuple[Records, SimpleNamespace]:
    """What is known, and of the situation the counted cases, which is all that the guard reads."""
    known = records(cases=rows, tests=tests or []).as_of(TODAY)
    return known, SimpleNamespace(cases=counted_cases(known, pathogen(of), protocol()))


def alarms(rows: list[dict], tests: list[dict] | None = None, of: str = "sars-cov-2-wild") -> set[str]:
    return {name for name, row in found(rows, tests, of).items() if row["alarm"]}


PAST = [case for ago in (20, 25, 30, 35) for case in cases(20, ago)]


def test_cases_like_those_before_are_not_odd():
    assert alarms([*PAST, *cases(40)]) == set()


def test_every_check_is_told_with_its_figures_or_why_it_was_not_made():
    table = found([])
    assert set(table) == set(CHECKS)
    assert all(row["p"] is None and row["alarm"] is None and row["why_not"] for row in table.values())


def test_deaths_far_above_the_library_at_their_ages_are_odd():
    died = cases(6, name="x", outcome="died", outcome_on=TODAY)
    assert alarms([*PAST, *cases(34), *died]) == {"fatality"}  # 0.12% of infections at 40
    row = found([*PAST, *cases(34), *died])["fatality"]
    assert (row["n"], row["observed"]) == (120, 6)
    assert row["expected"] == pytest.approx(120 * 0.0012)


def test_the_same_deaths_of_old_people_are_not():
    old = [case | {"age": 85} for case in PAST]
    died = cases(6, name="x", outcome="died", outcome_on=TODAY, age=85)
    assert "fatality" not in alarms([*old, *cases(34, age=85), *died])


def test_three_times_the_severity_of_the_library_is_still_no_surprise():
    of_ebola = cases(50, outcome="died", outcome_on=TODAY)
    assert "fatality" not in alarms(of_ebola, of="ebola")  # 71% expected, all died
    assert found(cases(3, outcome="died", outcome_on=TODAY) + cases(97, name="x"))["fatality"]["p"] > 0.001


def test_severity_is_judged_where_it_is_recorded_for_half_of_the_cases():
    severe = cases(15, severity="severe", name="s")
    assert found([*severe, *cases(100)])["severity"]["why_not"]
    assert alarms([*severe, *cases(20, severity="mild")]) == {"severity"}


def test_deaths_of_health_workers_are_looked_at_apart():
    died = cases(3, name="x", outcome="died", outcome_on=TODAY, occupation="health_worker")
    workers = cases(10, name="w", occupation="health_worker")
    assert "health_worker_deaths" in alarms([*cases(900, occupation="other"), *workers, *died])


def test_more_health_workers_than_before_are_odd():
    past = [case | {"occupation": "health_worker" if i % 20 == 0 else "other"} for i, case in enumerate(PAST)]
    assert alarms([*past, *cases(20, occupation="other"), *cases(12, name="w", occupation="health_worker")]) == {
        "health_workers"
    }


def test_children_where_there_were_none_are_odd():
    assert alarms([*PAST, *cases(20, age=5)]) == {"age_mix"}


def test_a_single_sex_is_odd_from_the_first_cases_on():
    assert alarms(cases(20, sex="male")) == {"sex_mix"}  # mpox, 2022
    assert alarms(cases(8, sex="male")) == set()
    assert alarms([*PAST, *cases(20, sex="male")]) == {"sex_mix"}


def test_sources_that_are_no_longer_found_are_odd():
    linked = [case | {"cluster": "market"} for case in PAST]
    assert alarms([*linked, *cases(10, days_ago=5)]) == {"unlinked_share"}


def test_cases_of_the_last_three_days_are_still_being_looked_into():
    linked = [case | {"cluster": "market"} for case in PAST]
    assert alarms([*linked, *cases(10, days_ago=1)]) == set()


def test_names_of_other_pathogens_are_odd_when_they_add_up():
    covid = [case | {"pathogen": "COVID-19"} for case in PAST]
    assert alarms([*covid, *cases(20, pathogen="covid"), *cases(1, name="x", pathogen="??")]) == set()
    assert alarms([*covid, *cases(20, pathogen="covid"), *cases(9, name="x", pathogen="unknown virus")]) == {
        "other_pathogen"
    }


def suspected(n: int, days_ago: int, result: str) -> tuple[list[dict], list[dict]]:
    rows = cases(n, days_ago, name="s", classification="suspected")
    day = TODAY - timedelta(days=days_ago)
    return rows, [
        {"person_id": row["case_id"], "sampled_at": day, "result": result, "recorded_at": day} for row in rows
    ]


def test_suspected_cases_whose_tests_are_all_negative_are_odd_when_they_add_up():
    usual = [suspected(1, ago, "negative") for ago in (12, 19, 26, 33)]
    ill, tests = suspected(9, 2, "negative")
    rows = [*PAST, *(case for group in usual for case in group[0]), *ill]
    results = [*(test for group in usual for test in group[1]), *tests]
    assert alarms(rows, results) == {"negative_tests"}
    waiting = [test | {"result": "pending"} for test in tests]
    assert alarms(rows, [*results[: -len(tests)], *waiting]) == set()


def exposed(n: int, days: int) -> list[dict]:
    onset = TODAY - timedelta(days=4)
    return cases(n, onset=onset, exposed_from=onset - timedelta(days=days), exposed_to=onset - timedelta(days=days))


def test_incubations_that_contradict_the_library_are_odd():
    assert alarms(exposed(20, 5)) == set()  # mean 5.6 days
    assert alarms(exposed(20, 12)) == {"incubation"}
    assert alarms(exposed(20, 1)) == {"incubation"}
    assert alarms(exposed(6, 12)) == set()  # too few to be sure


def pairs(n: int, days: int) -> list[dict]:
    first = TODAY - timedelta(days=30)
    infectors = cases(n, 20, name="i", onset=first)
    infected = cases(n, 16, name="j", onset=first + timedelta(days=days))
    return [*infectors, *({**b, "infector": a["case_id"]} for a, b in zip(infectors, infected, strict=True))]


def test_serial_intervals_that_contradict_the_library_are_odd():
    assert "serial_interval" not in alarms(pairs(20, 6))  # mean 5.8 days
    assert "serial_interval" in alarms(pairs(20, 14))


def test_onsets_that_peak_on_the_same_weekday_are_dates_of_a_form():
    def onsets(extra: list[int]) -> list[dict]:
        return [
            case
            for back in range(80)
            for case in cases(2 + 5 * (back in extra), back, onset=TODAY - timedelta(days=back))
        ]

    assert alarms(onsets(list(range(10, 80, 7)))) == {"weekday"}
    assert "weekday" not in alarms(onsets([10]))  # one peak is a shared meal


def test_an_alarm_is_a_signal_that_keeps_its_name_for_the_week():
    rows = [*PAST, *cases(34), *cases(6, name="x", outcome="died", outcome_on=TODAY)]
    known, situation = seen(rows, None, "sars-cov-2-wild")
    (signal,) = black_swan_signals(known, situation, pathogen())
    assert (signal.id, signal.severity, signal.zone) == ("black_swan:fatality:2026-06-01", "warning", None)
    assert signal.p is not None
    assert signal.p <= 0.01
    assert set(signal.evidence) == {f"x3-{i}" for i in range(6)}
    assert black_swan_signals(known, situation, pathogen(), alpha=1e-9) == []
    assert black_swan_signals(known, situation, pathogen(), tolerance=100.0) == []
