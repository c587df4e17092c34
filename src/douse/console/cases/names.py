"""Names, phones and addresses: out of the vault for those who may see them, and each look is logged."""

from collections.abc import Mapping

from douse.console import instance
from douse.console.permissions import Actor, may
from douse.console.reach import ground_of, homes, reach
from douse.console.reading import seen
from douse.console.writing import note
from douse.records.ledger import Snapshot
from douse.records.vault import FIELDS


def zones_of_persons(snapshot: Snapshot, persons: list[str]) -> dict[str, str | None]:
    """Zone in which each person lives, as far as it is known."""
    known = homes(snapshot, "person_id")
    found = known.filter(known["key"].is_in(persons))
    return dict.fromkeys(persons) | dict(found.iter_rows())


def may_see(actor: Actor, snapshot: Snapshot, zone: str | None) -> bool:
    """Whether somebody may see the name of a person of a zone."""
    return reach(actor, "see_names", ground_of(snapshot)).holds(zone)


def look_up(actor: Actor, snapshot: Snapshot, persons: Mapping[str, str | None], why: str) -> dict[str, dict[str, str]]:
    """What the vault knows of those persons whose names somebody may see; the look is logged.

    Parameters
    ----------
    persons : Mapping[str, str or None]
        Pseudonym -> zone.
    why : str
        The page.
    """
    if not may(actor, "see_names"):
        return {}
    allowed = reach(actor, "see_names", ground_of(snapshot))
    vault = instance.current().stores.vault
    known = {who: vault.get(who) for who, zone in persons.items() if allowed.holds(zone)}
    found = {who: fields for who, fields in known.items() if fields}
    if found:
        seen(actor, "vault", found, why)
    return found


def keep(actor: Actor, person: str, fields: Mapping[str, str]) -> None:
    """Put what was entered on a person into the vault; the change is logged, its content is not."""
    kept = {name: fields[name] for name in FIELDS if fields.get(name, "").strip()}
    note(actor, "named_person", object_table="vault", object_id=person)
    instance.current().stores.vault.put(person, kept)
