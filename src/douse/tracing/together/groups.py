"""Classes and teams: people of the same group within a school or workplace."""

import polars as pl

from douse.library.protocol import Protocol
from douse.records import Records
from douse.tracing.persons import with_person
from douse.tracing.places import SETTING_OF_PLACE, listed_places
from douse.tracing.together.hosts import as_exposures, is_close_setting

_AT_SCHOOL = ("pupil", "teacher")


def of_groups(known: Records, hosts: pl.DataFrame, protocol: Protocol) -> pl.DataFrame:
    """Exposures of those who have the same `group` and `daytime_place` as a host, on every day of the window.

    Close where the protocol takes the setting (by the kind of the place; of a place of no known kind: school for
    pupils and teachers, else workplace) for close, else general. A group without a place joins nobody: every school
    has a class 3B.
    """
    people = (
        with_person(known.table("people"), known)
        .filter(pl.col("group").is_not_null(), pl.col("daytime_place").is_not_null())
        .select("person", "group", place="daytime_place", occupation=pl.col("occupation").cast(pl.String))
    )
    places = listed_places(known).select("place", "kind", "ventilation")
    by_kind = pl.col("kind").replace_strict(SETTING_OF_PLACE, default="other", return_dtype=pl.String)
    pupil = pl.col("occupation").is_in(_AT_SCHOOL).fill_null(value=False)
    by_person = pl.when(pupil).then(pl.lit("school")).otherwise(pl.lit("workplace"))
    together = (
        hosts.join(people, left_on="host", right_on="person")
        .join(places, on="place", how="left")
        .with_columns(setting=pl.when(pl.col("kind").is_not_null()).then(by_kind).otherwise(by_person))
        .join(people.select("person", "place", "group"), on=["place", "group"])
    )
    return as_exposures(
        together.with_columns(
            near=is_close_setting(protocol), first_exposure="since", last_exposure="until", basis=pl.lit("group")
        )
    )
