"""Which signals are one event, and how strong it is."""

from datetime import date

import pytest

from conftest import records
from douse.records import ZoneTree
from douse.signals.events import fuse
from douse.signals.signal import Signal

title = "Which signals are one event"

ZONES = """
  zone_id  | kind      | parent_zone
  ---------+-----------+------------
  land     | country   |
  north    | province  | land
  south    | province  | land
  town     | city      | north
  port     | city      | north
  village  | community | town
  hamlet   | community | town
  house    | building  | village
  farm     | building  | hamlet
"""
# Four cities in a row, each 11 km from the next, and one far off; no zone holds them.
ROW = """
  zone_id | kind | latitude | longitude
  --------+------+----------+----------
  a       | city | 0.0      | 0.0
  b       | city | 0.0      | 0.1
  c       | city | 0.0      | 0.2
  d       | city | 0.0      | 0.3
  far     | city | 5.0      | 5.0
"""


def signal(name: str, zone: str | None, first: str, last: str = "", **changes) -> Signal:
    facts = {
        "detector": name,
        "observed": 3,
        "expected": None,
        "bound": None,
        "false_alarm_rate": None,
        "severity": "warning",
        "reason": "{cases} cases.",
        "facts": {"cases": 3},
        "evidence": (),
    }
    days = {"first_day": date.fromisoformat(first), "last_day": date.fromisoformat(last or first)}
    return Signal(id=f"{name}:{zone or ''}:{first}", zone=zone, **days, **(facts | changes))


def tree(drawing: str = ZONES) -> ZoneTree:
    return ZoneTree(records(zones=drawing).as_of(date(2026, 3, 31)))


def events(*signals: Signal, zones: str = ZONES, **settings):
    """Zone and signals (by detector) of each event, by first signal."""
    names = {s.id: s.detector for s in signals}
    fused = fuse(signals, tree(zones), **settings)
    return sorted(((event.zone, [names[one] for one in event.signals]) for event in fused), key=str)


def test_signals_of_one_zone_and_time_are_one_event():
    assert events(signal("ears", "town", "2026-03-01"), signal("rise", "town", "2026-03-04")) == [
        ("town", ["ears", "rise"])
    ]


def test_a_week_between_them_still_agrees_and_a_day_more_does_not():
    assert len(events(signal("ears", "town", "2026-03-01"), signal("rise", "town", "2026-03-08"))) == 1
    assert len(events(signal("ears", "town", "2026-03-01"), signal("rise", "town", "2026-03-09"))) == 2
    assert len(events(signal("ears", "town", "2026-03-01"), signal("rise", "town", "2026-03-09"), days=14)) == 1


def test_days_are_counted_from_the_last_day_of_the_one_to_the_first_of_the_other():
    assert len(events(signal("ears", "town", "2026-03-01", "2026-03-20"), signal("rise", "town", "2026-03-27"))) == 1


def test_a_zone_and_one_that_holds_it_are_one_place():
    assert events(signal("ears", "village", "2026-03-01"), signal("rise", "town", "2026-03-01")) == [
        ("town", ["ears", "rise"])
    ]


def test_two_steps_down_the_tree_are_one_place_and_three_are_not():
    assert len(events(signal("ears", "house", "2026-03-01"), signal("rise", "town", "2026-03-01"))) == 1
    assert len(events(signal("ears", "house", "2026-03-01"), signal("rise", "north", "2026-03-01"))) == 2


def test_two_zones_of_a_third_are_one_event_only_where_the_third_signals_too():
    two = signal("ears", "village", "2026-03-01"), signal("rise", "hamlet", "2026-03-01")
    assert events(*two) == [("hamlet", ["rise"]), ("village", ["ears"])]
    assert events(*two, signal("cluster", "town", "2026-03-02")) == [("town", ["ears", "rise", "cluster"])]


def test_the_whole_area_ties_nothing_together():
    one, other = signal("ears", "north", "2026-03-01"), signal("rise", "south", "2026-03-01")
    for everywhere in (None, "land"):
        assert len(events(one, other, signal("threshold", everywhere, "2026-03-01"))) == 3


def test_the_whole_area_joins_the_only_event_of_its_time():
    assert events(signal("ears", "village", "2026-03-01"), signal("threshold", "land", "2026-03-03")) == [
        ("village", ["ears", "threshold"])
    ]
    # no zone and the root of the tree are the same area
    assert events(signal("ears", None, "2026-03-01"), signal("threshold", "land", "2026-03-03")) == [
        ("land", ["ears", "threshold"])
    ]


