"""`Outlook`: what the checks of the black-swan guard look at, and what each of them finds."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import polars as pl

from douse.library.pathogen import Pathogen
from douse.records import Records

# Fewer earlier or recent cases than that are not compared.
LEAST_EARLIER = 20
LEAST_RECENT = 5


@dataclass(frozen=True)
class Oddity:
    """One check: how far what is seen lies from what was expected.

    Counts are of cases (of pairs, suspected cases or weeks where the check is of those). `p` is None where the check
    could not be made, for the reason `why_not`.
    """

    check: str
    n: int = 0
    observed: float | None = None
    expected: float | None = None
    p: float | None = None
    why_not: str = ""
    cases: tuple[str, ...] = ()  # that stand out, the latest first


@dataclass(frozen=True)
class Outlook:
    """Records and counted cases of a day, in two parts: the recent ones and those before.

    Attributes
    ----------
    known : Records
        As-of view.
    cases : polars.DataFrame
        Counted cases as in `Situation.cases`, a row a case.
    pathogen : Pathogen
        What the library expects.
    recent_days : int
        Cases told within so many days, the as-of day included, are recent.
    settle_days : int
        Days after which a case's link is known; later cases are left out where links are compared.
    tolerance : float
        How many times the library's severity is still no surprise.
    """

    known: Records
    cases: pl.DataFrame
    pathogen: Pathogen
    recent_days: int
    settle_days: int
    tolerance: float

    @property
    def as_of(self) -> date:
        """The day."""
        return self.known.day

    @property
    def recent(self) -> pl.Expr:
        """True for a recent case."""
        return pl.col("told_on") > self.as_of - timedelta(days=self.recent_days)

    @cached_property
    def settled(self) -> pl.DataFrame:
        """Cases whose investigation had its time, with the recent ones counted from then."""
        last = self.as_of - timedelta(days=self.settle_days)
        recent = pl.col("told_on") > last - timedelta(days=self.recent_days)
        return self.cases.filter(pl.col("told_on") <= last).with_columns(recent=recent)
