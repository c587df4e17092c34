"""Counts a day with their range: those still to be reported, or those of the days ahead."""

from dataclasses import dataclass
from datetime import date
from functools import partial

import altair as alt
import polars as pl

from douse.outputs.blocks import Picture
from douse.outputs.charts import style
from douse.outputs.words import Words

_GAP = 0.08  # of a day, on each side of a bar


@dataclass(frozen=True)
class _Fan:
    bars: pl.DataFrame  # date, cases
    band: pl.DataFrame  # date, median, lower_50, upper_50, lower_95, upper_95
    first: date
    last: date
    title: str


def outlook(bars: pl.DataFrame, band: pl.DataFrame, words: Words, title: str, alt_text: str) -> Picture | None:
    """Bars of what is on record, and a line with its 50% and 95% ranges.

    Parameters
    ----------
    bars : polars.DataFrame
        date, cases: what is on record.
    band : polars.DataFrame
        date, median, lower_50, upper_50, lower_95, upper_95: what is to be expected.
    """
    if band.is_empty() or band["median"].null_count() == band.height:
        return None
    days = pl.concat([bars["date"], band["date"]])
    fan = _Fan(bars.filter(pl.col("cases") > 0), band, days.sort()[0], days.sort()[-1], title)
    return style.picture(partial(_draw, fan, words), alt_text, (style.SMALL, style.SMALL))


def _draw(fan: _Fan, words: Words, width: int) -> style.Drawing:
    tables = style.Tables()
    # A wide 95% range must not flatten all else: the axis ends a little above what is on record or likely.
    seen = [*fan.bars["cases"].to_list(), *fan.band["upper_50"].to_list()]
    top = 1.1 * max(1.0, min(float(fan.band["upper_95"].max()), 2.5 * max(seen, default=1.0)))  # type: ignore[arg-type]
    scale = alt.Scale(domain=[0, top], nice=False)
    axis = alt.Axis(title=None, tickMinStep=1, tickCount=4, format="~s")
    layers = [
        *_bars(fan, tables, words, width, scale, axis),
        *_ranges(fan, tables, words, width, scale, axis),
    ]
    return style.sized(layers, tables, width, 190, fan.title)


def _bars(  # noqa: PLR0913, PLR0917  (what all layers of one chart share)
    fan: _Fan, tables: style.Tables, words: Words, width: int, scale: alt.Scale, axis: alt.Axis
) -> list[alt.Chart]:
    x = style.day_axis("from", words, fan.first, fan.last, width)
    y = alt.Y("low", type="quantitative", scale=scale, axis=axis)
    data = tables.add(
        "from", "to", "low", "high",
        values=[
            (style.instant(day, _GAP), style.instant(day, 1 - _GAP), 0, cases)
            for day, cases in fan.bars.select("date", "cases").iter_rows()
        ],
    )  # fmt: skip
    colour = style.ORIGIN_COLOURS["unknown"]
    return [alt.Chart(data).mark_rect(color=colour, clip=True).encode(x, alt.X2("to"), y, alt.Y2("high"))]


def _ranges(  # noqa: PLR0913, PLR0917  (what all layers of one chart share)
    fan: _Fan, tables: style.Tables, words: Words, width: int, scale: alt.Scale, axis: alt.Axis
) -> list[alt.Chart]:
    x = style.day_axis("day", words, fan.first, fan.last, width)
    names = ("median", "lower_50", "upper_50", "lower_95", "upper_95")
    data = tables.add(
        "day", *names,
        values=[(style.instant(row[0], 0.5), *row[1:]) for row in fan.band.select("date", *names).iter_rows()],
    )  # fmt: skip
    base = alt.Chart(data)

    def band(level: int, opacity: float) -> alt.Chart:
        low = alt.Y(f"lower_{level}", type="quantitative", scale=scale, axis=axis)
        mark: alt.Chart = base.mark_area(color=style.ACCENT, opacity=opacity, clip=True)
        return mark.encode(x, low, alt.Y2(f"upper_{level}"))

    middle = alt.Y("median", type="quantitative", scale=scale, axis=axis)
    return [band(95, 0.15), band(50, 0.25), base.mark_line(color=style.ACCENT, strokeWidth=2.5).encode(x, middle)]
