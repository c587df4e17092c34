"""Pairs that a record names: contacts, households, schools and workplaces, declared infectors."""

import polars as pl

from douse.records import Records
from douse.tracing.infectors.facts import Facts
from douse.tracing.persons import with_person

PAIRS: dict[str, pl.DataType] = {"infector": pl.Int64(), "case": pl.Int64()}
# A school or workplace with more cases than this makes too many pairs to say who.
LARGEST_GROUP = 300


def contact_pairs(known: Records, facts: Facts) -> pl.DataFrame:
    """Recorded contacts between cases, both ways round: infector, case, setting; one row each, the first told.

    Who was named as whose contact tells who was found first, not who infected whom.
    """
    contacts = with_person(known.table("contacts"), known).join(
        facts.positions.select("case_id", one="at"), on="case_id"
    )
    met = contacts.join(facts.positions.select("person", other="at"), on="person").filter(
        pl.col("one") != pl.col("other")
    )
    rows = met.sort("first_recorded_at", "record_id").select("one", "other", pl.col("setting").cast(pl.String))
    return _pairs(
        pl.concat(
            [
                rows.rename({"one": "infector", "other": "case"}),
                rows.select(infector="other", case="one", setting="setting"),
            ]
        ),
        "setting",
    )


def group_pairs(known: Records, facts: Facts, column: str) -> pl.DataFrame:
    """Cases of one household, or of one school or workplace, by a column of the table of people: infector, case."""
    people = known.table("people").select(person="person_id", group=column).drop_nulls()
    once = people.sort("person", "group").unique("person", keep="first", maintain_order=True)
    members = facts.positions.join(once, on="person").select("at", "group")
    members = members.filter(pl.len().over("group") <= LARGEST_GROUP)
    return _pairs(
        members.rename({"at": "infector"})
        .join(members.rename({"at": "case"}), on="group")
        .filter(pl.col("infector") != pl.col("case"))
    )


def declared_pairs(facts: Facts) -> pl.DataFrame:
    """Infectors on the records of cases: infector, case."""
    named = facts.cases.select(name="infector", case=pl.int_range(pl.len(), dtype=pl.Int64))
    return _pairs(named.join(facts.positions.select(name="case_id", infector="at"), on="name"))


def _pairs(rows: pl.DataFrame, *more: str) -> pl.DataFrame:
    columns = [*PAIRS, *more]
    return rows.select(columns).unique(list(PAIRS), keep="first", maintain_order=True).sort("case", "infector")
