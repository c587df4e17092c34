"""The fast scan equals its slow twin on generated maps, in the data and in each replicate."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from douse.kernels.scan import Sought, best_of_counts
from douse.kernels.scan_replicates import fill_words
from douse.signals.scan import scan_clusters
from douse.signals.scan_setup import Windows, circles_of, lanes_of, means_of, time_windows
from douse.signals.scan_zones import circles
from reference.slow_scan import slow_scan


@st.composite
def maps(draw):
    seed = draw(st.integers(0, 2**32 - 1))
    zones, days = draw(st.integers(1, 7)), draw(st.integers(1, 9))
    rng = np.random.default_rng(seed)
    places = rng.integers(0, 40, (zones, 2)) + np.arange(zones)[:, None] * 0.01  # no two alike
    counts = rng.poisson(draw(st.sampled_from([0.2, 1.0, 4.0])), (zones, days))
    people = rng.integers(1, 50, (zones, days)).astype(float)
    return places, counts, people


def windows_of(kind, days, longest):
    return [
        (first, last)
        for first in range(days)
        for last in range(first, days)
        if last - first < longest and (kind == "retrospective" or last == days - 1)
    ]


@settings(max_examples=40, deadline=None)
@given(maps(), st.sampled_from(["prospective", "retrospective"]), st.integers(1, 9))
def test_the_most_likely_cluster_equals_the_twin(made, kind, longest):
    places, counts, _ = made
    cases = counts.sum()
    if not cases:
        return
    expected = np.outer(counts.sum(1), counts.sum(0)) / cases
    slow = slow_scan(counts.tolist(), expected.tolist(), places, windows_of(kind, counts.shape[1], longest), 0.5)
    ours = scan_clusters(*frames(places, counts), kind=kind, first=0, last=counts.shape[1] - 1, max_duration=longest,
                         replicates=0)  # fmt: skip
    assert (ours["llr"][0] if ours.height else 0.0) == pytest.approx(slow[0] if slow[0] >= 1e-3 else 0.0, abs=1e-9)
    if ours.height:
        assert ours["observed"][0] > ours["expected"][0]


@settings(max_examples=40, deadline=None)
@given(maps(), st.sampled_from(["prospective", "retrospective"]), st.floats(0.0, 3.0))
def test_a_replicate_equals_the_twin_whatever_is_hoped(made, kind, guess):
    """The kernel that skips blocks of circles finds the same maximum as looking at all of them."""
    places, counts, people = made
    cases, days = int(counts.sum()), counts.shape[1]
    if not cases:
        return
    expected = people * (cases / people.sum())
    windows = time_windows(kind, days, 1, days)
    means = means_of(expected, windows)
    nested = circles(places.astype(float), expected.sum(1), sphere=False, max_share=0.6, max_radius=None)
    if not len(nested.member):
        return
    packed, levels = circles_of(nested, means)
    for side in ("high", "both"):
        test = sought_of(cases, low=side == "both")
        lanes = lanes_of(test, means, windows, levels)
        words = np.zeros((lanes.add.shape[1], len(counts), 4), np.uint64)
        cells = np.repeat(np.arange(counts.size), counts.ravel()).astype(np.int32)
        fill_words(cells, days, lanes, words)
        fast = best_of_counts(words, packed, means, test, lanes, guess)
        slow = slow_scan(counts.tolist(), expected.tolist(), places, windows_of(kind, days, days), 0.6)[0]
        if side == "high":
            assert fast == pytest.approx(slow, abs=1e-9)
        else:
            assert fast >= slow - 1e-9


@settings(max_examples=20, deadline=None)
@given(maps())
def test_words_of_32_bits_count_as_those_of_16(made):
    places, counts, people = made
    cases, days = int(counts.sum()), counts.shape[1]
    if not cases:
        return
    windows = time_windows("retrospective", days, 1, days)
    means = means_of(people * (cases / people.sum()), windows)
    nested = circles(places.astype(float), people.sum(1), sphere=False, max_share=0.5, max_radius=None)
    if not len(nested.member):
        return
    packed, levels = circles_of(nested, means)
    cells = np.repeat(np.arange(counts.size), counts.ravel()).astype(np.int32)
    found = []
    for total in (float(cases), float(cases) + 40_000):
        # 40,000 further cases outside all windows ask for wide lanes
        test = sought_of(total, low=False)
        lanes = lanes_of(test, means, windows, levels)
        words = np.zeros((lanes.add.shape[1], len(counts), 4), np.uint64)
        fill_words(cells, days, lanes, words)
        found.append((lanes.bits, best_of_counts(words, packed, means, sought_of(total, low=False), lanes, 0.0)))
    assert [bits for bits, _ in found] == [16, 32]
    assert found[1][1] >= 0


def sought_of(cases, *, low):
    return Sought(model=0, cases=float(cases), people=float(cases), high=True, low=low, fewest_high=2, fewest_low=0)


def frames(places, counts):
    names = [f"z{i}" for i in range(len(places))]
    rows = [(names[z], d, int(n)) for z, line in enumerate(counts) for d, n in enumerate(line) if n]
    frame = pl.DataFrame(rows, schema={"zone": pl.String, "date": pl.Int64, "count": pl.Int64}, orient="row")
    return frame, pl.DataFrame({"zone": names, "x": places[:, 0], "y": places[:, 1]})


def test_windows_sum_what_they_hold():
    windows = Windows(np.array([0, 1]), np.array([2, 1]))
    assert windows.sums(np.array([[1, 2, 4]])).tolist() == [[7, 2]]
