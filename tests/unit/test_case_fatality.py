"""Case fatality while outcomes are pending, and ascertainment: known answers, limits, nothing from later rows."""

from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from douse.errors import UsageError
from douse.kernels import fatality
from douse.library import Pathogen, load
from douse.situation.ascertainment import Estimate, ascertainment, combined
from douse.situation.case_fatality import case_fatality, death_delay

D = date(2026, 3, 1)
WILD = load(Pathogen, "sars-cov-2-wild")
SCHEMA = {
    "case_id": pl.String, "onset": pl.Date, "age": pl.Int64, "severity": pl.String, "outcome": pl.String,
    "outcome_on": pl.Date,
}  # fmt: skip


def outbreak(cases=3000, risk=0.2, seed=3, growth=0.08, days=50):
    """Cases that grow; each dies with a chance of `risk` after a gamma delay of 12 days (sd 6), else recovers."""
    rng = np.random.default_rng(seed)
    chance = np.exp(growth * np.arange(days))
    onset = rng.choice(days, cases, p=chance / chance.sum())
    died = rng.random(cases) < risk
    took = np.where(died, rng.gamma(4.0, 3.0, cases), rng.gamma(10.0, 2.0, cases))
    return pl.DataFrame(
        {
            "case_id": [f"c{at}" for at in range(cases)],
            "onset": [D + timedelta(days=int(day)) for day in onset],
            "age": rng.integers(0, 100, cases),
            "severity": None,
            "outcome": np.where(died, "died", "recovered"),
            "outcome_on": [D + timedelta(days=int(day + t)) for day, t in zip(onset, took, strict=True)],
        },
        schema=SCHEMA,
    )


def row(frame, method, group="all"):
    return frame.filter(method=method, group=group).row(0, named=True)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_adjusted_early_estimates_are_nearer_to_the_truth_than_the_plain_ratio(seed):
    early = case_fatality(outbreak(seed=seed), as_of=D + timedelta(days=49))
    adjusted, naive, outcome = (row(early, m) for m in ("delay_adjusted", "naive", "outcome_based"))
    assert adjusted["delay_source"] == "records"
    assert adjusted["delay_days"] == pytest.approx(12.0, abs=3.0)
    assert naive["upper"] < 0.2  # known to be too low
    assert abs(adjusted["estimate"] - 0.2) < 0.5 * abs(naive["estimate"] - 0.2)
    assert abs(outcome["estimate"] - 0.2) < 0.5 * abs(naive["estimate"] - 0.2)


def test_late_all_methods_agree():
    late = case_fatality(outbreak(), as_of=D + timedelta(days=200))
    estimates = [row(late, m)["estimate"] for m in ("naive", "resolved", "delay_adjusted", "outcome_based")]
    assert max(estimates) - min(estimates) < 0.003


def test_adjustment_is_the_plain_share_over_those_who_can_have_died():
    cases = outbreak(400)
    found = case_fatality(cases, as_of=D + timedelta(days=45), delay=(12.0, 6.0))
    naive, adjusted = row(found, "naive"), row(found, "delay_adjusted")
    known = cases.filter(pl.col("onset") <= D + timedelta(days=45))
    since = known.select((pl.lit(D + timedelta(days=45)) - pl.col("onset")).dt.total_days())["literal"].to_numpy()
    # u by simulation: an onset anywhere in its day, an end by the close of the as-of day
    rng = np.random.default_rng(8)
    over = (rng.gamma(4.0, 3.0, (4000, len(since))) + rng.random((4000, len(since))) < since + 1).mean()
    assert adjusted["seen_share"] == pytest.approx(over, abs=0.005)
    assert adjusted["estimate"] == pytest.approx(naive["estimate"] / adjusted["seen_share"])


def test_rows_and_outcomes_of_later_days_change_nothing():
    cases, as_of = outbreak(500), D + timedelta(days=40)
    later = pl.col("outcome_on") > as_of
    cut = cases.filter(pl.col("onset") <= as_of).with_columns(
        outcome=pl.when(~later).then("outcome"), outcome_on=pl.when(~later).then("outcome_on")
    )
    assert case_fatality(cases, as_of=as_of, by="age_group").equals(case_fatality(cut, as_of=as_of, by="age_group"))
    assert ascertainment(cases, as_of=as_of, pathogen=WILD).equals(ascertainment(cut, as_of=as_of, pathogen=WILD))


def test_groups_add_up_and_are_ordered():
    found = case_fatality(outbreak(800), as_of=D + timedelta(days=80), by="age_group").filter(method="naive")
    assert found["group"].to_list()[:3] == ["all", "0-9", "10-19"]
    assert found["cases"][0] == found["cases"][1:].sum()
    assert found["deaths"][0] == found["deaths"][1:].sum()


