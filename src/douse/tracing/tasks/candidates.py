"""Who or what may have infected a case: cases, people in between, and places within the days of its infection."""

from dataclasses import dataclass
from datetime import date, datetime, time

import polars as pl

from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.records import Records
from douse.situation.cases import identifiers
from douse.tracing.contacts import ring1
from douse.tracing.encounters import Asked
from douse.tracing.index.build import index_in_memory
from douse.tracing.persons import aliases
from douse.tracing.places import PRIVATE_KINDS, listed_places
from douse.tracing.risk import infectors, with_infection_probability
from douse.tracing.shared_places import case_windows, indexed
from douse.tracing.stand_in import crowd_limit
from douse.tracing.visits import days_of, spans

COLUMNS: dict[str, pl.DataType] = {
    "case_id": pl.String(),
    "kind": pl.String(),
    "candidate": pl.String(),
    "basis": pl.String(),
    "first_day": pl.Date(),
    "last_day": pl.Date(),
    "cases": pl.Int64(),
    "probability": pl.Float64(),
}


@dataclass(frozen=True)
class Search:
    """Cases whose source is sought, and what it is sought with.

    Parameters
    ----------
    sought : polars.DataFrame
        As of `infection_windows`, one row a case.
    cases : polars.DataFrame
        All counted cases, as in `Situation.cases`.
    windows : polars.DataFrame
        Their infectious windows, as of `infectious_windows`.
    """

    sought: pl.DataFrame
    cases: pl.DataFrame
    windows: pl.DataFrame


def candidates(known: Records, search: Search, pathogen: Pathogen, protocol: Protocol) -> pl.DataFrame:
    """Candidates for the source of each case that is sought, the likeliest first.

    Cases that the case was exposed to (by any record or link, while they could infect) on the days when it may have
    been infected; people who are no case, were with another case before and with this one; places where it was on those
    days, with how many other cases were there then. Probability: that of infection by the exposure (of a person: that
    the other case infected them), each taken by itself.

    Returns
    -------
    polars.DataFrame
        See `Work.candidates`.
    """
    if search.sought.is_empty():
        return pl.DataFrame(schema=COLUMNS)
    visits = _visits_of_cases(known, search)
    exposed = _exposures(known, search, visits, protocol)
    likely = with_infection_probability(exposed, infectors(search.cases), pathogen, protocol)
    found = [_cases(likely, search), _people(likely, search), _places(visits, search)]
    return pl.concat(found).sort(
        "case_id", "probability", "cases", "kind", "candidate", descending=[False, True, True, False, False],
        nulls_last=True,
    )  # fmt: skip


def _visits_of_cases(known: Records, search: Search) -> pl.DataFrame:
    """Spans of cases only: a source search compares cases, not a city."""
    first = search.sought["infected_from"].min()
    begin = first if isinstance(first, date) else known.day
    ill = identifiers(search.cases)
    own = spans(known.table("visits").filter(pl.col("person_id").is_in(ill.implode())))
    visits = own.filter(pl.col("left") > datetime.combine(begin, time.min))
    listed = listed_places(known).select("place", listed="kind")
    return (
        visits.join(listed, on="place", how="left", maintain_order="left")
        .with_columns(kind=pl.coalesce("kind", "listed"))
        .drop("listed")
    )


def _exposures(known: Records, search: Search, visits: pl.DataFrame, protocol: Protocol) -> pl.DataFrame:
    """Exposures to cases that could infect on any of the days that are asked about, of cases and of other people."""
    begin = search.sought["infected_from"].min()
    recent = search.windows.filter(pl.col("infectious_to") >= begin)
    there = indexed(index_in_memory(visits))
    met = there.engine.encounters(case_windows(recent), Asked(known.day, crowd_limit(protocol)))
    exposed = ring1(known, search.windows, recent, met.encounters, there, protocol).filter(pl.col("ring") == 1)
    return (
        exposed.join(aliases(known), left_on="person", right_on="alias", how="left")
        .with_columns(person=pl.coalesce("alias_of", "person"))
        .drop("alias_of")
    )


