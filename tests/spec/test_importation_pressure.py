"""When arrivals bring more infections than before, and how many of them are not found."""

from datetime import date, timedelta

import polars as pl
import pytest

from conftest import records
from douse.errors import UsageError
from douse.records import Records
from douse.signals.importation import importation_pressure, imported_cases, sensitivity_of_entry_tests
from douse.signals.importation_signals import importation_signals
from douse.situation.cases import counted_cases
from tracing_inputs import pathogen, protocol

title = "When arrivals are a signal"
TODAY = date(2026, 6, 1)


def travellers(origin: str, days_ago: int, tested: int, positive: int, untested: int = 0) -> dict[str, list[dict]]:
    """Arrivals of one day, and their tests on the next."""
    day = TODAY - timedelta(days=days_ago)
    people = [f"{origin}-{days_ago}-{n}" for n in range(tested + untested)]
    arrivals = [{"person_id": p, "arrived_at": day, "origin": origin, "recorded_at": day} for p in people]
    tests = [
        {
            "person_id": p,
            "sampled_at": day + timedelta(days=1),
            "purpose": "entry",
            "result": "positive" if n < positive else "negative",
            "recorded_at": day + timedelta(days=1),
        }
        for n, p in enumerate(people[:tested])
    ]
    return {"arrivals": arrivals, "tests": tests}


def joined(*groups: dict[str, list[dict]], cases: list[dict] | None = None, **more: list[dict]) -> Records:
    told = {name: [row for group in groups for row in group.get(name, [])] for name in ("arrivals", "tests")}
    return records(cases=cases or [], **told, **more).as_of(TODAY)


def pressure(known: Records, **settings) -> dict[str, dict]:
    cases = counted_cases(known, pathogen(), protocol())
    tests = known.table("tests") if known.table("tests").height else None
    told = importation_pressure(known.table("arrivals"), cases, tests, as_of=TODAY, **settings)
    return {row["origin"]: row for row in told.iter_rows(named=True)}


def signals(known: Records, *, missed: bool = False) -> list[tuple[str, str, str]]:
    """Detector, origin and severity of each signal; of arrivals not found only where asked."""
    cases = counted_cases(known, pathogen(), protocol())
    told = importation_signals(known, cases, pathogen())
    return [
        (s.detector, str(s.facts.get("origin", "")), s.severity)
        for s in told
        if missed or s.detector != "missed_imports"
    ]


STEADY = [
    travellers(origin, ago, 50, 1) for origin in ("Alder", "Birch", "Cedar", "Dill") for ago in (5, 20, 30, 40, 50)
]


def test_arrivals_as_before_are_no_signal():
    assert signals(joined(*STEADY)) == []


def test_an_origin_that_worsens_is_a_warning():
    known = joined(*STEADY, travellers("Elm", 40, 200, 2), travellers("Elm", 3, 60, 9))
    assert signals(known) == [("import_positivity", "Elm", "warning")]
    row = pressure(known)["Elm"]
    assert 60 * 0.01 < row["expected"] < 60 * 0.02  # its own past, drawn towards the others
    assert row["lower"] < 9 / 60 < row["upper"]


def test_an_origin_that_was_always_worse_is_a_notice():
    known = joined(*STEADY, travellers("Elm", 40, 200, 30), travellers("Elm", 3, 60, 9))
    assert signals(known)[0] == ("import_positivity", "Elm", "notice")


def test_a_new_origin_is_judged_by_the_others():
    row = pressure(joined(*STEADY, travellers("Elm", 3, 20, 1)))["Elm"]
    assert row["expected"] == pytest.approx(20 * 0.02, abs=0.05)
    assert signals(joined(*STEADY, travellers("Elm", 3, 20, 6))) == [("import_positivity", "Elm", "warning")]


def test_few_tests_are_drawn_towards_the_others():
    alone = pressure(joined(travellers("Elm", 3, 12, 3)))["Elm"]["rate"]
    among = pressure(joined(*STEADY, travellers("Elm", 3, 12, 3)))["Elm"]["rate"]
    assert among < alone / 2


def test_tests_for_a_diagnosis_do_not_speak_for_all_arrivals():
    known = joined(travellers("Elm", 3, 40, 0), travellers("Elm", 4, 0, 0, untested=10))
    sick = [
        {
            "person_id": f"Elm-4-{n}",
            "sampled_at": TODAY,
            "purpose": "diagnosis",
            "result": "positive",
            "recorded_at": TODAY,
        }
        for n in range(10)
    ]
    with_sick = records(
        cases=[], arrivals=known.table("arrivals").to_dicts(), tests=[*known.table("tests").to_dicts(), *sick]
    ).as_of(TODAY)
    assert pressure(with_sick)["Elm"]["positive"] == 0


def test_arrivals_not_tested_and_tests_that_miss_make_infections_not_found():
    half = joined(travellers("Elm", 3, 100, 10, untested=100))
    row = pressure(half)["Elm"]
    assert row["infected"] == pytest.approx(200 * row["rate"])
    assert row["missed"] == pytest.approx(100 * row["rate"])  # a test that misses none
    worse = pressure(half, sensitivity=0.5)["Elm"]
    assert worse["infected"] == pytest.approx(2 * row["infected"])
    assert worse["missed"] == pytest.approx(worse["infected"] * 0.75)  # half of the half that was tested
    assert ("missed_imports", "Elm", "notice") in signals(half, missed=True)


