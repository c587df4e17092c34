"""`Trace`: chains, sources, rings and the worklist. Values only."""

from dataclasses import dataclass
from datetime import date

import polars as pl


@dataclass(frozen=True)
class Chain:
    """One chain: a tree of recorded links, from its first known case."""

    id: str  # case_id of the root
    source: str  # arrival | cluster | unknown | not_yet_recorded (the named infector is nobody that is known)
    source_name: str | None  # cluster or country of origin
    cases: int
    generations: int  # highest generation; 0 where nobody is known to have been infected further
    first_day: date | None
    last_day: date | None
    zones: tuple[str, ...]
    mean_offspring: float
    active: bool  # a case within one maximum incubation period


@dataclass(frozen=True)
class Trace:
    """Who infected whom, who must be reached.

    ``links``     case_id, infector (null for a root), chain (root case_id), generation (0 for a root), source (of the
                  chain), basis (recorded | contact; null for a root): by chain, generation, case_id
    ``chains``    largest first, then by id
    ``contacts``  person, case_id, ring (1 | 2), via (the ring-1 person of a ring-2 contact), contact_class (close |
                  secondary | general), setting, zone, age, household, first_exposure, last_exposure, minutes, basis
                  (recorded | household | shared_place | group | ward | journey | guest_list | named_place), reached
                  (bool), quarantined_on (null unless it lasts),
                  under_follow_up (bool), quarantine_end (last day of staying in; null where nobody asks for it),
                  follow_up_end (of monitoring too), place (home | central | monitor, as asked for today),
                  infection_probability (of all their exposures together), named_at (moment when the work could begin),
                  cancelled (bool), released_on, test_days (list of date), next_test (date), test_missed (bool: a test
                  day passed without a sample): one row a person, strongest exposure
    ``worklist``  person, task (interview | reach | quarantine | test | release), case_id, ring, contact_class, zone,
                  household, reason, deadline (datetime), overdue (bool), quarantine_end (date), quarantine_days_left
                  (int), place, next_test (date), test_days (list of date), priority (int, 1 first): sorted by priority,
                  deadline, person
    ``places``    place_id, kind, zone, latitude, longitude, cases (distinct), first_day, last_day, people (distinct,
                  null without visits of others), crowded (bool: too many to be traced, so to be announced): exposure
                  sites, most cases first
    """

    links: pl.DataFrame
    chains: tuple[Chain, ...]
    contacts: pl.DataFrame
    worklist: pl.DataFrame
    places: pl.DataFrame
