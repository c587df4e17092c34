"""What the decision instrument holds: `library/ihr/<id>.toml`. International Health Regulations, Annex 2."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from douse.library.number import Amount, Cited, Hours, Share, Shelved, Text, rule_broken

Criterion = Literal["serious", "unusual", "spread", "restrictions"]
CRITERIA: tuple[Criterion, ...] = ("serious", "unusual", "spread", "restrictions")


class SubQuestion(Cited):
    """One question of a criterion; one yes answers the criterion with yes."""

    id: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    criterion: Criterion
    text: Text
    examples: tuple[Text, ...] = ()


class Listed(Cited):
    """Pathogens of which the Annex or the past says something, by their names in the library; * at the end: any."""

    pathogens: tuple[str, ...]


class Instrument(Shelved):
    """The decision instrument: four criteria, their questions, deadlines, and what the notification tells."""

    assess: Hours  # after detection
    notify: Hours  # after the assessment
    at_least: Amount  # criteria answered with yes that make an event notifiable
    health_workers: Share  # of cases: from here on health staff count as affected
    criteria: dict[Criterion, Text]
    question: Annotated[tuple[SubQuestion, ...], Field(min_length=4)]
    always_notified: Listed  # whatever the answers
    always_assessed: Listed  # the instrument is always used
    restricted_before: Listed  # led to restrictions of travel or trade in the past

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if set(self.criteria) != set(CRITERIA):
            raise rule_broken("the criteria are not the four", ", ".join(CRITERIA))
        if {one.criterion for one in self.question} != set(CRITERIA):
            raise rule_broken("a criterion has no question", "a question of each")
        named = [one.id for one in self.question]
        if len(set(named)) < len(named):
            raise rule_broken("a question is there twice", "each id once")
        return self

    def questions_of(self, criterion: str) -> tuple[SubQuestion, ...]:
        """Questions of a criterion, in order."""
        return tuple(one for one in self.question if one.criterion == criterion)


def lists(listed: Listed, pathogen: str | None) -> bool:
    """Whether a list names a pathogen."""
    if pathogen is None:
        return False
    return any(pathogen.startswith(name[:-1]) if name.endswith("*") else pathogen == name for name in listed.pathogens)
