"""Who was at a place together with somebody infectious."""

from dataclasses import dataclass, replace

import polars as pl

from douse.records import Records
from douse.tracing.encounters import HOSTS, Asked, Engine, Met, last_day
from douse.tracing.index.build import index_in_memory
from douse.tracing.index.rings import IndexEngine
from douse.tracing.index.visit_index import FACTS, VisitIndex
from douse.tracing.persons import with_person
from douse.tracing.visits import spans


@dataclass(frozen=True)
class Visits:
    """Who was where, wherever it is kept.

    Parameters
    ----------
    engine : Engine
        Who answers.
    facts : polars.DataFrame
        What visits say of their places: `visit_index.FACTS`.
    index : VisitIndex or None
        The visits themselves; None where they lie in a warehouse.
    """

    engine: Engine
    facts: pl.DataFrame
    index: VisitIndex | None = None


def index_of(known: Records) -> VisitIndex:
    """The table of visits of an as-of view, indexed; each person under one identifier."""
    named = with_person(known.table("visits"), known).with_columns(person_id="person")
    return index_in_memory(spans(named))


def indexed(index: VisitIndex, memory: int | None = None) -> Visits:
    """An index, to be asked within so many bytes (see `IndexEngine`). What was told after the day is passed over."""
    return Visits(IndexEngine(index, memory=memory), index.facts, index)


def elsewhere(engine: Engine, facts: pl.DataFrame | None = None) -> Visits:
    """A warehouse, to be asked; it knows nothing of places itself."""
    return Visits(engine, pl.DataFrame(schema=FACTS) if facts is None else facts)


def case_windows(windows: pl.DataFrame) -> pl.DataFrame:
    """`encounters.HOSTS` of the infectious windows of cases, by each identifier that visits may know a case by."""
    window = windows.select("person", host="case_id", since="infectious_from", until="infectious_to")
    by_person, by_case = window.with_columns(visitor="person"), window.with_columns(visitor="host")
    return windows_of(pl.concat([by_person, by_case]).drop("person").unique(maintain_order=True))


def met_cases(visits: Visits, hosts: pl.DataFrame, asked: Asked) -> Met:
    """Who met cases (`case_windows`), whose time counts once.

    An index may hold a case's visits under two identifiers, which say the same time twice; nobody is together for
    longer than from the first meeting of a day to the end of the last.
    """
    met = visits.engine.encounters(hosts, asked)
    at_most = (pl.col("last") - pl.col("first")).dt.total_seconds()
    return replace(met, encounters=met.encounters.with_columns(pl.min_horizontal("seconds", at_most)))


def windows_of(hosts: pl.DataFrame) -> pl.DataFrame:
    """`encounters.HOSTS` of windows in days.

    Parameters
    ----------
    hosts : polars.DataFrame
        host (identifier of the window), visitor (identifier in the visits; several rows where there are
        several), since, until (dates; both days included). Rows with a null are left out.
    """
    whole_days = hosts.drop_nulls().select(
        host="host",
        person="visitor",
        since=pl.col("since").cast(pl.Datetime("us")),
        until=pl.col("until").cast(pl.Datetime("us")).dt.offset_by("1d"),
    )
    return whole_days.select(pl.col(name).cast(kind) for name, kind in HOSTS.items())


def pairs_of(met: pl.DataFrame) -> pl.DataFrame:
    """Meetings by person, host and day.

    Parameters
    ----------
    met : polars.DataFrame
        `encounters.ENCOUNTERS`.

    Returns
    -------
    polars.DataFrame
        visitor, host, day (on which meetings began), last_day, place (of the longest), minutes (of the day added up,
        over all places); meetings of which only the day is known (minutes null) apart from the others. Sorted.
    """
    rows = met.rename({"person": "visitor"}).with_columns(last_day=last_day())
    longest = pl.col("place").sort_by("seconds", "place", descending=[True, False]).first()
    by = ("visitor", "host", "day")
    exact = (
        rows.filter(pl.col("meetings") > 0)
        .group_by(by)
        .agg(pl.col("last_day").max(), place=longest, minutes=pl.col("seconds").sum() / 60)
    )
    day_only = (
        rows.filter(pl.col("day_only") > 0)
        .group_by(by)
        .agg(pl.col("last_day").max(), place=pl.col("place").min(), minutes=pl.lit(None, dtype=pl.Float64))
    )
    columns = ("visitor", "host", "day", "last_day", "place", "minutes")
    return pl.concat([exact.select(columns), day_only.select(columns)]).sort(
        "visitor", "host", "day", "minutes", nulls_last=True
    )
