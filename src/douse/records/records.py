"""Records, and the only way to what was known: `Records.as_of`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

import polars as pl

from douse.records.ledger_tables import LEDGER_TABLES, subject_column
from douse.records.tables import TABLES, Table, column_facts

# Person-keyed tables whose person_id follows a merge of two cases.
_PERSON_TABLES = ("contacts", "follow_ups", "visits", "tests", "stays", "arrivals")


@dataclass(frozen=True)
class Records:
    """All tables; those that nobody sent are empty.

    Parameters
    ----------
    frames : Mapping[str, pl.DataFrame]
        Table name -> rows that passed the door, columns as in `tables.py`.
    sent : frozenset[str]
        Names of the tables that somebody sent (an empty file counts as sent).
    known_at : datetime, optional
        The moment of an as-of view; None for everything ever recorded.

    Notes
    -----
    An as-of view has one column more in every table, ``first_recorded_at``: when the first version of the
    record was told, so that a correction does not look like news.
    """

    frames: Mapping[str, pl.DataFrame]
    sent: frozenset[str] = frozenset()
    known_at: datetime | None = None
    _empty: dict[str, pl.DataFrame] = field(default_factory=dict, repr=False, compare=False)

    def table(self, name: str) -> pl.DataFrame:
        """Rows of one table, empty (with its columns) where there are none."""
        frame = self.frames.get(name)
        if frame is None:
            if name not in self._empty:
                empty = TABLES[name].create_empty()
                self._empty[name] = empty if self.known_at is None else in_force(empty, TABLES[name])
            frame = self._empty[name]
        return frame

    @property
    def cases(self) -> pl.DataFrame:
        """Rows of the table of cases."""
        return self.table("cases")

    @property
    def day(self) -> date:
        """The as-of day. Raises ValueError on records that are not an as-of view."""
        if self.known_at is None:
            raise ValueError("these records are not an as-of view: call as_of(date) first")
        return self.known_at.date()

    def as_of(self, moment: date | datetime) -> "Records":
        """What was known at a moment; a date means the end of that day.

        Keeps records with ``recorded_at <= moment``, without those that a visible record supersedes; empties
        facts dated later than the moment (an outcome to come, the end of a stay) and follows merges of cases.

        Parameters
        ----------
        moment : date or datetime
            Local time.

        Returns
        -------
        Records
            With `known_at` set.
        """
        at = moment if isinstance(moment, datetime) else datetime.combine(moment, time.max)
        frames = {name: _view(frame, LEDGER_TABLES[name], at) for name, frame in self.frames.items()}
        merges = frames.pop("merges", None)
        if merges is not None:
            people = merged_persons(merges)
            frames = {name: with_merges(name, frame, people) for name, frame in frames.items()}
        return Records(_follow_merges(frames), self.sent, at)


def case_person() -> pl.Expr:
    """Pseudonym of a case's person: person_id, else case_id."""
    return pl.coalesce("person_id", "case_id")


def _view(frame: pl.DataFrame, table: type[Table], at: datetime) -> pl.DataFrame:
    visible = frame.filter(pl.col("recorded_at").is_null() | (pl.col("recorded_at") <= at))
    return _mask_future(in_force(visible, table), table, at)


def in_force(rows: pl.DataFrame, table: type[Table]) -> pl.DataFrame:
    """Rows without those that another row supersedes, with `first_recorded_at`: when the first version was told.

    Of two corrections of one record the later told counts.

    Parameters
    ----------
    rows : pl.DataFrame
        Rows of a table; all of them count as visible.
    table : type[Table]
        Their table.
    """
    dated = rows.with_columns(first_recorded_at=pl.col("recorded_at"))
    corrections = rows.filter(pl.col("supersedes").is_not_null())
    if corrections.is_empty():
        return dated
    earlier = dict(corrections.select("record_id", "supersedes").iter_rows())
    of_chains = rows.filter(pl.col("record_id").is_in([*earlier, *earlier.values()]))
    told = dict(of_chains.select("record_id", "recorded_at").iter_rows())
    first = {record: _first_told(record, earlier, told) for record in earlier}
    replaced = set(earlier.values()) - _in_a_loop(earlier)
    kept = dated.filter(~pl.col("record_id").is_in(list(replaced)))
    corrected = pl.col("record_id").is_in(list(earlier))
    versions = kept.filter(corrected).with_columns(
        first_recorded_at=pl.col("record_id").replace_strict(
            first, default=pl.col("recorded_at"), return_dtype=pl.Datetime("us")
        )
    )
    if versions.height == 0:
        return kept
    keys = versions.select(table.key).unique()
    untouched = kept.filter(~corrected).join(
        keys, on=list(table.key), how="anti", nulls_equal=True, maintain_order="left"
    )
    touched = kept.filter(~corrected).join(
        keys, on=list(table.key), how="semi", nulls_equal=True, maintain_order="left"
    )
    # Two corrections of one record: the later told wins.
    latest = (
        pl.concat([touched, versions])
        .sort("recorded_at", nulls_last=False, maintain_order=True)
        .unique(subset=list(table.key), keep="last", maintain_order=True)
    )
    return pl.concat([untouched, latest])


