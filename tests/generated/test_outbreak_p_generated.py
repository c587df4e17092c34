"""OutbreakP equals its slow twin on generated series; its bound is what it says."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from douse.signals.outbreak_p import outbreak_p
from reference.slow_outbreak_p import ratio, slow_outbreak_p

START = date(2026, 1, 5)
series = st.lists(st.one_of(st.none(), st.integers(0, 15)), min_size=1, max_size=16)


@settings(max_examples=60, deadline=None)
@given(zones=st.dictionaries(st.sampled_from("abc"), series, min_size=1), k=st.sampled_from([1.5, 100.0]))
def test_fast_equals_slow(zones, k):
    rows = [
        {"zone": zone, "date": START + timedelta(weeks=week), "count": count}
        for zone, counts in zones.items()
        for week, count in enumerate(counts)
    ]
    frame = pl.DataFrame(rows, schema={"zone": pl.String, "date": pl.Date, "count": pl.Int64})
    fast = outbreak_p(frame, k=k)
    for zone, counts in zones.items():
        ours = fast.filter(zone=zone).drop_nulls("count")
        known = [count for count in counts if count is not None]
        assert ours["score"].to_list() == pytest.approx(slow_outbreak_p(known), rel=1e-9)
        for step, bound in enumerate(ours["bound"]):
            if bound is None:
                assert step == 0
            else:
                assert ratio([*known[:step], bound]) > k * (1 - 1e-9)
                assert bound == 0 or ratio([*known[:step], bound - 1]) <= k * (1 + 1e-9)
