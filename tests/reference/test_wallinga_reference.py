"""Cohort R against EpiEstim's wallinga_teunis: the mean to 1e-8, the simulated interval to one case."""

import csv
import json

import numpy as np
import polars as pl

from douse.situation.wallinga_teunis import wallinga_teunis


def column(path, name):
    with path.open(encoding="utf-8") as file:
        return np.array([float(row[name].strip()) for row in csv.DictReader(file)])


def test_cohort_r_equals_epiestim(shared):
    folder = shared / "reference"
    entries = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    ran = 0
    for entry in entries:
        here = entry["id"].startswith("wt_") and all((folder / entry[part]).is_file() for part in ("input", "output"))
        series = entry["id"].split("_")[1]
        weights = folder / "rt" / f"cori_{series}_nonparam_w7.si.csv"
        if not here or not weights.is_file():
            continue
        ran += 1
        cases, si = column(folder / entry["input"], "I"), column(weights, "p")
        wanted = pl.read_csv(folder / entry["output"], null_values=["", "NA"])
        window = int(wanted["t_end"][0] - wanted["t_start"][0]) + 1
        found = wallinga_teunis(cases, si=si, window=window)
        at = wanted["t_end"].to_numpy() - window
        np.testing.assert_allclose(found.mean[0, at], wanted["mean"].to_numpy(), rtol=1e-8, atol=1e-12)
        told = wanted.with_row_index().filter(pl.col("std").is_not_null())
        at, rows = at[told["index"].to_numpy()], told.height
        if not rows:
            continue
        # 1,000 simulations: the sd to a tenth, the bounds to one case more or less.
        step = 1.0001 / np.array([cases[e : e + window].sum() for e in at])
        many = told["std"].to_numpy() > 0.05
        np.testing.assert_allclose(found.sd[0, at][many], told["std"].to_numpy()[many], rtol=0.1)
        assert (np.abs(found.lower[0, at] - told["q025"].to_numpy()) <= step).all()
        assert (np.abs(found.upper[0, at] - told["q975"].to_numpy()) <= step).all()
    assert ran >= 6
