"""Who infected whom, as far as it is on record."""

import numpy as np
import polars as pl

from douse.kernels.chains import cut_loops
from douse.records import Records
from douse.tracing.persons import with_person


def recorded_links(known: Records, cases: pl.DataFrame) -> pl.DataFrame:
    """Infector of each counted case: the one on its record, else the case whose contact it was.

    A contact record gives the link where the case itself names no infector. The contact must not have been after
    the case's day, nor the index case be later than the case; of several, the contact told first counts. Where
    infectors go round in a loop, the link of the case that was told first is cut, so that it begins the chain.

    Parameters
    ----------
    known : Records
        As-of view.
    cases : polars.DataFrame
        Counted cases, one row a case_id, as in `Situation.cases`.

    Returns
    -------
    polars.DataFrame
        case_id, infector (null where none is known), basis (recorded | contact; null without an infector),
        infector_to_come (bool: the named infector is no case that is known yet); rows as in `cases`.
    """
    counted = pl.col("infector").is_in(cases["case_id"].implode())
    nobody = ~pl.col("infector").is_in(known.cases["case_id"].implode())
    named = cases.select(
        "case_id",
        recorded=pl.when(counted).then("infector"),
        infector_to_come=nobody.fill_null(value=False),
        unnamed=pl.col("infector").is_null(),
    )
    linked = named.join(_index_cases(known, cases), on="case_id", how="left", maintain_order="left").with_columns(
        index=pl.when("unnamed").then("index")
    )
    linked = linked.with_columns(infector=pl.coalesce("recorded", "index"))
    kept = _without_loops(linked, cases)
    basis = pl.when(pl.col("recorded").is_not_null()).then(pl.lit("recorded")).otherwise(pl.lit("contact"))
    return linked.select(
        "case_id",
        infector=pl.when(kept).then("infector"),
        basis=pl.when(kept & pl.col("infector").is_not_null()).then(basis),
        infector_to_come="infector_to_come",
    )


def positions_of(ids: pl.Series, cases: pl.DataFrame) -> np.ndarray:
    """Row in `cases` of each case_id; -1 where empty. Shape (len(ids),)."""
    rows = cases.select("case_id", row=pl.int_range(pl.len(), dtype=pl.Int64))
    return (
        pl.DataFrame({"case_id": ids})
        .join(rows, on="case_id", how="left", maintain_order="left")["row"]
        .fill_null(-1)
        .to_numpy()
    )


def _index_cases(known: Records, cases: pl.DataFrame) -> pl.DataFrame:
    """case_id, index: the case whose contact this one was."""
    index = cases.select(index="case_id", index_person="person", index_day="day")
    contacts = with_person(known.table("contacts"), known).select(
        "person", "last_contact", "first_recorded_at", index="case_id"
    )
    return (
        cases.select("case_id", "person", "day")
        .join(contacts, on="person")
        .join(index, on="index")
        .filter(
            pl.col("index_person") != pl.col("person"),
            (pl.col("last_contact") <= pl.col("day")).fill_null(value=True),
            (pl.col("index_day") < pl.col("day")).fill_null(value=True),
        )
        .sort("case_id", "first_recorded_at", "index", nulls_last=True)
        .unique("case_id", keep="first", maintain_order=True)
        .select("case_id", "index")
    )


def _without_loops(linked: pl.DataFrame, cases: pl.DataFrame) -> pl.Series:
    infector = positions_of(linked["infector"], cases)
    told = cases.select(pl.struct("first_recorded_at", "case_id").rank("ordinal")).to_series()
    kept = cut_loops(infector, told.to_numpy().astype(np.int64)) == infector
    return pl.Series(kept)
