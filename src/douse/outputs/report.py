"""`report.html`: one file, without scripts and without anything from elsewhere."""

import base64
from importlib import resources

import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from douse.outputs.blocks import Page, Section
from douse.outputs.briefing import Briefing
from douse.outputs.sections.beds import beds
from douse.outputs.sections.changes import changes
from douse.outputs.sections.choice import choice
from douse.outputs.sections.community import community
from douse.outputs.sections.costs import costs
from douse.outputs.sections.curve import curve
from douse.outputs.sections.delays import delays
from douse.outputs.sections.entry import entry
from douse.outputs.sections.estimates import estimates
from douse.outputs.sections.figures import figures
from douse.outputs.sections.goods import goods
from douse.outputs.sections.hazards import hazards
from douse.outputs.sections.headline import headline
from douse.outputs.sections.hidden_areas import hidden_areas
from douse.outputs.sections.measures import measures
from douse.outputs.sections.missing import missing
from douse.outputs.sections.needs import floor, needs
from douse.outputs.sections.reproduce import reproduce
from douse.outputs.sections.reproduction import reproduction
from douse.outputs.sections.rounds import rounds
from douse.outputs.sections.signals import signals
from douse.outputs.sections.testing_day import testing_day
from douse.outputs.sections.tracing import tracing
from douse.outputs.sections.zones import zones
from douse.outputs.words import Words

SECTIONS = (
    headline, changes, figures, curve, estimates, choice, zones, hidden_areas, measures, rounds, testing_day, tracing,
    signals, needs, beds, entry, goods, community, costs, floor, delays, reproduction, hazards, missing, reproduce,
)  # fmt: skip


def report(briefing: Briefing, language: str) -> str:
    """The page as HTML text.

    Parameters
    ----------
    briefing : Briefing
        All that it says.
    language : str
        ``en`` or ``zh``.
    """
    words = briefing.words(language)
    return render(page(briefing, words), words)


def render(made: Page, words: Words) -> str:
    """A page as HTML text, with its style and its pictures within."""
    template = _environment().get_template("report.html")
    style = Markup(resources.files("douse.outputs").joinpath("templates", "report.css").read_text(encoding="utf-8"))  # noqa: S704  (a file of the package)
    return template.render(page=made, style=style, language=words.language, say=words.say)


def page(briefing: Briefing, words: Words) -> Page:
    """The page as values."""
    made: list[Section] = [section(briefing, words) for section in SECTIONS]
    protocol, pathogen = briefing.protocol, briefing.pathogen
    return Page(
        title=words.say("Outbreak report and plan"),
        place=_place(briefing, words),
        day=words.day(briefing.as_of),
        facts=(
            words.say("Pathogen: {name}", name=pathogen.name.say(words.language)),
            words.say(
                "Protocol: {name}, edition {edition}", name=protocol.name.say(words.language), edition=protocol.edition
            ),
        ),
        status=words.say("Draft for approval: nothing here is in force until a person approves it."),
        sections=tuple(made),
    )


def _place(briefing: Briefing, words: Words) -> str:
    """The one zone that contains all others that have cases."""
    table = briefing.situation.by_zone
    roots = table.filter(pl.col("parent_zone").is_null())
    with_cases = roots.filter(pl.col("cases") > 0)
    one = roots if roots.height == 1 else with_cases
    return words.zone(one["zone"][0]) if one.height == 1 else words.say("All zones")


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("douse.outputs"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["kind"] = lambda value: type(value).__name__
    environment.filters["data_uri"] = lambda svg: "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
    return environment