def test_neighbours_are_one_event():
    assert events(signal("ears", "a", "2026-03-01"), signal("rise", "b", "2026-03-02"), zones=ROW) == [
        (None, ["ears", "rise"])
    ]
    assert len(events(signal("ears", "a", "2026-03-01"), signal("rise", "c", "2026-03-02"), zones=ROW)) == 2
    assert len(events(signal("ears", "a", "2026-03-01"), signal("rise", "far", "2026-03-02"), zones=ROW)) == 2


def test_neighbours_of_neighbours_do_not_chain_over_the_map():
    row = [signal("ears", zone, "2026-03-01") for zone in "abcd"]
    assert [len(event.signals) for event in fuse(row, tree(ROW))] == [2, 2]


def test_an_event_takes_the_loudest_of_its_signals_and_all_their_cases():
    (event,) = fuse(
        [
            signal("ears", "town", "2026-03-01", severity="notice", evidence=("x", "y")),
            signal("cluster", "town", "2026-03-02", severity="alarm", evidence=("y", "z")),
        ],
        tree(),
    )
    assert (event.severity, event.cases, event.detectors) == ("alarm", 3, ("ears", "cluster"))
    assert (event.first_day, event.last_day) == (date(2026, 3, 1), date(2026, 3, 2))


def test_strength_comes_from_p_values_and_from_severity_where_there_is_none():
    def strength(**changes):
        (event,) = fuse([signal("ears", "town", "2026-03-01", **changes)], tree())
        return event.strength, event.p

    assert strength(p=1e-6) == pytest.approx((6, 1e-6))
    assert strength(severity="alarm") == (pytest.approx(3), None)
    assert strength(severity="notice") == (pytest.approx(1.30103), None)


def test_a_second_signal_that_says_nothing_hardly_weakens_a_strong_one():
    (event,) = fuse([signal("ears", "town", "2026-03-01", p=1e-8), signal("rise", "town", "2026-03-01", p=0.9)], tree())
    assert event.p == pytest.approx(2e-8)  # two looks, one of them strong


def test_what_was_dismissed_is_left_out():
    assert fuse([signal("ears", "town", "2026-03-01", state="dismissed")], tree()) == ()


def test_a_notice_on_readiness_is_no_sign_of_an_outbreak():
    assert len(events(signal("ears", "town", "2026-03-01"), signal("grey_rhino", None, "2026-03-01"))) == 2


def test_one_signal_alone_speaks_for_itself_and_several_are_counted():
    (alone,) = fuse([signal("ears", "town", "2026-03-01")], tree())
    assert (alone.reason, alone.facts) == ("{cases} cases.", {"cases": 3})
    (both,) = fuse([signal("ears", "town", "2026-03-01"), signal("rise", "town", "2026-03-04")], tree())
    assert both.facts == {"signals": 2, "detectors": 2, "first": "2026-03-01", "last": "2026-03-04"}


def test_an_event_keeps_its_name_from_day_to_day():
    today = fuse([signal("ears", "village", "2026-03-01")], tree())
    grown = [signal("ears", "village", "2026-03-01"), signal("rise", "town", "2026-02-27")]
    (tomorrow,) = fuse(grown, tree(), earlier=today)
    assert (tomorrow.id, tomorrow.first_day) == (today[0].id, date(2026, 2, 27))
    # the first signal is silent again, but the event is the same place a few days on
    (later,) = fuse([signal("cluster", "town", "2026-03-05")], tree(), earlier=(tomorrow,))
    assert (later.id, later.first_day) == (today[0].id, date(2026, 2, 27))


def test_of_an_event_that_falls_in_two_one_keeps_the_name():
    two = signal("ears", "village", "2026-03-01"), signal("rise", "hamlet", "2026-03-02")
    (one,) = fuse([*two, signal("cluster", "town", "2026-03-02")], tree())
    parts = fuse(two, tree(), earlier=(one,))
    assert len({part.id for part in parts}) == 2
    assert one.id in {part.id for part in parts}


def test_the_order_of_the_signals_does_not_matter():
    some = [
        signal("ears", zone, f"2026-03-{day:02}") for zone in ("village", "hamlet", "town", "port") for day in (1, 9)
    ]
    assert fuse(some, tree()) == fuse(some[::-1], tree())


def test_no_signals_make_no_event():
    assert fuse([], tree()) == ()
