"""Levels to measures: what to lift, start, change and keep, for how many people and how long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from douse.kernels.tree import nearest_marked
from douse.library.protocol import LevelRule
from douse.planning.basis import Basis
from douse.planning.evidence import Evidence, Floats
from douse.planning.levels import LevelMap, Placement, next_lower
from douse.planning.lifting import InForce, Verdict
from douse.planning.reasons import evidence_of, support_owed, when_lifted, why_not_less, why_placed
from douse.records.codes import LEVELS
from douse.records.measure import Because, Measure
from douse.records.zone_tree import ZoneTree

NO_LESSER = "none"
ACTIONS = ("lift", "change", "start", "keep")


@dataclass(frozen=True)
class _Dates:
    start: date
    review_on: date
    expires_on: date


def level_measures(
    basis: Basis, evidence: Evidence, verdicts: Mapping[int, Verdict], levels: LevelMap
) -> tuple[Measure, ...]:
    """One measure for each zone that has a level of its own now or after the plan.

    People are the zone's residents without those of zones within it that have a higher level of their own, so that
    person-days may be added up.

    Parameters
    ----------
    basis, evidence
        What is known.
    verdicts : Mapping[int, Verdict]
        Of the levels in force.
    levels : LevelMap
        After the plan.

    Returns
    -------
    tuple[Measure, ...]
        In the order of `in_order`.
    """
    people = own_people(basis.zones, levels, verdicts)
    placed = (
        _placed(basis, evidence, placement, verdicts.get(zone), _whole_people(people[zone]))
        for zone, placement in levels.placements.items()
    )
    ended = (
        _ended(basis, levels, verdict, _whole_people(people[zone]))
        for zone, verdict in verdicts.items()
        if zone not in levels.placements
    )
    return in_order([*placed, *ended])


def in_order(measures: list[Measure]) -> tuple[Measure, ...]:
    """Lifting first, then changes, starts and what is kept; within these the highest level first, then by zone."""

    def key(measure: Measure) -> tuple[int, int, str, str]:
        level = measure.level_before if measure.action == "lift" else measure.level
        height = LEVELS.index(level) if level else -1
        return ACTIONS.index(measure.action), -height, measure.zone or "", measure.id

    return tuple(sorted(measures, key=key))


def own_people(zones: ZoneTree, levels: LevelMap, verdicts: Mapping[int, Verdict]) -> Floats:
    """Residents of each zone, without those of zones within it that have a level of their own; NaN: not known. (Z,).

    A zone that is lifted counts whole, less the levels within it; a zone around it counts it too.
    """
    placed = list(levels.placements)
    ended = [zone for zone in verdicts if zone not in levels.placements]
    own = without_inner(zones, zones.population, placed)
    freed = without_inner(zones, zones.population, placed, also_around=ended)
    own[ended] = freed[ended]
    return own


def without_inner(zones: ZoneTree, totals: Floats, placed: Sequence[int], *, also_around: Sequence[int] = ()) -> Floats:
    """Totals of each zone less those of the placed zones that it is the nearest around; shape (Z,).

    Parameters
    ----------
    zones : ZoneTree
        The tree.
    totals : numpy.ndarray[float64], shape (Z,)
        Over each zone's subtree; an unknown total (NaN) takes nothing from the zone around.
    placed : Sequence[int]
        Positions of zones that count by themselves.
    also_around : Sequence[int]
        Positions of further zones that placed ones are taken from, and that are taken from none.
    """
    marked = np.zeros(len(zones), dtype=np.bool_)
    marked[[*placed, *also_around]] = True
    inner = np.array(placed, dtype=np.int64)
    inner = inner[~np.isnan(totals[inner])]
    around = nearest_marked(zones.parent, zones.depth, marked)[inner]
    own = totals.copy()
    np.subtract.at(own, around[around >= 0], totals[inner[around >= 0]])
    return np.where(np.isnan(own), np.nan, np.maximum(own, 0))


def _placed(
    basis: Basis, evidence: Evidence, placement: Placement, verdict: Verdict | None, people: int | None
) -> Measure:
    rule = basis.rules[placement.level]
    before = verdict.in_force if verdict else None
    action = _action(placement.level, verdict)
    dates = _dates(basis.as_of, rule, before if action == "keep" else None)
    if placement.ordered is not None:
        dates = _until(dates, basis.as_of + timedelta(days=placement.ordered.days))
    days = (dates.expires_on - basis.as_of).days
    reason, lesser, fails = _words(basis, evidence, placement, verdict, action)
    zone = basis.zones.ids[placement.zone]
    return Measure(
        id=f"level/{zone}",
        action=action,
        kind="level",
        zone=zone,
        level=placement.level,
        level_before=before.level if before else None,
        start=dates.start,
        review_on=dates.review_on,
        expires_on=dates.expires_on,
        people=people,
        person_days=None if people is None else round(people * rule.stays_home.value * days, 6),
        reason=reason,
        evidence=() if action == "lift" else evidence_of(basis, evidence, placement),
        lift_rule=when_lifted(basis, rule),
        lesser=lesser,
        lesser_fails=fails,
        support=support_owed(basis, rule, placement.zone, days),
    )


def _words(
    basis: Basis, evidence: Evidence, placement: Placement, verdict: Verdict | None, action: str
) -> tuple[Because, str, Because]:
    """Reason, lesser level, and why the lesser does not do."""
    lesser = next_lower(placement.level, basis.protocol)
    if verdict and action == "lift":
        step = Because(
            "The protocol lowers {before} to {level} first.", _steps(verdict.in_force.level, placement.level)
        )
        return verdict.because, lesser, step
    if placement.ordered is not None:
        return placement.ordered.because, lesser, placement.ordered.less_fails
    because = why_placed(basis, evidence, placement)
    if because:
        return because, lesser, why_not_less(placement, lesser)
    held = verdict.because if verdict else Because("In force.")
    lift = basis.rules[placement.level].lift
    return held, lift.to if lift else lesser, held


def _ended(basis: Basis, levels: LevelMap, verdict: Verdict, people: int | None) -> Measure:
    """A level in force that the zone no longer has by itself: lifted, or taken over by a zone around it."""
    now = verdict.in_force
    after = LEVELS[levels.reach[now.zone]]
    zone = basis.zones.ids[now.zone]
    rule = basis.rules[after]
    dates = _dates(basis.as_of, rule, None)
    if LEVELS.index(after) >= LEVELS.index(now.level):
        action, reason = "change", _taken_over(basis, levels, now, after)
        lesser, fails = now.level, Because("Two measures for the same people say nothing more than one.")
    else:
        action, reason = "lift", verdict.because
        lesser, fails = _nothing_less(basis, now.level, after)
    return Measure(
        id=f"level/{zone}",
        action=action,
        kind="level",
        zone=zone,
        level=after,
        level_before=now.level,
        start=dates.start,
        review_on=dates.review_on,
        expires_on=dates.expires_on,
        people=people,
        person_days=0.0,  # where a level stays, it is that of the zone around, and counted there
        reason=reason,
        evidence=(),
        lift_rule=when_lifted(basis, rule),
        lesser=lesser,
        lesser_fails=fails,
        support=(),
    )


def _taken_over(basis: Basis, levels: LevelMap, now: InForce, after: str) -> Because:
    return Because(
        "Lies within {outer}, which has {level}; a measure of its own is no longer needed.",
        {"outer": basis.zones.ids[levels.source[now.zone]], "level": after},
    )


def _nothing_less(basis: Basis, before: str, after: str) -> tuple[str, Because]:
    if after == "open":
        return NO_LESSER, Because("Nothing is less restrictive than lifting the measure.")
    step = Because("{level} of the area around still applies after {before} is lifted.", _steps(before, after))
    return next_lower(after, basis.protocol), step


def _steps(before: str, after: str) -> dict[str, str | int | float]:
    return {"before": before, "level": after}


def _action(after: str, verdict: Verdict | None) -> str:
    if verdict is None:
        return "start"
    before = verdict.in_force.level
    if after == before:
        return "keep"
    return "lift" if verdict.lifts and LEVELS.index(after) < LEVELS.index(before) else "change"


def _dates(as_of: date, rule: LevelRule, kept: InForce | None) -> _Dates:
    """A new measure starts on the day of the plan; one that is kept goes on, and is renewed where it expires."""
    review_on = as_of + timedelta(days=round(rule.review_days.value))
    expires_on = as_of + timedelta(days=round(rule.expiry_days.value))
    if kept is None:
        return _Dates(as_of, review_on, expires_on)
    if kept.expires_on is not None and kept.expires_on > as_of:
        expires_on = kept.expires_on
    if kept.review_on is not None and kept.review_on > as_of:
        review_on = kept.review_on
    return _Dates(kept.since, min(review_on, expires_on), expires_on)


def _until(dates: _Dates, day: date) -> _Dates:
    return _Dates(dates.start, min(dates.review_on, day), min(dates.expires_on, day))


def _whole_people(people: float) -> int | None:
    return None if np.isnan(people) else int(people)
