"""The whole story, one short function a verb.

Every verb takes plain arguments, returns plain values and prints nothing: `__main__.py` does the talking.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from douse.errors import DataError, UsageError
from douse.library import Costs, Links, Pathogen, Protocol, load, names, pathogen_named
from douse.outputs.briefing import Briefing
from douse.outputs.manifest import hash_files, make_manifest
from douse.outputs.write import write_all
from douse.planning import make_plan
from douse.planning.plan import Plan
from douse.readers.history import read_history
from douse.readers.read import read_raw
from douse.records import Records, ZoneTree
from douse.records.check import check as check_raw
from douse.records.finding import Checked, write_findings
from douse.records.mapping import load_mapping
from douse.signals import Event, Scene, Signal, choose_detectors, detect, detect_each, fuse
from douse.signals.replay import first_signals, found_events, met_events, scores, told_on
from douse.situation import Estimates, describe, estimate
from douse.situation.situation import Situation
from douse.tracing import trace
from douse.tracing.infectors import Chains, Known, infectors
from douse.tracing.tasks import Work, make_work
from douse.tracing.trace import Trace
from douse.units import DAYS_PER_WEEK

Progress = Callable[[str], None]
DEFAULT_PROTOCOL = "who-generic"
DEFAULT_COSTS = "generic"
DEFAULT_LINKS = "generic"
REPORTED_DELAYS = ("onset_to_known",)  # what the report says of fitted delays; `douse estimate` fits all
DEMO_PATHOGEN = "sars-cov-2-wild"


def no_progress(stage: str) -> None:
    """Say nothing of the stage."""
    del stage


@dataclass(frozen=True)
class Question:
    """What a command asks: which records, as of when, by which library files."""

    data: Path  # folder of tables, or one line list
    mapping: Path | None = None
    as_of: date | None = None  # None: the last day on which a case was recorded
    protocol: str = DEFAULT_PROTOCOL
    pathogen: str | None = None  # None: the one that the cases name
    costs: str = DEFAULT_COSTS
    links: str = DEFAULT_LINKS  # what evidence weighs; only `chains` asks


@dataclass(frozen=True)
class Knowledge:
    """The library files that a run stands on."""

    pathogen: Pathogen
    protocol: Protocol
    costs: Costs


@dataclass(frozen=True)
class Assessment:
    """Everything that Douse says of one as-of day."""

    known: Records
    zones: ZoneTree
    situation: Situation
    signals: tuple[Signal, ...]
    trace: Trace
    plan: Plan


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
class Replayed:
    """What each detector would have told, day by day; `found` and `scores` only beside a history."""

    days: tuple[date, ...]
    zones: ZoneTree
    told: pl.DataFrame  # a row a day and signal
    first: pl.DataFrame  # a row a detector
    found: pl.DataFrame | None  # a row a past outbreak and detector
    scores: pl.DataFrame | None  # a row a detector


def check(data: Path, mapping: Path | None = None, out: Path | None = None) -> Checked:
    """Bring data through the door; findings and rejected rows are written to `out` where it is given."""
    checked = check_raw(read_raw(data, load_mapping(mapping) if mapping else None))
    if out is not None:
        write_findings(checked, out)
    return checked


def situation(question: Question) -> tuple[Situation, Knowledge]:
    """What is known as of a day."""
    records = check(question.data, question.mapping).records
    knowledge = choose_knowledge(records, question)
    known = of_pathogen(records, knowledge.pathogen).as_of(question.as_of or last_day(records))
    return describe(known, ZoneTree(known), knowledge.pathogen, knowledge.protocol), knowledge


def watch(question: Question, detectors: Sequence[str] | None = None) -> tuple[Watched, Knowledge]:
    """What is unusual as of a day: the signals of the detectors, and the events that they agree on."""
    records = check(question.data, question.mapping).records
    knowledge = choose_knowledge(records, question)
    of_one = of_pathogen(records, knowledge.pathogen)
    scene = look(of_one, question.as_of or last_day(of_one), knowledge)
    found = detect(scene, choose_detectors(detectors))
    return Watched(scene.situation, scene.zones, found, events_of(found, scene.zones, knowledge.pathogen)), knowledge


def worklist(question: Question) -> tuple[Worked, Knowledge]:
    """Whom to reach as of a day, forwards and backwards, in the order of what it prevents."""
    records = check(question.data, question.mapping).records
    knowledge = choose_knowledge(records, question)
    pathogen, protocol = knowledge.pathogen, knowledge.protocol
    of_one = of_pathogen(records, pathogen)
    known = of_one.as_of(question.as_of or last_day(of_one))
    zones = ZoneTree(known)
    described = describe(known, zones, pathogen, protocol)
    traced = trace(known, described, zones, pathogen, protocol)
    return Worked(described, zones, make_work(known, described, traced, pathogen, protocol)), knowledge


def estimates(question: Question) -> tuple[Estimates, Knowledge]:
    """How big and how fast, as of a day."""
    records = check(question.data, question.mapping).records
    knowledge = choose_knowledge(records, question)
    of_one = of_pathogen(records, knowledge.pathogen)
    scene = look(of_one, question.as_of or last_day(of_one), knowledge)
    return estimate(scene.known, scene.situation, scene.zones, knowledge.pathogen), knowledge


def chains(question: Question, sequences: Path | None = None) -> tuple[Chains, ZoneTree, Knowledge]:
    """Who infected whom as of a day, where each chain came from, and what changed since the day before."""
    records = check(question.data, question.mapping).records
    knowledge = choose_knowledge(records, question)
    of_one = of_pathogen(records, knowledge.pathogen)
    day = question.as_of or last_day(of_one)
    today, yesterday = (look(of_one, when, knowledge) for when in (day, day - timedelta(days=1)))
    found = infectors(
        Known(today.known, today.situation.cases, today.zones),
        Known(yesterday.known, yesterday.situation.cases, yesterday.zones),
        knowledge.pathogen,
        load(Links, question.links),
        r=today.situation.r_now.estimate,
        method="closed" if sequences is None else "joint",
    )
    return found, today.zones, knowledge


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
    records = check(question.data, question.mapping).records
    knowledge = choose_knowledge(records, question)
    of_one = of_pathogen(records, knowledge.pathogen)
    every = tuple(first + timedelta(days=n) for n in range((last - first).days + 1))
    told = []
    for day in every:
        progress(day.isoformat())
        told.append(told_on(day, detect_each(look(of_one, day, knowledge), asked)))
    return _replayed(every, ZoneTree(of_one.as_of(last)), pl.concat(told), past, asked), knowledge


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


def look(records: Records, day: date, knowledge: Knowledge) -> Scene:
    """What the detectors may look at on one day: only what was known then."""
    known = records.as_of(day)
    zones = ZoneTree(known)
    described = describe(known, zones, knowledge.pathogen, knowledge.protocol)
    return Scene(known, described, zones, knowledge.pathogen, knowledge.protocol)


def plan(question: Question, out: Path, language: str = "en", progress: Progress = no_progress) -> Briefing:
    """From records to today's plan and its report, written to `out`."""
    progress("Reading the records")
    checked = check(question.data, question.mapping, out)
    knowledge = choose_knowledge(checked.records, question)
    records = of_pathogen(checked.records, knowledge.pathogen)
    day = question.as_of or last_day(records)
    progress("What was known yesterday")
    yesterday = assess(records, day - timedelta(days=1), knowledge)
    progress("What is known today, and what to do")
    today = assess(records, day, knowledge)
    progress("Writing the report")
    briefing = brief(today, yesterday, knowledge, checked)
    write_all(out, briefing, language, inputs=hash_files(question.data, question.mapping))
    return briefing


