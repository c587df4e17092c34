"""Visits as spans at places that can be compared."""

import polars as pl

# Visits that name no place but a point meet at the point, to about 10 metres (4 decimals of a degree).
POINT_DECIMALS = 4
_BETWEEN = ", "
SPANS: dict[str, pl.DataType] = {
    "person": pl.String(),
    "place": pl.String(),
    "kind": pl.String(),
    "zone": pl.String(),
    "latitude": pl.Float64(),
    "longitude": pl.Float64(),
    "entered": pl.Datetime("us"),
    "left": pl.Datetime("us"),
    "exact": pl.Boolean(),
    "told_on": pl.Date(),
}


def spans(visits: pl.DataFrame) -> pl.DataFrame:
    """Rows of the table of visits as spans, to the second.

    A visit with a day but no time lasts the whole day (or days); one that was not ended lasts until the end of the day
    on which it began. Of both only the days are known: `exact` is false. Visits known only to a zone are left out.

    Parameters
    ----------
    visits : polars.DataFrame
        As in `records/tables.py`, of an as-of view or not.

    Returns
    -------
    polars.DataFrame
        `SPANS`; told_on is the day of recorded_at, but not before that of entry.
    """
    at_a_place = visits.filter(
        pl.col("entered_at").is_not_null(),  # of an as-of view: it has not happened yet
        pl.col("place_id").is_not_null() | (pl.col("latitude").is_not_null() & pl.col("longitude").is_not_null()),
    )
    entered, left = (pl.col(name).dt.truncate("1s") for name in ("entered_at", "left_at"))
    day_only = (_is_midnight("entered_at") & _is_midnight("left_at")).fill_null(value=False)
    exact = pl.col("left_at").is_not_null() & ~day_only
    midnight_after = pl.coalesce("left_at", "entered_at").dt.truncate("1d").dt.offset_by("1d")
    return at_a_place.select(
        person="person_id",
        place=pl.coalesce("place_id", _point()),
        kind=pl.col("kind").cast(pl.String),
        zone="zone",
        latitude="latitude",
        longitude="longitude",
        entered=entered,
        left=pl.when(exact).then(left).otherwise(midnight_after),
        exact=exact,
        told_on=pl.max_horizontal("recorded_at", "entered_at").dt.date(),
    )


def days_of(spans: pl.DataFrame) -> pl.DataFrame:
    """One row a span and day that it touches, with `day`; what ends at midnight does not touch the next day."""
    last = pl.max_horizontal("entered", pl.col("left").dt.offset_by("-1us"))
    one_day = spans.with_columns(day=pl.col("entered").dt.date(), last_day=last.dt.date())
    short = one_day.filter(pl.col("day") == pl.col("last_day"))
    long = one_day.filter(pl.col("day") < pl.col("last_day")).with_columns(day=pl.date_ranges("day", "last_day"))
    return pl.concat([short, long.explode("day")]).drop("last_day")


def _is_midnight(column: str) -> pl.Expr:
    return pl.col(column).dt.truncate("1d") == pl.col(column)


def is_point() -> pl.Expr:
    """Whether a place (columns place, latitude, longitude) is a point that was given for want of a place."""
    return pl.col("place").str.contains(_BETWEEN, literal=True) & pl.col("place").eq_missing(_point())


def _point() -> pl.Expr:
    # Not pl.format: in Polars 2.1 it panics on some sliced frames.
    parts = (pl.col(name).round(POINT_DECIMALS).cast(pl.String) for name in ("latitude", "longitude"))
    return pl.concat_str(*parts, separator=_BETWEEN)
