"""Who was in quarantine, and when."""

import math

import polars as pl

from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol, Quarantine
from douse.records import Records
from douse.situation.clock import resolve_days

# Phases of quarantine during which a person stays in; "monitor" only asks to watch for symptoms.
STAYS_IN = ("home", "central")


def contact_quarantines(known: Records, pathogen: Pathogen, protocol: Protocol) -> pl.DataFrame:
    """Quarantine of contacts: case_id, person_id, entered, left (last day), away, ended (bool: release is recorded).

    Where no release is recorded, the quarantine lasts as long as the protocol asks of the contact's class (close
    where it is empty), from the last contact.
    """
    contacts = known.table("contacts").filter(pl.col("quarantined_on").is_not_null())
    days = pl.col("contact_class").cast(pl.String).fill_null("close")
    asked = {name: quarantine_days(rule, pathogen) for name, rule in protocol.quarantine.items()}
    unasked = math.ceil(pathogen.max_incubation.value)
    length = pl.duration(days=days.replace_strict(asked, default=unasked, return_dtype=pl.Int64))
    clock = pl.coalesce("last_contact", "quarantined_on")
    return contacts.select(
        "case_id",
        "person_id",
        entered="quarantined_on",
        left=pl.coalesce("quarantine_ended_on", clock + length),
        away=(pl.col("quarantine_place") == "quarantine_site").fill_null(value=False),
        ended=pl.col("quarantine_ended_on").is_not_null(),
    )


def quarantine_days(rule: Quarantine, pathogen: Pathogen) -> int:
    """Days that a class of contacts stays in, from the last exposure.

    A class of which the protocol asks none counts with the maximum incubation period: whoever is recorded in
    quarantine all the same was put there for some such time.
    """
    days = sum(resolve_days(phase.days, pathogen) for phase in rule.phases if phase.place in STAYS_IN)
    return math.ceil(days or pathogen.max_incubation.value)


def quarantine_spells(known: Records, pathogen: Pathogen, protocol: Protocol) -> pl.DataFrame:
    """Every spell in quarantine on record: person_id, entered, left (last day; null while it lasts), away (bool).

    From contacts, stays at home or at a quarantine site, and the entry quarantine of arrivals. `away`: not at the
    person's home, so that a case found there has no bearing on the zone.
    """
    columns = ("person_id", "entered", "left", "away")
    stays = known.table("stays").filter(pl.col("place").cast(pl.String).is_in(["home", "quarantine_site"]))
    at_site = pl.col("place") == "quarantine_site"
    arrivals = known.table("arrivals").filter(pl.col("quarantine_until").is_not_null())
    return pl.concat(
        [
            contact_quarantines(known, pathogen, protocol).select(columns),
            stays.select(
                "person_id",
                # A stay at home that begins on the day of the test is the isolation of the case itself.
                entered=pl.when(at_site).then("entered_on").otherwise(pl.col("entered_on") + pl.duration(days=1)),
                left="left_on",
                away=at_site,
            ),
            arrivals.select(
                "person_id", entered=pl.col("arrived_at").dt.date(), left="quarantine_until", away=pl.lit(value=True)
            ),
        ]
    )


def quarantine_is_recorded(known: Records, pathogen: Pathogen, protocol: Protocol) -> bool:
    """Whether anything on record tells who was in quarantine: of a case, a contact, a stay or an arrival."""
    of_cases = known.cases["quarantined_on"].drop_nulls()
    return not (of_cases.is_empty() and quarantine_spells(known, pathogen, protocol).is_empty())
