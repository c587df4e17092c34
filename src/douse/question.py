"""What a command asks, and the records and library files that it is answered from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

import polars as pl

from douse.errors import DataError, UsageError
from douse.library import Costs, Pathogen, Protocol, load, names, pathogen_named
from douse.readers.read import read_raw
from douse.records import Records
from douse.records.check import check as check_raw
from douse.records.finding import Checked, file_finding, no_findings, write_findings
from douse.records.ledger import Live, is_ledger, open_ledger
from douse.records.mapping import load_mapping
from douse.tracing.index import store
from douse.tracing.index.export import as_table, spans_of
from douse.tracing.index.landing import unread_files
from douse.tracing.index.visit_index import VisitIndex
from douse.tracing.places import listed_places
from douse.tracing.together.out_of_index import linking_spans

DEFAULT_PROTOCOL = "who-generic"
DEFAULT_COSTS = "generic"
DEFAULT_LINKS = "generic"


@dataclass(frozen=True)
class Question:
    """What a command asks: which records, as of when, by which library files."""

    data: Path  # folder of tables, one line list, or a ledger: its folder, or the address of its database
    mapping: Path | None = None
    as_of: date | None = None  # None: the last day on which a case was recorded
    protocol: str = DEFAULT_PROTOCOL
    pathogen: str | None = None  # None: the one that the cases name
    costs: str = DEFAULT_COSTS
    links: str = DEFAULT_LINKS  # what evidence weighs, of who infected whom


@dataclass(frozen=True)
class Knowledge:
    """The library files that a run stands on."""

    pathogen: Pathogen
    protocol: Protocol
    costs: Costs


@dataclass(frozen=True)
class Opened:
    """The data of a question: records of its pathogen, the library files, and the index of visits where there is one.

    With an index the table of visits holds those of the cases, and those of others that links ask for (guest lists,
    points nearby): everybody's are asked of the index.
    """

    question: Question
    checked: Checked
    records: Records
    knowledge: Knowledge
    index: VisitIndex | None

    @cached_property
    def day(self) -> date:
        """The as-of day. Raises DataError when none is given and there is no case."""
        return self.question.as_of or last_day(self.records)


def open_data(question: Question, out: Path | None = None) -> Opened:
    """Read, check, choose: the way of every verb to its records. Findings are written to `out` where it is given."""
    folder = question.data / store.FOLDER
    index = store.open_index(folder) if store.exists(folder) else None
    without = frozenset() if index is None else _INDEXED
    notes = _not_indexed(question.data, index)
    checked = check(question.data, question.mapping, out, without=without, notes=notes)
    knowledge = choose_knowledge(checked.records, question)
    records = of_pathogen(checked.records, knowledge.pathogen)
    if index is not None:
        records = with_visits_of_cases(records, index)
    return Opened(question, checked, records, knowledge, index)


_INDEXED = frozenset({"visits"})


def _not_indexed(data: Path, index: VisitIndex | None) -> list[pl.DataFrame]:
    """A note on each file of visits that no index holds and nobody reads."""
    unread = [name for name in unread_files(data) if index is not None or "/" in name]
    return [file_finding(name, "visits_not_indexed", table="visits") for name in unread]


def check(
    data: Path,
    mapping: Path | None = None,
    out: Path | None = None,
    *,
    without: frozenset[str] = frozenset(),
    notes: Sequence[pl.DataFrame] = (),
) -> Checked:
    """Bring data through the door; findings and rejected rows are written to `out` where it is given.

    The rows of a ledger came through it before.
    """
    if is_ledger(data):
        if mapping is not None:
            raise UsageError("A ledger needs no mapping.", next_step="Leave out --map.")
        return Checked(Live(open_ledger(data)).follow().records, no_findings(), {})
    raw = read_raw(data, load_mapping(mapping) if mapping else None, without=without)
    checked = check_raw(replace(raw, findings=pl.concat([raw.findings, *notes])))
    if out is not None:
        write_findings(checked, out)
    return checked


def with_visits_of_cases(records: Records, index: VisitIndex) -> Records:
    """Records with the visits of the cases, and of others that links ask for, out of an index."""
    persons = pl.concat([records.cases["person_id"], records.cases["case_id"].alias("person_id")]).drop_nulls()
    own = spans_of(index, persons)
    others = linking_spans(index, own, listed_places(records))
    visits = as_table(pl.concat([own, others]).unique(maintain_order=True))
    return replace(records, frames={**records.frames, "visits": visits}, sent=records.sent | _INDEXED)


def of_pathogen(records: Records, pathogen: Pathogen) -> Records:
    """Records without the cases that name another pathogen; a case that names none is kept."""
    named = records.cases["pathogen"].drop_nulls().unique()
    others = [word for word in named if pathogen_named(word) not in {None, pathogen.id}]
    kept = records.cases.filter(~pl.col("pathogen").is_in(others).fill_null(value=False))
    return replace(records, frames={**records.frames, "cases": kept})


def choose_knowledge(records: Records, question: Question) -> Knowledge:
    """The library files of a run: as named, else the pathogen that the cases name, else the protocol's only one.

    Raises
    ------
    UsageError
        When nothing tells the pathogen, or the protocol is for another one.
    """
    rules = load(Protocol, question.protocol)
    name = _pathogen_name(records, rules, question.pathogen)
    if "any" not in rules.pathogens and name not in rules.pathogens and not name.endswith(".toml"):
        raise UsageError(
            f"The protocol {rules.id} is not made for {name}.",
            allowed=", ".join(rules.pathogens),
            next_step="Name another protocol with --protocol; `douse library` lists them.",
        )
    return Knowledge(load(Pathogen, name), rules, load(Costs, question.costs))


def _pathogen_name(records: Records, rules: Protocol, named: str | None) -> str:
    if named is not None:
        return pathogen_named(named) or named
    written = records.cases["pathogen"].drop_nulls().unique().sort().to_list()
    known = sorted({found for word in written if (found := pathogen_named(word))})
    if len(known) == 1:
        return known[0]
    if not written and len(rules.pathogens) == 1 and rules.pathogens[0] != "any":
        return rules.pathogens[0]
    raise UsageError(
        "Nothing tells which pathogen this is."
        if not known
        else "The cases name more than one pathogen; a plan is for one.",
        allowed=", ".join(known or names(Pathogen)),
        next_step="Add --pathogen NAME, or a column pathogen to the cases.",
    )


def last_day(records: Records) -> date:
    """The last day on which a case was recorded: the as-of day when none is given.

    Raises
    ------
    DataError
        When there is no case.
    """
    days = records.cases["recorded_at"].dt.date()
    if days.is_empty():
        raise DataError(
            "There is no usable case in the data.", next_step="Run `douse check` to see what is wrong with the rows."
        )
    last: date = days.sort()[-1]
    return last
