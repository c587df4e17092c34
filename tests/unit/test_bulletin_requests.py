"""Requests of residents in a bulletin: what counts as what, in a table; and what a history of bulletins gives away."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace

import numpy as np
import pytest

from bulletin_inputs import MINIMUM, as_attacked
from conftest import records
from douse.library import Pathogen, Protocol, load
from douse.outputs.bulletin.requests import requests
from douse.outputs.bulletin.values import books_of_requests
from reference.slow_bulletin import Attacker, hidden

DAY = date(2026, 3, 5)
NOON = datetime(2026, 3, 5, 12)
PATHOGEN, PROTOCOL = load(Pathogen, "sars-cov-2-wild"), load(Protocol, "who-generic")


@dataclass
class Told:
    """As much of a bulletin as requests need."""

    asked: object
    answered: object
    by: datetime


def seen(rows, day=DAY):
    known = records(requests=[{"request_id": f"r{n}", "requested_at": NOON, **row} for n, row in enumerate(rows)])
    return SimpleNamespace(
        known=known.as_of(day), situation=SimpleNamespace(as_of=day), zones=None, pathogen=PATHOGEN, protocol=PROTOCOL
    )


def end_of(day):
    return datetime.combine(day, time.max)


def before(made_, at=None):
    return [Told(made_.asked, made_.answered, at or end_of(DAY))]


def made(rows, day=DAY, past=(), earlier=None, minimum=1, at=None):
    return requests(seen(rows, day), past, earlier, minimum, at or end_of(day))


WANTED = {"kind": "food", "wanted_by": NOON + timedelta(hours=6)}


@pytest.mark.parametrize(
    ("row", "became"),
    [
        ({"wanted_by": NOON + timedelta(days=3)}, None),
        ({}, "not_in_time"),
        ({"promised_by": NOON + timedelta(hours=5)}, "not_in_time"),
        ({"delivered_at": NOON + timedelta(hours=5)}, "in_time"),
        ({"met_at": NOON + timedelta(hours=6)}, "in_time"),
        ({"met_at": NOON + timedelta(hours=7), "delivered_at": NOON + timedelta(hours=4)}, "in_time"),
        ({"met_at": NOON + timedelta(hours=7)}, "not_in_time"),
        ({"withdrawn_at": NOON + timedelta(hours=8)}, "taken_back"),
        ({"met_at": NOON + timedelta(days=2)}, "not_in_time"),  # beyond the day: not yet known
    ],
)
def test_what_became_of_a_request(row, became):
    told = made([{**WANTED, **row}])
    assert dict(zip(told.asked.rows, told.asked.shown, strict=True))["food"] == 1
    fates = dict(zip(told.answered.rows, told.answered.shown, strict=True))
    assert fates == dict.fromkeys(("in_time", "not_in_time", "taken_back"), 0) | ({became: 1} if became else {})


def test_the_clock_of_the_protocol_stands_in_for_a_time():
    hours = PROTOCOL.requests.clock["dialysis"].value
    before, after = (NOON + timedelta(hours=hours + more) for more in (-0.5, 0.5))
    later = date(2026, 3, 20)
    assert made([{"kind": "dialysis", "met_at": before}], later).answered.shown == (1, 0, 0)
    assert made([{"kind": "dialysis", "met_at": after}], later).answered.shown == (0, 1, 0)


def test_what_is_said_to_have_come_and_has_not_is_named_as_a_correction():
    first = [{**WANTED, "delivered_at": NOON + timedelta(hours=1)}] * 20
    told = made(first)
    again = made([WANTED] * 20, past=before(told), earlier=seen(first))
    assert again.changed
    assert again.answered.corrected == {"in_time"}
    assert not made([*first, WANTED], past=before(told), earlier=seen(first)).changed


def test_a_request_whose_time_comes_later_on_the_day_waits_and_then_no_number_was_wrong():
    rows = [{**WANTED, "wanted_by": NOON + timedelta(hours=hours)} for hours in (-2, 6)] * 20
    morning = made(rows, at=NOON)
    assert morning.answered.shown == (0, 20, 0)
    brought = [{**row, "met_at": NOON + timedelta(hours=5)} if n % 2 else row for n, row in enumerate(rows)]
    evening = made(brought, past=before(morning, NOON), earlier=seen(rows))
    assert evening.answered.shown == (20, 20, 0)
    assert not evening.changed


def test_a_withdrawal_is_no_correction():
    open_ = {"kind": "food", "wanted_by": NOON + timedelta(days=9)}
    taken_back = {**open_, "withdrawn_at": NOON + timedelta(hours=30)}
    told = made([open_] * 20)
    again = made([taken_back] * 20, date(2026, 3, 7), past=before(told), earlier=seen([open_] * 20))
    assert not again.changed
    assert again.answered.shown == (0, 0, 20)


def history(seed):
    """Requests that come in over some days, some met, some late, some taken back, a few changed afterwards."""

    rng = np.random.default_rng(seed)
    kinds = ("food", "medicine", "dialysis", "other")
    rows, told, true, earlier = [], [], [], None
    for day in range(int(rng.integers(2, 6))):
        noon = NOON + timedelta(days=day)
        for kind, rate in zip(kinds, np.exp(rng.normal(1.5, 1.2, 4)), strict=True):
            for _ in range(int(rng.poisson(rate)) if rng.random() > 0.2 else 0):
                wanted = noon + timedelta(hours=int(rng.integers(4, 60)))
                done = wanted + timedelta(hours=int(rng.normal(0, 20)))
                ends = {"met_at": max(done, noon)} if rng.random() < 0.7 else {}
                ends = {"withdrawn_at": noon + timedelta(hours=3)} if rng.random() < 0.1 else ends
                rows.append({"kind": kind, "requested_at": noon, "wanted_by": wanted, **ends})
        for row in rows:
            if rng.random() < 0.02:
                row.pop("met_at", None)
        now, by = seen([dict(row) for row in rows], DAY + timedelta(days=day)), end_of(DAY + timedelta(days=day))
        made_ = requests(now, told, earlier, MINIMUM, by)
        told.append(Told(made_.asked, made_.answered, by))
        open_ = requests(now, (), None, 1, by)
        true.append(tuple(dict(zip(c.rows, c.shown, strict=True)) for c in (open_.asked, open_.answered)))
        earlier = now
    return [as_attacked(book) for book in books_of_requests(told)], true


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_whoever_has_all_bulletins_recovers_no_hidden_number_of_requests(seed):
    tables, true = history(seed)
    attacker = Attacker(tables)
    for number, row, t in hidden(tables):
        line = tables[number][2] if row is None else [c[tables[number][0].index(row)] for c in tables[number][1]]
        last = next((line[s] for s in range(t - 1, -1, -1) if line[s] is not None), 0)
        value = [sum(day[number].values()) if row is None else day[number][row] for day in true]
        for since in {None, t - 1}:
            low, high = attacker.range(number, row, t, since)
            real = value[t] if since is None or since < 0 else value[t] - value[since]
            assert low - 1e-6 <= real <= high + 1e-6
            nothing = last if since is None else 0
            none = high - low < 1e-6 and abs(low - nothing) < 1e-6
            assert none or high - low >= MINIMUM - 1 - 1e-6, (number, row, t, since)


def test_there_was_something_to_recover():
    tables, _ = history(3)
    assert len(list(hidden(tables))) > 5
    assert any(total is not None for _, _, totals, _ in tables for total in totals)


def test_a_bulletin_that_shows_requests_by_itself_is_broken_by_the_same_attacker():
    """Two days that are safe alone: 40 and 45 requests for food give away the 5 that came in between."""
    told = [made([WANTED] * n, minimum=MINIMUM) for n in (40, 45)]
    tables = [as_attacked(book) for book in books_of_requests(told)]
    assert Attacker(tables).range(0, "food", 1, 0) == [5, 5]
