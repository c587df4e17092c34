"""Both Farrington detectors equal R's surveillance 1.20.3 on every reference series."""

import json
import re
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from douse.signals.farrington import farrington
from douse.signals.farrington_flexible import farrington_flexible
from reference.slow_farrington import slow_farrington_flexible

TOLERANCE = 1e-9  # relative; the target is 1e-6
SMALL = 1e-12  # p and score near 0 are held to this
ALIKE = {"expected": "expected", "phi": "phi", "trend": "trendCoef", "p": "pvalue", "score": "score", "mu0": "mu0"}


def reference_cases(shared, prefix):
    folder = shared / "reference"
    cases = [c for c in json.loads((folder / "manifest.json").read_text()) if c["id"].startswith(prefix)]
    return [c for c in cases if (folder / c["input"]).exists() and (folder / c["output"]).exists()]


def setting(case, name, default=None):
    found = re.search(rf"[(,]{name}='?([^,')]+)", case["call"])
    return default if found is None else found.group(1)


def settings_of(case, by_date):
    shared = {name: int(setting(case, name)) for name in ("b", "w")} | {"alpha": float(setting(case, "alpha"))}
    if not case["id"].startswith("ff_"):
        return shared | {"by_date": by_date}
    left_out = setting(case, "pastWeeksNotIncluded")
    return shared | {
        "by_date": by_date,
        "periods": int(setting(case, "noPeriods", 1)),
        "weights_threshold": float(setting(case, "weightsThreshold", 2.58)),
        "past_weeks_not_included": None if left_out is None else int(left_out),
        "p_threshold_trend": float(setting(case, "pThresholdTrend", 0.05)),
        "threshold_method": setting(case, "thresholdMethod", "delta"),
    }


def both(shared, case):
    """Counts with dates, the peer's answer, and whether the peer's series had dates (epochs that are not 1, 2, ...)."""
    given = pl.read_csv(shared / "reference" / case["input"])
    answer = pl.read_csv(shared / "reference" / case["output"], infer_schema_length=None)
    by_date = given["epoch"][0] != 1
    days = given["epoch"] if by_date else 7 * given["epoch"]
    dates = [date(1970, 1, 1) + timedelta(days=day) for day in days]
    return given.select("t", "count", zone=pl.lit("here"), date=pl.Series(dates)), answer, by_date


def assert_equal(ours, theirs, where, absolute=0.0):
    ours, theirs = (column.cast(pl.Float64).to_numpy() for column in (ours, theirs))
    theirs = np.where(np.isfinite(theirs), theirs, np.nan)  # an infinite mean of the peer is null in ours
    np.testing.assert_allclose(ours, theirs, rtol=TOLERANCE, atol=absolute, equal_nan=True, err_msg=where)


@pytest.mark.parametrize(("detect", "prefix", "least"), [(farrington_flexible, "ff_", 15), (farrington, "farr", 2)])
def test_every_figure_and_alarm_equals_the_reference(shared, detect, prefix, least):
    cases = reference_cases(shared, prefix)
    assert len(cases) >= least
    for case in cases:
        counts, answer, by_date = both(shared, case)
        ours = detect(counts, **settings_of(case, by_date)).with_columns(counts["t"])
        compared = answer.join(ours, on="t", suffix="_ours", maintain_order="left")
        assert compared.height == answer.height, case["id"]
        assert_equal(compared["bound"], compared["upperbound"], case["id"])
        assert compared["alarm_ours"].cast(pl.Int64).to_list() == compared["alarm"].to_list(), case["id"]
        for mine, name in ALIKE.items():
            if name in answer.columns:
                column = f"{mine}_ours" if f"{mine}_ours" in compared.columns else mine
                assert_equal(compared[column], compared[name], f"{case['id']} {mine}", SMALL)


def test_the_simulated_series_of_the_benchmark_equal_the_reference(shared):
    folder = shared / "reference" / "bench_detect"
    given = pl.read_csv(folder / "series.csv.gz")
    flags = pl.read_csv(folder / "flags.csv.gz", null_values="NA", schema_overrides={"upperbound": pl.Float64})
    counts = given.filter(pl.col("id") % 6 == 1).select(
        "count", zone=pl.col("id").cast(pl.String), date=pl.date(2000, 1, 3) + pl.duration(weeks=pl.col("t") - 1)
    )
    nb = {"threshold_method": "nbPlugin"}
    for method, detect, more in [
        ("ff_delta", farrington_flexible, {}),
        ("ff_nbPlugin", farrington_flexible, nb),
        ("farrington", farrington, {}),
    ]:
        ours = detect(counts, alpha=0.01, last=52, **more).select(
            "bound",
            "alarm",
            id=pl.col("zone").cast(pl.Int64),
            t=(pl.col("date") - date(2000, 1, 3)).dt.total_days() // 7 + 1,
        )
        compared = flags.filter(method=method).join(ours, on=["id", "t"], suffix="_ours")
        assert compared.height == 40 * 52
        assert_equal(compared["bound"], compared["upperbound"], method)
        assert compared["alarm_ours"].cast(pl.Int64).equals(compared["alarm"], check_names=False), method


def test_the_slow_twin_equals_the_reference(shared):
    compared = 0
    for case in reference_cases(shared, "ff_"):
        counts, answer, by_date = both(shared, case)
        if by_date:
            continue
        s = settings_of(case, by_date)
        for row in answer.filter(pl.col("upperbound").is_not_null())[::12].iter_rows(named=True):
            slow = slow_farrington_flexible(
                counts["count"].to_numpy().astype(float),
                row["t"] - 1,
                b=s["b"],
                w=s["w"],
                left_out=s["past_weeks_not_included"],
                year=52,
                periods=s["periods"],
                trend=True,
                p_trend=s["p_threshold_trend"],
                alpha=s["alpha"],
                method=s["threshold_method"],
                threshold=s["weights_threshold"],
            )
            assert slow == pytest.approx((row["expected"], row["upperbound"]), rel=1e-6), case["id"]
            compared += 1
    assert compared > 20
