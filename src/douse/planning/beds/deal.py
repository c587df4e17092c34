"""From people to groups of like parties, and back: who gets which of the beds that their group was given."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.planning.beds.assign import Assignment
from douse.planning.beds.options import CONTACT_AT, Queue
from douse.planning.beds.parties import Bonds
from douse.planning.beds.who import GROUPS

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Parties:
    """People in parties, and parties in groups.

    Attributes
    ----------
    queue : Queue
        The groups.
    members : list[list[list[int]]]
        By group, by party, rows of the people; parties in the order in which people wait.
    """

    queue: Queue
    members: list[list[list[int]]]


@dataclass(frozen=True)
class Bed:
    """What one person is given: facility (position) and kind of bed; -1: none is free."""

    facility: int
    kind: int
    parted: bool


def gather(waiting: pl.DataFrame, bonds: Bonds, area: Ints, lies: Ints, facilities: list[str]) -> Parties:
    """Parties of the people who wait.

    Parameters
    ----------
    waiting : polars.DataFrame
        See `Who.waiting`; its order is the order in which people of one group are given beds.
    bonds : Bonds
        Who stays together.
    area : numpy.ndarray[int64], shape (n,)
        Of each person.
    lies : numpy.ndarray[int64], shape (n,)
        Kind of bed that each person lies in until there is a better one; -1: none.
    facilities : list[str]
        Identifiers by position.
    """
    position = {name: n for n, name in enumerate(facilities)}
    people, groups = waiting["person"].to_list(), [GROUPS.index(group) for group in waiting["group"]]
    left = waiting["hours_left"].to_list()
    parties: dict[str, list[int]] = defaultdict(list)
    for row, person in enumerate(people):
        parties[bonds.party.get(person, person)].append(row)
    grouped: dict[tuple[int, ...], list[list[int]]] = defaultdict(list)
    for name, rows in parties.items():
        counts = np.bincount([groups[row] for row in rows], minlength=len(GROUPS))
        # Contacts who are cared for share the room of who cares for them.
        own = sum(groups[row] == CONTACT_AT and people[row] not in bonds.dependants for row in rows)
        rooms = max(own, 1) if len(rows) > 1 else 1
        home = next((row for row in rows if people[row] == name), rows[0])
        beside = next((position[b] for row in rows if (b := bonds.beside.get(people[row])) in position), -1)
        minutes = round(min(left[row] for row in rows) * 60)
        grouped[int(area[home]), *counts.tolist(), rooms, beside, int(lies[rows].max()), minutes].append(rows)
    keys = sorted(grouped)
    table = np.array(keys, dtype=np.int64).reshape(len(keys), len(GROUPS) + 5)
    queue = Queue(
        area=table[:, 0],
        people=table[:, 1:-4],
        rooms=table[:, -4],
        beside=table[:, -3],
        lies=table[:, -2],
        hours_left=table[:, -1] / 60,
        parties=np.array([len(grouped[key]) for key in keys], dtype=np.int64),
    )
    return Parties(queue, [grouped[key] for key in keys])


def deal(parties: Parties, made: Assignment, groups: Ints) -> dict[int, Bed]:
    """Row of a person -> bed. Within a group who waits longest comes first, to the nearest of what there is.

    Parameters
    ----------
    parties : Parties
        What was asked.
    made : Assignment
        What was given.
    groups : numpy.ndarray[int64], shape (n,)
        Group of `GROUPS` of each person.
    """
    queue, options = made.queue, made.options
    of_group: dict[int, list[int]] = defaultdict(list)
    for option in np.flatnonzero(made.given > 0).tolist():
        of_group[int(options.group[option])].append(option)
    waiting = [list(members) for members in parties.members] + [[] for _ in range(len(queue) - len(parties.members))]
    single = {queue.key(group): group for group in np.flatnonzero(queue.alone).tolist()}
    beds: dict[int, Bed] = {}
    parted: set[int] = set()

    def give(group: int) -> int:
        """Beds to the first parties of a group; how many got one."""
        done = 0
        ways = sorted(of_group[group], key=lambda o: (options.cost[o], options.facility[o], options.kind[o].tolist()))
        for option in ways:
            for rows in waiting[group][done : done + int(made.given[option])]:
                for row in rows:
                    kind = int(options.kind[option, groups[row]])
                    beds[row] = Bed(int(options.facility[option]), kind, row in parted)
            done += int(made.given[option])
        return done

    for group in np.flatnonzero(~queue.alone).tolist():
        for rows in waiting[group][give(group) :]:
            parted.update(rows)
            for row in rows:
                waiting[single[queue.key(group, int(groups[row]))]].append([row])
    for group in single.values():
        waiting[group].sort()
        for (row,) in waiting[group][give(group) :]:
            beds[row] = Bed(-1, -1, row in parted)
    return beds
