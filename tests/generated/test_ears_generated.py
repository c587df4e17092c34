"""EARS equals its slow twin on generated series of several zones."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from douse.signals import ears
from reference.slow_ears import slow_ears

START = date(2026, 1, 1)
series = st.lists(st.integers(0, 9), max_size=24)


@settings(max_examples=60, deadline=None)
@given(
    zones=st.dictionaries(st.sampled_from("abcd"), series, min_size=1),
    method=st.sampled_from(["C1", "C2", "C3"]),
    baseline=st.integers(2, 8),
    min_sigma=st.sampled_from([0.0, 0.5, 2.0]),
    alpha=st.sampled_from([0.001, 0.025, 0.4]),
    backwards=st.booleans(),
)
def test_fast_equals_slow(zones, method, baseline, min_sigma, alpha, backwards):
    rows = [
        {"zone": zone, "date": START + timedelta(days=day), "count": count}
        for zone, counts in zones.items()
        for day, count in enumerate(counts)
    ]
    frame = pl.DataFrame(rows, schema={"zone": pl.String, "date": pl.Date, "count": pl.Int64})
    # the order of the rows given does not matter
    fast = ears(
        frame.reverse() if backwards else frame, method=method, baseline=baseline, min_sigma=min_sigma, alpha=alpha
    )
    for zone, counts in zones.items():
        ours = fast.filter(zone=zone)
        for at, expected in enumerate(slow_ears(counts, method, baseline, min_sigma, alpha)):
            row = ours.row(at, named=True)
            if expected is None:
                assert row["bound"] is None
                assert row["alarm"] is None
            else:
                assert row["bound"] == pytest.approx(expected[0], abs=1e-9)
                # a count that equals the bound to the last digit may fall on either side
                assert row["alarm"] == expected[1] or row["count"] == pytest.approx(row["bound"], abs=1e-9)
    numbers = fast.select("expected", "bound", "score", "p").unpivot()["value"].drop_nulls()
    assert numbers.is_finite().all()
