"""Which returns are due, there, late or missing; and how long each level takes to tell the one above."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any, Literal

import polars as pl

from douse.errors import LibraryError
from douse.library import Pathogen, Protocol, load, names
from douse.library.returns import Return
from douse.outputs.returns.values import Period, due_at, period_of
from douse.outputs.returns.within import subtree, within, zones_of_kind
from douse.records import Records, ZoneTree
from douse.situation import describe
from douse.situation.situation import Milestone

State = Literal["open", "missing", "draft", "signed", "sent"]
PERIODS = {"day": 14, "week": 8}  # that are looked back on
_ORDER = {"draft": 0, "signed": 1, "sent": 2}


@dataclass(frozen=True)
class Standing:
    """How one return of one zone and period stands.

    `state`: sent, signed, draft; nothing there yet: open before its time, missing after it. `late_hours`: of what was
    sent, after its time; of what was not, how long it has been due.
    """

    definition: Return
    zone: str
    period: Period
    due_at: datetime
    state: State
    late_hours: float
    return_id: str | None = None
    sent_at: datetime | None = None

    @property
    def is_late(self) -> bool:
        """Whether it came, or is to come, after its time."""
        return self.late_hours > 0


@dataclass(frozen=True)
class Hop:
    """How one zone tells the level above, over the periods that were looked back on; hours are from their ends."""

    definition: Return
    zone: str
    expected: int  # periods whose time is over
    in_time: int
    late: int
    missing: int
    median_hours: float | None
    worst_hours: float | None


@dataclass(frozen=True)
class Clocks:
    """7-1-7 of one zone."""

    zone: str
    milestones: tuple[Milestone, ...]


def shipped() -> tuple[Return, ...]:
    """All definitions of the library, from the lowest level up."""
    found = [load(Return, name) for name in names(Return)]
    return tuple(sorted(found, key=lambda one: (-len(one.group), one.id)))


def definition_of(label: str) -> Return:
    """The definition that the ledger names (`Return.label`). Raises LibraryError where the library has none."""
    name = label.split(" ", maxsplit=1)[0]
    if name not in names(Return):
        raise LibraryError("The library has no return of that name.", allowed=", ".join(names(Return)))
    found: Return = load(Return, name)
    return found


def standings(
    definitions: Iterable[Return], zones: ZoneTree, returns: pl.DataFrame, since: date, now: datetime
) -> list[Standing]:
    """Every return that somebody owes or gave, newest period first.

    Parameters
    ----------
    definitions : iterable of Return
        That are in use.
    zones : ZoneTree
        Tells who reports.
    returns : pl.DataFrame
        Rows in force of the table.
    since : date
        First day of reporting: the day of the first record.
    now : datetime
        Local.
    """
    there = _furthest(returns)
    found = list[Standing]()
    for definition in definitions:
        owing = zones_of_kind(zones, definition.of)
        found += [
            _standing(definition, zone, period, there.get((definition.id, zone, period.start)), now)
            for period in _periods(definition, since, now)
            for zone in owing
        ]
    return sorted(found, key=lambda one: (-one.period.end.toordinal(), one.definition.id, one.zone))


def hops(standing: Iterable[Standing]) -> list[Hop]:
    """How each zone tells the level above."""
    of: dict[tuple[str, str], list[Standing]] = {}
    for one in standing:
        of.setdefault((one.definition.id, one.zone), []).append(one)
    return [_hop(some) for _, some in sorted(of.items())]


def clocks(known: Records, kinds: Sequence[str], pathogen: Pathogen, protocol: Protocol) -> list[Clocks]:
    """7-1-7 of every zone of some kinds, each of its own cases."""
    zones, found = ZoneTree(known), []
    for kind in kinds:
        for zone in zones_of_kind(zones, kind):
            cut = within(known, subtree(zones, zone))
            if cut.cases.height:
                found.append(Clocks(zone, describe(cut, zones, pathogen, protocol).milestones))
    return found


def typed_share(returns: pl.DataFrame) -> tuple[int, int]:
    """Values in all returns, and how many of them somebody typed."""
    return int(returns["cells"].sum() or 0), int(returns["typed"].sum() or 0)


def _furthest(returns: pl.DataFrame) -> dict[tuple[str, str, date], dict[str, Any]]:
    """Of each return the row that came furthest; of two that were sent the later one, which corrects the other."""
    found: dict[tuple[str, str, date], dict[str, Any]] = {}
    for row in returns.sort("made_at").iter_rows(named=True):
        key = (row["definition"].split(" ", maxsplit=1)[0], row["zone"], row["period_start"])
        before = found.get(key)
        if before is None or _ORDER[row["state"]] >= _ORDER[before["state"]]:
            found[key] = row
    return found


def _periods(definition: Return, since: date, now: datetime) -> list[Period]:
    last = period_of(definition.every, now.date() - timedelta(days=1))
    if last.over_at > now:
        last = period_of(definition.every, last.start - timedelta(days=1))
    found, first = list[Period](), max(since, definition.valid_from)
    while len(found) < PERIODS[definition.every] and last.end >= first:
        found.append(last)
        last = period_of(definition.every, last.start - timedelta(days=1))
    return found


def _standing(definition: Return, zone: str, period: Period, row: dict[str, Any] | None, now: datetime) -> Standing:
    due = due_at(definition, period)
    came = row["sent_at"] if row is not None and row["state"] == "sent" else None
    late = max(0.0, ((came or now) - due).total_seconds() / 3600)
    if row is None:
        return Standing(definition, zone, period, due, "missing" if late else "open", late)
    return Standing(definition, zone, period, due, row["state"], late, row["return_id"], came)


def _hop(some: list[Standing]) -> Hop:
    sent = [one for one in some if one.state == "sent" and one.sent_at is not None]
    over = [one for one in some if one.state == "sent" or one.late_hours > 0]
    hours = [(one.sent_at - one.period.over_at).total_seconds() / 3600 for one in sent if one.sent_at is not None]
    late = sum(one.is_late for one in sent)
    return Hop(
        some[0].definition, some[0].zone, len(over), len(sent) - late, late, len(over) - len(sent),
        median(hours) if hours else None, max(hours, default=None),
    )  # fmt: skip
