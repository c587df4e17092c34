"""The counts of a day, and what of them may be told beside all earlier bulletins."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol as Form

import polars as pl

from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.outputs.bulletin.areas import areas, by_area
from douse.outputs.bulletin.book import Book, Column
from douse.outputs.bulletin.release import TOTAL, release
from douse.outputs.bulletin.values import DIED, ELSEWHERE, OTHER, Bulletin, Correction, Trend, books
from douse.records.records import Records
from douse.records.zone_tree import ZoneTree
from douse.situation.situation import Situation
from douse.units import DAYS_PER_WEEK

_ROUNDING = 0.1  # R is told to one decimal


class Seen(Form):
    """What is known of one day: a scene, an assessment with its library files, or anything like them."""

    @property
    def known(self) -> Records:
        """The as-of view."""

    @property
    def situation(self) -> Situation:
        """What it says."""

    @property
    def zones(self) -> ZoneTree:
        """Its zones."""

    @property
    def pathogen(self) -> Pathogen:
        """The pathogen."""

    @property
    def protocol(self) -> Protocol:
        """The rules."""


@dataclass(frozen=True)
class Numbers:
    """Counts as they are shown."""

    cases: Column
    outcomes: Column
    areas: dict[str, str]
    corrections: tuple[Correction, ...]


def numbers(today: Seen, before: Sequence[Bulletin], earlier: Seen | None, minimum: int) -> Numbers:
    """Counts of a day as they may be shown.

    Parameters
    ----------
    today : Seen
        Of the day.
    before : Sequence[Bulletin]
        All earlier bulletins of the audience, the oldest first.
    earlier : Seen or None
        What was known on the day of the last of them: what has left an area since is a correction.
    minimum : int
        Counts from 1 to below it are small.
    """
    rows = areas(today.zones, books(before)[0].rows)
    now = by_area(today.situation.cases, today.zones, rows)
    ended = _outcomes(today.situation)
    corrected: set[str] = set()
    changed: set[str] = set()
    rewritten = False
    if before and earlier is not None:
        old_rows = [row for row in before[-1].cases.rows if row in earlier.zones.position]
        old = by_area(earlier.situation.cases, earlier.zones, old_rows)
        old_ended = _outcomes(earlier.situation)
        rewritten = not (agrees(before[-1].cases, old) and agrees(before[-1].outcomes, old_ended))
        corrected = {row for row in now if rewritten or old.get(row, set()) - now[row]}
        changed = {row for row in ended if rewritten or old_ended[row] - ended[row]}
    cases, outcomes = told(books(before), sizes(now), sizes(ended), corrected, changed, minimum)
    names = dict(zip(today.zones.ids, today.zones.names, strict=True))
    named = {row: names.get(row, row) for row in cases.rows if row != ELSEWHERE}
    corrections = [Correction("withdrawn", row, named.get(row)) for row in cases.rows if row in corrected]
    corrections += [Correction("withdrawn", row) for row in (DIED,) if row in changed]
    corrections = [Correction("rewritten")] if rewritten else corrections
    gone = [row for row in before[-1].cases.rows if row not in now] if before else []
    corrections += [Correction("gone", row, before[-1].areas.get(row, row)) for row in gone]
    return Numbers(cases, outcomes, named, tuple(corrections))


def told(  # noqa: PLR0913, PLR0917  the counts of a day and what became of earlier ones
    before: tuple[Book, Book],
    cases: Mapping[str, int],
    ended: Mapping[str, int],
    corrected: Iterable[str],
    changed: Iterable[str],
    minimum: int,
) -> tuple[Column, Column]:
    """What of the cases by area and of the outcomes may be shown, beside all that was shown before.

    Outcomes are shown only beside the total of the cases, and where the people still ill, which is the difference, are
    none or not few.

    Parameters
    ----------
    before : tuple[Book, Book]
        Cases by area, and outcomes, as earlier bulletins showed them.
    cases, ended : Mapping[str, int]
        Cumulative counts by area, and by outcome.
    corrected, changed : Iterable[str]
        Areas and outcomes that a case has left since the bulletin before.
    minimum : int
        Counts from 1 to below it are small.
    """
    cases_book, outcomes_book = before
    shown = release(cases_book, cases, minimum, corrected).column
    outcomes = release(outcomes_book, ended, minimum, changed).column
    if minimum > 1:
        active = None if shown.total is None or outcomes.total is None else shown.total - outcomes.total
        if active is None or 0 < active < minimum:
            outcomes = Column(outcomes.rows, (None,) * len(outcomes.rows), None, outcomes.corrected)
        if _bounds(shown.total, outcomes.total, outcomes_book.last(None), minimum):
            shown = release(cases_book, cases, minimum, corrected, withheld=(TOTAL,)).column
    return shown, outcomes


def trend(today: Seen, before: Sequence[Bulletin], cases: Column, minimum: int) -> Trend:
    """Whether the outbreak grows, in words; in figures only where they give no count away.

    Whether there are too few cases to say is read from the totals that were shown. R is told to one decimal, and only
    where that much rounding leaves room for `minimum` different counts of the week that it was read from: it is about
    the count divided by what the cases before would give, so a tenth of it stands for a tenth of count / R.
    """
    week = today.situation.as_of - timedelta(days=DAYS_PER_WEEK)
    known = [b.cases.total for b in before if b.cases.total is not None and b.as_of <= week]
    recent = [*(b.cases.total for b in before if b.cases.total is not None and b.as_of > week), cases.total]
    last = next((total for total in reversed(recent) if total is not None), None)
    new = 0 if last is None else last - (known[-1] if known else 0)
    r = today.situation.r_now
    if new < max(minimum, 1) or today.situation.new_week == 0 or r.estimate is None:
        return Trend("too_few")
    if r.lower is None or r.upper is None:
        return Trend("not_clear")
    state = "growing" if r.lower > 1 else "shrinking" if r.upper < 1 else "not_clear"
    room = _ROUNDING * min(new, today.situation.new_week) / max(r.estimate, _ROUNDING)
    if minimum > 1 and room < minimum - 1:
        return Trend(state)
    return Trend(state, *(round(value, 1) for value in (r.estimate, r.lower, r.upper)))


def _outcomes(situation: Situation) -> dict[str, set[str]]:
    """Cases that are no longer ill: those who died, and all others."""
    closed = situation.cases.filter(~pl.col("active"))
    died = pl.col("outcome").cast(pl.String).eq("died").fill_null(value=False)
    return {
        DIED: set(closed.filter(died)["case_id"].to_list()),
        OTHER: set(closed.filter(~died)["case_id"].to_list()),
    }


def _bounds(total: int | None, ended: int | None, ended_before: int, minimum: int) -> bool:
    """Whether a total of cases that has shrunk leaves too little room above the outcomes that were shown last."""
    return total is not None and ended is None and 0 < total - ended_before < minimum - 1


def sizes(groups: Mapping[str, set[str]]) -> dict[str, int]:
    """How many are in each group."""
    return {row: len(cases) for row, cases in groups.items()}


def agrees(column: Column, groups: Mapping[str, set[str]]) -> bool:
    """Whether what was shown is what the records of that day still say."""
    shown = zip(column.rows, column.shown, strict=True)
    rows = all(value is None or len(groups.get(row, ())) == value for row, value in shown)
    return rows and column.total in {None, sum(len(cases) for cases in groups.values())}
