"""Scores of predictions: small answers known by hand."""

from datetime import date

import polars as pl
import pytest

from douse.errors import UsageError
from douse.situation.scores import coverage, errors, intervals, wis


def one(truth, median=10.0, lower=8.0, upper=12.0, level=0.5):
    return pl.DataFrame({"level": [level], "lower": [lower], "upper": [upper], "median": [median], "truth": [truth]})


def test_wis_by_hand():
    # (|truth - median| / 2 + 0.25 * (width 4 + 2 / 0.5 * distance)) / 1.5
    assert wis(one(10.0))["wis"].item() == pytest.approx(1 / 1.5)
    assert wis(one(15.0))["wis"].item() == pytest.approx((2.5 + 0.25 * (4 + 4 * 3)) / 1.5)


def test_parts_add_up_and_point_the_right_way():
    scored = wis(one(15.0)).row(0, named=True)
    assert scored["wis"] == pytest.approx(scored["dispersion"] + scored["underprediction"] + scored["overprediction"])
    assert scored["underprediction"] > 0
    assert scored["overprediction"] == 0


def test_an_interval_without_width_scores_the_absolute_error():
    sharp = pl.concat([one(13.0, lower=10.0, upper=10.0, level=p) for p in (0.5, 0.9)])
    assert wis(sharp)["wis"].item() == pytest.approx(3.0)


def test_coverage_counts_the_bounds_and_leaves_out_unknown_truths():
    frame = pl.concat([one(8.0), one(12.0), one(12.5), one(None)])
    covered = coverage(frame).row(0, named=True)
    assert (covered["covered"], covered["predictions"]) == (pytest.approx(2 / 3), 3)


def test_errors_and_groups():
    frame = pl.concat([one(8.0).with_columns(zone=pl.lit("a")), one(13.0).with_columns(zone=pl.lit("b"))])
    assert errors(frame).row(0) == (2.5, -0.5)
    assert errors(frame, "zone").rows() == [("a", 2.0, 2.0), ("b", 3.0, -3.0)]


def test_wide_columns_become_rows():
    wide = pl.DataFrame({"date": [date(2024, 1, 1)], "median": [5], "lower_95": [1], "upper_95": [9], "truth": [4]})
    assert intervals(wide).select("level", "lower", "upper").row(0) == (0.95, 1, 9)
    with pytest.raises(UsageError, match="no intervals"):
        intervals(wide.drop("lower_95", "upper_95"))
    with pytest.raises(UsageError, match="lack a column"):
        wis(wide)
