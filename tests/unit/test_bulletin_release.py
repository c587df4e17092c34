"""What of a day's counts may be shown, in tables that a statistician can argue with."""

import pytest

from douse.outputs.bulletin.book import Book, Column, latest
from douse.outputs.bulletin.ranges import InconsistentError, Network
from douse.outputs.bulletin.release import release

MINIMUM = 11


def shown(*days, corrected=None):
    """Columns that are released for counts by area, a dict a day."""
    book = Book()
    for place, counts in enumerate(days):
        flagged = (corrected or {}).get(place, ())
        book = book.with_column(release(book, counts, MINIMUM, flagged).column)
    return [(*column.shown, column.total) for column in book.columns]


def test_a_small_count_is_hidden_and_a_zero_is_shown():
    assert shown({"north": 0, "south": 0, "east": 5}) == [(0, 0, None, None)]


def test_a_small_count_takes_another_with_it():
    # North has 5: the total would tell it, so the smallest other area is hidden too.
    assert shown({"north": 5, "south": 40, "east": 90}) == [(None, None, 90, 135)]


def test_a_total_of_small_counts_is_shown_where_it_is_large():
    assert shown({"north": 6, "south": 7}) == [(None, None, 13)]


def test_the_second_day_of_a_large_area_does_not_tell_what_came_to_it():
    # 40 and then 45: each is large, their difference is 5.
    assert shown({"north": 40}, {"north": 45}) == [(40, 40), (None, None)]
    assert shown({"north": 40}, {"north": 45}, {"north": 52}) == [(40, 40), (None, None), (52, 52)]


def test_a_day_without_a_case_is_told():
    assert shown({"north": 40}, {"north": 40}) == [(40, 40), (40, 40)]


def test_two_days_that_are_safe_alone_are_not_shown_together():
    # South would be what is left of the total on both days; so north waits, or the total does.
    days = shown({"north": 40, "south": 5}, {"north": 60, "south": 5})
    for north, south, total in days:
        assert south is None
        assert north is None or total is None


def test_a_withdrawn_case_is_not_told_by_a_difference():
    # 30 and then 28: the two that were withdrawn stay hidden until the change is large.
    days = shown({"north": 30}, {"north": 28}, {"north": 41}, corrected={1: ("north",)})
    assert days == [(30, 30), (None, None), (41, 41)]


def test_with_nothing_to_hide_everything_is_shown():
    book = Book()
    for counts in ({"north": 1, "south": 2}, {"north": 2, "south": 2}):
        book = book.with_column(release(book, counts, 1).column)
    assert [column.shown for column in book.columns] == [(1, 2), (2, 2)]


def test_an_area_that_comes_later_was_empty_before():
    book = Book((Column(("north",), (20,), 20),))
    made = release(book, {"north": 20, "south": 15}, MINIMUM)
    assert made.column.rows == ("north", "south")
    assert made.column.shown == (20, 15)


def test_an_area_that_is_gone_is_told_no_more():
    book = Book((Column(("north", "south"), (20, 15), 35),))
    made = release(book, {"north": 35}, MINIMUM, ["north"])
    assert made.column.rows == ("north",)
    assert book.with_column(made.column).line("south") == (15, 0)


def test_an_area_that_is_gone_hides_nothing_of_others():
    # East is off the map, so everybody knows that it holds nothing: north would be what is left of the total.
    book = Book((Column(("north", "south", "east"), (60, 40, 20), 120),))
    made = release(book, {"north": 58, "south": 78}, MINIMUM, ["north"])
    assert made.column.shown[0] is None
    assert None in (made.column.shown[1], made.column.total)


def test_what_an_area_that_is_gone_held_is_told_with_those_that_hold_it_now():
    book = Book((Column(("north", "south"), (20, 15), 35),))
    made = release(book, {"north": 35}, MINIMUM)
    assert (made.column.shown, made.column.total) == ((35,), 35)
    assert release(book.with_column(made.column), {"north": 50}, MINIMUM).column.total == 50


def test_an_area_that_came_back_begins_at_nothing():
    book = Book((Column(("north", "south"), (20, 15), 35), Column(("north",), (35,), 35)))
    made = release(book, {"north": 20, "south": 15}, MINIMUM, ["north"])
    assert (made.column.rows, made.column.shown, made.column.total) == (("north", "south"), (20, 15), 35)


def test_what_was_lost_before_is_told_and_stops_nothing():
    # Somebody published 40 and 45: the 5 is out, and cannot be taken back.
    book = Book((Column(("north",), (40,), 40), Column(("north",), (45,), 45)))
    made = release(book, {"north": 60}, MINIMUM)
    assert made.column.shown == (60,)


def test_bulletins_that_contradict_one_another_are_refused():
    book = Book((Column(("north", "south"), (40, 20), 50),))
    with pytest.raises(InconsistentError):
        release(book, {"north": 60, "south": 20}, MINIMUM)


def test_the_newest_count_and_what_it_adds():
    assert latest((None, 12, None, 30, None)).new == 18
    assert latest((None, None)).count is None
    assert latest((12,)).since is None


def test_a_range_is_known_exactly():
    # Two hidden areas share 13: each may be 0 to 13.
    book = Book((Column(("north", "south"), (None, None), 13),))
    network = Network(book, 100)
    spans = [sum(network.reach(target)) for target in network.targets()]
    assert spans == [13, 13]
