"""The one door: raw tables in, records and findings out. Nothing is dropped silently, and no content raises."""

from collections.abc import Callable

from douse.records.draft import Draft
from douse.records.finding import Checked, together
from douse.records.first_look import name_records, read_parts
from douse.records.links import check_links
from douse.records.raw import RawTable, RawTables
from douse.records.records import Records
from douse.records.repeats import take_once
from douse.records.rules import keep_to_rules
from douse.records.tables import TABLES

Progress = Callable[[str, float], None]


def check(raw: RawTables, progress: Progress | None = None) -> Checked:
    """Check raw tables against `tables.py`.

    A bad value in a column that may be empty is set aside and its row kept; in a column that every row needs, the
    row is set aside. Of rows that share a key the one told earliest is kept.

    Parameters
    ----------
    raw : RawTables
        What a reader made of the files.
    progress : Callable[[str, float], None], optional
        Told the name of each table and the share done, from 0 to 1.

    Returns
    -------
    Checked
        Records that keep to every rule, findings, and the rows that were set aside as they were sent.
    """
    names = [name for name in TABLES if any(part.table == name for part in raw.tables)]
    drafts = {}
    for done, name in enumerate(names):
        if progress:
            progress(name, done / len(names))
        drafts[name] = _check_table(name, [part for part in raw.tables if part.table == name])
    check_links(drafts)
    rejected = {name: rows for name, draft in drafts.items() if (rows := draft.rejected()) is not None}
    findings = together([raw.findings, *(draft.findings() for draft in drafts.values())])
    if progress:
        progress("", 1.0)
    return Checked(
        Records({name: draft.records() for name, draft in drafts.items()}, frozenset(names)), findings, rejected
    )


def _check_table(name: str, parts: list[RawTable]) -> Draft:
    draft = Draft(name, parts)
    read_parts(draft, parts)
    name_records(draft)
    keep_to_rules(draft)
    take_once(draft, parts)
    return draft
