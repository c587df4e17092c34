"""What records say about each other: references, corrections, the tree of zones."""

from collections.abc import Mapping

import polars as pl

from douse.records.draft import ROW, Draft
from douse.records.tables import column_facts


def check_links(drafts: Mapping[str, Draft]) -> None:
    """Note references to nobody (the other record may come later), and cut loops of zones."""
    for draft in drafts.values():
        for column in draft.schema.column_names():
            _note_unknown(draft, column, drafts)
        _note_corrections_of_nobody(draft)
    if "zones" in drafts:
        _cut_zone_loops(drafts["zones"])


def _note_unknown(draft: Draft, column: str, drafts: Mapping[str, Draft]) -> None:
    other, _, their_column = column_facts(draft.schema, column).get("references", "").partition(".")
    if other not in drafts:
        return
    known = drafts[other].frame[their_column].unique()
    named = draft.frame[column]
    unknown = named.is_not_null() & ~named.is_in(known.implode())
    draft.find(draft.frame[ROW].filter(unknown), "unknown_reference", "note", column=column, other=other)


def _note_corrections_of_nobody(draft: Draft) -> None:
    named = draft.frame["supersedes"]
    if named.null_count() < len(named):
        unknown = named.is_not_null() & ~named.is_in(draft.frame["record_id"].implode())
        draft.find(draft.frame[ROW].filter(unknown), "supersedes_nobody", "note", column="supersedes")


def _cut_zone_loops(draft: Draft) -> None:
    """Set aside the parent that closes a loop: of the zones in it, that of the one told last.

    Until that one was told there was no loop, so the tree of an earlier day is what it was.
    """
    told = draft.frame.sort("recorded_at", nulls_last=False, maintain_order=True)
    parents = dict(told.select("zone_id", "parent_zone").iter_rows())
    order = {zone: place for place, zone in enumerate(told["zone_id"])}
    cut: set[str] = set()
    settled: set[str] = set()
    for start in parents:
        line: dict[str, None] = {}
        zone: str | None = start
        while zone is not None and zone not in settled and zone not in line:
            line[zone] = None
            zone = None if zone in cut else parents.get(zone)
        if zone is not None and zone in line:
            members = list(line)[list(line).index(zone) :]
            cut.add(max(members, key=lambda member: order[member]))
        settled.update(line)
    if cut:
        looped = pl.col("zone_id").is_in(sorted(cut)) & pl.col("parent_zone").is_not_null()
        rows = draft.frame.filter(looped)[ROW]
        draft.find(rows, "zone_loop", "value_set_aside", column="parent_zone")
        draft.frame = draft.frame.with_columns(parent_zone=pl.when(~looped).then(pl.col("parent_zone")))
