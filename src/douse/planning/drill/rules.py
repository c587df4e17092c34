"""The protocol's own rules of levels, day by day: of a plan only what levels are decided on."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from douse.planning.basis import Basis
from douse.planning.drill.decider import Brief
from douse.planning.evidence import gather
from douse.planning.levels import place_levels
from douse.planning.lifting import held, judge
from douse.planning.zones import level_measures
from douse.records.measure import Measure
from douse.records.records import Records
from douse.records.zone_tree import ZoneTree
from douse.situation.cases import counted_cases
from douse.situation.situation import CommunityZero, ContactFigures, Interval, Situation
from douse.tracing.trace import Trace


@dataclass
class ByRules:
    """Levels on the smallest zones that cover the evidence, as `make_plan` proposes them; lifted by the protocol."""

    brief: Brief
    _zones: ZoneTree | None = field(default=None, init=False)

    def decide(self, known: Records, day: date) -> tuple[Measure, ...]:
        """One measure for each zone with a level of its own after the plan of the day."""
        del day
        if self._zones is None or not set(known.table("zones")["zone_id"]) <= set(self._zones.ids):
            self._zones = ZoneTree(known)
        basis = glance(known, self._zones, self.brief)
        evidence, verdicts = gather(basis), judge(basis)
        levels = place_levels(evidence, basis.zones, self.brief.protocol, held(verdicts))
        own = {basis.zones.ids[zone] for zone in levels.placements}
        return tuple(one for one in level_measures(basis, evidence, verdicts, levels) if one.zone in own)


def by_rules(brief: Brief) -> ByRules:
    """A fresh decider."""
    return ByRules(brief)


def glance(known: Records, zones: ZoneTree, brief: Brief) -> Basis:
    """The basis of a plan with the counted cases and nothing else: all that levels on cases are decided on.

    `describe` and `trace` take ten times as long; sites and contacts of theirs are left out here.
    """
    situation = _bare(known.day, brief, counted_cases(known, brief.pathogen, brief.protocol))
    return Basis(known, situation, _NO_TRACE, zones, brief.pathogen, brief.protocol, brief.costs, 1)


def _bare(day: date, brief: Brief, cases: pl.DataFrame) -> Situation:
    frames: dict[str, Any] = dict.fromkeys(
        ("curve", "by_zone", "by_age", "by_origin", "severity", "reproduction"), pl.DataFrame()
    )
    numbers: dict[str, Any] = dict.fromkeys(
        ("total", "suspected", "new_today", "new_week", "active", "deaths"), cases.height
    )
    unknown = Interval(None, why_not="not looked at")
    return Situation(
        as_of=day, pathogen=brief.pathogen.id, protocol=brief.protocol.id, cases=cases, r_now=unknown,
        doubling_days=unknown, growth_per_day=unknown, delays=(), milestones=(),
        community_zero=CommunityZero(0, 0, None, 0, 0, reached=False),
        contacts=ContactFigures(0, None, None, None, 0, None, 0, 0), missing=(), **frames, **numbers,
    )  # fmt: skip


_NO_TRACE = Trace(
    links=pl.DataFrame(),
    chains=(),
    contacts=pl.DataFrame(schema={"zone": pl.String}),
    worklist=pl.DataFrame(),
    places=pl.DataFrame(schema={"zone": pl.String, "last_day": pl.Date}),
)
