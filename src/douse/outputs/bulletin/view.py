"""A bulletin as sentences in one language: what pages, PDF and feeds lay out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from douse.outputs.bulletin.asked import Asked, asked
from douse.outputs.bulletin.book import Book, Latest
from douse.outputs.bulletin.rows import CountRow, Figure, as_of, came, count_rows, newest
from douse.outputs.bulletin.values import DIED, ELSEWHERE, Bulletin, Correction, LevelOfZone, books
from douse.outputs.words import Words
from douse.records.codes import LEVELS

MOST_ROWS = 40  # of a list on a page; all are in the JSON file


@dataclass(frozen=True)
class LevelRow:
    """A level in force in a zone."""

    level: str
    label: str
    name: str
    within: str
    since: str
    until: str
    lift: str


@dataclass(frozen=True)
class Meant:
    """What a level means."""

    level: str
    label: str
    means: tuple[str, ...]


@dataclass(frozen=True)
class View:
    """A bulletin in one language. `more_…`: how many rows a list leaves out. `asked`: None where nothing is told."""

    title: str
    day: str
    about: tuple[str, ...]
    notice: str  # for partners
    lead: str
    figures: tuple[Figure, ...]
    areas: tuple[CountRow, ...]
    note: str
    asked: Asked | None
    levels: tuple[LevelRow, ...]
    more_levels: int
    stricter: str
    meanings: tuple[Meant, ...]
    changes: tuple[str, ...]
    more_changes: int
    corrections: tuple[str, ...]
    rounds: tuple[tuple[str, str], ...]
    more_rounds: int
    sites: tuple[tuple[str, str], ...]
    more_sites: int
    call: str
    id: str
    previous: str
    ledger: str


def words_of(bulletin: Bulletin, language: str) -> Words:
    """Words with the bulletin's own names of levels."""
    return Words(language, levels={meaning.level: meaning.name.say(language) for meaning in bulletin.meanings})


def view(history: Sequence[Bulletin], language: str) -> View:
    """The last bulletin of a history in a language."""
    told = history[-1]
    words = words_of(told, language)
    cases, _ = books(history)
    days = [b.as_of for b in history]
    rounds = [(one.name, _joined([words.short_day(day) for day in one.days], words)) for one in told.rounds]
    changes = [
        words.say(
            "{zone}: {before} → {after}", zone=one.name, before=words.level(one.before), after=words.level(one.after)
        )
        for one in told.changes
    ]
    return View(
        title=words.say("Bulletin: {pathogen}", pathogen=told.called.say(language)),
        day=words.day(told.as_of),
        about=(
            words.say("What is known at the end of {day}.", day=told.as_of)
            if told.moment is None
            else words.say("What is known by {moment}.", moment=told.moment),
            words.say("Rules: {name}, edition {edition}.", name=told.rules.say(language), edition=told.edition),
            *((words.say("Published by {name}.", name=told.publisher),) if told.publisher else ()),
        ),
        notice=""
        if told.audience == "public"
        else words.say("For partners: holds small counts and names buildings. Do not publish or pass on."),
        lead=_lead(told, cases, days, words),
        figures=tuple(_figures(history, words)),
        areas=tuple(_areas(told, cases, days, words)),
        note=_note(told, words),
        asked=asked(history, words),
        levels=tuple(_level(one, told, words) for one in told.levels[:MOST_ROWS]),
        more_levels=max(len(told.levels) - MOST_ROWS, 0),
        stricter=_stricter(told, words),
        meanings=tuple(
            Meant(one.level, one.name.say(language), tuple(text.say(language) for text in one.means))
            for one in told.meanings
        ),
        changes=tuple(changes[:MOST_ROWS]),
        more_changes=max(len(changes) - MOST_ROWS, 0),
        corrections=tuple(_correction(one, words) for one in told.corrections),
        rounds=tuple(rounds[:MOST_ROWS]),
        more_rounds=max(len(rounds) - MOST_ROWS, 0),
        sites=tuple((one.name, one.within) for one in told.sites[:MOST_ROWS]),
        more_sites=max(len(told.sites) - MOST_ROWS, 0),
        call=told.call or words.say("your health department"),
        id=told.id,
        previous=told.previous or "",
        ledger="" if told.ledger is None else str(told.ledger)[:16],
    )


def trend_sentence(bulletin: Bulletin, words: Words) -> str:
    """Whether the outbreak grows, with R where it is told."""
    trend = bulletin.trend
    said = {
        "growing": words.say("The outbreak is growing."),
        "shrinking": words.say("The outbreak is shrinking."),
        "not_clear": words.say("Whether the outbreak grows or shrinks is not clear."),
        "too_few": words.say("Too few new cases to say whether the outbreak grows or shrinks."),
    }[trend.state]
    return (
        said
        if trend.r is None
        else f"{said} {_r(bulletin, words)}"
        if words.language == "en"
        else said + _r(bulletin, words)
    )


def _r(bulletin: Bulletin, words: Words) -> str:
    trend = bulletin.trend
    return words.say(
        "Ten people with the infection pass it on to about {n} others (R {r}, 95% interval {low} to {high}).",
        n=words.number(10 * (trend.r or 0.0)),
        r=words.number(trend.r, 1),
        low=words.number(trend.lower, 1),
        high=words.number(trend.upper, 1),
    )


