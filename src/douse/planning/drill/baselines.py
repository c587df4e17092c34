"""Policies to compare with: nobody responds, tracing alone, the whole city locked down, the rules of the protocol."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from douse.planning.drill.decider import Brief, Policy
from douse.planning.drill.rules import by_rules
from douse.records.measure import Because, Measure
from douse.records.records import Records
from douse.situation.cases import counted_cases, is_community_case
from douse.situation.clock import resolve_days

_REASON = Because("The whole city stays at home while cases are found in the community.")


def none(brief: Brief) -> Policy:
    """Nobody does anything; people act with caution, and stay at home when they are ill."""
    del brief
    return Policy("none", None, responds=False)


def trace_only(brief: Brief) -> Policy:
    """Tests, tracing, quarantine and isolation by the protocol; all zones stay open."""
    del brief
    return Policy("trace-only", None)


def citywide(brief: Brief) -> Policy:
    """The same, and the protocol's lockdown on the whole city, from the first case on record on."""
    return Policy("citywide", Citywide(brief))


def rules(brief: Brief) -> Policy:
    """The same, and levels on the smallest zones by the rules of the protocol."""
    return Policy("rules", by_rules(brief))


@dataclass
class Citywide:
    """Lockdown of the whole city until no community case was told for the days that lifting it asks for.

    Where a protocol has no rule by which a lockdown begins (it does not use it), the days are one maximum incubation
    period. It begins again when a case is found in the community again.
    """

    brief: Brief
    _until: date | None = field(default=None, init=False)  # last day of the lockdown, as far as is known
    _since: date | None = field(default=None, init=False)

    def decide(self, known: Records, day: date) -> tuple[Measure, ...]:
        """Lockdown of all root zones, or nothing."""
        clear = timedelta(days=self._days())
        told = known.cases["first_recorded_at"].dt.date()
        if self._until is None or (told > day - clear).any():
            cases = counted_cases(known, self.brief.pathogen, self.brief.protocol)
            latest = cases.filter(is_community_case() | (pl.col("told_on") == pl.col("told_on").min()))["told_on"].max()
            if isinstance(latest, date) and (self._until is None or latest + clear > self._until):
                self._until = latest + clear
        if self._until is None or day >= self._until:
            self._since = None
            return ()
        self._since = self._since or day
        zones = known.table("zones")
        roots = zones.filter(pl.col("parent_zone").is_null()).sort("zone_id")
        return tuple(self._measure(zone, self._since) for zone in roots["zone_id"])

    def _days(self) -> int:
        rule = self.brief.protocol.level_rule("lockdown")
        if not rule.enter or rule.lift is None:
            return round(self.brief.pathogen.max_incubation.value)
        return round(resolve_days(rule.lift.days_without_case, self.brief.pathogen))

    def _measure(self, zone: str, since: date) -> Measure:
        return Measure(
            id=f"level/{zone}", action="start", kind="level", zone=zone, level="lockdown", level_before=None,
            start=since, review_on=since + timedelta(days=3), expires_on=date.max - timedelta(days=1), people=None,
            person_days=None, reason=_REASON, evidence=(), lift_rule=_REASON, lesser="control", lesser_fails=_REASON,
            support=(),
        )  # fmt: skip


BASELINES = {"none": none, "trace-only": trace_only, "citywide": citywide, "rules": rules}
