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

_SHOWN = 40


def definitions(found: Sequence[Return], words: Words) -> RenderableType:
    """What each level asks for."""
    table = Table(box=None)
    for head in ("Name", "Return", "from", "to", "every", "due after its end", "source", "columns", "typed"):
        table.add_column(words.say(head) if head[0].isupper() else head, overflow="fold")
    for one in found:
        table.add_row(
            one.id, one.name.say(words.language), words.code(one.of), words.code(one.asked_by), one.every,
            f"{one.due.value:g} h", f"{one.due.source} ({one.due.grade})", str(len(one.column)), str(len(one.typed)),
        )  # fmt: skip
    return table


def filled(one: Filled, words: Words) -> RenderableType:
    """A return that was filled in."""
    frame = frame_of(one, words)
    table = Table(box=None)
    for name in frame.columns:
        table.add_column(name, overflow="fold", justify="left" if name == frame.columns[0] else "right")
    for row in frame.head(_SHOWN).iter_rows():
        table.add_row(*("" if value is None else str(value) for value in row))
    lines = [Text(f"{one.definition.name.say(words.language)}: {words.zone(one.zone)}, {_days(one)}"), table]
    if frame.height > _SHOWN:
        lines.append(Text(words.say("{n} more rows are in the file.", n=frame.height - _SHOWN)))
    lines.append(
        Text(
            words.say(
                "{cells} values, of which {typed} typed; counted over {read} records. Due by {moment}.",
                cells=one.cells, typed=one.typed, read=one.read, moment=one.due_at,
            )
        )  # fmt: skip
    )
    return Group(*lines)


def standing(found: Sequence[Standing], words: Words) -> RenderableType:
    """Late and missing returns."""
    table = Table(box=None)
    for head in ("Return", "Zone", "Period", "Due", "State", "Hours late"):
        table.add_column(words.say(head), overflow="fold")
    for one in found:
        table.add_row(
            one.definition.id, words.zone(one.zone), words.day(one.period.end), words.moment(one.due_at),
            words.code(one.state), f"{one.late_hours:.0f}" if one.late_hours else "",
        )  # fmt: skip
    return table if found else Text(words.say("Nothing is late, and nothing is missing."))


def delays(found: Sequence[Hop], words: Words) -> RenderableType:
    """How long each level takes."""
    table = Table(box=None)
    for head in ("Return", "Zone", "Expected", "In time", "Late", "Missing", "Median hours", "Longest"):
        table.add_column(words.say(head), overflow="fold")
    for one in found:
        table.add_row(
            one.definition.id, words.zone(one.zone), str(one.expected), str(one.in_time), str(one.late),
            str(one.missing), words.number(one.median_hours, 1), words.number(one.worst_hours, 1),
        )  # fmt: skip
    return table


def _days(one: Filled) -> str:
    start, end = one.period.start, one.period.end
    return start.isoformat() if start == end else f"{start.isoformat()} – {end.isoformat()}"
