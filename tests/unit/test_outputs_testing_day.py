"""What the report says of a testing day."""

from dataclasses import replace

import pytest

from douse.outputs.blocks import Cards, Figure, Grid, Text
from douse.outputs.charts.testing_day import testing_hours as hours_chart
from douse.outputs.exports import tables
from douse.outputs.sections.testing_day import testing_day as section
from douse.outputs.words import Words
from outputs_inputs import briefing
from outputs_inputs import testing_day as a_day

EN = Words("en")


def with_day(day):
    given = briefing()
    return replace(given, plan=replace(given.plan, testing=day))


def texts(day):
    return [block for block in section(with_day(day), EN).blocks if isinstance(block, Text)]


@pytest.mark.parametrize(
    ("changed", "kind", "said"),
    [
        ({"in_time": True, "result_hours": 20.01}, "good", "60,000 people can be tested in time"),
        ({}, "bad", "cannot be tested in time: the last result comes after 46.1 hours; the window is 24 hours"),
        ({"result_hours": None}, "bad", "cannot be tested at all"),
        ({"result_hours": 20.0}, "bad", "not enough tubes in stock"),
        ({"in_time": None, "result_hours": None}, "warn", "No laboratory on record"),
    ],
)
def test_the_answer_comes_first(changed, kind, said):
    first = texts(a_day(**changed))[0]
    assert first.kind == kind
    assert said in first.text


def test_hours_are_rounded_up_so_that_none_is_promised_too_early():
    assert "within 20.1 hours" in texts(a_day(in_time=True, result_hours=20.01))[0].text


def test_the_addition_is_said_with_its_cost_and_what_is_less_stands_below():
    lead = next(text.text for text in texts(a_day()) if text.kind == "lead")
    assert "24 samplers, 3 couriers, 2 laboratory lines, 1,500 tubes, for USD 12,300" in lead
    grids = [block for block in section(with_day(a_day()), EN).blocks if isinstance(block, Grid)]
    assert [row[0] for row in grids[0].rows] == [
        "24 samplers, 3 couriers, 2 laboratory lines, 1,500 tubes",
        "1,500 tubes",
    ]


def test_a_day_that_is_not_known_shows_no_chart():
    blocks = section(with_day(a_day(by_hour=(), laboratories=(), cheapest=None, in_time=None)), EN).blocks
    assert not any(isinstance(block, Figure) for block in blocks)
    assert any(isinstance(block, Cards) for block in blocks)
    assert hours_chart(a_day(by_hour=()), EN, "") is None


def test_no_round_is_said():
    assert [block.text for block in section(with_day(None), EN).blocks] == [
        "No screening round is proposed, so no testing day."
    ]


def test_the_chart_draws_three_lines_and_the_window():
    picture = hours_chart(a_day(), EN, "words")
    assert picture is not None
    for said in ("People sampled", "Tubes in the laboratory", "Results", "end of the window"):
        assert said in picture.wide
        assert said in picture.narrow


def test_sites_laboratories_and_hours_are_tables():
    made = tables(with_day(a_day()), EN)
    assert made["testing-sites"].height == 2
    assert made["testing-laboratories"]["laboratory"].to_list() == ["lab-1"]
    assert made["testing-hours"].height == 47
    assert tables(with_day(None), EN)["testing-sites"].columns == made["testing-sites"].columns
