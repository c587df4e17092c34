"""What a strategy puts on zones today whatever their cases, and which levels in force it does without."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from douse.library import Strategy
from douse.library.strategy import StrategyLevel
from douse.planning.areas import HiddenByArea, cover
from douse.planning.areas.choices import contacts_cut
from douse.planning.areas.measures import why, why_not_lesser
from douse.planning.basis import Basis
from douse.planning.choice.choice import Choice
from douse.planning.choice.rules import protocol_by
from douse.planning.evidence import rank_of
from douse.planning.levels import Ordered
from douse.planning.lifting import Verdict
from douse.records.codes import LEVELS
from douse.records.measure import Because

_GAP = 0.02  # of a cover: near enough beside what the scenarios leave open


@dataclass(frozen=True)
class Chosen:
    """The strategy that was chosen, the choice, and what it puts on zones (by id) on the day of the choice.

    Without a choice: what the strategy makes of another day.
    """

    strategy: Strategy
    choice: Choice | None = None
    ordered: Mapping[str, Ordered] = field(default_factory=dict)


def ordered_today(strategy: Strategy, basis: Basis, hidden: HiddenByArea | None) -> dict[str, Ordered]:
    """Zone -> level that it gets today: the entire area for some days, and areas that cover hidden infections.

    Parameters
    ----------
    strategy : Strategy
        The strategy.
    basis : Basis
        What is known, by the protocol as it is.
    hidden : HiddenByArea or None
        Expected infections that nobody knows, by area; None: no area is covered.
    """
    ordered: dict[str, Ordered] = {}
    if basis.situation.cases.is_empty():
        return ordered
    for chosen in strategy.level:
        found = _everywhere(chosen, basis) if chosen.everywhere_days is not None else {}
        if chosen.cover is not None and hidden is not None:
            found |= _covered(strategy, chosen, basis, hidden)
        for zone, order in found.items():
            before = ordered.get(zone)
            if before is None or LEVELS.index(order.level) > LEVELS.index(before.level):
                ordered[zone] = order
    return ordered


def released(strategy: Strategy, verdicts: Mapping[int, Verdict], basis: Basis) -> dict[int, Verdict]:
    """Verdicts on the levels in force: those that the plan chosen would not put on such a zone are lifted.

    `basis` is by the rules of the strategy.
    """
    if strategy.by_rule:
        return dict(verdicts)
    because = Because("The plan chosen does without it.")
    return {
        zone: verdict
        if _would_place(strategy, verdict, basis)
        else replace(verdict, keeps=None, lifts=True, because=because, note=None)
        for zone, verdict in verdicts.items()
    }


def _would_place(strategy: Strategy, verdict: Verdict, basis: Basis) -> bool:
    """Whether cases, or the wish to cover hidden infections, put this level on zones of this kind."""
    chosen = strategy.rule_for(verdict.in_force.level)
    if chosen is None or (chosen.on_cases is None and chosen.cover is None):
        return False
    rule, rank = basis.rules[chosen.level], int(basis.zones.rank[verdict.in_force.zone])
    return rank <= rank_of(rule.largest)


def _everywhere(chosen: StrategyLevel, basis: Basis) -> dict[str, Ordered]:
    facts: dict[str, str | int | float] = {"days": chosen.everywhere_days or 0, "level": chosen.level}
    order = Ordered(
        chosen.level,
        Because(
            "The plan chosen begins with {level} in the entire area for {days} days, so that all who are infected and "
            "not known yet are found before they infect others.",
            facts,
        ),
        Because("Measures on the areas of known cases alone leave those out whom nobody knows yet.", facts),
        days=chosen.everywhere_days or 1,
        everywhere=True,
    )
    return {basis.zones.ids[zone]: order for zone in np.flatnonzero(basis.zones.parent < 0).tolist()}


def _covered(strategy: Strategy, chosen: StrategyLevel, basis: Basis, hidden: HiddenByArea) -> dict[str, Ordered]:
    """The areas in which that share of the hidden infections is expected, at the least restriction."""
    alone = strategy.model_copy(update={"level": (chosen.model_copy(update={"on_cases": chosen.on_cases or 1}),)})
    by_it = replace(basis, protocol=protocol_by(alone, basis.protocol))
    rule = by_it.rules[chosen.level]
    days = max(1, round(rule.expiry_days.value))
    target = (chosen.cover or 0.0) * contacts_cut(rule)
    made = cover(hidden, by_it, target=target, level=chosen.level, days=float(days), gap=_GAP)
    return {
        basis.zones.ids[area.zone]: Ordered(area.level, why(hidden, area), why_not_lesser(made, area), days=days)
        for area in made.areas
        if area.level == chosen.level
    }
