"""Dates as people and programmes write them."""

from datetime import datetime

import polars as pl
import pytest

from douse.records.dates import order_evidence, read_dates

FIFTH_OF_MARCH = datetime(2020, 3, 5)


def read(*texts: str, **options) -> list[datetime | None]:
    return read_dates(pl.Series("d", texts, dtype=pl.String), **options).values.to_list()


@pytest.mark.parametrize(
    "text",
    [
        "2020-03-05",
        "2020/03/05",
        "2020/3/5",
        "2020.3.5",
        "20200305",
        "2020年3月5日",
        "2020 年 3 月 5 日",
        "２０２０年３月５日",
        "05.03.2020",
        "5/3/2020",
        "05-03-2020",
        "5 March 2020",
        "05-Mar-2020",
        "05MAR2020",
        "Mar 5, 2020",
        "43895",
        "2020-03-05 00:00",
        "2020-03-05T00:00:00Z",
        "2020-03-05T00:00:00.000Z",
        "2020-03-05T00:00:00+08:00",
        "3/5/2020 12:00 AM",
    ],
)
def test_a_date_is_read(text):
    assert read(text, day_first="AM" not in text) == [FIFTH_OF_MARCH]


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [
        ("2020-03-05 14:30", 14, 30),
        ("2020-03-05T14:30:00.000000", 14, 30),
        ("2020-03-05T14:30:00+08:00", 14, 30),  # the clock of the place counts
        ("20200305T1430", 14, 30),
        ("5/3/2020 2:30 PM", 14, 30),
        ("5.3.2020 14:30:00", 14, 30),
        ("43895.5", 12, 0),
    ],
)
def test_a_time_is_read(text, hour, minute):
    assert read(text) == [FIFTH_OF_MARCH.replace(hour=hour, minute=minute)]


@pytest.mark.parametrize(
    "text",
    ["2020-02-30", "31/04/2020", "2020-13-45", "05/03/20", "20-03-05", "2020-03", "2020", "5", "x", "2020-03-05 25:00"],
)
def test_what_is_no_date_is_set_aside(text):
    dates = read_dates(pl.Series([text]))
    assert dates.values.to_list() == [None]
    assert (dates.unread | dates.out_of_range).to_list() == [True]


@pytest.mark.parametrize("text", ["1899-12-31", "2201-01-01", "0020-03-05", "31.12.1899"])
def test_dates_before_1900_and_after_2200_are_set_aside(text):
    dates = read_dates(pl.Series([text]))
    assert dates.values.to_list() == [None]
    assert dates.out_of_range.to_list() == [True]


def test_the_order_is_told_from_dates_that_leave_no_doubt():
    assert order_evidence(pl.Series(["01/02/2020", "13/02/2020"])).day_first == 1
    assert order_evidence(pl.Series(["01/02/2020", "02/13/2020"])).month_first == 1
    doubtful = order_evidence(pl.Series(["01/02/2020", "03/04/2020", "05/05/2020"]))
    assert (doubtful.decided, doubtful.either) == (False, 2)  # the fifth of May is the fifth of May
    assert order_evidence(pl.Series(["13/02/2020", "02/13/2020"])).mixed


def test_a_date_that_only_the_other_order_allows_is_read_in_that_order():
    assert read("02/13/2020", day_first=True) == read("13/02/2020", day_first=False) == [datetime(2020, 2, 13)]


def test_formats_that_are_given_are_the_only_ones():
    assert read("05/03/20", "2020-03-05", formats=("%d/%m/%y",)) == [FIFTH_OF_MARCH, None]
    assert read("05/03/20", "2020-03-05", formats=("%d/%m/%y", "%Y-%m-%d")) == [FIFTH_OF_MARCH, FIFTH_OF_MARCH]


def test_a_dropped_zone_is_told():
    assert read_dates(pl.Series(["2020-03-05T10:00:00Z"])).zone_dropped
    assert not read_dates(pl.Series(["2020-03-05T10:00:00"])).zone_dropped


def test_nothing_is_read_from_nothing():
    assert read_dates(pl.Series([], dtype=pl.String)).values.to_list() == []
    assert read_dates(pl.Series([None], dtype=pl.String)).unread.to_list() == [False]
