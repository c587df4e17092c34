"""`Basis`: everything that a planner may look at."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from douse.library.pathogen import Pathogen
from douse.library.protocol import Costs, DaysOrIncubation, LevelRule, Protocol
from douse.records.records import Records
from douse.records.zone_tree import ZoneTree
from douse.situation.clock import resolve_days
from douse.situation.situation import Situation
from douse.tracing.trace import Trace


@dataclass(frozen=True)
class Basis:
    """What is known as of a day, the rules, and how far to look ahead.

    The days of the horizon are the as-of day and those after it, `horizon_days` in all, earliest first.
    """

    known: Records
    situation: Situation
    trace: Trace
    zones: ZoneTree
    pathogen: Pathogen
    protocol: Protocol
    costs: Costs
    horizon_days: int

    @property
    def as_of(self) -> date:
        """The day of the plan."""
        return self.situation.as_of

    @property
    def days(self) -> tuple[date, ...]:
        """Days of the horizon."""
        return tuple(self.as_of + timedelta(days=ahead) for ahead in range(self.horizon_days))

    @cached_property
    def residents(self) -> float | None:
        """Residents of the entire area; None where no root zone has a population."""
        roots = self.zones.population[self.zones.parent < 0]
        return None if np.isnan(roots).all() else float(np.nansum(roots))

    @cached_property
    def rules(self) -> dict[str, LevelRule]:
        """The protocol's rule of each level."""
        return {rule.level: rule for rule in self.protocol.level}

    def days_of(self, days: DaysOrIncubation) -> float:
        """Days of a rule, with the pathogen's own maximum incubation period filled in."""
        return resolve_days(days, self.pathogen)


def whole(value: float) -> int | float:
    """The number as an int where it is one: for sentences."""
    return int(value) if float(value).is_integer() else float(value)
