"""Likelihood ratio charts equal glrpois and glrnb of R's surveillance 1.20.3 on every reference series."""

import json
import math
import re

import numpy as np
import polars as pl
import pytest

from douse.signals.glr import glr_nb, glr_poisson
from douse.signals.in_control import phase_of, seasonal_mean
from douse.signals.series import series_of

TOLERANCE = 1e-6


def reference_cases(shared):
    manifest = json.loads((shared / "reference" / "manifest.json").read_text())
    cases = [case for case in manifest if re.match("glrnb_|glrpois_|nbcusum_|poiscusum_", case["id"])]
    return [case for case in cases if (shared / "reference" / case["output"]).exists()]


def both(shared, case):
    given = pl.read_csv(shared / "reference" / case["input"])
    day = pl.date(1990, 1, 1) + pl.duration(weeks=pl.col("t"))
    return given.select("t", "count", date=day, expected="mu0"), pl.read_csv(shared / "reference" / case["output"])


def answer_to(case, counts, **phase):
    known = re.search(r"theta=log\(([\d.]+)\)", case["call"])
    settings = phase | {"direction": "dec"} if "dir='dec'" in case["call"] else phase
    settings |= {"theta": math.log(float(known[1]))} if known else {}
    alpha = re.search(r"alpha=([\d.]+)", case["call"])
    return glr_nb(counts, alpha=float(alpha[1]), **settings) if alpha else glr_poisson(counts, **settings)


def test_scores_and_alarms_equal_the_reference(shared):
    cases = reference_cases(shared)
    assert len(cases) >= 5
    for case in cases:
        counts, answer = both(shared, case)
        for phase in ({"last": answer.height}, {"train": counts.height - answer.height}):
            ours = answer_to(case, counts.drop("t"), **phase).with_columns(counts["t"])
            compared = answer.join(ours, on="t", suffix="_ours")
            assert compared["score"].null_count() == 0, case["id"]
            assert (compared["upperbound"] - compared["score"]).abs().max() < TOLERANCE, case["id"]
            assert (compared["alarm"] == compared["alarm_ours"].cast(pl.Int64)).all(), case["id"]
            assert ours["alarm"].null_count() == counts.height - answer.height, case["id"]


def test_the_fit_equals_that_of_mass(shared):
    case = next(case for case in reference_cases(shared) if "glmnb_theta" in case)
    counts, answer = both(shared, case)
    series = series_of(counts)
    phase = phase_of(series, train=None, last=answer.height)
    mean, alpha = seasonal_mean(series, phase.training, harmonics=1, trend=True, alpha=None)
    assert 1 / alpha[0] == pytest.approx(case["glmnb_theta"], rel=1e-6)
    np.testing.assert_allclose(mean[0], counts["expected"], rtol=1e-8)


def test_the_fitted_chart_equals_the_reference_with_its_fitted_mean(shared):
    case = next(case for case in reference_cases(shared) if case["id"].startswith("glrnb_") and "inc" in case["id"])
    counts, answer = both(shared, case)
    ours = glr_nb(counts.drop("t", "expected"), trend=True, last=answer.height).tail(answer.height)
    assert (ours["score"] - answer["upperbound"]).abs().max() < TOLERANCE
    assert ours["alarm"].cast(pl.Int64).to_list() == answer["alarm"].to_list()
