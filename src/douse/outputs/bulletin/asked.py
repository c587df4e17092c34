"""What residents asked for, and what is still missing, as sentences and rows of one language."""

from collections.abc import Sequence
from dataclasses import dataclass

from douse.outputs.bulletin.book import Latest
from douse.outputs.bulletin.rows import CountRow, Figure, as_of, count_rows, newest
from douse.outputs.bulletin.values import IN_TIME, NOT_IN_TIME, TAKEN_BACK, Bulletin, books_of_requests
from douse.outputs.words import Words


@dataclass(frozen=True)
class Asked:
    """Requests of the whole area: figures in all, and a row for each kind. Without figures: none is on record."""

    figures: tuple[Figure, ...]
    kinds: tuple[CountRow, ...]
    note: str = ""


def asked(history: Sequence[Bulletin], words: Words) -> Asked | None:
    """What the last bulletin of a history tells of requests; None where it tells nothing of them."""
    told = history[-1]
    if told.asked is None or told.answered is None:
        return None
    telling = [b for b in history if b.asked is not None]
    days = [b.as_of for b in telling]
    kinds, fates = books_of_requests(history)
    if told.asked.total == 0:
        return Asked((), ())
    figures = [
        Figure(label, words.number(one.count), (as_of(one, days, words),))
        for label, one in (
            (words.say("Asked for in all"), newest(kinds, None, days)),
            (words.say("Not met in time"), newest(fates, NOT_IN_TIME, days)),
            (words.say("Met in time"), newest(fates, IN_TIME, days)),
            (words.say("Wait, still in time"), _waiting(telling)),
            (words.say("Taken back by households"), newest(fates, TAKEN_BACK, days)),
        )
    ]
    rows = count_rows(kinds, [(kind, words.label(kind)) for kind in told.asked.rows], days, words)
    note = words.say(
        "Requests of all households of the area, ill or not. A bulletin about another illness tells the same ones: do "
        "not add them up. In time: by when the household needs it, or else within the time that the rules give for its "
        "kind."
    )
    return Asked(tuple(figures), tuple(rows), note)


def _waiting(telling: Sequence[Bulletin]) -> Latest:
    """Those whose time is not up, of the last bulletin that tells both counts that they are the difference of."""
    for at in range(len(telling) - 1, -1, -1):
        kinds, fates = telling[at].asked, telling[at].answered
        if kinds is not None and fates is not None and kinds.total is not None and fates.total is not None:
            return Latest(kinds.total - fates.total, at, None, None)
    return Latest(None, None, None, None)
