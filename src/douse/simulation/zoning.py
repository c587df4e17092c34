"""`Zoning`: on which zones levels may be put, what brings and lifts them, and what was ordered day by day."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from douse.errors import UsageError
from douse.kernels.epidemic_levels import LEVEL_RULES, LEVELS, RING_DAYS, WINDOW


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


def no_zoning(zones: int) -> Zoning:
    """Every zone stays open."""
    return Zoning(
        np.full((LEVELS, zones), -1, np.int32),
        np.zeros((LEVELS, 1), np.int32),
        np.zeros((LEVELS, LEVEL_RULES), np.int64),
    )
