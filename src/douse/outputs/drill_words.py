"""What a drill says in words: the same in the terminal and on the page."""

from typing import Any

from douse.outputs.sections.common import interval
from douse.outputs.words import Words
from douse.planning.drill.board import IN_TIME

# Figures in the terminal and at the top of the page; all of them are in the tables.
SHOWN = (IN_TIME, "over_days", "infections", "deaths", "restricted", "apart", "tubes", "beds_short", "measures")
MONEY = frozenset({"economic", "social", "livelihood", "measures", "epidemic"})


def label(what: str, words: Words) -> str:
    """Name of a figure of the scoreboard."""
    names = {
        IN_TIME: words.say("Over in time"),
        "over_days": words.say("Days until over"),
        "infections": words.say("Infections"),
        "cases": words.say("Cases"),
        "deaths": words.say("Deaths"),
        "community_zero": words.say("Nobody found outside quarantine from day"),
        "restricted": words.say("Person-days at home by levels"),
        "apart": words.say("Person-days in quarantine and isolation"),
        "tests": words.say("People tested"),
        "tubes": words.say("Tubes"),
        "beds_short": words.say("Bed-days short"),
        "economic": words.say("Economic book"),
        "social": words.say("Social book"),
        "livelihood": words.say("Livelihood book"),
        "measures": words.say("Cost of the measures"),
        "epidemic": words.say("Cost of the epidemic"),
    }
    return names[what]


def figure(row: dict[str, Any], currency: str, words: Words) -> str:
    """The middle of a figure over the drills; a share for those that were over in time."""
    value = row["median"]
    if value is None:
        return words.say("not by then")
    if row["what"] == IN_TIME:
        return words.share(value)
    return words.money(value, currency) if row["what"] in MONEY else words.number(value)


def spread(row: dict[str, Any], words: Words) -> str:
    """Its range."""
    if row["q05"] is None:
        return ""
    factor = 100 if row["what"] == IN_TIME else 1
    if row["q95"] is None:
        return words.say("{low} and more", low=words.number(factor * row["q05"]))
    return interval(factor * row["q05"], factor * row["q95"], words, 0)


def legend(days: int, horizon: int, words: Words) -> str:
    """What the figures mean."""
    return words.say(
        "Middle of the drills, with their 5% to 95% range. Over in time: nobody was infected later than {horizon} days "
        "after the first case on record, of {days} that were played; the range is that of the share.",
        horizon=horizon,
        days=days,
    )
