"""Simulated reports with a known truth: growth, decay, weekdays, small counts, delays that change."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

FIRST = date(2024, 1, 1)
DAYS = 110
LONGEST = 20


@dataclass(frozen=True)
class Scenario:
    """How cases come and are reported.

    Attributes
    ----------
    level, growth : float
        Expected cases on the as-of date, and log growth a day.
    size : float
        Dispersion of the counts (negative binomial); infinite: Poisson.
    delay : tuple of float
        Mean delay 40 days before the as-of date and on it; between, it moves evenly.
    weekdays : float
        Log amplitude of the weekday in counts and (weekends) in reporting.
    second_peak : float
        Share of cases whose report takes ten days more.
    """

    level: float
    growth: float = 0.0
    size: float = np.inf
    delay: tuple[float, float] = (5.0, 5.0)
    weekdays: float = 0.0
    second_peak: float = 0.0


SCENARIOS = {
    "steady, 100 a day": Scenario(100),
    "steady, 1,000 a day": Scenario(1000, size=50),
    "small, 4 a day": Scenario(4),
    "growing, doubling in 10 days": Scenario(80, growth=np.log(2) / 10),
    "falling, halving in 10 days": Scenario(20, growth=-np.log(2) / 10),
    "scattered (k = 5)": Scenario(60, size=5),
    "weekdays in cases and reports": Scenario(120, size=50, weekdays=0.6),
    "two waves of reports": Scenario(80, second_peak=0.3),
    "reporting becomes faster": Scenario(80, delay=(8, 4)),
    "reporting becomes slower": Scenario(80, delay=(4, 8)),
}


def simulate(scenario: Scenario, seed: int) -> tuple[pl.DataFrame, np.ndarray]:
    """Reports (date, reported, count), also those after the as-of date, and the true counts by date."""
    generator = np.random.default_rng(seed)
    t = np.arange(DAYS)
    level = np.log(scenario.level) + scenario.growth * (t - DAYS + 1)
    level = np.clip(level, np.log(1), np.log(3000)) + scenario.weekdays * np.cos(2 * np.pi * t / 7)
    mean = np.exp(level)
    if np.isfinite(scenario.size):
        mean = mean * generator.gamma(scenario.size, 1 / scenario.size, DAYS)
    truth = generator.poisson(mean)
    counts = np.zeros((DAYS, LONGEST + 1), dtype=np.int64)
    moved = np.clip((t - (DAYS - 41)) / 40, 0, 1)
    average = scenario.delay[0] + (scenario.delay[1] - scenario.delay[0]) * moved
    d = np.arange(LONGEST + 1)
    for row in range(DAYS):
        weight = d * np.exp(-2 * d / average[row]) + 0.02
        late = np.where(d >= 10, np.roll(weight, 10), 0)
        weight = (1 - scenario.second_peak) * weight / weight.sum() + scenario.second_peak * late / late.sum()
        weekend = (row + d) % 7 >= 5
        weight = weight * np.where(weekend, np.exp(-2 * scenario.weekdays), 1)
        counts[row] = generator.multinomial(truth[row], weight / weight.sum())
    row, delay = np.nonzero(counts)
    reports = pl.DataFrame(
        {
            "date": [FIRST + timedelta(days=int(i)) for i in row],
            "reported": [FIRST + timedelta(days=int(i)) for i in row + delay],
            "count": counts[row, delay],
        }
    )
    return reports, truth


def as_of() -> date:
    """Last date of the simulated cases."""
    return FIRST + timedelta(days=DAYS - 1)
