"""An answer as it is sent: by a form, by the exchange door, by the API."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from douse.console import clock
from douse.console.tasks.answers import OUTCOME_OF_FOUND, SEES, Answer
from douse.records import codes

_LONGEST_NOTE, _LONGEST_ID = 500, 200
_EARLIEST = datetime(1900, 1, 1)


def local(moment: datetime) -> datetime:
    """A moment as the department's clock shows it, without a zone."""
    if moment.tzinfo is not None:
        try:
            moment = moment.astimezone().replace(tzinfo=None)
        except (OverflowError, ValueError, OSError) as error:
            raise ValueError("outside of the days of a calendar") from error
    if moment < _EARLIEST:
        raise ValueError("before 1900")
    return moment


def writable(text: str) -> str:
    """Text that every database takes."""
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError("holds a character that is no text")
    return text


Outcome = Literal[*codes.TASK_OUTCOMES]  # type: ignore[valid-type]  # the code lists of the tables
Found = Literal[*codes.FOLLOW_UP_RESULTS]  # type: ignore[valid-type]
YesNo = Literal[*codes.YES_NO]  # type: ignore[valid-type]
Way = Literal[*codes.FOLLOW_UP_WAYS]  # type: ignore[valid-type]
TestKind = Literal[*codes.TEST_KINDS]  # type: ignore[valid-type]
Moment = Annotated[datetime, AfterValidator(local)]
Text = Annotated[str, AfterValidator(writable)]


class Sent(BaseModel):
    """What somebody recorded of a task. Sent twice, or in any order, it counts once."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    id: Annotated[UUID, Field(description="UUID made where it was recorded.")]
    task_id: Annotated[Text, Field(min_length=1, max_length=_LONGEST_ID, description="Identifier of the task.")]
    at: Annotated[Moment, Field(description="When it took place; with an offset, or local.")]
    outcome: Annotated[
        Outcome | None,
        Field(description="What came of it; of a visit it follows from `found`."),
    ] = None
    found: Annotated[
        Found | None,
        Field(description="Whether the person was seen or spoken to, for tasks of kind follow_up and reach."),
    ] = None
    symptoms: Annotated[YesNo | None, Field(description="Whether there were symptoms.")] = None
    temperature: Annotated[float | None, Field(ge=25, le=45, description="Body temperature, degrees Celsius.")] = None
    how: Annotated[Way | None, Field(description="Visit or call.")] = None
    sampled: Annotated[
        TestKind | None,
        Field(description="Kind of test that was taken, for tasks of kind test."),
    ] = None
    note: Annotated[Text | None, Field(max_length=_LONGEST_NOTE, description="What else was said.")] = None

    def answer(self, kind: str | None) -> Answer:
        """As it is recorded of a task of a kind."""
        found = self.found if kind in SEES or kind is None else None
        outcome = self.outcome or OUTCOME_OF_FOUND.get(self.found or "", "done")
        if kind in SEES and found is None and outcome != "cancelled":
            found = next(name for name, means in OUTCOME_OF_FOUND.items() if means == outcome)
        return Answer(
            str(self.id), self.task_id, self.at, outcome, found,
            self.symptoms if found == "seen" else None, self.temperature if found == "seen" else None,
            self.how, self.sampled, (self.note or "").strip() or None,
        )  # fmt: skip


def of_form(post: dict[str, str]) -> Sent:
    """An answer out of a form; raises pydantic's ValidationError."""
    names = ("id", "task_id", "outcome", "found", "symptoms", "temperature", "how", "sampled", "note")
    given = {name: post[name].strip() for name in names if post.get(name, "").strip()}
    return Sent.model_validate({**given, "at": post.get("at") or clock.now()})
