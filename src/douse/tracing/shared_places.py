"""Who was at a place together with somebody infectious."""

from dataclasses import dataclass

import polars as pl

from douse.records import Records
from douse.tracing.encounters import HOSTS, Asked
from douse.tracing.index.build import index_in_memory
from douse.tracing.index.rings import encounters
from douse.tracing.index.stays import hosted
from douse.tracing.index.visit_index import VisitIndex
from douse.tracing.visits import spans


@dataclass(frozen=True)
class Meetings:
    """Meetings of hosts with everybody else, sorted.

    ``pairs``    visitor, host, day, last_day, place, minutes: one row a visitor, host and day on which meetings
                 began, with the minutes of the day added up and the place of the longest; meetings of which only the
                 day is known (minutes null) apart from the others
    ``crowded``  place, day, visits, hosts: places and days that are not expanded
    ``hosted``   host, place, day: where hosts were within their windows
    """

    pairs: pl.DataFrame
    crowded: pl.DataFrame
    hosted: pl.DataFrame


def visits_of(known: Records) -> VisitIndex:
    """The table of visits of an as-of view, to be asked."""
    return index_in_memory(spans(known.table("visits").filter(pl.col("entered_at").is_not_null())))


def meetings(visits: VisitIndex, hosts: pl.DataFrame, asked: Asked) -> Meetings:
    """Meetings of hosts, within their windows.

    Parameters
    ----------
    visits : VisitIndex
        Of an as-of view, or of everything: what was told after the as-of day is passed over.
    hosts : polars.DataFrame
        host (identifier of the window), visitor (identifier in the visits; several rows where there are
        several), since, until (dates; the window, both days included).
    asked : Asked
        As of which day; most visits a day, of a place that is expanded.
    """
    windows = windows_of(hosts)
    met = encounters(visits, windows, asked)
    return Meetings(_pairs(met.encounters), met.crowded, hosted(visits, windows, asked))


def windows_of(hosts: pl.DataFrame) -> pl.DataFrame:
    """`encounters.HOSTS` of windows in days, both included."""
    return hosts.drop_nulls().select(
        host="host",
        person="visitor",
        since=pl.col("since").cast(pl.Datetime("us")),
        until=pl.col("until").cast(pl.Datetime("us")).dt.offset_by("1d"),
    ).select(pl.col(name).cast(kind) for name, kind in HOSTS.items())  # fmt: skip


def _pairs(met: pl.DataFrame) -> pl.DataFrame:
    rows = met.rename({"person": "visitor"}).with_columns(
        last_day=pl.max_horizontal("day", pl.col("last").dt.offset_by("-1us").dt.date())
    )
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
