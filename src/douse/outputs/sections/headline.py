"""In one minute: what is happening, how sure that is, what to do, what it costs, what is short."""

from collections import Counter

from douse.outputs.blocks import Points, Section
from douse.outputs.briefing import Briefing
from douse.outputs.sections.common import joined, listed
from douse.outputs.words import Words
from douse.situation.situation import Situation

# Below this the prior, not the outbreak, makes R (Cori 2013 asks for 11 cases for a coefficient of variation of 0.3).
FEWEST_FOR_A_TREND = 11


def headline(briefing: Briefing, words: Words) -> Section:
    """Section: five labelled sentences or two."""
    return Section("minute", words.say("In one minute"), (Points(points(briefing, words)),))


def points(briefing: Briefing, words: Words) -> tuple[tuple[str, str], ...]:
    """Label and sentences of each point; the terminal prints them too."""
    situation = briefing.situation
    return (
        (words.say("What is happening"), _happening(situation, words)),
        (words.say("How sure"), _how_sure(situation, words)),
        (words.say("To do today"), _to_do(briefing, words)),
        (words.say("What it costs"), _costs(briefing, words)),
        (words.say("What is short"), _short(briefing, words)),
    )


def trend(situation: Situation, words: Words) -> str:
    """Growing, shrinking, or not clear, with R and the doubling time."""
    r, doubling = situation.r_now, situation.doubling_days.estimate
    if situation.new_week < FEWEST_FOR_A_TREND:
        return words.say("Too few cases in the last week to say whether the outbreak grows or shrinks.")
    if r.estimate is None or r.lower is None or r.upper is None:
        reason = words.say(r.why_not) if r.why_not else ""
        return joined((words.say("Growth cannot be estimated yet."), reason), words)
    facts = {"r": words.number(r.estimate, 2), "low": words.number(r.lower, 2), "high": words.number(r.upper, 2)}
    pace = ""
    if r.lower > 1:
        course = words.say("The outbreak is growing: R is {r} (95% interval {low} to {high}).", **facts)
        if doubling and doubling > 0:
            pace = words.say("Cases double about every {days} days.", days=doubling)
    elif r.upper < 1:
        course = words.say("The outbreak is shrinking: R is {r} (95% interval {low} to {high}).", **facts)
        if doubling and doubling < 0:
            pace = words.say("Cases halve about every {days} days.", days=-doubling)
    else:
        course = words.say(
            "Whether the outbreak grows or shrinks is not clear: R is {r} (95% interval {low} to {high}).", **facts
        )
    return joined((course, pace), words)


def _happening(situation: Situation, words: Words) -> str:
    count = words.say(
        "{week} new {week:case was|cases were} reported in the last 7 days, {today} of them today; {total} in all, "
        "{active} active.",
        week=situation.new_week,
        today=situation.new_today,
        total=situation.total,
        active=situation.active,
    )
    return joined((count, _deaths(situation, words), trend(situation, words)), words)


def _deaths(situation: Situation, words: Words) -> str:
    if situation.total and situation.cases["outcome"].null_count() == situation.total:
        return words.say("No outcome is on record, so deaths are not known.")
    return words.say("{n} died.", n=situation.deaths)


def _how_sure(situation: Situation, words: Words) -> str:
    incomplete = situation.curve.filter("incomplete")["date"]
    late = (
        words.say("Figures since {day} may still rise, because reports come late.", day=incomplete.sort()[0])
        if incomplete.len()
        else words.say("The records do not show how late reports come, so recent days may still gain cases.")
    )
    origins = dict(situation.by_origin.select("origin", "share").iter_rows())
    source = (
        words.say("{share} of the cases have no known source.", share=origins["unlinked"])
        if origins.get("unlinked") is not None
        else ""
    )
    return joined((late, source, _already_inside(situation, words)), words)


def _already_inside(situation: Situation, words: Words) -> str:
    zero = situation.community_zero
    if not zero.new_cases:
        return ""
    if zero.share is None:
        return words.say("Nothing on record says who was already in quarantine when found.")
    return words.say(
        "{n} of {of} new cases were already in quarantine when found.", n=zero.already_in_quarantine, of=zero.new_cases
    )


