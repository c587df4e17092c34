"""Cases told a day where a signal was given, with its days marked and what was expected."""

from datetime import date, timedelta
from functools import partial

import altair as alt

from douse.outputs.blocks import Picture
from douse.outputs.charts import style
from douse.outputs.words import Words
from douse.signals import Scene, Signal

DAYS_BEFORE = 35
_HEIGHT = 190


def counts_around(signal: Signal, scene: Scene) -> list[tuple[date, int, bool]]:
    """Day, cases told in the zone and all that lies within it, and whether the signal speaks of the day."""
    counts = scene.counts
    row = counts.area if signal.zone is None else counts.zones.position.get(signal.zone)
    if row is None or counts.started is None:
        return []
    first = max(min(signal.first_day, counts.as_of) - timedelta(days=DAYS_BEFORE), counts.day(0))
    days = [first + timedelta(days=n) for n in range((counts.as_of - first).days + 1)]
    return [
        (day, int(counts.counts[row, counts.column(day)]), signal.first_day <= day <= signal.last_day) for day in days
    ]


def picture(signal: Signal, scene: Scene, words: Words) -> Picture | None:
    """The chart; None where no case was told there."""
    rows = counts_around(signal, scene)
    if not any(count for _, count, _ in rows):
        return None
    told = words.say(
        "Cases told a day, {first} to {last}; on the days of the signal {n}.",
        first=rows[0][0],
        last=rows[-1][0],
        n=sum(count for _, count, inside in rows if inside),
    )
    return style.picture(partial(_draw, rows, _expected_a_day(signal), words), told)


def _expected_a_day(signal: Signal) -> float | None:
    if signal.expected is None:
        return None
    return signal.expected / ((signal.last_day - signal.first_day).days + 1)


def _draw(rows: list[tuple[date, int, bool]], expected: float | None, words: Words, width: int) -> style.Drawing:
    tables = style.Tables()
    bars = tables.add(
        "from", "to", "n", "colour",
        values=[
            (style.instant(day, 0.08), style.instant(day, 0.92), n, style.WARN if inside else "#9fb4c4")
            for day, n, inside in rows
        ],
    )  # fmt: skip
    most = max(n for _, n, _ in rows)
    x = style.day_axis("from", words, rows[0][0], rows[-1][0], width)
    y = alt.Y(
        "n", type="quantitative", scale=alt.Scale(domain=[0, max(most, expected or 0, 1) * 1.1], nice=False),
        axis=alt.Axis(title=None, tickMinStep=1, format="d", tickCount=4),
    )  # fmt: skip
    colour = alt.Color("colour", type="nominal", legend=None, scale=None)
    layers = [alt.Chart(bars).mark_rect().encode(x, alt.X2("to"), y, alt.Y2(datum=0), colour)]
    if expected is not None:
        inside = [day for day, _, is_inside in rows if is_inside]
        if inside:
            line = tables.add(
                "from", "to", "n", values=[(style.instant(inside[0]), style.instant(inside[-1], 1.0), expected)]
            )
            layers.append(
                alt.Chart(line).mark_rule(color=style.INK, strokeWidth=2, strokeDash=[5, 3]).encode(x, alt.X2("to"), y)
            )
    return style.sized(layers, tables, width, _HEIGHT)
