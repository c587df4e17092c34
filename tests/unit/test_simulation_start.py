"""The infections that runs begin with: known cases with their dates, hidden ones beside them, arrivals to come."""

from dataclasses import replace
from datetime import timedelta
from functools import cache

import numpy as np
import polars as pl
import pytest

from douse.city.from_records import Peopled
from douse.errors import UsageError
from douse.kernels import epidemic_columns as columns
from douse.kernels.person_word import ZONE_AT, ZONE_BITS
from douse.simulation.entry import EntryRule, entry_of
from douse.simulation.outbreak import Outbreak
from douse.simulation.past import Past, past_of
from douse.simulation.scenario import HISTORY, Scenario
from douse.simulation.start import begin_day_back, starts
from douse.simulation.zoning import no_zoning
from start_inputs import FIRST, PATHOGEN, PROTOCOL, ground, outbreak, peopled, records_of, seen

BACK = 14
DAY = FIRST + timedelta(days=29)
WATCHED = EntryRule()


@cache
def known():
    return seen(records_of(outbreak(4, days=30, scale=1.2)), DAY)


@cache
def past() -> Past:
    at = known()
    first = DAY - timedelta(days=BACK - 1)
    return past_of(at.known, at.situation, at.zones, peopled(), ground()[2], first=first)


def drawn(of: Past, *, seeds=(5,), hidden=1.0, seeks=0.7, days=BACK + 14, entry=WATCHED):
    city, rates, response = ground()
    many = len(seeds)
    return starts(
        of, city, rates.course, response, entry, days=days, seeds=np.array(seeds), hidden=np.full(many, hidden),
        seeks=np.full(many, seeks),
    )  # fmt: skip


def run_of(start, days=BACK):
    """The run of a start in which nobody infects anybody."""
    city, rates, response = ground()
    scenario = Scenario(city, rates, replace(response, seek_share=0.7), no_zoning(len(city.zone_ids)), days)
    return Outbreak(scenario, start.seeds, seed=start.seed, scale=0.0).run()


@pytest.mark.slow
def test_cases_that_are_told_in_the_known_days_are_told_on_their_day_in_the_run():
    start = drawn(past())[0]
    run = run_of(start)
    found = run.lines[: run.scalars[columns.LINES], columns.L_CONFIRMED] - HISTORY
    told = np.bincount(found, minlength=BACK)
    # Whoever fell ill in the last days was infected after the first day, and is left to the run itself.
    assert abs(told[2:9].sum() - past().counts[2:9].sum()) <= 0.3 * past().counts[2:9].sum()
    assert start.miss_days < 1


def test_cases_that_were_told_before_are_apart_and_known():
    start = drawn(past())[0]
    rows = start.seeds.rows
    before = rows[:, columns.S_CONFIRMED] >= 0
    told_before = past().told <= ground()[2].result_days
    assert before.sum() == told_before.sum()
    isolated = past().told[told_before] + round(ground()[2].isolation_days) - 1 >= 0
    assert (rows[before, columns.S_STAY] > 0).sum() == isolated.sum()


def test_a_case_lives_in_its_zone():
    at, city = past(), ground()[0]
    first, low, upto = at.ranges
    start = drawn(at)[0]
    zone = (city.word[start.seeds.rows[:, columns.S_PERSON]] >> np.uint64(ZONE_AT)) & np.uint64((1 << ZONE_BITS) - 1)
    cases_in = known().situation.cases["zone"].value_counts()
    for name, cases in cases_in.iter_rows():
        here = int((zone == city.zone_ids.index(name)).sum())
        assert here > 0.3 * cases or cases < 5
    assert len(first) - 1 == cases_in.height
    assert upto.max() <= len(city)
    assert low.min() >= 0


def test_a_person_of_the_records_is_found_again_in_the_city():
    run = outbreak(4, days=30, scale=1.2)
    at = known()
    names = pl.Series([f"p{n}" for n in range(len(run.scenario.city))])
    cases = at.situation.cases.with_columns(person=pl.Series(["p77", *at.situation.cases["person"][1:]]))
    of = past_of(
        at.known, replace(at.situation, cases=cases), at.zones, Peopled(ground()[0], names), ground()[2],
        first=DAY - timedelta(days=BACK - 1),
    )  # fmt: skip
    assert of.person[0] == 77
    assert (of.person[1:] == -1).all()
    assert 77 in drawn(of)[0].seeds.rows[:, columns.S_PERSON]


def test_the_less_is_found_the_more_is_hidden():
    many = [np.mean([start.hidden for start in drawn(past(), seeds=range(1, 7), seeks=s)]) for s in (0.9, 0.5, 0.2)]
    assert many[0] < many[1] < many[2]
    twice = np.mean([start.hidden for start in drawn(past(), seeds=range(1, 7), seeks=0.5, hidden=2.0)])
    assert twice == pytest.approx(2 * many[1], rel=0.25)


def test_nobody_hidden_comes_for_a_test_on_the_known_days():
    of = replace(past(), told=np.full(len(past()), -20), onset=np.full(len(past()), -24))
    start = drawn(of)[0]
    assert start.hidden > 0
    run = run_of(start)
    assert run.scalars[columns.LINES] == 0


def test_imports_of_late_go_on_and_entry_quarantine_holds_them_as_often():
    size = len(past())
    imported = np.zeros(size, bool)
    imported[:28] = True
    of = replace(past(), imported=imported, imports=(28, 28))
    entry = EntryRule(2, 14.0, (1, 7))
    coming = drawn(of, seeds=range(1, 9), entry=entry)
    # Two a day are reported: those of the 14 days ahead, and those who arrive then and are reported later.
    assert 20 < np.mean([start.arrivals for start in coming]) < 80
    rows = np.concatenate([start.seeds.rows for start in coming])
    later = rows[rows[:, columns.S_DAY] > HISTORY + BACK]
    assert (later[:, columns.S_STAY] == 2).mean() > 0.9
    assert later[:, columns.S_TESTED].any()
    assert drawn(past())[0].arrivals == 0


def test_a_start_is_the_same_for_a_seed():
    one, same, other = drawn(past(), seeds=(5, 5, 6))
    assert (one.seeds.rows == same.seeds.rows).all()
    assert one.seeds.rows.shape != other.seeds.rows.shape or (one.seeds.rows != other.seeds.rows).any()


def test_runs_begin_before_the_infections_that_are_reported_now():
    course = ground()[1].course
    assert 14 <= begin_day_back(course, np.array([4]), 1) <= 20
    assert begin_day_back(course, np.array([20]), 1) > 28


def test_the_protocol_says_what_is_done_on_arrival():
    assert entry_of(PROTOCOL, PATHOGEN) == EntryRule(0, 0.0, (1,))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"none": True}, "no case on record"),
        ({"small": True}, "fewer than the"),
        ({"back": 90}, "would begin 90 days back"),
    ],
)
def test_what_cannot_be_begun_is_refused(change, words):
    at = known()
    situation = replace(at.situation, cases=at.situation.cases.clear()) if "none" in change else at.situation
    if "small" in change:
        situation = replace(situation, cases=pl.concat([situation.cases] * (20_000 // situation.cases.height + 1)))
    first = DAY - timedelta(days=change.get("back", BACK) - 1)
    with pytest.raises(UsageError, match=words):
        past_of(at.known, situation, at.zones, peopled(), ground()[2], first=first)
    with pytest.raises(UsageError, match="No start"):
        drawn(past(), seeds=())
