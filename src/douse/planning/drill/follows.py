"""A strategy day by day: one that stays the same, or the one that a choice takes and reviews."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import polars as pl

from douse.city.from_records import Peopled
from douse.errors import LibraryError
from douse.library import Strategy, Stresses, load
from douse.planning.areas import hidden_infections
from douse.planning.basis import Basis
from douse.planning.choice.choose import Asked, choose, days_ahead
from douse.planning.choice.floor import floor_of
from douse.planning.choice.rules import protocol_by, strategies_for
from douse.planning.choice.today import ordered_today, released
from douse.planning.drill.decider import Brief, Policy
from douse.planning.drill.rules import glance
from douse.planning.evidence import gather
from douse.planning.levels import Ordered, place_levels
from douse.planning.lifting import held, judge
from douse.planning.testing.capacity import screening_capacity
from douse.planning.zones import level_measures
from douse.records.measure import Measure
from douse.records.records import Records
from douse.records.zone_tree import ZoneTree
from douse.signals.scene import Scene
from douse.simulation.simulate import Outlook, today
from douse.simulation.standing_city import standing_city
from douse.situation import describe, estimate
from douse.situation.cases import is_community_case
from douse.tracing import trace

# Of a choice within a drill: fewer scenarios than for a plan, as it is made again and again.
SCENARIOS = 36
AGAIN_AFTER = 3  # days, where cases were found in the community since
AGAIN_ANYWAY = 7  # days, while anything is in force
GIVE_UP_AT = 1_000  # infections ahead: a plan that lets them come has failed


@dataclass
class Follows:
    """Levels by one strategy, as a plan that was chosen proposes them."""

    brief: Brief
    strategy: Strategy | None = None
    ordered: dict[str, Ordered] = field(default_factory=dict)  # what it put on zones on its first day
    since: date | None = None  # that day
    _zones: ZoneTree | None = field(default=None, init=False)
    _in_force: bool = field(default=False, init=False)

    def decide(self, known: Records, day: date) -> tuple[Measure, ...]:
        """One measure for each zone that has a level of its own by the strategy."""
        if self._zones is None or not set(known.table("zones")["zone_id"]) <= set(self._zones.ids):
            self._zones = ZoneTree(known)
        basis = glance(known, self._zones, self.brief)
        strategy = self.follow(basis, day)
        if self.since is None:
            self.since, self.ordered = day, ordered_today(strategy, basis, None)
        now = placed(strategy, basis, self.ordered, days=(day - self.since).days)
        self._in_force = bool(now)
        return now

    def follow(self, basis: Basis, day: date) -> Strategy:
        """The strategy of the day."""
        del basis, day
        if self.strategy is None:
            raise ValueError("a strategy to follow")
        return self.strategy


@dataclass
class Chooses(Follows):
    """The plan that holds the floor at the least expected burden, chosen on the first day with a case and reviewed.

    It is reviewed after `AGAIN_AFTER` days where a case was found in the community since, and after `AGAIN_ANYWAY` days
    while a level is in force.

    Attributes
    ----------
    chosen : list
        Day and id of each choice.
    """

    scenarios: int = SCENARIOS
    chosen: list[tuple[date, str]] = field(default_factory=list)
    _peopled: Peopled | None = field(default=None, init=False)
    _reviewed: date | None = field(default=None, init=False)

    def follow(self, basis: Basis, day: date) -> Strategy:
        """The strategy chosen; a new choice where it is time for one."""
        if self.strategy is None or self._is_due(basis, day):
            self.strategy, self.ordered = self._choose(basis, day)
            self.since = self._reviewed = day
            self.chosen.append((day, self.strategy.id))
        return self.strategy

    def _is_due(self, basis: Basis, day: date) -> bool:
        if self._reviewed is None:
            return True
        days = (day - self._reviewed).days
        found = basis.situation.cases.filter(is_community_case() & (pl.col("told_on") > self._reviewed))
        return days >= AGAIN_AFTER and (bool(found.height) or (days >= AGAIN_ANYWAY and self._in_force))

    def _choose(self, basis: Basis, day: date) -> tuple[Strategy, dict[str, Ordered]]:
        brief, known, zones = self.brief, basis.known, basis.zones
        situation = describe(known, zones, brief.pathogen, brief.protocol)
        if self._peopled is None:
            self._peopled = standing_city(known, zones, situation.cases, brief.seed).peopled
        floor = floor_of(brief.protocol, brief.pathogen, capacities_too=False)  # few scenarios: see `race`
        seed = brief.seed + day.toordinal()
        runs = today(
            Scene(known, situation, zones, brief.pathogen, brief.protocol),
            estimate(known, situation, zones, brief.pathogen, delays=("onset_to_known",)),
            Outlook(days_ahead(brief.pathogen, floor), self.scenarios, seed=seed, peopled=self._peopled),
            workers=1,
        )
        strategies = strategies_for(brief.protocol)
        asked = Asked(
            brief.pathogen, brief.protocol, brief.costs, load(Stresses, "generic"), strategies, floor, self.scenarios,
            seed, GIVE_UP_AT,
        )  # fmt: skip
        whole = replace(
            basis, situation=situation, trace=trace(known, situation, zones, brief.pathogen, brief.protocol)
        )
        hidden = hidden_infections(whole)
        ordered = {one.id: ordered_today(one, whole, hidden) for one in strategies}
        choice = choose(
            runs, known, asked, ordered=ordered, sampled_a_day=screening_capacity(whole).people, workers=1,
            figures_too=False,
        )  # fmt: skip
        return next(one for one in strategies if one.id == choice.chosen), ordered[choice.chosen]


def placed(strategy: Strategy, basis: Basis, ordered: Mapping[str, Ordered], *, days: int) -> tuple[Measure, ...]:
    """Level measures of a strategy that has been followed for so many days."""
    rules = protocol_by(strategy, basis.protocol)
    basis = replace(basis, protocol=rules)
    evidence, verdicts = gather(basis), released(strategy, judge(basis), basis)
    still = {basis.zones.position[zone]: order for zone, order in ordered.items() if days < order.days}
    levels = place_levels(evidence, basis.zones, rules, held(verdicts), still)
    own = {basis.zones.ids[zone] for zone in levels.placements}
    return tuple(one for one in level_measures(basis, evidence, verdicts, levels) if one.zone in own)


def douse(brief: Brief) -> Policy:
    """The choice between whole plans, made anew as the outbreak goes on."""
    return Policy("douse", Chooses(brief))


def from_file(path: Path, brief: Brief) -> Policy:
    """One strategy, of a file.

    Raises
    ------
    LibraryError
        When it is not a strategy, or needs steps that the protocol does not have.
    """
    strategy = strategies_for(brief.protocol, [str(path)])[0]
    if not strategy.responds:
        raise LibraryError("A strategy in which nobody responds is the policy none.", next_step="Name none.")
    return Policy(strategy.id, Follows(brief, strategy))
