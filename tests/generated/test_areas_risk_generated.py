"""Who is infected where: movement and passing on against their slow twins; a large cover against its bound."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from douse.planning.areas.choices import Choices
from douse.planning.areas.hidden import _passed_on_since
from douse.planning.areas.movement import Movement, met_where
from douse.planning.areas.search import search
from douse.planning.areas.timing import Timing
from reference import areas_twins as twin

shares = st.floats(0, 1)


@given(st.integers(1, 5), st.integers(1, 4), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_those_whom_people_infect_live_where_their_ways_cross(areas, zones, luck):
    goes = np.array([[luck.random() + 0.01 for _ in range(zones)] for _ in range(areas)])
    goes /= goes.sum(axis=1, keepdims=True)
    people = np.array([float(luck.randint(1, 50)) for _ in range(areas)])
    home = np.array([luck.random() for _ in range(areas)])
    infections = np.array([luck.random() for _ in range(areas)])
    moves = Movement(csr_array(goes), met_where(csr_array(goes), people), home, "visits")
    own, brought = moves.pass_on(infections[:, None])
    expect_own, expect_brought = twin.passed_on(infections.tolist(), home.tolist(), goes.tolist(), people.tolist())
    assert own[:, 0] == pytest.approx(expect_own, rel=1e-9)
    assert brought[:, 0] == pytest.approx(expect_brought, rel=1e-9, abs=1e-12)
    assert (own + brought).sum() == pytest.approx(infections.sum())


@given(st.lists(st.floats(0, 3), min_size=1, max_size=12), st.floats(0, 3), st.data())
@settings(max_examples=60, deadline=None)
def test_passing_on_day_by_day(infections, reproduction, data):
    days = len(infections)
    passed, unseen = (np.array(data.draw(st.lists(shares, min_size=days, max_size=days))) for _ in range(2))
    nothing = np.zeros(days)
    timing = Timing(nothing, passed, unseen, nothing, 0.5, "library", 0.5, reproduction)
    found = _passed_on_since(np.array([infections]), timing)[0]
    assert found == pytest.approx(twin.passed_on_since(infections, passed.tolist(), reproduction, unseen.tolist()))


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_large_cover_is_within_its_bound(share):
    """3,000 buildings in 300 estates in 30 communities: proven to one in a thousand."""
    random = np.random.default_rng(7)
    sizes = (1, 30, 300, 3_000)
    above = np.cumsum((0, *sizes))
    parent = np.concatenate(
        [[-1], *(above[k - 1] + np.arange(sizes[k]) * sizes[k - 1] // sizes[k] for k in range(1, len(sizes)))]
    ).astype(np.int64)
    depth = np.repeat(np.arange(len(sizes)), sizes)
    leaf = depth == len(sizes) - 1
    hold = np.full((len(parent), 3), np.inf)
    hold[depth == 1, 1] = hold[depth == 2, 1] = 60.0
    hold[depth >= 2, 2] = 120.0
    choices = Choices(
        parent=parent,
        levels=("open", "control", "lockdown"),
        people=np.where(leaf, random.poisson(60, len(parent)), 0.0),
        hidden=np.where(leaf, random.lognormal(-4, 2, len(parent)), 0.0),
        covers=np.array([0.0, 0.5, 1.0]),
        burden=np.array([0.0, 4.2, 14.0]),
        hold=hold,
    )
    found = search(choices, depth, share * choices.hidden.sum(), seconds=20.0, gap=1e-3)
    assert found.cost <= found.bound * (1 + 1.2e-3)
