"""The sentences of a level: why it is placed, why less does not do, when it is lifted, what is owed."""

import math

import numpy as np

from douse.library.protocol import EnterRule, LevelRule
from douse.planning.basis import Basis, whole
from douse.planning.evidence import Bools, Evidence
from douse.planning.levels import Placement, TooCoarse
from douse.records.measure import Because
from douse.units import DAYS_PER_WEEK, PER_100K

Facts = dict[str, str | int | float]


def why_placed(basis: Basis, evidence: Evidence, placement: Placement) -> Because | None:
    """Why a zone has a level by its evidence, with the numbers; None where it is only held."""
    if placement.coarse is not None:
        return _why_instead(basis, placement.coarse)
    if placement.rule is None:
        return None
    facts = _facts(basis, evidence, placement, placement.rule)
    match placement.rule.evidence:
        case "case":
            because = Because("Cases in the last {days} days: {n}. The protocol asks for {at_least} or more.", facts)
        case "community_case":
            because = Because(
                "Cases not known to be in quarantine when found, in the last {days} days: {n}. The protocol asks for "
                "{at_least} or more.",
                facts,
            )
        case "unlinked_case":
            because = Because(
                "Cases without a known source, and not known to be in quarantine when found, in the last {days} days: "
                "{n}. The protocol asks for {at_least} or more.",
                facts,
            )
        case "exposure_site":
            because = Because(
                "Places where people met an infectious case in the last {days} days: {n}. The protocol asks for "
                "{at_least} or more.",
                facts,
            )
        case "weekly_incidence":
            because = Because(
                "Cases not known to be in quarantine when found, over {days} days: {rate} per 100,000 residents a "
                "week. The protocol asks for {at_least} or more.",
                facts,
            )
        case "contains":
            because = Because(
                "Surroundings of {n} {n:area|areas} at {inner} or a higher level. The protocol asks for {at_least} or "
                "more.",
                facts,
            )
    return because


def why_not_less(placement: Placement, lesser: str) -> Because:
    """Which evidence the next lower level does not answer."""
    facts: Facts = {"level": placement.level, "lesser": lesser}
    if placement.coarse is not None:
        return Because(
            "{lesser} does not answer spread outside quarantine whose address is not known more closely.", facts
        )
    if placement.rule is not None and placement.rule.evidence == "contains":
        facts["inner"] = placement.rule.level or lesser
        return Because("{lesser} leaves the surroundings of an area at {inner} without protection.", facts)
    return Because("The evidence reaches the threshold of {level}; {lesser} is meant for evidence below it.", facts)


def evidence_of(basis: Basis, evidence: Evidence, placement: Placement) -> tuple[str, ...]:
    """case_ids behind a level; none behind exposure sites, whose cases live elsewhere."""
    here = evidence.within(placement.zone)
    return evidence.named(here, _behind(basis, evidence, placement, here))


def when_lifted(basis: Basis, rule: LevelRule) -> Because:
    """The rule for lifting in words."""
    lift = rule.lift
    if lift is None:
        return Because("Nothing is left to lift.")
    facts: Facts = {"days": whole(basis.days_of(lift.days_without_case)), "to": lift.to}
    if lift.final_round_days is not None:
        facts["within"] = whole(lift.final_round_days.value)
    if lift.days_after_higher is not None:
        facts["after"] = whole(lift.days_after_higher.value)
    if "within" in facts and "after" in facts:
        return Because(
            "Lowered to {to} after {days} days without a case, a round of the whole area no more than {within} days "
            "old that is all negative, and {after} days at this level where a higher one came before.",
            facts,
        )
    if "within" in facts:
        return Because(
            "Lowered to {to} after {days} days without a case and a round of the whole area no more than {within} "
            "days old that is all negative.",
            facts,
        )
    if "after" in facts:
        return Because(
            "Lowered to {to} after {days} days without a case, and {after} days at this level where a higher one came "
            "before.",
            facts,
        )
    return Because("Lowered to {to} after {days} days without a case.", facts)


def support_owed(basis: Basis, rule: LevelRule, zone: int, days: int) -> tuple[Because, ...]:
    """What is owed to the people of a zone whose days are restricted; nothing where none are."""
    if rule.stays_home.value <= 0:
        return ()
    return (
        *(_food(basis, zone, days) if rule.home_delivery else ()),
        Because("Medicines and medical care go on for all who need them, dialysis and births included."),
        Because("Wages and income that are lost because of the measure are made good."),
        Because("Children, older people and people with disabilities keep the care that they depend on."),
        Because("Anybody may appeal against the measure and is told where; the answer comes before the review."),
    )


def _food(basis: Basis, zone: int, days: int) -> tuple[Because, ...]:
    lasts = whole(basis.protocol.resources.package_days.value)
    households = basis.zones.households[zone]
    if np.isnan(households):
        return (
            Because(
                "Food and daily goods are brought to every door: one living package every {days} days.", {"days": lasts}
            ),
        )
    packages = int(households) * math.ceil(days / lasts)
    return (
        Because(
            "Food and daily goods are brought to every door: one living package a household every {days} days, "
            "{packages} until the expiry.",
            {"days": lasts, "packages": packages},
        ),
    )


def _why_instead(basis: Basis, coarse: TooCoarse) -> Because:
    facts: Facts = {
        "n": coarse.cases,
        "days": whole(coarse.rule.within_days.value),
        "wanted": coarse.wanted,
        "kind": basis.rules[coarse.wanted].largest,
    }
    return Because(
        "Cases in the last {days} days whose address is known only to this area: {n}. {wanted} would follow, but is "
        "put on nothing larger than: {kind}.",
        facts,
    )


def _facts(basis: Basis, evidence: Evidence, placement: Placement, rule: EnterRule) -> Facts:
    """Numbers of a reason. Cases are all of the zone's, also those that a smaller area within it answers."""
    facts: Facts = {"days": whole(rule.within_days.value), "at_least": whole(rule.at_least.value)}
    if rule.evidence in ("contains", "exposure_site"):
        facts["n"] = int(placement.reached)
        facts["inner"] = rule.level or ""
        return facts
    cases = int(evidence.holds_for(rule, evidence.within(placement.zone)).sum())
    facts["n"] = cases
    if rule.evidence == "weekly_incidence":
        weeks = rule.within_days.value / DAYS_PER_WEEK
        facts["rate"] = round(cases / weeks / float(basis.zones.population[placement.zone]) * PER_100K, 1)
    return facts


def _behind(basis: Basis, evidence: Evidence, placement: Placement, here: slice) -> Bools:
    rule = placement.coarse.rule if placement.coarse else placement.rule
    if rule is None:
        lift = basis.rules[placement.level].lift
        days = basis.days_of(lift.days_without_case) if lift else basis.pathogen.max_incubation.value
        return evidence.bears[here] & (evidence.age[here] < days)
    if rule.evidence == "contains":
        return evidence.community[here] & (evidence.age[here] < _longest_window(basis))
    return evidence.holds_for(rule, here)


def _longest_window(basis: Basis) -> float:
    rules = [enter for rule in basis.protocol.level for enter in rule.enter if enter.evidence != "contains"]
    return max((enter.within_days.value for enter in rules), default=0.0)
