"""Tables that only the ledger has: what people decide, what they are to do, and what becomes of the records.

They are defined as those of `records/tables.py` are, and come into the ledger in the same way; no file feeds them.
"""

from functools import cache

import dataframely as dy
import polars as pl

from douse.records import codes
from douse.records.between_tables import Assessments, Bundles, Offers, Returns
from douse.records.columns import code, count, day, ident, moment, text
from douse.records.public_tables import Bulletins, Claims, Receipts, SelfReports
from douse.records.tables import TABLES, Table


class Merges(Table):
    """Two pseudonyms that turned out to be one person; undone by a correction."""

    key = ("merge_id",)

    merge_id = ident("Identifier of the merge.", required=True)
    person_id = ident("Pseudonym that is given up.", required=True, personal=True)
    into = ident("Pseudonym that stays.", required=True)
    zone = ident("Zone where the person lives.", references="zones.zone_id")
    state = code(codes.MERGE_STATES, "Merged; or undone, in the correction that takes it back.", required=True)
    reason = text("Why the two are one, or are not.")

    @dy.rule()
    def into_another(cls) -> pl.Expr:
        """Nobody is merged into themselves."""
        return pl.col("person_id") != pl.col("into")


class Decisions(Table):
    """What a person decided on a proposed measure."""

    key = ("decision_id",)

    decision_id = ident("Identifier of the decision.", required=True)
    measure_id = ident("The measure.", required=True)
    kind = code(codes.MEASURE_KINDS, "Kind of the measure.", required=True)
    zone = ident("Zone where it applies.", references="zones.zone_id")
    level = code(codes.LEVELS, "Level, for a measure of kind level.")
    verdict = code(codes.VERDICTS_ON_MEASURES, "What was decided; seconded: a second person agrees.", required=True)
    start = day("First day in force, as decided.", plan=True)
    review_on = day("Day of the next review.", plan=True)
    expires_on = day("Last day in force unless renewed.", plan=True)
    role = text("Role in which it was decided.")
    reason = text("Why, in a sentence.")
    plan = ident("Hash of the plan that proposed it.")


class Verdicts(Table):
    """What a person thinks of a signal."""

    key = ("signal_id", "verdict_id")

    verdict_id = ident("Identifier of the verdict.", required=True)
    signal_id = ident("The signal.", required=True)
    zone = ident("Zone of the signal.", references="zones.zone_id")
    detector = text("What gave the signal.")
    verdict = code(codes.VERDICTS_ON_SIGNALS, "What was found.", required=True)
    reason = text("Why, in a sentence.")


class Tasks(Table):
    """What somebody is to do; done by a correction that fills done_at."""

    key = ("task_id",)

    task_id = ident("Identifier of the task.", required=True)
    kind = code(codes.TASK_KINDS, "What is to be done.", required=True)
    what = text("What exactly, in a sentence that names nobody.")
    person_id = ident("Pseudonym of the person it is about.", personal=True)
    case_id = ident("Case that it is about.", references="cases.case_id")
    zone = ident("Where.", references="zones.zone_id")
    measure_id = ident("Measure that it carries out.")
    assigned_to = text("Name of the user who does it; empty: anybody with the right.")
    due_at = moment("By when.", plan=True)
    done_at = moment("When it was done.")
    outcome = code(codes.TASK_OUTCOMES, "What came of it.")
    note = text("What else was said.", personal=True)


class Audit(Table):
    """Who did or saw what; every entry is written together with what it tells of."""

    key = ("audit_id",)

    audit_id = ident("Identifier of the event.", required=True)
    action = ident("What was done, as in the policy.", required=True)
    author = text("Who did it, as the entry names its author.")
    object_table = text("Table that it was done to.")
    object_id = text("Record or user that it was done to.")
    zone = ident("Zone of that.")
    rows = count("How many records.", "rows")
    role = text("Role in which it was done.")
    reason = text("Why, where the action asks for a reason.")


class Holds(Table):
    """Legal holds: what is kept beyond its time, or although its erasure was asked for; released by a correction."""

    key = ("hold_id",)

    hold_id = ident("Identifier of the hold.", required=True)
    subject = ident("Pseudonym whose records are kept; empty: by table and zone.")
    held_table = text("Table whose records are kept; empty: all.")
    zone = ident("Zone whose records are kept; empty: all.", references="zones.zone_id")
    reason = text("Why they are kept.")
    person = text("Who answers for it.")
    until = day("Last day.", plan=True)
    state = code(codes.HOLD_STATES, "In force; or released, in the correction that ends it.", required=True)

    @dy.rule()
    def answered_for(cls) -> pl.Expr:
        """A hold names its reason and who answers for it."""
        return pl.col("reason").is_not_null() & pl.col("person").is_not_null()


class Erasures(Table):
    """Whose personal fields were redacted, and why."""

    key = ("erasure_id",)

    erasure_id = ident("Identifier of the erasure.", required=True)
    subject = ident("Pseudonym.", required=True)
    why = code(codes.ERASURE_REASONS, "Asked for by the person, or the time to keep them was over.", required=True)
    before = moment("Records told before this moment, where not all.", plan=True)
    reason = text("In a sentence.")


class Attachments(Table):
    """Bulk tables that lie beside the ledger as Parquet, by the hash of their content."""

    key = ("content",)

    content = ident("SHA-256 of the file.", required=True)
    of_table = text("Table that it holds rows of.")
    rows = count("Rows in it.", "rows")
    name = text("Name of the file that was sent.")


LEDGER_ONLY: dict[str, type[Table]] = {
    "merges": Merges,
    "decisions": Decisions,
    "verdicts": Verdicts,
    "tasks": Tasks,
    "audit": Audit,
    "holds": Holds,
    "erasures": Erasures,
    "attachments": Attachments,
    "self_reports": SelfReports,
    "receipts": Receipts,
    "claims": Claims,
    "bulletins": Bulletins,
    "returns": Returns,
    "assessments": Assessments,
    "offers": Offers,
    "bundles": Bundles,
}
LEDGER_TABLES: dict[str, type[Table]] = {**TABLES, **LEDGER_ONLY}
BULK_TABLES = ("people", "visits")  # large and seldom corrected one by one: they may be attached as files

_SUBJECTS = ("subject", "person_id", "case_id")
_OF_TABLE = {"requests": "household"}  # asked for by whoever answers the door


@cache
def subject_column(table: str) -> str | None:
    """Column that names whom a row is about; of cases: person_id, and case_id where that is empty.

    By it somebody's rows are found that are to be erased, so every table that says something personal has one.
    """
    columns = LEDGER_TABLES[table].column_names()
    return next((name for name in _SUBJECTS if name in columns), _OF_TABLE.get(table))


@cache
def zone_column(table: str) -> str | None:
    """Column that says where a row belongs."""
    columns = LEDGER_TABLES[table].column_names()
    return next((name for name in ("zone", "zone_id", "to_zone") if name in columns), None)


@cache
def personal_columns(table: str) -> tuple[str, ...]:
    """Columns that erasure empties: those marked personal, but not pseudonyms that rows are known by."""
    schema = LEDGER_TABLES[table]
    kept = {*schema.key, *_SUBJECTS, subject_column(table)}
    return tuple(
        name
        for name, column in schema.columns().items()
        if (column.metadata or {}).get("personal") and name not in kept
    )


__all__ = ["BULK_TABLES", "LEDGER_ONLY", "LEDGER_TABLES", "personal_columns", "subject_column", "zone_column"]
