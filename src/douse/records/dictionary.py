"""The data dictionary: every table and column of `tables.py` as Markdown."""

import dataframely as dy

from douse.records.cells import allowed_values
from douse.records.rules import rule_words
from douse.records.tables import REFERENCE_TABLES, REQUIRED_TABLES, TABLES, Table, column_facts

_HEAD = """# Data dictionary

Made from `src/douse/records/tables.py` by `make docs`; do not edit.

Each table is one CSV, TSV or Parquet file named after it: `cases.csv`; `cases-2.csv` and `cases-north.csv` feed the
same table. Columns are found by their names (case, blanks and hyphens do not matter); columns that are not sent are
empty. Only {required} must be sent.

- **Times** are local times without a zone. A zone at the end of a time is dropped: the clock of the place counts, as
  written. Dates are best written YYYY-MM-DD; other usual forms are read.
- **Empty cells** stay empty, or say NA, null, none or -.
- **recorded_at** is when the system was told. Analysis as of a day sees only what was told by then. Where it is empty,
  the first filled of the columns named below stands in for it; in reference tables ({reference})
  empty means known from the start.
- **A row is never changed.** A correction is a new row whose `supersedes` is the record_id of the row that it corrects.
  Of rows that share a key and correct nothing, the one told earliest is kept.
- **A value that breaks a rule** is set aside and its row kept, where the column may be empty; otherwise the row is set
  aside. Both are findings.
- *Personal* columns describe one person: they are never shown in findings or public output.
"""


def dictionary() -> str:
    """The data dictionary as Markdown."""
    head = _HEAD.format(required=_words(REQUIRED_TABLES), reference=_words(REFERENCE_TABLES))
    return "\n".join([head, *(_section(name, table) for name, table in TABLES.items())])


def _section(name: str, table: type[Table]) -> str:
    lines = [f"## {name}", "", f"{(table.__doc__ or '').strip()}", ""]
    lines += [f"- Adds: {table.unlocks}", f"- Key: {_words(table.key)}"]
    if table.told_by:
        lines.append(f"- Stands in for an empty recorded_at: {_words(table.told_by)}")
    lines += ["", "| column | type | needed | meaning |", "|---|---|---|---|"]
    lines += [_row(table, column, kind) for column, kind in table.columns().items()]
    rules = [rule for rule, value in vars(table).items() if hasattr(value, "validation_fn")]
    if rules:
        lines += ["", "| rule | what it says | where it is broken |", "|---|---|---|"]
        for rule in rules:
            lost = _words(table.row_actions.get(rule, ())) or "row"
            lines.append(f"| {rule} | {rule_words(table, rule)} | {lost} set aside |")
    return "\n".join([*lines, ""])


def _row(table: type[Table], column: str, kind: dy.Column) -> str:
    facts = column_facts(table, column)
    more = [
        f"Unit: {facts['unit']}." if "unit" in facts else "",
        f"Names a `{facts['references']}`." if "references" in facts else "",
        f"Counts as known from {facts['known_by']} on." if "known_by" in facts else "",
        "May lie in the future." if "plan" in facts else "",
        "*Personal.*" if "personal" in facts else "",
    ]
    meaning = " ".join([kind.description or "", *filter(None, more)])
    return f"| {column} | {_type(kind)} | {'' if kind.nullable else 'yes'} | {meaning} |"


def _type(kind: dy.Column) -> str:
    if isinstance(kind, dy.Enum):
        return f"one of: {allowed_values(kind)}"
    if isinstance(kind, dy.String):
        return f"{'identifier' if kind.min_length else 'text'}, {allowed_values(kind)}"
    return {dy.Date: "date", dy.Datetime: "date and time"}.get(type(kind)) or allowed_values(kind)


def _words(names: tuple[str, ...]) -> str:
    return ", ".join(names)