def _to_do(briefing: Briefing, words: Words) -> str:
    counts = Counter(m.action for m in briefing.plan.measures)
    each = {
        "lift": words.say("{n} to lift", n=counts["lift"]),
        "start": words.say("{n} to start", n=counts["start"]),
        "change": words.say("{n} to change", n=counts["change"]),
        "keep": words.say("{n} to keep", n=counts["keep"]),
    }
    there = [said for action, said in each.items() if counts[action]]
    measures = (
        words.say("Decide on the measures proposed: {parts}.", parts=listed(there, words, 4))
        if there
        else words.say("No measure is proposed.")
    )
    locked = [
        words.zone(m.zone)
        for m in briefing.plan.measures
        if m.level == "lockdown" and m.action in ("start", "change") and briefing.plan.levels.get(m.zone or "")
    ]
    strictest = (
        words.say("{level} is proposed for {zones}.", level=words.level("lockdown"), zones=listed(locked, words))
        if locked
        else ""
    )
    worklist = briefing.trace.worklist
    people = (
        words.say(
            "{n} {n:person is|people are} on the tracing worklist, {late} of them overdue.",
            n=worklist["person"].n_unique(),
            late=worklist.filter("overdue")["person"].n_unique(),
        )
        if worklist.height
        else ""
    )
    return joined((_which_plan(briefing, words), measures, strictest, people), words)


def _which_plan(briefing: Briefing, words: Words) -> str:
    made = briefing.plan.choice
    if made is None:
        return ""
    taken = made.plan(made.chosen)
    facts = {
        "name": taken.name.get(words.language, taken.name["en"]),
        "days": made.horizon_days,
        "chance": words.share(taken.extinct.value),
    }
    if made.holds:
        return words.say(
            "Of {n} plans tried, the one that holds the floor at the least burden is: {name}. It ends the outbreak "
            "within {days} days in {chance} of the scenarios.",
            n=len(made.plans),
            **facts,
        )
    return words.say(
        "None of {n} plans tried holds the floor; the one that misses it least is: {name}. It ends the outbreak within "
        "{days} days in {chance} of the scenarios.",
        n=len(made.plans),
        **facts,
    )


def _costs(briefing: Briefing, words: Words) -> str:
    costs = briefing.plan.costs
    person_days = sum(m.person_days or 0 for m in briefing.plan.measures if m.action != "lift")
    known = all(m.person_days is not None for m in briefing.plan.measures)
    sure = words.say("about") if known else words.say("at least")
    if costs.measures_total is None:
        money = words.say("The cost of the measures in money is not known.")
    else:
        money = words.say(
            "The measures cost about {amount} over {days} days.",
            amount=words.money(costs.measures_total, costs.currency),
            days=costs.horizon_days,
        )
    restricted = (
        words.say("They restrict people for {sure} {n} person-days.", sure=sure, n=words.large(person_days))
        if person_days
        else ""
    )
    epidemic = (
        words.say(
            "The epidemic itself costs about {amount} in that time.",
            amount=words.money(costs.epidemic_total, costs.currency),
        )
        if costs.epidemic_total
        else ""
    )
    return joined((money, restricted, epidemic), words)


def _short(briefing: Briefing, words: Words) -> str:
    floor = briefing.plan.floor
    short = [words.because(check.text) for check in floor if check.holds is False]
    unknown = [words.code(check.name) for check in floor if check.holds is None]
    holding = [words.code(check.name) for check in floor if check.holds]
    said = short[:3]
    if holding and not short:
        said.append(
            words.say(
                "Enough for {days} days: {names}.", days=briefing.plan.horizon_days, names=listed(holding, words, 6)
            )
        )
    if unknown:
        said.append(words.say("Cannot be judged yet: {names}.", names=listed(unknown, words, 6)))
    return joined(said, words) or words.say("No condition of the floor was checked.")
