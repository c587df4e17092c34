"""The worklist of a day: forward and backward tasks, what each is worth, in the order of visits."""

from datetime import timedelta

import polars as pl

from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.records import Records
from douse.situation.situation import Situation
from douse.tracing.persons import with_person
from douse.tracing.quarantine import courses, horizon_days
from douse.tracing.risk import Risk, risk_of
from douse.tracing.stand_in import tracing_hours
from douse.tracing.tasks.backward import infector_tasks, links_of, sought_cases, source_tasks
from douse.tracing.tasks.candidates import Search, candidates
from douse.tracing.tasks.forms import forms
from douse.tracing.tasks.infection_window import infection_windows
from douse.tracing.tasks.rates import arisen_tasks, rates
from douse.tracing.tasks.valued import Ground, with_worth
from douse.tracing.tasks.visits import visits_of, with_visits
from douse.tracing.tasks.work import TASK_COLUMNS, Work
from douse.tracing.trace import Trace
from douse.tracing.windows import infectious_windows

_BACKWARD_PRIORITY = 3  # after contacts who may infect today, before tests of those who were reached


def make_work(  # noqa: PLR0913 (the rooms' common arguments, and one setting)
    known: Records,
    situation: Situation,
    traced: Trace,
    pathogen: Pathogen,
    protocol: Protocol,
    *,
    links: pl.DataFrame | None = None,
) -> Work:
    """Everything that tracers have to do, what it prevents and takes, in the order in which to go.

    Parameters
    ----------
    known : Records
        As-of view.
    situation : Situation
        What is known; its counted cases are worked on.
    traced : Trace
        Contacts and forward tasks of the same view.
    pathogen, protocol : Pathogen, Protocol
        Of the run.
    links : polars.DataFrame, optional
        case_id, infector, probability: a posterior over infectors, in place of the recorded links of those cases.

    Returns
    -------
    Work
        Forward: as in `Trace.worklist`. Backward: the source of recent cases that nobody is known to have infected,
        and a second interview of infectors who had not named whom they infected.
    """
    ground, search, horizon = _ground(known, situation, traced, pathogen, protocol, links)
    risk = risk_of(pathogen, protocol)
    tasks = _in_order(known, traced, ground, pathogen, protocol, risk)
    arisen = arisen_tasks(known, ground, horizon)
    return Work(
        tasks=tasks,
        visits=visits_of(tasks),
        rates=rates(arisen, tasks),
        forms=forms(tasks, traced.contacts, known),
        candidates=candidates(known, search, pathogen, protocol),
        stood_in=risk.stood_in,
    )


def valued_tasks(  # noqa: PLR0913, PLR0917  (the rooms' common arguments, and what the worth is reckoned with)
    known: Records, situation: Situation, traced: Trace, pathogen: Pathogen, protocol: Protocol, risk: Risk
) -> pl.DataFrame:
    """The tasks of `make_work` alone, with recorded links: as `Work.tasks`.

    Parameters
    ----------
    risk : Risk
        Of the files of the run, or with another share of transmission ahead: to ask what a task prevents another day.
    """
    ground, _, _ = _ground(known, situation, traced, pathogen, protocol, None)
    return _in_order(known, traced, ground, pathogen, protocol, risk)


def _ground(  # noqa: PLR0913, PLR0917  (the rooms' common arguments)
    known: Records,
    situation: Situation,
    traced: Trace,
    pathogen: Pathogen,
    protocol: Protocol,
    links: pl.DataFrame | None,
) -> tuple[Ground, Search, int]:
    """What tasks rest on, what sources are sought with, and the days after which a contact is history."""
    cases = situation.cases.unique("case_id", keep="first", maintain_order=True)
    horizon = horizon_days(courses(pathogen, protocol), pathogen)
    windows = infectious_windows(cases, known.day, pathogen, protocol)
    infected = infection_windows(cases, pathogen)
    likely = links_of(traced.links, links)
    sought = sought_cases(cases, infected, likely, known, horizon)
    search = Search(sought.select("case_id", "person", "infected_from", "infected_to"), cases, windows)
    return Ground(cases, windows, traced.contacts, sought, likely), search, horizon


def _in_order(  # noqa: PLR0913, PLR0917  (the rooms' common arguments)
    known: Records, traced: Trace, ground: Ground, pathogen: Pathogen, protocol: Protocol, risk: Risk
) -> pl.DataFrame:
    """All tasks with their worth and hours, in the order of visits."""
    horizon = horizon_days(courses(pathogen, protocol), pathogen)
    recent = ground.windows.filter(pl.col("infectious_to") >= known.day - timedelta(days=horizon))
    asked_again = infector_tasks(known, ground.cases, recent, ground.links, protocol.clock)
    forward = _tasks(_with_days(traced.worklist, traced.contacts, ground.windows))
    backward = [_late(_tasks(part), known) for part in (source_tasks(ground.sought, protocol.clock), asked_again)]
    placed = _with_home(pl.concat([forward, *backward]), known)
    valued = with_worth(placed, ground, known, pathogen, risk)
    return with_visits(valued, tracing_hours(protocol)).select(list(TASK_COLUMNS))


def _with_days(worklist: pl.DataFrame, contacts: pl.DataFrame, windows: pl.DataFrame) -> pl.DataFrame:
    """Add the days that each forward task is about: of the exposure, or those on which the case could infect."""
    met = contacts.select("person", met_from="first_exposure", met_to="last_exposure")
    could = windows.select("case_id", could_from="infectious_from", could_to="infectious_to")
    asked = pl.col("task") == "interview"
    return (
        worklist.join(met, on="person", how="left", maintain_order="left")
        .join(could, on="case_id", how="left", maintain_order="left")
        .with_columns(
            ask_from=pl.when(asked).then("could_from").otherwise("met_from"),
            ask_to=pl.when(asked).then("could_to").otherwise("met_to"),
        )
    )


def _tasks(frame: pl.DataFrame) -> pl.DataFrame:
    """Columns of tasks that are there before their worth is."""
    missing = {name: pl.lit(None) for name in TASK_COLUMNS if name not in frame.columns}
    typed = frame.with_columns(**missing).select(pl.col(name).cast(kind) for name, kind in TASK_COLUMNS.items())
    return typed.with_columns(task_id=pl.concat_str("task", "person", separator=" "))


def _late(tasks: pl.DataFrame, known: Records) -> pl.DataFrame:
    """Priority of backward tasks: one step sooner once the deadline is past."""
    overdue = (pl.col("deadline") < pl.lit(known.known_at)).fill_null(value=False)
    return tasks.with_columns(overdue=overdue, priority=_BACKWARD_PRIORITY - overdue.cast(pl.Int64))


def _with_home(tasks: pl.DataFrame, known: Records) -> pl.DataFrame:
    """Fill in household and zone from the table of people."""
    people = (
        with_person(known.table("people"), known)
        .sort("recorded_at", "record_id")
        .group_by("person", maintain_order=True)
        .agg(home=pl.col("household").drop_nulls().first(), area=pl.col("zone").drop_nulls().first())
    )
    return (
        tasks.join(people, on="person", how="left", maintain_order="left")
        .with_columns(household=pl.coalesce("household", "home"), zone=pl.coalesce("zone", "area"))
        .drop("home", "area")
    )
