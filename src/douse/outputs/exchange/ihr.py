"""The notification of an event under the International Health Regulations, as a text and for programs."""

from dataclasses import dataclass
from pathlib import Path

from douse.library.ihr import CRITERIA
from douse.outputs.exchange.left_out import LeftOut
from douse.outputs.ihr.notification import MOST_PLACES
from douse.outputs.ihr.values import NOT_KNOWN
from douse.outputs.ihr.weighed import Weighed
from douse.outputs.json_text import dumped, plain
from douse.records.measure import Because
from douse.records.records import Records

TEXT, DOCUMENT = "notification.txt", "notification.json"
COUNTED = ("cases", "contacts", "tests", "measures", "arrivals", "zones")  # tables that the notification counts


@dataclass(frozen=True)
class Happened:
    """An event that is notified.

    Attributes
    ----------
    zone : str, optional
        Where; None: in the whole area.
    about : str
        What, in a sentence that names nobody.
    assessment : str, optional
        Identifier of an assessment of the ledger, in place of the two.
    """

    zone: str | None = None
    about: str = ""
    assessment: str | None = None


def write_ihr(out: Path, known: Records, weighed: Weighed, left: LeftOut) -> list[Path]:
    """Write ``notification.txt`` and ``notification.json``: counts and answers, nothing of a person.

    Parameters
    ----------
    out : Path
        Folder.
    known : Records
        An as-of view of all records.
    weighed : Weighed
        The event.
    left : LeftOut
        Told what is left out, and which questions nobody answered.
    """
    _leave_out(known, weighed, left)
    paths = [out / TEXT, out / DOCUMENT]
    for path, text in zip(paths, (weighed.text, dumped(plain(weighed.document()))), strict=True):
        path.write_text(text, encoding="utf-8", newline="\n")
    return paths


def _leave_out(known: Records, weighed: Weighed, left: LeftOut) -> None:
    mine = weighed.event.known
    for name in known.frames:
        rows = known.table(name).height
        if name not in COUNTED:
            left.whole(name, rows, Because("The notification tells nothing of this table."))
            continue
        counted = mine.table(name).height
        left.whole(name, rows - counted, Because("They are of another disease, or lie outside the zone of the event."))
        left.whole(name, counted, Because("Only counts are told, never a row."))
    places = weighed.event.situation.cases["origin_place"].drop_nulls()
    unnamed = int((~places.is_in(places.unique().sort().head(MOST_PLACES).implode())).sum())
    left.column("cases", "origin_place", unnamed, Because("So many places are named, and no more."))
    for name in CRITERIA:
        asked = weighed.event.instrument.questions_of(name)
        unanswered = sum(weighed.answers[one.id].answer == NOT_KNOWN for one in asked)
        why = Because("Questions of this criterion that neither the records nor a person answered.")
        left.column("assessments", name, unanswered, why)