def touched_by(rows: pl.DataFrame, fresh: pl.DataFrame, table: type[Table]) -> pl.DataFrame:
    """Rows among which some that are fresh decide what is in force; of all others nothing changes.

    They are tied to the fresh ones by a correction or by the key of the table, directly or through each other.

    Parameters
    ----------
    rows : pl.DataFrame
        Rows of a table, the fresh ones among them.
    fresh : pl.DataFrame
        Some of them.
    table : type[Table]
        Their table.
    """
    known, found = -1, fresh
    while known < len(found):
        known = len(found)
        corrected = found["supersedes"].drop_nulls()
        first = table.key[0]  # looked at by itself: a join over all columns of the key would make a table of them all
        alike = pl.col(first).is_in(found[first].implode(), nulls_equal=True)
        tied = alike | pl.col("supersedes").is_in(found["record_id"].implode())
        if len(corrected):
            tied |= pl.col("record_id").is_in(corrected.implode())
        near = rows.filter(tied)
        same_key = near.join(found.select(table.key), on=list(table.key), how="semi", nulls_equal=True)["record_id"]
        ids = pl.concat([same_key, corrected])
        found = near.filter(
            pl.col("record_id").is_in(ids.implode()) | pl.col("supersedes").is_in(found["record_id"].implode())
        )
    return found


def merged_persons(merges: pl.DataFrame) -> dict[str, str]:
    """Pseudonym that was given up -> the one that stays in the end, by merges in force; loops are not followed."""
    named = dict(merges.filter(pl.col("state") == "merged").select("person_id", "into").iter_rows())
    found = {}
    for person in named:
        at, seen = person, {person}
        while at in named and named[at] not in seen:
            at = named[at]
            seen.add(at)
        if at not in named:
            found[person] = at
    return found


def with_merges(table: str, rows: pl.DataFrame, people: Mapping[str, str]) -> pl.DataFrame:
    """Rows of a table with the pseudonyms that stay; of two rows on one of the people, the one of who stays counts."""
    column = subject_column(table)
    if not people or column is None or column == "subject":
        return rows
    if column == "person_id" and "case_id" in rows.columns and table == "cases":
        person = case_person().replace(people)
        changed = case_person().is_in(list(people))
        return rows.with_columns(person_id=pl.when(changed).then(person).otherwise("person_id"))
    rows = rows.with_columns(pl.col(column).replace(people))
    if table != "people":
        return rows
    return rows.unique(subset=list(LEDGER_TABLES[table].key), keep="first", maintain_order=True)


def _first_told(record: str, earlier: dict[str, str], told: dict[str, datetime | None]) -> datetime | None:
    seen: set[str] = set()
    first = told[record]
    while record in earlier and record not in seen:
        seen.add(record)
        record = earlier[record]
        if told.get(record) is not None:
            first = told[record]
    return first


def _in_a_loop(earlier: dict[str, str]) -> set[str]:
    looped: set[str] = set()
    for start, named in earlier.items():
        seen, record = {start}, named
        while record in earlier and record not in seen:
            seen.add(record)
            record = earlier[record]
        if record == start:
            looped.add(start)
    return looped


def _mask_future(frame: pl.DataFrame, table: type[Table], at: datetime) -> pl.DataFrame:
    late: dict[str, pl.Expr] = {}
    for name, column in table.columns().items():
        if name == "recorded_at" or column_facts(table, name).get("plan"):
            continue
        if column.dtype == pl.Date:
            late[name] = pl.col(name) > at.date()
        elif column.dtype == pl.Datetime:
            late[name] = pl.col(name) > at
    for name in table.columns():
        known_by = column_facts(table, name).get("known_by")
        if known_by in late:
            late[name] = late[known_by]
    return frame.with_columns(
        pl.when(is_late.fill_null(value=False)).then(None).otherwise(pl.col(name)).alias(name)
        for name, is_late in late.items()
    )


def _follow_merges(frames: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    cases = frames.get("cases")
    if cases is None or cases["same_as"].null_count() == cases.height:
        return frames
    survivor = _survivors(cases)
    person = dict(cases.select("case_id", case_person()).iter_rows())
    people = {person[gone]: person[kept] for gone, kept in survivor.items()} | {
        gone: person[kept] for gone, kept in survivor.items()
    }
    followed = dict(frames)
    followed["cases"] = cases.filter(~pl.col("case_id").is_in(list(survivor))).with_columns(
        pl.col("infector").replace(survivor)
    )
    if "contacts" in followed:
        followed["contacts"] = followed["contacts"].with_columns(pl.col("case_id").replace(survivor))
    for name in _PERSON_TABLES:
        if name in followed:
            followed[name] = followed[name].with_columns(pl.col("person_id").replace(people))
    return followed


def _survivors(cases: pl.DataFrame) -> dict[str, str]:
    """Merged case -> the case that counts; merges into nobody known, or in a loop, are not followed."""
    named = dict(cases.filter(pl.col("same_as").is_not_null()).select("case_id", "same_as").iter_rows())
    known = set(cases["case_id"])
    survivors: dict[str, str] = {}
    for case, other in named.items():
        seen, at = {case}, other
        while at in named and at not in seen:
            seen.add(at)
            at = named[at]
        if at in known and at not in seen:
            survivors[case] = at
    return survivors
