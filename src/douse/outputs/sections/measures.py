"""Proposed measures: an overview, then a table a level, whose less important rows fold away."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby

from douse.outputs.blocks import Block, Bullets, Cell, Chip, Fold, Grid, Heading, Lines, Points, Section, Text
from douse.outputs.briefing import Briefing
from douse.outputs.sections.common import columns, joined, known_columns, level_chip, named, number, prose, short, where
from douse.outputs.vocabulary import ACTIONS
from douse.outputs.words import Words
from douse.records.codes import LEVELS
from douse.records.measure import Measure

IN_FULL = 20  # measures on the page; the others fold away
LEAST_IN_FULL = 3  # of each group
NOTES_SHOWN = 5
IN_TABLES = 200  # of one group; all are in the CSV


def measures(briefing: Briefing, words: Words) -> Section:
    """Section: lifting first, then levels from the strictest, then other kinds; each with its reason."""
    title = words.say("Proposed measures")
    if not briefing.plan.measures:
        return Section(
            "measures",
            title,
            (Text(words.say("No measure is proposed, and none is in force.")), *_notes(briefing, words)),
        )
    recent = dict(briefing.situation.by_zone.select("zone", "community_cases_14d").iter_rows())
    ordered = in_order(briefing.plan.measures, recent)
    blocks: list[Block] = [
        Text(words.say("These are drafts. Nothing here is in force until a person approves it."), "warn"),
        _overview(ordered, words),
    ]
    left = IN_FULL
    for (is_lift, kind, level), group in groupby(ordered, _group):
        of_group = list(group)
        blocks.append(_heading(is_lift=is_lift, kind=kind, level=level, n=len(of_group), words=words))
        blocks += _group_blocks(of_group, max(left, LEAST_IN_FULL), briefing, words)
        left = max(0, left - len(of_group))
    blocks.append(Text(words.say("Every measure with its evidence: tables/measures.csv."), "note"))
    return Section("measures", title, (*blocks, *_notes(briefing, words)))


def in_order(all_measures: Sequence[Measure], recent: Mapping[str, int]) -> list[Measure]:
    """Lifting first; then levels from the strictest; then other kinds. Within each: new ones, then most recent cases.

    Parameters
    ----------
    all_measures : Sequence[Measure]
        Of a plan.
    recent : Mapping[str, int]
        Zone -> recent community cases.
    """
    return sorted(
        all_measures,
        key=lambda m: (
            *_rank(m), ACTIONS.index(m.action), -(recent.get(m.zone or "") or 0), -(m.people or 0), m.zone or "", m.id
        ),
    )  # fmt: skip


def _rank(measure: Measure) -> tuple[bool, bool, int, str]:
    step = -LEVELS.index(measure.level) if measure.level in LEVELS and measure.action != "lift" else 0
    return measure.action != "lift", measure.kind != "level" and measure.action != "lift", step, measure.kind


def _group(measure: Measure) -> tuple[bool, str, str | None]:
    if measure.action == "lift":
        return True, "", None
    return False, measure.kind, measure.level if measure.kind == "level" else None


def _heading(*, is_lift: bool, kind: str, level: str | None, n: int, words: Words) -> Heading:
    if is_lift:
        return Heading(words.say("{n} to lift or ease", n=n), Chip(words.label("lift"), "good"))
    chip = level_chip(level, words) if level else Chip(words.label(kind), "plain")
    return Heading(words.say("{n} {n:measure|measures}", n=n), chip)


def _overview(ordered: Sequence[Measure], words: Words) -> Grid:
    rows: list[list[Cell]] = []
    for (is_lift, kind, level), group in groupby(ordered, _group):
        of_group = list(group)
        counts = Counter(m.action for m in of_group)
        person_days = [m.person_days for m in of_group if m.person_days is not None]
        label: Cell = (
            Chip(words.label("lift"), "good") if is_lift else level_chip(level, words) if level else words.label(kind)
        )
        rows.append(
            [
                label,
                *(words.number(counts[action]) if counts[action] else "" for action in ACTIONS),
                words.large(sum(person_days)) if person_days else words.large(None),
            ]
        )
    heads = columns(
        words.say("Measure"),
        *(number(words.label(action)) for action in ACTIONS),
        number(words.say("Person-days"), minor=True),
    )
    unknown = sum(m.people is None for m in ordered)
    note = (
        words.say("{n} {n:measure has|measures have} no known population; their people are not counted.", n=unknown)
        if unknown
        else ""
    )
    return Grid(words.say("Measures by level and action"), heads, rows, stack=False, note=note)


def _group_blocks(of_group: Sequence[Measure], in_full: int, briefing: Briefing, words: Words) -> list[Block]:
    """What holds for the whole group, then a row a measure; rows beyond `in_full` fold away."""
    details = [_details(m, words) for m in of_group]
    shared = tuple(detail for detail in details[0] if all(detail in other for other in details))
    means = _means(of_group[0], briefing, words)
    blocks: list[Block] = [Points((*means, *shared), quiet=True)] if means or shared else []
    rows = [
        _row(m, [detail for detail in of_one if detail not in shared], briefing, words)
        for m, of_one in zip(of_group[:IN_TABLES], details, strict=False)
    ]
    heads = columns(
        words.say("Zone"),
        short(words.say("Action")),
        number(words.say("People")),
        number(words.say("Person-days")),
        short(words.say("In force")),
        prose(words.say("Why")),
    )
    heads, rows = known_columns(heads, rows)
    caption = words.say("Measures of this group, new ones first")
    if rows[:in_full]:
        blocks.append(Grid(caption, heads, rows[:in_full], titled=False))
    if rows[in_full:]:
        more = len(of_group) - in_full
        note = (
            words.say("{n} more are in tables/measures.csv.", n=len(of_group) - IN_TABLES)
            if len(of_group) > IN_TABLES
            else ""
        )
        blocks.append(
            Fold(words.say("{n} more", n=more), (Grid(caption, heads, rows[in_full:], note=note, titled=False),))
        )
    return blocks


def _means(measure: Measure, briefing: Briefing, words: Words) -> tuple[tuple[str, str], ...]:
    if measure.action == "lift" or measure.kind != "level" or measure.level not in LEVELS:
        return ()
    said = joined((text.say(words.language) for text in briefing.protocol.level_rule(measure.level).means), words)
    return ((words.say("What it means"), said),) if said else ()


def _details(measure: Measure, words: Words) -> list[tuple[str, str]]:
    """Label and sentence of all but the reason."""
    details = [
        (words.say("Why not {lesser}", lesser=_lesser(measure, words)), words.because(measure.lesser_fails)),
        (words.say("When it is lifted"), words.because(measure.lift_rule)),
        (words.say("Owed to the people"), joined((words.because(owed) for owed in measure.support), words)),
    ]
    return [(label, said) for label, said in details if said]


def _row(measure: Measure, details: Sequence[tuple[str, str]], briefing: Briefing, words: Words) -> list[Cell]:
    before = measure.level_before
    now = words.say("now {level}", level=words.level(before)) if before and before != measure.level else None
    to = (
        words.say("to {level}", level=words.level(measure.level))
        if measure.action == "lift" and measure.level
        else None
    )
    chip = Chip(words.label(measure.action), "good" if measure.action == "lift" else "plain")
    colon = "：" if words.language == "zh" else ": "
    return [
        named(words.zone(measure.zone), where(measure.zone, briefing, words))
        if measure.zone
        else words.say("All zones"),
        Lines("", tuple(line for line in (now, to) if line), chip),
        words.number(measure.people),
        words.large(measure.person_days),
        named(
            f"{words.short_day(measure.start)} – {words.short_day(measure.expires_on)}",
            words.say("review {day}", day=words.short_day(measure.review_on)),
        ),
        named(words.because(measure.reason), *(f"{label}{colon}{said}" for label, said in details)),
    ]


def _lesser(measure: Measure, words: Words) -> str:
    return words.level(measure.lesser) if measure.lesser in LEVELS else words.code(measure.lesser)


def _notes(briefing: Briefing, words: Words) -> list[Block]:
    notes = list(dict.fromkeys(words.because(note.text) for note in briefing.plan.notes))
    if not notes:
        return []
    blocks: list[Block] = [Heading(words.say("Notes of the planner")), Bullets(tuple(notes[:NOTES_SHOWN]))]
    if notes[NOTES_SHOWN:]:
        more = tuple(notes[NOTES_SHOWN:IN_TABLES])
        blocks.append(Fold(words.say("{n} more {n:note|notes}", n=len(notes) - NOTES_SHOWN), (Bullets(more),)))
    return blocks
