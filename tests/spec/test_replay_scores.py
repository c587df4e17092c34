"""Which signal met which past outbreak, and how a detector is scored against hindsight."""

from datetime import date

import polars as pl
import pytest

from conftest import records
from douse.records import ZoneTree
from douse.signals.replay import TOLD, first_signals, found_events, met_events, scores

title = "How a replay is scored"

ZONES = ZoneTree(
    records(
        zones="""
          zone_id | kind     | parent_zone
          --------+----------+------------
          land    | country  |
          north   | city     | land
          port    | district | north
          south   | city     | land
        """
    ).as_of(date(2026, 3, 31))
)
DETECTORS = ("ears", "scan", "rise")


def history(*rows):
    return pl.DataFrame(
        rows,
        schema={"event": pl.String, "zone": pl.String, "began": pl.Date, "ended": pl.Date, "reacted": pl.Date},
        orient="row",
    )


def told(*rows):
    made = [
        {"day": date(2026, 3, day), "detector": detector, "zone": zone, "id": f"{detector}:{zone}:{name}"}
        | {"severity": "warning"}
        for day, detector, zone, name in rows
    ]
    return pl.DataFrame(made, schema=TOLD)


OUTBREAK = history(("Port", "north", date(2026, 3, 5), date(2026, 3, 20), date(2026, 3, 12)))


@pytest.mark.parametrize(
    ("day", "zone", "met"),
    [
        (5, "north", True),  # on its first day, in its zone
        (7, "port", True),  # in a zone within it
        (7, "land", True),  # in a zone that contains it
        (7, None, True),  # the whole area
        (7, "south", False),  # elsewhere
        (7, "unheard", False),  # a zone that is on no record
        (4, "north", False),  # the day before
        (21, "north", False),  # the day after the last
    ],
)
def test_a_signal_meets_an_outbreak_in_its_line_of_zones_and_on_its_days(day, zone, met):
    assert met_events(told((day, "ears", zone, "a")), OUTBREAK, ZONES).height == int(met)


def test_an_outbreak_without_a_last_day_goes_on():
    goes_on = history(("Port", None, date(2026, 3, 5), None, None))
    assert met_events(told((30, "ears", "south", "a")), goes_on, ZONES).height == 1


def test_the_first_signal_of_each_detector_and_one_that_never_fired():
    rows = told((9, "ears", "north", "a"), (6, "ears", "port", "b"), (6, "scan", None, "c"), (7, "scan", None, "c"))
    first = first_signals(rows, DETECTORS)
    assert first.select("detector", "first_day", "zone", "signals", "days").rows() == [
        ("ears", date(2026, 3, 6), "port", 2, 2),
        ("scan", date(2026, 3, 6), None, 1, 2),
        ("rise", None, None, 0, 0),
    ]


def test_days_after_it_began_and_days_ahead_of_history():
    rows = told((9, "ears", "north", "a"), (14, "scan", "land", "b"), (9, "rise", "south", "c"))
    found = found_events(met_events(rows, OUTBREAK, ZONES), OUTBREAK, DETECTORS)
    assert found.select("detector", "days_after", "days_ahead").rows() == [
        ("ears", 4, 3),
        ("scan", 9, -2),
        ("rise", None, None),
    ]


def test_a_signal_that_met_an_outbreak_once_is_no_false_one_but_its_other_days_count():
    # the same signal was told the day before the outbreak began, and then on its first day
    rows = told((4, "ears", "north", "a"), (5, "ears", "north", "a"), (5, "rise", "south", "b"))
    met = met_events(rows, OUTBREAK, ZONES)
    table = scores(rows, met, found_events(met, OUTBREAK, DETECTORS), zone_days=100)
    assert table.select("detector", "found", "of", "median_days", "false_signals", "false_per_1000").rows() == [
        ("ears", 1, 1, 0.0, 0, 10.0),
        ("scan", 0, 1, None, 0, 0.0),
        ("rise", 0, 1, None, 1, 10.0),
    ]


def test_without_signals_there_is_a_score_all_the_same():
    met = met_events(told(), OUTBREAK, ZONES)
    table = scores(told(), met, found_events(met, OUTBREAK, DETECTORS), zone_days=0)
    assert table["found"].to_list() == [0, 0, 0]
