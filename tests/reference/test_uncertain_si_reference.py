"""R with an uncertain serial interval against EpiEstim, which draws 500 x 100: within its Monte Carlo error."""

import csv
from datetime import date, timedelta

import numpy as np
import polars as pl
from scipy.stats import gamma

from douse.kernels import gamma_mixture
from douse.situation.reproduction import UncertainSerialInterval, reproduction


def test_r_with_an_uncertain_serial_interval_equals_epiestim(shared):
    folder = shared / "reference" / "rt"
    with (folder / "cori_Flu2009_uncertain_w7.in.csv").open(encoding="utf-8") as file:
        counts = [int(row["I"]) for row in csv.DictReader(file)]
    days = [date(2009, 4, 1) + timedelta(days=n) for n in range(len(counts))]
    si = UncertainSerialInterval(2.6, 1.5, mean_sd=1, sd_sd=0.5, mean_range=(1, 4.2), sd_range=(0.5, 2.5))
    found = reproduction(pl.DataFrame({"date": days, "count": counts}), si=si)
    wanted = pl.read_csv(folder / "cori_Flu2009_uncertain_w7.out.csv")
    assert [(day - days[0]).days + 1 for day in found["date"]] == wanted["t_end"].to_list()
    assert found.height >= 20
    # 500 serial intervals: the sd over them is known to a thirtieth, a mean to a twentieth of it.
    error = wanted["std"].to_numpy() / 500**0.5
    for ours, theirs, errors in (
        ("mean", "mean", 4),
        ("median", "median", 5),
        ("lower", "q025", 7),
        ("upper", "q975", 10),
    ):
        assert (np.abs(found[ours].to_numpy() - wanted[theirs].to_numpy()) <= errors * error).all(), ours
    np.testing.assert_allclose(found["sd"].to_numpy(), wanted["std"].to_numpy(), rtol=0.06)


def test_a_mixture_equals_a_sum_over_its_parts():
    rng = np.random.default_rng(1)
    shape, scale = rng.uniform(0.3, 80, (40, 6)), rng.uniform(0.01, 2, (40, 6))
    shape[:10, 2] = np.nan
    shape[:, 3], scale[:, 3] = 4.0, 0.5
    shape[:, 4] = np.nan
    mean, sd = gamma_mixture.moments(shape, scale)
    for w in (0, 1, 2, 3, 5):
        there = ~np.isnan(shape[:, w])
        parts = gamma(shape[there, w], scale=scale[there, w])
        assert np.isclose(mean[w], parts.mean().mean())
        assert np.isclose(sd[w] ** 2, (parts.var() + parts.mean() ** 2).mean() - parts.mean().mean() ** 2)
        for p in (0.025, 0.5, 0.975):
            assert np.isclose(parts.cdf(gamma_mixture.quantile(shape, scale, p)[w]).mean(), p, atol=1e-8)
    assert np.isnan(mean[4])
    assert np.isnan(gamma_mixture.quantile(shape, scale, 0.5)[4])