def test_where_nobody_is_tested_a_survey_at_the_origin_speaks():
    survey = [
        {
            "place": "Elm",
            "date": TODAY,
            "indicator": "prevalence",
            "count": 10,
            "denominator": 100,
            "recorded_at": TODAY,
        }
    ]
    known = joined(travellers("Elm", 3, 0, 0, untested=200), indicators=survey)
    prevalence = pl.DataFrame({"origin": ["Elm"], "infected": [10.0], "sampled": [100.0]})
    row = pressure(known, prevalence=prevalence)["Elm"]
    assert (row["basis"], row["tested"]) == ("prevalence", None)
    assert row["infected"] == pytest.approx(200 * 0.104, abs=0.2)
    assert row["missed"] == row["infected"]
    assert signals(known, missed=True) == [("missed_imports", "Elm", "notice")]


def test_without_tests_and_surveys_only_the_cases_found_are_compared():
    found = [{"case_id": "Elm-3-0", "recorded_at": TODAY - timedelta(days=2)}]
    row = pressure(joined(travellers("Elm", 3, 0, 0, untested=20), cases=found))["Elm"]
    assert (row["basis"], row["cases"], row["positive"], row["infected"], row["missed"]) == ("cases", 1, 1, None, None)


def test_a_case_told_long_after_the_journey_is_not_of_it():
    found = [{"case_id": "Elm-18-0", "recorded_at": TODAY}]
    known = joined(travellers("Elm", 18, 0, 0, untested=20), cases=found)
    assert pressure(known, window_days=28)["Elm"]["cases"] == 0


def test_a_test_that_finds_nobody_is_refused():
    with pytest.raises(UsageError, match="sensitivity"):
        pressure(joined(*STEADY), sensitivity=0.0)


def test_no_arrivals_make_no_row():
    assert pressure(joined()) == {}


def test_arrivals_that_await_a_result_count_as_not_tested():
    waiting = travellers("Elm", 3, 10, 0)
    for test in waiting["tests"]:
        test["result"] = "pending"
    assert pressure(joined(waiting, travellers("Elm", 4, 10, 0)))["Elm"]["tested"] == 10


# --- imported cases a week ----------------------------------------------------------------------------------------


def told(days_ago: int, n: int, origin: str | None) -> list[dict]:
    day = TODAY - timedelta(days=days_ago)
    return [
        {"case_id": f"{origin}{days_ago}-{i}", "origin": "imported", "origin_place": origin, "recorded_at": day}
        for i in range(n)
    ]


def imports(cases: list[dict]) -> list[tuple]:
    known = records(cases=cases).as_of(TODAY)
    counted = counted_cases(known, pathogen(), protocol())
    return imported_cases(counted, as_of=TODAY).select("origin", "cases", "before", "expected").rows()


def test_imports_of_a_week_are_compared_with_eight_weeks_before():
    history = [case for week in range(1, 9) for case in told(7 * week, 1, "Elm")]
    assert imports([*history, *told(70, 9, "Elm"), *told(2, 3, "Elm"), *told(1, 1, None)]) == [
        ("Elm", 3, 8, 1.0),
        (None, 4, 8, 1.0),
    ]


def test_eight_imports_where_one_was_usual_are_a_warning_and_three_are_not():
    history = [case for week in range(1, 10) for case in told(7 * week, 1, "Elm")]

    def of(n: int) -> list[tuple[str, str, str]]:
        return signals(records(cases=[*history, *told(2, n, "Elm")]).as_of(TODAY))

    assert of(8) == [("imported_cases", "Elm", "warning")]
    assert of(3) == []


def test_too_few_weeks_are_not_judged():
    assert imports([*told(20, 1, "Elm"), *told(1, 9, "Elm")]) == [("Elm", 9, 1, None), (None, 9, 1, None)]


def test_the_sensitivity_of_entry_tests_is_that_of_the_library():
    assert 0.4 < sensitivity_of_entry_tests(pathogen()) < 0.8
    assert sensitivity_of_entry_tests(pathogen(test_curve=())) == 1.0


def test_where_only_positive_tests_are_on_record_they_do_not_speak_for_all():
    row = pressure(joined(travellers("Elm", 3, 12, 12, untested=100)))["Elm"]
    assert (row["basis"], row["tested"], row["missed"]) == ("cases", None, None)


def test_a_handful_of_tests_does_not_speak_for_all():
    few = joined(travellers("Elm", 3, 4, 1, untested=100))
    assert pressure(few)["Elm"]["basis"] == "cases"
    among = pressure(joined(*STEADY, travellers("Elm", 3, 4, 1, untested=100)))["Elm"]
    assert (among["basis"], among["tested"]) == ("others", 4)


def test_missed_imports_are_told_only_where_the_lower_end_of_the_rate_makes_them_nearly_sure():
    row = pressure(joined(travellers("Elm", 3, 20, 1, untested=60)))["Elm"]
    assert row["missed_least"] < 3 < row["missed"]
    assert signals(joined(travellers("Elm", 3, 20, 1, untested=60)), missed=True) == []
