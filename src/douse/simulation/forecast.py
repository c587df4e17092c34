"""`Forecast`: what weighted runs say of the days ahead, as tidy frames."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.city.city import City
from douse.kernels.epidemic_layout import STAYS
from douse.library.codes import LEVELS
from douse.simulation.outcome import Outcome
from douse.simulation.weigh import weighted_quantiles

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)
QUANTILES = tuple(f"q{round(100 * share):02d}" for share in SHARES)
# What is forecast -> the daily counts of a run that make it up.
TOLD = {
    "cases": ("cases",),
    "infections": ("infections",),
    "deaths": ("deaths",),
    "in_hospital": ("in_hospital",),
    "in_intensive_care": ("in_intensive_care",),
    "in_isolation": tuple(f"in_{stay}" for stay in STAYS if stay.startswith("isolation")),
    "in_quarantine": tuple(f"in_{stay}" for stay in STAYS if stay.startswith("quarantine")),
    "tests": ("tests",),
    "tubes": ("tubes",),
    "contacts_to_reach": ("contacts_reached", "contacts_waiting"),
    **{f"people_{level}": (f"people_{level}",) for level in LEVELS[1:]},
}


@dataclass(frozen=True)
class Run:
    """What is kept of one run: its counts, and the cases in each zone after the as-of day."""

    outcome: Outcome
    zone_cases: Ints  # (R,)


@dataclass(frozen=True)
class Forecast:
    """The days ahead; all frames tidy, quantiles over the weighted runs.

    Attributes
    ----------
    daily : polars.DataFrame
        date, day (1: the day after the as-of day), what, mean, q05, q25, q50, q75, q95. See `TOLD`: cases reported,
        infections, deaths; people in hospital, in intensive care, in isolation, in quarantine, and under each level;
        tests, tubes; contacts reached and waiting.
    over : polars.DataFrame
        date, day, chance: that nobody is infected after that day. Arrivals count as infections.
    last_infection : polars.DataFrame
        q05, q50, q95: dates; null where it lies beyond the days ahead.
    chance_over : float
        That it ends within the days ahead.
    by_zone : polars.DataFrame
        zone, chance (of a case in the days ahead), mean, q05, q50, q95 (cases).
    totals : polars.DataFrame
        what, mean, q05, q25, q50, q75, q95: sums over the days ahead of cases, infections, deaths, tests, tubes;
        largest number on a day of the rest.
    """

    daily: pl.DataFrame
    over: pl.DataFrame
    last_infection: pl.DataFrame
    chance_over: float
    by_zone: pl.DataFrame
    totals: pl.DataFrame


_SUMMED = frozenset({"cases", "infections", "deaths", "tests", "tubes"})


def forecast_of(runs: Sequence[Run], weights: Floats, city: City, as_of: date, back: int) -> Forecast:
    """Read the days after the first `back` days off weighted runs.

    Parameters
    ----------
    runs : sequence of Run, length M
        All of the same days.
    weights : numpy.ndarray[float64], shape (M,)
        Sum 1.
    city : City
        Its zones.
    as_of : date
        Last day that is known.
    back : int
        Days of the runs until then.
    """
    days = runs[0].outcome.daily.shape[0] - back
    dates = [as_of + timedelta(days=day) for day in range(1, days + 1)]
    counts = {
        what: np.array([sum(run.outcome.of(name) for name in names) for run in runs], np.float64)[:, back:]
        for what, names in TOLD.items()
    }
    daily = [
        pl.DataFrame({"date": dates, "day": range(1, days + 1)}, schema={"date": pl.Date, "day": pl.Int64})
        .with_columns(pl.lit(what).alias("what"))
        .hstack(_summary(values, weights))
        for what, values in counts.items()
    ]
    totals = [
        pl.DataFrame({"what": [what]}).hstack(
            _summary((values.sum(axis=1) if what in _SUMMED else values.max(axis=1))[:, None], weights)
        )
        for what, values in counts.items()
    ]
    last = np.array([run.outcome.last_infection - back + 1 for run in runs])
    ended = np.array([run.outcome.extinct for run in runs])
    over = [float(weights @ (ended & (last <= day))) for day in range(1, days + 1)]
    return Forecast(
        daily=pl.concat(daily),
        over=pl.DataFrame(
            {"date": dates, "day": range(1, days + 1), "chance": over}, schema_overrides={"day": pl.Int64}
        ),
        last_infection=_last(np.where(ended, last, days + 1), weights, as_of, days),
        chance_over=float(weights @ ended),
        by_zone=_by_zone(runs, weights, city),
        totals=pl.concat(totals),
    )


def _summary(values: Floats, weights: Floats) -> pl.DataFrame:
    """Mean and quantiles of each column; one row a column."""
    quantiles = weighted_quantiles(values, weights, np.array(SHARES))
    return pl.DataFrame({"mean": weights @ values, **dict(zip(QUANTILES, quantiles, strict=True))})


def _last(day: Ints, weights: Floats, as_of: date, days: int) -> pl.DataFrame:
    found = weighted_quantiles(day.astype(np.float64), weights, np.array([0.05, 0.5, 0.95]))
    dates = [None if at > days else as_of + timedelta(days=int(at)) for at in found]
    return pl.DataFrame([dates], schema=dict.fromkeys(("q05", "q50", "q95"), pl.Date), orient="row")


def _by_zone(runs: Sequence[Run], weights: Floats, city: City) -> pl.DataFrame:
    cases = np.array([run.zone_cases for run in runs], np.float64)
    if cases.shape[1] != len(city.zone_ids):  # zones are counted together
        return pl.DataFrame(
            schema={"zone": pl.String, **dict.fromkeys(("chance", "mean", "q05", "q50", "q95"), pl.Float64)}
        )
    low, middle, high = weighted_quantiles(cases, weights, np.array([0.05, 0.5, 0.95]))
    return pl.DataFrame(
        {
            "zone": list(city.zone_ids),
            "chance": weights @ (cases > 0),
            "mean": weights @ cases,
            "q05": low,
            "q50": middle,
            "q95": high,
        },
        schema_overrides={"zone": pl.String},
    )
