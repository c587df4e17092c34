"""The epidemic curve, by the days that there are: onset, confirmation, report."""

from douse.outputs.blocks import Block, Chip, Figure, Section, Text
from douse.outputs.briefing import Briefing
from douse.outputs.charts.curve import DAYS_SHOWN, epidemic_curve
from douse.outputs.words import Words


def curve(briefing: Briefing, words: Words) -> Section:
    """Section: one chart a basis; that of confirmation is left out where there is one of reports."""
    situation = briefing.situation
    there = set(situation.curve["basis"].cast(str).unique())
    bases = [
        b for b in ("onset", "reported", "confirmed") if b in there and not (b == "confirmed" and "reported" in there)
    ]
    titles = {
        "onset": words.say("Cases by day of onset"),
        "reported": words.say("Cases by day of report"),
        "confirmed": words.say("Cases by day of confirmation"),
    }
    pictures = []
    for basis in bases:
        alt = words.say(
            "{title}, as bars up to {day}; {n} in all.",
            title=titles[basis],
            day=situation.as_of,
            n=situation.curve.filter(basis=basis)["cases"].sum(),
        )
        drawn = epidemic_curve(situation, basis, words, titles[basis], alt)
        if drawn is not None:
            pictures.append(drawn)
    if not pictures:
        return Section(
            "curve", words.say("Epidemic curve"), (Text(words.say("There is no dated case to draw."), "note"),)
        )
    caption = words.say(
        "Cases a day by origin, at most the last {n} days. Shaded: days that may still gain cases, because reports "
        "come late.",
        n=DAYS_SHOWN,
    )
    key = tuple(Chip(words.label(origin), f"origin-{origin}") for origin in ("local", "imported", "unknown"))
    notes = [
        words.say(
            "{basis}: the last {days} days may still gain cases. {note}",
            basis=titles[r.basis],
            days=r.days,
            note=words.say(r.note),
        )
        for r in situation.reporting
        if r.basis in bases and r.days
    ]
    blocks: list[Block] = [Figure(tuple(pictures), caption, key), *(Text(note, "note") for note in notes)]
    return Section("curve", words.say("Epidemic curve"), tuple(blocks))
