"""Meetings by joining equal meetings by two loops over generated visits."""

from datetime import date, datetime, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import records
from douse.tracing.shared_places import meetings
from douse.tracing.visits import spans
from reference.slow_meetings import slow_meetings

START = datetime(2026, 3, 1)
TODAY = date(2026, 3, 6)


@st.composite
def visit_rows(draw):
    rows = []
    for _ in range(draw(st.integers(0, 12))):
        entered = START + timedelta(hours=draw(st.integers(0, 100)), minutes=draw(st.sampled_from([0, 0, 17])))
        length = draw(st.sampled_from([None, 0, 10, 90, 600, 3000]))
        if draw(st.booleans()):
            entered = datetime.combine(entered.date(), datetime.min.time())
        rows.append(
            {
                "person_id": draw(st.sampled_from("abcd")),
                "place_id": draw(st.sampled_from("xy")),
                "entered_at": entered,
                "left_at": None if length is None else entered + timedelta(minutes=length),
                "recorded_at": START,
            }
        )
    return rows


windows = st.dictionaries(
    st.sampled_from("ab"),
    st.tuples(st.integers(0, 5), st.integers(0, 4)).map(
        lambda w: (START.date() + timedelta(days=w[0]), START.date() + timedelta(days=w[0] + w[1]))
    ),
    max_size=2,
)


@settings(max_examples=80, deadline=None)
@given(visit_rows(), windows)
def test_fast_equals_slow(rows, hosts):
    known = records(visits=rows).as_of(TODAY)
    visits = spans(known, START.date() - timedelta(days=1), TODAY + timedelta(days=9))
    window = pl.DataFrame(
        [(host, host, since, until) for host, (since, until) in hosts.items()],
        schema={"host": pl.String, "visitor": pl.String, "since": pl.Date, "until": pl.Date},
        orient="row",
    )
    met = meetings(visits, window)
    fast = {
        (row["visitor"], row["host"], row["day"], row["minutes"] is not None): (
            None if row["minutes"] is None else round(row["minutes"], 6),
            row["last_day"],
        )
        for row in met.pairs.iter_rows(named=True)
    }
    assert len(fast) == met.pairs.height
    plain = list(visits.select("visitor", "place", "start", "end", "exact").iter_rows())
    assert fast == slow_meetings(plain, hosts)


@settings(max_examples=15, deadline=None)
@given(visit_rows(), st.integers(0, 3))
def test_a_lower_crowd_limit_never_finds_more_people(rows, limit):
    known = records(visits=rows).as_of(TODAY)
    visits = spans(known, START.date(), TODAY)
    window = pl.DataFrame({"host": ["a"], "visitor": ["a"], "since": [START.date()], "until": [TODAY]})
    everybody = set(meetings(visits, window).pairs["visitor"])
    assert set(meetings(visits, window, crowd=limit).pairs["visitor"]) <= everybody
    assert set(meetings(visits, window, crowd=0).pairs["visitor"]) == set()
