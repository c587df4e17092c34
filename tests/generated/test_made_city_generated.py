"""Margins hold whatever the totals, and the curve visits every cell."""

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from city_inputs import check_whole, zones
from douse.city.made import build_city, margins
from douse.city.made.curve import along_curve, on_curve
from douse.city.made.shares import by_year, whole


@st.composite
def totals(draw: st.DrawFn) -> pl.DataFrame:
    rows = draw(st.integers(1, 6))
    columns: dict[str, list[object]] = {}
    ages = [[draw(st.integers(0, 60)) for _ in range(4)] for _ in range(rows)]
    ages = [row if sum(row) else [0, 1, 0, 0] for row in ages]
    population = [sum(row) for row in ages]
    columns["population"] = population
    if draw(st.booleans()):
        for name, values in zip(("age_0_4", "age_5_17", "age_18_69", "age_70"), zip(*ages, strict=True), strict=True):
            columns[name] = list(values)
    if draw(st.booleans()):
        columns["households"] = [draw(st.integers(-(-n // 12), n)) for n in population]
    if draw(st.booleans()):
        columns["jobs"] = [draw(st.integers(0, 50)) for _ in population]
    if draw(st.booleans()):
        columns["latitude"] = [draw(st.floats(-80, 80)) for _ in population]
        columns["longitude"] = [draw(st.floats(-180, 180)) for _ in population]
    return zones(**columns)


@settings(max_examples=60, deadline=None)
@given(totals(), st.integers(0, 9))
def test_margins_hold_whatever_the_totals(given_totals, seed):
    made = build_city(given_totals, seed=seed)
    check_whole(made.city)
    found = margins(made.city, given_totals, made.jobs)
    held = found.filter(pl.col("margin").str.contains("population|age "))
    assert (held["difference"] == 0).all()
    homes = found.filter(pl.col("margin") == "households")
    # Who lives in a care home has no household: a zone of one-person households has fewer.
    assert (homes["difference"].abs() <= 1 + 0.05 * homes["wanted"]).all()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.integers(0, 50), min_size=3, max_size=3), min_size=1, max_size=5), st.integers(0, 1000))
def test_whole_numbers_keep_the_sum_and_stay_near_the_share(weights, total):
    weight = np.array(weights)
    got = whole(weight, np.full(len(weight), total))
    full = weight.sum(axis=1)
    assert (got.sum(axis=1) == np.where(full > 0, total, 0)).all()
    due = weight / np.maximum(full, 1)[:, None] * total
    assert (np.abs(got - due) < 1 + 1e-6).all()


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 0.999))
def test_counts_spread_over_years_keep_their_sum(count, luck):
    share = np.array([0.1, 0.0, 0.6, 0.3])
    got = by_year(np.array([count]), share, np.array([luck]))[0]
    assert got.sum() == count
    assert (np.abs(got - share * count) <= 1).all()


def test_the_curve_visits_every_cell_and_steps_to_a_neighbour():
    side = 32
    shares = (np.arange(side * side) + 0.5) / side**2
    cells = (on_curve(shares) * side).astype(int)
    assert len({tuple(cell) for cell in cells.tolist()}) == side * side
    assert (np.abs(np.diff(cells, axis=0)).sum(axis=1) == 1).all()
    assert (along_curve(cells.astype(float)) == np.arange(side * side)).all()
