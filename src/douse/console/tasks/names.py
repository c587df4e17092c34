"""Whom to ask for at the door: names of the people of one's tasks, for those who may see names; each look is logged."""

from collections.abc import Iterable

import polars as pl

from douse.console import instance
from douse.console.permissions import Actor, may
from douse.console.reach import ground_of, reach
from douse.console.reading import seen
from douse.records.ledger import Snapshot


def called(
    actor: Actor, snapshot: Snapshot, tasks: Iterable[dict[str, str | None]], why: str
) -> dict[str, dict[str, str]]:
    """Name, phone and address of the persons of some tasks, by pseudonym.

    Parameters
    ----------
    tasks : iterable of dict
        person_id and zone of each.
    why : str
        For the audit log.
    """
    if not may(actor, "see_names"):
        return {}
    within = reach(actor, "see_names", ground_of(snapshot))
    persons = sorted({task["person_id"] for task in tasks if task["person_id"] and within.holds(task["zone"])})
    vault = instance.current().stores.vault
    found = {person: fields for person in persons if (fields := vault.get(person))}
    if found:
        seen(actor, "vault", sorted(found), why)
    return {
        person: {name: fields.get(name) or "" for name in ("name", "phone", "address")}
        for person, fields in found.items()
    }


def spoken_of(tasks: pl.DataFrame) -> list[str]:
    """record_id of the tasks that say something personal."""
    return tasks.filter(pl.col("note").is_not_null() | pl.col("person_id").is_not_null())["record_id"].to_list()
