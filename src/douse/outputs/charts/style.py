"""What all charts share: colours, sizes, axes, and the way from an Altair specification to a picture.

Colours are colour-blind safe: the levels differ in lightness in their order, the origins are blue, orange and grey.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import altair as alt
import vl_convert

from douse.outputs.blocks import Picture
from douse.outputs.words import Words

WIDE, NARROW = 840, 328  # pixels: a page column, a phone of 360 less its margins
SMALL = 328  # one of several side by side
INK, QUIET, GRID, SHADE, ACCENT = "#1b2733", "#52606d", "#e4e9ed", "#eef1f4", "#0b5c85"
LEVEL_COLOURS = {"open": "#f3f6f8", "precaution": "#f9d87f", "control": "#ec8f45", "lockdown": "#8a1c4a"}
ORIGIN_COLOURS = {"local": "#2f78a5", "imported": "#e39a2d", "unknown": "#b3bdc6"}
WARN = "#b3261e"
# Text is measured with a font that comes with the compiler, so that layout does not depend on the machine, and shown
# in one of the same widths. (One name: the compiler looks up each name of a list for each text, three times slower.)
_MEASURED = "Liberation Sans"
_SHOWN = "Arial, Helvetica, 'Liberation Sans', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"

_EPOCH = date(1970, 1, 1)
_MS_PER_DAY = 86_400_000
_CONFIG: dict[str, Any] = {
    "font": _MEASURED,
    "background": "white",
    "view": {"stroke": None},
    "axis": {
        "labelColor": QUIET, "titleColor": QUIET, "gridColor": GRID, "domainColor": "#9aa5b1", "tickColor": "#9aa5b1",
        "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "labelPadding": 4,
    },
    "axisY": {"domain": False, "ticks": False, "tickCount": 5},
    "axisX": {"grid": False, "labelOverlap": True},
    "title": {"anchor": "start", "color": INK, "fontSize": 13, "fontWeight": 600, "offset": 8},
    "text": {"color": INK, "fontSize": 12},
}  # fmt: skip


class Tables(dict[str, list[dict[str, Any]]]):
    """The data of a chart, by name, beside its specification (Altair copies what lies within it again and again)."""

    def add(self, *columns: str, values: Iterable[Sequence[Any]]) -> alt.NamedData:
        """Keep rows; return what a chart takes as its data."""
        return self.keep([dict(zip(columns, row, strict=True)) for row in values])

    def keep(self, rows: list[dict[str, Any]]) -> alt.NamedData:
        """Keep rows that are ready; return what a chart takes as its data."""
        name = f"table_{len(self)}"
        self[name] = rows
        return alt.NamedData(name)


@dataclass(frozen=True)
class Drawing:
    """A chart and its data."""

    chart: alt.LayerChart | alt.FacetChart  # Altair's own return type of `properties`; never a facet
    tables: Tables

    def specification(self) -> dict[str, Any]:
        """Vega-Lite specification."""
        return {**self.chart.to_dict(validate=False), "datasets": dict(self.tables)}


def picture(draw: Callable[[int], Drawing], alt_text: str, widths: tuple[int, int] = (WIDE, NARROW)) -> Picture:
    """Draw a chart for a wide and for a narrow screen.

    Parameters
    ----------
    draw : Callable[[int], Drawing]
        Width in pixels -> drawing.
    alt_text : str
        What the picture shows, for those who do not see it.
    """
    wide = svg(draw(widths[0]))
    return Picture(wide, wide if widths[0] == widths[1] else svg(draw(widths[1])), alt_text)


def svg(drawing: Drawing) -> str:
    """Compile a drawing to SVG text. Equal drawings give equal text, however many were compiled before."""
    return _tidy(vl_convert.vegalite_to_svg(drawing.specification(), config=_CONFIG, allowed_base_urls=[]))


def sized(layers: Sequence[alt.Chart], tables: Tables, width: int, height: int, title: str = "") -> Drawing:
    """Layers as a drawing of an outer size: axes and labels lie within the width."""
    chart = alt.layer(*layers).properties(
        width=width, height=height, autosize=alt.AutoSizeParams(type="fit", contains="padding"), padding=2
    )
    return Drawing(chart.properties(title=title) if title else chart, tables)


def instant(day: date, shift: float = 0.0) -> int:
    """A day as milliseconds since 1970 (UTC), for a time axis; `shift` in days."""
    return round(((day - _EPOCH).days + shift) * _MS_PER_DAY)


def day_axis(field: str, words: Words, first: date, last: date, width: int) -> alt.X:
    """A time axis over whole days, with labels in the reader's language. Ticks are placed on days."""
    span = (last - first).days + 1
    step = max(1, -(-span * 75 // width))
    step = next((s for s in (1, 2, 7, 14, 28, 56, 84, 182, 364) if s >= step), 364)
    ticks = [instant(last - timedelta(days=back), 0.5) for back in range(0, span, step)][::-1]
    return alt.X(
        field,
        type="temporal",
        scale=alt.Scale(type="utc", domain=[instant(first), instant(last, 1)], nice=False),
        axis=alt.Axis(title=None, values=ticks, format="%-d %b" if words.language == "en" else "%-m月%-d日"),
    )


def _tidy(text: str) -> str:
    """Number clip paths from 0 (the compiler counts on), name the fonts once, drop roles (an image has none)."""
    names: dict[str, str] = {}
    text = re.sub(r"\b(clip|gradient_)(\d+)\b", lambda m: names.setdefault(m[0], f"{m[1]}{len(names)}"), text)
    text = re.sub(r' (?:aria-[a-z]+|role|class|pointer-events|font-family)="[^"]*"', "", text)
    return text.replace("<svg ", f'<svg font-family="{_SHOWN}" ', 1)
