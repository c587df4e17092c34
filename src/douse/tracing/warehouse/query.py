"""The questions of both rings as Ibis expressions, the same for every engine.

All times are whole seconds since 1970. Below, `own` are the visits of hosts, cut to their windows; `there` are
everybody's visits at the places of hosts.
"""

from typing import Any, TypeAlias

import ibis
import polars as pl

from douse.tracing.encounters import Asked
from douse.tracing.warehouse.layout import LONG_SLOT_SECONDS, SLOT_SECONDS

Table: TypeAlias = Any  # an Ibis expression, which carries no type
Column: TypeAlias = Any

DAY_SECONDS = 86_400

# A meeting as one number: its seconds times this, less the rank of host and place, so that the greatest is the longest
# and of equals the first. Ranks stay far below it, and seconds below 2**31 (a meeting of 68 years).
RANKS = 2**32


def hosts_for(hosts: pl.DataFrame) -> pl.DataFrame:
    """Windows in seconds, one row each, without rows that can have no visits."""
    seconds = (pl.col(name).dt.truncate("1s").dt.epoch("s") for name in ("since", "until"))
    windows = hosts.drop_nulls().select("host", "person", *seconds)
    return windows.filter(pl.col("since") < pl.col("until")).unique(maintain_order=True)


def own_visits(by_person: Table, hosts: Table, asked: Asked) -> Table:
    """Visits of hosts, cut to the window; `day` stays the day on which the visit itself began."""
    visits = _timed(by_person.filter(by_person.told_on <= ibis.literal(asked.as_of)).join(hosts, "person"))
    start, stop = ibis.greatest(visits.entered, visits.since), ibis.least(visits.left, visits.until)
    of_no_length = (visits.entered == visits.left) & (visits.since <= visits.entered) & (visits.entered < visits.until)
    inside = visits.mutate(start=start, stop=stop).filter((start < stop) | of_no_length)
    return inside.select("host", "place", "day", "start", "stop", "exact", "long", "busiest")


def crowds(by_place: Table, own: Table, asked: Asked) -> Table:
    """Place, day, visits where more began than are expanded, as far as hosts were at the place on any day."""
    # `busiest` counts visits told later as well: it rules out most places, never one that is crowded.
    places = own.filter(own.busiest > asked.crowd).select("place").distinct()
    visits = by_place.filter((by_place.busiest > asked.crowd) & (by_place.told_on <= ibis.literal(asked.as_of)))
    began = visits.semi_join(places, "place").group_by("place", "day").agg(visits=lambda t: t.count())
    return began.filter(began.visits > asked.crowd)


def announced(own: Table, crowded: Table) -> Table:
    """Crowds in which a visit of a host began, with the number of hosts."""
    hosted = own.group_by("place", "day").agg(hosts=own.host.nunique())
    return crowded.join(hosted, ["place", "day"]).select("place", "day", "visits", "hosts")


def encountered(own: Table, by_place: Table, crowded: Table, aliases: Table, asked: Asked) -> Table:
    """One row a host, person, place and day: `ENCOUNTERS`, the day and times as numbers; `own` without crowds."""
    there = _outside(by_place, own, crowded, asked)
    own, there = _as(own, "own"), _as(_timed(there), "met")
    pairs = own.join(there, [own.own_place == there.met_place, *_meet(own, there)])
    pairs = pairs.anti_join(aliases, [pairs.own_host == aliases.host, pairs.met_person == aliases.person])
    begin, end = ibis.greatest(pairs.own_start, pairs.met_entered), ibis.least(pairs.own_stop, pairs.met_left)
    exact = pairs.own_exact & pairs.met_exact
    meetings = pairs.select(
        host="own_host", person="met_person", place="own_place", begin=begin, end=end, exact=exact.cast("int64")
    )
    timed = meetings.mutate(day=meetings.begin // DAY_SECONDS, seconds=(meetings.end - meetings.begin) * meetings.exact)
    return timed.group_by("host", "person", "place", "day").agg(
        seconds=timed.seconds.sum(),
        meetings=timed.exact.sum(),
        day_only=(1 - timed.exact).sum(),
        first=timed.begin.min(),
        last=timed.end.max(),
    )


def ranked(own: Table) -> Table:
    """Host and place of every visit of a host, numbered in their order."""
    pairs = own.select("host", "place").distinct()
    return pairs.mutate(rank=ibis.row_number().over(order_by=[pairs.host, pairs.place]).cast("int64"))


def met_further(  # noqa: PLR0913 (the tables of one question)
    own: Table, by_place: Table, crowded: Table, left_out: Table, asked: Asked, *, min_seconds: int
) -> Table:
    """One row a person: the longest meeting as one number (see `RANKS`), first and last in seconds.

    `own` without crowds, with `rank`. Pairs are sought by place and slot: a visit stands in every slot that it
    touches, and a pair counts in the slot in which its overlap begins: once. (Twice would give the same answer, later.)
    """
    own = own.filter(own.exact & (own.stop - own.start >= min_seconds))
    there = _outside(by_place.filter(by_place.exact), own, crowded, asked).anti_join(left_out, "person")
    there = _timed(there)
    there = there.filter(there.left - there.entered >= min_seconds)
    own = _in_slots(own.select("rank", "place", "long", "start", "stop"), own.start, own.stop)
    there = _in_slots(there.select("person", "place", "long", "entered", "left"), there.entered, there.left)
    own, there = _as(own, "own"), _as(there, "met")
    same = [own.own_place == there.met_place, own.own_slot == there.met_slot]
    pairs = own.join(there, [*same, *_meet(own, there)])
    begin, end = ibis.greatest(pairs.own_start, pairs.met_entered), ibis.least(pairs.own_stop, pairs.met_left)
    meetings = pairs.mutate(begin=begin, end=end, seconds=end - begin)
    meetings = meetings.filter(
        (meetings.begin // _width(meetings.own_long)) == meetings.own_slot, meetings.seconds >= min_seconds
    )
    return meetings.group_by(person="met_person").agg(
        longest=(meetings.seconds * RANKS - meetings.own_rank).max(),
        first=meetings.begin.min(),
        last=meetings.end.max(),
    )


def _timed(visits: Table) -> Table:
    return visits.mutate(entered=visits.entered.epoch_seconds(), left=visits["left"].epoch_seconds())


def _outside(by_place: Table, own: Table, crowded: Table, asked: Asked) -> Table:
    """Visits told by the day, at places of hosts, that did not begin in a crowd."""
    told = by_place.filter(by_place.told_on <= ibis.literal(asked.as_of))
    return told.semi_join(own.select("place").distinct(), "place").anti_join(crowded, ["place", "day"])


def _meet(own: Table, there: Table) -> list[Column]:
    return [own.own_start < there.met_left, there.met_entered < own.own_stop]


def _width(long: Column) -> Column:
    return long.ifelse(LONG_SLOT_SECONDS, SLOT_SECONDS)


def _in_slots(visits: Table, start: Column, stop: Column) -> Table:
    """Visits once in every slot that they touch; one of no length in the slot in which it is."""
    width = _width(visits.long)
    first, last = start // width, ibis.greatest(stop - 1, start) // width
    return visits.mutate(slot=ibis.range(first.cast("int64"), last.cast("int64") + 1).unnest())


def _as(table: Table, prefix: str) -> Table:
    """Columns under a prefix, so that two sides of a join keep theirs apart."""
    return table.rename({f"{prefix}_{name}": name for name in table.columns})
