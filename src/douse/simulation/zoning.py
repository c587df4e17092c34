"""`Zoning`: on which zones levels may be put, what brings and lifts them, and what was ordered day by day."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from douse.errors import UsageError
from douse.kernels.epidemic_layout import LEVEL_MASK
from douse.kernels.epidemic_levels import LEVEL_RULES, LEVELS, RING_DAYS, SCREEN_EVERY, WINDOW


@dataclass(frozen=True)
class Order:
    """A level or a closure in some zones from a day on.

    Attributes
    ----------
    zones : numpy.ndarray[int64]
        Positions of zones of residence.
    bits : int
        A level (0 to 3), or 4 schools closed, 8 work closed; or 0 with `screening`.
    start, end : int
        First and last day of the run.
    screening : bool
        A round of screening on the first day.
    """

    zones: NDArray[np.int64]
    bits: int
    start: int
    end: int
    screening: bool = False


@dataclass(frozen=True)
class Zoning:
    """Rules of levels in a city of Z zones.

    Attributes
    ----------
    unit_of : numpy.ndarray[int32], shape (4, Z)
        Unit that a level is put on, by level and zone of residence; -1: the level has none there.
    threshold : numpy.ndarray[int32], shape (4, U)
        Community cases within the window of the level that bring it; 0: none do.
    level_rules : numpy.ndarray[int64], shape (4, 6)
        See `kernels/epidemic_levels.py`.
    delay : int
        Days from the case to the level: a person approves it. 1 and more.
    orders : tuple[Order, ...]
        What holds whatever the cases.
    rules_from : int
        First day of the run on which cases may bring a level; those of the days before are counted then.
    """

    unit_of: NDArray[np.int32]
    threshold: NDArray[np.int32]
    level_rules: NDArray[np.int64]
    delay: int = 1
    orders: tuple[Order, ...] = field(default=())
    rules_from: int = 0

    def __post_init__(self) -> None:
        if self.unit_of.shape[0] != LEVELS or self.level_rules.shape != (LEVELS, LEVEL_RULES) or self.delay < 1:
            raise ValueError("rules of four levels, and a delay of a day at least")
        zones = self.unit_of.shape[1]
        if self.unit_of.max(initial=-1) >= self.threshold.shape[1] or any(
            len(order.zones) and not 0 <= order.zones.min() <= order.zones.max() < zones for order in self.orders
        ):
            raise ValueError("a zone or a unit that there is not")
        if self.level_rules.min() < 0 or self.threshold.min() < 0:
            raise UsageError("A rule of a level holds a number below 0.", allowed="0 and more")
        if self.level_rules[:, WINDOW].max() > RING_DAYS:
            raise UsageError(
                f"A level counts the cases of {self.level_rules[:, WINDOW].max()} days.",
                allowed=f"at most {RING_DAYS} days",
                next_step="Use a shorter window in the protocol.",
            )

    @property
    def acts(self) -> bool:
        """Whether any level or closure can come about."""
        return bool((self.threshold > 0).any() or self.orders)

    def changes_on(self, day: int) -> bool:
        """Whether an order begins on a day of the run, or ended the day before."""
        return any(day in (order.start, order.end + 1) for order in self.orders)

    def ordered_on(self, day: int) -> NDArray[np.uint8]:
        """Level and closures that are ordered for a day; the highest level where several are. Shape (Z,)."""
        ordered = np.zeros(self.unit_of.shape[1], np.uint8)
        for order in self.orders:
            if order.start <= day <= order.end and not order.screening:
                level = np.maximum(ordered[order.zones] & LEVEL_MASK, order.bits & LEVEL_MASK)
                closed = (ordered[order.zones] | order.bits) & ~np.uint8(LEVEL_MASK)
                ordered[order.zones] = level | closed
        return ordered

    def rounds_on(self, day: int, level_of: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """1 in zones with a round of screening by order: of its own, or of the level that was ordered and holds.

        `level_of` (shape (Z,)) is the level of each zone on the day.
        """
        due = np.zeros(self.unit_of.shape[1], np.uint8)
        for order in self.orders:
            since, level = day - order.start, order.bits & LEVEL_MASK
            every = int(self.level_rules[level, SCREEN_EVERY]) if level else 0
            if order.screening:
                due[order.zones] |= since == 0
            elif every and 0 <= since <= order.end - order.start and since % every == 0:
                due[order.zones] |= level_of[order.zones] == level
        return due


def no_zoning(zones: int) -> Zoning:
    """Every zone stays open."""
    return Zoning(
        np.full((LEVELS, zones), -1, np.int32),
        np.zeros((LEVELS, 1), np.int32),
        np.zeros((LEVELS, LEVEL_RULES), np.int64),
    )
