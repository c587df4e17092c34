"""`Tally`: what the days ahead of one run came to; a few numbers, so that thousands of runs can be kept."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from douse.kernels.epidemic_columns import S_DAY, S_PERSON
from douse.library.codes import LEVELS
from douse.simulation.outbreak import Outbreak
from douse.simulation.outcome import DAILY, outcome_of
from douse.simulation.scenario import HISTORY

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# Sums over the days ahead, of columns of `DAILY`.
_SUMS = (
    "infections", "cases", "community_cases", "deaths", "admissions", "intensive", "tests", "tubes", "people_screened",
    "contacts_reached", "doses", "in_hospital", "in_intensive_care", "in_quarantine_home", "in_quarantine_central",
    "in_isolation_home", "in_isolation_bed", *(f"people_{level}" for level in LEVELS[1:]),
)  # fmt: skip
# Largest of a day.
_PEAKS = {
    "hospital_beds": "in_hospital",
    "icu_beds": "in_intensive_care",
    "rooms": "in_quarantine_central",
    "tubes_a_day": "tubes",
    "contacts_a_day": "contacts_named",
}
_NAMES = (*_SUMS, *(f"peak_{name}" for name in _PEAKS), "last_infection", "community_zero")


class Reading(NamedTuple):
    """How a run is read: days that are known, days without a community case that count as zero, who came in unseen."""

    back: int
    zero_days: int
    here: Ints


@dataclass(frozen=True)
class Tally:
    """N runs by K numbers; the columns are those of `names`.

    `last_infection` is the day ahead (1: the day after the as-of day) of the last infection in the chains that are
    here, 0 where there is none any more; `community_zero` the first day ahead of those days without a community case
    that count as zero, one more than the days ahead where there are none.

    Attributes
    ----------
    values : numpy.ndarray[float64], shape (N, K)
        A row a run.
    """

    values: Floats

    def of(self, name: str) -> Floats:
        """One column; shape (N,)."""
        column: Floats = self.values[:, _NAMES.index(name)]
        return column

    def __len__(self) -> int:
        return len(self.values)


def read(run: Outbreak, reading: Reading, days: int) -> Floats:
    """One row, of a run of so many days; of one that was given up before it is not over. Shape (K,)."""
    given_up = run.day < HISTORY + days
    ahead = outcome_of(run).daily[reading.back :]
    column = {name: ahead[:, at] for at, name in enumerate(DAILY)}
    return np.array(
        [
            *(column[name].sum() for name in _SUMS),
            *(column[name].max(initial=0) for name in _PEAKS.values()),
            days - reading.back if given_up else _last(run, column["infections"], reading),
            days - reading.back + 1 if given_up else _zero(column["community_cases"], reading.zero_days),
        ],
        np.float64,
    )


def together(rows: list[Floats]) -> Tally:
    """Rows of runs as one tally."""
    return Tally(np.array(rows, np.float64).reshape(len(rows), len(_NAMES)))


def _last(run: Outbreak, infections: Ints, reading: Reading) -> int:
    """Day ahead of the last infection in the chains that are here; 0 where there is none any more.

    Chains begun by people who arrive after the as-of day, as some did before, are other outbreaks: those of
    `reading.here` are not, who came in unseen.
    """
    rows = run.seeds.rows
    later = rows[rows[:, S_DAY] >= HISTORY + reading.back, S_PERSON]
    others = np.setdiff1d(later, reading.here)
    if len(others) == 0:
        days = np.flatnonzero(infections)
        return int(days[-1]) + 1 if len(days) else 0
    aside, last = np.zeros(len(run.state), np.bool_), 0
    for day in range(run.day):
        new = run.log[run.log_end[day] : run.log_end[day + 1]]
        if len(new):
            began = new[:, 0] == new[:, 1]
            aside[new[:, 0]] = np.where(began, np.isin(new[:, 0], others), aside[new[:, 1]])
            last = last if aside[new[:, 0]].all() else day
    return max(0, last - HISTORY - reading.back + 1)


def _zero(community: Ints, days: int) -> int:
    """First day ahead from which on there was no community case for so many days; all days where there is none."""
    run = 0
    for day, cases in enumerate(community.tolist()):
        run = 0 if cases else run + 1
        if run == days:
            return day + 2 - days
    return len(community) + 1
