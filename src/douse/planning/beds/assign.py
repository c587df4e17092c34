"""The programme that gives parties to facilities."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from douse.planning.beds.options import PARTED, Options, Queue, none_free_cost, options_of
from douse.planning.programme import Programme

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# More options are first taken as divisible; what is left over of that is then given out whole.
_WHOLE_AT_ONCE = 3000
_LEFT_OVER_GAP = 1e-4
_ABOUT = 1e-6


@dataclass(frozen=True)
class Assignment:
    """How many parties of each group are given what.

    Attributes
    ----------
    queue : Queue
        The groups that were asked about, then groups of single people (no parties of their own) that parted parties
        join.
    options : Options
        Of these groups.
    given : numpy.ndarray[int64], shape (V,)
        Parties by option.
    parted : numpy.ndarray[int64], shape (G,)
        Parties whose members are given beds one by one.
    none_free : numpy.ndarray[int64], shape (G,)
        Single people without a bed.
    cost, bound : float
        Of this assignment; no assignment could cost less.
    """

    queue: Queue
    options: Options
    given: Ints
    parted: Ints
    none_free: Ints
    cost: float
    bound: float

    @property
    def gap(self) -> float:
        """Share of the cost that a better assignment could save at most."""
        return max(0.0, self.cost - self.bound) / max(self.cost, 1.0)


def assign(queue: Queue, free: Ints, hours: Floats, needs: Ints) -> Assignment:
    """Give beds to parties at the least cost (see `options.py` for what counts).

    Parameters
    ----------
    queue : Queue
        Parties; whoever is in a group of `needs` -1 is not in it.
    free : numpy.ndarray[int64], shape (F, 4)
        Free beds of each facility: rooms, shelter, hospital, intensive care.
    hours : numpy.ndarray[float64], shape (A, F)
        From area to facility.
    needs : numpy.ndarray[int64], shape (6,)
        Kind of bed by group of `GROUPS`.
    """
    queue, single_of = _with_singles(queue)
    options = options_of(queue, free, hours, needs)
    model = _Model(queue, options, single_of, none_free_cost())
    whole_at_once = len(options.group) <= _WHOLE_AT_ONCE
    first = model.solve(queue.parties, free, whole=whole_at_once)
    if whole_at_once:
        return model.answer(first.values, first.bound)
    down = model.without_debts(np.floor(first.values + _ABOUT), queue.parties)
    left = queue.parties - model.done(down)
    rest = model.solve(np.round(left).astype(np.int64), free - model.beds(down, len(free)), whole=True)
    return model.answer(down + rest.values, first.bound)


def _with_singles(queue: Queue) -> tuple[Queue, Ints]:
    """Add groups of single people for the members of parties; for each group and member group its single group.

    The second has shape (G, 6), -1 where the party has nobody of that group or is a single person already.
    """
    position = {queue.key(group): group for group in np.flatnonzero(queue.alone).tolist()}
    width = queue.people.shape[1]
    single_of = [[-1] * width for _ in range(len(queue))]
    made: list[tuple[int, int, int, float]] = []
    for group in np.flatnonzero(~queue.alone).tolist():
        for member in np.flatnonzero(queue.people[group]).tolist():
            key = queue.key(group, member)
            if key not in position:
                position[key] = len(queue) + len(made)
                made.append(key)
            single_of[group][member] = position[key]
    more = len(made)
    of_one = np.array([key[:3] for key in made], dtype=np.int64).reshape(more, 3)
    longer = Queue(
        area=np.r_[queue.area, of_one[:, 0]],
        people=np.concatenate([queue.people, np.eye(width, dtype=np.int64)[of_one[:, 1]]]),
        rooms=np.r_[queue.rooms, np.ones(more, np.int64)],
        beside=np.r_[queue.beside, np.full(more, -1)],
        lies=np.r_[queue.lies, of_one[:, 2]],
        hours_left=np.r_[queue.hours_left, np.array([key[3] for key in made], dtype=np.float64)],
        parties=np.r_[queue.parties, np.zeros(more, np.int64)],
    )
    return longer, np.array(single_of + [[-1] * width] * more, dtype=np.int64).reshape(len(longer), width)


class _Model:
    """Variables: parties by option, then parties parted and single people without a bed, by group."""

    def __init__(self, queue: Queue, options: Options, single_of: Ints, none_free: Floats) -> None:
        self.queue, self.options, self.single_of = queue, options, single_of
        self.alone = queue.alone
        # Whoever lies in a bed of a lower class stays there.
        self.short_cost = (queue.people * none_free).sum(axis=1) / np.where(queue.lies >= 0, 2, 1)
        self.part_cost = PARTED * np.ones(len(queue))
        # Joins: (parted group, single group, people).
        at, member = np.nonzero(single_of >= 0)
        self.joins = at, single_of[at, member], queue.people[at, member]

    def solve(self, parties: Ints, free: Ints, *, whole: bool) -> "_Answer":
        """The best for so many parties and beds."""
        opts, many, groups = self.options, len(self.options.group), len(self.queue)
        model = Programme()
        given = model.add(many, opts.cost, whole=whole)
        parted = model.add(groups, self.part_cost, high=np.where(self.alone, 0, np.inf), whole=whole)
        short = model.add(groups, self.short_cost, high=np.where(self.alone, np.inf, 0), whole=whole)
        at, single, people = self.joins
        every = np.arange(groups)
        model.limit(
            groups,
            np.r_[opts.group, every, every, single],
            np.r_[given, parted, short, parted[at]],
            np.r_[np.ones(many + 2 * groups), -people],
            least=parties,
            most=parties,
        )
        option, kind = np.nonzero(opts.beds)
        place = opts.facility[option] * free.shape[1] + kind
        model.limit(free.size, place, given[option], opts.beds[option, kind], most=free.ravel())
        solution = model.solve(gap=_LEFT_OVER_GAP if many > _WHOLE_AT_ONCE else 0.0)
        return _Answer(solution.values, solution.bound)

    def parts(self, values: Floats) -> tuple[Floats, Floats, Floats]:
        """Values by option, of parties parted and of single people without a bed."""
        many, groups = len(self.options.group), len(self.queue)
        return values[:many], values[many : many + groups], values[many + groups :]

    def done(self, values: Floats) -> Floats:
        """Parties that values deal with, less single people whom they add; shape (G,)."""
        given, parted, short = self.parts(values)
        at, single, people = self.joins
        total = np.bincount(self.options.group, given, len(self.queue)) + parted + short
        joined: Floats = total - np.bincount(single, parted[at] * people, len(self.queue))
        return joined

    def without_debts(self, values: Floats, parties: Ints) -> Floats:
        """Fewer given, where parties that are parted only in part were rounded to none and their members given beds."""
        values = values.copy()
        over = np.round(self.done(values) - parties).astype(np.int64)
        short = len(self.options.group) + len(self.queue)
        for group in np.flatnonzero(over > 0).tolist():
            too_many = float(over[group])
            for at in (short + group, *np.flatnonzero(self.options.group == group)[::-1].tolist()):
                less = min(too_many, values[at])
                values[at] -= less
                too_many -= less
        return values

    def beds(self, values: Floats, facilities: int) -> Ints:
        """Beds that values take; shape (F, 4)."""
        given = self.parts(values)[0]
        opts = self.options
        taken = np.stack([np.bincount(opts.facility, given * opts.beds[:, kind], facilities) for kind in range(4)], 1)
        return np.round(taken).astype(np.int64)

    def answer(self, values: Floats, bound: float) -> Assignment:
        """Whole numbers and what they cost."""
        given, parted, short = (np.round(part).astype(np.int64) for part in self.parts(values))
        cost = given @ self.options.cost + parted @ self.part_cost + short @ self.short_cost
        return Assignment(self.queue, self.options, given, parted, short, float(cost), bound)


@dataclass(frozen=True)
class _Answer:
    values: Floats
    bound: float
