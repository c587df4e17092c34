"""What sections say of small values."""

from dataclasses import replace
from datetime import timedelta

import pytest

from conftest import records
from douse.outputs.blocks import Column, Fold, Grid
from douse.outputs.briefing import zone_names
from douse.outputs.levels import effective_levels
from douse.outputs.sections.common import interval, known_columns, listed, long_grid
from douse.outputs.sections.figures import cards
from douse.outputs.sections.headline import trend
from douse.outputs.sections.missing import sentence
from douse.outputs.sections.needs import enough
from douse.outputs.sections.signals import false_alarms
from douse.outputs.sections.zones import larger_areas
from douse.outputs.sentences import finding_text
from douse.outputs.words import UNKNOWN, Words
from douse.planning.plan import DayNeed
from douse.records.sentences import SENTENCES
from douse.records.zone_tree import ZoneTree
from douse.situation.situation import Interval, Missing
from outputs_inputs import AS_OF, briefing

EN, ZH = Words("en"), Words("zh")


@pytest.mark.parametrize(
    ("r", "doubling", "said"),
    [
        (Interval(1.5, 1.2, 1.9), Interval(6.0), "growing"),
        (Interval(0.7, 0.5, 0.9), Interval(-9.0), "shrinking"),
        (Interval(1.0, 0.8, 1.2), Interval(40.0), "not clear"),
        (Interval(None, why_not="There are no cases yet."), Interval(None), "no cases yet"),
    ],
)
def test_the_trend_is_said_only_where_the_interval_says_it(r, doubling, said):
    situation = replace(briefing().situation, r_now=r, doubling_days=doubling)
    text = trend(situation, EN)
    assert said in text
    assert ("double" in text) == (said == "growing")
    assert ("halve" in text) == (said == "shrinking")


def test_halving_is_a_positive_number_of_days():
    situation = replace(briefing().situation, doubling_days=Interval(-8.0, None, -5.0))
    card = next(card for card in cards(situation, EN) if card.label.startswith("Halving"))
    assert (card.value, card.small) == ("8.0", ("95% interval: 5 or more",))


def test_a_finding_reads_in_the_reader_s_language():
    said = SENTENCES["required"].say(column="case_id", table="cases")
    assert finding_text("required", said.message, "message", ZH) == "case_id为空，而病例的每一行都需要它。"
    assert finding_text("required", said.message, "message", EN) == said.message


def test_a_row_rule_reads_with_its_own_words():
    said = SENTENCES["row_rule"].say(rule="exposure_order", words="exposed_from is not after exposed_to.", columns="x")
    text = finding_text("exposure_order", said.message, "message", ZH)
    assert text == "该行违反规则exposure_order：exposed_from不晚于exposed_to。"


def test_a_finding_of_unknown_form_stays_as_it_is():
    assert finding_text("nobody_knows", "Something else.", "message", ZH) == "Something else."
    assert finding_text("required", None, "message", ZH) == ""


ZONES = """
  zone_id | name | parent_zone
  --------+------+------------
  c       | City |
  c/a     | East | c
  c/b     | West | c
  c/a/x   | Park | c/a
  c/b/x   | Park | c/b
"""


@pytest.fixture
def tree() -> ZoneTree:
    return ZoneTree(records(zones=ZONES).as_of(AS_OF))


def test_a_level_holds_in_all_that_lies_within(tree):
    holds = effective_levels(tree, {"c/a": "control", "c/a/x": "precaution", "c/b/x": "lockdown", "gone": "control"})
    assert holds == {
        "c": "open", "c/a": "control", "c/b": "open", "c/a/x": "control", "c/b/x": "lockdown", "gone": "control",
    }  # fmt: skip


def test_zones_that_share_a_name_are_told_apart(tree):
    names = zone_names(tree)
    assert (names["c/a/x"], names["c/b/x"], names["c"]) == ("Park (East)", "Park (West)", "City")


def test_larger_areas_are_those_with_more_within():
    assert larger_areas(briefing().situation.by_zone)["zone"].to_list() == ["city", "d0", "d1", "d2"]


def test_columns_without_a_known_value_are_left_out():
    heads = (Column("a"), Column("b"), Column("c"))
    assert known_columns(heads, [["1", UNKNOWN, "3"], [UNKNOWN, UNKNOWN, UNKNOWN]]) == (
        (Column("a"), Column("c")),
        [["1", "3"], [UNKNOWN, UNKNOWN]],
    )


def test_a_long_table_folds():
    grid, fold = long_grid("caption", (Column("a"),), [[str(i)] for i in range(150)], EN, file="zones")
    assert isinstance(grid, Grid)
    assert isinstance(fold, Fold)
    assert len(grid.rows) == 12
    assert "150" in fold.blocks[0].note


def test_small_words():
    assert listed(["a", "b", "c", "d", "e"], EN) == "a, b, c and 2 more"
    assert interval(1.0, 2.5, EN) == "1 to 2.5"
    assert interval(None, 2.5, EN) == ""
    assert false_alarms(0.0013, EN) == "1 in 769 zone-days"
    assert false_alarms(None, EN) == UNKNOWN
    assert false_alarms(0.0, EN) == "practically never"


def test_what_is_missing_says_what_it_would_add():
    assert (
        sentence(Missing("stays"), EN)
        == "Not sent: stays. It would add: beds and rooms in use, who shared a ward with a case."
    )
    assert "88 of 240" in sentence(Missing("cases", "isolated_at", 88, 240), EN)


@pytest.mark.parametrize(
    ("need", "high", "capacity", "said"),
    [
        (0, 0, None, "none needed"),
        (5, 9, None, "capacity not known"),
        (5, 9, 20, "enough"),
        (5, 9, 8, "may be short from 5 Mar"),
        (5, 9, 4, "short from 5 Mar"),
    ],
)
def test_need_against_capacity(need, high, capacity, said):
    days = [DayNeed("icu_bed", AS_OF + timedelta(days=i), need, need, high, capacity) for i in range(3)]
    assert enough(days, EN).text == said
