"""R over time with its 95% interval, against 1."""

from datetime import date, timedelta
from functools import partial

import altair as alt
import polars as pl

from douse.outputs.blocks import Picture
from douse.outputs.charts import style
from douse.outputs.words import Words

DAYS_SHOWN = 90
_TOP_LEAST, _TOP_MOST = 2.0, 6.0  # the axis reaches at least, at most, so far


def reproduction(frame: pl.DataFrame, as_of: date, words: Words, alt_text: str) -> Picture | None:
    """`Situation.reproduction` as a line in a band; None where it has no row."""
    shown = frame.filter(
        (pl.col("date") > as_of - timedelta(days=DAYS_SHOWN))
        & pl.col("mean").is_not_null()
        & pl.col("upper").is_not_null()
    ).sort("date")
    if shown.is_empty():
        return None
    return style.picture(partial(_draw, shown, as_of, words), alt_text)


def _draw(shown: pl.DataFrame, as_of: date, words: Words, width: int) -> style.Drawing:
    tables = style.Tables()
    first: date = min(shown["date"][0], as_of - timedelta(days=13))
    top = min(max(_TOP_LEAST, 1.25 * max(shown["mean"].to_list())), _TOP_MOST)
    estimates = tables.add(
        "day", "mean", "lower", "upper",
        values=[
            (style.instant(r["date"], 0.5), r["mean"], min(r["lower"], top), min(r["upper"], top))
            for r in shown.iter_rows(named=True)
        ],
    )  # fmt: skip
    level = tables.add("one", "from", "to", values=[(1, style.instant(first), style.instant(as_of, 1))])
    x = style.day_axis("day", words, first, as_of, width)
    scale = alt.Scale(domain=[0, top], nice=False)
    mean = alt.Y("mean", type="quantitative", scale=scale, axis=alt.Axis(title=None))
    lower = alt.Y("lower", type="quantitative", scale=scale)
    one = alt.Y("one", type="quantitative", scale=scale)
    layers = [
        alt.Chart(estimates).mark_area(color=style.ACCENT, opacity=0.18).encode(x, lower, alt.Y2("upper")),
        alt.Chart(estimates).mark_line(color=style.ACCENT, strokeWidth=2.5, clip=True).encode(x, mean),
        alt.Chart(level)
        .mark_rule(color=style.INK, strokeDash=[4, 3])
        .encode(one, alt.X("from", type="temporal"), alt.X2("to")),
    ]
    return style.sized(layers, tables, width, 200)
