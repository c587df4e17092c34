"""Who stays apart on a day, and what measures leave of the meetings of two people."""

from typing import Any

import numpy as np
from numba import njit

from douse.kernels.epidemic_columns import NO_DAY, SIDE_ROWS, WATCH_DAYS, WEEKDAY
from douse.kernels.epidemic_contacts import when
from douse.kernels.epidemic_layout import (
    CALENDAR,
    CONFIRMED,
    FROM,
    FROM_BEFORE,
    HOUSEHOLD,
    INFECTED_MASK,
    ISOLATION_HOME,
    MEETS,
    NO_STAY,
    PAST,
    REACHED_ON,
    SIDE_AT,
    STAY,
    STAY_BEFORE,
    UNTIL,
    UNTIL_BEFORE,
    Floats,
    Numbers,
    Small,
    Whole,
)
from douse.kernels.person_word import home_of, kind_of, zone_of
from douse.kernels.squares import Bits, Index, draw, share


@njit(cache=True, nogil=True)
def stay_on(state: Index, day: Index, side: Small) -> Index:
    """Stay of a person on a day: quarantine, isolation or none."""
    row = state >> SIDE_AT
    if row == 0:
        return NO_STAY
    if side[row, FROM] <= day <= side[row, UNTIL]:
        return side[row, STAY]
    if side[row, FROM_BEFORE] <= day <= side[row, UNTIL_BEFORE]:
        return side[row, STAY_BEFORE]
    return NO_STAY


@njit(cache=True, nogil=True)
def openness(  # noqa: PLR0913, PLR0917
    word: Bits,
    state: Index,
    layer: Index,
    day: Index,
    side: Small,
    stay_open: Floats,
    regime: Small,
    regime_open: Floats,
) -> Any:
    """Share of the contacts of a layer that measures leave a person on a day."""
    left = stay_open[stay_on(state, day, side), layer]
    return left * regime_open[regime[day % PAST, zone_of(word)], kind_of(word), layer]


@njit(cache=True, nogil=True)
def takes_place(  # noqa: PLR0913, PLR0917
    person: Index, other: Index, word: Bits, word_other: Bits, layer: Index, slot: Index, day: Index, left: float,
    key: Bits,
) -> Any:  # fmt: skip
    """Whether a meeting takes place of which measures leave a share; the same from both sides."""
    if left >= 1.0:
        return True
    if layer == HOUSEHOLD:
        slot = abs(home_of(word) - home_of(word_other))
    return share(draw(key, min(person, other), MEETS | when(layer, slot, day))) < left


@njit(cache=True, nogil=True)
def weekend(day: Index, knobs: Floats) -> Index:
    """1 on Saturday and Sunday, else 0."""
    return 1 if (day + np.int64(knobs[WEEKDAY])) % 7 >= 5 else 0


@njit(cache=True, nogil=True)
def row_of(person: Index, state: Numbers, side: Small, side_person: Numbers, scalars: Whole) -> Index:
    """Row of a person in the side table; made where there is none."""
    row = np.int64(state[person]) >> SIDE_AT
    if row == 0:
        row = scalars[SIDE_ROWS]
        scalars[SIDE_ROWS] += 1
        state[person] = np.int64(state[person]) | (row << SIDE_AT)
        side_person[row] = person
        for column in range(side.shape[1]):
            side[row, column] = NO_DAY
        side[row, STAY] = NO_STAY
        side[row, STAY_BEFORE] = NO_STAY
    return row


@njit(cache=True, nogil=True)
def is_known(row: Index, now: Index, side: Small) -> Any:
    """Whether the infection of a person is confirmed: one before it does not count; `now` is the person's word."""
    return side[row, CONFIRMED] >= max(0, (now & INFECTED_MASK) - 1)


@njit(cache=True, nogil=True)
def begin_stay(row: Index, stay: Index, day: Index, until: Index, side: Small, staying: Small) -> None:  # noqa: PLR0913, PLR0917
    """Let a person stay apart from a day to another. Isolation goes before quarantine; a longer stay extends one."""
    until = min(until, CALENDAR - 1)
    if until < day:
        return
    if side[row, UNTIL] >= day:
        before = side[row, STAY]
        if (before >= ISOLATION_HOME) == (stay >= ISOLATION_HOME):
            if until > side[row, UNTIL]:
                staying[before, side[row, UNTIL] + 1] += 1
                staying[before, until + 1] -= 1
                side[row, UNTIL] = until
            return
        if before >= ISOLATION_HOME:
            return
        staying[before, side[row, UNTIL] + 1] += 1
        staying[before, day] -= 1
        side[row, UNTIL] = day - 1
    if side[row, FROM] <= side[row, UNTIL]:
        side[row, FROM_BEFORE] = side[row, FROM]
        side[row, UNTIL_BEFORE] = side[row, UNTIL]
        side[row, STAY_BEFORE] = side[row, STAY]
    side[row, FROM], side[row, UNTIL], side[row, STAY] = day, until, stay
    staying[stay, day] += 1
    staying[stay, until + 1] -= 1


@njit(cache=True, nogil=True)
def watched(now: Index, day: Index, side: Small, rules: Floats) -> Any:
    """Whether a contact is asked for symptoms every day, and so tested when they begin."""
    row = now >> SIDE_AT
    return row > 0 and 0 <= side[row, REACHED_ON] <= day <= side[row, REACHED_ON] + rules[WATCH_DAYS]
