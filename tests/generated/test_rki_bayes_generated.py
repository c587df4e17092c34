"""RKI and Bayes rules equal their slow twins on generated series."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from douse.signals.bayes import bayes
from douse.signals.rki import rki
from reference.slow_rki_bayes import baseline, slow_bayes, slow_rki

MONTHS = 12
low, high = st.integers(0, 13), st.integers(25, 60)


@settings(max_examples=60, deadline=None)
@given(
    counts=st.one_of(*(st.lists(st.one_of(st.none(), some), min_size=2, max_size=40) for some in (low, high))),
    shape=st.sampled_from([(0, 3, True), (1, 2, True), (2, 1, False), (2, 0, False)]),
    alpha=st.sampled_from([0.05, 0.001]),
)
def test_fast_equals_slow(counts, shape, alpha):
    b, w, act_y = shape
    days = [date(2020 + month // MONTHS, month % MONTHS + 1, 1) for month in range(len(counts))]
    frame = pl.DataFrame({"date": days, "count": counts}, schema={"date": pl.Date, "count": pl.Int64})
    by_rki, by_bayes = rki(frame, b=b, w=w, act_y=act_y), bayes(frame, b=b, w=w, act_y=act_y, alpha=alpha)
    for step, count in enumerate(counts):
        before = baseline(counts, step, b, w, act_y, MONTHS)
        expected = None if before is None else slow_rki(counts, step, b, w, act_y, MONTHS)
        assert by_rki["bound"][step] == (expected if expected is None else pytest.approx(expected))
        assert by_rki["alarm"][step] == (None if None in {expected, count} else count > by_rki["bound"][step])
        slow = slow_bayes(counts, step, b, w, act_y, MONTHS, alpha)
        ours = by_bayes["bound"][step], by_bayes["p"][step]
        assert ours == ((None, None) if slow is None else pytest.approx(slow))
