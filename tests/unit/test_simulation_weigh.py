"""Weights of runs by the reports, and the forecast that they give."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from scipy.stats import nbinom, norm

from conftest import records
from douse.errors import UsageError
from douse.records.measure import Because
from douse.simulation.outcome import outcome_of
from douse.simulation.simulate import Outlook, simulate
from douse.simulation.weigh import (
    NOTHING,
    SCATTER,
    Prior,
    Proposal,
    diagnostics,
    effective,
    log_importance,
    log_likelihood,
    normalised,
    parts_of,
    tempered,
    weighted_quantiles,
)
from start_inputs import FIRST, Seen, outbreak, peopled, records_of, seen

PRIOR = Prior(np.array([0.0, 1.0]), np.array([1.0, 0.5]))


def simulated(at: Seen, **settings):
    executor, workers = settings.pop("executor", None), settings.pop("workers", None)
    return simulate(at.scene, at.estimates, Outlook(**settings), executor=executor, workers=workers)


def test_known_days_are_cut_into_weeks_from_the_last():
    assert parts_of(16, 2) == [slice(2, 9), slice(9, 16)]
    assert parts_of(20, 2) == [slice(2, 6), slice(6, 13), slice(13, 20)]
    assert parts_of(10, 2) == [slice(3, 10)]


def test_the_likelihood_is_that_of_a_negative_binomial():
    reported, simulated_ = np.array([0, 3, 4, 5]), np.array([[0, 1, 2, 3], [0, 4, 4, 4]])
    mean = simulated_[:, 1:].sum(axis=1) + NOTHING
    expected = nbinom.logpmf(12, SCATTER, SCATTER / (SCATTER + mean))
    assert log_likelihood(reported, simulated_, [slice(1, 4)]) == pytest.approx(expected)


def test_equal_weights_count_all_runs_and_one_weight_counts_one():
    assert effective(np.full(50, 0.02)) == pytest.approx(50)
    assert effective(normalised(np.array([0.0, -1000.0]))) == pytest.approx(1)


def test_a_likelihood_that_leaves_few_runs_is_tempered_and_says_so():
    random = np.random.default_rng(1)
    like = random.normal(0, 1, 200)
    weights, power = tempered(np.zeros(200), like)
    assert power == 1
    assert weights == pytest.approx(normalised(like))
    weights, power = tempered(np.zeros(200), 100 * like)
    assert 0 < power < 0.2
    assert effective(weights) == pytest.approx(20, rel=0.01)
    figures = diagnostics(
        np.array([5, 5]), np.tile([5, 5], (200, 1)), [slice(0, 2)], weights, np.zeros(200), 100 * like, power
    )
    assert not figures.good
    assert figures.effective_before < 3
    assert figures.inside == 1
    assert figures.best == 100 * like.max()


def test_rounds_weigh_back_to_the_prior():
    random = np.random.default_rng(2)
    first = PRIOR.draw(400, random)
    proposal = Proposal(PRIOR, first, normalised(norm.logpdf(first[:, 0], 1.0, 0.3)))
    both = np.concatenate([first, proposal.draw(400, random)])
    weights = normalised(log_importance(both, PRIOR, [(400, PRIOR), (400, proposal)]))
    assert weights @ both == pytest.approx(PRIOR.mean, abs=0.1)
    assert weights @ (both - PRIOR.mean) ** 2 == pytest.approx(PRIOR.sd**2, rel=0.15)
    with pytest.raises(UsageError, match="runs"):
        PRIOR.draw(0, random)


def test_quantiles_by_weight():
    values = np.array([[3.0, 1.0], [1.0, 2.0], [2.0, 3.0]])
    assert weighted_quantiles(values, np.array([0.1, 0.6, 0.3]), np.array([0.05, 0.5, 0.95])).tolist() == [
        [1.0, 1.0], [1.0, 2.0], [3.0, 3.0],
    ]  # fmt: skip


@pytest.mark.slow
def test_a_forecast_holds_together_and_is_the_same_for_a_seed():
    as_of = FIRST + timedelta(days=27)
    at = seen(records_of(outbreak(4, days=28, scale=1.2)), as_of)
    one, same = (simulated(at, days=10, runs=24, seed=3, peopled=peopled(), workers=w) for w in (1, 2))
    assert one.forecast.daily.equals(same.forecast.daily)
    assert (one.weights == same.weights).all()
    assert one.weights.sum() == pytest.approx(1)
    daily = one.forecast.daily
    assert daily.columns == ["date", "day", "what", "mean", "q05", "q25", "q50", "q75", "q95"]
    assert daily["date"].min() == as_of + timedelta(days=1)
    assert daily.filter(what="cases").height == 10
    assert (daily["q05"] <= daily["q50"]).all()
    assert (daily["q50"] <= daily["q95"]).all()
    assert one.forecast.over["chance"].is_sorted()
    assert one.forecast.over["chance"][-1] == pytest.approx(one.forecast.chance_over)
    assert one.forecast.by_zone["chance"].is_between(0, 1 + 1e-9).all()
    assert one.fitted["what"].to_list()[0] == "scale"
    assert all(isinstance(note, Because) and note.key.format(**note.facts) for note in one.notes)


@pytest.mark.slow
def test_where_nobody_lives_on_record_a_city_of_a_stated_size_stands_in():
    cases = [
        {"case_id": f"c{n}", "onset": date(2021, 3, 1 + n), "recorded_at": date(2021, 3, 4 + n)} for n in range(12)
    ]
    at = seen(records(cases=cases), date(2021, 3, 16))
    made = simulated(at, days=7, runs=12)
    assert len(made.peopled.city) == 20_000
    said = [note.key.format(**note.facts) for note in made.notes]
    assert any("a made city of 20000 people stands in" in note for note in said)
    assert any("12 cases name no zone" in note for note in said)


def test_a_forecast_without_a_case_is_refused():
    at = seen(records(cases=[{"case_id": "c", "recorded_at": date(2021, 3, 4)}]), date(2021, 3, 2))
    with pytest.raises(UsageError, match="no case on record"):
        simulated(at)
    with pytest.raises(UsageError, match="not possible"):
        simulated(at, runs=5)


@pytest.mark.slow
def test_forecasts_of_outbreaks_that_the_engine_made_hold_the_truth():
    held = []
    for seed in range(1, 11):
        scale = float(np.exp(np.random.default_rng(seed).normal(np.log(1.2), 0.35)))
        run = outbreak(seed, days=49, scale=scale)
        at = seen(records_of(run), FIRST + timedelta(days=34))
        made = simulated(at, days=14, runs=90, seed=seed, peopled=peopled())
        scales = made.fitted.row(by_predicate=pl.col("what") == "scale", named=True)
        held.append(scales["q05"] <= scale <= scales["q95"])
        for what in ("cases", "infections"):
            truth = outcome_of(run).of(what)[35:].sum()
            low, high = made.forecast.totals.filter(what=what).select("q05", "q95").row(0)
            held.append(low <= truth <= high)
    assert np.mean(held) >= 0.8
