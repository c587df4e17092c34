"""What grows by the rows that are new is what would be made anew: rows in force, their zones, what each role sees."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from douse.console import reach, reading
from douse.console.cases import listed
from douse.console.permissions import Actor, Grant
from douse.console.policy import EVERYWHERE
from douse.records.growth import Change, Grown
from douse.records.ledger import Ledger, Live, NewEntry, Snapshot
from douse.records.ledger.entry import Entry

START = datetime(2026, 3, 1, 8)
ZONES = ("a", "a-1", "a-2", "b", "b-1")
TABLES = ("cases", "contacts", "follow_ups", "tests", "tasks", "stays", "facilities", "people", "measures")
ACTORS = (
    Actor("t", (Grant("tracer", "a"),), verified=True),
    Actor("u", (Grant("tracer", "b-1"),), verified=True),
    Actor("e", (Grant("epidemiologist", EVERYWHERE),), verified=True),
    Actor("d", (Grant("decision_maker", "a"),), verified=True),
)


class Hand:
    """Writes whatever may come: new rows, rows of a key that is there, corrections of any row, corrections of one row
    twice, rows that tell where a person lives after others have named the person."""

    def __init__(self, ledger: Ledger, seed: int) -> None:
        self.ledger, self.chance, self.at = ledger, random.Random(seed), START
        self.number = 0
        ledger.append(
            [
                NewEntry("zones", {"zone_id": zone, "parent_zone": zone[0] if len(zone) > 1 else None, "kind": kind})
                for zone in ZONES
                for kind in ["community" if len(zone) > 1 else "district"]
            ],
            author="u", at=self.at,
        )  # fmt: skip

    def write(self) -> None:
        """Some rows of one table or two."""
        self.at += timedelta(minutes=self.chance.randrange(1, 90))
        new: list[NewEntry] = []
        for _ in range(self.chance.randrange(1, 4)):
            table = self.chance.choice(TABLES)
            before = self.ledger.entries(tables=[table])
            correct = before and self.chance.random() < 0.35
            chosen: Entry | None = self.chance.choice(before) if correct else None
            told = self.at - timedelta(minutes=self.chance.randrange(300))
            new.append(
                NewEntry(table, self.row(table), supersedes=chosen.record_id if chosen else None, recorded_at=told)
            )
        self.ledger.append(new, author="u", at=self.at)

    def row(self, table: str) -> dict[str, Any]:
        """A row that often names what others name."""
        some, self.number = self.chance.choice, self.number + 1
        person, case = f"p{self.chance.randrange(9)}", f"c{self.chance.randrange(6)}"
        zone, moment = some((None, *ZONES)), f"2026-02-{self.chance.randrange(10, 20)}T09:00:00"
        rows: dict[str, dict[str, Any]] = {
            "cases": {"case_id": case, "person_id": some((None, person)), "zone": zone, "onset": "2026-02-20"},
            "contacts": {"case_id": case, "person_id": person, "zone": zone},
            "follow_ups": {"person_id": person, "at": moment, "zone": zone, "case_id": some((None, case))},
            "tests": {"person_id": person, "sampled_at": moment, "kind": "pcr", "zone": some((None, None, zone))},
            "tasks": {"task_id": f"k{self.chance.randrange(8)}", "kind": "reach", "person_id": some((None, person)),
                      "case_id": some((None, case)), "assigned_to": some((None, "t", "u"))},
            "stays": {"person_id": person, "facility_id": some(("f1", "f2")), "place": "hospital",
                      "entered_on": moment[:10]},
            "facilities": {"facility_id": some(("f1", "f2")), "kind": "hospital", "zone": zone},
            "people": {"person_id": person, "zone": zone},
            "measures": {"measure_id": f"m{self.chance.randrange(4)}", "zone": some(ZONES), "kind": "level",
                         "level": "control", "start": "2026-02-20"},
        }  # fmt: skip
        return {name: value for name, value in rows[table].items() if value is not None}

    def merge(self) -> None:
        """One person is another, or is not after all."""
        self.at += timedelta(minutes=7)
        before = self.ledger.entries(tables=["merges"])
        if before and self.chance.random() < 0.5:
            row = dict(before[-1].row) | {"state": "undone", "reason": "two people"}
            row = {name: row[name] for name in ("merge_id", "person_id", "into", "state", "reason")}
            self.ledger.append([NewEntry("merges", row, supersedes=before[-1].record_id)], author="u", at=self.at)
            return
        one, other = self.chance.sample(range(9), 2)
        row = {"merge_id": f"g{self.number}", "person_id": f"p{one}", "into": f"p{other}", "state": "merged"}
        self.ledger.append([NewEntry("merges", row)], author="u", at=self.at)


def same(one: pl.DataFrame, other: pl.DataFrame, by: str) -> None:
    assert_frame_equal(one, other, check_row_order=False)
    assert one[by].n_unique() == len(one)


def forget() -> None:
    for kept in (reach._homes, reach._zoned, reading._rows, listed._last, listed._lists):
        kept.forget()


def lists(actor: Actor, snapshot: Snapshot) -> dict[str, pl.DataFrame]:
    """The rows of every list that somebody may open."""
    found = {"cases": listed.cases(actor, snapshot), "contacts": listed.contacts(actor, snapshot)}
    if "read tests" in actor.rights:
        found["tests"] = listed.tests(actor, snapshot)
    if "see_outside" in actor.rights:
        found["outside"] = listed.cases(actor, snapshot, outside=True)
    return found


def compare(grown: Snapshot, anew: Snapshot) -> None:
    """Everything that is seen of two snapshots, one that grew and one that was read anew."""
    seen = {}
    for which, snapshot in (("grown", grown), ("anew", anew)):
        if which == "anew":
            forget()
        for table in TABLES:
            seen[which, table] = snapshot.current(table)
            seen[which, table, "zone"] = reach.zoned(snapshot, table).frame
            for actor in ACTORS:
                if f"read {table}" in actor.rights:
                    seen[which, table, actor.name] = reading.visible(actor, snapshot, table)
        for actor in ACTORS[:3]:
            seen[which, "last", actor.name] = listed._last_follow_ups(actor, snapshot).frame
            for name, rows in lists(actor, snapshot).items():
                seen[which, name, actor.name, "list"] = rows
        seen[which, "homes"] = reach.homes(snapshot, "person_id")
    for key in [key for key in seen if key[0] == "grown"]:
        by = {"last": "person_id", "homes": "key"}.get(str(key[1]), "record_id")
        same(seen[key], seen["anew", *key[1:]], by)


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    forget()
    yield
    forget()


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 6))])
def test_what_grew_is_what_is_made_anew(ledger: Ledger, seed: int) -> None:
    hand, live = Hand(ledger, seed), Live(ledger)
    for step in range(24):
        hand.merge() if step % 11 == 10 else hand.write()
        snapshot = live.follow()
        for table in hand.chance.sample(TABLES, 3):  # some are looked at seldom
            reach.zoned(snapshot, table)
            for actor in ACTORS:
                if f"read {table}" in actor.rights:
                    reading.visible(actor, snapshot, table)
        for actor in ACTORS[:3]:
            lists(actor, snapshot)
        if step % 4 == 3:
            compare(snapshot, Live(ledger).follow())
            forget()


def test_a_row_more_makes_nothing_anew(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    hand, live = Hand(ledger, 1), Live(ledger)
    for _ in range(20):
        hand.write()
    snapshot = live.follow()
    anna = ACTORS[0]
    before = {table: reading.visible_grown(anna, snapshot, table) for table in ("cases", "contacts", "follow_ups")}
    row = {"person_id": "new", "at": "2026-03-02T09:00:00", "zone": "a-1"}
    ledger.append([NewEntry("follow_ups", row)], author="u", at=hand.at)
    looked: list[int] = []
    whole = reading._seen_rows
    monkeypatch.setattr(
        reading, "_seen_rows", lambda *facts, **more: looked.append(len(facts[3])) or whole(*facts, **more)
    )
    snapshot = live.follow()
    after = {table: reading.visible_grown(anna, snapshot, table) for table in before}
    assert looked == [1]
    assert after["cases"] is before["cases"]
    assert len(after["follow_ups"].frame) == len(before["follow_ups"].frame) + 1


def test_a_person_who_moves_takes_along_rows_that_name_no_zone(ledger: Ledger) -> None:
    hand, live = Hand(ledger, 2), Live(ledger)
    ledger.append(
        [
            NewEntry("cases", {"case_id": "x", "zone": "a-1"}),
            NewEntry("contacts", {"case_id": "x", "person_id": "y"}),
            NewEntry("tests", {"person_id": "y", "sampled_at": "2026-03-01T09:00:00", "kind": "pcr"}),
        ],
        author="u", at=hand.at,
    )  # fmt: skip
    assert reading.visible(ACTORS[0], live.follow(), "tests").height == 1
    assert reading.visible(ACTORS[1], live.follow(), "tests").height == 0
    case = {"case_id": "x", "zone": "b-1"}
    ledger.append([NewEntry("cases", case, supersedes="x")], author="u", at=hand.at)
    assert reading.visible(ACTORS[0], live.follow(), "tests").height == 0
    assert reading.visible(ACTORS[1], live.follow(), "tests").height == 1


def test_many_steps_are_told_as_one_change_and_too_many_as_none() -> None:
    at = start = Grown(pl.DataFrame({"record_id": ["a", "b"], "n": [0, 0]}))
    for step in range(1, 31):
        there = at.frame.filter(pl.col("record_id") == "b")
        at = at.changed(Change(there, pl.DataFrame({"record_id": ["b", f"r{step}"], "n": [step, step]})))
    change = at.since(start.state)
    assert change is not None
    rows = pl.concat([start.frame.filter(~pl.col("record_id").is_in(change.gone["record_id"].implode())), change.new])
    assert_frame_equal(rows, at.frame, check_row_order=False)
    for _ in range(10):
        at = at.changed(Change(at.frame.clear(), pl.DataFrame({"record_id": [str(id(at))], "n": [0]})))
    assert at.since(start.state) is None
    assert at.since(at.state) is not None


def test_a_table_of_many_small_pieces_is_put_together() -> None:
    at = Grown(pl.DataFrame({"record_id": [str(n) for n in range(1000)]}))
    for n in range(500):
        at = at.changed(Change(at.frame.clear(), pl.DataFrame({"record_id": [f"x{n}"]})))
    assert at.frame.n_chunks() <= 66
    assert len(at.frame) == 1500
    assert at.changed(Change(at.frame.clear(), at.frame.clear())) is at
