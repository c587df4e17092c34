"""R and serial intervals against EpiEstim 2.2-4, and against the slow form of the same definitions."""

import csv
import itertools
import json
import math
import re

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import gamma

from douse.kernels import renewal
from douse.situation.reproduction import cori, serial_interval_weights

QUANTILES = {"q025": 0.025, "q05": 0.05, "q25": 0.25, "median": 0.5, "q75": 0.75, "q95": 0.95, "q975": 0.975}


# Published serial interval of SARS in 2003 (Lipsitch et al. 2003, as used by Cori et al. 2013), by day from 0.
SARS_2003 = (
    0, 0.001, 0.012, 0.043, 0.078, 0.104, 0.117, 0.116, 0.108, 0.094, 0.078, 0.063, 0.049, 0.038, 0.028, 0.021, 0.015,
    0.011, 0.008, 0.005, 0.004, 0.003, 0.002, 0.001, 0.001,
)  # fmt: skip


def cases_of(path):
    """Local and imported cases of an input file, blanks cut from numbers."""
    with path.open(encoding="utf-8") as file:
        rows = [{key: value.strip() for key, value in row.items()} for row in csv.DictReader(file)]
    if "local" in rows[0]:
        return [float(r["local"]) for r in rows], [float(r["imported"]) for r in rows]
    return [float(r["I"]) for r in rows], None


def reference_ids(shared):
    manifest = json.loads((shared / "reference" / "manifest.json").read_text(encoding="utf-8"))
    return [e for e in manifest if e["id"].startswith("cori_") and "uncertain" not in e["id"]]


def si_of(entry, shared, days):
    """Weights as the call made them: from the file of a non-parametric call, else from mean and standard deviation."""
    if "nonparam" in entry["id"]:
        with (shared / "reference" / entry["si_file"]).open(encoding="utf-8") as file:
            return np.array([float(row["p"].strip()) for row in csv.DictReader(file)])
    named = re.search(r"mean_si=([\d.]+),std_si=([\d.]+)", entry["call"])
    mean, sd = map(float, named.groups()) if named else (6.8, 4.1)  # the call without numbers is of the same MERS data
    return serial_interval_weights(mean, sd, days)


def test_r_equals_epiestim(shared):
    entries = reference_ids(shared)
    assert len(entries) == 26
    for entry in entries:
        local, imported = cases_of(shared / "reference" / entry["input"])
        wanted = pl.read_csv(shared / "reference" / entry["output"], null_values=["", "NA"])
        prior = (1.0, 2.0) if "prior1_2" in entry["id"] else (5.0, 5.0)
        window = int(wanted["t_end"][0] - wanted["t_start"][0]) + 1
        found = cori(local, imported, si=si_of(entry, shared, len(local)), window=window, prior=prior)
        assert (found.last_day + 1).tolist() == wanted["t_end"].to_list(), entry["id"]
        figures = {"mean": found.mean, "std": found.sd} | {n: found.quantile(p) for n, p in QUANTILES.items()}
        for name, values in figures.items():
            theirs = wanted[name].cast(pl.Float64).fill_null(math.nan).to_numpy()
            np.testing.assert_allclose(values[0], theirs, rtol=1e-10, err_msg=f"{entry['id']} {name}")


def test_discretised_serial_interval_equals_epiestim(shared):
    grid = pl.read_csv(shared / "reference" / "rt" / "discr_si_grid.out.csv")
    assert grid.height == 24 * 41
    for (mean, sd), rows in grid.group_by("mean", "sd"):
        ours = serial_interval_weights(mean, sd, 41)
        np.testing.assert_allclose(ours, rows.sort("k")["w"].to_numpy(), rtol=1e-10, atol=1e-12)


def test_infectivity_equals_epiestim(shared):
    folder = shared / "reference" / "rt"
    local, _ = cases_of(folder / "overall_infectivity_SARS2003.in.csv")
    wanted = pl.read_csv(folder / "overall_infectivity_SARS2003.out.csv")["lambda"].to_numpy()
    ours = renewal.infectivity(np.array([local]), np.array(SARS_2003))[0]
    np.testing.assert_allclose(ours[1:], wanted[1:], rtol=1e-10)


def slow_weights(mean, sd, lags):
    """Shifted gamma delay, its density weighted by the overlap of two days: by numerical integration."""
    density = gamma(((mean - 1) / sd) ** 2, scale=sd**2 / (mean - 1)).pdf

    def weight(lag):
        def overlap(beyond):  # of a delay of one day and `beyond`, with the days `lag` apart
            return density(beyond) * (1 - abs(beyond - (lag - 1)))

        edges = [edge for edge in (lag - 2, lag - 1, lag) if edge >= 0]
        return sum(quad(overlap, low, high)[0] for low, high in itertools.pairwise(edges))

    return [weight(lag) for lag in range(lags)]