def demo(out: Path, people: int, seed: int, language: str = "en", progress: Progress = no_progress) -> Briefing:
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
    return plan(Question(city.path, as_of=city.as_of), out, language, progress)


def assess(records: Records, day: date, knowledge: Knowledge) -> Assessment:
    """Situation, signals, tracing and plan of one day, from what was known then."""
    pathogen, protocol = knowledge.pathogen, knowledge.protocol
    scene = look(records, day, knowledge)
    known, zones, described = scene.known, scene.zones, scene.situation
    signals = detect(scene)
    traced = trace(known, described, zones, pathogen, protocol)
    planned = make_plan(known, described, signals, traced, zones, pathogen, protocol, knowledge.costs)
    return Assessment(known, zones, described, signals, traced, planned)


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
        manifest=make_manifest(today.known, knowledge.pathogen, knowledge.protocol, knowledge.costs),
    )


def findings_by(findings: pl.DataFrame, known: Records) -> pl.DataFrame:
    """Findings on rows that had been recorded by the as-of moment, so that a report of a past day is that day's."""
    return findings.filter(pl.col("recorded_at") <= known.known_at)


def of_pathogen(records: Records, pathogen: Pathogen) -> Records:
    """Records without the cases that name another pathogen; a case that names none is kept."""
    named = records.cases["pathogen"].drop_nulls().unique()
    others = [word for word in named if pathogen_named(word) not in {None, pathogen.id}]
    kept = records.cases.filter(~pl.col("pathogen").is_in(others).fill_null(value=False))
    return replace(records, frames={**records.frames, "cases": kept})


def choose_knowledge(records: Records, question: Question) -> Knowledge:
    """The library files of a run: as named, else the pathogen that the cases name, else the protocol's only one.

    Raises
    ------
    UsageError
        When nothing tells the pathogen, or the protocol is for another one.
    """
    rules = load(Protocol, question.protocol)
    name = _pathogen_name(records, rules, question.pathogen)
    if "any" not in rules.pathogens and name not in rules.pathogens and not name.endswith(".toml"):
        raise UsageError(
            f"The protocol {rules.id} is not made for {name}.",
            allowed=", ".join(rules.pathogens),
            next_step="Name another protocol with --protocol; `douse library` lists them.",
        )
    return Knowledge(load(Pathogen, name), rules, load(Costs, question.costs))


def _pathogen_name(records: Records, rules: Protocol, named: str | None) -> str:
    if named is not None:
        return pathogen_named(named) or named
    written = records.cases["pathogen"].drop_nulls().unique().sort().to_list()
    known = sorted({found for word in written if (found := pathogen_named(word))})
    if len(known) == 1:
        return known[0]
    if not written and len(rules.pathogens) == 1 and rules.pathogens[0] != "any":
        return rules.pathogens[0]
    raise UsageError(
        "Nothing tells which pathogen this is."
        if not known
        else "The cases name more than one pathogen; a plan is for one.",
        allowed=", ".join(known or names(Pathogen)),
        next_step="Add --pathogen NAME, or a column pathogen to the cases.",
    )


def last_day(records: Records) -> date:
    """The last day on which a case was recorded: the as-of day when none is given.

    Raises
    ------
    DataError
        When there is no case.
    """
    days = records.cases["recorded_at"].dt.date()
    if days.is_empty():
        raise DataError(
            "There is no usable case in the data.", next_step="Run `douse check` to see what is wrong with the rows."
        )
    last: date = days.sort()[-1]
    return last
