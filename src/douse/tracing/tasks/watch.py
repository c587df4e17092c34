"""Whom to see today: people under watch of whom nobody has seen anything yet this day."""

from datetime import datetime, time

import polars as pl

from douse.records import Records
from douse.tracing.persons import with_person

SEEN_BY = time(20)  # of the day: later nobody is called on

COLUMNS: dict[str, pl.DataType] = {
    "person": pl.String(),
    "case_id": pl.String(),
    "zone": pl.String(),
    "household": pl.String(),
    "deadline": pl.Datetime("us"),
}


def daily_visits(known: Records, contacts: pl.DataFrame) -> pl.DataFrame:
    """One visit or call a day to each contact who was reached and is asked for something still.

    Parameters
    ----------
    known : Records
        As-of view; a follow-up of its day counts as made, unless the person was not found.
    contacts : polars.DataFrame
        As in `Trace.contacts`.

    Returns
    -------
    polars.DataFrame
        person, case_id, zone, household, deadline (datetime, the evening of the day): by zone, household, person.
    """
    midnight = datetime.combine(known.day, time.min)
    made = with_person(known.table("follow_ups"), known).filter(
        pl.col("at") >= midnight, (pl.col("found") != "not_found").fill_null(value=True)
    )
    under_watch = contacts.filter(
        pl.col("reached"),
        ~pl.col("cancelled"),
        pl.col("released_on").is_null(),
        (pl.col("follow_up_end") >= known.day).fill_null(value=False),
    )
    return (
        under_watch.join(made.select("person").unique(), on="person", how="anti")
        .with_columns(deadline=pl.lit(datetime.combine(known.day, SEEN_BY)))
        .select(pl.col(name).cast(kind) for name, kind in COLUMNS.items())
        .sort("zone", "household", "person", nulls_last=True)
    )
