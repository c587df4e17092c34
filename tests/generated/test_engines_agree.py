"""Every engine gives the rows that loops over visits give."""

from collections import Counter
from datetime import datetime
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings

from douse.tracing.encounters import CROWDED, ENCOUNTERS, FURTHER
from reference.slow_encounters import slow_crowded, slow_encounters, slow_further, slow_pairs
from visits_inputs import Question, crowded_market, everyday, on_duckdb, on_index, on_spark, question, questions

# An engine is opened once, with a folder to work in and pytest's request. What it gives takes prepared visits and
# returns an object that answers `encounters(hosts, asked)` and `further(hosts, left_out, asked, min_seconds)`.
ENGINES = {"index": on_index, "duckdb": on_duckdb, "spark": on_spark}

# Those that answer fast enough for many generated questions; and all of them, for a few fixed ones.
FAST = ["index", "duckdb"]
OF_PY4J = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
ALL = [*FAST, pytest.param("spark", marks=[pytest.mark.spark, OF_PY4J])]


@pytest.fixture(scope="session")
def engine(request, tmp_path_factory):
    return ENGINES[request.param](tmp_path_factory.mktemp(request.param), request)


def check(engine, asked_for: Question) -> None:
    visits, hosts, left_out, asked, min_seconds = asked_for
    plain, windows = visits.rows(), hosts.rows()
    told = (asked.as_of, asked.crowd)

    answers = engine(visits)
    met = answers.encounters(hosts, asked)
    further = answers.further(hosts, left_out, asked, min_seconds)

    assert met.encounters.rows() == slow_encounters(plain, windows, *told)
    assert met.crowded.rows() == slow_crowded(plain, windows, *told)
    assert further.rows() == slow_further(plain, windows, left_out, *told, min_seconds)
    assert dict(met.encounters.schema) == ENCOUNTERS
    assert dict(met.crowded.schema) == CROWDED
    assert dict(further.schema) == FURTHER


@pytest.mark.slow
@pytest.mark.parametrize("engine", FAST, indirect=True)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(asked_for=questions)
def test_engines_agree_with_loops(engine, asked_for):
    check(engine, asked_for)


@pytest.mark.parametrize("fixed", [everyday, crowded_market], ids=lambda made: made.__name__)
@pytest.mark.parametrize("engine", ALL, indirect=True)
def test_engines_agree_on_days_that_hold_every_rule(engine, fixed):
    check(engine, fixed())


def test_the_days_that_hold_every_rule_do():
    visits, hosts, left_out, asked, min_seconds = everyday()
    plain, windows, told = visits.rows(), hosts.rows(), (asked.as_of, asked.crowd)
    pairs = list(slow_pairs(plain, windows, *told))
    assert any(begin == end for *_, begin, end, _ in pairs)
    assert any(begin < datetime(1970, 1, 1) < end for *_, begin, end, exact in pairs if exact)
    assert Counter(exact for *_, exact in pairs).keys() == {True, False}
    assert slow_crowded(plain, windows, *told)
    further = slow_further(plain, windows, left_out, *told, min_seconds)
    assert further
    assert {person for person, *_ in further}.isdisjoint({"a", "b", *left_out})


def test_most_questions_drawn_by_a_seed_have_answers():
    """The comparison is not one of empty tables."""
    full = Counter()
    for seed in range(100):
        visits, hosts, left_out, asked, min_seconds = question(Random(seed).choice)
        plain, told = (visits.rows(), hosts.rows()), (asked.as_of, asked.crowd)
        full["encounters"] += bool(slow_encounters(*plain, *told))
        full["crowded"] += bool(slow_crowded(*plain, *told))
        full["further"] += bool(slow_further(*plain, left_out, *told, min_seconds))
    assert min(full["encounters"], full["crowded"], full["further"]) > 15, full
