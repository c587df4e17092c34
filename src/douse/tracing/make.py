"""Chains, rings, exposure sites and the worklist of a day."""

from datetime import timedelta

import polars as pl

from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.records import Records, ZoneTree
from douse.situation.cases import identifiers
from douse.situation.situation import Situation
from douse.tracing.chains import chains, linked_cases
from douse.tracing.contacts import described, ring1, ring2, still_of_use, strongest
from douse.tracing.encounters import Asked
from douse.tracing.index.stays import hosted
from douse.tracing.index.visit_index import VisitIndex
from douse.tracing.places import exposure_sites
from douse.tracing.quarantine import courses, horizon_days, with_next_test
from douse.tracing.risk import infectors, per_person, with_infection_probability
from douse.tracing.shared_places import case_windows, index_of, indexed, met_cases
from douse.tracing.stand_in import crowd_limit
from douse.tracing.status import samples
from douse.tracing.trace import Trace
from douse.tracing.windows import infectious_windows
from douse.tracing.worklist import worklist

_LINK_COLUMNS = ("case_id", "infector", "chain", "generation", "source", "basis")
_CONTACT_COLUMNS = (
    "person", "case_id", "ring", "via", "contact_class", "setting", "zone", "age", "household", "first_exposure",
    "last_exposure", "minutes", "basis", "reached", "quarantined_on", "under_follow_up", "quarantine_end",
    "follow_up_end", "place", "infection_probability", "named_at", "cancelled", "released_on", "test_days", "next_test",
    "test_missed",
)  # fmt: skip


def trace(  # noqa: PLR0913 (the rooms' common arguments, and one setting)
    known: Records,
    situation: Situation,
    zones: ZoneTree,
    pathogen: Pathogen,
    protocol: Protocol,
    *,
    crowd: int | None = None,
    index: VisitIndex | None = None,
) -> Trace:
    """Who infected whom, who was exposed, and what to do about it today.

    Parameters
    ----------
    known : Records
        As-of view.
    situation : Situation
        What is known; its counted cases are traced.
    zones : ZoneTree
        Tree of the same view.
    pathogen, protocol : Pathogen, Protocol
        Windows, classes of contacts, quarantine, deadlines.
    crowd : int, optional
        Most visits a day at a place whose visitors are taken for contacts; more crowded places are only announced.
        None: the protocol's.
    index : VisitIndex, optional
        Visits beside the table of visits; None: the table.

    Returns
    -------
    Trace
        Contacts are those whose last exposure lies within the horizon (the longest quarantine of the protocol, the
        maximum incubation period at least), or who are in quarantine; people who are counted cases are left out.
    """
    today = known.day
    cases = situation.cases.unique("case_id", keep="first", maintain_order=True)
    ill = identifiers(cases)
    links = linked_cases(known, cases, pathogen)

    of_class = courses(pathogen, protocol)
    horizon = horizon_days(of_class, pathogen)
    windows = infectious_windows(cases, today, pathogen, protocol)
    recent = windows.filter(pl.col("infectious_to") >= today - timedelta(days=horizon))
    asked = Asked(today, crowd_limit(protocol) if crowd is None else crowd)
    there = index_of(known) if index is None else index
    visits = indexed(there)
    hosts = case_windows(recent)
    met = met_cases(visits, hosts, asked)
    exposed = ring1(known, windows, recent, met.encounters, visits, protocol)
    exposed = still_of_use(exposed, known, ill, horizon)
    if protocol.contact.ring2:
        close = strongest(exposed.filter(contact_class="close"))
        further = ring2(known, close, ill, visits, asked, protocol)
        exposed = pl.concat([exposed, still_of_use(further, known, ill, horizon)])
    likely = per_person(with_infection_probability(exposed, infectors(cases), pathogen, protocol))
    contacts = described(strongest(exposed).join(likely, on="person", how="left"), known, of_class)

    with_windows = cases.with_columns(windows["infectious_to"])
    tested = with_next_test(contacts, samples(known), today)
    return Trace(
        links=links.select(_LINK_COLUMNS),
        chains=chains(links, zones, today, pathogen),
        contacts=tested.select(_CONTACT_COLUMNS),
        worklist=worklist(known, with_windows, tested, protocol.clock, horizon=horizon),
        places=exposure_sites(hosted(there, hosts, asked), met.crowded, there, known, ill, asked),
    )
