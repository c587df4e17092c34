"""Who infected whom as of a day: rows told later and the order of rows change nothing; never an exception."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from test_tracing_replay import AS_OF, as_records, drawn_tables, truncated

from attribution_inputs import chains_on
from douse.records import Records

FRAMES = ("links", "sources", "hidden", "settings", "spreaders", "changes")
BEFORE = "2026-03-12"


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(drawn_tables(), st.integers(0, 999))
def test_nothing_told_later_and_no_order_of_rows_matters(tables, seed):
    records = as_records(tables)
    shuffled = {table: made.sample(fraction=1, shuffle=True, seed=seed) for table, made in records.frames.items()}
    first = chains_on(records, AS_OF, BEFORE)
    for other in (truncated(records), Records(shuffled, records.sent)):
        again = chains_on(other, AS_OF, BEFORE)
        for frame in FRAMES:
            assert_frame_equal(getattr(first, frame), getattr(again, frame))


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(drawn_tables())
def test_answers_are_complete_and_finite(tables):
    found = chains_on(as_records(tables), AS_OF, BEFORE)
    for frame in FRAMES:
        for column in getattr(found, frame).iter_columns():
            assert column.dtype != pl.Float64 or column.drop_nulls().is_finite().all()
    cases = found.belief.ids
    assert set(found.sources["case_id"]) == set(cases)
    assert set(found.links["case_id"]) <= set(cases)
    by_case = found.links.group_by("case_id").agg(pl.col("probability").sum())
    assert (by_case["probability"] <= 1 + 1e-9).all()
    np.testing.assert_allclose(found.settings["expected"].sum(), len(cases), atol=1e-3 * max(len(cases), 1))
