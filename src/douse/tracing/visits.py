"""Visits as spans at places that can be compared."""

from datetime import date, datetime, time, timedelta

import polars as pl

from douse.records import Records

# Visits that name no place but a point meet at the point, to about 10 metres (4 decimals of a degree).
POINT_DECIMALS = 4


def spans(known: Records, first: date, last: date) -> pl.DataFrame:
    """Visits that touch the days from `first` to `last`, as spans cut to those days.

    A visit with a day but no time lasts the whole day (or days); one that was not ended lasts until the end of the day
    on which it began. Of both only the days are known: `exact` is false. Visits known only to a zone are left out.

    Returns
    -------
    polars.DataFrame
        visitor (identifier as recorded), place, kind, zone, latitude, longitude, start, end (moments), exact (bool).
    """
    visits = known.table("visits").filter(
        pl.col("entered_at").dt.date() <= last,
        pl.max_horizontal("entered_at", "left_at").dt.date() >= first,
        pl.col("place_id").is_not_null() | (pl.col("latitude").is_not_null() & pl.col("longitude").is_not_null()),
    )
    day_only = (pl.col("entered_at").dt.time() == time.min) & (pl.col("left_at").dt.time() == time.min)
    exact = pl.col("left_at").is_not_null() & ~day_only
    midnight_after = pl.coalesce("left_at", "entered_at").dt.truncate("1d").dt.offset_by("1d")
    return visits.select(
        visitor="person_id",
        place=pl.coalesce("place_id", _point()),
        kind=pl.col("kind").cast(pl.String),
        zone="zone",
        latitude="latitude",
        longitude="longitude",
        start=pl.max_horizontal("entered_at", pl.lit(datetime.combine(first, time.min))),
        end=pl.min_horizontal(pl.when(exact).then("left_at").otherwise(midnight_after), pl.lit(_after(last))),
        exact=exact.fill_null(value=False),
    )


def days_of(visits: pl.DataFrame) -> pl.DataFrame:
    """One row a visit and day that it touches, with `day`; what ends at midnight does not touch the next day."""
    last = pl.when(pl.col("end") > pl.col("start")).then(pl.col("end").dt.offset_by("-1us")).otherwise(pl.col("end"))
    one_day = visits.with_columns(day=pl.col("start").dt.date(), last_day=last.dt.date())
    short = one_day.filter(pl.col("day") == pl.col("last_day"))
    long = one_day.filter(pl.col("day") < pl.col("last_day")).with_columns(day=pl.date_ranges("day", "last_day"))
    return pl.concat([short, long.explode("day")]).drop("last_day")


def _after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min)


def _point() -> pl.Expr:
    # Not pl.format: in Polars 2.1 it panics on some sliced frames.
    parts = (pl.col(name).round(POINT_DECIMALS).cast(pl.String) for name in ("latitude", "longitude"))
    return pl.concat_str(*parts, separator=", ")
