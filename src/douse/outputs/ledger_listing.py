"""What the verbs of the ledger say in the terminal."""

from collections.abc import Mapping
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from douse.records.ledger import Verified
from douse.records.ledger.bundle import Imported
from douse.records.ledger.erasure import Erased
from douse.records.ledger.intake import Taken

_WHY = {
    "same_record": "two rows of other content by one record_id: the first counts",
    "both_correct": "two rows correct the same one: the later told counts",
}
_SHOWN = 20


def taken(found: Taken) -> RenderableType:
    """What came of an import of tables."""
    table = Table("table", "new", "corrected", "known", box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    for name in found.new:
        table.add_row(name, *(f"{part[name]:,}" for part in (found.new, found.corrected, found.known)))
    return Group(table, Text(f"{len(found.receipt):,} entries appended, up to number {found.receipt.last:,}."))


def imported(found: Imported) -> RenderableType:
    """What came of a bundle."""
    lines = [
        Text(f"{len(found.receipt):,} entries are new here, {found.known:,} were known, {found.redacted:,} redacted."),
        Text(f"Signed by {found.signed_by}" if found.signed_by else "Not signed.", overflow="fold"),
    ]
    lines += [Text(f"  conflict in {conflict.table}: {_WHY[conflict.why]}") for conflict in found.conflicts[:_SHOWN]]
    if len(found.conflicts) > _SHOWN:
        lines.append(Text(f"  and {len(found.conflicts) - _SHOWN:,} more"))
    if found.conflicts:
        lines.append(Text("Look at these records in the console, and correct those that are wrong."))
    return Group(*lines)


def exported(out: Path, counts: Mapping[str, int]) -> RenderableType:
    """What was written."""
    return Text("\n".join([*(f"{rows:>12,}  {name}" for name, rows in counts.items()), str(out)]))


def bundled(out: Path, count: int, head: int, key: str | None) -> RenderableType:
    """What a bundle holds."""
    signed = f"Signed; the public key is {key}" if key else "Not signed."
    return Text(
        f"{count:,} entries, up to number {head:,}: next time --since {head}.\n{signed}\n{out}", overflow="fold"
    )


def verified(found: Verified) -> RenderableType:
    """Whether the chain holds."""
    if found.good:
        redacted = f", {found.redacted:,} of them redacted" if found.redacted else ""
        return Text(
            f"The chain holds: {found.entries:,} entries{redacted}. Hash of the last: {found.head.hex()}",
            overflow="fold",
        )
    return Text(
        f"The chain breaks at entry {found.first_broken:,}: {found.why}. {found.entries:,} entries before it hold.\n"
        "  Next: restore the ledger from a copy, or compare it with a bundle of before."
    )


def forgotten(due: int, erased: Erased | None) -> RenderableType:
    """Whose records went."""
    if erased is None:
        return Text(f"{_persons(due)} past their time. " + ("Nothing was erased: add --yes." if due else ""))
    rows = f"{erased.entries:,} entries and {erased.attached:,} rows of attached files"
    return Text(f"{_persons(erased.subjects)}: personal fields of {rows} redacted; their rows of the vault are gone.")


def _persons(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} persons"
