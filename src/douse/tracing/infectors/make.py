"""Who infected whom as of a day: evidence, belief, sources, hidden transmission, settings, spreaders, changes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl

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
    facts = facts_of(today.records, today.cases, today.zones)
    dates = dates_of(days_on_record(facts.cases), facts.traced, pathogen, leaks_of(links))
    pairs = pairs_of(today.records, facts)
    weights = learned_weights(facts, dates, pairs, links)
    slip = links.wrong_dates.value
    now = posterior(
        weigh(facts, dates, pairs, weights, slip),
        links,
        method=method_named(method, pathogen, facts.cases["case_id"], differences),
    )
    changes = pl.DataFrame()
    if yesterday is not None:
        old_facts = facts_of(yesterday.records, yesterday.cases, yesterday.zones)
        old_dates = dates_of(days_on_record(old_facts.cases), old_facts.traced, pathogen, leaks_of(links))
        old = weigh(old_facts, old_dates, pairs_of(yesterday.records, old_facts), weights, slip)
        how = method_named(method, pathogen, old_facts.cases["case_id"], differences)
        changes = changes_frame(posterior(old, links, method=how), now, links, pathogen)
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
