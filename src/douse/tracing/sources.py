"""Where a chain came from."""

import polars as pl

from douse.library.pathogen import Pathogen
from douse.records import Records
from douse.situation.arrivals import from_outside
from douse.tracing.persons import with_person


def sources(roots: pl.DataFrame, known: Records, pathogen: Pathogen) -> pl.DataFrame:
    """Source of each root: an arrival, a known cluster, or nothing known.

    Parameters
    ----------
    roots : polars.DataFrame
        First cases of the chains: columns of `Situation.cases` and infector_to_come.
    known : Records
        As-of view; arrivals say where an imported case came from.
    pathogen : Pathogen
        An arrival counts within one maximum incubation period before the case's day.

    Returns
    -------
    polars.DataFrame
        case_id, source (arrival | cluster | not_yet_recorded | unknown), source_name (origin or cluster; null where
        not known); rows as in `roots`.
    """
    source = (
        pl.when(pl.col("link") == "imported")
        .then(pl.lit("arrival"))
        .when(pl.col("cluster").is_not_null())
        .then(pl.lit("cluster"))
        .when("infector_to_come")
        .then(pl.lit("not_yet_recorded"))
        .otherwise(pl.lit("unknown"))
    )
    came_from = roots.join(_origins(roots, known, pathogen), on="case_id", how="left", maintain_order="left")
    return came_from.with_columns(source=source).select(
        "case_id",
        "source",
        source_name=pl.when(pl.col("source") == "arrival")
        .then(pl.coalesce("origin_place", "arrival_origin"))
        .when(pl.col("source") == "cluster")
        .then("cluster"),
    )


def _origins(roots: pl.DataFrame, known: Records, pathogen: Pathogen) -> pl.DataFrame:
    """case_id, arrival_origin: of the last arrival before the case's day."""
    arrivals = with_person(from_outside(known), known).select(
        "person", arrived=pl.col("arrived_at").dt.date(), arrival_origin="origin"
    )
    days = (pl.col("day") - pl.col("arrived")).dt.total_days()
    return (
        roots.select("case_id", "person", "day")
        .join(arrivals, on="person")
        .filter(days.is_between(0, pathogen.max_incubation.value), pl.col("arrival_origin").is_not_null())
        .sort("case_id", "arrived", "arrival_origin")
        .unique("case_id", keep="last", maintain_order=True)
        .select("case_id", "arrival_origin")
    )
