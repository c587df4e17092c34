"""`cover`: the smallest areas that cover a target share of the expected undetected infections."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from douse.errors import UsageError
from douse.kernels.tree import nearest_marked
from douse.planning.areas.choices import Choices, Land, choices_of
from douse.planning.areas.hidden import PARTS, HiddenByArea
from douse.planning.areas.search import GAP, Found, search
from douse.planning.levels import ABOVE_OPEN
from douse.records.measure import Because

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SECONDS = 5.0
_HARDLY = 1e-6  # share by which a target may be missed by rounding


@dataclass(frozen=True)
class Area:
    """A level on one zone.

    People, infections, person-days are those of the zone without zones within it that have a higher level. Shares are
    of all expected undetected infections.
    """

    zone: int  # position
    level: str
    people: float
    hidden: float  # expected undetected infections
    covered: float  # of them, by the level's cut of contacts
    parts: dict[str, float]
    counts: dict[str, float]
    person_days: float
    staff_days: float
    share_without: float  # covered by the choice without this area
    lesser: str  # the next lower level that the protocol proposes; open at the end
    share_lesser: float  # covered by the choice with that level here


@dataclass(frozen=True)
class Cover:
    """Levels on zones that cover a share of the expected undetected infections at the least person-days.

    Attributes
    ----------
    target : float
        Share asked for.
    level : str or None
        Highest level allowed; None: any.
    days : float
        Until the expiry.
    areas : tuple[Area, ...]
        Most infections first; none for a target of 0, or where nothing can be chosen.
    share, inside : float
        Of the expected undetected infections: covered, and within the areas.
    people : float
        Who live in them.
    person_days, staff_days : float
        Restricted, and of those who hold the areas.
    cost, bound : float
        Sum of both, and what no choice can go below that covers as much.
    most : float
        Largest share that can be covered.
    short : Because or None
        Why the target is not reached.
    """

    target: float
    level: str | None
    days: float
    areas: tuple[Area, ...]
    share: float
    inside: float
    people: float
    person_days: float
    staff_days: float
    cost: float
    bound: float
    most: float
    short: Because | None = None

    @property
    def gap(self) -> float:
        """Share of the cost that a better choice could save at most."""
        return max(0.0, self.cost - self.bound) / max(self.cost, 1e-12)


def cover(  # noqa: PLR0913  what is known, and what is asked
    hidden: HiddenByArea,
    land: Land,
    *,
    target: float,
    level: str | None = None,
    days: float,
    kinds: tuple[str, ...] | None = None,
    seconds: float = SECONDS,
    gap: float = GAP,
) -> Cover:
    """The levels on zones that cover a share of the expected undetected infections with the fewest person-days.

    An area's infections count as covered by the share of contacts outside the home that its level takes. Person-days
    are residents x `stays_home` x days, and for each separate area the staff that hold it (`areas.hold_staff`). A level
    on a zone holds for all within it; within it only higher levels may begin, and people count once, at their highest
    level. A separate area is one zone with a level: neighbours become one where the zone around them costs less than
    to hold each by itself.

    Parameters
    ----------
    hidden : HiddenByArea
        As of `hidden_infections`.
    land : Land
        Zones and protocol: a `Basis` has both.
    target : float
        Share to cover, from 0 to 1.
    level : str, optional
        The highest level to use; None: any that the protocol proposes.
    days : float
        Until the expiry of all levels.
    kinds : tuple[str, ...], optional
        Kinds of zone to choose from, whatever the levels say.
    seconds : float
        For the integer programme at most.
    gap : float
        Share of the cost that a better choice may save at most before more is looked for.

    Returns
    -------
    Cover
        Where the target cannot be reached, as much as can be covered, with the reason in `short`.

    Raises
    ------
    UsageError
        When an argument is out of range.
    """
    if not 0 <= target <= 1 or not days > 0 or (level is not None and level not in ABOVE_OPEN):
        raise UsageError(
            "An argument of the cover is out of range.",
            allowed=f"target 0 to 1; days above 0; level {', '.join(ABOVE_OPEN)}",
        )
    choices = choices_of(hidden, land, level=level, days=days, kinds=kinds)
    total = hidden.total
    found = search(choices, land.zones.depth, target * total, seconds=seconds, gap=gap)
    chosen = _areas(hidden, choices, found, land.zones.depth)
    share = found.covered / total if total > 0 else 0.0
    most = found.most / total if total > 0 else 0.0
    return Cover(
        target=target,
        level=level,
        days=days,
        areas=chosen,
        share=share,
        inside=sum(area.hidden for area in chosen) / total if total > 0 else 0.0,
        people=float(choices.people[found.level > 0].sum()),
        person_days=float(choices.people @ choices.burden[found.level]),
        staff_days=sum(area.staff_days for area in chosen),
        cost=found.cost,
        bound=found.bound,
        most=most,
        short=_short(hidden, choices, target, most),
    )


def _short(hidden: HiddenByArea, choices: Choices, target: float, most: float) -> Because | None:
    """Why a target is missed, in words."""
    if hidden.total <= 0 or most >= target * (1 - _HARDLY):
        return None
    facts: dict[str, str | int | float] = {"most": round(100 * most), "target": round(100 * target)}
    if len(choices.levels) == 1:
        return Because("The protocol proposes no level on areas, so none can be covered.")
    if most <= 0:
        return Because("No zone is of a kind that the protocol puts a level on, so none can be covered.")
    return Because(
        "At most {most}% can be covered, not {target}%: no level cuts more contacts on zones of these kinds.", facts
    )


def _areas(hidden: HiddenByArea, choices: Choices, found: Found, depth: Ints) -> tuple[Area, ...]:
    begins = choices.put(found.level)
    at = np.flatnonzero(begins)
    if not len(at):
        return ()
    near = nearest_marked(choices.parent, depth, begins)
    area = np.where(begins, np.arange(len(begins)), near)
    within = area >= 0
    total, size = max(hidden.total, 1e-300), len(begins)

    def of_area(values: Floats) -> Floats:
        return np.bincount(area[within], values[within], minlength=size).astype(np.float64)

    def by_zone(values: Floats) -> Floats:
        spread = np.zeros(size)
        spread[hidden.zones] = values
        return of_area(spread)

    parts = {name: by_zone(hidden.parts[name]) for name in PARTS}
    counts = {name: by_zone(values) for name, values in hidden.counts.items()}
    people, infections = of_area(choices.people), of_area(choices.hidden)
    around = np.where(choices.parent >= 0, found.level[choices.parent], 0)
    made = []
    for zone in at.tolist():
        level = int(found.level[zone])
        lesser = max(level - 1, int(around[zone]))
        here = float(infections[zone])
        loses = {k: here * float(choices.covers[level] - choices.covers[k]) for k in (lesser, int(around[zone]))}
        made.append(
            Area(
                zone=zone,
                level=choices.levels[level],
                people=float(people[zone]),
                hidden=here,
                covered=here * float(choices.covers[level]),
                parts={name: float(values[zone]) for name, values in parts.items()},
                counts={name: float(values[zone]) for name, values in counts.items()},
                person_days=float(people[zone] * choices.burden[level]),
                staff_days=float(choices.hold[zone, level]),
                share_without=max(0.0, found.covered - loses[int(around[zone])]) / total,
                lesser=choices.levels[lesser],
                share_lesser=max(0.0, found.covered - loses[lesser]) / total,
            )
        )
    return tuple(sorted(made, key=lambda one: (-one.hidden, one.zone)))
