"""How far the work with each contact has come."""

import polars as pl

from douse.records import Records
from douse.tracing.persons import with_person

_QUARANTINE_PLACES = ("home", "quarantine_site")


def follow_up_status(known: Records) -> pl.DataFrame:
    """State of each person who is on record as a contact, or in quarantine.

    A person may be the contact of several cases: being reached for one is being reached. Who was lost has to be
    reached again. The quarantine is the one that lasts: of the contact records, else a stay at home or at a site.

    Returns
    -------
    polars.DataFrame
        person, reached (bool), cancelled (bool: the latest word on the follow-up), quarantined_on (null unless the
        quarantine lasts), released_on (last day of release), under_follow_up (bool); one row a person.
    """
    contacts = with_person(known.table("contacts"), known).sort("recorded_at", "record_id", "follow_up")
    word = pl.col("follow_up").cast(pl.String).drop_nulls().last()
    met = pl.col("reached_at").is_not_null().any() | pl.col("quarantined_on").is_not_null().any()
    lasting = pl.col("quarantined_on").filter(pl.col("quarantine_ended_on").is_null()).max()
    by_contact = contacts.group_by("person").agg(
        word=word, met=met, lasting=lasting, released_on=pl.col("quarantine_ended_on").max()
    )
    joined = by_contact.join(_stays(known), on="person", how="full", coalesce=True)
    quarantined_on = pl.coalesce("lasting", "stay_from")
    talked = pl.col("word").is_in(["under_follow_up", "completed"]).fill_null(value=False)
    lost = (pl.col("word") == "lost").fill_null(value=False)
    return joined.select(
        "person",
        reached=(pl.col("met").fill_null(value=False) | talked | pl.col("stay_from").is_not_null()) & ~lost,
        cancelled=(pl.col("word") == "cancelled").fill_null(value=False),
        quarantined_on=quarantined_on,
        released_on="released_on",
        under_follow_up=(pl.col("word") == "under_follow_up").fill_null(value=False) | quarantined_on.is_not_null(),
    )


def samples(known: Records) -> pl.DataFrame | None:
    """person, sampled_on of every test on record; None where nobody sends tests."""
    if "tests" not in known.sent:
        return None
    return with_person(known.table("tests"), known).select("person", sampled_on=pl.col("sampled_at").dt.date())


def _stays(known: Records) -> pl.DataFrame:
    """person, stay_from: of those who stay in quarantine now."""
    stays = with_person(known.table("stays"), known).filter(
        pl.col("place").cast(pl.String).is_in(_QUARANTINE_PLACES), pl.col("left_on").is_null()
    )
    return stays.group_by("person").agg(stay_from=pl.col("entered_on").max())
