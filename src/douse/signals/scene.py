"""`Scene`: all that a detector may look at on one day."""

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.records import Records, ZoneTree
from douse.signals.counts import DailyCounts, daily_counts
from douse.signals.one_case import FREE_INCUBATIONS
from douse.situation.situation import Situation

# How far back a signal's first day is looked for; longer where a zone must have been free for longer.
HISTORY_DAYS = 120
# Farrington looks back five years and half a window.
LONGEST_DAYS = 8 * 366


@dataclass(frozen=True)
class Scene:
    """What is known as of a day, as the detectors share it.

    Attributes
    ----------
    known : Records
        As-of view.
    situation : Situation
        Its counted cases are searched.
    zones : ZoneTree
        Tree of the same view.
    pathogen, protocol : Pathogen, Protocol
        Say what is an alert.
    """

    known: Records
    situation: Situation
    zones: ZoneTree
    pathogen: Pathogen
    protocol: Protocol

    @cached_property
    def cases(self) -> pl.DataFrame:
        """Counted cases, a row a case."""
        return self.situation.cases.unique("case_id", keep="first", maintain_order=True)

    @cached_property
    def counts(self) -> DailyCounts:
        """Cases a zone and day told: a signal is about news, and a late correction is none."""
        free_days = round(FREE_INCUBATIONS * self.pathogen.max_incubation.value)
        return self._counted(max(HISTORY_DAYS, 2 * free_days))

    @cached_property
    def history(self) -> DailyCounts:
        """The same, as far back as cases were told, but not more than `LONGEST_DAYS`: years tell what is usual."""
        first = self.counts.started
        days = 0 if first is None else min((self.known.day - first).days + 1, LONGEST_DAYS)
        return self.counts if days <= self.counts.counts.shape[1] else self._counted(days)

    def _counted(self, days: int) -> DailyCounts:
        return daily_counts(self.cases, self.zones, self.known.day, days=days)
