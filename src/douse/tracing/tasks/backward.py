"""Backward tracing: look for the source of a case, and ask a known infector for their other contacts."""

from datetime import timedelta

import polars as pl

from douse.library.protocol import Clock
from douse.records import Records
from douse.tracing.persons import with_person

# A link of at least this probability makes the infector worth a second interview; recorded links have 1.
SURE_ENOUGH = 0.5


def links_of(recorded: pl.DataFrame, links: pl.DataFrame | None) -> pl.DataFrame:
    """Infectors with probabilities: those given, and for cases that they say nothing of the recorded ones.

    Parameters
    ----------
    recorded : polars.DataFrame
        case_id, infector (null for none), as in `Trace.links`.
    links : polars.DataFrame or None
        case_id, infector, probability: as a posterior over infectors gives them. Infectors may be null (an import,
        somebody not on record); they only take their share.

    Returns
    -------
    polars.DataFrame
        case_id, infector, probability; no null infectors.
    """
    told = recorded.filter(pl.col("infector").is_not_null()).select("case_id", "infector", probability=pl.lit(1.0))
    if links is None:
        return told
    given = links.select("case_id", "infector", pl.col("probability").cast(pl.Float64))
    return pl.concat([given.drop_nulls("infector"), told.join(given, on="case_id", how="anti")])


def source_tasks(sought: pl.DataFrame, clock: Clock) -> pl.DataFrame:
    """A task a case whose source is sought (rows of `sought_cases`): by the clock of the full report."""
    return sought.with_columns(
        task=pl.lit("find_source"),
        reason=pl.lit("Nobody knows who infected this case: ask where they were and whom they met on these days."),
        deadline=pl.col("first_recorded_at") + _hours(clock.full_report.value),
        ask_from="infected_from",
        ask_to="infected_to",
    )


def sought_cases(
    cases: pl.DataFrame, infected: pl.DataFrame, links: pl.DataFrame, known: Records, horizon: int
) -> pl.DataFrame:
    """Cases without a likely infector that were not imported, told within the horizon; one row a person.

    Parameters
    ----------
    cases : polars.DataFrame
        Counted cases, as in `Situation.cases`.
    infected : polars.DataFrame
        As of `infection_windows`, rows as in `cases`.
    links : polars.DataFrame
        As of `links_of`.
    known : Records
        As-of view.
    horizon : int
        Days after which a source is history.
    """
    likely = links.filter(pl.col("probability") >= SURE_ENOUGH)
    return (
        cases.with_columns(infected["infected_from"], infected["infected_to"])
        .filter(
            pl.col("link") != "imported",
            pl.col("cluster").is_null(),
            pl.coalesce("day", "told_on") >= known.day - timedelta(days=horizon),
        )
        .join(likely, on="case_id", how="anti")
        .unique("person", keep="first", maintain_order=True)
    )


def infector_tasks(
    known: Records, cases: pl.DataFrame, windows: pl.DataFrame, links: pl.DataFrame, clock: Clock
) -> pl.DataFrame:
    """A task an infector whose interview missed somebody whom they infected.

    Whoever infected a case infected others more often than most did. An infector who named the case as a contact has
    told; one who did not is asked again, unless new contacts of theirs were recorded after the case became known. Of
    several such cases the first told sets the clock. Infectors whose infectious days are not known are not asked.
    """
    people = cases.select("case_id", "person", told="first_recorded_at")
    could = windows.select(infector="case_id", ask_from="infectious_from", ask_to="infectious_to")
    index = cases.select(infector="case_id", infector_person="person", zone="zone").join(could, on="infector")
    contacts = with_person(known.table("contacts"), known)
    named = contacts.select("person", infector="case_id")
    newest = contacts.group_by(infector="case_id").agg(newest=pl.col("first_recorded_at").max())
    missed = (
        links.filter(pl.col("probability") >= SURE_ENOUGH)
        .join(people, on="case_id")
        .join(named, on=["person", "infector"], how="anti")
        .join(index, on="infector")
        .join(newest, on="infector", how="left")
        .filter(
            (pl.col("newest") <= pl.col("told")).fill_null(value=True),
            pl.col("ask_from").is_not_null(),
            pl.col("infector_person") != pl.col("person"),
        )
    )
    return (
        missed.sort("infector_person", "told", "case_id")
        .group_by("infector_person", maintain_order=True)
        .agg(
            pl.col("infector", "zone", "ask_from", "ask_to").first(), pl.col("told").min(), pl.col("probability").max()
        )
        .with_columns(
            task=pl.lit("ask_infector"),
            reason=pl.lit("Infected a case whom they had not named: ask again whom else they met on these days."),
            deadline=pl.col("told") + _hours(clock.full_report.value),
            person="infector_person",
            case_id="infector",
        )
    )


def _hours(hours: float) -> pl.Expr:
    return pl.duration(minutes=round(hours * 60))
