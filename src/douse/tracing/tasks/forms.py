"""Forms filled in from what is known: which fields a task asks for, and which of them the records hold already.

A form never carries a value: it says where the value lies. Whoever fills it in is asked for what is not known, and for
more where one answer does not settle a list.
"""

import polars as pl

from douse.records import Records
from douse.records.records import case_person
from douse.tracing.persons import with_person
from douse.tracing.tasks.form_fields import FIELDS, LISTS, NEW, SAID_BY_EXPOSURE, TABLE_OF_BASIS

COLUMNS: dict[str, pl.DataType] = {
    "task_id": pl.String(),
    "field": pl.String(),
    "known": pl.Boolean(),
    "ask": pl.Boolean(),
    "source_table": pl.String(),
    "asked_table": pl.String(),
    "asked_column": pl.String(),
}
_FACT = ("table", "column", "person", "case_id")


def forms(tasks: pl.DataFrame, contacts: pl.DataFrame, known: Records) -> pl.DataFrame:
    """Rows of `Work.forms`: a row a task and field, in the order of the form.

    A field is known when a record of the person has it; a field about a meeting when a record of the person with this
    case has it, or the exposure was told by another table. It is asked when it is not known, when the task itself
    brings it about (the new test), and when it is a list, of which one entry says nothing of the others.

    Parameters
    ----------
    tasks : polars.DataFrame
        task_id, person, task, case_id.
    contacts : polars.DataFrame
        As in `Trace.contacts`; the basis of each exposure.
    known : Records
        As-of view.
    """
    wanted = _wanted()
    told = pl.concat([_told(known, wanted), _told_by_exposures(contacts)]).unique()
    there = pl.lit(value=True)
    mine = tasks.select("task_id", "person", "task", "case_id").join(wanted, on="task")
    of_person = told.select("column", "person", "table").unique().with_columns(there=there)
    of_meeting = told.filter(pl.col("case_id").is_not_null()).with_columns(there=there)
    whole = mine.filter(~pl.col("of_case")).join(of_person, on=["table", "column", "person"], how="left")
    paired = mine.filter("of_case").join(of_meeting, on=["table", "column", "person", "case_id"], how="left")
    form = (
        pl.concat([whole, paired.select(whole.columns)])
        .with_columns(pl.col("there").fill_null(value=False))
        .sort("task_id", "at", "rank")
        .group_by("task_id", "task", "at", "field", maintain_order=True)
        .agg(
            pl.col("asked_table", "asked_column").first(),
            known=pl.col("there").any(),
            source_table=pl.col("table").filter(pl.col("there")).first(),
        )
    )
    order = tasks.select("task_id", order=pl.int_range(pl.len()))
    asked = form.with_columns(ask=~pl.col("known") | _asked_anyway())
    return (
        asked.join(order, on="task_id")
        .sort("order", "at")
        .select(pl.col(name).cast(kind) for name, kind in COLUMNS.items())
    )


def _wanted() -> pl.DataFrame:
    """A row a task, field and place where it may be known from, the best first."""
    meeting = sorted(set(TABLE_OF_BASIS.values()))
    rows = [
        (task, at, field.name, table, column, rank, field.of_case, *field.asked)
        for task, fields in FIELDS.items()
        for at, field in enumerate(fields)
        for rank, (table, column) in enumerate(
            (field.asked, *field.also, *((table, field.name) for table in meeting if field.of_case))
        )
    ]
    columns = ["task", "at", "field", "table", "column", "rank", "of_case", "asked_table", "asked_column"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def _asked_anyway() -> pl.Expr:
    lists = [(pl.col("asked_table") == table) & (pl.col("asked_column") == column) for table, column in LISTS]
    anew = [(pl.col("task") == task) & pl.col("field").is_in(list(names)) for task, names in NEW.items()]
    return pl.any_horizontal(*lists, *anew)


def _told(known: Records, wanted: pl.DataFrame) -> pl.DataFrame:
    """table, column, person, case_id (of contacts): which fields some record of a person fills."""
    parts = [pl.DataFrame(schema=dict.fromkeys(_FACT, pl.String))]
    for (table,), rows in wanted.filter(~(pl.col("of_case") & (pl.col("table") != "contacts"))).group_by("table"):
        frame = _with_person(known, str(table))
        case = pl.col("case_id") if table == "contacts" else pl.lit(None, dtype=pl.String)
        for column in rows["column"].unique(maintain_order=True):
            filled = frame.filter(pl.col(column).is_not_null())
            parts.append(filled.select(pl.lit(table).alias("table"), pl.lit(column).alias("column"), "person", case))
    return pl.concat([part.rename(dict(zip(part.columns, _FACT, strict=True))) for part in parts])


def _told_by_exposures(contacts: pl.DataFrame) -> pl.DataFrame:
    """What exposures that nobody named say of a meeting, by the table that they were found in."""
    table = pl.col("basis").replace_strict(TABLE_OF_BASIS, default=None, return_dtype=pl.String)
    found = contacts.with_columns(table=table).filter(pl.col("table").is_not_null())
    said = [found.select("table", pl.lit(name).alias("column"), "person", "case_id") for name in SAID_BY_EXPOSURE]
    timed = found.filter(pl.col("minutes").is_not_null())
    return pl.concat([*said, timed.select("table", pl.lit("minutes").alias("column"), "person", "case_id")])


def _with_person(known: Records, table: str) -> pl.DataFrame:
    """Rows of a table with `person`; of cases the pseudonym."""
    if table == "cases":
        return known.cases.with_columns(person=case_person())
    return with_person(known.table(table), known)
