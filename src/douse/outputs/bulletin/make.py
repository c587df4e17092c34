"""Make the bulletin of a day beside all that came before."""

from collections.abc import Sequence
from datetime import datetime, time

from douse.errors import UsageError
from douse.outputs.bulletin.levels import changes, levels, meanings
from douse.outputs.bulletin.numbers import Seen, numbers, trend
from douse.outputs.bulletin.ranges import InconsistentError
from douse.outputs.bulletin.requests import requests
from douse.outputs.bulletin.testing import rounds, sites
from douse.outputs.bulletin.values import FORMAT, THIRD, WHOLE_AREA, Bulletin, Correction, Said

PUBLIC, PARTNERS = "public", "partners"


def make_bulletin(  # noqa: PLR0913  the day, what came before, and for whom
    today: Seen,
    before: Sequence[Bulletin] = (),
    earlier: Seen | None = None,
    *,
    audience: str = PUBLIC,
    ledger: int | str | None = None,
    call: str = "",
    publisher: str = "",
    moment: datetime | None = None,
    form: int = FORMAT,
) -> Bulletin:
    """The bulletin of a day.

    Parameters
    ----------
    today : Seen
        What is known of the day.
    before : Sequence[Bulletin]
        Every earlier bulletin of this audience, the oldest first: the numbers that they hid stay hidden.
    earlier : Seen, optional
        What was known on the day of the last of them; needed where there is one.
    audience : str
        public; or partners, who see every count and every zone.
    ledger : str or int, optional
        The last entry that it was made from; see `Bulletin`.
    call : str
        Whom to call; empty: the health department.
    publisher : str
        Name of the department that publishes it.
    moment : datetime, optional
        When it is made; it counts where that is on its day, which is then not over.
    form : int
        Edition of the form: that of an earlier bulletin, where one is made anew.

    Raises
    ------
    UsageError
        When the day is before the last bulletin, or the earlier ones are for others.
    """
    _check(today, before, earlier, audience)
    everything = audience == PARTNERS
    minimum = 1 if everything else round(today.protocol.privacy.small_cell_min.value)
    minimum = max(minimum, *(b.minimum for b in before), 1)
    day = today.situation.as_of
    at = moment if moment is not None and moment.date() == day and form >= THIRD else None
    try:
        counts = numbers(today, before, earlier, minimum)
        asked = requests(today, before, earlier, minimum, at or datetime.combine(day, time.max)) if form > 1 else None
    except InconsistentError:
        raise UsageError(
            "The earlier bulletins contradict one another, so nothing can be told beside them.",
            next_step="See which of them is not what it should be: `douse bulletin verify`.",
        ) from None
    last = before[-1] if before else None
    corrects = last.id if last is not None and last.as_of == day else None
    replaced = (Correction("replaced"),) if corrects else ()
    of_requests = (Correction("requests"),) if asked is not None and asked.changed else ()
    now, stricter = levels(today, everything=everything)
    protocol, pathogen = today.protocol, today.pathogen
    return Bulletin(
        format=form,
        audience=audience,
        as_of=day,
        previous=None if last is None else last.id,
        corrects=corrects,
        ledger=ledger,
        minimum=minimum,
        pathogen=pathogen.id,
        protocol=protocol.id,
        edition=protocol.edition,
        called=Said(pathogen.name.en, pathogen.name.zh),
        rules=Said(protocol.name.en, protocol.name.zh),
        call=call,
        areas=counts.areas,
        cases=counts.cases,
        outcomes=counts.outcomes,
        trend=trend(today, before, counts.cases, minimum),
        levels=now,
        stricter_within=stricter,
        meanings=meanings(today),
        changes=changes(now, before, today.zones if form >= THIRD else None),
        corrections=(*replaced, *counts.corrections, *of_requests),
        rounds=rounds(today, now, everything=everything, of_buildings=form < THIRD),
        sites=sites(today),
        publisher=publisher if form > 1 else "",
        asked=None if asked is None else asked.asked,
        answered=None if asked is None else asked.answered,
        asked_of=WHOLE_AREA if form >= THIRD else "",
        moment=at,
    )


def _check(today: Seen, before: Sequence[Bulletin], earlier: Seen | None, audience: str) -> None:
    if audience not in {PUBLIC, PARTNERS}:
        raise UsageError("There is no such audience.", allowed=f"{PUBLIC}, {PARTNERS}")
    if any(b.audience != audience for b in before):
        raise UsageError(
            "The folder holds bulletins for others: what partners may see would lie beside what the public may.",
            next_step="Name another folder with --out.",
        )
    if before and earlier is None:
        raise UsageError("A bulletin after others needs what was known on the day of the last of them.")
    if before and today.situation.as_of < before[-1].as_of:
        raise UsageError(
            "The folder holds a bulletin of a later day: none is put between others.",
            allowed=f"{before[-1].as_of} or later",
            next_step="Name a later day with --as-of, or another folder with --out.",
        )
    if before and today.pathogen.id != before[-1].pathogen:
        raise UsageError(
            "The folder holds bulletins of another pathogen.", next_step="Name another folder with --out, one for each."
        )
