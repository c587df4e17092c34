"""`Bulletin`: what is told on one day. It is the same in every language, and is never changed once published."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property

from pydantic import TypeAdapter, ValidationError

from douse.errors import DataError
from douse.outputs.bulletin.book import Book, Column
from douse.outputs.json_text import dumped, plain

FORMAT = THIRD = 3
# That can be read: 1 said nothing of requests nor of who publishes; 2 judged requests by the end of the day though it
# was made before, did not say whose they are, called a zone open whose own level alone
# was lifted, and a whole zone to the round of tests of one building in it.
FORMATS = (1, 2, THIRD)
WHOLE_AREA = "whole_area"
ELSEWHERE = ""  # the row of cases that lie in no area on the list
DIED, OTHER = "died", "other"
IN_TIME, NOT_IN_TIME, TAKEN_BACK = "in_time", "not_in_time", "taken_back"
TRENDS = ("growing", "shrinking", "not_clear", "too_few")


@dataclass(frozen=True)
class Said:
    """Words in each language, copied from the library so that the bulletin stays readable as it was."""

    en: str
    zh: str

    def say(self, language: str) -> str:
        """The words in a language."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class Meaning:
    """What a level is called and what it means for a household."""

    level: str
    name: Said
    means: tuple[Said, ...]


@dataclass(frozen=True)
class LevelOfZone:
    """A level in force in a zone that may be named."""

    zone: str
    name: str
    within: str  # name of the zone that contains it; empty: none
    level: str
    since: date
    review_on: date | None
    until: date | None  # last day in force unless renewed
    lift_on: date | None  # earliest day by the protocol's rule if no further case is found; None: not told
    people: int | None


@dataclass(frozen=True)
class Change:
    """A zone whose level is another than in the bulletin before."""

    zone: str
    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Correction:
    """Numbers of earlier bulletins that no longer hold.

    `what`: withdrawn (cases were withdrawn or moved to another area; the new count says how many are left),
    rewritten (records of an earlier day were changed without a date of the change), replaced (this bulletin takes the
    place of another of the same day), gone (the area is not on the map any more: others hold its cases), requests
    (requests of residents, or what became of them, were changed).
    """

    what: str
    row: str | None = None
    name: str | None = None


@dataclass(frozen=True)
class TestRound:
    """Where everybody is tested, and on which days."""

    __test__ = False

    zone: str
    name: str
    days: tuple[date, ...]


@dataclass(frozen=True)
class TestSite:
    """Where anybody may be tested."""

    __test__ = False

    name: str
    within: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True)
class Trend:
    """Whether the outbreak grows; R with its 95% interval only where it gives no count away."""

    state: str  # one of TRENDS
    r: float | None = None
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True)
class Bulletin:
    """What is told on one day.

    Attributes
    ----------
    format : int
        Edition of this form.
    audience : str
        public, or partners (nothing is hidden: not to be passed on).
    as_of : date
        The end of this day is the moment of all that is told.
    previous, corrects : str or None
        SHA-256 of the bulletin before, and of the one of the same day whose place it takes.
    ledger : str, int or None
        Hash of the last entry of the ledger that had been made by then; its sequence number in formats 1 and 2, which
        told how many entries lay between two bulletins. None: made from a folder.
    minimum : int
        Counts from 1 to below it are not shown.
    pathogen, protocol, edition : str
        By their names in the library.
    called, rules : Said
        Their names for readers.
    call : str
        Whom to call; empty: the health department.
    areas : dict[str, str]
        Row of `cases` -> name.
    cases, outcomes : Column
        Cumulative counts by area, and by outcome (died, other; the total is all who are no longer ill).
    publisher : str
        The department that publishes it; empty: not named.
    asked, answered : Column or None
        Requests of residents: cumulative counts by kind, and of those whose time is up, by what became of them (met in
        time, not met in time, taken back). None: of format 1.
    asked_of : str
        Whose requests these are: whole_area, whatever the pathogen, so those of another bulletin are the same ones.
        Empty: of an earlier format, which did not say so.
    moment : datetime or None
        When it was made, where its day was not over: whether time is up is judged by then. None: by the end of the day.
    """

    format: int
    audience: str
    as_of: date
    previous: str | None
    corrects: str | None
    ledger: int | str | None
    minimum: int
    pathogen: str
    protocol: str
    edition: str
    called: Said
    rules: Said
    call: str
    areas: dict[str, str]
    cases: Column
    outcomes: Column
    trend: Trend
    levels: tuple[LevelOfZone, ...]
    stricter_within: tuple[str, ...]  # zones with a building or less, which is not named, at a stricter level
    meanings: tuple[Meaning, ...]
    changes: tuple[Change, ...]
    corrections: tuple[Correction, ...]
    rounds: tuple[TestRound, ...]
    sites: tuple[TestSite, ...]
    publisher: str = ""
    asked: Column | None = None
    answered: Column | None = None
    asked_of: str = ""
    moment: datetime | None = None

    @property
    def by(self) -> datetime:
        """The moment by which requests are judged."""
        return self.moment or datetime.combine(self.as_of, time.max)

    @cached_property
    def id(self) -> str:
        """SHA-256 of its file."""
        return hashlib.sha256(as_text(self).encode()).hexdigest()

    def meaning(self, level: str) -> Meaning:
        """What a level means."""
        return next(meaning for meaning in self.meanings if meaning.level == level)


_SINCE = {"publisher": 2, "asked": 2, "answered": 2, "asked_of": THIRD, "moment": THIRD}  # names of parts -> format
_FORM: TypeAdapter[Bulletin] = TypeAdapter(Bulletin)


def as_text(bulletin: Bulletin) -> str:
    """The file of a bulletin: the same values give the same bytes."""
    value = plain(bulletin)
    for name in ("cases", "outcomes", "asked", "answered"):
        if value[name] is not None:
            value[name]["corrected"] = sorted(value[name]["corrected"])
    return dumped({name: held for name, held in value.items() if _SINCE.get(name, 1) <= bulletin.format})


def from_text(text: str, name: str) -> Bulletin:
    """A bulletin from its file; `name` is for messages.

    Raises
    ------
    DataError
        When it is none, or of a later format.
    """
    try:
        value = json.loads(text)
        if isinstance(value, Mapping) and value.get("format") not in {None, *FORMATS}:
            raise DataError(
                f"{name} is of another format than this edition of Douse reads.",
                allowed=f"format {', '.join(map(str, FORMATS))}",
                next_step="Use the edition that it was made with, or a later one.",
            )
        return _FORM.validate_python(value, extra="forbid")
    except (ValueError, RecursionError, ValidationError):
        raise DataError(
            f"{name} is not a bulletin of Douse.", next_step="Name a file of the folder bulletins, or the folder."
        ) from None


def books(before: Sequence[Bulletin]) -> tuple[Book, Book]:
    """Cases by area, and outcomes, of a history of bulletins, the oldest first."""
    return Book(tuple(b.cases for b in before)), Book(tuple(b.outcomes for b in before))


def books_of_requests(before: Sequence[Bulletin]) -> tuple[Book, Book]:
    """Requests by kind, and what became of them, of those of a history that tell of them."""
    asked = [b.asked for b in before if b.asked is not None]
    answered = [b.answered for b in before if b.answered is not None]
    return Book(tuple(asked)), Book(tuple(answered))
