"""What the tests of signals and tracing share: protocols to trace by, and the way from records to a trace."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from douse.library.load import load
from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.records import Records, ZoneTree
from douse.signals import Scene, Signal, detect
from douse.signals.detect import DAILY
from douse.situation import Situation, describe
from douse.tracing import Trace, trace
from douse.tracing.shared_places import index_of, indexed
from douse.tracing.tasks import Work, make_work
from douse.tracing.who_met import WhoMet, who_met

COVID = "sars-cov-2-wild"  # maximum incubation 14 days, infectious 10 days after onset


def pathogen(name: str = COVID, **changes: Any) -> Pathogen:
    return load(Pathogen, name).model_copy(update=changes)


def protocol(name: str = "who-generic", **changes: Any) -> Protocol:
    return load(Protocol, name).model_copy(update=changes)


def alerting(**changes: Any) -> Protocol:
    """The generic protocol with other alerts; plain numbers stand for numbers of the library."""
    alerts = protocol().alerts
    numbers = {
        name: alerts.cluster_cases.model_copy(update={"value": float(value)})
        if isinstance(value, int | float) and not isinstance(value, bool)
        else value
        for name, value in changes.items()
    }
    return protocol(alerts=alerts.model_copy(update=numbers))


def known_on(records: Records, day: str, rules: Protocol) -> tuple[Records, Situation, ZoneTree]:
    known = records.as_of(date.fromisoformat(day))
    zones = ZoneTree(known)
    return known, describe(known, zones, pathogen(), rules), zones


def trace_on(records: Records, day: str, rules: Protocol | None = None, **settings: Any) -> Trace:
    rules = rules or protocol()
    known, situation, zones = known_on(records, day, rules)
    return trace(known, situation, zones, pathogen(), rules, **settings)


def signals_on(
    records: Records, day: str, rules: Protocol | None = None, names: Sequence[str] = tuple(DAILY), **of_pathogen: Any
) -> tuple[Signal, ...]:
    rules = rules or protocol()
    known, situation, zones = known_on(records, day, rules)
    return detect(Scene(known, situation, zones, pathogen(**of_pathogen), rules), names)


def plain(rows_of: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Rows with days as ISO text, for a table that reads easily."""
    return [tuple(str(v) if isinstance(v, date) else v for v in row) for row in rows_of]


def contacts_on(day: str, *columns: str, rules: Protocol | None = None, **settings: Any) -> Callable[[Records], Any]:
    return lambda records: plain(trace_on(records, day, rules, **settings).contacts.select(columns).rows())


def work_on(day: str, *columns: str, rules: Protocol | None = None) -> Callable[[Records], Any]:
    return lambda records: plain(trace_on(records, day, rules).worklist.select(columns).rows())


def links_on(day: str, *columns: str) -> Callable[[Records], Any]:
    return lambda records: trace_on(records, day).links.select(columns).rows()


def worklist_of(records: Records, day: str, rules: Protocol | None = None, links: Any = None) -> Work:
    rules = rules or protocol()
    known, situation, zones = known_on(records, day, rules)
    traced = trace(known, situation, zones, pathogen(), rules)
    return make_work(known, situation, traced, pathogen(), rules, links=links)


def tasks_on(
    day: str, *columns: str, rules: Protocol | None = None, links: Any = None, **only: Any
) -> Callable[[Records], Any]:
    return lambda records: plain(worklist_of(records, day, rules, links).tasks.filter(**only).select(columns).rows())


def who_met_on(records: Records, day: str, rules: Protocol | None = None, **settings: Any) -> WhoMet:
    rules = rules or protocol()
    known, situation, _ = known_on(records, day, rules)
    return who_met(known, situation, indexed(index_of(known)), pathogen(), rules, **settings)


def met_on(
    day: str, table: str, *columns: str, rules: Protocol | None = None, **settings: Any
) -> Callable[[Records], Any]:
    """Some columns of a table of `WhoMet`; moments as their time of day, days as ISO text."""
    return lambda records: plain(getattr(who_met_on(records, day, rules, **settings), table).select(columns).rows())
