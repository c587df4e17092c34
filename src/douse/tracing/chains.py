"""Chains: trees of recorded links, each from its first known case."""

from datetime import date, timedelta

import polars as pl

from douse.kernels.chains import roots
from douse.library.pathogen import Pathogen
from douse.records import Records, ZoneTree
from douse.tracing.links import positions_of, recorded_links
from douse.tracing.sources import sources
from douse.tracing.trace import Chain


def linked_cases(known: Records, cases: pl.DataFrame, pathogen: Pathogen) -> pl.DataFrame:
    """Link, chain, generation and source of every counted case (`Trace.links`, with what chains need).

    Parameters
    ----------
    known : Records
        As-of view.
    cases : polars.DataFrame
        Counted cases, one row a case_id.
    pathogen : Pathogen
        See `sources`.

    Returns
    -------
    polars.DataFrame
        case_id, infector, chain, generation, source, basis, source_name, day, told_on, zone, offspring (cases that
        have this one as their infector); by chain, generation, case_id.
    """
    links = recorded_links(known, cases)
    infector = positions_of(links["infector"], cases)
    root, generation = roots(infector)
    links = links.with_columns(
        cases.select("day", "told_on", "zone"),
        chain=cases["case_id"].gather(root),
        generation=pl.Series(generation),
    )
    first = cases.with_columns(links["infector_to_come"]).filter(pl.Series(infector < 0))
    offspring = links.group_by("infector").agg(offspring=pl.len().cast(pl.Int64))
    return (
        links.join(sources(first, known, pathogen).rename({"case_id": "chain"}), on="chain", how="left")
        .join(offspring, left_on="case_id", right_on="infector", how="left")
        .with_columns(pl.col("offspring").fill_null(0))
        .sort("chain", "generation", "case_id")
    )


def chains(links: pl.DataFrame, zones: ZoneTree, as_of: date, pathogen: Pathogen) -> tuple[Chain, ...]:
    """Chains, largest first, then by id.

    `generations` is the highest generation (0: nobody infected further, as far as is known). `mean_offspring` is over
    the cases whose own infections have had time to show: those at least one maximum incubation period old; over
    all cases where there are none.

    Parameters
    ----------
    links : polars.DataFrame
        As of `linked_cases`.
    zones : ZoneTree
        Its order is the order of the zones of a chain, larger ones first.
    as_of : date
        The day.
    pathogen : Pathogen
        Its maximum incubation period also says which chains are active: those with a case within it.
    """
    since = as_of - timedelta(days=pathogen.max_incubation.value)
    dated = links.with_columns(latest=pl.coalesce("day", "told_on"))
    ripe = pl.col("latest") <= since
    table = (
        dated.group_by("chain")
        .agg(
            pl.col("source", "source_name").first(),
            cases=pl.len(),
            generations=pl.col("generation").max(),
            first_day=pl.col("day").min(),
            last_day=pl.col("day").max(),
            zones=pl.col("zone").drop_nulls().unique().sort(),
            mean_offspring=pl.coalesce(pl.col("offspring").filter(ripe).mean(), pl.col("offspring").mean()),
            active=(pl.col("latest") >= since).any(),
        )
        .sort("cases", "chain", descending=[True, False])
    )
    return tuple(
        Chain(
            id=row["chain"],
            source=row["source"],
            source_name=row["source_name"],
            cases=row["cases"],
            generations=row["generations"],
            first_day=row["first_day"],
            last_day=row["last_day"],
            zones=tuple(sorted(row["zones"], key=zones.position.__getitem__)),
            mean_offspring=row["mean_offspring"],
            active=row["active"],
        )
        for row in table.iter_rows(named=True)
    )
