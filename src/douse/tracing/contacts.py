"""Contacts: one row a person, by the exposure that asks most."""

from datetime import timedelta

import polars as pl

from douse.library.protocol import Protocol
from douse.records import Records
from douse.tracing import exposures
from douse.tracing.contact_class import strength
from douse.tracing.encounters import Asked
from douse.tracing.persons import aliases
from douse.tracing.places import site_facts, with_place_facts
from douse.tracing.quarantine import Course, with_quarantine
from douse.tracing.shared_places import Visits, pairs_of, windows_of
from douse.tracing.status import follow_up_status
from douse.tracing.together.all_links import linked_to_cases, linked_to_contacts
from douse.units import SECONDS_PER_MINUTE


def ring1(  # noqa: PLR0913, PLR0917  (what is known, of whom, and what was seen)
    known: Records,
    windows: pl.DataFrame,
    recent: pl.DataFrame,
    met: pl.DataFrame,
    visits: Visits,
    protocol: Protocol,
) -> pl.DataFrame:
    """Exposures to counted cases: on record, in the household, at shared places, by other recorded links.

    Parameters
    ----------
    known : Records
        As-of view.
    windows : polars.DataFrame
        Infectious windows of the counted cases.
    recent : polars.DataFrame
        Those of them that may still make work.
    met : polars.DataFrame
        Meetings with them: `encounters.ENCOUNTERS`, hosts being case_ids.
    visits : Visits
        What visits say of places.
    protocol : Protocol
        Who is close.
    """
    pairs = with_place_facts(pairs_of(met), site_facts(known, met["place"], visits.facts))
    return pl.concat(
        [
            exposures.recorded(known, windows, protocol),
            exposures.household(known, recent),
            exposures.shared_place(pairs, recent, protocol),
            linked_to_cases(known, recent, protocol),
        ]
    )


def ring2(  # noqa: PLR0913, PLR0917  (what is known, of whom, and who answers)
    known: Records, close: pl.DataFrame, ill: pl.Series, visits: Visits, asked: Asked, protocol: Protocol
) -> pl.DataFrame:
    """Exposures to close contacts, from their first exposure until their quarantine began.

    Parameters
    ----------
    known : Records
        As-of view.
    close : polars.DataFrame
        Close contacts: columns of an exposure and quarantined_on; one row a person.
    ill : polars.Series
        Identifiers of the cases, who are nobody's contacts of a contact.
    visits : Visits
        Who was where.
    asked : Asked
        As of which day, and what is a crowd.
    protocol : Protocol
        How long together counts.
    """
    index = close.select(
        "case_id",
        "named_at",
        via="person",
        since="first_exposure",
        until=pl.col("quarantined_on").fill_null(known.day),
    ).filter(pl.col("since") <= pl.col("until"))
    hosts = windows_of(index.select("since", "until", host="via", visitor="via"))
    found = visits.engine.further(hosts, ill, asked, round(protocol.contact.minutes.value * SECONDS_PER_MINUTE))
    facts = site_facts(known, found["place"], visits.facts)
    return pl.concat(
        [
            exposures.recorded_ring2(known, index),
            exposures.household_ring2(known, index),
            exposures.shared_place_ring2(with_place_facts(found, facts), index),
            linked_to_contacts(known, index, protocol),
        ]
    )


def still_of_use(exposed: pl.DataFrame, known: Records, ill: pl.Series, horizon: int) -> pl.DataFrame:
    """Exposures of people who are no counted cases, within the horizon, or of people in quarantine now.

    Adds reached, cancelled, quarantined_on, released_on and under_follow_up (see `follow_up_status`).
    """
    named = exposed.join(aliases(known), left_on="person", right_on="alias", how="left").with_columns(
        person=pl.coalesce("alias_of", "person")
    )
    followed = (
        named.drop("alias_of")
        .filter(~pl.col("person").is_in(ill.implode()))
        .join(follow_up_status(known), on="person", how="left")
        .with_columns(pl.col("reached", "cancelled", "under_follow_up").fill_null(value=False))
    )
    recent = pl.col("last_exposure") >= known.day - timedelta(days=horizon)
    return followed.filter(recent | pl.col("quarantined_on").is_not_null())


def strongest(exposed: pl.DataFrame) -> pl.DataFrame:
    """One row a person: the strongest class, then the latest exposure; what is on record before what was inferred."""
    inferred = pl.col("basis") != "recorded"
    by = ["ring", "case_id", "via", "first_exposure", "setting", "minutes", "basis", "named_at"]
    return exposed.sort(
        "person",
        strength(),
        -pl.col("last_exposure").to_physical(),
        inferred,
        *by,  # nothing but an order that does not depend on that of the rows
        nulls_last=True,
    ).unique("person", keep="first", maintain_order=True)


def described(contacts: pl.DataFrame, known: Records, of_class: dict[str, Course]) -> pl.DataFrame:
    """Add where each contact lives, their age and household, and what the protocol asks of them."""
    facts = ("zone", "household", "age")
    told = pl.concat(
        [
            known.table(name)
            .select("recorded_at", "record_id", *facts, person="person_id", rank=pl.lit(rank))
            .join(contacts, on="person", how="semi")
            for rank, name in enumerate(("contacts", "people"))
        ]
    )
    first_word = (
        told.sort("person", "rank", "recorded_at", "record_id", *facts, nulls_last=True)
        .group_by("person")
        .agg(pl.col(facts).drop_nulls().first())
    )
    placed = contacts.join(first_word, on="person", how="left", maintain_order="left")
    return with_quarantine(placed, of_class, known.day)
