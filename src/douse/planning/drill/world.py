"""`World`: what a drill is played against. Any simulator can be one; this is all that the loop asks of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from douse.records.measure import Measure
from douse.records.records import Records

Floats = NDArray[np.float64]
# What truth may tell of each day. Infections and cases are needed for a score; what a world does not tell counts as 0.
COUNTS = (
    "infections", "cases", "community_cases", "deaths", "tests", "tubes", "people_screened", "contacts_reached",
    "in_hospital", "in_intensive_care", "in_quarantine_home", "in_quarantine_central", "in_isolation_home",
    "in_isolation_bed", "people_precaution", "people_control", "people_lockdown",
)  # fmt: skip


@dataclass(frozen=True)
class Truth:
    """What really happened, from the first day of the world to the last that has passed.

    Attributes
    ----------
    first : date
        First day.
    daily : Mapping[str, numpy.ndarray[float64]]
        Names of `COUNTS` to counts by day, each of shape (D,), earliest first: new infections, cases and so
        on; or people on the day (in hospital, in quarantine, under a level).
    over : bool
        Nobody who is infected now can infect anybody any more.
    """

    first: date
    daily: Mapping[str, Floats]
    over: bool

    def __len__(self) -> int:
        return len(next(iter(self.daily.values()), ()))

    def of(self, what: str) -> Floats:
        """One of the daily counts; zeros where the world does not tell it. Shape (D,)."""
        return self.daily.get(what, np.zeros(len(self)))


class World(Protocol):
    """Makes infections, and lets a health department know of some.

    A drill goes: `advance`, `records`, a person or a program decides, `apply`, `advance` and so on; `truth` at the end.
    Days pass only in `advance`.
    """

    @property
    def today(self) -> date:
        """The last day that has passed; before the first `advance` the day before the first."""
        ...

    def advance(self) -> None:
        """Let a day pass, with the measures that were applied last."""
        ...

    def records(self, day: date) -> Records:
        """What a health department could have on record at the end of a day, which is `today`.

        Rows of any tables of `records/tables.py`, each with `recorded_at` on that day or before. The table of zones,
        with residents, is what levels are put on; measures in force belong on record too. Facts that came to be known
        later than their row are filled in on it, as long as the as-of view of an earlier day empties them again.
        """
        ...

    def apply(self, measures: Sequence[Measure]) -> None:
        """Put measures in force from the day after `today`: all that are to hold in zones; what is left out ends.

        A level or a closure holds until it is left out or expires; a round of screening takes place on its first day.
        Measures on persons (quarantine, isolation) follow from the world's own department, case by case.
        """
        ...

    def truth(self) -> Truth:
        """What really happened so far. The loop looks at it only when the drill is over."""
        ...
