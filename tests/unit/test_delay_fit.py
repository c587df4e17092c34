"""Fitted delays: known answers, directions, odd input, the four forms, the bridge to counted cases."""

from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from douse.errors import UsageError
from douse.situation.delay_cases import fit_case_delays
from douse.situation.delay_fit import delay_weights, delays

START = date(2024, 1, 1)


def pairs(left, right, **more):
    kinds = {"left": pl.Float64, "right": pl.Float64}
    return pl.DataFrame({"left": left, "right": right} | more, schema_overrides=kinds)


def figure(found, name, column="estimate"):
    return found.filter(parameter=name)[column].item()


def simulated(n, seed=1, limit=None):
    """Whole days between two dates, lognormal with median 5 days, sdlog 0.5."""
    rng = np.random.default_rng(seed)
    moments = rng.uniform(0, 1, n) + np.exp(rng.normal(np.log(5), 0.5, n))
    left = np.floor(moments)
    if limit is not None:
        left = left[moments < limit]
    return pairs(left, left + 1, pwindow=1.0, D=float("inf") if limit is None else float(limit))


def test_exact_lognormal_delays_give_the_closed_form():
    days = np.array([1.0, 2.0, 4.0, 8.0, 3.0])
    found = delays(pairs(days, days), family="lognormal")
    assert figure(found, "meanlog") == pytest.approx(np.log(days).mean(), abs=1e-7)
    assert figure(found, "sdlog") == pytest.approx(np.log(days).std(), rel=1e-6)
    assert figure(found, "meanlog", "se") == pytest.approx(np.log(days).std() / np.sqrt(5), rel=1e-5)


def test_the_truth_is_found_and_the_family_told():
    found = delays(simulated(6000))
    assert found["family"].unique().to_list() == ["lognormal"]
    assert figure(found, "median") == pytest.approx(5, rel=0.02)
    assert figure(found, "sdlog") == pytest.approx(0.5, rel=0.04)
    assert figure(found, "p95") == pytest.approx(5 * np.exp(0.5 * 1.6449), rel=0.04)


def test_leaving_truncation_out_makes_delays_too_short_and_correcting_it_mends_them():
    cut = simulated(6000, limit=6)
    assert figure(delays(cut.drop("D"), family="lognormal"), "mean") < 4.6
    assert figure(delays(cut, family="lognormal"), "mean") == pytest.approx(5 * np.exp(0.125), rel=0.1)
    assert figure(delays(cut, family="lognormal"), "mean", "truncated") == cut.height


def test_leaving_the_first_window_out_makes_delays_too_long():
    found = simulated(3000)
    known, ignored = (figure(delays(p, family="gamma"), "mean") for p in (found, found.drop("pwindow")))
    assert ignored - known == pytest.approx(0.5, abs=0.05)


def test_identical_rows_weigh_as_much_as_their_weight():
    counted = pairs([1.0, 3.0, 5.0], [2.0, 4.0, 6.0], times=[4, 7, 2])
    spread = counted.select(pl.all().repeat_by("times").explode()).drop("times")
    one, other = delays(counted, weight="times"), delays(spread)
    assert one.equals(other)
    assert one["n"][0] == 13
    unknown = pl.concat([counted.cast({"times": pl.Float64}), pairs([9.0], [10.0], times=[float("nan")])])
    left_out = delays(unknown, weight="times")
    assert left_out["estimate"].equals(one["estimate"])
    assert left_out["left_out"][0] == 1


def test_more_delays_give_a_narrower_interval():
    few, many = (delays(simulated(n), family="gamma") for n in (60, 600))

    def width(found):
        return figure(found, "mean", "upper") - figure(found, "mean", "lower")

    assert width(many) < width(few) / 2
    assert (few["lower"] > 0).all()
    wald = delays(simulated(60), family="gamma", interval="wald")
    assert figure(wald, "mean", "upper") + figure(wald, "mean", "lower") == pytest.approx(2 * figure(wald, "mean"))


def test_groups_are_fitted_one_by_one():
    both = pl.concat([simulated(80, 1).with_columns(g=pl.lit("b")), simulated(90, 2).with_columns(g=pl.lit("a"))])
    found = delays(both, by="g")
    assert found["g"].unique(maintain_order=True).to_list() == ["a", "b"]
    assert found.filter(g="b").drop("g").equals(delays(simulated(80, 1)))


def test_dates_are_whole_days_and_moments_are_not():
    days = simulated(50)["left"].to_list()
    dated = pl.DataFrame(
        {
            "primary_from": [START] * 50,
            "secondary_from": [START + timedelta(days=int(n)) for n in days],
            "observed_until": [START + timedelta(days=29)] * 50,
        }
    )
    counted = pairs(days, [n + 1 for n in days], pwindow=1.0, D=30.0)
    assert delays(dated).drop("why_not").equals(delays(counted).drop("why_not"))
    moments = dated.drop("observed_until").with_columns(
        primary_from=pl.lit(datetime(2024, 1, 1, 6)),
        secondary_from=pl.col("secondary_from").cast(pl.Datetime) + pl.duration(hours=18),
    )
    exact = [n + 0.5 for n in days]
    assert figure(delays(moments, family="gamma"), "mean") == pytest.approx(
        figure(delays(pairs(exact, exact), family="gamma"), "mean")
    )


