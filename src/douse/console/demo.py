"""A demonstration: an invented outbreak in a folder that goes away, and a user for each role."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from douse.city import make_demo
from douse.city.demo import AS_OF
from douse.console import clock
from douse.console.instance import Instance
from douse.console.policy import EVERYWHERE, ROLES
from douse.library import Pathogen, Protocol, load
from douse.main import DEMO_PATHOGEN, check
from douse.question import DEFAULT_PROTOCOL
from douse.records import Records
from douse.records.ledger.intake import take_in

PEOPLE = 5_000
_SEED = 1
_HOUR = time(18, 0)
# Roles of the field see a district or a community; the others the whole area.
_IN_A_DISTRICT, _IN_A_COMMUNITY = ("logistics",), ("reporter", "tracer")


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that is gone when the demonstration ends."""
    with TemporaryDirectory(prefix="douse-demo-", ignore_cleanup_errors=True) as path:
        yield Path(path)


def fill(instance: Instance) -> None:
    """Bring the invented records into the ledger, set the clock to their last day, add users."""
    city = make_demo(
        instance.folder / "records", people=PEOPLE, seed=_SEED, pathogen=load(Pathogen, DEMO_PATHOGEN),
        protocol=load(Protocol, DEFAULT_PROTOCOL),
    )  # fmt: skip
    records = check(city.path).records
    clock.set_to(datetime.combine(AS_OF, _HOUR))
    take_in(instance.stores.live, records, author="console", at=clock.now())
    _add_users(records)


def _add_users(records: Records) -> None:
    from douse.console import users  # noqa: PLC0415  (models are there once Django is configured)

    district, community = _busiest(records)
    for role in ROLES:
        user = users.add("console", role)
        zone = district if role in _IN_A_DISTRICT else community if role in _IN_A_COMMUNITY else EVERYWHERE
        users.give("console", user, role, zone or EVERYWHERE)


def _busiest(records: Records) -> tuple[str | None, str | None]:
    """The district and the community that have most cases."""
    zones = records.table("zones").select("zone_id", "kind", "parent_zone")
    kind = dict(zones.select("zone_id", "kind").iter_rows())
    parent = dict(zones.select("zone_id", "parent_zone").iter_rows())
    counts: dict[str, dict[str, int]] = {"district": {}, "community": {}}
    for zone, cases in records.cases.group_by("zone").agg(pl.len()).iter_rows():
        at, seen = zone, set[str]()
        while at is not None and at not in seen:
            seen.add(at)
            if kind.get(at) in counts:
                of_kind = counts[kind[at]]
                of_kind[at] = of_kind.get(at, 0) + cases
            at = parent.get(at)
    district, community = (
        max(sorted(of_kind), key=lambda zone: of_kind[zone], default=None) for of_kind in counts.values()
    )
    return district, community