def slow_cori(local, imported, si, window, prior):
    """One window after the other, one day after the other, as the paper has it."""
    total = [a + b for a, b in zip(local, imported, strict=True)]
    force = [sum(total[t - s] * si[s] for s in range(1, t + 1) if s < len(si)) for t in range(len(total))]
    found = []
    for last in range(window, len(total)):
        days = range(last - window + 1, last + 1)
        shape = (prior[0] / prior[1]) ** 2 + sum(local[t] for t in days)
        rate = prior[0] / prior[1] ** 2 + sum(force[t] for t in days)
        early = last + 1 <= sum(lag * weight for lag, weight in enumerate(si))
        found.append((math.nan, math.nan) if early else (shape / rate, gamma.ppf(0.975, shape, scale=1 / rate)))
    return found


counts = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5)), min_size=2, max_size=25)


@settings(max_examples=60, deadline=None)
@given(
    series=counts,
    weights=st.lists(st.floats(0, 1), min_size=2, max_size=12),
    window=st.integers(1, 9),
    prior=st.tuples(st.floats(0.5, 5), st.floats(0.5, 5)),
)
def test_cori_equals_its_slow_twin(series, weights, window, prior):
    local, imported = [day[0] for day in series], [day[1] for day in series]
    found = cori(local, imported, si=weights, window=window, prior=prior)
    wanted = slow_cori(local, imported, weights, window, prior)
    assert found.mean.shape == (1, max(0, len(local) - window))
    np.testing.assert_allclose(found.mean[0], [w[0] for w in wanted], rtol=1e-9)
    np.testing.assert_allclose(found.quantile(0.975)[0], [w[1] for w in wanted], rtol=1e-9)


@pytest.mark.parametrize(("mean", "sd"), [(5.8, 3.2), (2.6, 1.5), (14.9, 3.9)])
def test_serial_interval_equals_its_slow_twin(mean, sd):
    np.testing.assert_allclose(serial_interval_weights(mean, sd, 20), slow_weights(mean, sd, 20), atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(mean=st.floats(1.2, 20), spread=st.floats(0.2, 1.5))
def test_serial_interval_keeps_its_mass_and_mean(mean, spread):
    weights = serial_interval_weights(mean, spread * mean, 1500)
    assert weights[0] == pytest.approx(0, abs=1e-12)
    assert weights.min() >= 0
    assert weights.sum() == pytest.approx(1, abs=1e-6)
    assert weights @ np.arange(1500) == pytest.approx(mean, rel=1e-4)


def test_many_series_at_once_equal_each_alone():
    rng = np.random.default_rng(7)
    local, imported = rng.poisson(5, (4, 40)), rng.poisson(0.5, (4, 40))
    si = serial_interval_weights(4.7, 2.9, 40)
    together = cori(local, imported, si=si)
    for row in range(4):
        alone = cori(local[row], imported[row], si=si)
        np.testing.assert_array_equal(together.mean[row], alone.mean[0])
        np.testing.assert_array_equal(together.quantile(0.5)[row], alone.quantile(0.5)[0])


def test_limit_constant_cases_give_an_r_of_one():
    found = cori(np.full(400, 10_000.0), si=serial_interval_weights(5.8, 3.2, 400))
    assert found.mean[0, -1] == pytest.approx(1, abs=1e-4)
    assert found.quantile(0.025)[0, -1] < 1 < found.quantile(0.975)[0, -1]


def test_direction_growing_cases_give_an_r_above_one_and_imports_lower_it():
    days = np.arange(40)
    si = serial_interval_weights(5.8, 3.2, 40)
    growing, shrinking = 20 * np.exp(0.1 * days), 2000 * np.exp(-0.1 * days)
    assert cori(growing, si=si).quantile(0.025)[0, -1] > 1
    assert cori(shrinking, si=si).quantile(0.975)[0, -1] < 1
    half = cori(growing / 2, growing / 2, si=si).mean[0, -1]
    assert half < cori(growing, si=si).mean[0, -1]


def test_shapes_that_do_not_fit_are_told():
    with pytest.raises(ValueError, match="same series and days"):
        cori([1, 2, 3], [1, 2], si=[0, 1])
    with pytest.raises(ValueError, match="at least one day"):
        cori([1, 2, 3], si=[0, 1], window=0)
    with pytest.raises(ValueError, match="mean above 1 day"):
        serial_interval_weights(1.0, 0.5, 10)
