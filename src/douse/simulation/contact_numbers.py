"""Whom people meet and what they keep to: `library/city/contacts.toml`, each number with unit, source and grade."""

from datetime import date
from functools import cache
from importlib import resources
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from douse.library.load import read
from douse.library.number import (
    Amount,
    Cited,
    Days,
    Positive,
    PositiveDays,
    Share,
    Source,
    Strict,
    ascending,
    rule_broken,
)

FILE = "city/contacts.toml"
LayerName = Literal["group", "institution", "transport", "shop", "zone", "city"]
# Layers of contact; household and environment have no slots.
LAYERS = ("household", "group", "institution", "transport", "shop", "zone", "city", "environment")
SLOT_LAYERS = LAYERS[1:7]
MOST_SLOTS = 32
Whole = Annotated[int, Field(strict=True, ge=0, le=MOST_SLOTS)]


class Slots(Cited):
    """Meetings with other people on a day, by kind of group."""

    none: Whole
    school: Whole
    work: Whole
    care: Whole
    hospital: Whole
    unit: Literal["meetings a day"]


class Recall(Strict):
    """Contacts whom a case names: of the days when they may infect others, and of those when they were infected."""

    forward: Share
    backward: Share


class Layer(Strict):
    """One layer of contact."""

    name: LayerName
    closeness: Amount  # risk of a meeting, of that of a day with a household mate
    recall: Recall
    weekday: Slots
    weekend: Slots


class Block(Strict):
    """People of the layer city who live within a block of so many people; 0: the whole city."""

    people: Annotated[int, Field(strict=True, ge=0)]
    share: Share


class Tracer(Strict):
    """How soon contacts are reached."""

    interview: Days
    reached: PositiveDays  # median, from naming
    reached_spread: Positive  # standard deviation of the logarithm
    never_reached: Share


class Keeping(Strict):
    """Who keeps to something, and what is left of their contacts; 1: all."""

    keeps: Share
    outside: Amount
    inside: Amount


class LevelKeeping(Strict):
    """Contacts that a level forbids and that do not take place."""

    keeps: Share


class Compliance(Strict):
    """What people keep to."""

    home_quarantine: Keeping
    central_quarantine: Keeping
    home_isolation: Keeping
    ill_at_home: Keeping
    level: LevelKeeping


class Caution(Strict):
    """What people do by themselves once the outbreak is known."""

    contacts: Share  # left, outside home, group and institution
    days: PositiveDays


class Masks(Strict):
    """What masks take of the risk, and who wears one before and after the outbreak is known."""

    efficacy: Share
    wearing_before: Share
    wearing_after: Share


class Testing(Strict):
    """Who is tested, how soon, and how well, before and after the outbreak is known."""

    seeks_before: Share
    seeks_after: Share
    delay_before: Days  # mean, onset to sample
    delay_after: Days
    result: Days
    specificity: Share
    turn_out: Share


def _layers_in_order(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    if tuple(layer.name for layer in layers) != SLOT_LAYERS:
        raise rule_broken("the layers are not each there once, in order", ", ".join(SLOT_LAYERS))
    return layers


class ContactNumbers(Strict):
    """All of them."""

    edition: str
    valid_from: date
    sources: dict[str, Source]
    layer: Annotated[tuple[Layer, ...], AfterValidator(_layers_in_order)]
    household: Recall
    near: Annotated[
        tuple[Block, ...], Field(min_length=1), ascending(lambda block: block.people or float("inf"), "people")
    ]
    tracer: Tracer
    compliance: Compliance
    caution: Caution
    masks: Masks
    testing: Testing

    @model_validator(mode="after")
    def _blocks_are_all(self) -> Self:
        if abs(sum(block.share.value for block in self.near) - 1) > 1e-9:
            raise rule_broken("the shares of near do not sum to 1", "a sum of 1")
        return self


@cache
def contact_numbers() -> ContactNumbers:
    """The shipped numbers. Raises LibraryError when the file is not what it should be."""
    text = resources.files("douse.library").joinpath(FILE).read_text(encoding="utf-8")
    return read(ContactNumbers, FILE, text)
