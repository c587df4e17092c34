"""One name for a person, whichever identifier a record used."""

import polars as pl

from douse.records import Records
from douse.records.records import case_person


def with_person(frame: pl.DataFrame, known: Records) -> pl.DataFrame:
    """Add `person`: person_id, or the pseudonym of the case where person_id is a case_id. Row order stays."""
    return frame.join(
        aliases(known), left_on="person_id", right_on="alias", how="left", maintain_order="left"
    ).with_columns(person=pl.coalesce("alias_of", "person_id"))


def aliases(known: Records) -> pl.DataFrame:
    """case_ids that stand for a person of another name: alias, alias_of."""
    named = known.cases.select(alias="case_id", alias_of=case_person())
    others = named.filter(pl.col("alias") != pl.col("alias_of"))
    return others.sort("alias", "alias_of").unique("alias", keep="first", maintain_order=True)
