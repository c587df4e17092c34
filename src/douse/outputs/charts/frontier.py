"""Plans by burden and by the chance that they end in time."""

from functools import partial

import altair as alt

from douse.outputs.blocks import Picture
from douse.outputs.charts import style
from douse.outputs.words import Words
from douse.planning.choice.choice import Choice

_COLOURS = (style.ACCENT, style.ORIGIN_COLOURS["imported"], style.QUIET, style.ORIGIN_COLOURS["unknown"])
_ROLES = ("proposed", "next lesser plan", "on the frontier", "other")


def frontier(made: Choice, words: Words) -> Picture | None:
    """Points with their intervals; None where there is one plan."""
    if len(made.plans) < 2:
        return None
    best = made.plan(made.chosen)
    told = words.say(
        "{n} plans by burden and by the chance to end in time; proposed: {name}, {burden}, {chance}.",
        n=len(made.plans),
        name=best.name.get(words.language, best.name["en"]),
        burden=words.money(best.burden.mean, made.currency),
        chance=words.share(best.extinct.value),
    )
    return style.picture(partial(_draw, made, words), told, (style.WIDE, style.NARROW))


def _draw(made: Choice, words: Words, width: int) -> style.Drawing:
    tables = style.Tables()
    values = [
        (
            plan.burden.mean,
            plan.extinct.value,
            plan.extinct.low,
            plan.extinct.high,
            _role(plan.strategy, made, on_frontier=plan.on_frontier),
            plan.name.get(words.language, plan.name["en"]),
        )
        for plan in made.plans
    ]
    points = tables.add("burden", "chance", "low", "high", "role", "name", values=values)
    named = tables.add("burden", "chance", "name", values=[(v[0], v[1], v[5]) for v in values if v[4] == _ROLES[0]])
    floor = tables.add("chance", values=[(made.plans[0].extinct.allowed,)])
    x = alt.X(
        "burden", type="quantitative", scale=alt.Scale(zero=False, nice=True),
        axis=alt.Axis(title=words.say("Burden"), format="~s", tickCount=5),
    )  # fmt: skip
    scale = alt.Scale(domain=[0, 1])
    y = alt.Y(
        "chance", type="quantitative", scale=scale,
        axis=alt.Axis(title=None, format="%", tickCount=5),
    )  # fmt: skip
    colour = alt.Color(
        "role", type="nominal", legend=None,
        scale=alt.Scale(domain=list(_ROLES), range=list(_COLOURS)),
    )  # fmt: skip
    layers = [
        alt.Chart(floor).mark_rule(color=style.WARN, strokeDash=[5, 3]).encode(y),
        alt.Chart(points)
        .mark_rule(opacity=0.35)
        .encode(x, alt.Y("low", type="quantitative", scale=scale), alt.Y2("high"), colour),
        alt.Chart(points).mark_circle(size=90).encode(x, y, colour),
        alt.Chart(named)
        .mark_text(align="left", dx=8, dy=-8, fontSize=11, limit=width // 2)
        .encode(x, y, alt.Text("name", type="nominal")),
    ]
    return style.sized(layers, tables, width, 260, words.say("Chance to end in time"))


def _role(strategy: str, made: Choice, *, on_frontier: bool) -> str:
    if strategy == made.chosen:
        return _ROLES[0]
    if strategy == made.lesser:
        return _ROLES[1]
    return _ROLES[2] if on_frontier else _ROLES[3]
