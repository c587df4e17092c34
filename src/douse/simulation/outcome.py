"""`Outcome`: what came of one run, day by day; small enough to keep hundreds of."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.kernels import epidemic_columns as columns
from douse.kernels.epidemic_layout import STAYS
from douse.library.codes import LEVELS
from douse.simulation.outbreak import Outbreak
from douse.simulation.scenario import HISTORY

Ints = NDArray[np.int64]
# What is told of each day, in order: counts, then people that day.
DAILY = (
    *columns.SERIES_NAMES,
    *columns.COUNTED[1:],
    "in_hospital",
    "in_intensive_care",
    *(f"in_{stay}" for stay in STAYS[1:]),
    *(f"people_{level}" for level in LEVELS[1:]),
)


@dataclass(frozen=True)
class Outcome:
    """Counts of one run of D days.

    Attributes
    ----------
    daily : numpy.ndarray[int64], shape (D, K)
        By day and what is counted; columns as in `DAILY`.
    zone_infections, zone_cases : numpy.ndarray[int64], shape (R,)
        Over the run, by zone; of one element where zones are not counted.
    age_infections : numpy.ndarray[int64], shape (16,)
        Over the run, by age band.
    last_infection : int
        Day of the last infection, -1 where there was none.
    extinct : bool
        Nobody who was infected can infect others after the last day; whoever may still arrive left aside.
    """

    daily: Ints
    zone_infections: Ints
    zone_cases: Ints
    age_infections: Ints
    last_infection: int
    extinct: bool

    def of(self, what: str) -> Ints:
        """One of the daily counts; shape (D,)."""
        column: Ints = self.daily[:, DAILY.index(what)]
        return column

    def frame(self) -> pl.DataFrame:
        """All daily counts, with the day of the run."""
        return pl.DataFrame(self.daily, schema=list(DAILY)).with_row_index("day")


def outcome_of(run: Outbreak) -> Outcome:
    """Read a run that has come to its last day, or as far as it has come."""
    first, end = HISTORY, run.day
    by_age = run.by_age.sum(axis=0, dtype=np.int64)
    beds = np.cumsum(run.beds.sum(axis=0, dtype=np.int64), axis=1)
    staying = np.cumsum(run.staying, axis=1, dtype=np.int64)
    counts = [
        *run.series,
        *by_age[1:].sum(axis=2),
        *beds,
        *staying[1:],
        *run.levels.day_people[1:],
    ]
    daily = np.array([column[first:end] for column in counts], np.int64).T
    by_zone = run.by_zone.sum(axis=0, dtype=np.int64)
    infections = run.series[columns.NEW_INFECTIONS, first:end]
    days = np.flatnonzero(infections)
    waiting = any((calendar.head[:, end:] >= 0).any() for calendar in run.calendars)
    return Outcome(
        daily=daily,
        zone_infections=by_zone[0, first:end].sum(axis=0),
        zone_cases=by_zone[1, first:end].sum(axis=0),
        age_infections=by_age[0, first:end].sum(axis=0),
        last_infection=int(days[-1]) if len(days) else -1,
        extinct=not waiting,
    )
