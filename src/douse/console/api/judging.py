"""What is known and what to do about it: key figures, signals and verdicts, the plan and decisions on its measures."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Body, Field, NinjaAPI, Schema

from douse.console import clock, scene
from douse.console.actors import actor_of
from douse.console.api.answers import answer, receipt
from douse.console.api.schemas import PROBLEMS, Day, Receipt, Strict
from douse.console.permissions import Actor
from douse.console.plan import made as plans
from douse.console.plan.decide import decide
from douse.console.plan.made import Made
from douse.console.plan.proposals import Proposal, proposals
from douse.console.plan.terms import Decision
from douse.console.reach import ground_of
from douse.console.reading import follow
from douse.console.remembered import Answer
from douse.console.signals.judged import Judged, judged, told
from douse.console.signals.verdicts import LONGEST_REASON, WAIT, find, judge
from douse.console.states import NotNow
from douse.console.tasks.sent import Text
from douse.console.words import with_names, words
from douse.outputs.json_text import plain
from douse.outputs.plan_json import key_figures
from douse.records import codes
from douse.signals import Signal

Reason = Annotated[Text, Field(min_length=1, max_length=LONGEST_REASON)]
Ident = Annotated[Text, Field(min_length=1, max_length=200)]
OnSignal = Literal[*codes.VERDICTS_ON_SIGNALS]  # type: ignore[valid-type]
OnMeasure = Literal[*codes.VERDICTS_ON_MEASURES]  # type: ignore[valid-type]
Level = Literal[*codes.LEVELS]  # type: ignore[valid-type]


class Figures(Schema):
    """Key figures of the zones within reach, as of now."""

    as_of: date
    figures: dict[str, Any] = Field(description="As in plan.json, key `situation`; see docs/outputs.md.")


class SignalShown(Schema):
    """A signal, or one that only its verdicts tell of."""

    id: str
    state: str = Field(description="new, or the last verdict.")
    zone: str | None
    detector: str | None
    first_day: date | None = None
    last_day: date | None = None
    observed: float | None = None
    expected: float | None = None
    severity: str | None = None
    text: str | None = Field(None, description="The reason, in words.")


class NewVerdict(Strict):
    """What a person found when they looked at a signal."""

    signal_id: Ident
    verdict: OnSignal
    reason: Reason = Field(description="In a sentence.")


class ProposalShown(Schema):
    """A proposed measure and what became of it."""

    id: str
    action: str
    kind: str
    zone: str | None
    level: str | None
    level_before: str | None
    start: date
    review_on: date
    expires_on: date
    people: int | None
    person_days: float | None
    reason: str
    lesser: str
    lesser_fails: str
    state: str = Field(description="proposed, or the last decision.")
    open: bool = Field(description="Whether somebody still has to decide.")
    waits: bool = Field(description="Whether it waits for a second person.")


class PlanShown(Schema):
    """The plan of today."""

    plan: str = Field(description="Hash of its content: decisions name it.")
    made_at: str
    stale: bool = Field(description="Whether records came in since.")
    proposals: list[ProposalShown]


class Asked(Schema):
    """A plan that is on its way."""

    state: str = Field(description="waiting, running, done or failed.")
    stage: str


class NewDecision(Strict):
    """What a person decides on a proposal; what is empty is as proposed."""

    plan: Ident = Field(description="Hash of the plan that was looked at.")
    proposal: Ident
    verdict: OnMeasure = Field(description="seconded: agreed as the second person.")
    reason: Reason = Field(description="In a sentence.")
    level: Level | None = None
    zone: Ident | None = None
    start: Day | None = None
    review_on: Day | None = None
    expires_on: Day | None = None


def add_to(api: NinjaAPI) -> None:
    """Add the operations to the API."""
    _add_situation(api)
    _add_plan(api)


def _add_situation(api: NinjaAPI) -> None:
    @api.get("/situation", url_name="situation", tags=["situation"], response={200: Figures, **PROBLEMS})
    def situation(request: HttpRequest) -> HttpResponse:
        """Key figures of the zones within reach."""
        actor, snapshot, day = actor_of(request), follow(), clock.now().date()
        knowledge = scene.knowledge_on(snapshot, day)
        seen = scene.look(actor, snapshot, day, knowledge)
        return answer({"as_of": day, "figures": key_figures(seen.situation)})

    @api.get("/signals", url_name="signals", tags=["signals"], response={200: list[SignalShown], **PROBLEMS})
    def signals(request: HttpRequest) -> HttpResponse:
        """Signals of today within reach, loudest first; then those that only verdicts tell of."""
        actor, snapshot, day = actor_of(request), follow(), clock.now().date()
        knowledge = scene.knowledge_on(snapshot, day)
        with_names(ground_of(snapshot), knowledge)
        found: Answer[tuple[Signal, ...]] = told(actor, snapshot, day, knowledge, WAIT)
        if found.value is None:
            raise NotNow("The detectors are still at work.", next_step="Ask again in a minute.")
        return answer([_signal(one) for one in judged(actor, snapshot, found.value)])

    @api.post("/verdicts", url_name="verdicts", tags=["signals"], response={201: Receipt, **PROBLEMS})
    def verdict(request: HttpRequest, body: Body[NewVerdict]) -> HttpResponse:
        """Verify, watch or dismiss a signal, with a reason."""
        actor, snapshot, day = actor_of(request), follow(), clock.now().date()
        one = find(actor, snapshot, day, scene.knowledge_on(snapshot, day), body.signal_id)
        return receipt(judge(actor, one, body.verdict, body.reason.strip()), 1)


def _signal(one: Judged) -> dict[str, Any]:
    signal = one.signal
    if signal is None:
        return {"id": one.id, "state": one.state, "zone": one.zone, "detector": one.verdicts[-1]["detector"]}
    return {
        "id": one.id, "state": one.state, "zone": one.zone, "detector": signal.detector,
        "first_day": signal.first_day, "last_day": signal.last_day, "observed": plain(signal.observed),
        "expected": plain(signal.expected), "severity": signal.severity,
        "text": words().say(signal.reason, **signal.facts),
    }  # fmt: skip


def _add_plan(api: NinjaAPI) -> None:
    @api.get("/plan", url_name="plan", tags=["plan"], response={200: PlanShown, **PROBLEMS})
    def plan(request: HttpRequest) -> HttpResponse:
        """The plan of today, as far as somebody sees it; 404 where none was made yet."""
        actor, snapshot = actor_of(request), follow()
        made = plans.latest(day=clock.now().date())
        if made is None:
            raise Http404
        with_names(ground_of(snapshot), made.opened.knowledge)
        shown = [_proposal(one) for one in proposals(actor, snapshot, made)]
        stale = bool(plans.changed_since(made, snapshot))
        return answer({"plan": made.hash, "made_at": made.made_at, "stale": stale, "proposals": shown})

    @api.post("/plan", url_name="plan", tags=["plan"], response={202: Asked, **PROBLEMS})
    def make_plan(request: HttpRequest) -> HttpResponse:
        """Have the plan of today made; ask for it until it is there."""
        del request
        work = plans.ask(follow(), clock.now().date())
        return answer({"state": work.state, "stage": work.stage}, HTTPStatus.ACCEPTED)

    @api.post("/decisions", url_name="decisions", tags=["plan"], response={201: Receipt, **PROBLEMS})
    def decision(request: HttpRequest, body: Body[NewDecision]) -> HttpResponse:
        """Approve, change or decline a proposed measure, or agree to it as the second person."""
        actor: Actor = actor_of(request)
        made: Made | None = plans.by_hash(body.plan)
        if made is None:
            raise NotNow(
                "This plan is not in memory any more.", next_step="Ask for the plan of today, and decide on that."
            )
        asked = Decision(
            body.verdict, body.reason.strip(), body.level, body.zone, body.start, body.review_on, body.expires_on
        )
        return receipt(decide(actor, made, body.proposal, asked), 1)


def _proposal(one: Proposal) -> dict[str, Any]:
    measure, said = one.measure, words()
    return {
        "id": one.id, "action": measure.action, "kind": measure.kind, "zone": measure.zone, "level": measure.level,
        "level_before": measure.level_before, "start": measure.start, "review_on": measure.review_on,
        "expires_on": measure.expires_on, "people": measure.people, "person_days": plain(measure.person_days),
        "reason": said.because(measure.reason), "lesser": measure.lesser,
        "lesser_fails": said.because(measure.lesser_fails), "state": one.state, "open": one.open, "waits": one.waits,
    }  # fmt: skip
