"""Reports that staff said repeat another one: they follow it, and are looked at again when it is taken back."""

from collections.abc import Iterable, Sequence

import polars as pl

from douse.console.rows import corrected
from douse.console.writing import ring_with
from douse.records.ledger import NewEntry, Snapshot


def repeated(reports: pl.DataFrame, report_id: str) -> str | None:
    """The report that one repeats in the end, or itself; None where there is none, or it was taken back.

    So reports never repeat each other in a circle, in which nobody would look at any of them.
    """
    rows = reports.filter(pl.col("state").is_in(["duplicate", "withdrawn"]))
    leads = dict(rows.select("report_id", pl.col("same_as").fill_null("")).iter_rows())
    at, seen = report_id, set[str]()
    while at in leads and at not in seen:
        seen.add(at)
        at = leads[at]
    return at if at not in leads and at in set(reports["report_id"]) else None


@ring_with
def look_again(snapshot: Snapshot, entries: Sequence[NewEntry]) -> Iterable[NewEntry]:
    """Reports that repeat one that is being taken back wait again: nobody answers for them any more."""
    gone = {
        str(entry.row["report_id"])
        for entry in entries
        if entry.table == "self_reports" and entry.row.get("state") == "withdrawn"
    }
    if not gone:
        return []
    own = {entry.supersedes for entry in entries}
    rows = snapshot.current("self_reports").filter(
        pl.col("same_as").is_in(sorted(gone)), pl.col("state") == "duplicate"
    )
    return [
        corrected("self_reports", row, state="received", same_as=None)
        for row in rows.iter_rows(named=True)
        if row["record_id"] not in own
    ]
