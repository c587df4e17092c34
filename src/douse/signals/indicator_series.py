"""Indicators as series on a calendar: complaints, sales, absences, wastewater by zone, day and source."""

from datetime import timedelta
from typing import Literal

import polars as pl

from douse.records import Records
from douse.units import DAYS_PER_WEEK

Compare = Literal["weekdays", "weeks"]
SERIES = ("indicator", "zone", "source")


def indicator_series(known: Records, *, days: int) -> pl.DataFrame:
    """The `days` days up to the as-of day, of every series of the table of indicators.

    A series is one indicator of one zone by one source: sources come and go, so they are never added up, nor are
    zones. Prevalences elsewhere are no series.

    Parameters
    ----------
    known : Records
        As-of view.
    days : int
        Length of the calendar.

    Returns
    -------
    polars.DataFrame
        series (0 ...), indicator, zone, source, date, count. One row a series and day, by series and date. A day
        without a row, or without a count, is not known: null, never 0. Where the series has denominators, the count
        is the one for its usual (median) denominator, and null on a day without one.
    """
    last = known.day
    first = last - timedelta(days=days - 1)
    rows = (
        known.table("indicators")
        .filter(pl.col("indicator") != "prevalence", pl.col("date").is_between(first, last))
        .with_columns(pl.col("indicator").cast(pl.String))
        .select(*SERIES, "date", "count", "denominator")
    )
    which = rows.select(SERIES).unique().sort(SERIES, nulls_last=False).with_row_index("series")
    calendar = pl.DataFrame({"date": [first + timedelta(days=n) for n in range(days)]}, schema={"date": pl.Date})
    usual = pl.col("denominator").median().over("series")
    out_of = pl.when(pl.col("denominator") > 0).then(pl.col("count") * usual / pl.col("denominator"))
    return (
        which.join(calendar, how="cross")
        .join(rows, on=[*SERIES, "date"], how="left", nulls_equal=True)
        .with_columns(pl.col("series").cast(pl.Int64), count=pl.when(usual.is_null()).then("count").otherwise(out_of))
        .drop("denominator")
        .sort("series", "date")
    )


def to_compare(series: pl.DataFrame, compare: Compare) -> pl.DataFrame:
    """Counts in the one frame shape of the detectors, a step a week, so that the day of the week does not matter.

    Parameters
    ----------
    series : polars.DataFrame
        As from `indicator_series`.
    compare : {"weekdays", "weeks"}
        ``weekdays``: each day is compared with the same weekday of other weeks; a series becomes seven. ``weeks``: sums
        of seven days, the last of which end on the last day; a week with an unknown day is unknown.

    Returns
    -------
    polars.DataFrame
        zone (name of a series to compare), series, day (of the count; last of a sum), date (last of its seven days),
        count; by zone and date.
    """
    ago = (pl.col("date").max() - pl.col("date")).dt.total_days()
    dated = series.select(
        "series",
        "count",
        day="date",
        weekday=ago % DAYS_PER_WEEK,
        date=pl.col("date").max() - pl.duration(days=ago // DAYS_PER_WEEK * DAYS_PER_WEEK),
    )
    if compare == "weekdays":
        name = pl.concat_str("series", pl.lit("/"), "weekday")
        return dated.select("series", "day", "date", "count", zone=name).sort("zone", "date")
    is_known = pl.col("count").count() == DAYS_PER_WEEK
    sums = dated.group_by("series", "date").agg(
        count=pl.when(is_known).then(pl.col("count").sum()), day=pl.col("day").max()
    )
    return sums.with_columns(zone=pl.col("series").cast(pl.String)).sort("zone", "date")
