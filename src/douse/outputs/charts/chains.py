"""The largest chains over time: a lane a generation, a circle for the cases of a day, a line for a recorded link."""

from collections.abc import Sequence
from datetime import date
from functools import partial

import altair as alt
import polars as pl

from douse.outputs.blocks import Picture
from douse.outputs.charts import style
from douse.outputs.words import Words

GENERATIONS_SHOWN = 6
LINKS_SHOWN = 400
_LANE, _HEADER = 20, 30  # pixels


def chain_timeline(
    dated: pl.DataFrame, titles: Sequence[tuple[str, str]], as_of: date, words: Words, alt_text: str
) -> Picture | None:
    """Draw chains one under the other.

    Parameters
    ----------
    dated : polars.DataFrame
        case_id, infector, chain, generation, day.
    titles : Sequence[tuple[str, str]]
        Chain and its title, in the order of drawing.
    """
    shown = dated.filter(
        pl.col("chain").is_in([c for c, _ in titles])
        & pl.col("day").is_not_null()
        & (pl.col("generation") < GENERATIONS_SHOWN)
    )
    if shown.is_empty():
        return None
    return style.picture(partial(_draw, shown, titles, as_of, words), alt_text)


def lanes(
    shown: pl.DataFrame, titles: Sequence[tuple[str, str]]
) -> tuple[dict[tuple[str, int], int], dict[str, int], int]:
    """Pixels from the top of each (chain, generation) and of each chain's title; and the height of all."""
    deepest = dict(shown.group_by("chain").agg(pl.col("generation").max()).iter_rows())
    lane, header, at = {}, {}, 0
    for chain, _ in titles:
        if chain not in deepest:
            continue
        header[chain] = at + 12
        at += _HEADER
        for generation in range(deepest[chain] + 1):
            lane[chain, generation] = at + _LANE // 2
            at += _LANE
    return lane, header, at


def _draw(
    shown: pl.DataFrame, titles: Sequence[tuple[str, str]], as_of: date, words: Words, width: int
) -> style.Drawing:
    tables = style.Tables()
    lane, header, height = lanes(shown, titles)
    first: date = shown["day"].sort()[0]
    days = shown.group_by("chain", "generation", "day").len("n").sort("chain", "generation", "day")
    circles = tables.add(
        "x", "y", "n", "colour",
        values=[
            (
                style.instant(r["day"], 0.5), lane[r["chain"], r["generation"]], r["n"],
                style.ACCENT if r["generation"] else style.INK,
            )
            for r in days.iter_rows(named=True)
        ],
    )  # fmt: skip
    links = tables.add("x", "y", "x2", "y2", values=_links(shown, lane))
    names = tables.add(
        "x",
        "y",
        "text",
        values=[(style.instant(first), header[c], _fit(title, width)) for c, title in titles if c in header],
    )
    x = style.day_axis("x", words, first, as_of, width)
    y = alt.Y("y", type="quantitative", scale=alt.Scale(domain=[0, height], reverse=True, nice=False), axis=None)
    most = max(4, *days["n"].to_list())
    size = alt.Size(
        "n", type="quantitative", legend=None, scale=alt.Scale(type="sqrt", domain=[1, most], range=[28, 240])
    )
    colour = alt.Color("colour", type="nominal", legend=None, scale=None)
    layers = [
        alt.Chart(links)
        .mark_rule(color="#8fa6b8", strokeWidth=1, opacity=0.55)
        .encode(x, y, alt.X2("x2"), alt.Y2("y2")),
        alt.Chart(circles).mark_circle(opacity=0.92, stroke="white", strokeWidth=0.7).encode(x, y, size, colour),
        alt.Chart(names)
        .mark_text(align="left", baseline="middle", fontWeight=600, fontSize=12)
        .encode(x, y, alt.Text("text", type="nominal")),
    ]
    return style.sized(layers, tables, width, height + 32)


def _links(shown: pl.DataFrame, lane: dict[tuple[str, int], int]) -> list[tuple[int, int, int, int]]:
    """Lines from (day, generation) to (day, generation), each once, those of most cases first."""
    parents = shown.select(infector="case_id", from_day="day", from_generation="generation", from_chain="chain")
    pairs = (
        shown.join(parents, on="infector", how="inner")
        .filter(pl.col("chain") == pl.col("from_chain"))
        .group_by("chain", "generation", "day", "from_generation", "from_day")
        .len("n")
        .sort("n", "chain", "generation", "day", "from_generation", "from_day", descending=[True, *[False] * 5])
        .head(LINKS_SHOWN)
    )
    return [
        (
            style.instant(r["from_day"], 0.5),
            lane[r["chain"], r["from_generation"]],
            style.instant(r["day"], 0.5),
            lane[r["chain"], r["generation"]],
        )
        for r in pairs.iter_rows(named=True)
    ]


def _fit(text: str, width: int) -> str:
    """Cut a title to the width of the chart; a wide (Chinese) character takes twice the room."""
    room = width / 6.8
    for at, letter in enumerate(text):
        room -= 2 if ord(letter) > 0x2E7F else 1
        if room < 1:
            return text[:at].rstrip() + "…"
    return text
