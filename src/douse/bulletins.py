"""The story of the bulletin's verbs: make one beside all that came before, write its site, prove one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from pathlib import Path

import polars as pl

from douse.errors import UsageError
from douse.library import advice_for
from douse.main import Progress, look, no_progress
from douse.outputs.bulletin.make import make_bulletin
from douse.outputs.bulletin.numbers import Seen
from douse.outputs.bulletin.site import BULLETINS, read_history, write_site
from douse.outputs.bulletin.values import Bulletin
from douse.outputs.claims.published import listed, published_claims
from douse.outputs.claims.site import Listed
from douse.question import Opened, Question, choose_knowledge, of_pathogen, open_data
from douse.records.finding import Checked, no_findings
from douse.records.ledger import is_ledger, open_ledger
from douse.records.ledger.frames import rows_after
from douse.records.ledger.live import Snapshot, with_attached
from douse.records.ledger.marks import mark_of, sequence_of
from douse.signals import Scene


@dataclass(frozen=True)
class Published:
    """A bulletin and its site.

    Attributes
    ----------
    bulletin : Bulletin
        The one of the day.
    fresh : bool
        Whether it was made now; the same one may have been there.
    written : tuple[Path, ...]
        The page that opens first, then files that were not there before.
    """

    bulletin: Bulletin
    fresh: bool
    written: tuple[Path, ...]


@dataclass(frozen=True)
class Proof:
    """Whether a bulletin is what the records give.

    Attributes
    ----------
    bulletin : Bulletin
        That was looked at; its hash and those of all before it hold.
    differences : tuple[str, ...]
        Names of its parts that are other when it is made anew.
    """

    bulletin: Bulletin
    differences: tuple[str, ...]


@dataclass
class _Source:
    """The records of a question, as they were at any bulletin."""

    question: Question

    def __post_init__(self) -> None:
        self.ledger = open_ledger(self.question.data) if is_ledger(self.question.data) else None
        self._opened: dict[int | None, Opened] = {}
        self._claims: dict[int, pl.DataFrame] = {}

    @property
    def head(self) -> int | None:
        """Sequence number of the last entry of a ledger; None: a folder."""
        return None if self.ledger is None else self.ledger.head

    def opened(self, sequence: int | None) -> Opened:
        """Records up to an entry of the ledger; of a folder all there are."""
        if sequence not in self._opened:
            self._opened[sequence] = self._open(sequence)
        return self._opened[sequence]

    def claims(self, today: Scene, sequence: int | None) -> list[Listed] | None:
        """Published answers to claims up to an entry of the ledger; None: a folder has no register of them."""
        if sequence is None:
            return None
        self.opened(sequence)
        rows = self._claims.get(sequence)
        kinds = dict(zip(today.zones.ids, today.zones.kinds, strict=True))
        return [] if rows is None else listed(published_claims(rows, kinds).values())

    def mark(self, sequence: int | None) -> str | None:
        """How a bulletin names an entry of the ledger; None: a folder."""
        return None if self.ledger is None or sequence is None else mark_of(self.ledger, sequence)

    @property
    def moment(self) -> datetime | None:
        """When the last entry of a ledger was made; None: a folder, or nothing in it."""
        last = [] if self.ledger is None else self.ledger.entries(newest_first=True, limit=1)
        return datetime.fromisoformat(last[0].appended_at) if last else None

    def seen(self, bulletin: Bulletin) -> Scene:
        """What was known when a bulletin was made."""
        told = None if self.ledger is None or bulletin.ledger is None else sequence_of(self.ledger, bulletin.ledger)
        return look(self.opened(told), bulletin.as_of)

    def _open(self, sequence: int | None) -> Opened:
        if self.ledger is None or sequence is None:
            return open_data(self.question)
        entries = with_attached(self.ledger, rows_after(self.ledger, 0, sequence))
        if "claims" in entries:
            self._claims[sequence] = entries["claims"]
        records = Snapshot(0, {}).followed(sequence, entries).records
        knowledge = choose_knowledge(records, self.question)
        kept = of_pathogen(records, knowledge.pathogen)
        return Opened(self.question, Checked(records, no_findings(), {}), kept, knowledge, None)


def publish(  # noqa: PLR0913  what the command may say
    question: Question,
    out: Path,
    *,
    language: str = "en",
    audience: str = "public",
    call: str = "",
    publisher: str = "",
    address: str = "",
    progress: Progress = no_progress,
) -> Published:
    """Make the bulletin of a day beside all in a folder, and write its site there.

    A bulletin of the same day that still holds is not made again; one that does not hold is corrected by a new one.
    """
    history = read_history(out)
    progress("Reading the records")
    source = _Source(question)
    head = source.head
    opened = source.opened(head)
    progress("What is known today")
    today = look(opened, opened.day)
    progress("What may be told beside earlier bulletins")
    bulletin, fresh = beside(
        today, history, source.seen, audience=audience, ledger=source.mark(head), call=call,
        publisher=publisher, moment=source.moment,
    )  # fmt: skip
    progress("Writing the site")
    told = (*history, bulletin) if fresh else history
    written = write_site(
        out, told, zones=today.zones, places=today.known.table("places"), advice=advice_for(today.pathogen),
        language=language, address=address, claims=source.claims(today, head),
    )  # fmt: skip
    return Published(bulletin, fresh, tuple(written))


def beside(  # noqa: PLR0913  the day, what came before, and for whom
    today: Seen,
    history: Sequence[Bulletin],
    seen: Callable[[Bulletin], Seen],
    *,
    audience: str,
    ledger: int | str | None,
    call: str = "",
    publisher: str = "",
    moment: datetime | None = None,
) -> tuple[Bulletin, bool]:
    """The bulletin of a day, and whether it is a new one.

    Parameters
    ----------
    today : Seen
        What is known of the day.
    history : Sequence[Bulletin]
        Every earlier bulletin, the oldest first.
    seen : Callable[[Bulletin], Seen]
        What was known when an earlier one was made.
    audience, ledger, call, publisher, moment
        See `make_bulletin`; whom to call and who publishes are as in the last bulletin where they are empty.
    """
    if history and history[-1].as_of == today.situation.as_of and history[-1].audience == audience:
        last, before = history[-1], history[:-1]
        earlier = seen(before[-1]) if before else None
        again = make_bulletin(
            today, before, earlier, audience=audience, ledger=last.ledger, call=call or last.call,
            publisher=publisher or last.publisher, moment=moment, form=last.format,
        )  # fmt: skip
        if replace(again, moment=last.moment) == last:  # a later moment by itself makes no other bulletin
            return last, False
    earlier = seen(history[-1]) if history and history[-1].audience == audience else None
    if history:
        call, publisher = call or history[-1].call, publisher or history[-1].publisher
    earlier = today if earlier is None and history else earlier  # of another audience: refused there
    made = make_bulletin(
        today, history, earlier, audience=audience, ledger=ledger, call=call, publisher=publisher, moment=moment
    )
    return made, True


def verify(path: Path, question: Question, progress: Progress = no_progress) -> tuple[Proof, ...]:
    """Make bulletins anew from the records that they were made from, and compare.

    Parameters
    ----------
    path : Path
        A file of the folder bulletins, or the folder of the site (then all of them).
    question : Question
        The records, and library files where they are not those that the bulletins name.

    Raises
    ------
    DataError
        When a file was changed, or one between others is missing.
    """
    one = path.is_file()
    out = path.parent.parent if one else path
    if one and path.parent.name != BULLETINS:
        raise UsageError(
            "A bulletin is proved beside those before it.",
            allowed=f"a file in a folder {BULLETINS}, or the folder around that",
            next_step="Name the file where it was published.",
        )
    history = read_history(out)
    if not history:
        raise UsageError("There is no bulletin in that folder.", next_step="Name the folder of --out.")
    asked = (
        replace(question, protocol=history[0].protocol) if question.protocol == Question(path).protocol else question
    )
    asked = asked if asked.pathogen else replace(asked, pathogen=history[0].pathogen)
    source = _Source(asked)
    proofs = []
    for at, bulletin in enumerate(history):
        if one and bulletin.id != path.stem:
            continue
        progress(bulletin.as_of.isoformat())
        earlier = source.seen(history[at - 1]) if at else None
        again = make_bulletin(
            source.seen(bulletin), history[:at], earlier, audience=bulletin.audience, ledger=bulletin.ledger,
            call=bulletin.call, publisher=bulletin.publisher, moment=bulletin.moment, form=bulletin.format,
        )  # fmt: skip
        names = [field.name for field in fields(Bulletin)]
        proofs.append(Proof(bulletin, tuple(n for n in names if getattr(again, n) != getattr(bulletin, n))))
    return tuple(proofs)


__all__ = ["Proof", "Published", "beside", "publish", "verify"]
