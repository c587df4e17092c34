"""Known hazards: how likely each is in a year, and whether the records show readiness."""

from douse.library.hazard import Hazard
from douse.library.load import load
from douse.outputs.blocks import Cell, Chip, Grid, Lines, Section, Text
from douse.outputs.briefing import Briefing
from douse.outputs.sections.common import columns, named, prose, short
from douse.outputs.words import UNKNOWN, Words
from douse.signals.grey_rhinos import grey_rhinos


def hazards(briefing: Briefing, words: Words) -> Section:
    """Section: one row a hazard, the likeliest first."""
    register = grey_rhinos(
        briefing.known,
        briefing.situation,
        briefing.zones,
        briefing.pathogen,
        briefing.protocol,
        language=words.language,
    )
    heads = columns(
        words.say("Hazard"), short(words.say("In 12 months")), words.say("Ready"), prose(words.say("Do now"))
    )
    rows: list[list[Cell]] = []
    for row in register.iter_rows(named=True):
        hazard = load(Hazard, row["hazard"])
        season = words.say("in season now") if row["in_season"] else None
        chance = named(words.share(row["probability"]), words.say("grade {grade}", grade=row["grade"]))
        rows.append(
            [
                named(hazard.name.say(words.language), season),
                chance,
                _ready(row["met"], row["unmet"], row["unknown"], words),
                row["todo"][0] if row["todo"] else UNKNOWN,
            ]
        )
    note = words.say(
        "Probabilities rank the hazards and no more: most are judged, as their grade says. A check without data is "
        "not known, never failed."
    )
    caption = words.say("Known hazards, likeliest first")
    return Section("hazards", words.say("Hazards to be ready for"), (Grid(caption, heads, rows), Text(note, "note")))


def _ready(met: list[str], unmet: list[str], unknown: list[str], words: Words) -> Cell:
    for figures, chip in (
        (unmet, Chip(words.say("not yet"), "bad")),
        (unknown, Chip(words.say("not known"), "plain")),
        (met, Chip(words.say("ready"), "good")),
    ):
        if figures:
            return Lines("", (", ".join(words.code(name) for name in figures),), chip)
    return UNKNOWN
