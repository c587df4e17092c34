"""The decision instrument: every combination of answers, the clocks, what the records answer by themselves."""

import re
from datetime import date, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from douse import assessing
from douse.errors import UsageError
from douse.ledgers import Place
from douse.library import Instrument, Pathogen, load, names
from douse.library.ihr import CRITERIA, lists
from douse.outputs.ihr.values import Answer, answers_of, changed, columns_of, deadlines, decided
from douse.question import Question
from douse.records.ledger import NewEntry

ANNEX = load(Instrument, "annex-2")
WILD = load(Pathogen, "sars-cov-2-wild")
AT = datetime(2026, 3, 1, 12)


def answered(**criteria: str) -> dict[str, Answer]:
    """All questions of a criterion answered alike."""
    return {one.id: Answer(criteria[one.criterion]) for one in ANNEX.question}


@pytest.mark.parametrize("answers", list(product(("yes", "no", "not_known"), repeat=4)))
def test_two_of_four_make_an_event_notifiable(answers: tuple[str, ...]) -> None:
    outcome = decided(ANNEX, answered(**dict(zip(CRITERIA, answers, strict=True))), WILD)
    yes, unknown = answers.count("yes"), answers.count("not_known")
    wanted = "notify" if yes >= 2 else "undecided" if yes + unknown >= 2 else "not_now"
    assert outcome.verdict == wanted
    assert outcome.criteria == dict(zip(CRITERIA, answers, strict=True))


def test_one_yes_answers_a_criterion_and_one_open_question_keeps_it_open() -> None:
    no = answered(**dict.fromkeys(CRITERIA, "no"))
    assert decided(ANNEX, {**no, "impact": Answer("yes")}, WILD).criteria["serious"] == "yes"
    assert decided(ANNEX, {**no, "impact": Answer("not_known")}, WILD).criteria["serious"] == "not_known"
    assert decided(ANNEX, {k: v for k, v in no.items() if k != "media"}, WILD).criteria["restrictions"] == "not_known"


@pytest.mark.parametrize("name", names(Pathogen))
def test_diseases_that_are_always_notified(name: str) -> None:
    pathogen = load(Pathogen, name)
    outcome = decided(ANNEX, answered(**dict.fromkeys(CRITERIA, "no")), pathogen)
    always = pathogen.always_notifiable or name in ANNEX.always_notified.pathogens
    assert (outcome.verdict == "notify") == always == outcome.always
    assert outcome.always_assessed == (name in ANNEX.always_assessed.pathogens)


def test_lists_name_pathogens_and_families() -> None:
    assert lists(ANNEX.restricted_before, "sars-cov-2-delta")
    assert not lists(ANNEX.restricted_before, "norovirus")
    assert not lists(ANNEX.restricted_before, None)


def test_the_clocks_run_from_detection_and_from_the_assessment() -> None:
    (assess,) = deadlines(ANNEX, AT, None, None, AT + timedelta(hours=47))
    assert (assess.due_at, assess.late_hours) == (AT + timedelta(hours=48), 0)
    (assess,) = deadlines(ANNEX, AT, None, None, AT + timedelta(hours=50))
    assert assess.late_hours == 2
    done = AT + timedelta(hours=49)
    first, second = deadlines(ANNEX, AT, done, None, AT + timedelta(days=9))
    assert (first.late_hours, second.due_at) == (1, done + timedelta(hours=24))
    assert second.late_hours == 9 * 24 - 49 - 24
    assert deadlines(ANNEX, AT, done, done + timedelta(hours=3), AT + timedelta(days=9))[1].late_hours == 0


def test_only_what_somebody_changed_counts_as_typed() -> None:
    before = {"many": Answer("yes", "33 cases"), "impact": Answer("not_known", "none")}
    same = changed(before, {"many": ("yes", "33 cases"), "impact": ("no", "Mild")}, ANNEX)
    assert (same["many"].typed, same["impact"].typed) == (False, True)
    columns = columns_of(ANNEX, same, decided(ANNEX, same, WILD))
    assert (columns["cells"], columns["typed"], columns["serious"]) == (11, 1, "yes")
    assert answers_of(columns) == same
    for given in ({"luck": ("yes", "")}, {"many": ("perhaps", "")}):
        with pytest.raises(UsageError):
            changed(before, given, ANNEX)


