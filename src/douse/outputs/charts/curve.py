"""The epidemic curve: cases a day by origin, with the days that may still gain cases shaded."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import altair as alt
import polars as pl

from douse.outputs.blocks import Picture
from douse.outputs.charts import style
from douse.outputs.words import Words
from douse.situation.situation import Situation

DAYS_SHOWN = 90
_GAP = 0.08  # of a day, on each side of a bar
_ORIGINS = ("local", "imported", "unknown")


@dataclass(frozen=True)
class _Bars:
    """What one chart shows: pieces of bars, first shaded day, first and last day of the axis, title."""

    pieces: pl.DataFrame
    shade: date | None
    first: date
    last: date
    title: str


def epidemic_curve(situation: Situation, basis: str, words: Words, title: str, alt_text: str) -> Picture | None:
    """Bars a day, stacked by origin, up to the as-of day; at most `DAYS_SHOWN` days.

    Parameters
    ----------
    situation : Situation
        Its curve.
    basis : str
        onset, confirmed or reported.
    """
    last = situation.as_of
    first = last - timedelta(days=DAYS_SHOWN - 1)
    of_basis = situation.curve.filter((pl.col("basis") == basis) & pl.col("date").is_between(first, last))
    shown = of_basis.filter(pl.col("cases") > 0)
    if shown.is_empty():
        return None
    # All curves of a page begin on the same day.
    dated = situation.curve.filter((pl.col("cases") > 0) & (pl.col("date") >= first))["date"].sort()
    start = min(dated[0] - timedelta(days=1), last - timedelta(days=13))
    bars = _Bars(stacked(shown), incomplete_from(of_basis), start, last, title)
    return style.picture(partial(_draw, bars, words), alt_text)


def stacked(shown: pl.DataFrame) -> pl.DataFrame:
    """One row a bar piece: date, origin, low and high end on the axis of cases."""
    order = pl.col("origin").replace_strict({o: i for i, o in enumerate(_ORIGINS)}, default=2, return_dtype=pl.Int8)
    return (
        shown.group_by("date", "origin", maintain_order=True)
        .agg(pl.col("cases").sum())
        .sort("date", order)
        .with_columns(high=pl.col("cases").cum_sum().over("date"))
        .with_columns(low=pl.col("high") - pl.col("cases"))
    )


def incomplete_from(shown: pl.DataFrame) -> date | None:
    """First day of the shaded stretch; None when all days are complete."""
    first: date | None = shown.filter(pl.col("incomplete"))["date"].min()  # type: ignore[assignment]  # a column of dates
    return first


def _draw(bars: _Bars, words: Words, width: int) -> style.Drawing:
    tables = style.Tables()
    x, x2 = style.day_axis("from", words, bars.first, bars.last, width), alt.X2("to")
    layers: list[alt.Chart] = []
    top = 1.08 * max(bars.pieces["high"].to_list())
    if bars.shade is not None:
        band = tables.add(
            "from",
            "to",
            "top",
            "text",
            values=[(style.instant(bars.shade), style.instant(bars.last, 1), top, words.say("still incomplete"))],
        )
        layers.append(alt.Chart(band).mark_rect(color=style.SHADE).encode(x, x2))
        layers.append(
            alt.Chart(band)
            .mark_text(align="right", baseline="top", dx=-4, dy=3, color=style.QUIET, fontSize=11)
            .encode(alt.X("to", type="temporal"), alt.Y("top", type="quantitative"), alt.Text("text", type="nominal"))
        )
    data = tables.add(
        "from", "to", "origin", "low", "high",
        values=[
            (style.instant(r["date"], _GAP), style.instant(r["date"], 1 - _GAP), r["origin"], r["low"], r["high"])
            for r in bars.pieces.iter_rows(named=True)
        ],
    )  # fmt: skip
    y = alt.Y(
        "low",
        type="quantitative",
        scale=alt.Scale(domain=[0, top], nice=False),
        axis=alt.Axis(title=None, tickMinStep=1, format=",d"),
    )
    colour = alt.Color(
        "origin",
        type="nominal",
        legend=None,
        scale=alt.Scale(domain=list(_ORIGINS), range=[style.ORIGIN_COLOURS[o] for o in _ORIGINS]),
    )
    layers.append(alt.Chart(data).mark_rect().encode(x, x2, y, alt.Y2("high"), colour))
    return style.sized(layers, tables, width, 230 if width > style.NARROW else 200, bars.title)
