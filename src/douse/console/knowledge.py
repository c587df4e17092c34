"""The library files in force: pathogen, protocol, costs. Chosen by an administrator; a past day has those of then."""

from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path

from django.db import transaction

from douse.console import clock
from douse.console.models import InForce
from douse.console.permissions import Actor
from douse.console.writing import note
from douse.errors import UsageError
from douse.library import Costs, Pathogen, Protocol, load, names
from douse.question import Knowledge, Question, choose_knowledge
from douse.records import Records


def in_force(known: Records, day: date) -> Knowledge:
    """What holds on a day: as chosen, else as the cases of the records tell.

    Raises
    ------
    UsageError
        When nobody chose, and the cases do not tell which pathogen it is.
    """
    chosen = chosen_on(day)
    if chosen is not None:
        return loaded(chosen.pathogen, chosen.protocol, chosen.costs)
    return choose_knowledge(known, Question(data=Path()))


def chosen_on(day: date) -> InForce | None:
    """The choice that held at the end of a day; none before the first."""
    return InForce.objects.filter(chosen_at__lte=datetime.combine(day, time.max)).first()


@lru_cache(16)
def loaded(pathogen: str, protocol: str, costs: str) -> Knowledge:
    """Library files by their names."""
    return Knowledge(load(Pathogen, pathogen), load(Protocol, protocol), load(Costs, costs))


def choose(by: Actor, *, pathogen: str, protocol: str, costs: str, reason: str) -> InForce:
    """Put library files in force from now on.

    Raises
    ------
    UsageError
        When one is not in the library, the protocol is for another pathogen, or no reason is given.
    """
    for kind, name in ((Pathogen, pathogen), (Protocol, protocol), (Costs, costs)):
        if name not in names(kind):
            raise UsageError("There is no such entry in the library.", allowed=", ".join(names(kind)))
    rules = load(Protocol, protocol)
    if "any" not in rules.pathogens and pathogen not in rules.pathogens:
        raise UsageError(
            "The protocol is not made for this pathogen.",
            allowed=", ".join(rules.pathogens),
            next_step="Choose another protocol, or another pathogen.",
        )
    if not reason.strip():
        raise UsageError("A reason is needed.", next_step="Say in a sentence why this is in force from now on.")
    with transaction.atomic():
        chosen = InForce.objects.create(
            pathogen=pathogen,
            protocol=protocol,
            costs=costs,
            chosen_by=by.name,
            chosen_at=clock.now(),
            reason=reason.strip(),
        )
        named = f"{pathogen} {protocol} {costs}"
        note(by, "choose_protocol", object_table="library", object_id=named, reason=reason.strip())
    return chosen