def test_every_number_and_list_of_the_instrument_has_its_source() -> None:
    for part in (ANNEX.assess, ANNEX.notify, ANNEX.at_least, ANNEX.health_workers, ANNEX.always_notified):
        assert part.source in ANNEX.sources
    assert (ANNEX.assess.value, ANNEX.notify.value, ANNEX.at_least.value) == (48, 24, 2)
    assert [len(ANNEX.questions_of(name)) for name in CRITERIA] == [3, 2, 2, 4]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path / "l")
    rows = [
        *(NewEntry("zones", {"zone_id": zone, "kind": "district"}) for zone in ("a", "b")),
        *(
            NewEntry("cases", {
                "case_id": f"{n}", "zone": "a" if n < 8 else "b", "onset": "2026-02-27", "pathogen": "sars-cov-2-wild",
                "occupation": "health_worker" if n < 2 else None, "origin": "imported" if n == 3 else None,
                "origin_place": "<b>Elsewhere</b>" if n == 3 else None,
            }, recorded_at=AT)
            for n in range(10)
        ),
        NewEntry("arrivals", {"person_id": "3", "zone": "a", "arrived_at": datetime(2026, 2, 20), "origin": "x"}),
    ]  # fmt: skip
    made.open(make=True).append(rows, author="t", at=AT)
    return made


def test_the_records_answer_what_they_can_and_say_no_to_nothing(place: Place) -> None:
    weighed = assessing.assess(Question(place.folder, as_of=date(2026, 3, 1)), {}, now=AT)
    answers = {name: answer.answer for name, answer in weighed.answers.items()}
    assert {name for name, answer in answers.items() if answer == "yes"} >= {"impact", "linked", "movement", "before"}
    assert "no" not in answers.values()
    assert weighed.answers["impact"].because == "2 of 10 cases are health workers."
    assert "<b>Elsewhere</b>" in weighed.answers["linked"].because  # text: pages escape it
    assert weighed.outcome.verdict == "notify"
    assert "10 cases in all" in weighed.text
    assert weighed.told.detected_at == AT


def test_an_event_of_a_zone_looks_at_that_zone_only(place: Place) -> None:
    weighed = assessing.assess(Question(place.folder, as_of=date(2026, 3, 1)), {}, now=AT, zone="b")
    assert "2 cases in all" in weighed.text
    assert weighed.answers["impact"].answer == "not_known"
    assert weighed.answers["linked"].answer == "not_known"


def test_measures_whose_time_is_over_are_not_told_as_in_force(place: Place) -> None:
    level = {"kind": "level", "zone": "a", "start": date(2026, 2, 20)}
    measures = [
        {"measure_id": "m1", **level, "level": "control", "expires_on": date(2026, 2, 26)},  # expired
        {"measure_id": "m2", **level, "level": "precaution", "start": date(2026, 2, 27)},
        {"measure_id": "m3", **level, "level": "lockdown", "start": date(2026, 2, 21)},  # another took its place
        {"measure_id": "m4", "kind": "border", "start": date(2026, 2, 1), "expires_on": date(2026, 2, 28)},
        {"measure_id": "m5", "kind": "screening", "start": date(2026, 2, 1), "expires_on": date(2026, 3, 1)},
        {"measure_id": "m6", "kind": "closure", "start": date(2026, 2, 1), "ended_on": date(2026, 2, 9)},
    ]
    place.open().append([NewEntry("measures", row) for row in measures], author="t", at=AT)
    weighed = assessing.assess(Question(place.folder, as_of=date(2026, 3, 1)), {}, now=AT)
    told = next(one for one in weighed.sections if one.name == "measures").lines
    assert told == ("screening: 1 in force", "precaution: 1 zone")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_text_tells_what_article_6_asks_for(place: Place, language: str) -> None:
    given = {"assistance": ("yes", "Too few laboratories.")}
    weighed = assessing.assess(
        Question(place.folder, as_of=date(2026, 3, 1)), given, now=AT, about="Fever in a district", language=language
    )
    assert weighed.text.count("\n\n") == 10  # event, definition, laboratory, source, cases, spread, measures, support …
    assert "Too few laboratories." in weighed.text
    assert "Fever in a district" in weighed.text
    assert "{" not in weighed.text
    assert "unknown" not in weighed.text or language == "en"
    if language == "zh":
        assert not re.search(r"[\u4e00-\u9fff][.:] ", weighed.text)  # its own stops and colons


def test_an_assessment_is_kept_and_listed(place: Place) -> None:
    weighed = assessing.assess(Question(place.folder, as_of=date(2026, 3, 1)), {}, now=AT, about="x")
    kept = assessing.keep(place, weighed, author="t", at=AT)
    (row,) = assessing.assessments(place)
    assert (row["assessment_id"], row["state"], row["spread"], row["instrument"]) == (
        kept, "assessed", "yes", "annex-2 2005/2026.2",
    )  # fmt: skip
    assert row["notification"] == weighed.text.strip()