def test_kinds_of_coarse_rows():
    coarse = pl.DataFrame(
        {"EL": [0.0, 0, 0], "ER": [1.0, 2, 2], "SL": [4.0, 5, 7], "SR": [6.0, 8, 7], "type": [0, 1, 2]}
    )
    as_intervals = pairs([4.0, 3.0, 7.0], [6.0, 8.0, 7.0], pwindow=[1.0, 0.0, 0.0])
    one, other = delays(coarse, family="weibull"), delays(as_intervals, family="weibull")
    assert one["estimate"].to_list() == pytest.approx(other["estimate"].to_list())
    assert one["loglik"][0] == pytest.approx(other["loglik"][0])  # the only wide exposure is one day wide


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (pairs([], []), "There are fewer than two delays."),
        (pairs([3.0], [4.0]), "There are fewer than two delays."),
        (pairs([-5.0, -2.0, 3.0], [-4.0, -1.0, 4.0]), "There are fewer than two delays."),
        (pairs([None] * 3, [None] * 3), "There are fewer than two delays."),
        (pairs([1.0, 2.0], [None, None]), "No delay has ended, so its length cannot be told."),
        (
            pairs([0.0] * 9, [1.0] * 9, pwindow=1.0),
            "The delays differ too little, for how coarsely they are known, to tell their spread.",
        ),
        (
            pairs([3.0, 4.0] * 9, [4.0, 5.0] * 9, pwindow=1.0),
            "The delays differ too little, for how coarsely they are known, to tell their spread.",
        ),
        (
            pairs([1.0, 2, 3, 4, 5, 6, 6, 6], [2.0, 3, 4, 5, 6, 7, 7, 7], D=7.0),
            "Too many delays are still to end to tell how long they get.",
        ),
    ],
)
@pytest.mark.parametrize("family", ["lognormal", "gamma", "weibull", "best"])
def test_what_the_data_do_not_tell_is_null_with_its_reason(given, why, family):
    found = delays(given, family=family)
    assert found["why_not"].unique().to_list() == [why]
    assert found.select("estimate", "se", "lower", "upper", "loglik", "aic").null_count().row(0) == (found.height,) * 6


def test_negative_delays_are_left_out_and_counted():
    found = delays(pairs([-5.0, 2.0, 4.0, 6.0, 7.0], [-4.0, 3.0, 5.0, 7.0, 8.0]))
    assert found.select("n", "left_out").row(0) == (4, 1)


@pytest.mark.parametrize(
    ("given", "options", "what"),
    [
        (pl.DataFrame({"days": [1, 2]}), {}, "none of the sets"),
        (pairs([4.0], [3.0]), {}, "ends before it begins"),
        (pairs([4.0], [5.0], D=3.0), {}, "after the last moment"),
        (pairs([4.0], [5.0], pwindow=-1.0), {}, "window of a first event"),
        (pairs([4.0], [5.0], w=-1), {"weight": "w"}, "weight is negative"),
        (pairs([4.0], [5.0]), {"weight": "w"}, "no column w"),
        (pairs([4.0], [5.0]), {"by": "g"}, "no column g"),
        (pairs([4.0], [5.0]), {"family": "normal"}, "family"),
        (pairs([4.0], [5.0]), {"interval": "bootstrap"}, "interval"),
        (pairs([4.0], [5.0]), {"level": 95}, "level"),
        (pl.DataFrame({"primary_from": [1], "secondary_from": [START]}), {}, "does not hold dates"),
    ],
)
def test_wrong_input_is_told(given, options, what):
    with pytest.raises(UsageError, match=what):
        delays(given, **options)


def counted(n=200, seed=3):
    rng = np.random.default_rng(seed)
    onset = [START + timedelta(days=int(d)) for d in rng.integers(0, 40, n)]
    days = np.exp(rng.normal(np.log(5), 0.5, n)).astype(int)
    told = [day + timedelta(days=int(d)) for day, d in zip(onset, days, strict=True)]
    other = ("tested_at", "confirmed_at", "reported_at", "isolated_at", "hospitalised_on", "outcome_on")
    return pl.DataFrame(
        {"onset": onset, "told_on": told} | dict.fromkeys(other), schema_overrides=dict.fromkeys(other, pl.Datetime)
    )


def test_delays_of_counted_cases_allow_for_what_is_still_to_come():
    cases, as_of = counted(), START + timedelta(days=40)
    known = cases.filter(pl.col("told_on") <= as_of)
    found = fit_case_delays(known, as_of, family="lognormal")
    told = found.filter(delay="onset_to_known")
    assert figure(told, "mean", "truncated") == known.height
    ignored = (known["told_on"] - known["onset"]).dt.total_days().mean()
    assert figure(told, "mean") > ignored - 0.1
    rest = found.filter(pl.col("delay") != "onset_to_known")
    assert rest["why_not"].unique().to_list() == ["There are fewer than two delays."]


def test_delays_of_counted_cases_by_period():
    found = fit_case_delays(counted(), START + timedelta(days=90), names=["onset_to_known"], every="2w")
    assert found["period"].n_unique() >= 3
    assert found["estimate"].null_count() == 0
    with pytest.raises(UsageError, match="no delay of that name"):
        fit_case_delays(counted(), START, names=["onset_to_lunch"])


def test_a_fit_gives_the_chance_of_each_whole_day():
    found = delays(simulated(4000), family="lognormal")
    chances = delay_weights(found, 40)
    days = simulated(4000)["left"].to_numpy().astype(int)
    np.testing.assert_allclose(chances[:12], np.bincount(days, minlength=12)[:12] / 4000, atol=0.025)
    assert chances.sum() == pytest.approx(1, abs=1e-3)
    with pytest.raises(UsageError, match="no fit"):
        delay_weights(delays(pairs([], [])), 5)
