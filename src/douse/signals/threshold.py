"""Thresholds of the protocol: so many cases in so many days, and a week well above the three before."""

import numpy as np
from scipy.special import gammainc

from douse.library.protocol import Alerts
from douse.signals.counts import DailyCounts, run_start
from douse.signals.severity import severity_of
from douse.signals.signal import Signal
from douse.units import DAYS_PER_WEEK

# A rise is a week against the mean of the three before it.
WEEKS_BEFORE = 3


def threshold_signals(counts: DailyCounts, alerts: Alerts) -> list[Signal]:
    """Zones with at least `threshold_cases` told within `threshold_days`.

    The smallest zones that reach the threshold are told; a larger one only if it does without their cases.
    `first_day` is the first of the days in a row on which the zone was at the threshold.

    Parameters
    ----------
    counts : DailyCounts
        Daily counts of the zones.
    alerts : Alerts
        The protocol's; without a threshold there is no signal.

    Returns
    -------
    list of Signal
    """
    if alerts.threshold_cases is None or alerts.threshold_days is None:
        return []
    bound, days = alerts.threshold_cases.value, round(alerts.threshold_days.value)
    window = counts.counts[:, -days:].sum(axis=1, keepdims=True).astype(np.float64)
    signals = []
    for row in counts.unexplained(window, lambda left: bool(left[0] >= max(bound, 1))):
        over = rolling_sum(counts.counts[row], days) >= bound
        first = counts.day(run_start(over, len(over) - 1))
        zone, observed = counts.zone(row), int(window[row, 0])
        signals.append(
            Signal(
                id=f"threshold:{zone or ''}:{first}",
                detector="threshold",
                zone=zone,
                first_day=first,
                last_day=counts.as_of,
                observed=observed,
                expected=None,
                bound=bound,
                false_alarm_rate=None,
                severity=severity_of(observed, bound),
                reason="{cases} {cases:case was|cases were} told within {days} days; the alert is at {bound}.",
                facts={"cases": observed, "days": days, "bound": bound},
                evidence=counts.evidence(row, counts.day(max(len(over) - days, 0)), counts.as_of),
            )
        )
    return signals


def rise_signals(counts: DailyCounts, alerts: Alerts, *, min_cases: int = 5, alpha: float = 0.001) -> list[Signal]:
    """Zones with a week of at least `rise_ratio` times the mean of the three weeks before it.

    Few cases rise by such a ratio by chance, and with many zones somewhere always: so the week must also be more than
    a Poisson count with the mean of the three weeks reaches with a chance of `alpha`. All four weeks must lie after the
    first day that any case was told. A zone without a case in the three weeks is not judged: its first cases are the
    business of the one-case and cluster alerts. The smallest zones that rise are told; a larger one only if it rises
    without their cases.

    Parameters
    ----------
    counts : DailyCounts
        Daily counts of the zones.
    alerts : Alerts
        The protocol's; without a ratio there is no signal.
    min_cases : int, default 5
        Least number of cases in the week.
    alpha : float, default 0.001
        Chance of so many cases or more in a week, were it like the mean of the three before (as EARS C1).

    Returns
    -------
    list of Signal
    """
    weeks = (WEEKS_BEFORE + 1) * DAYS_PER_WEEK
    watched = 0 if counts.started is None else (counts.as_of - counts.started).days + 1
    if alerts.rise_ratio is None or watched < weeks:
        return []
    ratio = alerts.rise_ratio.value
    week = counts.counts[:, -DAYS_PER_WEEK:].sum(axis=1)
    before = counts.counts[:, -weeks:-DAYS_PER_WEEK].sum(axis=1)
    figures = np.column_stack([week, before]).astype(np.float64)

    def rises(left: np.ndarray) -> bool:
        usual = float(left[1]) / WEEKS_BEFORE
        enough = left[0] >= max(min_cases, ratio * usual)
        return bool(usual > 0 and enough and gammainc(left[0], usual) < alpha)

    found = counts.unexplained(figures, rises)
    return [_rise(counts, row, float(before[row]) / WEEKS_BEFORE, ratio, alpha) for row in found]


def _rise(counts: DailyCounts, row: int, usual: float, ratio: float, alpha: float) -> Signal:
    week = int(counts.counts[row, -DAYS_PER_WEEK:].sum())
    over = _rising(counts.counts[row], ratio)
    first, zone = counts.day(run_start(over, len(over) - 1)), counts.zone(row)
    return Signal(
        id=f"rise:{zone or ''}:{first}",
        detector="rise",
        zone=zone,
        first_day=first,
        last_day=counts.as_of,
        observed=week,
        expected=usual,
        bound=ratio * usual,
        false_alarm_rate=alpha,
        severity="warning",
        reason="{cases} {cases:case was|cases were} told in the last 7 days, {ratio} times a week of the three before.",
        facts={"cases": week, "expected": usual, "ratio": week / usual},
        evidence=counts.evidence(row, counts.day(len(over) - DAYS_PER_WEEK), counts.as_of),
    )


def _rising(counts: np.ndarray, ratio: float) -> np.ndarray:
    week = rolling_sum(counts, DAYS_PER_WEEK)
    before = rolling_sum(counts, (WEEKS_BEFORE + 1) * DAYS_PER_WEEK) - week
    return np.asarray((before > 0) & (week >= ratio * before / WEEKS_BEFORE))


def rolling_sum(counts: np.ndarray, days: int) -> np.ndarray:
    """Sum of the last `days` days, of each day; days before the first count as 0. Shape (T,)."""
    total = np.concatenate([np.zeros(days, dtype=np.int64), np.cumsum(counts)])
    return np.asarray(total[days:] - total[:-days])
