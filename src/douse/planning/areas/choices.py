"""What may be chosen: which level on which zone, what each covers and takes."""

from dataclasses import dataclass
from typing import Protocol as Shape
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from douse.library.codes import ContactPlace
from douse.library.protocol import LevelRule, Protocol
from douse.planning.areas.hidden import HiddenByArea, area_rules
from douse.planning.evidence import rank_of
from douse.planning.levels import ABOVE_OPEN
from douse.records.zone_tree import ZoneTree

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Land(Shape):
    """Zones and rules; a `Basis` has both."""

    @property
    def zones(self) -> ZoneTree:
        """The tree of zones."""

    @property
    def protocol(self) -> Protocol:
        """The rules."""


@dataclass(frozen=True)
class Choices:
    """Levels (K, the first being none) and zones (Z).

    Attributes
    ----------
    parent : numpy.ndarray[int64], shape (Z,)
        Of the tree.
    levels : tuple[str, ...]
        Names, lowest first; the first is open.
    people, hidden : numpy.ndarray[float64], shape (Z,)
        Residents and expected infections of a zone itself, without zones within it.
    covers : numpy.ndarray[float64], shape (K,)
        Share of the infections of an area that a level covers.
    burden : numpy.ndarray[float64], shape (K,)
        Person-days restricted for one resident until the expiry.
    hold : numpy.ndarray[float64], shape (Z, K)
        Staff person-days that a separate area takes until the expiry; infinite where the level is never put there.
    """

    parent: Ints
    levels: tuple[str, ...]
    people: Floats
    hidden: Floats
    covers: Floats
    burden: Floats
    hold: Floats

    def own(self, price: float) -> Floats:
        """Person-days of each zone itself, less the price of what is covered; shape (Z, K)."""
        return self.people[:, None] * self.burden - price * self.hidden[:, None] * self.covers

    def put(self, level: Ints) -> Bools:
        """Zones where a level begins: higher than around; shape (Z,)."""
        around = np.where(self.parent >= 0, level[self.parent], 0)
        return level > around

    def covered(self, level: Ints) -> float:
        """Expected infections covered by a choice of levels, shape (Z,)."""
        return float(self.hidden @ self.covers[level])

    def cost(self, level: Ints) -> float:
        """Restricted person-days and staff person-days of a choice."""
        at = np.flatnonzero(self.put(level))
        return float(self.people @ self.burden[level] + self.hold[at, level[at]].sum())


def choices_of(
    hidden: HiddenByArea, land: Land, *, level: str | None, days: float, kinds: tuple[str, ...] | None = None
) -> Choices:
    """What may be chosen.

    Levels are those that the protocol ever proposes (it has a rule to enter them). A level may be put on zones from
    its smallest to its largest kind; where the tree has no zone between, on the largest below. `kinds` allows these
    kinds instead, whatever the level: for comparison.

    Parameters
    ----------
    hidden : HiddenByArea
        Expected infections and residents of the smallest areas.
    land : Land
        Zones and rules.
    level : str, optional
        The highest level to use; None: any.
    days : float
        Until the expiry.
    kinds : tuple[str, ...], optional
        Kinds of zone that may have a level.
    """
    zones, protocol = land.zones, land.protocol
    highest = ABOVE_OPEN.index(level) if level else len(ABOVE_OPEN) - 1
    rules = [protocol.level_rule(name) for name in ABOVE_OPEN[: highest + 1]]
    rules = [rule for rule in rules if rule.enter]
    staff = area_rules(protocol).hold_staff
    people, own = np.zeros(len(zones)), np.zeros(len(zones))
    people[hidden.zones], own[hidden.zones] = hidden.people, hidden.expected
    hold = np.full((len(zones), len(rules) + 1), np.inf)
    for at, rule in enumerate(rules, start=1):
        allowed = _may_have(rule, zones) if kinds is None else np.isin(zones.rank, [rank_of(kind) for kind in kinds])
        hold[allowed, at] = days * (number.value if (number := staff.get(rule.level)) else 0.0)
    return Choices(
        parent=zones.parent,
        levels=("open", *(rule.level for rule in rules)),
        people=people,
        hidden=own,
        covers=np.array([0.0, *(contacts_cut(rule) for rule in rules)]),
        burden=np.array([0.0, *(rule.stays_home.value * days for rule in rules)]),
        hold=hold,
    )


def contacts_cut(rule: LevelRule) -> float:
    """Share of the contacts outside the home that a level takes: the mean over the kinds of place where people meet."""
    places = get_args(ContactPlace)
    return float(np.mean([rule.contacts_cut.get(place, rule.stays_home).value for place in places]))


def _may_have(rule: LevelRule, zones: ZoneTree) -> Bools:
    small: Bools = zones.rank <= rank_of(rule.largest)
    around = zones.rank[zones.parent] if len(zones) else zones.rank
    topmost = (zones.parent < 0) | (around > rank_of(rule.largest))
    return small & ((zones.rank >= rank_of(rule.smallest)) | topmost)
