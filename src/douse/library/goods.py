"""What a protocol says of goods, of the crews that carry them, and of what residents ask for."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from douse.library.codes import CREW_KINDS, ITEMS, REQUEST_KINDS, CrewKind, Item, RequestKind
from douse.library.number import Amount, Cited, Hours, Positive, Strict, Text, rule_broken

# Who is given goods: beds (care), laboratories, those who take samples, households at their door, patients at home.
Receiver = Literal["care", "laboratory", "testing", "household", "patient"]


class ItemRules(Strict):
    """One item."""

    weight: Amount  # kg an item
    waits: bool  # what is missing on a day may be made up for later: a test, a parcel; not a mask or a meal


class Turn(Cited):
    """Who is served when there is not enough for all: the first of the list before the second, and so on."""

    receiver: Receiver
    items: Annotated[tuple[Item, ...], Field(min_length=1)]
    why: Text


class Goods(Strict):
    """Goods: what they weigh, and who goes short last."""

    items: dict[Item, ItemRules]
    order: Annotated[tuple[Turn, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if missing := [item for item in ITEMS if item not in self.items]:
            raise rule_broken(f"{', '.join(missing)} is missing in items", ", ".join(ITEMS))
        turns = [(turn.receiver, item) for turn in self.order for item in turn.items]
        if len(set(turns)) < len(turns):
            raise rule_broken("an item has two turns for the same receiver", "each receiver and item once")
        return self


class CrewRules(Strict):
    """What a crew manages where its record does not say."""

    load: Positive  # kg a trip by vehicle
    foot_load: Positive  # kg a trip on foot
    trip: Hours  # there, at the doors, and back
    works_from: Amount  # hour of the day
    works_to: Amount
    speed: Positive  # km an hour by vehicle, in town
    loading: Hours  # a trip
    door: Positive  # minutes a door
    usual_distance: Amount  # km, where a place is not known
    stops: Positive  # requests that one trip brings things to
    reach: Positive  # km: farther away nobody is sent for a request
    skills: dict[CrewKind, tuple[RequestKind, ...]]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not 0 <= self.works_from.value < self.works_to.value <= 24:
            raise rule_broken("works_from is not before works_to", "hours of one day, 0 to 24")
        if missing := [kind for kind in CREW_KINDS if kind not in self.skills]:
            raise rule_broken(f"{', '.join(missing)} is missing in skills", ", ".join(CREW_KINDS))
        return self


class RequestRules(Strict):
    """What residents ask for: which kinds are medical, and by when each is to be met."""

    medical: tuple[RequestKind, ...]
    visits: tuple[RequestKind, ...]  # that take a trip each; the others share one
    clock: dict[RequestKind, Hours]  # from the request, where it names no time itself

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if missing := [kind for kind in REQUEST_KINDS if kind not in self.clock]:
            raise rule_broken(f"{', '.join(missing)} is missing in clock", ", ".join(REQUEST_KINDS))
        return self
