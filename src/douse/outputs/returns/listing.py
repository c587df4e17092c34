"""What `douse returns` says in the terminal."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from douse.library.returns import Return
from douse.outputs.returns.files import frame_of
from douse.outputs.returns.standing import Hop, Standing
from douse.outputs.returns.values import Filled
from douse.outputs.words import Words

_SHOWN = 80
_FEW_COLUMNS = 5


def definitions(found: Sequence[Return], words: Words) -> RenderableType:
    """What each level asks for."""
    table = Table(box=None)
    table.add_column(words.say("Return"), no_wrap=True)
    for head in (
        words.say("From"), words.say("To"), words.say("Every"), words.say("Due"), words.say("Columns"),
        words.say("Typed"),
    ):  # fmt: skip
        table.add_column(head)
    for one in found:
        due = words.say("{hours} h after its end ({grade})", hours=one.due.value, grade=one.due.grade)
        columns = (words.code(one.of), words.code(one.asked_by), rhythm(one, words), due)
        table.add_row(one.id, *columns, str(len(one.column)), str(len(one.typed)))
    return table


def filled(one: Filled, words: Words) -> RenderableType:
    """A return that was filled in: the whole zone; its rows where few columns are counted."""
    language = words.language
    whole = Table(box=None, show_header=False)
    for column, value in zip(one.definition.column, one.total, strict=True):
        shown = "–" if value is None else str(value)
        whole.add_row(column.name.say(language), shown, words.say("typed") if column.id in one.by_hand else "")
    parts: list[RenderableType] = [
        Text(f"{one.definition.name.say(language)}: {words.zone(one.zone)}, {_days(one)}", "bold"), whole,
    ]  # fmt: skip
    if one.rows and len(one.definition.counted) <= _FEW_COLUMNS:
        parts.append(_rows(one, words))
    elif one.rows:
        parts.append(Text(words.say("{n} rows: --out writes them into a file.", n=len(one.rows))))
    said = words.say(
        "{cells} values, of which {typed} typed; counted over {read} records. Due by {moment}.",
        cells=one.cells, typed=one.typed, read=one.read, moment=one.due_at,
    )  # fmt: skip
    return Group(*parts, Text(said))


def _rows(one: Filled, words: Words) -> RenderableType:
    frame = frame_of(one, words)
    table = Table(box=None)
    for at, name in enumerate(frame.columns):
        table.add_column(name, overflow="fold", justify="left" if at < len(one.definition.group) else "right")
    for row in frame.head(_SHOWN).iter_rows():
        table.add_row(*("" if value is None else str(value) for value in row))
    return table


def standing(found: Sequence[Standing], words: Words) -> RenderableType:
    """Late and missing returns."""
    table = _of_returns(
        words.say("Return"), words.say("Zone"), words.say("Period"), words.say("Due"), words.say("State"),
        words.say("Hours late"),
    )  # fmt: skip
    for one in found:
        table.add_row(
            one.definition.id, words.zone(one.zone), words.day(one.period.end), words.moment(one.due_at),
            state_words(one, words), f"{one.late_hours:.0f}" if one.late_hours else "",
        )  # fmt: skip
    return table if found else Text(words.say("Nothing is late, and nothing is missing."))


def _of_returns(first: str, *heads: str) -> Table:
    """A table whose first column names the return."""
    table = Table(box=None)
    table.add_column(first, overflow="fold", no_wrap=True)
    for head in heads:
        table.add_column(head, overflow="fold")
    return table


def delays(found: Sequence[Hop], words: Words) -> RenderableType:
    """How long each level takes."""
    table = _of_returns(
        words.say("Return"), words.say("Zone"), words.say("Owed so far"), words.say("In time"), words.say("Late"),
        words.say("Not sent"), words.say("Median hours"), words.say("Longest"),
    )  # fmt: skip
    for one in found:
        table.add_row(
            one.definition.id, words.zone(one.zone), str(one.expected), str(one.in_time), str(one.late),
            str(one.missing), words.number(one.median_hours, 1), words.number(one.worst_hours, 1),
        )  # fmt: skip
    return table


def rhythm(one: Return, words: Words) -> str:
    """How often it is asked for."""
    return words.say("daily") if one.every == "day" else words.say("weekly")


def state_words(one: Standing, words: Words) -> str:
    """How a return stands."""
    said = {"open": words.say("not due yet"), "missing": words.say("missing")}
    return said.get(one.state) or words.code(one.state)


def _days(one: Filled) -> str:
    start, end = one.period.start, one.period.end
    return start.isoformat() if start == end else f"{start.isoformat()} – {end.isoformat()}"