def _cases(exposed: pl.DataFrame, search: Search) -> pl.DataFrame:
    """Cases that the case was exposed to, the likeliest exposure of each."""
    rows = (
        exposed.rename({"case_id": "candidate"})
        .join(search.sought, on="person")
        .filter(
            pl.col("candidate") != pl.col("case_id"),
            pl.col("first_exposure") <= pl.col("infected_to"),
            pl.col("last_exposure") >= pl.col("infected_from"),
        )
    )
    return _shape(
        rows.with_columns(
            kind=pl.lit("case"),
            first_day=pl.max_horizontal("first_exposure", "infected_from"),
            last_day=pl.min_horizontal("last_exposure", "infected_to"),
            probability="infection_probability",
        )
    )


def _people(exposed: pl.DataFrame, search: Search) -> pl.DataFrame:
    """People who are no case, were exposed to another case, and are on record with this one."""
    ill = identifiers(search.cases)
    well = exposed.filter(~pl.col("person").is_in(ill.implode()))
    with_sought = well.join(search.sought.select("case_id", "infected_from", "infected_to"), on="case_id")
    other = well.select(
        "person", other="case_id", since="first_exposure", first_basis="basis", probability="infection_probability"
    )
    rows = with_sought.join(other, on="person").filter(
        pl.col("other") != pl.col("case_id"), pl.col("since") <= pl.col("infected_to")
    )
    return _shape(
        rows.drop("probability")
        .with_columns(rows["probability"])
        .with_columns(
            kind=pl.lit("person"), candidate="person", first_day=pl.max_horizontal("since", "infected_from"),
            last_day="infected_to",
        )
    )  # fmt: skip


def _places(visits: pl.DataFrame, search: Search) -> pl.DataFrame:
    """Where the case was on those days, homes apart, and how many other cases were there on them."""
    away = visits.filter(~pl.col("kind").is_in(PRIVATE_KINDS).fill_null(value=False))
    days = days_of(away).select("place", "day", visitor="person").unique()
    known_as = pl.concat(
        [
            search.cases.select("case_id", visitor="person"),
            search.cases.select("case_id", visitor="case_id"),
        ]
    ).unique()
    of_cases = days.join(known_as, on="visitor").select("case_id", "place", "day").unique()
    own = of_cases.join(search.sought, on="case_id").filter(
        pl.col("day").is_between(pl.col("infected_from"), pl.col("infected_to"))
    )
    others = of_cases.rename({"case_id": "other"}).select("other", "place", other_day="day")
    shared = (
        own.join(others, on="place")
        .filter(
            pl.col("other") != pl.col("case_id"),
            pl.col("other_day").is_between(pl.col("infected_from"), pl.col("infected_to")),
        )
        .group_by("case_id", "place")
        .agg(cases=pl.col("other").n_unique().cast(pl.Int64))
    )
    rows = own.group_by("case_id", "place").agg(first_day=pl.col("day").min(), last_day=pl.col("day").max())
    return _shape(
        rows.join(shared, on=["case_id", "place"], how="left").with_columns(
            kind=pl.lit("place"), candidate="place", basis=pl.lit("visit"), cases=pl.col("cases").fill_null(0)
        )
    )


def _shape(rows: pl.DataFrame) -> pl.DataFrame:
    missing = {name: pl.lit(None) for name in COLUMNS if name not in rows.columns}
    typed = rows.with_columns(**missing).select(pl.col(name).cast(kind) for name, kind in COLUMNS.items())
    by = ["case_id", "kind", "candidate", "probability", "first_day", "basis"]
    ordered = typed.sort(by, descending=[False, False, False, True, False, False], nulls_last=True)
    return ordered.unique(["case_id", "kind", "candidate"], keep="first", maintain_order=True)
