"""R from plain frames: counts with gaps, serial intervals of all kinds, Wallinga-Teunis, draws of a nowcast."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from douse.errors import UsageError
from douse.library.load import load
from douse.library.pathogen import Pathogen
from douse.situation.reproduction import UncertainSerialInterval, reproduction
from douse.situation.reproduction_nowcast import draws_frame, growth_nowcast, reproduction_nowcast
from douse.situation.serial_interval import serial_interval_weights
from douse.situation.wallinga_teunis import wallinga_teunis

START = date(2024, 1, 1)
SI = (5.0, 2.5)
FIGURES = ["mean", "sd", "lower", "upper"]


def frame(counts, name="count", **more):
    days = [START + timedelta(days=n) for n in range(len(counts))]
    return pl.DataFrame({"date": days, name: counts, **more})


def rising(days=60, rate=0.05, start=20.0):
    return np.random.default_rng(2).poisson(start * np.exp(rate * np.arange(days)))


def test_a_pathogen_a_pair_and_weights_say_the_same():
    pathogen = load(Pathogen, "sars-cov-2-wild")
    interval = pathogen.serial_interval
    mean, sd = interval.mean.value, interval.sd.value
    counts = frame(rising())
    one = reproduction(counts, pathogen)
    assert one.equals(reproduction(counts, si=(mean, sd)))
    weights = serial_interval_weights(mean, sd, 300)
    other = reproduction(counts, si=weights)
    np.testing.assert_allclose(one["mean"], other["mean"], rtol=1e-9)


def test_local_and_imported_may_be_given_as_count_and_imported():
    local, imported = rising(30), np.arange(30) % 3
    one = reproduction(frame(local, "local", imported=imported), si=SI)
    other = reproduction(frame(local + imported, imported=imported), si=SI)
    assert one.equals(other)


@pytest.mark.parametrize("method", ["cori", "wallinga_teunis"])
def test_days_without_a_count_are_unknown_not_zero(method):
    counts = frame(rising())
    gap = counts.filter(pl.col("date") != START + timedelta(days=30))
    found = reproduction(gap, si=SI, method=method)
    assert found.height == reproduction(counts, si=SI, method=method).height
    hidden = found.filter(pl.col("mean").is_null())["date"].to_list()
    assert START + timedelta(days=30) in hidden
    assert START + timedelta(days=36) in hidden
    assert START + timedelta(days=55) not in hidden
    blank = counts.with_columns(count=pl.when(pl.col("date") != START + timedelta(days=30)).then("count"))
    assert found.equals(reproduction(blank, si=SI, method=method))


def test_series_that_begin_later_are_judged_later():
    late = frame(rising()).with_columns(zone=pl.lit("b")).filter(pl.col("date") >= START + timedelta(days=20))
    both = pl.concat([frame(rising()).with_columns(zone=pl.lit("a")), late])
    found = reproduction(both, si=SI, by="zone")
    assert found.filter(zone="a")["mean"].null_count() == 0
    known = found.filter(zone="b").drop_nulls("mean")
    assert known["date"].min() > START + timedelta(days=26)
    assert known.height > 20


@pytest.mark.parametrize("method", ["cori", "wallinga_teunis"])
@pytest.mark.parametrize("counts", [[], [3], [0] * 40, [1] + [0] * 40, [0] * 20 + [5], [10**7] * 40])
def test_odd_series_give_no_nan(method, counts):
    given = frame(counts).with_columns(pl.col("count").cast(pl.Int64), pl.col("date").cast(pl.Date))
    found = reproduction(given, si=SI, method=method, correct_truncation=True)
    figures = found.select(pl.col(pl.Float64))
    assert not figures.select(pl.any_horizontal((pl.all().is_nan() | pl.all().is_infinite()).any())).item()
    if not any(counts):
        assert found["mean"].null_count() == found.height


def test_an_uncertain_serial_interval_widens_and_certainty_changes_nothing():
    counts = frame(rising(rate=0.1))
    certain = reproduction(counts, si=SI)
    same = reproduction(counts, si=UncertainSerialInterval(*SI, mean_sd=0, sd_sd=0, draws=3))
    # The weights are cut off a little further out.
    np.testing.assert_allclose(same.select(FIGURES), certain.select(FIGURES), rtol=1e-8)
    unsure = reproduction(counts, si=UncertainSerialInterval(*SI, mean_sd=1, sd_sd=0.5))
    assert (unsure["upper"] - unsure["lower"])[-1] > 1.5 * (certain["upper"] - certain["lower"])[-1]
    assert unsure.equals(reproduction(counts, si=UncertainSerialInterval(*SI, mean_sd=1, sd_sd=0.5)))


def test_cohort_r_leads_instantaneous_r_and_loses_the_latest_days():
    counts = np.concatenate([20 * np.exp(0.1 * np.arange(40)), 20 * np.exp(4 - 0.1 * np.arange(40))])
    given = frame(np.round(counts).astype(int))
    cohort = reproduction(given, si=SI, method="wallinga_teunis")
    now = reproduction(given, si=SI)

    def below_one(found):
        return found.filter((pl.col("mean") < 1) & (pl.col("date") > START + timedelta(days=20)))["date"].min()

    assert below_one(cohort) < below_one(now)
    last = cohort.row(-1, named=True)
    assert last["seen"] < 0.5
    assert not last["final"]
    assert cohort["final"][20]


def test_correcting_truncation_mends_the_latest_windows():
    counts = np.round(50 * np.exp(0.03 * np.arange(80))).astype(int)
    si = serial_interval_weights(*SI, 60)
    plain = wallinga_teunis(counts, si=si)
    mended = wallinga_teunis(counts, si=si, correct_truncation=True)
    truth = plain.mean[0, 30]
    assert plain.mean[0, -4] < 0.75 * truth
    told = ~np.isnan(mended.mean[0])
    np.testing.assert_allclose(mended.mean[0, 30:][told[30:]], truth, rtol=0.05)
    assert mended.upper[0, -1] - mended.lower[0, -1] > 1.5 * (plain.upper[0, 30] - plain.lower[0, 30])
    by_day = wallinga_teunis(counts, si=si, window=1, correct_truncation=True)
    assert np.isnan(by_day.mean[0, -3:]).all()
    assert (by_day.seen[0, np.isnan(by_day.mean[0])] < 0.2).all()


def test_an_import_infects_and_was_infected_by_nobody_here():
    found = wallinga_teunis([0, 2, 1], [1, 0, 4], si=[0, 0.5, 0.5], window=1)
    # The first case infected both of day 2; the one of day 3 was infected by it (weight 1/2) or one of two (1/2 each).
    np.testing.assert_allclose(found.mean[0], [2 + 1 / 3, 1 / 3, 0])


@pytest.mark.parametrize(
    ("call", "what"),
    [
        (reproduction, "no serial interval"),
        (lambda d: reproduction(d, si=(1.0, 1.0)), "too short for daily counts"),
        (lambda d: reproduction(d, si=[0.5, 0.5]), "not a distribution"),
        (lambda d: reproduction(d, si=[0, 0.5, 0.2]), "not a distribution"),
        (lambda d: reproduction(d, si=SI, method="cohort"), "no method"),
        (lambda d: reproduction(d, si=SI, window=0), "window"),
        (lambda d: reproduction(d, si=SI, level=95), "level"),
        (lambda d: reproduction(d, si=SI, prior=(0, 1)), "prior"),
        (lambda d: reproduction(d.drop("count"), si=SI), "no column"),
        (lambda d: reproduction(d.with_columns(count=-1), si=SI), "negative"),
        (lambda d: reproduction(pl.concat([d, d]), si=SI), "more than one row"),
        (lambda d: reproduction(d.with_columns(date=pl.lit("x")), si=SI), "does not hold dates"),
        (lambda d: reproduction(d, si=UncertainSerialInterval(5, 2, 1, 1, (6, 4))), "upside down"),
        (lambda d: reproduction(d, si=UncertainSerialInterval(5, 2, 1, 1, draws=0)), "out of range"),
        (
            lambda d: reproduction(d, si=UncertainSerialInterval(5, 2, 1, 0.5), method="wallinga_teunis"),
            "one serial interval",
        ),
        (lambda d: reproduction_nowcast(d, si=SI), "no column draw"),
        (lambda d: reproduction_nowcast(d.with_columns(draw=pl.int_range(pl.len()) % 2), si=SI), "same days"),
        (lambda d: growth_nowcast(d, days=2), "more days"),
    ],
)
def test_wrong_input_is_told(call, what):
    with pytest.raises(UsageError, match=what):
        call(frame([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]))


def nowcast(counts, seed=4, draws=300):
    """Draws in which the latest five days are ever less certain, around what they will be."""
    rng = np.random.default_rng(seed)
    made = np.tile(counts.astype(float), (draws, 1))
    for back in range(1, 6):
        made[:, -back] = rng.poisson(counts[-back] * rng.gamma(20 * back, 1 / (20 * back), draws))
    return made


def test_draws_that_agree_give_what_the_counts_give():
    counts = rising()
    draws = draws_frame(np.tile(counts, (20, 1)), frame(counts)["date"])
    found, wanted = reproduction_nowcast(draws, si=SI), reproduction(frame(counts), si=SI)
    np.testing.assert_allclose(found.select(FIGURES), wanted.select(FIGURES), rtol=1e-9)
    assert found["date"].equals(wanted["date"])
    assert found["cases"].to_list() == wanted["cases"].to_list()


def test_draws_that_differ_widen_the_latest_intervals_only():
    counts = rising()
    draws = draws_frame(nowcast(counts), frame(counts)["date"])
    found, plain = reproduction_nowcast(draws, si=SI), reproduction(frame(counts), si=SI)
    width, before = (f["upper"] - f["lower"] for f in (found, plain))
    assert width[-1] > 1.15 * before[-1]
    assert width[-1] > width[-6]
    np.testing.assert_allclose(found["mean"][:-5], plain["mean"][:-5], rtol=1e-9)
    both = reproduction_nowcast(draws, si=UncertainSerialInterval(*SI, mean_sd=1, sd_sd=0.3))
    assert (both["upper"] - both["lower"])[-1] > width[-1]


def test_growth_from_draws_is_wider_and_near_the_truth():
    counts = rising(rate=0.05)
    agreed = growth_nowcast(draws_frame(np.tile(counts, (5, 1)), frame(counts)["date"]))
    unsure = growth_nowcast(draws_frame(nowcast(counts), frame(counts)["date"]))
    for found in (agreed, unsure):
        assert found.per_day.lower < 0.05 < found.per_day.upper
        assert found.doubling_days.estimate == pytest.approx(np.log(2) / found.per_day.estimate)
    assert unsure.per_day.upper - unsure.per_day.lower > 1.3 * (agreed.per_day.upper - agreed.per_day.lower)


def test_growth_says_why_there_is_none():
    quiet = draws_frame(np.zeros((4, 20), dtype=int), frame(np.zeros(20))["date"])
    assert growth_nowcast(quiet).per_day.why_not == "The latest complete days hold cases on fewer than two days."
    short = draws_frame(np.ones((4, 3), dtype=int), frame(np.zeros(3))["date"])
    assert growth_nowcast(short).doubling_days.why_not == "There are too few days since the first case."
    assert reproduction_nowcast(short, si=SI).is_empty()
