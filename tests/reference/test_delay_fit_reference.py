"""Fitted delays against primarycensored, fitdistrplus and coarseDataTools.

The peers stop a little before the top (Nelder-Mead), so our log-likelihood may be the higher one, by less than 1e-3.
"""

import json

import polars as pl
import pytest

from douse.situation.delay_fit import delays

FAMILY = {"L": "lognormal", "lnorm": "lognormal", "G": "gamma", "gamma": "gamma", "W": "weibull", "weibull": "weibull"}
FORMS = {"intcens", "doublecens"}


def entries(shared, wanted):
    """Cases of the manifest whose files are there."""
    folder = shared / "reference"
    for entry in json.loads((folder / "manifest.json").read_text(encoding="utf-8")):
        here = (folder / entry["input"]).is_file() and (folder / entry["output"]).is_file()
        if entry["area"] == "delay" and here and wanted(set(entry["id"].split("_"))):
            yield entry, json.loads((folder / entry["output"]).read_text(encoding="utf-8"))


def fitted(shared, entry):
    path = shared / "reference" / entry["input"]
    numbers = [name for name in pl.read_csv(path, n_rows=0).columns if name != "type"]
    pairs = pl.read_csv(path, null_values=["NA"], schema_overrides=dict.fromkeys(numbers, pl.Float64))
    family = next(FAMILY[part] for part in entry["id"].split("_") if part in FAMILY)
    found = delays(pairs, family=family, interval="wald")
    return {row["parameter"]: row for row in found.iter_rows(named=True)}


def test_censored_and_truncated_fits_equal_the_peers(shared):
    cases = list(entries(shared, lambda parts: parts & FORMS))
    assert len(cases) >= 12
    for entry, wanted in cases:
        found = fitted(shared, entry)
        for name, value in wanted["estimate"].items():
            assert found[name]["estimate"] == pytest.approx(value, rel=1e-3), entry["id"]
            assert found[name]["se"] == pytest.approx(wanted["se"][name], rel=1e-3), entry["id"]
        assert -1e-6 < found["mean"]["loglik"] - wanted["loglik"] < 1e-3, entry["id"]
        assert found["mean"]["n"] == wanted["n"]


def test_doubly_interval_censored_fits_equal_coarse_data_tools(shared):
    cases = list(entries(shared, lambda parts: any(part.startswith("dicfit") for part in parts)))
    assert len(cases) >= 3
    for entry, wanted in cases:
        found = fitted(shared, entry)
        for name in set(wanted["mle_fine"]) & set(found):
            assert found[name]["estimate"] == pytest.approx(wanted["mle_fine"][name], rel=1e-5), entry["id"]
        assert found["mean"]["loglik"] == pytest.approx(wanted["loglik"], abs=1e-5), entry["id"]
        for name, figures in wanted["ests"].items():
            row = found["median" if name == "p50" else name]
            assert row["estimate"] == pytest.approx(figures["est"], abs=6e-4), entry["id"]
            if "StdErr" in figures:  # the others are the spread of a few resamples
                assert row["se"] == pytest.approx(figures["StdErr"], abs=6e-4), entry["id"]
                assert row["lower"] == pytest.approx(figures["CIlow"], abs=6e-4), entry["id"]
                assert row["upper"] == pytest.approx(figures["CIhigh"], abs=6e-4), entry["id"]
