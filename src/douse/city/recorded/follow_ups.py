"""The table of follow-ups: a call to each contact under watch on each of its days."""

from datetime import date, timedelta

import polars as pl

_CALLED_AT = timedelta(hours=9)  # of the day, the first ones
_CALLS_AN_HOUR = 30
_HOURS = 8  # in which calls are made
_DAY = timedelta(days=1)


def follow_up_frame(contacts: pl.DataFrame, cases: pl.DataFrame, last: date, watch_days: int) -> pl.DataFrame:
    """All rows of the table, in order of the calls.

    Contacts are called in quarantine, and close ones who are in none while they may still fall ill. Who falls ill says
    so on the first call after.

    Parameters
    ----------
    contacts, cases : pl.DataFrame
        Those tables, as recorded.
    last : date
        Last day of the records.
    watch_days : int
        After the last contact, on which one may fall ill.
    """
    spoken_to = pl.when(pl.col("contact_class") == "close").then(pl.col("reached_at").cast(pl.Date))
    under_watch = (
        contacts.with_columns(first=pl.coalesce("quarantined_on", spoken_to))
        .drop_nulls("first")
        .sort("first", maintain_order=True)
        .unique("person_id", keep="first", maintain_order=True)
    )
    over = pl.coalesce("quarantine_ended_on", pl.col("last_contact") + timedelta(days=1) * watch_days)
    watched = under_watch.with_columns(until=pl.min_horizontal(over, pl.lit(last))).filter(
        pl.col("first") <= pl.col("until")
    )
    days = watched.with_columns(day=pl.date_ranges("first", "until", "1d")).explode("day")
    ill = cases.select("person_id", "onset").drop_nulls().unique("person_id", keep="first", maintain_order=True)
    called = days.join(ill, on="person_id", how="left", maintain_order="left").filter(
        pl.col("onset").is_null() | (pl.col("day") <= pl.col("onset") + _DAY)
    )
    turn = pl.int_range(pl.len()).over("day") % (_CALLS_AN_HOUR * _HOURS)
    at = pl.col("day").cast(pl.Datetime("us")) + _CALLED_AT + turn * timedelta(hours=1) / _CALLS_AN_HOUR
    ill_now = (pl.col("onset") <= pl.col("day")).fill_null(value=False)
    rows = called.with_columns(at=at).filter(pl.col("at") >= pl.col("recorded_at"))
    return rows.select(
        "person_id", "case_id", "zone", "at", how=pl.lit("phone"), found=pl.lit("seen"),
        symptoms=pl.when(ill_now).then(pl.lit("yes")).otherwise(pl.lit("no")), recorded_at="at",
    ).sort("at", "person_id")  # fmt: skip
