"""`Work`: what the tracers of a day have to do. Values only."""

from dataclasses import dataclass

import polars as pl

TASK_COLUMNS: dict[str, pl.DataType] = {
    "task_id": pl.String(),
    "visit": pl.String(),
    "visit_order": pl.Int64(),
    "person": pl.String(),
    "task": pl.String(),
    "case_id": pl.String(),
    "ring": pl.Int64(),
    "contact_class": pl.String(),
    "zone": pl.String(),
    "household": pl.String(),
    "reason": pl.String(),
    "ask_from": pl.Date(),
    "ask_to": pl.Date(),
    "deadline": pl.Datetime("us"),
    "overdue": pl.Boolean(),
    "priority": pl.Int64(),
    "infection_probability": pl.Float64(),
    "infections_prevented": pl.Float64(),
    "tracer_hours": pl.Float64(),
    "prevented_per_hour": pl.Float64(),
    "place": pl.String(),
    "quarantine_end": pl.Date(),
    "quarantine_days_left": pl.Int64(),
    "next_test": pl.Date(),
    "test_days": pl.List(pl.Date()),
}


@dataclass(frozen=True)
class Work:
    """The worklist of a day.

    ``tasks``       a row a person and task: task_id, visit (household, else the person: who is reached in one go),
                    visit_order (1 first), person, task (interview | find_source | ask_infector | reach | quarantine |
                    test | release), case_id, ring, contact_class, zone, household, reason, ask_from and ask_to (the
                    days that the task is about), deadline (datetime), overdue (bool), priority (1 first),
                    infection_probability (of the person, by what is known today), infections_prevented (expected, by
                    doing the task now), tracer_hours (with its part of the way there), prevented_per_hour, place,
                    quarantine_end, quarantine_days_left, next_test, test_days: by visit_order, priority, worth
    ``visits``      visit, visit_order, zone, people, tasks, priority (of its first task), deadline (of its earliest),
                    overdue (tasks), infections_prevented, tracer_hours, prevented_per_hour: by visit_order
    ``rates``       zone (null: not known), task, arisen, done, open, overdue, done_share, overdue_share (of those
                    that arose): by zone, task
    ``forms``       task_id, field, known (bool), ask (bool), source_table (where it is known from), asked_table,
                    asked_column (where the answer goes): the fields of each task's form, in order; never a value
    ``candidates``  case_id, kind (case | person | place), candidate, basis, first_day, last_day, cases (at a place),
                    probability (null where there is none): who or where may have infected the case; by case_id, the
                    likeliest first
    ``stood_in``    keys that the pathogen's file leaves out, for which scaled values of another stand in
    """

    tasks: pl.DataFrame
    visits: pl.DataFrame
    rates: pl.DataFrame
    forms: pl.DataFrame
    candidates: pl.DataFrame
    stood_in: tuple[str, ...]
