"""Every kind of recorded link besides contacts, households and visits, in one table."""

import polars as pl

from douse.library.protocol import Protocol
from douse.records import Records
from douse.tracing.together.events import of_events
from douse.tracing.together.groups import of_groups
from douse.tracing.together.hosts import cases, close_contacts
from douse.tracing.together.journeys import of_journeys
from douse.tracing.together.named_places import of_named_places
from douse.tracing.together.wards import of_wards

KINDS = (of_groups, of_wards, of_journeys, of_events, of_named_places)


def linked_to_cases(known: Records, windows: pl.DataFrame, protocol: Protocol) -> pl.DataFrame:
    """Ring 1: exposures to cases while they could infect (`infectious_windows`)."""
    return _all(known, cases(windows), protocol)


def linked_to_contacts(known: Records, index: pl.DataFrame, protocol: Protocol) -> pl.DataFrame:
    """Ring 2 by the same rules: exposures to close contacts until their quarantine; only of those who were near."""
    return _all(known, close_contacts(index), protocol)


def _all(known: Records, hosts: pl.DataFrame, protocol: Protocol) -> pl.DataFrame:
    return pl.concat([of_kind(known, hosts, protocol) for of_kind in KINDS])
