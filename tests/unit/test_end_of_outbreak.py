"""The probability that an outbreak is over: simulation, limits with known answers, directions, odd input."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from douse.errors import UsageError
from douse.library.load import load
from douse.library.pathogen import Pathogen
from douse.situation.end_of_outbreak import end_of_outbreak
from douse.situation.serial_interval import serial_interval_weights
from reference import slow_end_of_outbreak

START = date(2024, 1, 1)
SI = (0.0, 0.3, 0.4, 0.2, 0.1)
INF = float("inf")


def day(n):
    return START + timedelta(days=n)


def frame(counts, name="count", **more):
    return pl.DataFrame({"date": [day(n) for n in range(len(counts))], name: counts, **more})


def chances(counts, **options):
    return end_of_outbreak(frame(counts), **({"si": SI, "r": 1.2} | options)).by_day["probability"].to_numpy()


@pytest.mark.parametrize(
    ("r", "k", "delay", "ascertained", "today"),
    [
        (1.2, INF, (1.0,), 1.0, 2),
        (1.2, 0.4, (1.0,), 1.0, 3),
        (0.9, 0.5, (0.3, 0.4, 0.3), 1.0, 3),
        (0.8, 0.7, (0.5, 0.5), 0.5, 4),
        (0.8, INF, (1.0,), 0.4, 6),
    ],
)
def test_it_equals_a_branching_simulation(r, k, delay, ascertained, today):
    rng = np.random.default_rng(8)
    model = (SI, delay, r, k, ascertained)
    wanted, kept = slow_end_of_outbreak.chance_over(rng, [0, 0], today, model, 3000)
    found = end_of_outbreak(
        frame([2], "imported", local=[0]),
        as_of=day(today),
        si=SI,
        r=r,
        k=None if k == INF else k,
        reporting_delay=delay,
        ascertained=ascertained,
    )
    assert abs(found.probability - wanted) < 4 * np.sqrt(wanted * (1 - wanted) / kept)
    assert 0.02 < wanted < 0.98


def test_for_poisson_both_methods_are_the_published_formula():
    left = 1 - np.cumsum(SI)
    wanted = np.exp(-1.2 * 3 * left)
    for method in ("conditional", "nishiura"):
        found = end_of_outbreak(frame([3]), as_of=day(4), si=SI, r=1.2, method=method)
        np.testing.assert_allclose(found.by_day["probability"], wanted, atol=1e-12)


def test_the_published_formula_with_overdispersion_and_two_generations():
    found = end_of_outbreak(frame([1, 0, 2]), as_of=day(6), si=SI, r=2.0, k=0.3, method="nishiura")
    seen = np.append(np.cumsum(SI), [1.0] * 4)

    def pgf(s):
        return (1 + 2.0 / 0.3 * (1 - s)) ** -0.3

    wanted = [pgf(seen[t]) * pgf(seen[t - 2]) ** 2 for t in range(2, 7)]
    np.testing.assert_allclose(found.by_day["probability"], wanted, rtol=1e-12)


def test_a_case_that_infected_nobody_soon_is_less_likely_to_do_so_later():
    """The published formula does not know that: with few who infect many it asks for a longer wait."""
    ours, published = (chances([2], r=2.0, k=0.1, method=method) for method in ("conditional", "nishiura"))
    assert ours[0] == pytest.approx(published[0])
    assert (ours[1:4] > published[1:4] + 0.01).all()


def test_a_case_known_to_infect_many_may_infect_more():
    ours, published = (chances([1, 0, 9], r=2.0, k=0.1, method=method) for method in ("conditional", "nishiura"))
    assert ours[0] < published[0]


def test_once_the_longest_serial_interval_has_passed_it_is_over():
    found = end_of_outbreak(frame([1, 3, 2]), as_of=day(12), si=SI, r=3.0)
    assert found.probability == pytest.approx(1)
    assert found.date == day(2 + 4)
    assert found.by_day["date"].to_list() == [day(n) for n in range(2, 13)]
    assert not found.by_day["projected"].any()


def test_the_date_ahead_holds_if_nobody_is_reported_until_then():
    found = end_of_outbreak(frame([1, 3, 2]), si=SI, r=3.0, level=0.9)
    assert found.by_day["projected"].to_list() == [False] + [True] * (found.by_day.height - 1)
    assert found.by_day["reached"].to_list() == [False] * (found.by_day.height - 1) + [True]
    assert found.date == found.by_day["date"][-1]
    assert found.probability == found.by_day["probability"][0] < 0.9


def test_directions():
    base = chances([1, 2, 4, 2], r=0.9, k=0.5)
    assert (np.diff(base) > 0).all()

    def on_day_2(**options):
        return chances([1, 2, 4, 2], **({"r": 0.9, "k": 0.5} | options))[2]

    assert on_day_2(r=2.0) < base[2]
    assert on_day_2(k=None) < base[2]
    assert on_day_2(reporting_delay=(0.2, 0.3, 0.5)) < base[2]
    assert on_day_2(ascertained=0.5) < base[2]
    assert chances([1, 2, 4, 6], r=0.9, k=0.5)[2] < base[2]


def test_counted_cases_and_a_pathogen_will_do():
    pathogen = load(Pathogen, "mers")
    cases = pl.DataFrame({"day": [START, day(5), day(5)], "link": ["imported", "linked", "unlinked"]})
    found = end_of_outbreak(cases, pathogen, as_of=day(8), k=0.3)
    counts = frame([0, 0, 0, 0, 0, 2], "local", imported=[1, 0, 0, 0, 0, 0])
    again = end_of_outbreak(counts, pathogen, as_of=day(8), k=0.3)
    assert found.by_day.equals(again.by_day)
    assert found.date > day(10)


def test_later_rows_are_not_seen():
    assert chances([1, 2, 0, 5], as_of=day(2)).tolist() == chances([1, 2, 0], as_of=day(2)).tolist()


@pytest.mark.parametrize("counts", [[], [0, 0, 0]])
def test_without_cases_there_is_nothing_to_end(counts):
    given = frame(counts).with_columns(pl.col("count").cast(pl.Int64), pl.col("date").cast(pl.Date))
    found = end_of_outbreak(given, si=SI, r=1.0)
    assert (found.probability, found.date, found.why_not) == (None, None, "There are no cases yet.")
    assert found.by_day.is_empty()


def test_chains_that_nobody_sees_may_go_on_for_longer_than_anybody_waits():
    found = end_of_outbreak(frame([1, 1]), si=SI, r=1.0, ascertained=1e-9, level=0.9999)
    assert found.date is None
    assert found.why_not == "Cases that nobody reports may go on infecting: quiet days are not enough."
    assert 0 <= found.probability < 0.5


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"r": None}, "no reproduction number"),
        ({"si": None}, "no serial interval"),
        ({"r": 0}, "offspring"),
        ({"k": -1}, "offspring"),
        ({"ascertained": 0}, "share"),
        ({"level": 95}, "share"),
        ({"reporting_delay": [-1, 2]}, "reporting delay"),
        ({"method": "who"}, "no method"),
        ({"method": "nishiura", "ascertained": 0.5}, "no missed cases"),
    ],
)
def test_wrong_input_is_told(options, what):
    with pytest.raises(UsageError, match=what):
        end_of_outbreak(frame([1, 2]), **({"si": SI, "r": 1.0} | options))


def simulated(rng, r, k, si):
    """Days of onset of one outbreak; None where it grows beyond 300."""
    onsets, waiting = [0], [0]
    while waiting:
        case = waiting.pop()
        new = case + rng.choice(len(si), p=si, size=rng.poisson(rng.gamma(k, r / k)))
        onsets.extend(new)
        waiting.extend(new)
        if len(onsets) > 300:
            return None
    return np.array(onsets)


@pytest.mark.slow
@pytest.mark.parametrize("k", [0.3, 3.0])
def test_the_probability_is_what_it_says(k):
    """On days chosen without looking at the outcome, among all outbreaks: as many are over as was said."""
    rng = np.random.default_rng(11)
    si = serial_interval_weights(5.0, 2.5, 30)
    si /= si.sum()
    said, over = [], []
    while len(said) < 400:
        onsets = simulated(rng, 0.9, k, si)
        today = int(rng.integers(0, 30))
        if onsets is None:
            continue
        counts = np.bincount(onsets[onsets <= today])
        found = end_of_outbreak(frame(counts), as_of=day(today), si=si, r=0.9, k=k)
        said.append(found.probability)
        over.append(onsets.max() <= today)
    said, over = np.array(said), np.array(over)
    assert abs(said.mean() - over.mean()) < 0.03
    for low, high in ((0.0, 0.5), (0.5, 0.9), (0.9, 1.01)):
        there = (said >= low) & (said < high)
        error = np.sqrt((said * (1 - said))[there].sum()) / there.sum()
        assert abs(said[there].mean() - over[there].mean()) < 3 * error + 0.01
