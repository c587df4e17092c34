"""Who was exposed to a case (ring 1), or to a close contact of one (ring 2).

Every function gives exposures with the same columns (`COLUMNS`): person, case_id, ring, via (ring-1 person of a ring-2
exposure), contact_class, setting, first_exposure, last_exposure, minutes (of the longest day at shared places, by which
they are judged), basis, named_at (moment when the work could begin: the contact was named, or the case told),
ventilation (of the place; null where not known), all_minutes (of all days together; null where minutes say it).
"""

import polars as pl

from douse.library.protocol import Protocol
from douse.records import Records
from douse.tracing.contact_class import recorded_class, shared_place_class
from douse.tracing.encounters import last_day
from douse.tracing.persons import with_person

COLUMNS: dict[str, pl.DataType] = {
    "person": pl.String(),
    "case_id": pl.String(),
    "ring": pl.Int64(),
    "via": pl.String(),
    "contact_class": pl.String(),
    "setting": pl.String(),
    "first_exposure": pl.Date(),
    "last_exposure": pl.Date(),
    "minutes": pl.Float64(),
    "basis": pl.String(),
    "named_at": pl.Datetime("us"),
    "ventilation": pl.String(),
    "all_minutes": pl.Float64(),
}


def recorded(known: Records, windows: pl.DataFrame, protocol: Protocol) -> pl.DataFrame:
    """Ring 1 from the table of contacts: the contacts of counted cases.

    A contact without a last day counts until the case could no longer infect, else until the contact was named. One
    that is recorded as secondary belongs to ring 2.
    """
    contacts = with_person(known.table("contacts"), known).join(windows.drop("person"), on="case_id")
    return _exposures(
        contacts.with_columns(contact_class=recorded_class(protocol), **_recorded_days()).with_columns(
            ring=pl.when(pl.col("contact_class") == "secondary").then(2).otherwise(1),
            basis=pl.lit("recorded"),
            named_at=pl.coalesce("found_at", "first_recorded_at", "told_at"),
        )
    )


def recorded_ring2(known: Records, close: pl.DataFrame) -> pl.DataFrame:
    """Ring 2 from the table of contacts: records that name a close contact where the case would stand.

    Parameters
    ----------
    known : Records
        As-of view.
    close : polars.DataFrame
        Close contacts: via (person), case_id, named_at, since and until (window in which they met others).
    """
    index = close.rename({"since": "infectious_from", "until": "infectious_to"})
    contacts = with_person(known.table("contacts").rename({"case_id": "of_contact"}), known)
    return _exposures(
        contacts.join(index, left_on="of_contact", right_on="via", coalesce=False)
        .with_columns(contact_class=pl.lit("secondary"), ring=pl.lit(2), basis=pl.lit("recorded"), **_recorded_days())
        .with_columns(named_at=pl.coalesce("found_at", "first_recorded_at", "named_at"))
    )


def household(known: Records, windows: pl.DataFrame) -> pl.DataFrame:
    """Ring 1 from the table of people: who lives with a case, for as long as it could infect."""
    together = _housemates(known, windows)
    return _exposures(
        together.with_columns(
            ring=pl.lit(1),
            contact_class=pl.lit("close"),
            first_exposure="infectious_from",
            last_exposure="infectious_to",
            named_at="told_at",
        )
    )


def household_ring2(known: Records, close: pl.DataFrame) -> pl.DataFrame:
    """Ring 2 from the table of people: who lives with a close contact, until that contact went into quarantine."""
    together = _housemates(known, close.with_columns(person="via"))
    return _exposures(
        together.with_columns(
            ring=pl.lit(2), contact_class=pl.lit("secondary"), first_exposure="since", last_exposure="until"
        )
    )


def shared_place(pairs: pl.DataFrame, windows: pl.DataFrame, protocol: Protocol) -> pl.DataFrame:
    """Ring 1 from visits: who was at a place together with a case while it could infect.

    Parameters
    ----------
    pairs : polars.DataFrame
        As of `shared_places.pairs_of`, hosts being case_ids, with setting and ventilation.
    windows : polars.DataFrame
        As of `infectious_windows`.
    protocol : Protocol
        How long is close.
    """
    index = windows.select("case_id", named_at="told_at")
    met = pairs.with_columns(contact_class=shared_place_class(protocol)).join(
        index, left_on="host", right_on="case_id", coalesce=False
    )
    return _shared(met.with_columns(ring=pl.lit(1), via=pl.lit(None, dtype=pl.String)))


def shared_place_ring2(found: pl.DataFrame, close: pl.DataFrame) -> pl.DataFrame:
    """Ring 2 from visits: who was with a close contact at one time for as long as makes a close contact.

    Parameters
    ----------
    found : polars.DataFrame
        As of `encounters.FURTHER`, with setting and ventilation of the place.
    close : polars.DataFrame
        As for `recorded_ring2`.
    """
    met = found.join(close, on="via")
    return _exposures(
        met.with_columns(
            contact_class=pl.lit("secondary"),
            ring=pl.lit(2),
            first_exposure=pl.col("first").dt.date(),
            last_exposure=last_day(),
            minutes=pl.col("seconds") / 60,
            basis=pl.lit("shared_place"),
        )
    )


def _exposures(frame: pl.DataFrame) -> pl.DataFrame:
    missing = {name: pl.lit(None) for name in COLUMNS if name not in frame.columns}
    return frame.with_columns(**missing).select(pl.col(name).cast(kind) for name, kind in COLUMNS.items())


def _recorded_days() -> dict[str, pl.Expr]:
    named = pl.coalesce(pl.col("found_at").dt.date(), pl.col("first_recorded_at").dt.date())
    last = pl.coalesce("last_contact", pl.max_horizontal("first_contact", "infectious_to"), named)
    return {"first_exposure": pl.coalesce("first_contact", last), "last_exposure": last}


def _housemates(known: Records, hosts: pl.DataFrame) -> pl.DataFrame:
    """Others of the household of each host; hosts have person, the rest of their columns stays."""
    people = known.table("people").select(housemate="person_id", household="household")
    homes = hosts.join(people, left_on="person", right_on="housemate")
    return (
        homes.join(people, on="household")
        .filter(pl.col("housemate") != pl.col("person"))
        .with_columns(person="housemate", setting=pl.lit("household"), basis=pl.lit("household"))
    )


def _shared(met: pl.DataFrame) -> pl.DataFrame:
    """One row a person, host and class: from the first day to the last, minutes of the longest day and of all."""
    longest = pl.col("setting", "ventilation").sort_by("minutes", "day", descending=True, nulls_last=True).first()
    return _exposures(
        met.group_by("host", "case_id", "via", "ring", "contact_class", person="visitor").agg(
            longest,
            named_at=pl.col("named_at").min(),
            first_exposure=pl.col("day").min(),
            last_exposure=pl.col("last_day").max(),
            minutes=pl.col("minutes").max(),
            all_minutes=pl.when(pl.col("minutes").is_not_null().any()).then(pl.col("minutes").sort().sum()),
            basis=pl.lit("shared_place").first(),
        )
    )
