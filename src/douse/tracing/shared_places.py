"""Who was at a place together with somebody infectious."""

from dataclasses import dataclass

import polars as pl

from douse.tracing.visits import days_of

# Above so many visitors a day a place is announced, not expanded to contacts: most of them were never near the case.
CROWD = 500


@dataclass(frozen=True)
class Meetings:
    """Overlaps of visits, sorted.

    ``pairs``    visitor, host, day, last_day, place, minutes: one row a visitor, host and day on which meetings
                 began, with the minutes of the day added up and the place of the longest; meetings of which only the
                 day is known (minutes null) apart from the others
    ``present``  place, day, host, visitor: everybody at a place on a day when a host was (nobody at crowded places)
    ``crowded``  place, day, people: places and days with more visitors than are expanded
    ``hosted``   host, place, day: where hosts were within their windows
    ``sites``    place, kind, zone, latitude, longitude: the places of `hosted`, as far as visits say
    """

    pairs: pl.DataFrame
    present: pl.DataFrame
    crowded: pl.DataFrame
    hosted: pl.DataFrame
    sites: pl.DataFrame


def meetings(visits: pl.DataFrame, hosts: pl.DataFrame, *, crowd: int = CROWD) -> Meetings:
    """Overlaps of the visits of hosts, within their windows, with the visits of everybody else.

    Two visits meet when each begins before the other ends; a visit of no length meets the visits that it falls
    within, for 0 minutes. Only places that hosts visited are looked at, and never all pairs of a crowded place.

    Parameters
    ----------
    visits : polars.DataFrame
        As of `spans`.
    hosts : polars.DataFrame
        host (identifier of the window), visitor (identifier in the visits; several rows where there are
        several), since, until (dates; the window, both days included).
    crowd : int, default 500
        Most visitors a day, of a place that is expanded.
    """
    own = _within_windows(visits, hosts)
    at_places = visits.join(own, on="place", how="semi")
    there = _once(at_places, "visitor").with_row_index("visit")
    there_days = days_of(there)
    crowded = (
        there_days.group_by("place", "day")
        .agg(people=pl.col("visitor").n_unique())
        .filter(pl.col("people") > crowd)
        .sort("place", "day")
    )
    own_days = days_of(own.with_row_index("hosting"))
    calm = own_days.join(crowded, on=["place", "day"], how="anti")
    together = (
        calm.select("host", "hosting", "place", "day", "start", "end", "exact")
        .join(there_days.select("visit", "visitor", "place", "day", "start", "end", "exact"), on=["place", "day"])
        .join(hosts.select("host", "visitor"), on=["host", "visitor"], how="anti")
    )
    return Meetings(
        pairs=_pairs(together),
        present=together.select("place", "day", "host", "visitor").unique().sort(pl.all()),
        crowded=crowded,
        hosted=own_days.select("host", "place", "day").unique().sort(pl.all()),
        sites=at_places.group_by("place").agg(pl.col("kind", "zone", "latitude", "longitude").min()).sort("place"),
    )


def _within_windows(visits: pl.DataFrame, hosts: pl.DataFrame) -> pl.DataFrame:
    """Visits of hosts, cut to the window of the host."""
    since = pl.col("since").cast(pl.Datetime("us"))
    until = pl.col("until").cast(pl.Datetime("us")).dt.offset_by("1d")
    inside = (
        visits.join(hosts.drop_nulls(), on="visitor")
        .filter(pl.col("start") < until, (pl.col("end") > since) | (pl.col("start") >= since))
        .with_columns(start=pl.max_horizontal("start", since), end=pl.min_horizontal("end", until))
    )
    return _once(inside, "host")


def _once(visits: pl.DataFrame, who: str) -> pl.DataFrame:
    """Spans without repetitions of a visit."""
    return visits.select(who, "place", "start", "end", "exact").unique(maintain_order=True)


def _pairs(together: pl.DataFrame) -> pl.DataFrame:
    start, end = pl.max_horizontal("start", "start_right"), pl.min_horizontal("end", "end_right")
    exact = pl.col("exact") & pl.col("exact_right")
    met = (
        together.filter(pl.col("start") < pl.col("end_right"), pl.col("start_right") < pl.col("end"))
        # A meeting across midnight was found on both days.
        .unique(["hosting", "visit"], maintain_order=True)
        .with_columns(met_from=start, met_to=end, exact=exact)
    )
    return (
        met.with_columns(
            day=pl.col("met_from").dt.date(),
            last_day=pl.col("met_to").dt.offset_by("-1us").dt.date(),
            seconds=(pl.col("met_to") - pl.col("met_from")).dt.total_seconds(),
        )
        .group_by("visitor", "host", "day", "exact")
        .agg(
            last_day=pl.max_horizontal("day", "last_day").max(),
            place=pl.col("place").sort_by("seconds", "place", descending=[True, False]).first(),
            minutes=pl.when(pl.col("exact").first()).then(pl.col("seconds").sum() / 60),
        )
        .sort("visitor", "host", "day", "exact")
        .drop("exact")
    )
