"""Operations on tasks: one's list, new ones, given to people, and the exchange door."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Body, Field, NinjaAPI, Query, Schema
from uuid_utils import uuid7

from douse.console import clock
from douse.console.actors import actor_of
from douse.console.api.answers import answer, new_entry, receipt
from douse.console.api.schemas import MOST_ROWS, PROBLEMS, Receipt, Strict, shown_row
from douse.console.permissions import Actor
from douse.console.reading import follow, seen
from douse.console.tasks.exchange import MOST, settle_sent, skew
from douse.console.tasks.making import make_today
from douse.console.tasks.recording import Result
from douse.console.tasks.sent import Moment, Sent, Text
from douse.console.tasks.sharing import check_doer, give
from douse.console.tasks.todo import mine, open_tasks, today
from douse.console.writing import record
from douse.records import codes

TaskKind = Literal[*codes.TASK_KINDS]  # type: ignore[valid-type]
Ident = Annotated[Text, Field(min_length=1, max_length=200)]


class NewTask(Strict):
    """A task by hand."""

    kind: TaskKind = Field(description="What is to be done.")
    zone: Ident | None = Field(None, description="Where.")
    person_id: Ident | None = Field(None, description="Pseudonym of the person it is about.")
    case_id: Ident | None = Field(None, description="Case that it is about.")
    due_at: Moment | None = Field(None, description="By when.")
    assigned_to: Ident | None = Field(None, description="Name of the user who does it; empty: whoever takes it.")
    note: Annotated[Text, Field(max_length=500)] | None = Field(None, description="What else is to be said.")


class Gift(Strict):
    """Tasks for a person."""

    task_ids: list[Ident] = Field(min_length=1, max_length=MOST_ROWS, description="Tasks that are open.")
    to: Ident | None = Field(None, description="Name of the user; empty: whoever takes them.")


class Answers(Strict):
    """What was recorded, perhaps without a network."""

    clock: Moment | None = Field(None, description="What the clock of the device says now.")
    answers: list[Sent] = Field(max_length=MOST, description="In any order; sent twice they count once.")


class Settled(Schema):
    """What came of an answer."""

    id: str
    state: str = Field(description="saved, known, apart: on the ledger. conflict, refused, wrong: not written.")
    what: str
    allowed: str
    next: str


class Made(Schema):
    """How many tasks are new."""

    new: int


def add_to(api: NinjaAPI) -> None:
    """Add the operations to the API."""

    @api.get("/tasks/mine", url_name="tasks_mine", tags=["tasks"], response={200: list[shown_row("tasks")], **PROBLEMS})  # type: ignore[misc]
    def my_tasks(request: HttpRequest, everything: Query[bool] = False) -> HttpResponse:  # noqa: FBT002  (a query)
        """One's open tasks due by the end of today, overdue first; `everything`: later ones too."""
        actor, snapshot, now = actor_of(request), follow(), clock.now()
        own = mine(open_tasks(actor, snapshot, now), actor.name)
        rows = own if everything else today(own, now)
        ordered = rows.sort("overdue", "due_at", descending=[True, False], nulls_last=True)
        _log(actor, [row for row in ordered.rows(named=True) if row["note"] is not None])
        return answer(ordered.drop("household", "state", "overdue").rows(named=True))

    @api.post("/tasks", url_name="tasks_new", tags=["tasks"], response={201: Receipt, **PROBLEMS})
    def new_task(request: HttpRequest, body: Body[NewTask]) -> HttpResponse:
        """Add a task by hand."""
        row: dict[str, Any] = body.model_dump() | {"task_id": str(uuid7())}
        check_doer(follow(), row["zone"], row["assigned_to"])
        return receipt(record(request, [new_entry("tasks", row)], action="share_tasks"), 1)

    @api.post("/tasks/give", url_name="tasks_give", tags=["tasks"], response={201: Receipt, **PROBLEMS})
    def give_tasks(request: HttpRequest, body: Body[Gift]) -> HttpResponse:
        """Give open tasks to a person, or back to whoever takes them."""
        made = give(actor_of(request), list(dict.fromkeys(body.task_ids)), body.to)
        return receipt(made, len(set(body.task_ids)))

    @api.post("/tasks/today", url_name="tasks_make", tags=["tasks"], response={200: Made, **PROBLEMS})
    def make_todays_tasks(request: HttpRequest) -> HttpResponse:
        """Append today's tasks out of the worklist: only what is new, shared out among the tracers of each zone."""
        return answer({"new": make_today(actor_of(request))})

    @api.post("/tasks/exchange", url_name="tasks_exchange", tags=["tasks"], response={200: list[Settled], **PROBLEMS})
    def exchange_answers(request: HttpRequest, body: Body[Answers]) -> HttpResponse:
        """Record what came of tasks: idempotent, in any order; conflicts come back as findings."""
        sent = sorted(body.answers, key=lambda one: one.at)
        ahead = skew(body.clock.isoformat() if body.clock else None)
        results: list[Result] = [settle_sent(actor_of(request), one, ahead) for one in sent]
        return answer([vars(result) for result in results])


def _log(actor: Actor, rows: list[dict[str, Any]]) -> None:
    if rows:
        seen(actor, "tasks", [row["record_id"] for row in rows], "API")
