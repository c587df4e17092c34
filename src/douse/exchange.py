"""The story of exchange: out of records into the forms of others, and back through the door."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo
from pathlib import Path

import polars as pl

from douse.assessing import assess
from douse.errors import DataError, UsageError
from douse.ledgers import Place
from douse.library import Pathogen, load
from douse.main import look
from douse.outputs.bulletin.site import BULLETINS, read_history
from douse.outputs.exchange.dhis2 import write_dhis2
from douse.outputs.exchange.exact import without_exact
from douse.outputs.exchange.geojson import write_geojson
from douse.outputs.exchange.godata import write_godata
from douse.outputs.exchange.hxl import Shown, write_hxl
from douse.outputs.exchange.hxl_told import write_told
from douse.outputs.exchange.ihr import Happened, write_ihr
from douse.outputs.exchange.left_out import LeftOut
from douse.outputs.exchange.sormas import write_sormas
from douse.outputs.exchange.tables import write_package, write_tables
from douse.outputs.exchange.visits import leave_visits
from douse.outputs.words import Words
from douse.question import DEFAULT_PROTOCOL, Question, check, open_data
from douse.readers.exchange.dhis2_ids import Ids, load_ids
from douse.readers.exchange.epiparameter import Weighed, pathogen_from
from douse.readers.exchange.json_file import read_json
from douse.records.check import check as check_raw
from douse.records.finding import Checked, write_csv, write_findings
from douse.records.ledger import Live, is_ledger, open_ledger
from douse.records.ledger.intake import Taken, take_in
from douse.records.mapping import load_mapping
from douse.records.measure import Because
from douse.records.records import Records
from douse.records.tables import TABLES

FORMS = ("fhir", "dhis2", "sormas", "godata", "csv", "geojson", "hxl", "frictionless", "ihr")
_EVERYTHING = datetime.combine(date(2200, 12, 31), time.max)  # the door takes no later date


@dataclass(frozen=True)
class Sending:
    """How records are exported.

    Attributes
    ----------
    form : str
        One of `FORMS`.
    as_of : date, optional
        Only what was known at the end of this day; None: everything.
    exact : bool
        Whether points of residence and free notes go too.
    zone : tzinfo
        Of the local times, for forms that ask for an offset.
    ids : Path, optional
        What things are called in the DHIS2 that it is for.
    mapping : Path, optional
        Of the data.
    protocol : str, optional
        Says which counts are too small to be published (HXL), and what a case is (IHR); None: the usual one.
    pathogen : str, optional
        The pathogen that is counted (HXL, IHR); None: the one that the cases name.
    event : Happened, optional
        What is notified (IHR).
    language : str
        Of what is said.
    """

    form: str
    zone: tzinfo
    as_of: date | None = None
    exact: bool = False
    ids: Path | None = None
    mapping: Path | None = None
    protocol: str | None = None
    pathogen: str | None = None
    event: Happened = field(default_factory=Happened)
    language: str = "en"

    def question(self, data: Path) -> Question:
        """What is asked of the records, where counts are exported."""
        return Question(data, self.mapping, self.as_of, self.protocol or DEFAULT_PROTOCOL, self.pathogen)


@dataclass(frozen=True)
class Sent:
    """What came of an export.

    Attributes
    ----------
    paths : tuple of Path
        What was written.
    left : pl.DataFrame
        What was left out, and why (`left-out.csv`).
    rows : dict[str, int]
        Table -> rows that the records hold.
    """

    paths: tuple[Path, ...]
    left: pl.DataFrame
    rows: dict[str, int]


def send(data: Path, out: Path, sending: Sending) -> Sent:
    """Write records in the form of another system, and `left-out.csv` beside it.

    Raises
    ------
    UsageError
        When the form is not known, or the folder holds something already.
    """
    if sending.form not in FORMS:
        raise UsageError("That form is not known.", allowed=", ".join(FORMS), next_step="Name one with --format.")
    _empty(out)
    left = LeftOut(Words(sending.language))
    if sending.form == "hxl" and not is_ledger(data) and (data / BULLETINS).is_dir():
        paths = _told(data, out, sending, left)
        return Sent((*paths, left.write(out)), left.frame(), {})
    known = _known(data, sending, left)
    if not sending.exact:
        known = without_exact(known, sending.form, left)
    paths = _write(data, out, known, sending, left)
    rows = {name: known.table(name).height for name in known.frames}
    return Sent((*paths, left.write(out)), left.frame(), {name: count for name, count in rows.items() if count})


def _empty(out: Path) -> None:
    """Make a folder; refuse one that holds something."""
    if out.is_dir() and any(out.iterdir()):
        raise UsageError(
            f"{out.name} holds files already.", allowed="a new or empty folder", next_step="Name another folder."
        )
    out.mkdir(parents=True, exist_ok=True)


def _known(data: Path, sending: Sending, left: LeftOut) -> Records:
    """The records in force; of rows that the door set aside, how many."""
    moment = _EVERYTHING if sending.as_of is None else datetime.combine(sending.as_of, time.max)
    if is_ledger(data):
        if sending.mapping is not None:
            raise UsageError("A ledger needs no mapping.", next_step="Leave out --map.")
        frames = Live(open_ledger(data)).follow().frames  # tables that only the ledger has among them
        known = Records(frames, frozenset(frames)).as_of(moment)
        _say_gone(frames, known, left)
        return known
    checked = check(data, sending.mapping)
    aside = checked.findings.filter(pl.col("action") == "row_set_aside")
    for table, rows in (
        aside.group_by("table", maintain_order=True).agg(pl.struct("file", "row").n_unique()).iter_rows()
    ):
        left.whole(table or "", rows, Because("The door set these rows aside: `douse check` says why."))
    leave_visits(data, checked.records.table("visits").height, left)
    known = checked.records.as_of(moment)
    _say_gone(checked.records.frames, known, left)
    return known


def _say_gone(frames: Mapping[str, pl.DataFrame], known: Records, left: LeftOut) -> None:
    """Say how many rows are not in force."""
    why = Because("These rows were corrected, merged, or told after the day; only what is in force goes.")
    for name, frame in frames.items():
        if name in known.frames:
            left.whole(name, frame.height - known.table(name).height, why)


def _write(  # noqa: PLR0911  (one way out a form)
    data: Path, out: Path, known: Records, sending: Sending, left: LeftOut
) -> list[Path]:
    match sending.form:
        case "fhir":
            from douse.outputs.exchange.fhir.cells import Clock  # noqa: PLC0415  (the FHIR library: half a second)
            from douse.outputs.exchange.fhir.write import write_fhir  # noqa: PLC0415

            return write_fhir(out, known, Clock(sending.zone), left)
        case "dhis2":
            return write_dhis2(out, known, load_ids(sending.ids) if sending.ids else Ids(), left)
        case "sormas":
            return write_sormas(out, known, left)
        case "godata":
            return write_godata(out, known, left)
        case "geojson":
            return write_geojson(out, known, left, exact=sending.exact)
        case "frictionless":
            title = left.words.say("An outbreak, as its records tell it")
            return write_package(out, known, left, title=title)
        case "csv":
            return write_tables(out, known, left)
        case "ihr":
            return _notification(data, out, known, sending, left)
    opened = open_data(sending.question(data))
    scene = look(opened, opened.day)
    words = Words(sending.language)
    return write_hxl(out, Shown(scene.situation, scene.known, scene.zones), scene.protocol, words, left)


def _told(data: Path, out: Path, sending: Sending, left: LeftOut) -> list[Path]:
    """What the bulletins of a folder have told."""
    if sending.protocol or sending.pathogen or sending.mapping:
        raise UsageError(
            "Bulletins say themselves what they are about.", next_step="Leave out --pathogen, --protocol and --map."
        )
    return write_told(out, read_history(data), left.words, left, as_of=sending.as_of)


def _notification(data: Path, out: Path, known: Records, sending: Sending, left: LeftOut) -> list[Path]:
    """Weigh the event, and write what is told of it."""
    event, kept = sending.event, None
    if event.assessment is not None:
        found = known.table("assessments").filter(pl.col("assessment_id") == event.assessment)
        if found.is_empty():
            raise UsageError(
                "There is no such assessment in the data.", allowed="an identifier that the page of the event shows",
                next_step="Name one that is on the ledger, or leave --assessment out.",
            )  # fmt: skip
        kept = found.row(0, named=True)
    moment = _EVERYTHING if known.known_at is None else known.known_at
    weighed = assess(
        sending.question(data), {}, now=moment, zone=event.zone, about=event.about, kept=kept, language=sending.language
    )
    if kept is None and weighed.event.known.cases.is_empty():
        raise UsageError(
            "There is no case of that disease on record there.", allowed="a zone with cases",
            next_step="Name another zone or pathogen; an event without cases is weighed with `douse ihr assess`.",
        )  # fmt: skip
    return write_ihr(out, known, weighed, left)


def receive(
    paths: Sequence[Path], *, mapping: Path | None = None, ids: Path | None = None, zone: tzinfo | None = None
) -> Checked:
    """Bring what others sent through the door.

    Raises
    ------
    DataError
        When there is nothing that can be read.
    """
    from douse.readers.exchange.read import read_sent  # noqa: PLC0415  (the FHIR library: half a second)

    raw = read_sent(paths, load_mapping(mapping) if mapping else None, load_ids(ids) if ids else None, zone)
    return check_raw(raw)


def keep(checked: Checked, out: Path) -> list[Path]:
    """Write what passed as tables, the findings, and the rows that were set aside.

    Raises
    ------
    UsageError
        When the folder holds something already.
    """
    _empty(out)
    paths = []
    for name in TABLES:
        frame = checked.records.table(name)
        if frame.height:
            paths.append(out / f"{name}.csv")
            write_csv(frame, paths[-1])
    return [*paths, *write_findings(checked, out)]


def take(place: Place, checked: Checked, *, author: str, at: datetime) -> Taken:
    """Append what passed to a ledger."""
    return take_in(Live(place.open(make=True)), checked.records, author=author, at=at)


def make_pathogen(file: Path, disease: str, extends: str, out: Path) -> list[Weighed]:
    """Write a pathogen file from parameters in the form of epiparameterDB; give what became of each entry.

    Raises
    ------
    DataError
        When the file cannot be read, or the other one is there already.
    UsageError
        When nothing in it is on the disease.
    LibraryError
        When the numbers do not fit those of the pathogen that it extends.
    """
    if out.suffix != ".toml" or out.exists():
        raise DataError(
            f"{out.name} cannot be written.", allowed="a new file that ends in .toml", next_step="Name one."
        )
    name = "".join(sign if sign.isalnum() and sign.isascii() else "-" for sign in out.stem.lower()).strip("-") or "own"
    text, weighed = pathogen_from(read_json(file), disease, load(Pathogen, extends), name)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8", newline="\n")
    try:
        load(Pathogen, str(out))
    except Exception:
        out.unlink()
        raise
    return weighed
