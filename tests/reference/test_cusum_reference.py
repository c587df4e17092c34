"""CUSUM equals algo.cusum of R's surveillance 1.20.3 on every reference series."""

import json
import re

import polars as pl
import pytest

from douse.signals.cusum import cusum
from reference.slow_cusum import slow_cusum

TOLERANCE = 1e-9


def reference_cases(shared):
    manifest = json.loads((shared / "reference" / "manifest.json").read_text())
    cases = [case for case in manifest if case["id"].startswith("cusum_")]
    return [case for case in cases if (shared / "reference" / case["output"]).exists()]


def settings_of(case):
    call = case["call"]
    start, k, h = re.search(r"range=(\d+):\d+,k=([\d.]+),h=([\d.]+)", call).groups()
    settings = {"train": int(start) - 1, "k": float(k), "h": float(h), "trans": re.search(r"trans='(\w+)'", call)[1]}
    alpha = re.search(r"alpha=([\d.]+)", call)
    return settings | ({"alpha": float(alpha[1])} if alpha else {}) | ({"m": "glm"} if "m='glm'" in call else {})


def both(shared, case):
    given = pl.read_csv(shared / "reference" / case["input"])
    day = pl.date(1990, 1, 1) + pl.duration(weeks=pl.col("t"))
    return given.select("t", "count", date=day), pl.read_csv(shared / "reference" / case["output"])


def test_bounds_sums_and_alarms_equal_the_reference(shared):
    cases = reference_cases(shared)
    assert len(cases) >= 15
    for case in cases:
        counts, answer = both(shared, case)
        ours = cusum(counts.drop("t"), **settings_of(case)).with_columns(counts["t"])
        compared = answer.join(ours, on="t", suffix="_ours")
        assert compared.height == answer.height, case["id"]
        for theirs, column in (("upperbound", "bound"), ("cusum", "score"), ("m", "expected")):
            assert compared[column].null_count() == 0, case["id"]
            assert (compared[theirs] - compared[column]).abs().max() < TOLERANCE, case["id"]
        assert (compared["alarm"] == compared["alarm_ours"].cast(pl.Int64)).all(), case["id"]
        # what the reference leaves out is the in-control phase
        assert ours["alarm"].null_count() == counts.height - answer.height, case["id"]


def test_last_takes_all_before_as_the_in_control_phase(shared):
    case = next(case for case in reference_cases(shared) if "m=NULL" in case["call"])
    counts, answer = both(shared, case)
    settings = settings_of(case)
    del settings["train"]
    ours = cusum(counts.drop("t"), last=answer.height, **settings).tail(answer.height)
    assert (ours["score"] - answer["cusum"]).abs().max() < TOLERANCE


def test_the_default_phase_of_two_years_is_that_of_the_reference(shared):
    case = next(case for case in reference_cases(shared) if case["id"] == "cusum_agona_standard")
    counts, answer = both(shared, case)
    assert (cusum(counts.drop("t")).tail(answer.height)["bound"] - answer["upperbound"]).abs().max() < TOLERANCE


def test_the_slow_twin_equals_the_reference(shared):
    for case in reference_cases(shared):
        settings = settings_of(case)
        if settings.pop("m", None):
            continue
        counts, answer = both(shared, case)
        slow = slow_cusum(counts["count"].to_list(), **({"alpha": 0.1} | settings))
        # R reads a function off a table of steps of 0.01: its transformation is that much off
        near = 0.05 if settings["trans"] == "anscombeNegBin" else TOLERANCE
        assert [row[1] for row in slow] == pytest.approx(answer["cusum"].to_list(), abs=near)
