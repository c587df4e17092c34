"""What a definition of a return holds: `library/returns/<id>.toml`. A statistic that a level above asks for.

It names tables and columns of the records; whether they are there is checked where they are read, in
`outputs/returns/definition.py`.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from douse.library.codes import ZONE_KINDS, ZoneKind
from douse.library.number import Finite, Hours, Shelved, Strict, Text, ascending, rule_broken

What = Literal["count", "people", "sum", "figure", "typed"]
Ident = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
MOST_COLUMNS = 60


class Condition(Strict):
    """What a column of a record has to be; all that is filled must hold."""

    column: Ident
    one_of: tuple[str, ...] = ()
    filled: bool | None = None
    at_least: Finite | None = None
    below: Finite | None = None

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if not self.one_of and self.filled is None and self.at_least is None and self.below is None:
            raise rule_broken("the condition asks nothing", "one_of, filled, at_least or below")
        return self


class ReturnColumn(Strict):
    """One figure of a return: records that are counted, a figure of the situation, or something that is typed.

    ``count``   records of the table
    ``people``  different pseudonyms in the column `of`
    ``sum``     of the column `of`
    ``figure``  of the situation of the zone, by the name in `of`; of the zone as a whole only
    ``typed``   what no record tells: somebody types it; of the zone as a whole only

    A record counts whose day in the column `when` lies in the period. With `begins` it counts when it lasted at the
    end of the period: it had begun, and none of `ends` had come.
    """

    id: Ident
    name: Text
    what: What
    table: str = ""
    of: str = ""
    where: tuple[Condition, ...] = ()
    when: str = ""
    begins: str = ""
    ends: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        reads = self.what in {"count", "people", "sum"}
        if reads != bool(self.table):
            raise rule_broken("the table does not fit", "a table where records are counted, and only there")
        if (self.what in {"people", "sum", "figure"}) != bool(self.of):
            raise rule_broken("`of` does not fit", "of with people, sum and figure, and only there")
        if reads and bool(self.when) == bool(self.begins):
            raise rule_broken("nothing tells which records are of the period", "when, or begins with ends")
        if not reads and (self.where or self.when or self.begins or self.ends):
            raise rule_broken("there is nothing to filter", "no where, when, begins, ends")
        if self.ends and not self.begins:
            raise rule_broken("ends is there without begins", "begins beside ends")
        return self


class Grouping(Strict):
    """What the rows of a return are: zones of a kind within the reporting one, bands of age, or codes of a column."""

    column: Ident
    name: Text
    kind: ZoneKind | None = None  # column = zone: the zones of this kind
    bands: Annotated[tuple[int, ...], ascending(float, "band", first=0)] = ()  # of a number: first of each band

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.column == "zone") != (self.kind is not None):
            raise rule_broken("kind does not fit", "kind with column zone, and only there")
        if self.kind and self.bands:
            raise rule_broken("bands are of a number", "no bands with zones")
        return self


class Return(Shelved):
    """What a level asks of the one below: columns, rows, period, deadline, form."""

    asked_by: ZoneKind  # kind of zone that asks
    of: ZoneKind  # kind of zone that reports
    every: Literal["day", "week"]  # a week: Monday to Sunday
    due: Hours  # after the end of the period
    format: Literal["csv", "json"]
    group: tuple[Grouping, ...] = ()
    column: Annotated[tuple[ReturnColumn, ...], Field(min_length=1, max_length=MOST_COLUMNS)]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        named = [column.id for column in self.column]
        if len(set(named)) < len(named):
            raise rule_broken("a column is there twice", "each id once")
        if ZONE_KINDS.index(self.asked_by) <= ZONE_KINDS.index(self.of):
            raise rule_broken("asked_by does not lie above of", "a larger kind of zone")
        for group in self.group:
            if group.kind is not None and ZONE_KINDS.index(group.kind) >= ZONE_KINDS.index(self.of):
                raise rule_broken("the rows are not smaller than who reports", "a smaller kind of zone")
        return self

    @property
    def label(self) -> str:
        """Name and edition, as the ledger names it."""
        return f"{self.id} {self.edition}"

    @property
    def counted(self) -> tuple[ReturnColumn, ...]:
        """Columns that each row has."""
        return tuple(column for column in self.column if column.table)

    @property
    def typed(self) -> tuple[ReturnColumn, ...]:
        """Columns that somebody types."""
        return tuple(column for column in self.column if column.what == "typed")
