"""Contacts of counted cases: how many, how soon reached, how many in quarantine."""

import polars as pl

from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.records import Records
from douse.situation.clock import elapsed_days, within
from douse.situation.quarantine import contact_quarantines
from douse.situation.situation import ContactFigures

# The measure of most tracing programmes (SAGE, 1 May 2020: 80% of contacts within 48 h).
REACHED_WITHIN_HOURS = 48


def contact_figures(known: Records, cases: pl.DataFrame, pathogen: Pathogen, protocol: Protocol) -> ContactFigures:
    """Contacts a case, share reached within 48 h and people in quarantine.

    A case's number of contacts is the greater of the people in the table of contacts and `contacts_found`; a
    person exposed to two cases counts for each. Quartiles are over the cases whose number is known. A contact
    counts as reached in time from the moment when it was named, else from when its case was first told.
    """
    listed = known.table("contacts").join(
        cases.unique("case_id", keep="first", maintain_order=True).select("case_id", told_at="first_recorded_at"),
        on="case_id",
    )
    a_case = _per_case(cases, listed)
    quartile = a_case.select(
        low=pl.col("n").quantile(0.25, "linear"),
        median=pl.col("n").quantile(0.5, "linear"),
        high=pl.col("n").quantile(0.75, "linear"),
    )
    low, median, high = quartile.row(0)
    timed = listed.with_columns(named_at=pl.coalesce("found_at", "told_at")).select(
        days=elapsed_days("named_at", "reached_at")
    )
    timed = timed.drop_nulls()
    in_time = timed.filter(within(pl.col("days"), REACHED_WITHIN_HOURS)).height
    return ContactFigures(
        cases_with_contacts=a_case.filter(pl.col("n") > 0).height,
        per_case_median=median,
        per_case_low=low,
        per_case_high=high,
        total=int(a_case["n"].sum()),
        reached_48h_share=in_time / timed.height if timed.height else None,
        reached_known=timed.height,
        under_quarantine=_under_quarantine(known, cases, pathogen, protocol),
    )


def _per_case(cases: pl.DataFrame, listed: pl.DataFrame) -> pl.DataFrame:
    """case_id, n: of the cases whose number of contacts is known."""
    people = listed.group_by("case_id").agg(people=pl.col("person_id").n_unique().cast(pl.Int64))
    told = cases.group_by("case_id").agg(pl.col("contacts_found").max())
    both = told.join(people, on="case_id", how="left").select(
        "case_id", n=pl.max_horizontal("people", "contacts_found")
    )
    return both.drop_nulls("n").sort("case_id")


def _under_quarantine(known: Records, cases: pl.DataFrame, pathogen: Pathogen, protocol: Protocol) -> int:
    """Contacts of counted cases in quarantine on the as-of day who are not counted cases themselves."""
    lasting = ~pl.col("ended") & (pl.col("left") >= pl.lit(known.day))
    spells = contact_quarantines(known, pathogen, protocol).filter(lasting)
    spells = spells.join(cases, on="case_id", how="semi")
    well = spells.join(cases, left_on="person_id", right_on="person", how="anti")
    return well.join(cases, left_on="person_id", right_on="case_id", how="anti")["person_id"].n_unique()
