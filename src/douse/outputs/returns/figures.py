"""Figures of the situation that a return may ask for, by name: clocks, delays, R. All are computed from the records."""

from collections.abc import Callable, Mapping

from douse.outputs.returns.values import Value
from douse.situation.situation import Situation

DELAYS = (
    "onset_to_test", "test_to_confirmation", "confirmation_to_report", "report_to_isolation", "onset_to_isolation",
)  # fmt: skip
_DIGITS = 2


def _milestone(name: str) -> Callable[[Situation], Value]:
    return lambda situation: next((one.days for one in situation.milestones if one.name == name), None)


def _delay(name: str) -> Callable[[Situation], Value]:
    return lambda situation: next((one.median for one in situation.delays if one.name == name), None)


FIGURES: Mapping[str, Callable[[Situation], Value]] = {
    "total": lambda situation: situation.total,
    "active": lambda situation: situation.active,
    "deaths": lambda situation: situation.deaths,
    "suspected": lambda situation: situation.suspected,
    "r": lambda situation: situation.r_now.estimate,
    "r_lower": lambda situation: situation.r_now.lower,
    "r_upper": lambda situation: situation.r_now.upper,
    "doubling_days": lambda situation: situation.doubling_days.estimate,
    "detect_days": _milestone("detect"),
    "notify_days": _milestone("notify"),
    "respond_days": _milestone("respond"),
    **{name: _delay(name) for name in DELAYS},
    "reached_48h_share": lambda situation: situation.contacts.reached_48h_share,
    "community_zero_share": lambda situation: situation.community_zero.share,
    "community_zero_days": lambda situation: situation.community_zero.days,
}


def figure(name: str, situation: Situation) -> Value:
    """A figure, to two decimals; None where it cannot be told."""
    value = FIGURES[name](situation)
    return round(value, _DIGITS) if isinstance(value, float) else value
