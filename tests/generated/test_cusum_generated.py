"""CUSUM equals its slow twin on generated series of several zones."""

from datetime import date, timedelta
from typing import get_args

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from douse.kernels.standardise import Transformation
from douse.signals.cusum import cusum
from reference.slow_cusum import slow_cusum

START = date(2026, 1, 5)
TRAIN = 5
series = st.lists(st.one_of(st.none(), st.integers(0, 40)), min_size=TRAIN + 1, max_size=20).map(
    lambda given: [3, *given]
)


@settings(max_examples=60, deadline=None)
@given(
    zones=st.dictionaries(st.sampled_from("abc"), series, min_size=1),
    trans=st.sampled_from(get_args(Transformation)),
    k=st.sampled_from([0.0, 0.5, 1.04]),
    h=st.sampled_from([1.0, 2.26]),
    alpha=st.sampled_from([0.01, 0.1, 1.0]),
)
def test_fast_equals_slow(zones, trans, k, h, alpha):
    rows = [
        {"zone": zone, "date": START + timedelta(weeks=week), "count": count}
        for zone, counts in zones.items()
        for week, count in enumerate(counts)
    ]
    frame = pl.DataFrame(rows, schema={"zone": pl.String, "date": pl.Date, "count": pl.Int64})
    fast = cusum(frame, k=k, h=h, trans=trans, alpha=alpha, train=TRAIN)
    # R's table of a function, which is followed, has steps of 0.01
    near = 0.3 if trans == "anscombeNegBin" else 1e-8
    for zone, counts in zones.items():
        ours = fast.filter(zone=zone)
        assert ours["alarm"][:TRAIN].null_count() == TRAIN
        for row, expected in zip(
            ours[TRAIN:].iter_rows(named=True), slow_cusum(counts, TRAIN, k, h, trans, alpha), strict=True
        ):
            if expected is None:
                assert row["bound"] is row["alarm"] is None
            else:
                assert row["score"] == pytest.approx(expected[1], abs=near)
                assert row["alarm"] == expected[2] or row["score"] == pytest.approx(h, abs=near)
                if trans != "standard":  # a bound that is rounded up may differ by 1
                    assert row["bound"] == pytest.approx(expected[0], abs=near)
    numbers = fast.select("expected", "bound", "score").unpivot()["value"].drop_nulls()
    assert numbers.is_finite().all()
