"""Fused events: every signal is in one, in one place and time, whatever their order."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import records
from douse.records import ZoneTree
from douse.signals.agreement import STEPS_APART, days_between
from douse.signals.events import fuse
from douse.signals.signal import Signal

# A country of three provinces of three cities of three districts, on a grid.
ROWS = [{"zone_id": "land", "kind": "country"}]
ROWS += [{"zone_id": f"p{p}", "kind": "province", "parent_zone": "land"} for p in range(3)]
ROWS += [{"zone_id": f"c{p}{c}", "kind": "city", "parent_zone": f"p{p}"} for p in range(3) for c in range(3)]
ROWS += [
    {"zone_id": f"d{p}{c}{d}", "kind": "district", "parent_zone": f"c{p}{c}", "latitude": p, "longitude": 3 * c + d}
    for p in range(3)
    for c in range(3)
    for d in range(3)
]
TREE = ZoneTree(records(zones=ROWS).as_of(date(2026, 3, 31)))
START = date(2026, 3, 1)

zones = st.sampled_from([None, "elsewhere", *TREE.ids])


@st.composite
def signals(draw: st.DrawFn) -> Signal:
    zone, first, length = draw(zones), draw(st.integers(0, 40)), draw(st.integers(0, 9))
    name = draw(st.sampled_from(("ears", "rise", "cluster")))
    return Signal(
        id=f"{name}:{zone or ''}:{first}",
        detector=name,
        zone=zone,
        first_day=START + timedelta(days=first),
        last_day=START + timedelta(days=first + length),
        observed=1,
        expected=None,
        bound=None,
        false_alarm_rate=None,
        severity=draw(st.sampled_from(("notice", "warning", "alarm"))),
        reason="{cases} cases.",
        facts={"cases": 1},
        evidence=(),
        p=draw(st.none() | st.floats(1e-9, 0.05)),
    )


def line(zone: str) -> list[int]:
    return TREE.ancestors(TREE.position[zone]) if zone in TREE.position else []


def holds(zone: str, other: str) -> bool:
    return zone == other or TREE.position.get(zone) in line(other)[: STEPS_APART + 1]


def side_by_side(a: str, b: str) -> bool:
    """On the grid, and of one kind."""
    at, on = (TREE.position.get(zone, 0) for zone in (a, b))
    away = [abs(place[at] - place[on]) for place in (TREE.latitude, TREE.longitude)]
    return TREE.kinds[at] == TREE.kinds[on] and max(away) <= 1


some = st.lists(signals(), max_size=25, unique_by=lambda signal: signal.id)


@given(some, st.randoms(use_true_random=False))
@settings(max_examples=80, deadline=None)
def test_every_signal_is_in_one_event_whatever_the_order(given_signals, random):
    events = fuse(given_signals, TREE)
    told = [signal for event in events for signal in event.signals]
    assert sorted(told) == sorted(signal.id for signal in given_signals)
    assert len({event.id for event in events}) == len(events)
    shuffled = list(given_signals)
    random.shuffle(shuffled)
    assert fuse(shuffled, TREE) == events
    assert len({event.id for event in fuse(shuffled, TREE, earlier=events)}) == len(events)


@given(some)
@settings(max_examples=80, deadline=None)
def test_an_event_lies_within_one_zone_or_among_neighbours(given_signals):
    by_id = {signal.id: signal for signal in given_signals}
    for event in fuse(given_signals, TREE):
        local = {by_id[one].zone for one in event.signals} - {None, "land"}
        if len(local) < 2:
            continue
        held_by_one = any(all(holds(zone, other) for other in local) for zone in local)
        assert held_by_one or all(holds(a, b) or holds(b, a) or side_by_side(a, b) for a in local for b in local)
        assert event.zone is None or all(TREE.position[event.zone] in line(zone) for zone in local)


@given(some)
@settings(max_examples=80, deadline=None)
def test_signals_of_one_zone_are_apart_only_where_days_lie_between(given_signals):
    event_of = {one: event.id for event in fuse(given_signals, TREE) for one in event.signals}
    local = [signal for signal in given_signals if signal.zone not in (None, "land")]
    for one in local:
        for other in local:
            if one.zone == other.zone and event_of[one.id] != event_of[other.id]:
                assert days_between((one.first_day, one.last_day), (other.first_day, other.last_day)) > 7
