"""The whole story, one short function a verb.

Every verb takes plain arguments, returns plain values and prints nothing: `__main__.py` does the talking.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from douse.deciding import Choosing, decide, kept_city
from douse.errors import DataError, UsageError
from douse.library import Links, Pathogen, Protocol, Strategy, load
from douse.outputs.briefing import Briefing
from douse.outputs.manifest import hash_files, make_manifest
from douse.outputs.write import write_all
from douse.planning import make_plan
from douse.planning.choice.choice import Choice
from douse.planning.choice.today import Chosen
from douse.planning.plan import Plan
from douse.question import DEFAULT_PROTOCOL, Knowledge, Opened, Question, check, open_data
from douse.readers.history import read_history
from douse.records import Records, ZoneTree
from douse.records.finding import Checked
from douse.signals import Event, Scene, Signal, choose_detectors, detect, detect_each, fuse
from douse.signals.replay import first_signals, found_events, met_events, scores, told_on
from douse.situation import Estimates, describe, estimate
from douse.situation.situation import Situation
from douse.tracing import trace
from douse.tracing.engines import follows_index, to_warehouse, warehouse_of
from douse.tracing.index.landing import Landing, land, unread_files
from douse.tracing.infectors import Chains, Known, infectors, likely_infectors
from douse.tracing.infectors.differences import read_differences
from douse.tracing.shared_places import index_of, indexed
from douse.tracing.tasks import Work, make_work
from douse.tracing.trace import Trace
from douse.tracing.who_met import WhoMet, who_met
from douse.units import DAYS_PER_WEEK

__all__ = ["Knowledge", "Question", "check"]

Progress = Callable[[str], None]
REPORTED_DELAYS = ("onset_to_known",)  # what the report says of fitted delays; `douse estimate` fits all
DEMO_PATHOGEN = "sars-cov-2-wild"


def no_progress(stage: str) -> None:
    """Say nothing of the stage."""
    del stage


@dataclass(frozen=True)
class Assessment:
    """Everything that Douse says of one as-of day."""

    known: Records
    zones: ZoneTree
    situation: Situation
    signals: tuple[Signal, ...]
    trace: Trace
    plan: Plan
    strategy: Strategy | None  # that was chosen; None: the protocol's rules


@dataclass(frozen=True)
class Watched:
    """What is unusual on one as-of day."""

    situation: Situation
    zones: ZoneTree
    signals: tuple[Signal, ...]
    events: tuple[Event, ...]  # signals that agree in place and time


@dataclass(frozen=True)
class Worked:
    """What the tracers of one as-of day have to do."""

    situation: Situation
    zones: ZoneTree
    work: Work


@dataclass(frozen=True)
class Traced:
    """Who met some cases, as of a day."""

    situation: Situation
    zones: ZoneTree
    met: WhoMet


@dataclass(frozen=True)
class Replayed:
    """What each detector would have told, day by day; `found` and `scores` only beside a history."""

    days: tuple[date, ...]
    zones: ZoneTree
    told: pl.DataFrame  # a row a day and signal
    first: pl.DataFrame  # a row a detector
    found: pl.DataFrame | None  # a row a past outbreak and detector
    scores: pl.DataFrame | None  # a row a detector


def situation(question: Question) -> tuple[Situation, Knowledge]:
    """What is known as of a day."""
    opened = open_data(question)
    return look(opened, opened.day).situation, opened.knowledge


def watch(question: Question, detectors: Sequence[str] | None = None) -> tuple[Watched, Knowledge]:
    """What is unusual as of a day: the signals of the detectors, and the events that they agree on."""
    opened = open_data(question)
    scene = look(opened, opened.day)
    found = detect(scene, choose_detectors(detectors))
    return Watched(scene.situation, scene.zones, found, events_of(found, scene.zones, scene.pathogen)), opened.knowledge


def estimates(question: Question) -> tuple[Estimates, Knowledge]:
    """How big and how fast, as of a day."""
    opened = open_data(question)
    scene = look(opened, opened.day)
    return estimate(scene.known, scene.situation, scene.zones, scene.pathogen), opened.knowledge


def index_visits(  # noqa: PLR0913  (what the command may say)
    data: Path,
    *,
    memory: int,
    engine: str = "index",
    fresh: bool = False,
    forget_before: date | None = None,
    progress: Progress = no_progress,
) -> Landing:
    """Sort the visits of a data folder for tracing; for another engine than the index, its warehouse too.

    What is forgotten leaves a warehouse that was made from the index, whichever engine is named.
    """
    landing = land(data, memory, progress, fresh=fresh, forget_before=forget_before)
    if engine != "index" or (forget_before is not None and follows_index(data)):
        to_warehouse(data, memory, progress)
    return landing


def who_met_cases(  # noqa: PLR0913  (what the command may say)
    question: Question,
    cases: Sequence[str],
    *,
    memory: int,
    rings: int = 2,
    minutes: float | None = None,
    crowd: int | None = None,
    engine: str = "index",
) -> tuple[Traced, Knowledge]:
    """Who met some cases while they could infect, ring by ring, place by place, within so many bytes of memory.

    Raises
    ------
    DataError
        When visits wait in their folder, and no index was made of them.
    """
    opened = open_data(question)
    if opened.index is None and any("/" in name for name in unread_files(question.data)):
        raise DataError(
            "The visits in the folder visits/ are not sorted yet: nobody would be found in them.",
            next_step="Sort them: `douse index DATA`.",
        )
    scene = look(opened, opened.day)
    if engine == "index":
        visits = indexed(index_of(scene.known) if opened.index is None else opened.index, memory)
    else:
        visits = warehouse_of(question.data, engine, memory)
    rules = scene.protocol if minutes is None else scene.protocol.with_minutes(minutes)
    met = who_met(scene.known, scene.situation, visits, scene.pathogen, rules, cases=cases, rings=rings, crowd=crowd)
    return Traced(scene.situation, scene.zones, met), opened.knowledge


def chains(
    question: Question, *, method: str | None = None, fasta: Path | None = None, snp: Path | None = None
) -> tuple[Chains, ZoneTree, Knowledge]:
    """Who infected whom as of a day, where each chain came from, and what changed since the day before.

    The joint tree is asked for by name, or by sequences, which only it reads; else it is the closed form.
    """
    opened = open_data(question)
    today, yesterday = (look(opened, day) for day in (opened.day, opened.day - timedelta(days=1)))
    differences = read_differences(fasta, snp)
    found = infectors(
        Known(today.known, today.situation.cases, today.zones),
        Known(yesterday.known, yesterday.situation.cases, yesterday.zones),
        today.pathogen,
        load(Links, question.links),
        r=today.situation.r_now.estimate,
        method=method or ("closed" if differences is None else "joint"),
        differences=differences,
    )
    return found, today.zones, opened.knowledge


def worklist(question: Question) -> tuple[Worked, Knowledge]:
    """Whom to reach as of a day, forwards and backwards (to the likely infectors), in the order of what it prevents."""
    opened = open_data(question)
    scene = look(opened, opened.day)
    traced = trace(scene.known, scene.situation, scene.zones, scene.pathogen, scene.protocol, index=opened.index)
    known = Known(scene.known, scene.situation.cases, scene.zones)
    likely = likely_infectors(known, scene.pathogen, load(Links, question.links))
    work = make_work(scene.known, scene.situation, traced, scene.pathogen, scene.protocol, links=likely)
    return Worked(scene.situation, scene.zones, work), opened.knowledge


def replay(
    question: Question,
    days: tuple[date, date],
    *,
    history: Path | None = None,
    detectors: Sequence[str] | None = None,
    progress: Progress = no_progress,
) -> tuple[Replayed, Knowledge]:
    """Every day from the first to the last with only what was known then: when each detector would have fired.

    Raises
    ------
    UsageError
        When the last day comes before the first.
    """
    first, last = days
    if last < first:
        raise UsageError("The last day of the replay comes before its first.", next_step="Exchange --from and --to.")
    past = None if history is None else read_history(history)
    asked = choose_detectors(detectors)
    opened = open_data(question)
    every = tuple(first + timedelta(days=n) for n in range((last - first).days + 1))
    told = []
    for day in every:
        progress(day.isoformat())
        told.append(told_on(day, detect_each(look(opened, day), asked)))
    return _replayed(every, ZoneTree(opened.records.as_of(last)), pl.concat(told), past, asked), opened.knowledge


def _replayed(
    days: tuple[date, ...], zones: ZoneTree, told: pl.DataFrame, past: pl.DataFrame | None, asked: Sequence[str]
) -> Replayed:
    first = first_signals(told, asked)
    if past is None:
        return Replayed(days, zones, told, first, None, None)
    met = met_events(told, past, zones)
    found = found_events(met, past, first["detector"].to_list())
    scored = scores(told, met, found, zone_days=len(days) * max(len(zones), 1))
    return Replayed(days, zones, told, first, found, scored)


def events_of(found: Sequence[Signal], zones: ZoneTree, pathogen: Pathogen) -> tuple[Event, ...]:
    """Signals that agree in place and time: within a week, or the maximum incubation period where that is longer."""
    return fuse(found, zones, days=max(DAYS_PER_WEEK, round(pathogen.max_incubation.value)))


def look(opened: Opened, day: date) -> Scene:
    """What may be looked at on one day: only what was known then."""
    known = opened.records.as_of(day)
    zones = ZoneTree(known)
    pathogen, protocol = opened.knowledge.pathogen, opened.knowledge.protocol
    return Scene(known, describe(known, zones, pathogen, protocol), zones, pathogen, protocol)


def plan(
    question: Question,
    out: Path,
    language: str = "en",
    progress: Progress = no_progress,
    choosing: Choosing | None = None,
) -> Briefing:
    """From records to today's plan and its report, written to `out`.

    Whole plans are compared where `choosing` says how; else levels and rounds follow the protocol's rules.
    """
    progress("Reading the records")
    opened = open_data(question, out)
    progress("What is known today, and what to do")
    today = assess(opened, opened.day, choosing, progress)
    progress("What was known yesterday")
    yesterday = assess(opened, opened.day - timedelta(days=1), today.strategy)
    progress("Writing the report")
    briefing = brief(today, yesterday, opened.knowledge, opened.checked)
    write_all(out, briefing, language, inputs=hash_files(question.data, question.mapping))
    return briefing


def compare(
    question: Question, choosing: Choosing, progress: Progress = no_progress
) -> tuple[Choice, ZoneTree, Knowledge]:
    """Whole plans beside one another, as of a day.

    Raises
    ------
    DataError
        When there is no case.
    """
    progress("Reading the records")
    opened = open_data(question)
    scene = look(opened, opened.day)
    traced = trace(scene.known, scene.situation, scene.zones, scene.pathogen, scene.protocol, index=opened.index)
    costs, city = opened.knowledge.costs, kept_city(question.data)
    chosen = decide(scene, traced, costs, choosing, peopled=city, progress=progress)
    if chosen is None or chosen.choice is None:
        raise DataError(
            "There is no case on record, so there is nothing to compare.",
            next_step="Add the first reports to the records, or name a later day with --as-of.",
        )
    return chosen.choice, scene.zones, opened.knowledge


def demo(  # noqa: PLR0913, PLR0917  (what the command may say)
    out: Path,
    people: int,
    seed: int,
    language: str = "en",
    progress: Progress = no_progress,
    choosing: Choosing | None = None,
) -> Briefing:
    """A demo city with an outbreak under `out`/records, and the plan for its last day in `out`."""
    from douse.city import make_demo  # noqa: PLC0415  half a second that no other verb needs

    progress("Making the city")
    city = make_demo(
        out / "records",
        people=people,
        seed=seed,
        pathogen=load(Pathogen, DEMO_PATHOGEN),
        protocol=load(Protocol, DEFAULT_PROTOCOL),
    )
    return plan(Question(city.path, as_of=city.as_of), out, language, progress, choosing)


def assess(
    opened: Opened, day: date, choosing: Choosing | Strategy | None = None, progress: Progress = no_progress
) -> Assessment:
    """Situation, signals, tracing and plan of one day, from what was known then.

    Levels follow the plan that is chosen, a strategy that is given, or else the protocol's rules.
    """
    scene = look(opened, day)
    known, zones, described = scene.known, scene.zones, scene.situation
    pathogen, protocol = scene.pathogen, scene.protocol
    signals = detect(scene)
    traced = trace(known, described, zones, pathogen, protocol, index=opened.index)
    costs, city = opened.knowledge.costs, kept_city(opened.question.data)
    if isinstance(choosing, Choosing):
        chosen = decide(scene, traced, costs, choosing, peopled=city, progress=progress)
    else:
        chosen = None if choosing is None else Chosen(choosing)
    planned = make_plan(known, described, signals, traced, zones, pathogen, protocol, costs, chosen=chosen)
    return Assessment(known, zones, described, signals, traced, planned, None if chosen is None else chosen.strategy)


def brief(today: Assessment, yesterday: Assessment, knowledge: Knowledge, checked: Checked) -> Briefing:
    """Put together what the outputs need."""
    return Briefing(
        known=today.known,
        zones=today.zones,
        situation=today.situation,
        estimates=estimate(today.known, today.situation, today.zones, knowledge.pathogen, delays=REPORTED_DELAYS),
        events=events_of(today.signals, today.zones, knowledge.pathogen),
        yesterday=yesterday.situation,
        signals=today.signals,
        trace=today.trace,
        plan=today.plan,
        yesterday_levels=yesterday.plan.levels,
        pathogen=knowledge.pathogen,
        protocol=knowledge.protocol,
        costs=knowledge.costs,
        findings=findings_by(checked.findings, today.known),
        manifest=make_manifest(
            today.known,
            knowledge.pathogen,
            knowledge.protocol,
            knowledge.costs,
            strategy=today.strategy,
            choice=today.plan.choice,
        ),
    )


def findings_by(findings: pl.DataFrame, known: Records) -> pl.DataFrame:
    """Findings on rows that had been recorded by the as-of moment, so that a report of a past day is that day's."""
    return findings.filter(pl.col("recorded_at") <= known.known_at)
