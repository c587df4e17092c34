"""Flights, trains, ships and coaches: who sat near a case, and who shared the carriage."""

import polars as pl

from douse.library.protocol import ContactDefinition, Protocol
from douse.records import Records
from douse.tracing.persons import with_person
from douse.tracing.together.hosts import as_exposures
from douse.tracing.together.seats import with_seat


def of_journeys(known: Records, hosts: pl.DataFrame, protocol: Protocol) -> pl.DataFrame:
    """Exposures of those who arrived with the same carrier on the same day as a host, within the host's window.

    Near are the seats of the same carriage within the protocol's rows before and behind (`seat_rows`), and within
    its seats to either side (`seats_across`; without it the whole row). A letter that is not known may be any. The
    rest of the carriage was not near: general contacts of a case. Without seats nobody knows who was near, and the
    whole carriage is general; another coach of the same train is nothing. Where transport is an aerosol setting the
    whole carriage was near.
    """
    trips = _trips(known)
    hosted = hosts.join(trips, left_on="host", right_on="person").filter(
        pl.col("day").is_between(pl.col("since"), pl.col("until"))
    )
    together = hosted.join(trips, on=["vehicle", "day"], suffix="_other")
    other_coach = (pl.col("coach") != pl.col("coach_other")).fill_null(value=False)
    return as_exposures(
        together.filter(~other_coach).with_columns(
            near=_near(protocol.contact),
            setting=pl.lit("transport"),
            first_exposure="day",
            last_exposure="day",
            basis=pl.lit("journey"),
        )
    )


def _trips(known: Records) -> pl.DataFrame:
    """person, vehicle (number without blanks and marks), day, coach, row, across."""
    vehicle = pl.col("carrier").str.to_uppercase().str.replace_all(r"[\s\-_/.]", "")
    arrivals = with_person(known.table("arrivals"), known).with_columns(vehicle=vehicle)
    trips = with_seat(arrivals.filter(pl.col("vehicle").str.len_chars() > 0))
    return trips.select("person", "vehicle", "coach", "row", "across", day=pl.col("arrived_at").dt.date()).unique(
        maintain_order=True
    )


def _near(rule: ContactDefinition) -> pl.Expr:
    if "transport" in rule.aerosol_settings:
        return pl.lit(value=True)
    if rule.seat_rows is None:
        return pl.lit(value=False)
    same_coach = pl.col("coach").eq_missing(pl.col("coach_other"))
    rows = (pl.col("row") - pl.col("row_other")).abs() <= rule.seat_rows.value
    near = same_coach & rows.fill_null(value=False)
    if rule.seats_across is None:
        return near
    return near & ((pl.col("across") - pl.col("across_other")).abs() <= rule.seats_across.value).fill_null(value=True)
