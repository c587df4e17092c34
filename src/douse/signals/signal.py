"""`Signal`: evidence that something is unusual."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

State = Literal["new", "verifying", "confirmed", "dismissed"]
Severity = Literal["notice", "warning", "alarm"]


@dataclass(frozen=True)
class Signal:
    """One signal, with its reason and how often it would be false.

    `reason` is a message key of the catalogue (English text with named fields), `facts` the fields; so that a page
    in another language says the same.
    """

    id: str  # stable: detector, zone, date
    detector: str  # ears_c1, ears_c2, ears_c3, one_case, threshold, rise, cluster
    zone: str | None
    first_day: date
    last_day: date
    observed: float
    expected: float | None
    bound: float | None
    false_alarm_rate: float | None  # chance a zone-day without an outbreak, where the detector has one
    severity: Severity
    reason: str
    facts: dict[str, str | int | float]
    evidence: tuple[str, ...]  # case_ids, at most 50
    state: State = "new"
    p: float | None = None  # chance of at least this much without an outbreak, where the detector has one
    recurrence_days: float | None = None  # one as strong comes by chance once in so many days
