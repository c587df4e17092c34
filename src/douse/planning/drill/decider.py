"""`Decider`: who says, each day, what is to hold in zones from tomorrow; and the policies that drills know by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol as Interface

from douse.errors import UsageError
from douse.library.pathogen import Pathogen
from douse.library.protocol import Costs, Protocol
from douse.records.measure import Measure
from douse.records.records import Records


@dataclass(frozen=True)
class Brief:
    """What whoever decides may know beside the records: the library files, and a seed for what it simulates itself."""

    pathogen: Pathogen
    protocol: Protocol
    costs: Costs
    seed: int = 1


class Decider(Interface):
    """Decides once a day, from the first day with a case on record. A new one is made for every drill."""

    def decide(self, known: Records, day: date) -> tuple[Measure, ...]:
        """All measures on zones that are to hold from the day after `day`; what is left out ends.

        Parameters
        ----------
        known : Records
            As of `day`.
        day : date
            The last day that has passed.
        """
        ...


@dataclass(frozen=True)
class Policy:
    """A way to respond.

    Attributes
    ----------
    name : str
        As in the command.
    decider : Decider or None
        None: no zone ever gets a level, so nothing need be looked at.
    responds : bool
        The department tests, traces, isolates and quarantines by the protocol.
    """

    name: str
    decider: Decider | None
    responds: bool = True


Maker = Callable[[Brief], Policy]


def policy_named(
    name: str, brief: Brief, known: Mapping[str, Maker], from_file: Callable[[Path, Brief], Policy] | None = None
) -> Policy:
    """A fresh policy: one of `known`, or that of a TOML file.

    Raises
    ------
    UsageError
        When there is none of the name, or no file of policies can be read.
    """
    if name in known:
        return known[name](brief)
    if name.endswith(".toml") and from_file is not None:
        return from_file(Path(name), brief)
    raise UsageError(
        f"There is no policy {name}.",
        allowed=", ".join(known) + (", or a .toml file" if from_file is not None else ""),
        next_step="Name one of these with --policy.",
    )
