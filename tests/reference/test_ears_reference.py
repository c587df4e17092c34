"""EARS equals earsC of R's surveillance 1.20.3 on every reference series."""

import json

import polars as pl
import pytest

from douse.signals import ears
from douse.signals.ears import METHODS
from reference.slow_ears import slow_ears

TOLERANCE = 1e-9


def reference_cases(shared):
    manifest = json.loads((shared / "reference" / "manifest.json").read_text())
    return [case for case in manifest if case["id"].startswith("ears_")]


def settings_of(case):
    """Method and settings of a call; those that its manifest entry does not list are in the call itself."""
    method = next(name for name in METHODS if f"_{name}_" in case["id"])
    if "control" in case:
        control = case["control"]
        return method, {"baseline": control["baseline"], "min_sigma": control["minSigma"], "alpha": control["alpha"]}
    assert "baseline=14,minSigma=0.5,alpha=0.01" in case["call"]
    return method, {"baseline": 14, "min_sigma": 0.5, "alpha": 0.01}


def both(shared, case):
    given = pl.read_csv(shared / "reference" / case["input"])
    answer = pl.read_csv(shared / "reference" / case["output"])
    counts = given.select("t", "count", zone=pl.lit("here"), date=pl.date(2000, 1, 1) + pl.duration(days=pl.col("t")))
    return counts, answer


def test_bounds_and_alarms_equal_the_reference(shared):
    cases = reference_cases(shared)
    assert len(cases) >= 15
    for case in cases:
        counts, answer = both(shared, case)
        method, settings = settings_of(case)
        ours = ears(counts, method=method, **settings).with_columns(counts["t"])
        compared = answer.join(ours, on="t", suffix="_ours")
        assert compared.height == answer.height, case["id"]
        assert (compared["upperbound"] - compared["bound"]).abs().max() < TOLERANCE, case["id"]
        assert (compared["alarm"] == compared["alarm_ours"].cast(pl.Int64)).all(), case["id"]
        # what the reference leaves out is what the baseline does not cover
        assert ours["alarm"].null_count() == counts.height - answer.height, case["id"]


def test_the_defaults_are_those_of_the_reference(shared):
    for case in reference_cases(shared):
        if case["id"].endswith("_default"):
            method, settings = settings_of(case)
            assert settings == {"baseline": 7, "min_sigma": 0, "alpha": METHODS[method].alpha}


def test_the_slow_twin_equals_the_reference(shared):
    for case in reference_cases(shared):
        counts, answer = both(shared, case)
        method, settings = settings_of(case)
        slow = slow_ears(counts["count"].to_list(), method, **settings)
        bounds = dict(answer.select("t", "upperbound").iter_rows())
        for t, given in enumerate(slow, start=1):
            assert (given is not None) == (t in bounds)
            if given is not None:
                assert given[0] == pytest.approx(bounds[t], abs=TOLERANCE)
