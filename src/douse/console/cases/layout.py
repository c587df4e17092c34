"""How the columns of each table lie in its form: what is asked first, and what is folded away."""

from collections.abc import Callable
from dataclasses import dataclass

from douse.console.words import say
from douse.records.tables import TABLES

HEADER = ("record_id", "recorded_at", "supersedes")


@dataclass(frozen=True)
class Group:
    """Columns under one heading. `named`: name, phone and address are asked here too, for the vault."""

    title: Callable[[], str]
    columns: tuple[str, ...]
    folded: bool = False
    named: bool = False


@dataclass(frozen=True)
class Layout:
    """The form of a table.

    Attributes
    ----------
    add, correct : callable
        Headings.
    groups : tuple of Group
        In order; columns of the table that none of them names come last.
    identity : tuple of str
        Columns that a correction does not change.
    left_out : tuple of str
        Columns that other pages fill.
    """

    add: Callable[[], str]
    correct: Callable[[], str]
    groups: tuple[Group, ...]
    identity: tuple[str, ...]
    left_out: tuple[str, ...] = ()


LAYOUTS: dict[str, Layout] = {
    "cases": Layout(
        lambda: say("Add a case"),
        lambda: say("Correct a case"),
        (
            Group(lambda: say("The person"), ("age", "sex", "zone"), named=True),
            Group(lambda: say("The illness"), ("case_id", "classification", "onset", "reported_at", "found_by")),
            Group(
                lambda: say("Tests, isolation and outcome"),
                (
                    "tested_at",
                    "confirmed_at",
                    "isolated_at",
                    "quarantined_on",
                    "severity",
                    "hospitalised_on",
                    "outcome",
                    "outcome_on",
                ),
                folded=True,
            ),
            Group(
                lambda: say("How the person was infected"),
                (
                    "origin",
                    "origin_place",
                    "infector",
                    "setting",
                    "exposed_from",
                    "exposed_to",
                    "cluster",
                    "contacts_found",
                ),
                folded=True,
            ),
            Group(
                lambda: say("More of the person"),
                ("occupation", "person_id", "latitude", "longitude", "pathogen"),
                folded=True,
            ),
        ),
        ("case_id", "person_id"),
        ("same_as",),
    ),
    "contacts": Layout(
        lambda: say("Add a contact"),
        lambda: say("Correct a contact"),
        (
            Group(
                lambda: say("The contact"),
                ("case_id", "setting", "first_contact", "last_contact", "contact_class", "minutes"),
            ),
            Group(lambda: say("The person"), ("age", "zone"), named=True),
            Group(
                lambda: say("Reached and in quarantine"),
                (
                    "found_at",
                    "reached_at",
                    "quarantined_on",
                    "quarantine_place",
                    "quarantine_ended_on",
                    "follow_up",
                ),
                folded=True,
            ),
            Group(lambda: say("More of the person"), ("household", "person_id"), folded=True),
        ),
        ("case_id", "person_id"),
    ),
    "follow_ups": Layout(
        lambda: say("Add a follow-up"),
        lambda: say("Correct a follow-up"),
        (
            Group(lambda: say("The follow-up"), ("person_id", "at", "how", "found", "symptoms", "temperature", "note")),
            Group(lambda: say("Where it belongs"), ("case_id", "zone"), folded=True),
        ),
        ("person_id",),
    ),
    "tests": Layout(
        lambda: say("Add a test"),
        lambda: say("Correct a test"),
        (
            Group(lambda: say("The sample"), ("person_id", "sampled_at", "kind", "purpose", "zone")),
            Group(lambda: say("The result"), ("result", "result_at", "laboratory", "ct")),
            Group(lambda: say("Pool"), ("pool_size",), folded=True),
        ),
        ("person_id",),
    ),
    "stays": Layout(
        lambda: say("Add a stay"),
        lambda: say("Correct a stay"),
        (Group(lambda: say("The stay"), ("person_id", "place", "entered_on", "left_on", "facility_id", "ward")),),
        ("person_id",),
    ),
    "visits": Layout(
        lambda: say("Add a visit to a place"),
        lambda: say("Correct a visit to a place"),
        (
            Group(lambda: say("The visit"), ("person_id", "entered_at", "left_at", "place_id", "kind", "zone")),
            Group(lambda: say("Point on the map"), ("latitude", "longitude"), folded=True),
        ),
        ("person_id",),
    ),
    "arrivals": Layout(
        lambda: say("Add a journey"),
        lambda: say("Correct a journey"),
        (
            Group(
                lambda: say("The journey"),
                ("person_id", "arrived_at", "origin", "zone", "transport", "carrier", "seat", "quarantine_until"),
            ),
            Group(lambda: say("A journey inside the area"), ("from_zone",), folded=True),
        ),
        ("person_id",),
    ),
    "people": Layout(
        lambda: say("Add a person"),
        lambda: say("Correct a person"),
        (
            Group(lambda: say("The person"), ("zone", "age", "sex", "occupation"), named=True),
            Group(
                lambda: say("Household, school and work"),
                ("household", "home_place", "daytime_place", "group", "depends_on", "person_id"),
            ),
        ),
        ("person_id",),
    ),
}
# Tables whose form takes in somebody who need not be on record yet.
OF_PERSONS = ("cases", "contacts", "people")


def columns_of(table: str) -> tuple[str, ...]:
    """All columns that the form of a table asks for, in order."""
    layout = LAYOUTS[table]
    named = [name for group in layout.groups for name in group.columns]
    rest = [name for name in TABLES[table].column_names() if name not in {*named, *HEADER, *layout.left_out}]
    return (*named, *rest)


def groups_of(table: str) -> tuple[Group, ...]:
    """Groups of the form of a table, with those columns last that no group names."""
    layout = LAYOUTS[table]
    named = {name for group in layout.groups for name in group.columns}
    rest = tuple(name for name in columns_of(table) if name not in named)
    return (*layout.groups, Group(lambda: say("Other"), rest, folded=True)) if rest else layout.groups
