"""`douse compare`: plans side by side, in the terminal, as a page and as tables."""

from pathlib import Path

import polars as pl
from rich.console import Group
from rich.table import Table
from rich.text import Text as Line

from douse.outputs.blocks import Page, Section
from douse.outputs.json_text import dumped, plain
from douse.outputs.plan_json import with_text
from douse.outputs.report import render
from douse.outputs.sections.choice import blocks, interval_of_share, plan_name
from douse.outputs.words import Words
from douse.planning.choice.choice import Choice
from douse.records.finding import write_csv
from douse.records.zone_tree import ZoneTree

FORMAT = "douse-compare-1"


def table(made: Choice, words: Words) -> Group:
    """Plans, the least restrictive first, and which is proposed."""
    listed = Table(title=words.say("Plans tried"), title_justify="left")
    listed.add_column(words.say("Plan"))
    for head in (
        words.say("Ends within {days} days", days=made.horizon_days),
        words.say("Burden"),
        words.say("Restricted person-days"),
        words.say("Infections"),
        words.say("Days to the last infection"),
    ):
        listed.add_column(head, justify="right")
    for plan in made.plans:
        chance = interval_of_share(plan.extinct.low, plan.extinct.high, words)
        listed.add_row(
            plan_name(plan, words),
            f"{words.share(plan.extinct.value)} ({chance})",
            words.money(plan.burden.mean, made.currency),
            words.large(plan.restricted.mean),
            words.large(plan.infections.mean),
            words.number(plan.last_infection.mean),
            style="bold" if plan.strategy == made.chosen else "",
        )
    proposed = words.say("Proposed: {name}.", name=plan_name(made.plan(made.chosen), words))
    return Group(listed, Line(f"{proposed} {words.because(made.because)}"), Line(words.because(made.lesser_fails)))


def place_of(zones: ZoneTree, words: Words) -> str:
    """Name of the one zone that contains all others, else that it is all of them."""
    roots = [zone for zone, parent in zip(zones.ids, zones.parent.tolist(), strict=True) if parent < 0]
    return words.zone(roots[0]) if len(roots) == 1 else words.say("All zones")


def write(folder: Path, made: Choice, place: str, words: Words) -> Path:
    """Write compare.html, compare.json and plans.csv; the path of the page."""
    folder.mkdir(parents=True, exist_ok=True)
    title = words.say("Plans side by side")
    page = Page(
        title=title,
        place=place,
        day=words.day(made.as_of),
        facts=(),
        status=words.say("Draft for approval: nothing here is in force until a person approves it."),
        sections=(Section("choice", words.say("Which plan, and why"), blocks(made, words)),),
    )
    path = folder / "compare.html"
    path.write_text(render(page, words), encoding="utf-8", newline="\n")
    text = dumped({"format": FORMAT, "language": words.language, "choice": with_text(plain(made), words)})
    (folder / "compare.json").write_text(text, encoding="utf-8", newline="\n")
    write_csv(plans_frame(made, words), folder / "plans.csv")
    return path


def plans_frame(made: Choice, words: Words) -> pl.DataFrame:
    """A row a plan."""
    ranged = (
        "burden",
        "measures",
        "epidemic",
        "restricted",
        "infections",
        "cases",
        "deaths",
        "tests",
        "last_infection",
    )
    return pl.DataFrame(
        [
            {
                "strategy": plan.strategy,
                "name": plan_name(plan, words),
                "proposed": plan.strategy == made.chosen,
                "holds": plan.holds,
                "scenarios": plan.scenarios,
                "ends_in_time": plan.extinct.value,
                "ends_in_time_low": plan.extinct.low,
                "ends_in_time_high": plan.extinct.high,
                "chance_missing": plan.missed_by[0],
                "capacity_missing": plan.missed_by[1],
                **{
                    f"{name}{end}": getattr(getattr(plan, name), part)
                    for name in ranged
                    for end, part in (("", "mean"), ("_low", "low"), ("_high", "high"))
                },
                "on_frontier": plan.on_frontier,
            }
            for plan in made.plans
        ]
    )
