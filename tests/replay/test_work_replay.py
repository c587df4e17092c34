"""The work of a day: never an exception; rows told later and the order of rows change nothing."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from test_tracing_replay import AS_OF, PROTOCOLS, as_records, drawn_tables, truncated

from douse.records import Records
from tracing_inputs import protocol, worklist_of

PARTS = ("tasks", "visits", "rates", "forms", "candidates")


def same(records: Records, other: Records, name: str) -> None:
    one, two = (worklist_of(told, AS_OF, protocol(name)) for told in (records, other))
    for part in PARTS:
        assert_frame_equal(getattr(one, part), getattr(two, part))


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(drawn_tables(), st.sampled_from(PROTOCOLS), st.integers(0, 999))
def test_nothing_told_later_and_no_order_of_rows_matters(tables, name, seed):
    records = as_records(tables)
    same(records, truncated(records), name)
    shuffled = {table: made.sample(fraction=1, shuffle=True, seed=seed) for table, made in records.frames.items()}
    same(records, Records(shuffled, records.sent), name)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(drawn_tables(), st.sampled_from(PROTOCOLS))
def test_the_work_is_complete_and_finite(tables, name):
    work = worklist_of(as_records(tables), AS_OF, protocol(name))
    for part in PARTS:
        for column in getattr(work, part).iter_columns():
            assert column.dtype != pl.Float64 or column.drop_nulls().is_finite().all()
    tasks = work.tasks
    assert tasks["task_id"].is_unique().all()
    for column in ("visit", "visit_order", "person", "task", "reason", "priority", "overdue", "tracer_hours"):
        assert tasks[column].null_count() == 0, column
    assert tasks["priority"].is_between(1, 5).all()
    assert tasks["infection_probability"].drop_nulls().is_between(0, 1).all()
    assert (tasks["infections_prevented"].drop_nulls() >= 0).all()
    assert tasks["visit_order"].is_sorted()
    assert set(work.visits["visit"]) == set(tasks["visit"])
    assert work.visits["tasks"].sum() == tasks.height == work.rates["open"].sum()
    assert set(work.forms["task_id"]) == set(tasks["task_id"])
    rates = work.rates.filter(pl.col("done") + pl.col("open") != pl.col("arisen"))
    assert rates.is_empty()
    assert set(work.candidates["case_id"]) <= set(tasks.filter(task="find_source")["case_id"])
    assert work.candidates["probability"].drop_nulls().is_between(0, 1).all()
