"""Rows of the lists of cases and of contacts: what somebody may see, with what the list shows beside it."""

from collections.abc import Callable, Sequence

import polars as pl

from douse.console.permissions import Actor, may
from douse.console.reading import visible_grown
from douse.console.remembered import Following
from douse.console.writing import on_erasure
from douse.records.growth import Change, Grown
from douse.records.ledger import Snapshot
from douse.records.records import case_person

_lists = Following(48, versions=2)  # rows leave with every change; one made anew takes some milliseconds
_last = Following(24, versions=2)
for _kept in (_lists, _last):
    on_erasure(_kept.forget)


def cases(actor: Actor, snapshot: Snapshot, *, outside: bool = False) -> pl.DataFrame:
    """Cases that count by themselves, with `day`, `person`, `zone_of_row` and the number of `contacts` on record.

    With `outside` also those of other zones, masked; a column `within` tells them apart.
    """
    rows = visible_grown(actor, snapshot, "cases", outside=outside)
    contacts = visible_grown(actor, snapshot, "contacts") if may(actor, "read contacts") else None
    return _beside(("cases", actor.key, outside), rows, contacts, "case_id", _cases)


def _cases(rows: pl.DataFrame, contacts: pl.DataFrame | None) -> pl.DataFrame:
    own = rows.filter(pl.col("same_as").is_null()).with_columns(
        day=pl.coalesce(pl.col("reported_at"), pl.col("first_recorded_at"), pl.col("onset").cast(pl.Datetime("us")))
        .dt.date(),
        person=case_person(),
        zone_of_row=pl.col("zone"),
    )  # fmt: skip
    if contacts is None:
        return own.with_columns(contacts=pl.lit(None, pl.UInt32))
    counted = contacts.group_by("case_id").agg(contacts=pl.col("person_id").n_unique())
    joined = own.join(counted, on="case_id", how="left", maintain_order="left")
    counts = pl.col("contacts").fill_null(0)
    return joined.with_columns(pl.when("within").then(counts).alias("contacts") if "within" in rows.columns else counts)


def contacts(actor: Actor, snapshot: Snapshot) -> pl.DataFrame:
    """Contacts with `day`, `zone_of_row` and their last follow-up: `seen_on`, `seen` (how it went)."""
    rows = visible_grown(actor, snapshot, "contacts")
    last = _last_follow_ups(actor, snapshot) if may(actor, "read follow_ups") else None
    return _beside(("contacts", actor.key), rows, last, "person_id", _contacts)


def _contacts(rows: pl.DataFrame, last: pl.DataFrame | None) -> pl.DataFrame:
    own = rows.with_columns(
        day=pl.coalesce(pl.col("last_contact"), pl.col("found_at").dt.date(), pl.col("first_recorded_at").dt.date()),
        person=pl.col("person_id"),
    )
    if last is None:
        return own.with_columns(seen_on=pl.lit(None, pl.Date), seen=pl.lit(None, pl.String))
    return own.join(last, on="person_id", how="left", maintain_order="left")


def tests(actor: Actor, snapshot: Snapshot) -> pl.DataFrame:
    """Tests with `day` (of the sample), `zone_of_row`, and whether a result `waits` to be known."""
    rows = visible_grown(actor, snapshot, "tests")
    return _beside(("tests", actor.key), rows, None, "record_id", _tests)


def _tests(rows: pl.DataFrame, _: pl.DataFrame | None) -> pl.DataFrame:
    unknown = pl.col("result").is_null() | (pl.col("result") == "pending")
    return rows.with_columns(
        day=pl.col("sampled_at").dt.date(), person=pl.col("person_id"), waits=pl.col("result_at").is_null() & unknown
    )


def _beside(
    key: tuple[object, ...],
    rows: Grown,
    other: Grown | None,
    by: str,
    make: Callable[[pl.DataFrame, pl.DataFrame | None], pl.DataFrame],
) -> pl.DataFrame:
    """The rows of a list with what another table says of their `by`; only rows that changed in either are made anew."""

    def whole() -> Grown:
        return Grown(make(rows.frame, None if other is None else other.frame))

    def follow(before: Grown, changes: Sequence[Change]) -> Grown:
        own = changes[0]
        touched = pl.col("record_id").is_in(pl.concat([own.gone["record_id"], own.new["record_id"]]).implode())
        if other is None:
            return before.changed(Change(before.frame.filter(touched), make(own.new, None)))
        told = pl.concat([changes[1].gone[by], changes[1].new[by]])
        if not told.is_empty():
            touched |= pl.col(by).is_in(told.implode())
        again = rows.frame.filter(touched)
        beside = other.frame.filter(pl.col(by).is_in(again[by].implode()))
        return before.changed(Change(before.frame.filter(touched), make(again, beside)))

    return _lists.get(key, (rows,) if other is None else (rows, other), (), whole, follow).frame


def _last_follow_ups(actor: Actor, snapshot: Snapshot) -> Grown:
    rows = visible_grown(actor, snapshot, "follow_ups")

    def follow(before: Grown, changes: Sequence[Change]) -> Grown:
        persons = pl.concat([changes[0].gone["person_id"], changes[0].new["person_id"]]).implode()
        of_them = pl.col("person_id").is_in(persons)
        return before.changed(Change(before.frame.filter(of_them), last_follow_up(rows.frame.filter(of_them))))

    return _last.get(actor.key, (rows,), (), lambda: Grown(last_follow_up(rows.frame), "person_id"), follow)


def last_follow_up(follow_ups: pl.DataFrame) -> pl.DataFrame:
    """Of each person the last follow-up: person_id, `seen_on`, `seen` (empty counts as seen)."""
    last = pl.col("at").arg_max()
    return follow_ups.group_by("person_id").agg(
        seen_on=pl.col("at").max().dt.date(),
        seen=pl.col("found").cast(pl.String).get(last).fill_null("seen"),
    )
