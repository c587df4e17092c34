"""R over time."""

from douse.outputs.blocks import Figure, Section, Text
from douse.outputs.briefing import Briefing
from douse.outputs.charts import reproduction as chart
from douse.outputs.words import Words


def reproduction(briefing: Briefing, words: Words) -> Section:
    """Section: the chart of R."""
    situation = briefing.situation
    title = words.say("R over time")
    now = situation.r_now
    alt = words.say(
        "R over time as a line with its 95% interval; the last value is {r}.",
        r=words.number(now.estimate, 2),
    )
    drawn = chart.reproduction(situation.reproduction, situation.as_of, words, alt)
    if drawn is None:
        why = words.say(now.why_not) if now.why_not else words.say("R cannot be estimated from these cases.")
        return Section("r", title, (Text(why, "note"),))
    caption = words.say(
        "R: how many people one case infects, from local cases in a moving window, with its 95% interval. Above the "
        "dashed line the outbreak grows, below it shrinks."
    )
    return Section("r", title, (Figure((drawn,), caption),))
