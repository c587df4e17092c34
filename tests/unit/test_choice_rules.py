"""Strategies: which are tried, and what they make of a protocol."""

import pytest

from choice_inputs import PROTOCOL
from douse.errors import LibraryError
from douse.library import Protocol, Strategy, load, names
from douse.library.load import read
from douse.planning.choice.rules import NOTHING, beyond, protocol_by, strategies_for

HEAD = """
id = "mine"
name = { en = "Mine", zh = "我的" }
summary = { en = "Mine.", zh = "我的。" }
edition = "1"
valid_from = 2026-01-01
"""


def strategy(text: str) -> Strategy:
    return read(Strategy, "mine.toml", HEAD + text)


def test_all_shipped_strategies_but_that_of_doing_nothing_are_tried():
    assert {one.id for one in strategies_for(PROTOCOL)} == set(names(Strategy)) - {NOTHING}


def test_a_protocol_without_closed_areas_is_offered_none():
    tried = strategies_for(load(Protocol, "measles"))
    assert {one.id for one in tried} == {"people", "protocol"}


def test_a_strategy_that_needs_a_step_the_protocol_lacks_is_refused_by_name():
    with pytest.raises(LibraryError, match="needs steps"):
        strategies_for(load(Protocol, "measles"), ["stay-home-all"])


def test_two_of_one_name_are_refused():
    with pytest.raises(LibraryError, match="same id"):
        strategies_for(PROTOCOL, ["people", "people"])


def test_the_protocol_s_own_rules_stay_as_they_are():
    assert protocol_by(load(Strategy, "protocol"), PROTOCOL) is PROTOCOL


def test_levels_that_a_strategy_does_not_name_never_begin():
    rules = protocol_by(load(Strategy, "people"), PROTOCOL)
    assert all(rule.enter == () for rule in rules.level)


def test_a_level_begins_on_the_zones_and_cases_of_the_strategy():
    mine = strategy(
        '[[level]]\nlevel = "control"\non = "district"\non_cases = 2\nwithin_days = 9\nlift_after_days = 5\n'
        "round_every_days = 4\n"
    )
    rule = protocol_by(mine, PROTOCOL).level_rule("control")
    assert (rule.smallest, rule.largest) == ("district", "district")
    assert (rule.enter[0].at_least.value, rule.enter[0].within_days.value) == (2, 9)
    assert rule.lift is not None
    assert (rule.lift.days_without_case.value, rule.screening_every_days.value) == (5, 4)


def test_rounds_can_be_left_out():
    mine = strategy('[[level]]\nlevel = "lockdown"\non_cases = 1\nrounds = false\n')
    assert protocol_by(mine, PROTOCOL).level_rule("lockdown").screening_every_days is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[level]]\nlevel = "open"\n', "level"),
        ('[[level]]\nlevel = "control"\n[[level]]\nlevel = "control"\n', "twice"),
        ('by_rule = true\n[[level]]\nlevel = "control"\n', "by_rule"),
        ('responds = false\n[[level]]\nlevel = "control"\n', "nobody responds"),
        ('[[level]]\nlevel = "control"\ncover = 1.5\n', "cover"),
        ('[[level]]\nlevel = "control"\nround_every_days = 0\n', "round_every_days"),
    ],
)
def test_a_strategy_that_makes_no_sense_fails_with_words(text, said):
    with pytest.raises(LibraryError, match=said):
        strategy(text)


def test_what_goes_beyond_the_protocol_is_told():
    assert beyond(load(Strategy, "stay-home-all"), PROTOCOL) == ("lockdown",)
    assert beyond(load(Strategy, "pause"), PROTOCOL) == ("lockdown",)
    assert beyond(load(Strategy, "stay-home-areas"), PROTOCOL) == ()
    assert beyond(load(Strategy, "protocol"), PROTOCOL) == ()
