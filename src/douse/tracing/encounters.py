"""Who was at a place together with whom: the shape of the question and of the answer, whichever engine answers.

A host is somebody whose meetings are asked for within a window: a case while it could infect (ring 1), a contact until
the quarantine (ring 2). Everybody else who was there is a visitor. These rules hold for every engine:

- Times are local, to the second (fractions cut off). A visit with a day but no time (or no end) lasts the whole day
  (until the end of the day on which it began); of such a visit only the days are known: it is not *exact*.
- Visits told after the as-of day do not exist. A visit is not told before the day on which it began.
- A visit of a host is cut to the window ``[since, until)``; one of no length stays when it begins within it.
- Two visits at one place meet when each begins before the other ends. A visit of no length therefore meets the visits
  that it falls within, for 0 seconds. Nobody meets themselves.
- A place is crowded on a day when more visits than `crowd` began there on that day (hosts' own visits count). No
  meeting is expanded in which either visit began at a place and on a day that is crowded: such places are announced.
- The visits of one person at one place do not overlap (whoever prepares the visits sees to it, see `tracing/index`), so
  seconds may be added up.
"""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

import polars as pl

# Windows: several rows of one host where it is known by several persons' identifiers; one person has one window a host.
HOSTS: dict[str, pl.DataType] = {
    "host": pl.String(),  # name of the window: a case_id, or the person of a contact
    "person": pl.String(),  # identifier in the visits
    "since": pl.Datetime("us"),
    "until": pl.Datetime("us"),  # the window ends before this moment
}

# Ring 1: one row a host, person, place and day, sorted by these. Of meetings that are not exact only the number is
# known.
ENCOUNTERS: dict[str, pl.DataType] = {
    "host": pl.String(),
    "person": pl.String(),
    "place": pl.String(),
    "day": pl.Date(),  # on which the meeting began: the later of the two entries, the host's cut to the window
    "seconds": pl.Int64(),  # together in all exact meetings that began on that day
    "meetings": pl.Int64(),  # pairs of visits that met, exact ones
    "day_only": pl.Int64(),  # pairs of visits that met, of which only the day is known
    "first": pl.Datetime("us"),  # start of the first of these meetings, of either kind
    "last": pl.Datetime("us"),  # end of the last
}

# Where hosts were within their windows and nothing was expanded; sorted by place, day.
CROWDED: dict[str, pl.DataType] = {
    "place": pl.String(),
    "day": pl.Date(),
    "visits": pl.Int64(),  # that began there on that day
    "hosts": pl.Int64(),  # distinct hosts with a visit that began there on that day
}

# Ring 2: one row a person who had an exact meeting of at least `min_seconds` with a host. Persons who are left out, and
# all persons of hosts, are not asked about.
FURTHER: dict[str, pl.DataType] = {
    "person": pl.String(),
    "via": pl.String(),  # host of the longest meeting; of equals the first by host, then place
    "place": pl.String(),  # of the longest meeting
    "seconds": pl.Int64(),  # of the longest meeting
    "first": pl.Datetime("us"),  # start of the first such meeting, with whichever host
    "last": pl.Datetime("us"),  # end of the last such meeting
}


@dataclass(frozen=True)
class Met:
    """Answer of ring 1: `ENCOUNTERS` and `CROWDED`."""

    encounters: pl.DataFrame
    crowded: pl.DataFrame


@dataclass(frozen=True)
class Asked:
    """What is the same for both rings: as of which day (inclusive), and how many visits a day make a crowd."""

    as_of: date
    crowd: int


class Engine(Protocol):
    """Whoever answers."""

    def encounters(self, hosts: pl.DataFrame, asked: Asked) -> Met:
        """Ring 1: `ENCOUNTERS` and `CROWDED` of `HOSTS`."""

    def further(self, hosts: pl.DataFrame, left_out: pl.Series, asked: Asked, min_seconds: int) -> pl.DataFrame:
        """Ring 2: `FURTHER` of `HOSTS`, without some persons."""


def last_day() -> pl.Expr:
    """Last day that meetings touch, over the columns first and last: what ends at midnight does not touch the next."""
    return pl.max_horizontal("first", pl.col("last").dt.offset_by("-1us")).dt.date()
