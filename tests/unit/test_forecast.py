"""Short forecast of cases and beds: limits, direction, odd series, nothing from later rows."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from douse.errors import UsageError
from douse.library import Pathogen, load
from douse.situation.bed_forecast import bed_forecast
from douse.situation.forecast import forecast
from douse.situation.reproduction import reproduction
from douse.situation.scores import coverage, intervals, wis

D = date(2026, 3, 1)
SI = (5.8, 3.2)
WILD = load(Pathogen, "sars-cov-2-wild")


def series(counts, first=D, step=1):
    dates = [first + timedelta(days=step * at) for at in range(len(counts))]
    return pl.DataFrame({"date": dates, "count": counts}, schema={"date": pl.Date, "count": pl.Float64})


def ahead(counts, **options):
    return forecast(series(counts), as_of=D + timedelta(days=len(counts) - 1), si=SI, **options)


def test_rows_of_later_days_change_nothing_and_the_same_call_gives_the_same_answer():
    counts = np.random.default_rng(1).poisson(30, 60).tolist()
    as_of = D + timedelta(days=39)
    whole = forecast(series(counts), as_of=as_of, si=SI)
    assert whole.equals(forecast(series(counts[:40]), as_of=as_of, si=SI))
    assert whole["date"].to_list() == [as_of + timedelta(days=n) for n in range(1, 15)]
    assert not whole.equals(forecast(series(counts), as_of=as_of, si=SI, seed=2))


def test_intervals_hold_each_other_and_widen():
    found = ahead(np.random.default_rng(1).poisson(40, 50).tolist())
    order = ["lower_95", "lower_80", "lower_50", "median", "upper_50", "upper_80", "upper_95"]
    assert all(list(row) == sorted(row) for row in found.select(order).iter_rows())
    width = found["upper_95"] - found["lower_95"]
    assert width[13] > width[0]


def test_direction_growth_goes_on_for_a_while_and_decline_too():
    days = np.arange(40)
    up, down = ahead(np.round(20 * np.exp(0.08 * days))), ahead(np.round(500 * np.exp(-0.08 * days)))
    steady = ahead(np.full(40, 100.0))
    assert up["median"][3] > (20 * np.exp(0.08 * days[-7:])).mean()
    assert up["upper_95"][6] > 20 * np.exp(0.08 * 46)  # growth that goes on unchecked lies within
    assert down["median"][6] < (500 * np.exp(-0.08 * days[-7:])).mean()
    assert steady["lower_50"][0] <= 100 <= steady["upper_50"][0]


def test_days_of_the_week_come_back():
    counts = [40.0 if (D + timedelta(days=at)).weekday() < 5 else 10.0 for at in range(70)]
    found = ahead(counts).with_columns(weekend=pl.col("date").dt.weekday() > 5)
    at_weekend, else_ = (found.filter(pl.col("weekend") == flag)["median"].mean() for flag in (True, False))
    assert at_weekend < 0.5 * else_


@pytest.mark.parametrize(
    "counts",
    [[1], [0] * 30, [0] * 14 + [1], [9] * 20 + [0] * 16, [5] * 20 + [9000], [3, 0] * 10, [4], [10**6] * 20],
)
def test_odd_series_give_finite_figures(counts):
    found = ahead(counts)
    figures = found.select(pl.exclude("date", "horizon")).unpivot()["value"]
    assert figures.null_count() == 0
    assert figures.is_finite().all()
    assert figures.min() >= 0


def test_after_a_silent_fortnight_hardly_any_case_is_expected():
    assert ahead([0] * 30)["mean"].max() < 0.2
    assert ahead([9] * 20 + [0] * 30)["median"].max() == 0


def test_without_a_known_day_the_figures_are_null():
    found = forecast(series([]), as_of=D, si=SI)
    assert found.height == 14
    assert found["mean"].null_count() == 14
    before = forecast(series([3, 4]), as_of=D - timedelta(days=1), si=SI)
    assert before["median"].null_count() == 14


def test_a_gap_is_not_a_zero():
    gap = series([20.0] * 40).filter(~pl.col("date").is_between(D + timedelta(days=33), D + timedelta(days=37)))
    as_of = D + timedelta(days=39)
    assert forecast(gap, as_of=as_of, si=SI)["median"][6] >= 12


def test_each_series_as_if_alone_and_imports_arrive():
    both = pl.concat(
        [series([5] * 30).with_columns(zone=pl.lit("a")), series([50] * 30).with_columns(zone=pl.lit("b"))]
    )
    as_of = D + timedelta(days=29)
    found = forecast(both, as_of=as_of, si=SI, by="zone")
    assert found.filter(zone="b").drop("zone").equals(forecast(series([50] * 30), as_of=as_of, si=SI))
    imports = series([6] * 30).with_columns(local=pl.lit(0), imported="count")
    assert 4 <= forecast(imports, as_of=as_of, si=SI)["mean"][0] <= 12


def test_weeks_are_forecast_as_weeks():
    found = forecast(series([30] * 20, step=7), as_of=D + timedelta(days=7 * 19), si=SI)
    assert found["horizon"].to_list() == [7, 14]
    assert 15 <= found["median"][0] <= 45


def test_draws_of_a_nowcast_stand_in_for_the_latest_days():
    counts = [40.0] * 36 + [30.0, 20.0, 10.0, 2.0]
    latest = [D + timedelta(days=at) for at in range(36, 40)]
    draws = pl.DataFrame([{"draw": n, "date": day, "count": 40 + n % 7 - 3} for n in range(30) for day in latest])
    plain, corrected = ahead(counts), ahead(counts, nowcast_draws=draws)
    assert corrected["median"][0] > 1.5 * plain["median"][0]
    later = pl.concat([draws, pl.DataFrame([{"draw": 0, "date": D + timedelta(days=41), "count": 9999}])])
    assert corrected.equals(ahead(counts, nowcast_draws=later))


@pytest.mark.parametrize(
    ("options", "words"),
    [({"horizon": 0}, "horizon"), ({"level": [1.0]}, "level"), ({"draws": 0}, "paths")],
)
def test_wrong_arguments_are_told(options, words):
    with pytest.raises(UsageError, match=words):
        ahead([1, 2, 3], **options)
    with pytest.raises(UsageError, match="negative"):
        ahead([1, -2, 3])
    days = series([1, 2, 3])
    with pytest.raises(UsageError, match="does not hold dates"):
        forecast(days.with_columns(pl.col("date").cast(pl.String)), as_of=D, si=SI)
    unsigned = days.with_columns(pl.col("count").cast(pl.UInt32), imported=pl.lit(9, dtype=pl.UInt32))
    for figure in (forecast, lambda daily, as_of, si: reproduction(daily, si=si)):
        with pytest.raises(UsageError, match="negative"):
            figure(unsigned, as_of=D + timedelta(days=2), si=SI)


def test_the_answer_can_be_scored_as_it_is():
    counts = np.random.default_rng(5).poisson(30, 54).tolist()
    found = forecast(series(counts), as_of=D + timedelta(days=39), si=SI)
    scored = intervals(found.join(series(counts).rename({"count": "truth"}), on="date"))
    assert coverage(scored)["level"].to_list() == [0.5, 0.8, 0.95]
    assert 0 < wis(scored)["wis"].item() < 15


def hospital(many, told, severity="severe"):
    return pl.DataFrame(
        {"case_id": [str(at) for at in range(many)], "onset": told, "told_on": told, "severity": severity, "age": 60},
        schema_overrides={"severity": pl.String},
    )


def stays(lengths, first, last=None):
    return pl.DataFrame(
        {
            "place": "hospital",
            "entered_on": first,
            "left_on": [None if n is None else first + timedelta(days=n) for n in lengths],
        },
        schema_overrides={"left_on": pl.Date},
    )


def test_beds_are_known_patients_then_those_to_come():
    as_of = D + timedelta(days=20)
    found = bed_forecast(hospital(60, D + timedelta(days=19)), as_of=as_of, pathogen=WILD)
    beds = found.filter(resource="hospital_bed")
    assert 50 <= beds["median"][0] <= 75  # sixty lie there, few leave in a day
    assert found.filter(resource="icu_bed")["median"][0] <= 5
    assert beds.columns[:4] == ["resource", "date", "horizon", "mean"]


def test_open_stays_leave_by_the_stays_on_record():
    as_of = D + timedelta(days=30)
    ended, lying = stays([10] * 40, D), stays([None] * 25, as_of - timedelta(days=8))
    found = bed_forecast(hospital(1, D), as_of=as_of, pathogen=WILD, stays=pl.concat([ended, lying])).filter(
        resource="hospital_bed"
    )
    assert found["median"][0] == 25  # the ninth day: everybody stays ten
    assert found["median"][2] <= 1


def test_beds_of_later_days_change_nothing_and_no_case_gives_null():
    as_of = D + timedelta(days=20)
    now, later = hospital(30, D + timedelta(days=15)), hospital(99, as_of + timedelta(days=1))
    lying = stays([None] * 5, D + timedelta(days=18))
    after = stays([None] * 50, as_of + timedelta(days=2))
    both = bed_forecast(pl.concat([now, later]), as_of=as_of, pathogen=WILD, stays=pl.concat([lying, after]))
    assert both.equals(bed_forecast(now, as_of=as_of, pathogen=WILD, stays=lying))
    nothing = bed_forecast(now.clear(), as_of=as_of, pathogen=WILD)
    assert nothing["mean"].null_count() == nothing.height == 28
