"""Tracing: how many people to reach, how many tracers that takes, and what today's tracers reach."""

from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.planning.basis import Basis
from douse.planning.projection import RANGE
from douse.planning.quarantine import QuarantineDemand
from douse.planning.tracing_values import TaskReach, TracingCapacity, Turn
from douse.tracing.risk import Risk, risk_of
from douse.tracing.stand_in import tracing_hours
from douse.tracing.tasks import valued_tasks
from douse.units import PER_100K

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
TASKS = ("interview", "reach", "quarantine", "test", "release")
_CALLS = ("interview", "reach")
TURNS_SHOWN = 500
_ENOUGH = 1e-9  # hours: rounding


def people_to_reach(basis: Basis) -> dict[str, int]:
    """People on the worklist by ring (ring1, ring2), by task, and overdue; a person counts once in each."""
    work = basis.trace.worklist
    counts = {f"ring{ring}": _people(work.filter(pl.col("ring") == ring)) for ring in (1, 2)}
    counts |= {task: _people(work.filter(pl.col("task") == task)) for task in TASKS}
    return counts | {"overdue": _people(work.filter(pl.col("overdue")))}


def tracers_needed(basis: Basis, quarantine: QuarantineDemand) -> tuple[Floats, Floats]:
    """Tracers a day: expected, and at the upper end of the 90% range; each of shape (H,).

    On the as-of day everybody who waits for a call; after it the contacts of projected cases.
    """
    waiting = np.zeros(basis.horizon_days)
    waiting[:1] = _people(basis.trace.worklist.filter(pl.col("task").is_in(_CALLS)))
    a_day = basis.protocol.resources.contacts_per_tracer_day.value
    found = quarantine.found.uncertain
    upper: Floats = np.quantile(found, RANGE[1], axis=0)
    return (waiting + found.mean(axis=0)) / a_day, (waiting + upper) / a_day


def tracers_by_ratio(basis: Basis) -> float | None:
    """Tracers that the protocol's ratio gives the residents; None without a population."""
    residents = basis.residents
    return None if residents is None else residents / PER_100K * basis.protocol.resources.tracers_per_100k.value


def hours_a_day(basis: Basis) -> float:
    """Working hours of one tracer: so many that the protocol's first calls a day fit in."""
    calls = basis.protocol.resources.contacts_per_tracer_day.value
    return float(calls * tracing_hours(basis.protocol).reach.value)


