"""Forms filled in from what is known: which fields a task asks for, and which of them the records hold already.

A form never carries a value: it says where the value lies. Whoever fills it in is asked for the blank fields only.
"""

from dataclasses import dataclass

import polars as pl

from douse.records import Records
from douse.tracing.persons import with_person

COLUMNS: dict[str, pl.DataType] = {
    "task_id": pl.String(),
    "field": pl.String(),
    "known": pl.Boolean(),
    "source_table": pl.String(),
    "asked_table": pl.String(),
    "asked_column": pl.String(),
}
Column = tuple[str, str]  # table, column


@dataclass(frozen=True)
class Field:
    """One field of a form.

    Parameters
    ----------
    asked : tuple[str, str]
        Table and column where the answer goes.
    also : tuple of tuple[str, str]
        Where the same may be known from.
    of_case : bool
        What is asked is about the person with this case, not about the person: only records of the two count.
    """

    asked: Column
    also: tuple[Column, ...] = ()
    of_case: bool = False

    @property
    def name(self) -> str:
        """Name of the field: that of its column."""
        return self.asked[1]


_HOME = (
    Field(("people", "zone"), (("contacts", "zone"), ("cases", "zone"))),
    Field(("people", "household"), (("contacts", "household"),)),
    Field(("people", "age"), (("contacts", "age"), ("cases", "age"))),
)
_DAY = (
    Field(("people", "daytime_place")),
    Field(("people", "group")),
    Field(("people", "occupation"), (("cases", "occupation"),)),
)
_MEETING = tuple(
    Field(("contacts", name), of_case=True) for name in ("first_contact", "last_contact", "setting", "minutes")
)
_WHEREABOUTS = (
    Field(("visits", "place_id"), (("visits", "latitude"),)),
    Field(("arrivals", "carrier")),
    Field(("arrivals", "seat")),
)
_SOURCE = (
    Field(("cases", "exposed_from")),
    Field(("cases", "exposed_to")),
    Field(("cases", "origin")),
    Field(("cases", "infector")),
    Field(("cases", "setting")),
    Field(("arrivals", "origin")),
)
FIELDS: dict[str, tuple[Field, ...]] = {
    "interview": (
        Field(("cases", "onset")),
        Field(("cases", "severity")),
        Field(("cases", "isolated_at"), (("stays", "entered_on"),)),
        *_HOME, *_DAY, *_WHEREABOUTS,
        Field(("cases", "contacts_found")),
        Field(("contacts", "person_id")),
    ),
    "find_source": (*_SOURCE, *_DAY, *_WHEREABOUTS),
    "ask_infector": (Field(("contacts", "person_id")), *_DAY, *_WHEREABOUTS),
    "reach": (*_HOME, *_DAY, *_MEETING, Field(("contacts", "reached_at"), of_case=True)),
    "quarantine": (
        *_HOME,
        Field(("contacts", "quarantined_on"), (("stays", "entered_on"),)),
        Field(("contacts", "quarantine_place"), (("stays", "place"),)),
    ),
    "test": (*_HOME, Field(("tests", "sampled_at")), Field(("tests", "kind")), Field(("tests", "laboratory"))),
    "release": (*_HOME, Field(("tests", "result")), Field(("contacts", "quarantine_ended_on"))),
}  # fmt: skip
# What a task itself brings about has to be entered anew, whatever earlier records say.
_NEW = {
    "reach": ("reached_at",),
    "quarantine": ("quarantined_on", "quarantine_place"),
    "test": ("sampled_at", "kind", "laboratory"),
}


def forms(tasks: pl.DataFrame, known: Records) -> pl.DataFrame:
    """Rows of `Work.forms`: a row a task and field, in the order of the form.

    A field is known when a record of the person has it (for fields about a meeting: a record of the person with this
    case). In an interview the list of contacts, and for an infector that of further ones, is always asked.

    Parameters
    ----------
    tasks : polars.DataFrame
        task_id, person, task, case_id.
    known : Records
        As-of view.
    """
    rows = [(task, at, field) for task, fields in FIELDS.items() for at, field in enumerate(fields)]
    wanted = pl.DataFrame(
        [
            (task, at, field.name, table, column, rank, field.of_case, *field.asked)
            for task, at, field in rows
            for rank, (table, column) in enumerate((field.asked, *field.also))
        ],
        schema=["task", "at", "field", "table", "column", "rank", "of_case", "asked_table", "asked_column"],
        orient="row",
    )
    told = _told(known, wanted)
    mine = tasks.select("task_id", "person", "task", "case_id").join(wanted, on="task")
    whole = mine.filter(~pl.col("of_case")).join(
        told.select("table", "column", "person").unique().with_columns(there=pl.lit(value=True)),
        on=["table", "column", "person"], how="left",
    )  # fmt: skip
    paired = mine.filter("of_case").join(
        told.filter(pl.col("case_id").is_not_null()).unique().with_columns(there=pl.lit(value=True)),
        on=["table", "column", "person", "case_id"], how="left",
    )  # fmt: skip
    found = pl.concat([whole, paired.select(whole.columns)]).with_columns(
        there=pl.col("there").fill_null(value=False) & ~_asked_anew()
    )
    form = (
        found.sort("task_id", "at", "rank")
        .group_by("task_id", "at", "field", maintain_order=True)
        .agg(
            pl.col("asked_table", "asked_column").first(),
            known=pl.col("there").any(),
            source_table=pl.col("table").filter(pl.col("there")).first(),
        )
    )
    order = tasks.select("task_id", order=pl.int_range(pl.len()))
    return (
        form.join(order, on="task_id")
        .sort("order", "at")
        .select(pl.col(name).cast(kind) for name, kind in COLUMNS.items())
    )


def _asked_anew() -> pl.Expr:
    """Fields that a task brings about, and lists that are never complete."""
    lists = (pl.col("asked_table") == "contacts") & (pl.col("field") == "person_id")
    anew = [(pl.col("task") == task) & pl.col("field").is_in(list(names)) for task, names in _NEW.items()]
    return pl.any_horizontal(lists, *anew)


def _told(known: Records, wanted: pl.DataFrame) -> pl.DataFrame:
    """table, column, person, case_id (of contacts): which fields some record of a person fills."""
    parts = [pl.DataFrame(schema=dict.fromkeys(("table", "column", "person", "case_id"), pl.String))]
    for (table,), rows in wanted.group_by("table", maintain_order=True):
        columns = rows["column"].unique(maintain_order=True).to_list()
        frame = _with_person(known, str(table))
        case = pl.col("case_id") if table == "contacts" else pl.lit(None, dtype=pl.String)
        parts += [
            frame.filter(pl.col(column).is_not_null()).select(
                "person", table=pl.lit(table), column=pl.lit(column), case_id=case
            ).select("table", "column", "person", "case_id").unique()
            for column in columns
        ]  # fmt: skip
    return pl.concat(parts)


def _with_person(known: Records, table: str) -> pl.DataFrame:
    """Rows of a table with `person`. Of cases: the pseudonym; a case's contacts count for the contacts."""
    if table == "cases":
        return known.cases.with_columns(person=pl.coalesce("person_id", "case_id"))
    return with_person(known.table(table), known)
