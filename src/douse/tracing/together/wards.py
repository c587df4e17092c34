"""Wards: patients of the same ward on the same day, and its staff."""

import polars as pl

from douse.library.protocol import Protocol
from douse.records import Records
from douse.tracing.persons import with_person
from douse.tracing.together.hosts import as_exposures, is_close_setting

_LODGING = ("quarantine_site", "home")


def of_wards(known: Records, hosts: pl.DataFrame, protocol: Protocol) -> pl.DataFrame:
    """Exposures of those who stayed in, or work on, the ward of a host, on days of the host's window.

    The day on which one leaves and the other enters counts: both were there. Staff of a ward are the people whose
    daytime_place is the facility and whose group is the ward; no roster says when, so they count for the whole
    window. Staff among themselves are a group (see `of_groups`).
    """
    stays, staff = _stays(known), _staff(known)
    presence = pl.concat([stays, staff])
    inside = hosts.join(presence, left_on="host", right_on="person")
    met = inside.join(presence, on=["facility", "ward"], suffix="_other").filter(
        pl.col("patient") | pl.col("patient_other")
    )
    first = pl.max_horizontal("since", "entered", "entered_other")
    last = pl.min_horizontal("until", "left", "left_other")
    setting = pl.coalesce("setting", "setting_other")
    together = met.with_columns(first_exposure=first, last_exposure=last, setting=setting).filter(
        pl.col("first_exposure") <= pl.col("last_exposure")
    )
    return as_exposures(together.with_columns(near=is_close_setting(protocol), basis=pl.lit("ward")))


def _stays(known: Records) -> pl.DataFrame:
    stays = with_person(known.table("stays"), known).filter(
        pl.col("facility_id").is_not_null(), pl.col("ward").is_not_null()
    )
    lodging = pl.col("place").cast(pl.String).is_in(_LODGING)
    return stays.select(
        "person",
        "ward",
        facility="facility_id",
        entered="entered_on",
        left=pl.col("left_on").fill_null(known.day),
        patient=pl.lit(value=True),
        setting=pl.when(lodging).then(pl.lit("lodging")).otherwise(pl.lit("healthcare")),
    )


def _staff(known: Records) -> pl.DataFrame:
    """People who work on a ward: there on every day, as far as anybody knows."""
    people = with_person(known.table("people"), known)
    return people.filter(pl.col("group").is_not_null(), pl.col("daytime_place").is_not_null()).select(
        "person",
        ward="group",
        facility="daytime_place",
        entered=pl.lit(None, dtype=pl.Date),
        left=pl.lit(None, dtype=pl.Date),
        patient=pl.lit(value=False),
        setting=pl.lit(None, dtype=pl.String),
    )
