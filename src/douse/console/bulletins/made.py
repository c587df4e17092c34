"""Make a bulletin out of the ledger: in the background, as `douse bulletin` does, so that `verify` proves it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

import polars as pl

from douse.bulletins import beside
from douse.console import clock, instance
from douse.console.bulletins import place
from douse.console.claims.published import published as published_claims
from douse.console.plan.workshop import Progress, Work, workshop
from douse.errors import UsageError
from douse.library import advice_for
from douse.main import look
from douse.outputs.bulletin.site import write_site
from douse.outputs.bulletin.values import Bulletin
from douse.outputs.claims.published import listed
from douse.question import Knowledge, Opened, Question, of_pathogen
from douse.records.finding import Checked, no_findings
from douse.records.ledger import Snapshot
from douse.records.ledger.frames import rows_after
from douse.records.ledger.live import with_attached
from douse.records.ledger.marks import mark_of, sequence_of
from douse.signals import Scene

KIND = "bulletin"


@dataclass(frozen=True)
class Asked:
    """Which bulletin: of which day, for whom, who is to be called; what opens first; where the site is found."""

    day: date
    audience: str
    call: str = ""
    language: str = "en"
    address: str = ""


@dataclass(frozen=True)
class Draft:
    """A bulletin that was made and may be published.

    Attributes
    ----------
    asked : Asked
        What was asked for.
    bulletin : Bulletin
        The bulletin.
    before : tuple of Bulletin
        Those before it.
    name : str
        Of the folder of its files.
    sequence : int
        Of the last entry of the ledger that it was made from.
    is_new : bool
        False: the one of that day was published before and still holds.
    """

    asked: Asked
    bulletin: Bulletin
    before: tuple[Bulletin, ...]
    name: str
    sequence: int
    is_new: bool


def start(snapshot: Snapshot, asked: Asked, knowledge: Knowledge) -> Work:
    """Begin to make a bulletin, unless it is made already of these records and beside the same bulletins.

    Raises
    ------
    UsageError
        When the records hold no case.
    DataError
        When the file of a published bulletin was changed, or is gone.
    """
    if snapshot.current("cases").is_empty():
        raise UsageError("No case is on record yet: there is nothing to tell.", next_step="Bring in the records first.")
    before = published(snapshot, asked.audience)
    last = before[-1].id if before else ""
    key = (KIND, asked, snapshot.sequence, last, f"{knowledge.pathogen.id} {knowledge.protocol.id}")
    return workshop(KIND).ask(key, lambda progress: make(snapshot, asked, knowledge, progress))


def published(snapshot: Snapshot, audience: str) -> tuple[Bulletin, ...]:
    """Published bulletins of an audience, the oldest first; all that are on record are there.

    Raises
    ------
    DataError
        When the file of one was changed, or is gone.
    """
    rows = snapshot.current("bulletins").filter(pl.col("audience") == audience)
    place.mend(audience, rows["bulletin_id"])
    return place.history(audience)


def make(snapshot: Snapshot, asked: Asked, knowledge: Knowledge, progress: Progress) -> Draft:
    """Make a bulletin and its site as a draft."""
    before = place.history(asked.audience)
    progress("What is known of the day")
    today = _look(snapshot, asked.day, knowledge)
    mark = mark_of(instance.current().stores.ledger, snapshot.sequence)
    progress("What may be told beside earlier bulletins")
    bulletin, is_new = beside(
        today, before, _seen(knowledge), audience=asked.audience, ledger=mark, call=asked.call,
        publisher=instance.current().publisher, moment=clock.now().replace(microsecond=0),
    )  # fmt: skip
    progress("Writing the site")
    name = uuid4().hex
    if is_new:
        write_site(
            place.begin_draft(asked.audience, name), (*before, bulletin), zones=today.zones,
            places=today.known.table("places"), advice=advice_for(today.pathogen), language=asked.language,
            address=asked.address, claims=listed(published_claims(snapshot).values()),
        )  # fmt: skip
    return Draft(asked, bulletin, before, name, snapshot.sequence, is_new)


def latest() -> Draft | None:
    """The draft that was made last."""
    work = workshop(KIND).latest(lambda work: isinstance(work.made, Draft))
    return work.made if work is not None and isinstance(work.made, Draft) else None


def find(name: str) -> Draft | None:
    """A draft by its name."""
    work = workshop(KIND).latest(lambda work: isinstance(work.made, Draft) and work.made.name == name)
    return work.made if work is not None and isinstance(work.made, Draft) else None


def going_on() -> Work | None:
    """The work that is on its way, or that failed last."""
    work = workshop(KIND).latest(lambda _: True)
    return work if work is not None and work.state != "done" else None


def _seen(knowledge: Knowledge) -> Callable[[Bulletin], Scene]:
    """What was known when an earlier bulletin was made: the ledger up to its entry, at the end of its day."""
    ledger = instance.current().stores.ledger

    def seen(bulletin: Bulletin) -> Scene:
        if bulletin.ledger is None:
            raise UsageError(
                "The earlier bulletins were made from a folder, not from this ledger.",
                next_step="Go on with `douse bulletin`, or begin a new folder of bulletins.",
            )
        sequence = sequence_of(ledger, bulletin.ledger)
        rows = with_attached(ledger, rows_after(ledger, 0, sequence))
        return _look(Snapshot(0, {}).followed(sequence, rows), bulletin.as_of, knowledge)

    return seen


def _look(snapshot: Snapshot, day: date, knowledge: Knowledge) -> Scene:
    records = of_pathogen(snapshot.records, knowledge.pathogen)
    question = Question(instance.current().folder, as_of=day, protocol=knowledge.protocol.id)
    return look(Opened(question, Checked(records, no_findings(), {}), records, knowledge, None), day)
