"""Who may have infected whom, as of a day: made beside the requests, shown to each within their zones."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from douse.console import clock
from douse.console.permissions import Actor
from douse.console.plan.made import files_of, opened_by
from douse.console.plan.workshop import Progress, Work, workshop
from douse.console.reading import visible
from douse.console.scene import knowledge_on
from douse.library import Links, load
from douse.main import look
from douse.question import DEFAULT_LINKS, Knowledge
from douse.records.ledger import Snapshot
from douse.records.measure import Because
from douse.tracing.infectors import Known, infectors
from douse.tracing.infectors.sources import likeliest_tree

KIND = "chains"
# What a case rests on: without changes in these nothing is believed otherwise.
TABLES = ("cases", "contacts", "visits", "people", "places", "arrivals", "zones", "stays")


@dataclass(frozen=True)
class Believed:
    """What is believed of every case.

    Attributes
    ----------
    day : date
        As of which.
    made_at : datetime
        When it was finished.
    frames : Mapping[str, pl.DataFrame]
        Tables of the ledger that it was made from.
    cases : polars.DataFrame
        case_id, day, infector (of the likeliest tree, null for none), probability, through (whether more likely through
        somebody unseen), in the order of case_id.
    links : polars.DataFrame
        Every answer worth showing, as `tracing/infectors/belief.LINKS`.
    sources : polars.DataFrame
        Where each chain came from, as `tracing/infectors/sources.SOURCES`.
    """

    day: date
    made_at: datetime
    frames: Mapping[str, pl.DataFrame]
    cases: pl.DataFrame
    links: pl.DataFrame
    sources: pl.DataFrame


def ask(snapshot: Snapshot, day: date) -> Work:
    """Have the beliefs of a day worked out."""
    knowledge = knowledge_on(snapshot, day)
    key = (KIND, snapshot.sequence, day, files_of(knowledge))
    return workshop(KIND).ask(key, lambda progress: make(snapshot, day, knowledge, progress))


def make(snapshot: Snapshot, day: date, knowledge: Knowledge, progress: Progress) -> Believed:
    """Work out who may have infected whom."""
    progress(Because("Reading the records").key)
    opened = opened_by(snapshot, knowledge, day)
    scene = look(opened, day)
    progress(Because("Weighing the evidence on every pair of cases").key)
    found = infectors(
        Known(scene.known, scene.situation.cases, scene.zones), None, knowledge.pathogen, load(Links, DEFAULT_LINKS),
        r=scene.situation.r_now.estimate,
    )  # fmt: skip
    progress(Because("Drawing the likeliest chains").key)
    tree, ids = likeliest_tree(found.belief), found.belief.ids
    at = pl.Series(tree.infector)
    infector = ids.gather(at.clip(lower_bound=0)).set(at < 0, None) if len(ids) else ids
    cases = pl.DataFrame({"case_id": ids, "infector": infector})
    ways = (
        found.links.filter(pl.col("infector").is_not_null())
        .group_by("case_id", "infector")
        .agg(
            pl.col("probability").sum(),
            through=pl.col("kind").sort_by("probability", descending=True).first() == "through",
        )
    )
    days = scene.situation.cases.select("case_id", "day").unique("case_id", keep="first", maintain_order=True)
    cases = cases.join(ways, on=["case_id", "infector"], how="left").join(days, on="case_id", how="left")
    return Believed(day, clock.now(), snapshot.frames, cases.sort("case_id"), found.links, found.sources)


def latest() -> Believed | None:
    """What was worked out last."""
    found = workshop(KIND).latest(lambda work: work.state == "done")
    return None if found is None else found.made


def changed(believed: Believed, snapshot: Snapshot) -> bool:
    """Whether records that beliefs rest on came in since."""
    return any(believed.frames.get(table) is not snapshot.frames.get(table) for table in TABLES)


def within(actor: Actor, snapshot: Snapshot, believed: Believed) -> pl.DataFrame:
    """Cases within reach with what is believed of them: pseudonym, zone, cluster, day; infectors elsewhere unnamed.

    Adds `outside`: the likeliest infector is a case beyond the zones of the person.
    """
    seen = visible(actor, snapshot, "cases").select("case_id", "zone", "cluster", "origin", "classification")
    cases = believed.cases.join(seen.unique("case_id", keep="last", maintain_order=True), on="case_id", how="inner")
    elsewhere = pl.col("infector").is_not_null() & ~pl.col("infector").is_in(cases["case_id"].implode())
    return cases.with_columns(outside=elsewhere, infector=pl.when(elsewhere).then(None).otherwise(pl.col("infector")))


def answers(believed: Believed, case: str, seen: frozenset[str]) -> list[dict[str, Any]]:
    """Every answer on who infected a case, the likeliest first; infectors beyond reach are not named."""
    rows = believed.links.filter(pl.col("case_id") == case).sort("probability", descending=True).to_dicts()
    return [
        {**row, "infector": row["infector"] if row["infector"] in seen else None,
         "outside": row["infector"] is not None and row["infector"] not in seen}
        for row in rows
    ]  # fmt: skip
