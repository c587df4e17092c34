"""A household is visited once: tasks of one household together, in the order of what the way there is worth."""

import polars as pl

from douse.library.exposure import TracingHours


def hours_by_task(hours: TracingHours) -> dict[str, float]:
    """Task -> working hours of one tracer, without the way."""
    return {
        "interview": hours.interview.value,
        "find_source": hours.find_source.value,
        "ask_infector": hours.ask_infector.value,
        "reach": hours.reach.value,
        "quarantine": hours.quarantine.value,
        "test": hours.test.value,
        "release": hours.release_call.value,
    }


def with_visits(tasks: pl.DataFrame, hours: TracingHours) -> pl.DataFrame:
    """Add visit, visit_order, tracer_hours and prevented_per_hour; sorted by visit.

    A visit is a household, or a person of none. The way there counts once and is shared by the tasks. Visits come by
    the priority of their most urgent task, then by infections prevented per tracer-hour of the whole visit, then by
    deadline; within a visit tasks come by priority and worth.

    Parameters
    ----------
    tasks : polars.DataFrame
        person, household, task, priority, deadline, infections_prevented.
    hours : TracingHours
        Of the protocol.
    """
    visit = pl.coalesce(
        pl.concat_str(pl.lit("household"), "household", separator=" "),
        pl.concat_str(pl.lit("person"), "person", separator=" "),
    )
    own = pl.col("task").replace_strict(hours_by_task(hours), return_dtype=pl.Float64)
    timed = (
        tasks.drop("visit_order", strict=False)
        .with_columns(visit=visit)
        .with_columns(tracer_hours=own + hours.household_visit.value / pl.len().over("visit"))
    )
    worth = pl.col("infections_prevented").fill_null(0.0)
    order = (
        timed.group_by("visit")
        .agg(
            first=pl.col("priority").min(),
            per_hour=worth.sum() / pl.col("tracer_hours").sum(),
            earliest=pl.col("deadline").min(),
        )
        .sort("first", "per_hour", "earliest", "visit", descending=[False, True, False, False], nulls_last=True)
        .select("visit", visit_order=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    )
    return (
        timed.with_columns(prevented_per_hour=pl.col("infections_prevented") / pl.col("tracer_hours"))
        .join(order, on="visit")
        .sort(
            "visit_order",
            "priority",
            -pl.col("prevented_per_hour").fill_null(0.0),
            "deadline",
            "person",
            "task",
            nulls_last=True,
        )
    )


def visits_of(tasks: pl.DataFrame) -> pl.DataFrame:
    """One row a visit (see `Work.visits`)."""
    return (
        tasks.group_by("visit", "visit_order")
        .agg(
            zone=pl.col("zone").drop_nulls().first(),
            people=pl.col("person").n_unique().cast(pl.Int64),
            tasks=pl.len().cast(pl.Int64),
            priority=pl.col("priority").min(),
            deadline=pl.col("deadline").min(),
            overdue=pl.col("overdue").sum().cast(pl.Int64),
            infections_prevented=pl.col("infections_prevented").sum(),
            tracer_hours=pl.col("tracer_hours").sum(),
        )
        .with_columns(prevented_per_hour=pl.col("infections_prevented") / pl.col("tracer_hours"))
        .sort("visit_order")
    )
