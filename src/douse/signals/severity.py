"""How loud a signal is, and where the loud ones stand."""

from douse.signals.signal import Severity, Signal

# Twice what already signals: a person should look at once.
ALARM_RATIO = 2.0
_LOUDEST_FIRST: dict[Severity, int] = {"alarm": 0, "warning": 1, "notice": 2}


def severity_of(observed: float, bound: float) -> Severity:
    """Alarm from twice the bound on, else warning."""
    return "alarm" if observed >= ALARM_RATIO * bound else "warning"


def loudest_first(signals: list[Signal]) -> tuple[Signal, ...]:
    """Signals by severity, latest day first, detector, zone."""
    return tuple(
        sorted(
            signals,
            key=lambda s: (_LOUDEST_FIRST[s.severity], -s.last_day.toordinal(), s.detector, s.zone or "", s.id),
        )
    )