@pytest.mark.parametrize("cases", [0, 1])
def test_no_case_and_one_case(cases):
    found = case_fatality(outbreak(5).head(cases), as_of=D + timedelta(days=3), pathogen=WILD)
    figures = found.select("estimate", "lower", "upper").unpivot()["value"].drop_nulls()
    assert figures.is_finite().all()
    assert row(found, "resolved")["why_not"]
    assert cases or found["estimate"].null_count() == 4


def test_the_delay_of_the_pathogen_needs_onsets():
    few = outbreak(300).head(40).with_columns(outcome=None, outcome_on=None).cast(SCHEMA)
    as_of = D + timedelta(days=60)
    assert death_delay(few, as_of=as_of, pathogen=WILD).source == "pathogen"
    by_report = few.with_columns(day="onset", onset=pl.lit(None, dtype=pl.Date))
    assert death_delay(by_report, as_of=as_of, pathogen=WILD) is None


def test_exact_intervals_have_known_values():
    assert fatality.binomial_interval(0, 10, 0.95) == pytest.approx((0.0, 0.3085), abs=1e-4)
    assert fatality.binomial_interval(5, 10, 0.95) == pytest.approx((0.1871, 0.8129), abs=1e-4)
    assert fatality.poisson_interval(10, 0.95) == pytest.approx((4.795, 18.390), abs=1e-3)
    assert fatality.poisson_interval(0, 0.95) == pytest.approx((0.0, 3.689), abs=1e-3)


def test_twice_the_deaths_expected_mean_half_the_infections_known():
    old = pl.DataFrame(
        {"case_id": [str(at) for at in range(1000)], "onset": D, "age": 85, "outcome": ["died"] * 300 + [None] * 700}
    )
    found = ascertainment(old, as_of=D + timedelta(days=200), pathogen=WILD).filter(method="deaths")
    assert found["estimate"].item() == pytest.approx(1000 * 0.15 / 300, rel=1e-3)
    assert found["lower"].item() < 0.5 < found["upper"].item()


def screening(positive, negative, pool=1):
    return pl.DataFrame(
        {
            "sampled_at": datetime(2026, 3, 20), "purpose": "screening", "pool_size": pool,
            "result": ["positive"] * positive + ["negative"] * negative,
        }
    )  # fmt: skip


def test_screening_sets_what_is_found_beside_what_is_known():
    as_of = D + timedelta(days=27)
    cases = pl.DataFrame({"case_id": [str(at) for at in range(280)], "onset": D + timedelta(days=10), "outcome": None})
    days = float(np.trapezoid([p.sensitivity.value for p in WILD.test_curve], [p.day for p in WILD.test_curve]))
    population = 10 * days / 0.01  # as many unknown infections a day as cases: ten
    found = ascertainment(cases, as_of=as_of, pathogen=WILD, tests=screening(30, 2970), population=population)
    share = found.filter(method="screening").row(0, named=True)
    assert share["estimate"] == pytest.approx(0.5, rel=1e-2)
    assert share["lower"] < 0.5 < share["upper"]
    pooled = ascertainment(cases, as_of=as_of, pathogen=WILD, tests=screening(30, 270, 10), population=population)
    assert pooled.filter(method="screening")["estimate"].item() == pytest.approx(0.49, abs=0.02)
    late = screening(30, 10).with_columns(result_at=pl.lit(datetime(2026, 5, 1)))
    assert ascertainment(cases, as_of=as_of, pathogen=WILD, tests=late)["estimate"].null_count() == 4


def test_sources_that_disagree_widen_the_interval():
    near = combined([Estimate(0.5, 0.4, 0.62), Estimate(0.52, 0.42, 0.65)], 0.95)
    far = combined([Estimate(0.2, 0.16, 0.25), Estimate(0.8, 0.64, 1.0)], 0.95)
    assert near.upper / near.lower < 1.5 < far.upper / far.lower
    assert combined([Estimate(None, 0.3, None)], 0.95).why_not


def test_wrong_arguments_are_told():
    with pytest.raises(UsageError, match="no column outcome"):
        case_fatality(pl.DataFrame({"onset": [D]}), as_of=D)
    with pytest.raises(UsageError, match="out of range"):
        ascertainment(outbreak(5), as_of=D, pathogen=WILD, population=0)


def test_fewer_deaths_than_expected_say_nothing():
    old = pl.DataFrame(
        {"case_id": [str(at) for at in range(1000)], "onset": D, "age": 85, "outcome": ["died"] + [None] * 999}
    )
    found = ascertainment(old, as_of=D + timedelta(days=200), pathogen=WILD)
    assert found.filter(method="deaths")["lower"].item() == 1  # 150 deaths were to be expected
    both = found.filter(method="combined").row(0, named=True)
    assert both["estimate"] is None
    assert both["why_not"]
    sure = Estimate(1.0, 1.0, 1.0)
    assert combined([sure, Estimate(0.5, 0.4, 0.62)], 0.95) == combined([Estimate(0.5, 0.4, 0.62)], 0.95)
