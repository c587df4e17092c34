"""The pages of the plan: proposed measures, one measure, plans side by side."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from douse.console import clock
from douse.console.actors import actor_of
from douse.console.forms_read import day_of, text_of
from douse.console.listing import sliced_list
from douse.console.pages import page
from douse.console.permissions import Actor, Refused, may, may_second
from douse.console.plan import made as plans
from douse.console.plan.costs import books, cost_of
from douse.console.plan.decide import author_of, authors, decide, find
from douse.console.plan.made import Made
from douse.console.plan.names import named
from douse.console.plan.progress import going_on, progress
from douse.console.plan.proposals import (
    PROPOSED,
    Proposal,
    comes_first,
    lower_levels,
    name_of,
    proposals,
    smaller_zones,
)
from douse.console.plan.terms import Decision
from douse.console.reach import ground_of, reach
from douse.console.reading import follow, visible
from douse.console.states import MEASURE, NotNow, may_move
from douse.console.words import say
from douse.errors import UsageError
from douse.outputs.sections.choice import blocks as choice_blocks
from douse.outputs.sections.choice import plan_name
from douse.planning.choice.choose import SCENARIOS
from douse.records.codes import LEVELS
from douse.records.ledger import Snapshot

SCENARIOS_OFFERED = (20, 60, SCENARIOS)
STATES = ("open", PROPOSED, "approved", "changed", "seconded", "declined")
PER_PAGE = 25


def show(request: HttpRequest) -> HttpResponse:
    """Proposed measures, lifting first."""
    actor, snapshot = actor_of(request), follow()
    made = plans.latest()
    said = named(snapshot, made)
    work = going_on("plan")
    if made is None:
        return page(request, "plan/none.html", work=work, today=clock.now().date(), tab="show")
    every, choice = proposals(actor, snapshot, made), made.briefing.plan.choice
    state, zone = text_of(request.GET, "state"), text_of(request.GET, "zone")
    inside = ground_of(snapshot).subtree(zone) if zone else frozenset[str]()
    listed = [
        one
        for one in every
        if (not state or one.state == state or (state == "open" and one.open))
        and (not zone or one.measure.zone in inside)
    ]
    return page(
        request,
        "plan/show.html",
        made=made,
        work=work,
        tab="show",
        slice=sliced_list(listed, request.GET.get("page"), PER_PAGE),
        state=state,
        states=STATES,
        zone=zone,
        zones=zones_of_measures(every, snapshot),
        totals=totals(every, made),
        chosen=None if choice is None else plan_name(choice.plan(choice.chosen), said),
        stale=plans.changed_since(made, snapshot),
        today=clock.now().date(),
        books=books(made.briefing.plan.costs),
        notes=notes(actor, snapshot, made),
    )


def make(request: HttpRequest) -> HttpResponse:
    """Have the plan of a day made."""
    day = day_of(request.POST, "day") or clock.now().date()
    if day > clock.now().date():
        raise UsageError("Nothing is known yet of a day to come.", next_step="Choose today or a day before.")
    scenarios = text_of(request.POST, "scenarios")
    many = int(scenarios) if scenarios in {str(n) for n in SCENARIOS_OFFERED} else 0
    plans.ask(follow(), day, many)
    return redirect("plan:compare" if many else "plan:show")


def show_progress(request: HttpRequest) -> HttpResponse:
    """How far the plan is."""
    return progress(request, "plan", "plan:progress")


def measure(request: HttpRequest, proposal: str) -> HttpResponse:
    """One proposed measure, with everything that speaks for and against it; and the decision on it."""
    actor, snapshot = actor_of(request), follow()
    if request.method == "POST":
        return _decided(request, proposal)
    made = _plan_of(request.GET.get("plan"))
    said = named(snapshot, made)
    one = find(actor, snapshot, made, proposal)
    past = [row for row in _decisions(actor, snapshot) if row["measure_id"] == one.id]
    by = authors([row["record_id"] for row in past])
    measured = one.measure
    means = made.opened.knowledge.protocol.level_rule(measured.level).means if measured.level in LEVELS[1:] else ()
    return page(
        request,
        "plan/measure.html",
        made=made,
        one=one,
        cost=cost_of(measured, made),
        means=[text.say(said.language) for text in means],
        evidence=evidence(actor, snapshot, measured.evidence),
        past=[(row, by.get(row["record_id"], "").removeprefix("user:")) for row in reversed(past)],
        moves=moves(actor, snapshot, one, made),
        before=comes_first(one, proposals(actor, snapshot, made), ground_of(snapshot)),
        levels=[(level, said.level(level)) for level in lower_levels(measured)],
        zones=smaller_zones(ground_of(snapshot), measured) if measured.action == "start" else [],
        stale=plans.changed_since(made, snapshot),
        two=one.needs_two,
        today=clock.now().date(),
        tab="show",
    )


def second(request: HttpRequest, proposal: str) -> HttpResponse:
    """Agree to a lockdown as the second person."""
    return _decide(request, proposal, Decision("seconded", text_of(request.POST, "reason")))


def _decided(request: HttpRequest, proposal: str) -> HttpResponse:
    sent = request.POST
    verdict = text_of(sent, "verdict")
    if verdict not in {"approved", "changed", "declined"}:
        raise UsageError("Choose what to decide.", allowed="approve, change, decline", next_step="Go back and choose.")
    decision = Decision(verdict, text_of(sent, "reason"))
    if verdict == "changed":
        decision = Decision(
            verdict,
            decision.reason,
            text_of(sent, "level") or None,
            text_of(sent, "zone") or None,
            day_of(sent, "start"),
            day_of(sent, "review_on"),
            day_of(sent, "expires_on"),
        )
    return _decide(request, proposal, decision)


def _decide(request: HttpRequest, proposal: str, decision: Decision) -> HttpResponse:
    made = _plan_of(request.POST.get("plan"))
    latest = plans.latest(day=made.asked.day) or made
    named(follow(), made)
    if latest.hash != made.hash and not _is_still_proposed(latest, made, proposal):
        raise NotNow(
            "The plan was made anew, and proposes something else here now.",
            next_step="Go back to the plan and look at it again.",
        )
    decide(request, made, proposal, decision)
    messages.success(request, _done(decision.verdict))
    return redirect("plan:show")


def _is_still_proposed(latest: Made, made: Made, proposal: str) -> bool:
    """Whether the latest plan proposes the very same."""
    before = [one for one in made.briefing.plan.measures if name_of(one, made.asked.day) == proposal]
    return any(one == before[0] for one in latest.briefing.plan.measures) if before else False


def _done(verdict: str) -> str:
    return {
        "approved": say(
            "Approved. A lockdown waits for a second person; everything else is in force from its first day."
        ),
        "changed": say("Changed and approved. A lockdown waits for a second person."),
        "declined": say("Declined. Nothing of it is in force."),
        "seconded": say("Agreed as the second person: it is in force from its first day."),
    }[verdict]


def compare(request: HttpRequest) -> HttpResponse:
    """Whole plans side by side."""
    snapshot = follow()
    made = plans.latest(compared=True)
    said = named(snapshot, made)
    choice = None if made is None else made.briefing.plan.choice
    return page(
        request,
        "plan/compare.html",
        made=made,
        work=going_on("plan"),
        blocks=() if choice is None else choice_blocks(choice, said),
        stale=[] if made is None else plans.changed_since(made, snapshot),
        offered=SCENARIOS_OFFERED,
        today=clock.now().date(),
        tab="compare",
    )


def _plan_of(plan: str | None) -> Made:
    made = plans.by_hash(plan) if plan else plans.latest()
    if made is None:
        raise NotNow(
            "This plan is not in memory any more.",
            next_step="Make the plan anew: it takes seconds, and look at it again.",
        )
    return made


def _decisions(actor: Actor, snapshot: Snapshot) -> list[dict[str, Any]]:
    return visible(actor, snapshot, "decisions").to_dicts() if may(actor, "read decisions") else []


def moves(actor: Actor, snapshot: Snapshot, one: Proposal, made: Made) -> dict[str, str]:
    """What the person may decide now; where they may not, an empty mapping with the reason under ``why``."""
    if made.asked.day != clock.now().date():
        return {"why": say("Only today's plan may be decided on. Make the plan of today.")}
    if one.settled:
        return {"why": say("This is in force as it is: there is nothing to decide.")}
    ground = ground_of(snapshot)
    found = {}
    if reach(actor, "approve_measure", ground).holds(one.measure.zone):
        verdicts: tuple[str, ...] = ("approved", "changed", "declined")
        if one.only_ends:
            verdicts = ("declined",) if one.held_up else ("approved", "declined")
        found = {to: to for to in verdicts if may_move(MEASURE, one.state, to)}
    if one.waits and reach(actor, "second_measure", ground).holds(one.measure.zone):
        if may_second(actor, author_of(one.agreed)):
            found["seconded"] = "seconded"
        else:
            found["first"] = say("You approved this lockdown. A second decision maker has to agree.")
    if not found:
        found["why"] = say("You may look at this; somebody with the right to decide in this zone decides.")
    return found


def evidence(actor: Actor, snapshot: Snapshot, cases: tuple[str, ...]) -> tuple[list[str], int]:
    """Cases behind a measure that the person may see, and how many there are besides."""
    try:
        seen = set(visible(actor, snapshot, "cases")["case_id"])
    except Refused:
        return [], len(cases)
    shown = [case for case in cases if case in seen]
    return shown, len(cases) - len(shown)


def notes(actor: Actor, snapshot: Snapshot, made: Made) -> list[str]:
    """Notes of the planner within reach, each once."""
    seen, said = reach(actor, "see_plan", ground_of(snapshot)), named(snapshot, made)
    told = (note for note in made.briefing.plan.notes if note.zone is None or seen.holds(note.zone))
    return list(dict.fromkeys(said.because(note.text) for note in told))


def totals(every: list[Proposal], made: Made) -> dict[str, Any]:
    """Figures of the proposals."""
    restricting = [one.measure for one in every if one.measure.action != "lift"]
    days = [one.person_days for one in restricting if one.person_days is not None]
    costs = made.briefing.plan.costs
    return {
        "open": sum(one.open for one in every),
        "all": len(every),
        "lifts": sum(one.measure.action == "lift" for one in every),
        "waiting": sum(one.waits for one in every),
        "person_days": sum(days) if days else None,
        "cost": costs.measures_total,
        "currency": costs.currency,
        "horizon": costs.horizon_days,
    }


def zones_of_measures(every: list[Proposal], snapshot: Snapshot) -> list[tuple[str, int]]:
    """Zones with a proposal, and those around them, in the order of the tree."""
    ground = ground_of(snapshot)
    wanted = {zone for one in every if one.measure.zone for zone in ground.line(one.measure.zone)}
    return [(zone, depth) for zone, depth in ground.in_order() if zone in wanted]
