"""`Measure`: what is done, or proposed, somewhere or to somebody. The plan proposes them, a simulation runs them.

Words are message keys of the catalogue with named fields (`Because`), so that a report in another language says
the same thing.
"""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Because:
    """A sentence: `key` is the English text with ``{named}`` fields, `facts` the fields."""

    key: str
    facts: dict[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True)
class Measure:
    """One proposed measure. Nothing here is in force until a person approves it."""

    id: str
    action: str  # start | keep | change | lift
    kind: str  # level | screening | quarantine | isolation | ...
    zone: str | None
    level: str | None
    level_before: str | None
    start: date
    review_on: date
    expires_on: date
    people: int | None  # people affected; None: population not known
    person_days: float | None  # restricted person-days until the expiry
    reason: Because
    evidence: tuple[str, ...]  # case_ids, at most 50
    lift_rule: Because
    lesser: str  # the lesser level or measure
    lesser_fails: Because  # why it does not do
    support: tuple[Because, ...]  # what is owed to the people restricted
    approval: str = "needed"
    closed: str | None = None  # of a closure: school | workplace; None: both
