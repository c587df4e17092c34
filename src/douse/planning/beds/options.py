"""Which facility may take which party, in which kinds of beds, and how good that is."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from douse.planning.beds.who import GROUPS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CONTACT_AT = len(GROUPS) - 1
# The order of what matters, as weights. Hours count once for each person; each line outweighs those above it, and a
# more severe person outweighs any number of milder ones who could have had the same beds: whatever a person is given
# or refused concerns no more than `_STEP` others.
LONGEST = 100.0  # hours; longer ways count alike
LATER_THAN_CLOCK = 20.0
HIGHER_CLASS = 30.0
PARTED = 60.0
NONE_FREE = 200.0  # of a contact
_STEP = 8.0
# Kinds of beds that may stand in for each kind, itself first (rooms, shelter, hospital, intensive care).
STANDS_IN = ((0,), (1, 2), (2, 1), (3, 2))


@dataclass(frozen=True)
class Queue:
    """Parties that are alike, put together (G groups).

    Attributes
    ----------
    area : numpy.ndarray[int64], shape (G,)
        Where they are.
    people : numpy.ndarray[int64], shape (G, 6)
        People of one party, by group of `GROUPS`.
    rooms : numpy.ndarray[int64], shape (G,)
        Quarantine rooms that a party of contacts shares.
    beside : numpy.ndarray[int64], shape (G,)
        Facility where somebody of theirs lies already; -1: none.
    lies : numpy.ndarray[int64], shape (G,)
        Kind of bed, of a lower class than needed, that somebody of theirs lies in for now; -1: none.
    hours_left : numpy.ndarray[float64], shape (G,)
        Until they are late; 0: late already.
    parties : numpy.ndarray[int64], shape (G,)
        How many there are.
    """

    area: Ints
    people: Ints
    rooms: Ints
    beside: Ints
    lies: Ints
    hours_left: Floats
    parties: Ints

    def __len__(self) -> int:
        return len(self.area)

    @property
    def alone(self) -> NDArray[np.bool_]:
        """Groups of single people who may go anywhere; shape (G,)."""
        alone: NDArray[np.bool_] = (self.people.sum(axis=1) == 1) & (self.beside < 0)
        return alone

    def key(self, group: int, member: int | None = None) -> tuple[int, int, int, float]:
        """What single people of a group (the one that it has, where none is named) have in common."""
        one = int(np.argmax(self.people[group])) if member is None else member
        return int(self.area[group]), one, int(self.lies[group]), float(self.hours_left[group])


@dataclass(frozen=True)
class Options:
    """What the parties may be given (V options).

    Attributes
    ----------
    group, facility : numpy.ndarray[int64], shape (V,)
    kind : numpy.ndarray[int64], shape (V, 6)
        Kind of bed that people of each group of `GROUPS` get; -1: there are none.
    beds : numpy.ndarray[int64], shape (V, 4)
        Taken by one party, by kind.
    cost : numpy.ndarray[float64], shape (V,)
        Of one party.
    """

    group: Ints
    facility: Ints
    kind: Ints
    beds: Ints
    cost: Floats


def none_free_cost(groups: int = len(GROUPS)) -> Floats:
    """Cost of leaving a person without a bed, by group; shape (6,)."""
    cost: Floats = NONE_FREE * np.power(_STEP, np.arange(groups - 1, -1, -1, dtype=np.float64))
    return cost


def options_of(queue: Queue, free: Ints, hours: Floats, needs: Ints) -> Options:
    """All options.

    Parameters
    ----------
    queue : Queue
        The parties.
    free : numpy.ndarray[int64], shape (F, 4)
        Free beds by kind.
    hours : numpy.ndarray[float64], shape (A, F)
        From area to facility.
    needs : numpy.ndarray[int64], shape (6,)
        Kind of bed that each group of `GROUPS` needs; -1: none.
    """
    kinds = np.column_stack([queue.people, queue.rooms, queue.lies, np.round(queue.hours_left * 60).astype(np.int64)])
    alike, which = np.unique(kinds, axis=0, return_inverse=True)
    parts = []
    for at in range(len(alike)):
        members = np.flatnonzero(which.ravel() == at)
        people, left = alike[at, :-3], alike[at, -1] / 60
        rooms, lies = alike[at, -3:-1].tolist()
        for kind, beds, extra in _ways(people, rooms, needs, lies):
            fits = np.flatnonzero((free >= beds).all(axis=1))
            group, facility = (part.ravel() for part in np.meshgrid(members, fits, indexing="ij"))
            near = (queue.beside[group] < 0) | (queue.beside[group] == facility)
            group, facility = group[near], facility[near]
            way = hours[queue.area[group], facility]
            late = (left > 0) & (way > left)
            cost: Floats = people.sum() * (np.minimum(way, LONGEST) + LATER_THAN_CLOCK * late) + extra
            shape = (len(group), 1)
            parts.append((group, facility, np.tile(kind, shape), np.tile(beds, shape), cost))
    if not parts:
        none = np.zeros(0, np.int64)
        return Options(none, none, np.zeros((0, len(GROUPS)), np.int64), np.zeros((0, 4), np.int64), np.zeros(0))
    return Options(*(np.concatenate(part) for part in zip(*parts, strict=True)))


def _ways(people: Ints, rooms: int, needs: Ints, lies: int) -> list[tuple[Ints, Ints, float]]:
    """Each way of giving beds to a party: kind by group (-1 where it has nobody), beds by kind, extra cost."""
    present = np.flatnonzero(people > 0)
    cases = present[present != CONTACT_AT]
    wanted = sorted({int(needs[group]) for group in cases})
    if not wanted:
        kind = np.where(people > 0, 0, -1)
        return [(kind, np.array([rooms, 0, 0, 0]), 0.0)]
    # Contacts who go with a case lie beside them, in beds of the lowest kind that the cases of the party get.
    found = []
    severe = none_free_cost() / 2
    for given in product(*(STANDS_IN[need] for need in wanted)):
        if any(bed < need and bed <= lies for need, bed in zip(wanted, given, strict=True)):
            continue  # no better than the bed that they have
        of_need = dict(zip(wanted, given, strict=True))
        kind = np.full(len(people), -1)
        beds, extra = np.zeros(4, np.int64), 0.0
        for group in cases.tolist():
            need = int(needs[group])
            kind[group] = of_need[need]
            beds[of_need[need]] += people[group]
            if of_need[need] > need:
                extra += float(people[group]) * HIGHER_CLASS
            elif of_need[need] < need:
                extra += float(people[group] * severe[group])
        if people[CONTACT_AT]:
            kind[CONTACT_AT] = min(given)
            beds[min(given)] += people[CONTACT_AT]
        found.append((kind, beds, extra))
    return found
