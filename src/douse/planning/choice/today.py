"""What the plan chosen puts on zones today, whatever their cases."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from douse.library import Strategy
from douse.planning.basis import Basis
from douse.planning.choice.choice import Choice
from douse.planning.evidence import rank_of
from douse.planning.levels import Ordered
from douse.planning.lifting import Verdict
from douse.records.measure import Because


@dataclass(frozen=True)
class Chosen:
    """The strategy that was chosen, and the choice."""

    strategy: Strategy
    choice: Choice


def ordered_today(strategy: Strategy, basis: Basis) -> dict[int, Ordered]:
    """Zone -> level that it gets today: the entire area for some days, and areas that cover hidden infections."""
    return _everywhere(strategy, basis)


def released(strategy: Strategy, verdicts: Mapping[int, Verdict], basis: Basis) -> dict[int, Verdict]:
    """Verdicts on the levels in force: those that the plan chosen would not put on such a zone are lifted."""
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


def _everywhere(strategy: Strategy, basis: Basis) -> dict[int, Ordered]:
    ordered = {}
    for chosen in strategy.level:
        if chosen.everywhere_days is None or basis.situation.cases.is_empty():
            continue
        facts: dict[str, str | int | float] = {"days": chosen.everywhere_days, "level": chosen.level}
        for zone in np.flatnonzero(basis.zones.parent < 0).tolist():
            ordered[zone] = Ordered(
                chosen.level,
                Because(
                    "The plan chosen begins with {level} in the entire area for {days} days, so that all who are "
                    "infected and not known yet are found before they infect others.",
                    facts,
                ),
                Because("Measures on the areas of known cases alone leave those out whom nobody knows yet.", facts),
                days=chosen.everywhere_days,
            )
    return ordered
