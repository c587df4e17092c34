"""The distribution of delays whose first event is only known to a window, against R's primarycensored."""

import numpy as np
import polars as pl

from douse.kernels.delay_families import FAMILIES
from douse.kernels.delay_likelihood import censored_cdf

NAMES = {"lnorm": "lognormal", "gamma": "gamma", "weibull": "weibull"}


def test_the_grid_equals_primarycensored(shared):
    grid = pl.read_csv(
        shared / "reference" / "delay" / "pprimarycensored_grid.out.csv",
        schema_overrides=dict.fromkeys(("D", "q", "pwindow"), pl.Float64),
    )
    assert grid.height > 400
    for dist, p1, p2, width, limit, q, wanted in grid.iter_rows():
        first, second, window = np.array([[p1]]), np.array([[p2]]), np.array([width])
        family = FAMILIES[NAMES[dist]]
        found = censored_cdf(family, first, second, np.array([min(q, limit)]), window)[0, 0]
        if np.isfinite(limit):
            found /= censored_cdf(family, first, second, np.array([limit]), window)[0, 0]
        assert abs(found - wanted) <= 1e-8
