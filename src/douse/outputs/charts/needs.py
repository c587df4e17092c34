"""Need for one resource a day, with its range, against capacity."""

from collections.abc import Sequence
from functools import partial

import altair as alt

from douse.outputs.blocks import Picture
from douse.outputs.charts import style
from douse.outputs.words import Words
from douse.planning.plan import DayNeed


def need(days: Sequence[DayNeed], words: Words, title: str, alt_text: str) -> Picture | None:
    """Line with its range over the horizon and the capacity as a rule. `days` in order, of one resource."""
    if not days:
        return None
    return style.picture(partial(_draw, days, words, title), alt_text, (style.SMALL, style.SMALL))


def _draw(days: Sequence[DayNeed], words: Words, title: str, width: int) -> style.Drawing:
    tables = style.Tables()
    capacity = [d.capacity for d in days if d.capacity is not None]
    top = max(1.0, *(d.high for d in days), *capacity) * 1.1
    x = style.day_axis("day", words, days[0].day, days[-1].day, width)
    scale = alt.Scale(domain=[0, top], nice=False)
    need_ = alt.Y("need", type="quantitative", scale=scale, axis=alt.Axis(title=None, tickCount=4, format="~s"))
    low = alt.Y("low", type="quantitative", scale=scale)
    limit = alt.Y("capacity", type="quantitative", scale=scale)
    daily = tables.add(
        "day", "need", "low", "high", "capacity",
        values=[(style.instant(d.day, 0.5), d.need, d.low, d.high, d.capacity) for d in days],
    )  # fmt: skip
    layers = [
        alt.Chart(daily).mark_area(color=style.ACCENT, opacity=0.18).encode(x, low, alt.Y2("high")),
        alt.Chart(daily).mark_line(color=style.ACCENT, strokeWidth=2.5).encode(x, need_),
    ]
    if capacity:
        # The label stands at the end where need and capacity lie further apart.
        first, last = days[0], days[-1]
        at_left = abs(first.need - capacity[0]) > abs(last.need - capacity[-1])
        end = (style.instant(first.day), capacity[0]) if at_left else (style.instant(last.day, 1), capacity[-1])
        label = tables.add("day", "capacity", "text", values=[(*end, words.say("capacity"))])
        layers += [
            alt.Chart(daily)
            .mark_line(color=style.WARN, strokeDash=[5, 3], strokeWidth=2, interpolate="step")
            .encode(x, limit),
            alt.Chart(label)
            .mark_text(
                align="left" if at_left else "right",
                baseline="bottom",
                dx=4 if at_left else -4,
                dy=-3,
                color=style.WARN,
                fontSize=11,
            )
            .encode(alt.X("day", type="temporal"), limit, alt.Text("text", type="nominal")),
        ]
    return style.sized(layers, tables, width, 170, title)
