"""EARS on the daily counts of every zone: which zones told far more cases than the week before."""

from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from douse.kernels.ears import ears as ears_kernel
from douse.signals.counts import DailyCounts, run_start
from douse.signals.ears import METHODS, Method, real_false_alarm_rate, upper_quantile
from douse.signals.severity import severity_of
from douse.signals.signal import Signal


class _Alarm(NamedTuple):
    """The latest alarm of a zone."""

    row: int
    first_day: date
    last_day: date
    method: Method
    expected: float
    bound: float
    observed: int


def ears_signals(counts: DailyCounts, *, baseline: int = 7, recent_days: int = 3, min_count: int = 3) -> list[Signal]:
    """One signal a zone where C1, C2 or C3 alarms on one of the last days.

    Parameters
    ----------
    counts : DailyCounts
        Daily counts of the zones.
    baseline : int, default 7
        Days of the baseline (Hutwagner 2003, doi 10.1007/PL00022313). It must not begin before the first day that any
        case was told: before, nobody counted.
    recent_days : int, default 3
        The alarm must lie within so many days, the as-of day included.
    min_count : int, default 3
        Least number of cases on the day of the alarm: a case or two against a week without any is the business
        of the one-case alert.

    Returns
    -------
    list of Signal
        The latest alarm of each zone, by the first of C1, C2, C3 that alarmed that day. Where a zone and a zone
        within it alarm on the same day with the same cases, only the smaller is kept. `first_day` is the first
        of the alarm days in a row; C3 alone gives a notice. The false-alarm rate is nominal (see `ears`).
    """
    rows = np.flatnonzero((counts.counts[:, -recent_days:] >= min_count).any(axis=1))
    alarms = _latest_alarms(counts, rows, baseline, recent_days, min_count)
    kept = {
        (row, day)
        for day in sorted({alarm.last_day for alarm in alarms})
        for row in counts.smallest_only([alarm.row for alarm in alarms if alarm.last_day == day], day, day)
    }
    return [_signal(counts, alarm, min_count) for alarm in alarms if (alarm.row, alarm.last_day) in kept]


def _latest_alarms(
    counts: DailyCounts, rows: NDArray[np.int64], baseline: int, recent_days: int, min_count: int
) -> list[_Alarm]:
    series = _watched(counts, rows)
    expected, bound = np.empty((2, len(METHODS), *series.shape))
    for at, setting in enumerate(METHODS.values()):
        expected[at], bound[at], _ = ears_kernel(
            series,
            baseline=baseline,
            lag=setting.lag,
            memory=setting.memory,
            min_sigma=0.0,
            z=upper_quantile(setting.alpha),
        )
    alarm = (series > bound) & (series >= min_count)
    by_any = alarm.any(axis=0)
    found = []
    for at in np.flatnonzero(by_any[:, -recent_days:].any(axis=1)).tolist():
        day = int(np.flatnonzero(by_any[at])[-1])
        method = int(np.flatnonzero(alarm[:, at, day])[0])
        found.append(
            _Alarm(
                row=int(rows[at]),
                first_day=counts.day(run_start(by_any[at], day)),
                last_day=counts.day(day),
                method=list(METHODS)[method],
                expected=float(expected[method, at, day]),
                bound=float(bound[method, at, day]),
                observed=int(series[at, day]),
            )
        )
    return found


def _watched(counts: DailyCounts, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Counts of some rows, NaN on the days before any case was told."""
    series = counts.counts[rows].astype(np.float64)
    if counts.started is not None:
        series[:, : max(counts.column(counts.started), 0)] = np.nan
    return series


def _signal(counts: DailyCounts, alarm: _Alarm, min_count: int) -> Signal:
    zone = counts.zone(alarm.row)
    return Signal(
        id=f"ears:{zone or ''}:{alarm.first_day}",
        detector=f"ears_{alarm.method.lower()}",
        zone=zone,
        first_day=alarm.first_day,
        last_day=alarm.last_day,
        observed=alarm.observed,
        expected=alarm.expected,
        bound=alarm.bound,
        false_alarm_rate=real_false_alarm_rate(alarm.method),
        severity="notice" if alarm.method == "C3" else severity_of(alarm.observed, max(alarm.bound, min_count)),
        reason=_reason(alarm.method),
        facts={"cases": alarm.observed, "day": str(alarm.last_day), "bound": alarm.bound},
        evidence=counts.evidence(alarm.row, alarm.first_day, alarm.last_day),
    )


def _reason(method: str) -> str:
    if method == "C3":
        return "{cases} {cases:case was|cases were} told on {day}, and the two days before were well above their usual."
    return "{cases} {cases:case was|cases were} told on {day}; by the week before, more than {bound} would be unusual."
