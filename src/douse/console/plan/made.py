"""A plan as it was made: from which records, by which library files, and what came of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

import polars as pl

from douse.console import clock, instance
from douse.console.plan.workshop import Progress, Work, workshop
from douse.console.scene import knowledge_on
from douse.deciding import Choosing
from douse.main import assess, brief
from douse.outputs.briefing import Briefing
from douse.outputs.plan_json import plan_json
from douse.outputs.words import Words
from douse.question import Knowledge, Opened, Question, of_pathogen
from douse.records.finding import Checked, no_findings
from douse.records.ledger import Snapshot, snapshot_at
from douse.records.measure import Because
from douse.records.tables import TABLES

KIND = "plan"  # of work
PLANS = "plans"  # folder of the instance: each plan that was decided on, by the hash of its content
_ASKED = "asked.json"  # among the plans: by what the last one was asked for
_RUNS = "runs"  # folder of the instance: finished runs of the comparison


@dataclass(frozen=True)
class Asked:
    """What a plan is asked for by: the key under which it is kept."""

    sequence: int
    day: date
    files: tuple[str, str, str]  # pathogen, protocol, costs in force
    scenarios: int

    @property
    def key(self) -> tuple[str, "Asked"]:
        """Key of the piece of work."""
        return (KIND, self)


@dataclass(frozen=True)
class Made:
    """A plan and all that it was made from.

    Attributes
    ----------
    asked : Asked
        What was asked.
    made_at : datetime
        When it was finished.
    opened : Opened
        Records and library files.
    briefing : Briefing
        Situation, signals and plan.
    frames : Mapping[str, pl.DataFrame]
        Tables of the ledger that it was made from.
    text : str
        The whole plan as JSON.
    """

    asked: Asked
    made_at: datetime
    opened: Opened
    briefing: Briefing
    frames: Mapping[str, pl.DataFrame]
    text: str

    @property
    def hash(self) -> str:
        """Hash of the plan's content: decisions name the plan by it."""
        return sha256(self.text.encode()).hexdigest()


def opened_by(snapshot: Snapshot, knowledge: Knowledge, day: date) -> Opened:
    """The records of a snapshot with the library files in force, as every command opens them."""
    records = of_pathogen(snapshot.records, knowledge.pathogen)
    question = Question(
        instance.current().folder, as_of=day, protocol=knowledge.protocol.id, pathogen=knowledge.pathogen.id,
        costs=knowledge.costs.id,
    )  # fmt: skip
    return Opened(question, Checked(records, no_findings(), {}), records, knowledge, None)


def files_of(knowledge: Knowledge) -> tuple[str, str, str]:
    """Names of the library files."""
    return knowledge.pathogen.id, knowledge.protocol.id, knowledge.costs.id


def ask(snapshot: Snapshot, day: date, scenarios: int = 0) -> Work:
    """Have the plan of a day made; whole plans are compared in so many scenarios, or not at all.

    Raises
    ------
    UsageError
        When nothing tells which pathogen it is.
    """
    knowledge = knowledge_on(snapshot, day)
    asked = Asked(snapshot.sequence, day, files_of(knowledge), scenarios)
    _note_asked(asked)
    return workshop(KIND).ask(asked.key, lambda progress: make(snapshot, asked, knowledge, progress))


def ask_again(day: date) -> Work | None:
    """After a restart: have the plan of a day made anew that was asked for last, from the same records.

    It comes out the same, so that pages that were open and decisions that name it still find it. None where no plan of
    the day was asked for.
    """
    path = instance.current().folder / PLANS / _ASKED
    if not path.is_file():
        return None
    last = json.loads(path.read_text(encoding="utf-8"))
    if last["day"] != day.isoformat():
        return None
    live = instance.current().stores.live
    knowledge = knowledge_on(live.follow(), day)
    asked = Asked(last["sequence"], day, files_of(knowledge), last["scenarios"])
    # The ledger is read up to that entry beside the requests: nobody waits for it.
    return workshop(KIND).ask(
        asked.key, lambda progress: make(snapshot_at(live.ledger, asked.sequence), asked, knowledge, progress)
    )


def _note_asked(asked: Asked) -> None:
    path = instance.current().folder / PLANS / _ASKED
    path.parent.mkdir(exist_ok=True, mode=0o700)
    last = {"sequence": asked.sequence, "day": asked.day.isoformat(), "scenarios": asked.scenarios}
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(last), encoding="utf-8")
    beside.replace(path)


def make(snapshot: Snapshot, asked: Asked, knowledge: Knowledge, progress: Progress) -> Made:
    """Make a plan."""
    progress(Because("Reading the records").key)
    opened = opened_by(snapshot, knowledge, asked.day)
    progress(Because("What is known, and what to do").key)
    runs = instance.current().folder / _RUNS
    choosing = Choosing(scenarios=asked.scenarios, keep_in=runs) if asked.scenarios else None
    today = assess(opened, asked.day, choosing, progress)
    progress(Because("Costs, goods and beds").key)
    briefing = brief(today, today, opened.knowledge, opened.checked)
    return Made(asked, clock.now(), opened, briefing, snapshot.frames, plan_json(briefing, Words("en")))


def latest(*, compared: bool = False, day: date | None = None) -> Made | None:
    """The plan that was made last; with a comparison of whole plans, or of one day, where that is asked."""

    def wanted(work: Work) -> bool:
        made = work.made
        return (
            work.state == "done"
            and isinstance(made, Made)
            and (made.briefing.plan.choice is not None or not compared)
            and day in {None, made.asked.day}
        )

    found = workshop(KIND).latest(wanted)
    return None if found is None else found.made


def by_hash(plan: str) -> Made | None:
    """A plan that is still in memory, by its hash."""
    found = workshop(KIND).latest(lambda work: isinstance(work.made, Made) and work.made.hash == plan)
    return None if found is None else found.made


def changed_since(made: Made, snapshot: Snapshot) -> list[tuple[str, int]]:
    """Tables that got rows since a plan was made, and how many; not those that decisions on the plan wrote."""
    found = []
    for table in TABLES:
        before, now = made.frames.get(table), snapshot.frames.get(table)
        if now is None or now is before:
            continue
        new = now if before is None else now.join(before.select("record_id"), on="record_id", how="anti")
        if table == "measures":
            new = new.filter(~_decided_here(new, made, snapshot))
        if len(new):
            found.append((table, len(new)))
    return found


def _decided_here(new: pl.DataFrame, made: Made, snapshot: Snapshot) -> pl.Series:
    decisions = snapshot.current("decisions").filter(pl.col("plan") == made.hash)
    zones = decisions.select("kind", "zone").unique()
    here = new.select("kind", "zone").join(
        zones.with_columns(here=pl.lit(value=True)), on=["kind", "zone"], how="left", nulls_equal=True,
        maintain_order="left",
    )["here"]  # fmt: skip
    return here.fill_null(value=False)


def keep(made: Made) -> None:
    """Keep the text of a plan that is decided on, to show what was proposed for as long as the decision."""
    path = kept_path(made.hash)
    if not path.exists():
        path.parent.mkdir(exist_ok=True, mode=0o700)
        path.write_text(made.text, encoding="utf-8")


def kept_path(plan: str) -> Path:
    """Where the text of a plan lies."""
    return instance.current().folder / PLANS / f"{plan}.json"
