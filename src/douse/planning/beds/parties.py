"""People who stay together: children and others who are cared for, with who cares for them."""

from dataclasses import dataclass

import polars as pl

from douse.planning.basis import Basis
from douse.planning.beds.who import CONTACT, Who

Row = dict[str, object]


@dataclass(frozen=True)
class Bonds:
    """Who depends on whom among the people who wait.

    Attributes
    ----------
    party : dict[str, str]
        Person -> the person after whom the party is named; only people of parties of two and more.
    dependants : frozenset[str]
        Those who are cared for: of contacts in quarantine they share the room of who cares for them.
    beside : dict[str, str]
        Person -> facility where who cares for them lies already.
    carer_along : dict[str, str]
        Person -> who cares for them, lies in no bed and waits for none: may come along.
    care_owed : int
        Dependants at home, who wait for no bed, all of whose adults lie or wait for a bed elsewhere.
    """

    party: dict[str, str]
    dependants: frozenset[str]
    beside: dict[str, str]
    carer_along: dict[str, str]
    care_owed: int


def bonds(basis: Basis, people: Who, below: float) -> Bonds:
    """Find parties.

    Who cares for a person is on record (`people.depends_on`), or, for somebody younger than `below` years, an adult of
    the household: one who waits for the same class of place, else who waits for another, else who lies in a facility,
    else who is at home; ties by identifier.

    Parameters
    ----------
    basis : Basis
        The table of people, where there is one.
    people : Who
        Who waits, and who lies where.
    below : float
        Age under which a person is a dependant; who is of unknown age is not.
    """
    waiting = {str(row["person"]): row for row in people.waiting.iter_rows(named=True)}
    lying = dict(people.stays.select("person", "facility_id").iter_rows())
    homes = _households(basis, people)
    named = _named(basis)
    carers: dict[str, str] = {}
    for person, row in waiting.items():
        carer = named.get(person) or _of_household(row, homes, waiting, lying, below)
        if carer:
            carers[person] = carer
    parties = _parties(carers, waiting)
    away = set(waiting) | set(lying)
    beside = {p: str(lying[c]) for p, c in carers.items() if c not in waiting and lying.get(c)}
    return Bonds(
        party=parties,
        dependants=frozenset(carers),
        beside=beside,
        carer_along={p: c for p, c in carers.items() if c not in away},
        care_owed=_care_owed(homes, named, away, below),
    )


def sharing(basis: Basis, stays: pl.DataFrame, below: float) -> set[str]:
    """People in a quarantine place who share the room of who cares for them there: they take none of their own.

    Parameters
    ----------
    basis : Basis
        The table of people, where there is one.
    stays : polars.DataFrame
        See `Who.stays`.
    below : float
        As for `bonds`.
    """
    rooms = stays.filter((pl.col("place") == "quarantine_site") & pl.col("facility_id").is_not_null())
    people = basis.known.table("people").select("person_id", "household", "age")
    there = rooms.join(people, left_on="person", right_on="person_id", how="left", maintain_order="left")
    named, site_of = _named(basis), dict(rooms.select("person", "facility_id").iter_rows())
    homes: dict[tuple[str, str], list[int | None]] = {}
    for _, _, site, household, age in there.iter_rows():
        homes.setdefault((site, household), []).append(age)
    found = set()
    for person, _, site, household, age in there.iter_rows():
        adults = any(years is not None and years >= below for years in homes[site, household])
        by_age = age is not None and age < below and household is not None and adults
        if site_of.get(named[person]) == site if person in named else by_age:
            found.add(person)
    return found


def _named(basis: Basis) -> dict[str, str]:
    people = basis.known.table("people").filter(pl.col("depends_on").is_not_null())
    return dict(people.select("person_id", "depends_on").sort("person_id").iter_rows())


def _households(basis: Basis, people: Who) -> dict[str, list[tuple[str, int | None]]]:
    """Members of the households of people who wait or lie somewhere, as (person, age), in order of identifier."""
    table = basis.known.table("people").select(person="person_id", household="household", age="age")
    waiting = people.waiting.select("person", "household", "age")
    of_lying = table.join(people.stays.select("person"), on="person", how="semi")["household"]
    wanted = pl.concat([waiting["household"], of_lying]).drop_nulls().unique()
    members = pl.concat([table.filter(pl.col("household").is_in(wanted.implode())), waiting.drop_nulls("household")])
    found: dict[str, list[tuple[str, int | None]]] = {}
    for person, household, age in (
        members.unique("person", keep="first", maintain_order=True).sort("person").iter_rows()
    ):
        found.setdefault(household, []).append((person, age))
    return found


def _of_household(
    row: Row,
    homes: dict[str, list[tuple[str, int | None]]],
    waiting: dict[str, Row],
    lying: dict[str, str | None],
    below: float,
) -> str | None:
    age = row["age"]
    if not isinstance(age, int) or age >= below:
        return None
    adults = [other for other, years in homes.get(str(row["household"]), ()) if years is not None and years >= below]

    def order(other: str) -> tuple[int, str]:
        if other in waiting:
            same = waiting[other]["needs"] == row["needs"]
            return (0 if same else 1 if waiting[other]["group"] != CONTACT else 2), other
        return (3 if other in lying else 4), other

    return min(adults, key=order, default=None)


def _parties(carers: dict[str, str], waiting: dict[str, Row]) -> dict[str, str]:
    """Everybody of a party -> its name: the carer at the end of the line; of a loop the first by identifier."""
    name: dict[str, str] = {}
    for person in carers:
        line = [person]
        while (after := carers.get(line[-1])) in waiting and after not in line:
            line.append(str(after))
        end = min(line[line.index(after) :]) if after in line else line[-1]
        if len(line) > 1:
            name.update(dict.fromkeys(line, end))
    return name


def _care_owed(
    homes: dict[str, list[tuple[str, int | None]]], named: dict[str, str], away: set[str], below: float
) -> int:
    owed = {person for person, carer in named.items() if carer in away and person not in away}
    for members in homes.values():
        adults = [person for person, age in members if age is not None and age >= below]
        if adults and all(person in away for person in adults):
            owed |= {person for person, age in members if age is not None and age < below and person not in away}
    # Whoever names a carer at home is looked after.
    return sum(named.get(person) is None or named[person] in away for person in owed)
