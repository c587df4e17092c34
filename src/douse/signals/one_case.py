"""One case in a zone that had been free of the disease."""

import numpy as np

from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.records.codes import ZONE_KINDS
from douse.signals.counts import DailyCounts
from douse.signals.signal import Severity, Signal

# A zone is free after two maximum incubation periods without a case (the Ebola rule of WHO).
FREE_INCUBATIONS = 2


def one_case_signals(
    counts: DailyCounts,
    pathogen: Pathogen,
    protocol: Protocol,
    *,
    recent_days: int = 7,
    smallest: str = "community",
) -> list[Signal]:
    """First case in a zone without any told in two maximum incubation periods before it.

    Only where the pathogen or the protocol takes one case for a signal. A case is told at the largest zone that was
    free before it: the first case of a province is one signal, for the province. It counts for the first day that
    the zone was no longer free.

    Parameters
    ----------
    counts : DailyCounts
        Daily counts of the zones, going back at least `recent_days` and two maximum incubation periods.
    pathogen, protocol : Pathogen, Protocol
        Say whether one case is a signal.
    recent_days : int, default 7
        The first case was told within so many days, the as-of day included.
    smallest : str, default "community"
        Smallest kind of zone; the first case in a building of a community that has cases is no news.

    Returns
    -------
    list of Signal
        An alarm where nothing was known anywhere before, a warning for a city or larger, else a notice.
    """
    if not (pathogen.one_case_alerts or protocol.alerts.one_case):
        return []
    free_days = round(FREE_INCUBATIONS * pathogen.max_incubation.value)
    first = _first_case(counts.counts, recent_days, free_days)
    large_enough = np.append(counts.zones.rank >= ZONE_KINDS.index(smallest), True)
    first[~large_enough] = -1
    return [_signal(counts, row, int(first[row]), first, free_days) for row in _largest(counts, first)]


def _first_case(counts: np.ndarray, recent_days: int, free_days: int) -> np.ndarray:
    """Column of the last case that ended a free time, of each row; -1 where there is none. Shape (Z + 1,)."""
    found = np.full(len(counts), -1)
    days = counts.shape[1]
    for column in range(max(days - recent_days, 0), days):
        free = counts[:, max(column - free_days, 0) : column].sum(axis=1) == 0
        found[(counts[:, column] > 0) & free] = column
    return found


def _largest(counts: DailyCounts, first: np.ndarray) -> list[int]:
    """Rows whose parent was not free on that day; the whole area only for cases without a zone."""
    found = []
    for row in np.flatnonzero(first[: counts.area] >= 0):
        parent = counts.parent[row]
        if parent == counts.area or first[parent] != first[row]:
            found.append(int(row))
    if first[counts.area] >= 0 and not any(first[row] == first[counts.area] for row in found):
        found.append(counts.area)
    return found


def _signal(counts: DailyCounts, row: int, column: int, first: np.ndarray, free_days: int) -> Signal:
    zone, day, observed = counts.zone(row), counts.day(column), int(counts.counts[row, column])
    nothing_before = first[counts.area] == column
    return Signal(
        id=f"one_case:{zone or ''}:{day}",
        detector="one_case",
        zone=zone,
        first_day=day,
        last_day=day,
        observed=observed,
        expected=None,
        bound=None,
        false_alarm_rate=None,
        severity=_severity(counts, row, nothing_before=nothing_before),
        reason="{cases} {cases:case was|cases were} told on {day}, the first for at least {days} days.",
        facts={"cases": observed, "day": str(day), "days": free_days},
        evidence=counts.evidence(row, day, day),
    )


def _severity(counts: DailyCounts, row: int, *, nothing_before: bool) -> Severity:
    if nothing_before:
        return "alarm"
    large = row == counts.area or counts.zones.rank[row] >= ZONE_KINDS.index("city")
    return "warning" if large else "notice"