def _lead(told: Bulletin, cases: Book, days: Sequence[date], words: Words) -> str:
    new = newest(cases, None, days)
    if new.count is None:
        first = words.say("Too few cases are on record to tell their number.")
    elif new.new == 0 and new.column == len(days) - 1:
        first = words.say("No new case since {day}.", day=days[new.since] if new.since is not None else days[0])
        if new.since is None:
            first = words.say("No case is on record.")
    else:
        first = _period(new, days, words)
    parts = (first, trend_sentence(told, words))
    return (" " if words.language == "en" else "").join(parts)


def _period(new: Latest, days: Sequence[date], words: Words) -> str:
    last = days[new.column or 0]
    if new.since is None or new.new is None:
        return words.say("{n} {n:case is|cases are} on record by {day}.", n=new.count, day=last)
    return words.say(
        "{n} new {n:case was|cases were} recorded after {first} and up to {last}.",
        n=new.new, first=days[new.since], last=last,
    )  # fmt: skip


def _figures(history: Sequence[Bulletin], words: Words) -> Iterator[Figure]:
    told, days = history[-1], [b.as_of for b in history]
    cases, outcomes = books(history)
    total, closed, died = newest(cases, None, days), newest(outcomes, None, days), newest(outcomes, DIED, days)
    yield came(total, days, words)
    yield Figure(words.say("All cases"), words.number(total.count), (as_of(total, days, words),))
    # Those still ill are told where both counts are of the same bulletin.
    column = next((at for at in range(len(days) - 1, -1, -1) if _both(history[at])), None)
    active = None if column is None else (history[column].cases.total or 0) - (history[column].outcomes.total or 0)
    shown = Latest(active, column, None, None)
    yield Figure(words.say("Ill now"), words.number(active), (as_of(shown, days, words),))
    yield Figure(words.say("No longer ill or died"), words.number(closed.count), (as_of(closed, days, words),))
    yield Figure(words.say("Died"), words.number(died.count), (as_of(died, days, words),))
    if told.trend.r is not None:
        spread = words.say(
            "{low} to {high}", low=words.number(told.trend.lower, 1), high=words.number(told.trend.upper, 1)
        )
        yield Figure("R", words.number(told.trend.r, 1), (spread,))


def _both(bulletin: Bulletin) -> bool:
    return bulletin.cases.total is not None and bulletin.outcomes.total is not None


def _areas(told: Bulletin, cases: Book, days: Sequence[date], words: Words) -> Iterator[CountRow]:
    """Areas, those with most cases first, and what lies in none of them last."""
    counts = {row: newest(cases, row, days).count or 0 for row in told.cases.rows}
    named = [(row, told.areas.get(row, row)) for row in told.cases.rows if row != ELSEWHERE]
    named.sort(key=lambda pair: (-counts[pair[0]], pair[1]))
    elsewhere = [(ELSEWHERE, words.say("Elsewhere or not known"))] if ELSEWHERE in told.cases.rows else []
    yield from count_rows(cases, [*named, *elsewhere], days, words)


def _note(told: Bulletin, words: Words) -> str:
    if told.minimum <= 1:
        return ""
    return words.say(
        "A new figure is told once {n} or more cases came since the one before, or none; and some wait longer, so that "
        "no smaller number can be worked out from this and earlier bulletins.",
        n=told.minimum,
    )


def _level(one: LevelOfZone, told: Bulletin, words: Words) -> LevelRow:
    until = words.say("until {day}", day=one.until) if one.until else words.say("no end is on record")
    if one.review_on and one.review_on >= told.as_of:
        until = f"{until}; {words.say('reviewed by {day}', day=one.review_on)}"
    lift = ""
    if one.lift_on is not None:
        left = (one.lift_on - told.as_of).days
        lift = (
            words.say(
                "may be lifted from {day} ({n} {n:day|days}) if no further case is found", day=one.lift_on, n=left
            )
            if left
            else words.say("may be lifted from {day} if no further case is found", day=one.lift_on)
        )
    label = words.level(one.level)
    return LevelRow(one.level, label, one.name, one.within, words.day(one.since), until, lift)


def _stricter(told: Bulletin, words: Words) -> str:
    if not told.stricter_within:
        return ""
    return words.say(
        "In {n} {n:zone|zones} single buildings have a stricter level. They are not named here: it is told at the door "
        "and by phone, and the look-up says where to ask.",
        n=len(told.stricter_within),
    )


def _correction(one: Correction, words: Words) -> str:
    if one.what == "replaced":
        return words.say("This bulletin takes the place of an earlier one of the same day.")
    if one.what == "rewritten":
        return words.say(
            "Records of earlier days were changed without a date of the change: earlier figures of all areas are open "
            "to doubt."
        )
    if one.what == "requests":
        return words.say(
            "Earlier figures of what residents asked for: some requests, or what became of them, were changed. "
            "The next figure is without them."
        )
    if one.what == "gone":
        return words.say(
            "{area} is not on the list of areas any more: its cases are counted with others.", area=one.name
        )
    if one.row == DIED:
        return words.say("Earlier figures of deaths: some were withdrawn. The next figure is without them.")
    name = one.name or words.say("Elsewhere or not known")
    return words.say(
        "Earlier figures of {area}: some cases were withdrawn or belong to another area. "
        "The next figure is without them.",
        area=name,
    )


def _joined(items: Sequence[str], words: Words) -> str:
    return (", " if words.language == "en" else "、").join(items)


def rank(level: str) -> int:
    """Order of a level, the strictest last."""
    return LEVELS.index(level)
