"""What the page says of one day: figures, changes, pictures. Values of one language, made without a request."""

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from douse.console import scene
from douse.console.permissions import Actor
from douse.outputs.blocks import Card, Picture
from douse.outputs.charts.curve import epidemic_curve
from douse.outputs.charts.zone_map import shapes, zone_map
from douse.outputs.levels import effective_levels
from douse.outputs.sections.changes import change
from douse.outputs.sections.figures import cards
from douse.outputs.words import Words
from douse.question import Knowledge
from douse.records.codes import LEVELS
from douse.records.ledger import Snapshot
from douse.signals import Scene
from douse.situation.lifting import in_force
from douse.situation.situation import DelaySummary, Milestone, Situation

MAP_DAYS = 14
_LISTED = 5  # names in a sentence


@dataclass(frozen=True)
class Figures:
    """What is known of a day, and what changed since the day before."""

    total: int
    cards: tuple[Card, ...]
    changed: tuple[tuple[str, str, str, str], ...]  # figure, yesterday, today, change
    news: tuple[str, ...]  # sentences
    delays: tuple[DelaySummary, ...]
    milestones: tuple[Milestone, ...]


@dataclass(frozen=True)
class Pictures:
    """Curve and map; None where there is nothing to draw."""

    curve: Picture | None
    zones: Picture | None
    levels: tuple[tuple[str, str], ...]  # level and its name, of the map's key


def figures(actor: Actor, snapshot: Snapshot, day: date, knowledge: Knowledge, words: Words) -> Figures:
    """Make the figures of a day."""
    today = scene.look(actor, snapshot, day, knowledge)
    before = scene.look(actor, snapshot, day - timedelta(days=1), knowledge)
    return Figures(
        today.situation.total,
        tuple(cards(today.situation, words)),
        _changed(today.situation, before.situation, words),
        tuple(_news(today, before, words)),
        today.situation.delays,
        today.situation.milestones,
    )


def pictures(actor: Actor, snapshot: Snapshot, day: date, knowledge: Knowledge, words: Words) -> Pictures:
    """Draw curve and map of a day."""
    looked = scene.look(actor, snapshot, day, knowledge)
    situation = looked.situation
    own = dict(in_force(looked.known, looked.zones).select("zone", "level").iter_rows())
    found = shapes(looked.zones, own, _recent(situation))
    held = sorted(set(effective_levels(looked.zones, own).values()), key=LEVELS.index)
    return Pictures(
        _curve(situation, words),
        zone_map(
            found,
            words.say(
                "Map of {n} zones coloured by level, with circles for the cases reported in {days} days.",
                n=len(found),
                days=MAP_DAYS,
            ),
        ),
        tuple((level, words.level(level)) for level in held),
    )


def _curve(situation: Situation, words: Words) -> Picture | None:
    there = set(situation.curve.filter(pl.col("cases") > 0)["basis"].cast(str).unique())
    titles = {
        "onset": words.say("Cases by day of onset"),
        "reported": words.say("Cases by day of report"),
        "confirmed": words.say("Cases by day of confirmation"),
    }
    basis = next((name for name in titles if name in there), None)
    if basis is None:
        return None
    alt = words.say(
        "{title}, as bars up to {day}; {n} in all.",
        title=titles[basis],
        day=situation.as_of,
        n=situation.curve.filter(basis=basis)["cases"].sum(),
    )
    return epidemic_curve(situation, basis, words, titles[basis], alt)


def _recent(situation: Situation) -> dict[str, int]:
    recent = situation.cases.filter(
        (pl.col("told_on") > situation.as_of - timedelta(days=MAP_DAYS)) & pl.col("zone").is_not_null()
    )
    return dict(recent.group_by("zone").len().iter_rows())


def _changed(today: Situation, before: Situation, words: Words) -> tuple[tuple[str, str, str, str], ...]:
    whole, of_r = words.number, lambda value: words.number(value, 2)
    rows = (
        (words.say("Cases in all"), before.total, today.total, whole),
        (words.say("New cases in 7 days"), before.new_week, today.new_week, whole),
        (words.say("Active cases"), before.active, today.active, whole),
        (words.say("Deaths"), before.deaths, today.deaths, whole),
        ("R", before.r_now.estimate, today.r_now.estimate, of_r),
        (
            words.say("Contacts under quarantine"), before.contacts.under_quarantine, today.contacts.under_quarantine,
            whole,
        ),
        (
            words.say("New cases already in quarantine"), before.community_zero.share, today.community_zero.share,
            words.share,
        ),
    )  # fmt: skip
    return tuple((label, form(then), form(now), change(then, now, form, words)) for label, then, now, form in rows)


def _news(today: Scene, before: Scene, words: Words) -> list[str]:
    """What a person would tell another of the day, most important first."""
    now, then = today.situation, before.situation
    told: list[str] = []
    fresh = now.cases.filter(pl.col("told_on") == now.as_of).unique("case_id")
    if fresh.height:
        known = int(fresh["in_quarantine"].fill_null(value=False).sum())
        told.append(words.say("{n} new {n:case|cases}, {m} already in quarantine.", n=fresh.height, m=known))
    else:
        told.append(words.say("No new case was told."))
    started = _first_in_zone(fresh, then)
    if started:
        told.append(words.say("First case of the outbreak in {zones}.", zones=_listed(started, words)))
    gone = set(then.cases["case_id"]) - set(now.cases["case_id"])
    if gone:
        told.append(
            words.say("{n} {n:case counts|cases count} no longer: corrected, discarded or merged.", n=len(gone))
        )
    died = now.deaths - then.deaths
    if died > 0:
        told.append(words.say("{n} {n:death|deaths} more.", n=died))
    return told + _measures(today, words)


def _first_in_zone(fresh: pl.DataFrame, then: Situation) -> list[str]:
    return sorted(set(fresh["zone"].drop_nulls()) - set(then.cases["zone"].drop_nulls()))


def _measures(today: Scene, words: Words) -> list[str]:
    measures, day = today.known.table("measures"), today.situation.as_of
    running = pl.col("ended_on").is_null() & (pl.col("start") <= day)
    counts = measures.select(
        began=(pl.col("start") == day).sum(),
        ended=(pl.col("ended_on") == day).sum(),
        due=(running & pl.col("expires_on").is_between(day, day + timedelta(days=1))).sum(),
        review=(running & (pl.col("review_on") == day)).sum(),
    ).row(0, named=True)
    sentences = {
        "began": words.say("{n} {n:measure begins|measures begin}.", n=counts["began"]),
        "ended": words.say("{n} {n:measure was|measures were} lifted.", n=counts["ended"]),
        "due": words.say("{n} {n:measure expires|measures expire} by tomorrow unless renewed.", n=counts["due"]),
        "review": words.say("{n} {n:measure is|measures are} to be reviewed.", n=counts["review"]),
    }
    return [sentence for name, sentence in sentences.items() if counts[name]]


def _listed(zones: list[str], words: Words) -> str:
    separator = "、" if words.language == "zh" else ", "
    text = separator.join(words.zone(zone) for zone in zones[:_LISTED])
    more = len(zones) - _LISTED
    return words.say("{names} and {n} more", names=text, n=more) if more > 0 else text
