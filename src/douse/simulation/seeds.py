"""`Seeds`: infections that a run begins with, and those that arrive later."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from douse.errors import UsageError
from douse.kernels.epidemic_columns import (
    NO_DAY,
    S_CONFIRMED,
    S_DAY,
    S_INFECTED,
    S_PERSON,
    S_STAY,
    S_TESTED,
    S_UNTIL,
    S_VARIANT,
    SEED_WIDTH,
)
from douse.simulation.scenario import HISTORY, MOST_DAYS

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Seeds:
    """Infected people who appear in a run; days are counted from the first of the run.

    Attributes
    ----------
    rows : numpy.ndarray[int64], shape (n, 8)
        As the kernels ask for, by day and person; see `make_seeds`.
    entry_tests : numpy.ndarray[int64]
        Days after arrival on which people in entry quarantine are tested.
    """

    rows: Whole
    entry_tests: Whole

    @cached_property
    def stays(self) -> bool:
        """Whether anybody is apart from others from the beginning."""
        return bool((self.rows[:, S_STAY] > 0).any() or (self.rows[:, S_CONFIRMED] >= 0).any())

    @property
    def variants(self) -> bool:
        """Whether a second variant is among them."""
        return bool(self.rows[:, S_VARIANT].any())

    def of_day(self, day: int) -> Whole:
        """Rows of a day of the calendar."""
        first, end = np.searchsorted(self.rows[:, S_DAY], [day, day + 1])
        return self.rows[first:end]


def make_seeds(  # noqa: PLR0913  a column each, by keyword
    persons: Sequence[int] | Whole,
    *,
    infected: Sequence[int] | Whole | int = 0,
    day: Sequence[int] | Whole | int = 0,
    variant: Sequence[int] | Whole | int = 0,
    stay: Sequence[int] | Whole | int = 0,
    until: Sequence[int] | Whole | int = 0,
    confirmed: Sequence[int] | Whole | int | None = None,
    tested: Sequence[bool] | Whole | bool = False,
    entry_tests: Sequence[int] = (),
) -> Seeds:
    """Infections to begin with.

    Parameters
    ----------
    persons : sequence of int, shape (n,)
        Positions in the city.
    infected : int or shape (n,)
        Day of infection; before the first of the run: negative, at least -60.
    day : int or shape (n,)
        Day on which the person appears in the city; passes on nothing before.
    variant : int or shape (n,)
        0 or 1.
    stay, until : int or shape (n,)
        Stay apart from that day (0 none, 1 quarantine at home, 2 central, 3 isolation at home, 4 in a bed) and its
        last day.
    confirmed : int or shape (n,), optional
        Day on which the infection is or was known; None or -1000: unknown.
    tested : bool or shape (n,)
        Tested on the days of `entry_tests`.

    Raises
    ------
    UsageError
        When a day is out of range or no such variant exists.
    """
    n = len(persons)
    rows = np.zeros((n, SEED_WIDTH), np.int64)
    rows[:, S_PERSON] = persons
    rows[:, S_DAY] = np.asarray(day) + HISTORY
    rows[:, S_INFECTED] = np.minimum(np.asarray(infected), np.asarray(day)) + HISTORY
    rows[:, S_VARIANT] = variant
    rows[:, S_STAY] = stay
    rows[:, S_UNTIL] = np.asarray(until) + HISTORY
    rows[:, S_CONFIRMED] = NO_DAY if confirmed is None else np.asarray(confirmed) + HISTORY
    rows[:, S_TESTED] = tested
    if n and (
        rows[:, S_INFECTED].min() < 0 or rows[:, S_DAY].min() < HISTORY or rows[:, S_DAY].max() > HISTORY + MOST_DAYS
    ):
        raise UsageError(
            "An infection lies too far before or after the run.",
            allowed=f"infected at most {HISTORY} days before, appearing on one of {MOST_DAYS} days",
            next_step="Begin the run on another day.",
        )
    if n and (
        not {*np.unique(rows[:, S_VARIANT])} <= {0, 1} or not 0 <= rows[:, S_STAY].min() <= rows[:, S_STAY].max() <= 4
    ):
        raise UsageError(
            "An infection names a variant or a stay that there is not.", allowed="variants 0, 1; stays 0 to 4"
        )
    order = np.lexsort((rows[:, S_PERSON], rows[:, S_DAY]))
    return Seeds(rows[order], np.asarray(entry_tests, np.int64))