def tracing_capacity(basis: Basis, tracers: float | None = None) -> TracingCapacity:
    """What today's tracers reach, in the order of infections prevented per tracer-hour.

    Parameters
    ----------
    basis : Basis
        What is known; the worklist.
    tracers : float, optional
        People who trace today; None: by the protocol's ratio, as no table holds them.

    Returns
    -------
    TracingCapacity
        Waiting costs what the same tasks prevent less tomorrow, when a day more of transmission has passed.
    """
    tracers = tracers_by_ratio(basis) if tracers is None else tracers
    tasks = _tasks_with_loss(basis)
    visits = _visits(tasks)
    a_day = hours_a_day(basis)
    there = None if tracers is None else tracers * a_day
    worth, hours, lost = (visits[name].to_numpy() for name in ("prevented", "hours", "lost"))
    limit = float(hours.sum()) + 1.0 if there is None else there
    today = reached(hours, limit)
    protocol_order = np.argsort(visits["visit_order"].to_numpy())
    first = reached(hours[protocol_order], limit)
    visits = visits.with_columns(today=pl.Series(today), turn=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    done = visits.filter("today")["visit"]
    needed = float(hours.sum())
    in_time = tasks.filter(pl.col("visit").is_in(done.implode()))
    return TracingCapacity(
        tracers=tracers,
        hours_a_day=a_day,
        hours_needed=needed,
        hours_there=there,
        visits=visits.height,
        visits_today=int(today.sum()),
        people=_people(tasks),
        people_today=_people(in_time),
        prevented=float(worth.sum()),
        prevented_today=float(worth[today].sum()),
        most_today=most(worth, hours, limit),
        lost_by_waiting=float(lost[~today].sum()),
        by_priority=float(worth[protocol_order][first].sum()),
        tracers_for_all=needed / a_day,
        tracers_more=None if tracers is None else max(0.0, needed / a_day - tracers),
        by_task=_by_task(tasks, in_time),
        turns=_turns(visits),
    )


def reached(hours: Floats, limit: float) -> Bools:
    """Visits that fit into the hours, in their order; one that does not fit is passed over for those after it. (V,).

    In the order of worth per hour, what this prevents is at most the worth of one visit below the best choice: the
    first that does not fit (Dantzig 1957, doi 10.1287/opre.5.2.266).
    """
    fits = np.zeros(len(hours), dtype=np.bool_)
    left = limit + _ENOUGH
    for at, takes in enumerate(hours.tolist()):
        if takes <= left:
            fits[at] = True
            left -= takes
    return fits


def most(worth: Floats, hours: Floats, limit: float) -> float:
    """The most that can be prevented in the hours, were a visit done by parts: a bound on every choice.

    Visits come by worth per hour, highest first.
    """
    before = np.cumsum(hours) - hours
    share = np.clip(np.divide(limit - before, hours, out=np.ones_like(hours), where=hours > 0), 0.0, 1.0)
    return float(worth @ share)


def _tasks_with_loss(basis: Basis) -> pl.DataFrame:
    """All tasks of the day, with what each prevents less tomorrow."""
    risk = risk_of(basis.pathogen, basis.protocol)
    today, tomorrow = (_tasks(basis, of) for of in (risk, _a_day_on(risk)))
    later = tomorrow.select("task_id", later=pl.col("infections_prevented").fill_null(0.0))
    return (
        today.with_columns(prevented=pl.col("infections_prevented").fill_null(0.0))
        .join(later.unique("task_id", keep="first"), on="task_id", how="left", maintain_order="left")
        .with_columns(lost=(pl.col("prevented") - pl.col("later").fill_null(0.0)).clip(0.0))
    )


def _tasks(basis: Basis, risk: Risk) -> pl.DataFrame:
    return valued_tasks(basis.known, basis.situation, basis.trace, basis.pathogen, basis.protocol, risk)


def _a_day_on(risk: Risk) -> Risk:
    """The same with a day more of everybody's transmission past."""
    return replace(risk, ahead=np.append(risk.ahead[1:], 0.0))


def _visits(tasks: pl.DataFrame) -> pl.DataFrame:
    """One row a visit, by infections prevented per tracer-hour; then the protocol's order."""
    visits = tasks.group_by("visit").agg(
        pl.col("visit_order").first(),
        zone=pl.col("zone").drop_nulls().first(),
        people=pl.col("person").n_unique().cast(pl.Int64),
        tasks=pl.len().cast(pl.Int64),
        hours=pl.col("tracer_hours").sum(),
        prevented=pl.col("prevented").sum(),
        lost=pl.col("lost").sum(),
    )
    per_hour = (pl.col("prevented") / pl.col("hours")).fill_nan(0.0)
    return visits.with_columns(per_hour=per_hour).sort("per_hour", "visit_order", descending=[True, False])


def _by_task(tasks: pl.DataFrame, in_time: pl.DataFrame) -> tuple[TaskReach, ...]:
    figures = {
        "people": pl.col("person").n_unique().cast(pl.Int64),
        "hours": pl.col("tracer_hours").sum(),
        "prevented": pl.col("prevented").sum(),
    }
    every, some = (
        {row["task"]: row for row in frame.group_by("task").agg(**figures).iter_rows(named=True)}
        for frame in (tasks, in_time)
    )
    order = sorted(every, key=lambda task: (-every[task]["prevented"], task))
    return tuple(
        TaskReach(
            task=task,
            people=every[task]["people"],
            people_today=some[task]["people"] if task in some else 0,
            hours=every[task]["hours"],
            prevented=every[task]["prevented"],
            prevented_today=some[task]["prevented"] if task in some else 0.0,
        )
        for task in order
    )


def _turns(visits: pl.DataFrame) -> tuple[Turn, ...]:
    rows = visits.head(TURNS_SHOWN).rename({"lost": "lost_by_waiting"}).drop("visit_order")
    return tuple(Turn(**row) for row in rows.iter_rows(named=True))


def _people(work: pl.DataFrame) -> int:
    return work["person"].n_unique()
