"""An event that was weighed, and the notification as a text and as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from douse.library.ihr import CRITERIA
from douse.outputs.ihr.notification import Section, Told, as_text
from douse.outputs.ihr.prefill import Event
from douse.outputs.ihr.values import Answer, Deadline, Outcome

FORM = "douse-ihr-notification/1"


@dataclass(frozen=True)
class Weighed:
    """An event, its answers, what follows, and the parts of the notification."""

    event: Event
    answers: Mapping[str, Answer]
    outcome: Outcome
    clocks: tuple[Deadline, ...]
    sections: tuple[Section, ...]
    told: Told
    zone: str | None

    @property
    def text(self) -> str:
        """The notification as a text."""
        return as_text(self.sections, self.event.words)

    def document(self) -> dict[str, Any]:
        """The notification for programs: codes and moments (local time) beside the sentences of the text."""
        instrument, told, language = self.event.instrument, self.told, self.event.words.language
        return {
            "form": FORM,
            "language": language,
            "event": told.event or None,
            "zone": self.zone,
            "pathogen": self.event.pathogen.id,
            "detected_at": told.detected_at,
            "assessed_at": told.assessed_at,
            "notified_at": told.notified_at,
            "known_at": self.event.known.known_at,
            "ledger": told.ledger,
            "verdict": self.outcome.verdict,
            "always_notified": self.outcome.always,
            "instrument": f"{instrument.id} {instrument.edition}",
            "deadlines": [{"name": one.name, "due_at": one.due_at, "done_at": one.done_at} for one in self.clocks],
            "criteria": [
                {
                    "name": name,
                    "question": instrument.criteria[name].say(language),
                    "answer": self.outcome.criteria[name],
                    "questions": [
                        {"name": one.id, "question": one.text.say(language), **vars(self.answers[one.id])}
                        for one in instrument.questions_of(name)
                    ],
                }
                for name in CRITERIA
            ],
            "sections": [{"name": one.name, "heading": one.head, "lines": one.lines} for one in self.sections],
        }
