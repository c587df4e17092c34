"""Policies beside each other, day by day: the middle of the drills of each as a line, its range behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import altair as alt
import numpy as np
from numpy.typing import NDArray

from douse.outputs.blocks import Picture
from douse.outputs.charts import style

Floats = NDArray[np.float64]
# Colour-blind safe (Okabe and Ito 2008), in the order of the policies.
COLOURS = ("#0b5c85", "#d55e00", "#009e73", "#8a1c4a", "#b8860b", "#52606d")


@dataclass(frozen=True)
class _Lines:
    low: Mapping[str, Floats]
    middle: Mapping[str, Floats]
    high: Mapping[str, Floats]
    title: str
    axis: str


def policies(drills: Mapping[str, Floats], title: str, axis: str, alt_text: str) -> Picture | None:
    """Draw the middle and the 5% to 95% range of each policy.

    Parameters
    ----------
    drills : Mapping[str, numpy.ndarray[float64]]
        Name of a policy to counts, shape (drills, days), day 0 first.
    title, axis : str
        Of the chart, and of its days.
    """
    if not any(days.size and days.max() > 0 for days in drills.values()):
        return None
    low, middle, high = (
        {name: np.quantile(days, share, axis=0) for name, days in drills.items()} for share in (0.05, 0.5, 0.95)
    )
    return style.picture(partial(_draw, _Lines(low, middle, high, title, axis)), alt_text)


def _draw(lines: _Lines, width: int) -> style.Drawing:
    tables = style.Tables()
    last = max(len(days) for days in lines.middle.values()) - 1
    top = 1.05 * max(1.0, *(float(days.max()) for days in lines.high.values()))
    x = alt.X(
        "day", type="quantitative", scale=alt.Scale(domain=[0, last], nice=False),
        axis=alt.Axis(title=lines.axis, tickMinStep=1, tickCount=6),
    )  # fmt: skip
    scale, axis = alt.Scale(domain=[0, top], nice=False), alt.Axis(title=None, tickCount=4, format="~s")
    colour = alt.Color(
        "policy", type="nominal", scale=alt.Scale(domain=list(lines.middle), range=list(COLOURS[: len(lines.middle)])),
        legend=alt.Legend(title=None, symbolOpacity=1, orient="top", columns=max(1, width // 110)),
    )  # fmt: skip
    rows = tables.add(
        "policy", "day", "low", "middle", "high",
        values=[
            (name, day, float(lines.low[name][day]), float(middle[day]), float(lines.high[name][day]))
            for name, middle in lines.middle.items()
            for day in range(len(middle))
        ],
    )  # fmt: skip
    band = alt.Chart(rows).mark_area(opacity=0.12)
    middle = alt.Chart(rows).mark_line(strokeWidth=2.5)
    layers = [
        band.encode(x, alt.Y("low", type="quantitative", scale=scale, axis=axis), alt.Y2("high"), colour),
        middle.encode(x, alt.Y("middle", type="quantitative", scale=scale, axis=axis), colour),
    ]
    return style.sized(layers, tables, width, 240, lines.title)
