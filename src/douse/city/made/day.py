"""Where the people of a made city spend their days: schools, care homes, hospitals, firms."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from douse.city.draws import key
from douse.city.made.homes import Residents
from douse.city.made.numbers import MadeNumbers
from douse.city.made.work import Workforce
from douse.errors import UsageError
from douse.kernels.city_draws import shuffle_within
from douse.kernels.city_groups import classes, filled, firms
from douse.kernels.person_word import CARE, HOSPITAL, MOST_GROUPS, SCHOOL, WORK

Ints = NDArray[np.int64]
People = NDArray[np.uint32]
_FIRM_QUANTILES, _ROOM_QUANTILES = 1 << 16, 1 << 12


@dataclass(frozen=True)
class Plan:
    """Groups as they are planned, institution by institution; G groups.

    Attributes
    ----------
    base : numpy.ndarray[uint32], shape (B,)
        Pupils, residents of care homes or workers, group by group.
    base_size, staff : numpy.ndarray[int64], shape (G,)
        How many of them each group has, and how much staff it needs beside.
    institution : numpy.ndarray[int64], shape (G,)
        Ascends from 0.
    zone : numpy.ndarray[int64], shape (G,)
        Where it is.
    kind : int
        Of all of them.
    """

    base: People
    base_size: Ints
    staff: Ints
    institution: Ints
    zone: Ints
    kind: int


def schools(residents: Residents, numbers: MadeNumbers) -> list[Plan]:
    """Schools of every kind: children of neighbouring households and zones, in classes by age, a teacher each."""
    plans = []
    for school in numbers.base.schools:
        pupils = np.flatnonzero((residents.age >= school.from_age) & (residents.age <= school.to_age)).astype(np.uint32)
        if len(pupils) == 0:
            continue
        class_size = int(school.class_size.value)
        start = _even(len(pupils), class_size * school.classes.value)
        zone = _zone(residents, pupils[(start[:-1] + start[1:]) // 2])
        seated, size, of = classes(pupils, residents.age, start, class_size)
        ones = np.ones(len(size), np.int64)
        plans.append(Plan(seated, size.astype(np.int64), ones, of.astype(np.int64), zone[of], SCHOOL))
    return plans


def care_homes(residents: Residents, numbers: MadeNumbers) -> list[Plan]:
    """Care homes: residents of neighbouring zones in units, each with its staff."""
    care = numbers.made.care
    end = residents.zone_start[1:].astype(np.int64)
    several = residents.in_care
    people = (np.repeat(end - np.cumsum(several), several) + np.arange(several.sum())).astype(np.uint32)
    if len(people) == 0:
        return []
    start = _even(len(people), care.home_size.value)
    zone = _zone(residents, people[(start[:-1] + start[1:]) // 2])
    units = np.maximum(1, np.round(np.diff(start) / care.unit_size.value)).astype(np.int64)
    of = np.repeat(np.arange(len(units)), units)
    size = _parts(np.diff(start), units)
    staff = np.maximum(1, np.round(size * care.staff.value)).astype(np.int64)
    return [Plan(people, size, staff, of, zone[of], CARE)]


def hospitals(residents: Residents, numbers: MadeNumbers) -> list[Plan]:
    """Hospitals: wards of health workers, where people live."""
    staff = round(len(residents) * numbers.base.work.health_workers.value / 1000)
    if staff < 2:
        return []
    several = max(1, round(len(residents) / numbers.made.hospitals.people.value))
    people = np.diff(np.arange(several + 1) * staff // several)
    wards = np.maximum(1, np.round(people / numbers.made.hospitals.ward.value)).astype(np.int64)
    at = ((np.arange(several) + 0.5) * len(residents) / several).astype(np.uint32)
    of = np.repeat(np.arange(several), wards)
    nobody = np.zeros(len(of), np.int64)
    return [Plan(np.zeros(0, np.uint32), nobody, _parts(people, wards), of, _zone(residents, at)[of], HOSPITAL)]


def needed(plans: list[Plan], zones: int) -> Ints:
    """Staff that the groups of each zone need; shape (zones,)."""
    total = np.zeros(zones, np.int64)
    for plan in plans:
        total += np.bincount(plan.zone, plan.staff, minlength=zones).astype(np.int64)
    return total


def take_staff(need: Ints, start: Ints) -> Ints:
    """How many of the workers of each zone become staff: those needed there, else of the zones that follow.

    Parameters
    ----------
    need : numpy.ndarray[int64], shape (Z,)
        Staff needed.
    start : numpy.ndarray[int64], shape (Z + 1,)
        First worker of each zone.

    Returns
    -------
    numpy.ndarray[int64], shape (Z,)
    """
    there = np.diff(start)
    taken = np.zeros_like(need)
    for zones in (range(len(need)), range(len(need) - 1, -1, -1)):
        open_places = 0 if zones.step > 0 else int(need.sum() - taken.sum())
        for zone in zones:
            open_places += int(need[zone]) if zones.step > 0 else 0
            more = min(open_places, int(there[zone] - taken[zone]))
            taken[zone] += more
            open_places -= more
    return taken


def workplaces(work: Workforce, taken: Ints, numbers: MadeNumbers, seed: int) -> Plan:
    """Firms of very unequal sizes, in rooms; who would work alone has no group."""
    firm, rooms = numbers.made.work, numbers.base.work
    above = 1 - (np.arange(_FIRM_QUANTILES) + 0.5) / _FIRM_QUANTILES
    firm_size = np.minimum(np.floor(above ** (-1 / firm.firm_exponent.value)), firm.largest_firm.value)
    noise = ndtri((np.arange(_ROOM_QUANTILES) + 0.5) / _ROOM_QUANTILES)
    room_size = np.clip(
        np.round(rooms.room_size.value * np.exp(rooms.room_spread.value * noise)), 2, rooms.room_largest.value
    )
    kept, size, of, zone = firms(
        work.start, taken, firm_size.astype(np.int32), room_size.astype(np.int32), key(seed, "firms")
    )
    nobody = np.zeros(len(size), np.int64)
    return Plan(work.people[kept], size.astype(np.int64), nobody, of.astype(np.int64), zone.astype(np.int64), WORK)


@dataclass(frozen=True)
class Groups:
    """All groups; as in `City`, with the kind and the zone of each.

    Attributes
    ----------
    members, group_start, institution : numpy.ndarray[uint32]
        As in `City`.
    kind : numpy.ndarray[uint8], shape (G + 1,)
        Kind of each group; group 0 is none.
    zone : numpy.ndarray[int32], shape (G + 1,)
        Where it is; -1 of group 0.
    """

    members: People
    group_start: NDArray[np.uint32]
    institution: NDArray[np.uint32]
    kind: NDArray[np.uint8]
    zone: NDArray[np.int32]


def join(plans: list[Plan], staff: People, seed: int) -> Groups:
    """Fill the groups of all plans; `staff` goes to the groups that need it in the order of their zones.

    Raises
    ------
    UsageError
        When there are more groups than a person's word can name.
    """
    groups = sum(len(plan.zone) for plan in plans)
    if groups > MOST_GROUPS:
        raise UsageError(
            f"The city would have {groups:,} classes, rooms and wards.",
            allowed=f"at most {MOST_GROUPS:,}",
            next_step="Make a part of the city, for example one province.",
        )
    institution, before = [np.zeros(0, np.int64)], 0
    for plan in plans:
        institution.append(plan.institution + before + 1)
        before = int(institution[-1][-1]) if len(plan.institution) else before
    zone = np.concatenate([np.zeros(0, np.int64), *(plan.zone for plan in plans)])
    base_size = np.concatenate([np.zeros(0, np.int64), *(plan.base_size for plan in plans)])
    wanted = np.concatenate([np.zeros(0, np.int64), *(plan.staff for plan in plans)])
    in_zones = np.argsort(zone, kind="stable")
    ends = np.cumsum(wanted[in_zones])
    to, come = np.empty(groups, np.int64), np.empty(groups, np.int64)
    to[in_zones] = np.minimum(ends, len(staff))
    come[in_zones] = np.minimum(ends - wanted[in_zones], len(staff))
    # A ward that finds no staff is none.
    full = base_size + to > come
    zone, base_size, to, come = zone[full], base_size[full], to[full], come[full]
    named = np.unique(np.concatenate(institution)[full], return_inverse=True)[1] + 1
    start = np.r_[0, np.cumsum(base_size + to - come)].astype(np.uint32)
    base = np.concatenate([np.zeros(0, np.uint32), *(plan.base for plan in plans)])
    members = filled(start, base, base_size.astype(np.int32), staff, come, to)
    shuffle_within(members, start, key(seed, "seats"))
    kind = np.concatenate([np.zeros(0, np.uint8), *(np.full(len(p.zone), p.kind, np.uint8) for p in plans)])[full]
    return Groups(
        members,
        np.r_[np.uint32(0), start].astype(np.uint32),
        np.r_[0, named].astype(np.uint32),
        np.r_[0, kind].astype(np.uint8),
        np.r_[-1, zone].astype(np.int32),
    )


def _even(people: int, size: float) -> Ints:
    """First person of each of several parts of about `size`, and the end."""
    parts = max(1, round(people / size))
    return (np.arange(parts + 1) * people // parts).astype(np.int64)


def _parts(total: Ints, parts: Ints) -> Ints:
    """Sizes of the parts into which each total is cut evenly; totals in order."""
    of = np.repeat(np.arange(len(parts)), parts)
    number = np.arange(len(of)) - np.repeat(np.cumsum(parts) - parts, parts)
    size: Ints = total[of] // parts[of] + (number < total[of] % parts[of])
    return size


def _zone(residents: Residents, people: People) -> Ints:
    """Zones where people live."""
    return (np.searchsorted(residents.zone_start, people, side="right") - 1).astype(np.int64)
