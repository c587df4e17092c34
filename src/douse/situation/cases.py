"""The counted cases, each with what the other tables say about it."""

from datetime import date

import numpy as np
import polars as pl

from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.records import Records
from douse.records.records import case_person
from douse.situation.arrivals import from_outside
from douse.situation.quarantine import quarantine_spells

LINKS = ("imported", "linked", "unlinked")


def counted_cases(known: Records, pathogen: Pathogen, protocol: Protocol) -> pl.DataFrame:
    """Cases that the protocol counts; an empty classification counts as confirmed.

    Parameters
    ----------
    known : Records
        As-of view.
    pathogen, protocol
        Their maximum incubation, days in care, counted classes and quarantine.

    Returns
    -------
    polars.DataFrame
        Columns of the table, first_recorded_at, and those named in `Situation.cases`; by day, then case_id.
    """
    counted = pl.col("classification").cast(pl.String).fill_null("confirmed").is_in(protocol.case.counted)
    cases = (
        known.cases.filter(counted)
        .with_columns(person=case_person(), day=_first_date(), told_on=pl.col("first_recorded_at").dt.date())
        .with_columns(found_on=pl.coalesce(*(pl.col(c).dt.date() for c in ("tested_at", "confirmed_at")), "told_on"))
        .sort("day", "case_id", "record_id", nulls_last=True)
        .with_row_index("row")
    )
    cases = _with_link(cases, known, pathogen.max_incubation.value)
    cases = _with_quarantine(cases, quarantine_spells(known, pathogen, protocol))
    return cases.with_columns(active=_is_active(known.day, pathogen)).drop("row", "found_on")


def suspected(known: Records) -> int:
    """Number of cases classified as suspected."""
    return known.cases.filter(pl.col("classification") == "suspected").height


def identifiers(cases: pl.DataFrame) -> pl.Series:
    """Every identifier by which the other tables may name one of the cases: person and case_id."""
    return pl.concat([cases["person"], cases["case_id"]]).unique()


def is_community_case() -> pl.Expr:
    """True for a counted case that was free among others until it was found."""
    return ~pl.col("in_quarantine")


def _first_date() -> pl.Expr:
    """Day of a case: onset, else the earliest other date, else the day when it was told."""
    moments = ("tested_at", "confirmed_at", "reported_at", "isolated_at")
    others = pl.min_horizontal(*(pl.col(name).dt.date() for name in moments), "hospitalised_on")
    return pl.coalesce("onset", others, pl.col("first_recorded_at").dt.date())


def _with_link(cases: pl.DataFrame, known: Records, max_incubation: float) -> pl.DataFrame:
    """Add `link`. An arrival within one maximum incubation speaks for an import, unless the origin is local."""
    arrivals = from_outside(known).select("person_id", arrived_on=pl.col("arrived_at").dt.date())
    since = (pl.col("day") - pl.col("arrived_on")).dt.total_days()
    arrived = _rows_where(cases, arrivals, since.is_between(0, max_incubation))
    origin = pl.col("origin").cast(pl.String).fill_null("unknown")
    imported = (origin == "imported") | ((origin == "unknown") & arrived)
    traced = (pl.col("found_by") == "contact_tracing").fill_null(value=False)
    linked = pl.col("infector").is_not_null() | pl.col("cluster").is_not_null() | traced
    return cases.with_columns(
        link=pl.when(imported)
        .then(pl.lit("imported"))
        .when(linked)
        .then(pl.lit("linked"))
        .otherwise(pl.lit("unlinked"))
    )


def _with_quarantine(cases: pl.DataFrame, spells: pl.DataFrame) -> pl.DataFrame:
    """Add `in_quarantine` (when found) and `found_away` (in quarantine elsewhere than at home)."""
    covers = (pl.col("entered") <= pl.col("found_on")) & (
        (pl.col("found_on") <= pl.col("left")) | pl.col("left").is_null()
    )
    own = (pl.col("quarantined_on") <= pl.col("found_on")).fill_null(value=False)
    at_border = (pl.col("link") == "imported") & (pl.col("found_by") == "entry_screening").fill_null(value=False)
    return cases.with_columns(
        in_quarantine=own | at_border | _rows_where(cases, spells, covers),
        found_away=at_border | _rows_where(cases, spells, covers & pl.col("away")),
    )


def _rows_where(cases: pl.DataFrame, persons: pl.DataFrame, condition: pl.Expr) -> pl.Series:
    """True for each case whose person has a row (by person_id or case_id) in `persons` that meets a condition."""
    mine = cases.select("row", "case_id", "person", "day", "found_on")
    also = mine.filter(pl.col("case_id") != pl.col("person")).with_columns(key="case_id")
    keyed = pl.concat([mine.with_columns(key="person"), also])
    rows = keyed.join(persons, left_on="key", right_on="person_id").filter(condition)["row"].to_numpy()
    met = np.zeros(cases.height, dtype=np.bool_)
    met[rows] = True
    return pl.Series(met)


def _is_active(as_of: date, pathogen: Pathogen) -> pl.Expr:
    """Ill or infectious still: no outcome, and not longer ill than the severity's usual stay."""
    hospital, icu = pathogen.days_in_hospital.value, pathogen.days_in_icu.value
    usual = {"severe": hospital, "critical": icu + hospital}
    stay = (
        pl.col("severity")
        .cast(pl.String)
        .replace_strict(usual, default=pathogen.days_in_isolation.value, return_dtype=pl.Float64)
        .fill_null(pathogen.days_in_isolation.value)
    )
    since = (pl.lit(as_of) - pl.col("day")).dt.total_days()
    return pl.col("outcome").is_null() & (since <= stay).fill_null(value=False)
