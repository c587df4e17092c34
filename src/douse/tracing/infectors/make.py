"""Who infected whom as of a day: evidence, belief, sources, hidden transmission, settings, spreaders, changes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.errors import UsageError
from douse.library.links import Links
from douse.library.pathogen import Pathogen
from douse.records import Records, ZoneTree
from douse.tracing.infectors.belief import Belief, links_frame
from douse.tracing.infectors.candidates import Candidates
from douse.tracing.infectors.changes import changes_frame
from douse.tracing.infectors.closed import Posterior, Shown, closed_form
from douse.tracing.infectors.dates import dates_of, days_on_record
from douse.tracing.infectors.differences import Differences
from douse.tracing.infectors.evidence import Evidence, leaks_of, pairs_of, weigh
from douse.tracing.infectors.facts import facts_of
from douse.tracing.infectors.hidden import hidden_frame
from douse.tracing.infectors.joined import joined
from douse.tracing.infectors.learn import learned_weights
from douse.tracing.infectors.settings import settings_frame, spreaders_frame
from douse.tracing.infectors.sources import likeliest_tree, sources_frame

Floats = NDArray[np.float64]
Method = Callable[[Evidence, Links], tuple[Candidates, Posterior, Shown]]
METHODS = ("closed", "joint")


@dataclass(frozen=True)
class Known:
    """What attribution needs of one day."""

    records: Records  # as-of view
    cases: pl.DataFrame  # counted, as in `Situation.cases`
    zones: ZoneTree


@dataclass(frozen=True)
class Chains:
    """Who infected whom as of a day. Frames, sorted.

    ``links``       see `belief.LINKS`: every answer of at least 1%, a row each, by case and rank
    ``sources``     see `sources.SOURCES`: by case, the likeliest sources of its chain
    ``hidden``      see `hidden.HIDDEN`: zones by the probability of hidden transmission
    ``settings``    see `settings.SETTINGS`: expected infections by setting
    ``spreaders``   see `settings.SPREADERS`: cases, and places on days, by expected infections
    ``changes``     see `changes.CHANGES`: beliefs that moved since yesterday, with the cause
    """

    as_of: date
    method: str
    links: pl.DataFrame
    sources: pl.DataFrame
    hidden: pl.DataFrame
    settings: pl.DataFrame
    spreaders: pl.DataFrame
    changes: pl.DataFrame
    belief: Belief


def posterior(evidence: Evidence, links: Links, *, method: Method = closed_form) -> Belief:
    """Belief about the infector of every case: in closed form, every case by itself; or another way (see `joined`)."""
    return Belief(evidence, *method(evidence, links))


def believed(
    known: Known, pathogen: Pathogen, links: Links, *, weights: Floats | None = None, method: Method = closed_form
) -> tuple[Belief, Floats]:
    """Belief of one day, and the weights of evidence that it was judged by.

    Parameters
    ----------
    known : Known
    pathogen, links : Pathogen, Links
    weights : numpy.ndarray[float64], optional
        As of `evidence.weights_of`; None: those of the library, moved by the declared infectors of the day.
    method : Method
        In closed form, or another way.
    """
    facts = facts_of(known.records, known.cases, known.zones)
    dates = dates_of(days_on_record(facts.cases), facts.traced, pathogen, leaks_of(links))
    pairs = pairs_of(known.records, facts)
    used = learned_weights(facts, dates, pairs, links) if weights is None else weights
    return posterior(weigh(facts, dates, pairs, used, links.wrong_dates.value), links, method=method), used


def likely_infectors(known: Known, pathogen: Pathogen, links: Links) -> pl.DataFrame:
    """Cases on record as infectors of each case, itself or through somebody unseen: case_id, infector, probability."""
    found = links_frame(believed(known, pathogen, links)[0], links).filter(pl.col("infector").is_not_null())
    return found.group_by("case_id", "infector").agg(pl.col("probability").sum()).sort("case_id", "infector")


def method_named(name: str, pathogen: Pathogen, cases: pl.Series, differences: Differences | None) -> Method:
    """A way to tell who infected whom.

    Parameters
    ----------
    name : str
        One of `METHODS`.
    pathogen : Pathogen
    cases : polars.Series
        case_id by position.
    differences : Differences, optional
        Between the sequences of cases; only the joint tree reads them.

    Raises
    ------
    UsageError
        When there is no such way.
    """
    if name not in METHODS:
        raise UsageError(
            "There is no such way to tell who infected whom.",
            allowed=", ".join(METHODS),
            next_step="Correct --method.",
        )
    if name == "closed" and differences is not None:
        raise UsageError(
            "The closed form cannot use sequences.", next_step="Leave out --fasta and --snp, or say --method joint."
        )
    if name == "closed":
        return closed_form
    return joined(pathogen, None if differences is None else differences.of_cases(cases.to_list()))


def infectors(  # noqa: PLR0913  two days, and by which files they are judged
    today: Known,
    yesterday: Known | None,
    pathogen: Pathogen,
    links: Links,
    *,
    r: float | None = None,
    method: str = "closed",
    differences: Differences | None = None,
) -> Chains:
    """Who infected whom as of a day, and what changed since the day before.

    Weights are those of the library, moved by the declared infectors of the outbreak where it has enough; yesterday's
    belief is judged by today's weights, so that a change has its cause in the records.

    Parameters
    ----------
    today, yesterday : Known
        As-of views; without yesterday there are no changes.
    pathogen, links : Pathogen, Links
    r : float, optional
        Infections by one unseen case; the pathogen's without one.
    method : str
        One of `METHODS`.
    differences : Differences, optional
        Between the sequences of cases, for the joint tree.
    """

    def judged(known: Known, weights: Floats | None = None) -> tuple[Belief, Floats]:
        cases = known.cases["case_id"].unique(maintain_order=True)
        how = method_named(method, pathogen, cases, differences)
        return believed(known, pathogen, links, weights=weights, method=how)

    now, weights = judged(today)
    changes = pl.DataFrame()
    if yesterday is not None:
        changes = changes_frame(judged(yesterday, weights)[0], now, links, pathogen)
    tree = likeliest_tree(now)
    as_of = today.records.day
    return Chains(
        as_of=as_of,
        method=method,
        links=links_frame(now, links),
        sources=sources_frame(now, tree),
        hidden=hidden_frame(
            now, tree, today.zones, (as_of - date(1970, 1, 1)).days, pathogen, links,
            r=pathogen.reproduction_number.value if r is None else r,
        ),
        settings=settings_frame(now),
        spreaders=spreaders_frame(now, pathogen),
        changes=changes,
        belief=now,
    )  # fmt: skip
