"""The file of past outbreaks that a replay is scored against."""

from datetime import date

import pytest

from douse.errors import DataError
from douse.readers.history import read_history


def history(tmp_path, text):
    file = tmp_path / "history.csv"
    file.write_text(text, encoding="utf-8")
    return read_history(file)


def test_columns_that_are_not_known_may_be_left_out(tmp_path):
    table = history(tmp_path, "event,began,remark\nSecond,2020-03-01,x\nFirst,18.02.2020,\n")
    assert table.to_dicts() == [
        {"event": "First", "zone": None, "began": date(2020, 2, 18), "ended": None, "reacted": None},
        {"event": "Second", "zone": None, "began": date(2020, 3, 1), "ended": None, "reacted": None},
    ]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("event,zone\na,b\n", "no column began"),
        ("event,began\na,2020-02-01\n ,2020-02-02\n", "row 3, column event"),
        ("event,began\na,2020-02-01\nb,\n", "row 3, column began"),
        ("event,began\na,2020-02-01\na,2020-03-01\n", "row 2, column event"),
        ("event,began\na,some day\n", "row 2, column began"),
        ("event,began,ended\na,2020-02-02,2020-02-01\n", "row 2, column ended"),
    ],
)
def test_what_is_wrong_is_said_with_its_row_and_never_with_the_value(tmp_path, text, where):
    with pytest.raises(DataError) as raised:
        history(tmp_path, text)
    assert where in str(raised.value)
    assert "some day" not in str(raised.value)


def test_a_reaction_may_come_before_the_outbreak_began(tmp_path):
    # a warning from abroad, say: nothing is wrong with that
    assert history(tmp_path, "event,began,reacted\na,2020-02-02,2020-01-20\n").height == 1


def test_a_file_that_is_no_table(tmp_path):
    with pytest.raises(DataError):
        read_history(tmp_path / "nothing.csv")
