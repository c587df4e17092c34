"""The hours of a testing day: shares of people sampled, tubes in the laboratories, and results."""

from functools import partial

import altair as alt

from douse.outputs.blocks import Picture
from douse.outputs.charts import style
from douse.outputs.words import Words
from douse.planning.testing.values import TestingDay

_COLOURS = ("#e39a2d", "#7a8793", style.ACCENT)


def testing_hours(day: TestingDay, words: Words, alt_text: str) -> Picture | None:
    """Three lines from 0 to 100%, the 90% range of results, and the end of the window as a rule."""
    if not day.by_hour or not day.by_hour[-1].results:
        return None
    return style.picture(partial(_draw, day, words), alt_text)


def _draw(day: TestingDay, words: Words, width: int) -> style.Drawing:
    tables = style.Tables()
    end = day.by_hour[-1]
    people, tubes = max(end.sampled, 1), max(end.arrived, 1)
    names = (words.say("People sampled"), words.say("Tubes in the laboratory"), words.say("Results"))
    last = max(day.by_hour[-1].hour, day.window_hours)
    early = day.window_hours < last / 2  # there is room to the right of the rule
    x = alt.X(
        "hour",
        type="quantitative",
        scale=alt.Scale(domain=[0, last], nice=False),
        axis=alt.Axis(title=words.say("Hours since the start of sampling"), tickMinStep=1, tickCount=width // 70),
    )
    scale = alt.Scale(domain=[0, 1.05], nice=False)
    y = alt.Y("share", type="quantitative", scale=scale, axis=alt.Axis(title=None, format="~%", tickCount=4))
    lines = tables.add(
        "hour", "share", "what",
        values=[
            (row.hour, share, name)
            for row in day.by_hour
            for name, share in zip(
                names, (row.sampled / people, row.arrived / tubes, row.share), strict=True
            )
        ],
    )  # fmt: skip
    band = tables.add(
        "hour", "share", "high",
        values=[(row.hour, row.share_low, row.share_high) for row in day.by_hour],
    )  # fmt: skip
    limit = tables.add(
        "hour", "share", "text", values=[(day.window_hours, 0.05 if early else 0.14, words.say("end of the window"))]
    )
    colour = alt.Color(
        "what",
        type="nominal",
        scale=alt.Scale(domain=list(names), range=list(_COLOURS)),
        legend=alt.Legend(
            title=None,
            orient="top",
            direction="vertical" if width < style.WIDE else "horizontal",
            columnPadding=32,
            labelFontSize=12,
            labelLimit=0,
        ),
    )
    layers = [
        alt.Chart(band).mark_area(color=_COLOURS[2], opacity=0.18).encode(x, y, alt.Y2("high")),
        alt.Chart(lines).mark_line(strokeWidth=2.5).encode(x, y, colour),
        alt.Chart(limit).mark_rule(color=style.WARN, strokeDash=[5, 3], strokeWidth=2).encode(x),
        alt.Chart(limit)
        .mark_text(
            align="left" if early else "right", baseline="middle", dx=4 if early else -4, color=style.WARN, fontSize=11
        )
        .encode(x, y, alt.Text("text", type="nominal")),
    ]
    return style.sized(layers, tables, width, 240)
