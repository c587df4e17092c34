"""Beds and rooms: who goes where today, and what to open."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from douse.planning.basis import Basis
from douse.planning.beds.assign import Assignment, assign
from douse.planning.beds.deal import Bed, deal, gather
from douse.planning.beds.openings import plan_openings
from douse.planning.beds.parties import Bonds, bonds, sharing
from douse.planning.beds.room_left import PLACE_OF, RESOURCES, RoomLeft, room_left
from douse.planning.beds.travel import areas, facility_spots, hours_between, hours_of_pairs, spots_of, transfer_rules
from douse.planning.beds.values import BedPlan, FacilityLoad, Placement, Waiting
from douse.planning.beds.who import CONTACT, GROUPS, Who, who
from douse.planning.plan import DayNeed
from douse.records.measure import Because

Ints = NDArray[np.int64]
Lies = tuple[str, str | None]  # place, facility


def plan_beds(basis: Basis, needs: Sequence[DayNeed]) -> BedPlan:
    """Give a bed or room to everybody who needs one today, and choose what to open for the days ahead.

    Parameters
    ----------
    basis : Basis
        Cases, contacts, stays, facilities, people.
    needs : Sequence[DayNeed]
        Beds and rooms needed by day, with their range.

    Returns
    -------
    BedPlan
        A proposal; nobody is moved before a person approves it.
    """
    people, rules = who(basis), transfer_rules(basis.protocol)
    rooms = room_left(basis, people.stays, sharing(basis, people.stays, rules.dependant_below.value))
    tied = bonds(basis, people, rules.dependant_below.value)
    zones = basis.zones.index(people.waiting["zone"])
    spots = facility_spots(basis.zones, rooms.facilities)
    area, stands = areas(basis.zones, zones)
    hours = hours_between(basis.zones, spots_of(basis.zones, stands), spots, rules)
    lying = _lying(people)
    lies = np.array([_kind(lying.get(person)) for person in people.waiting["person"]], dtype=np.int64)
    parties = gather(people.waiting, tied, area, lies, rooms.facilities["facility_id"].to_list())
    made = assign(parties.queue, rooms.free, hours, _needs(basis))
    groups = np.array([GROUPS.index(group) for group in people.waiting["group"]], dtype=np.int64)
    beds = deal(parties, made, groups)
    given = [beds[row] for row in range(len(groups))]
    at = np.array([bed.facility for bed in given], dtype=np.int64)
    placed = np.flatnonzero(at >= 0)
    way = np.full(len(at), np.nan)
    way[placed] = hours_of_pairs(
        basis.zones, spots_of(basis.zones, zones[placed]), spots.take(at[placed]), rules
    )  # fmt: skip
    placements = _placements(people, tied, rooms, given, way.tolist())
    families = _families(people, tied, given)
    openings, short_ahead, openings_gap = plan_openings(basis, needs)
    return BedPlan(
        waiting=_counts(placements),
        facilities=_loads(rooms, made),
        parties=sum(not parted for parted in families.values()),
        parted=sum(families.values()),
        care_owed=tied.care_owed,
        gap=made.gap,
        gap_hours=max(0.0, made.cost - made.bound),
        openings=openings,
        short_ahead=short_ahead,
        openings_gap=openings_gap,
        notes=_notes(basis, people, rooms),
        placements=placements,
    )


def _needs(basis: Basis) -> Ints:
    """Kind of bed that each group needs; -1: none."""
    care = basis.protocol.care
    places = ["quarantine_site" if group == CONTACT else getattr(care, group) for group in GROUPS]
    return np.array([PLACE_OF.index(place) if place in PLACE_OF else -1 for place in places], dtype=np.int64)


def _lying(people: Who) -> dict[str, Lies]:
    return {person: (place, facility) for person, place, facility in people.stays.iter_rows()}


def _kind(lies: Lies | None) -> int:
    return PLACE_OF.index(lies[0]) if lies else -1


def _placements(
    people: Who, tied: Bonds, rooms: RoomLeft, given: Sequence[Bed], hours: Sequence[float]
) -> tuple[Placement, ...]:
    facilities, lying = rooms.facilities["facility_id"].to_list(), _lying(people)
    found = []
    for row, bed, way in zip(people.waiting.iter_rows(named=True), given, hours, strict=True):
        placed = bed.facility >= 0
        kind = PLACE_OF.index(row["needs"])
        # A contact who goes along with a case lies beside them; that is not a higher class of care.
        accompanies = row["group"] == CONTACT and bed.kind > 0
        stays = None if placed else lying.get(row["person"])  # in a bed of a lower class, until there is a better one
        found.append(
            Placement(
                person=row["person"],
                case_id=row["case_id"],
                zone=row["zone"],
                severity=row["severity"],
                why=row["why"],
                needs=row["needs"],
                place=PLACE_OF[bed.kind] if placed else stays[0] if stays else None,
                facility_id=facilities[bed.facility] if placed else stays[1] if stays else None,
                fit=_fit(kind, kind if accompanies else bed.kind) if placed else "stays" if stays else "none_free",
                hours=round(way, 2) if placed else None,
                in_time=way <= row["hours_left"] if placed else None,
                party=None if bed.parted else tied.party.get(row["person"]),
                parted=bed.parted and placed,
                carer_along=tied.carer_along.get(row["person"]),
            )
        )
    return tuple(
        sorted(found, key=lambda p: (p.facility_id is None, p.facility_id or "", p.party or p.person, p.person))
    )


def _fit(needed: int, given: int) -> str:
    return "as_needed" if needed == given else "higher_class" if given > needed else "lower_class"


def _counts(placements: Sequence[Placement]) -> tuple[Waiting, ...]:
    """Counts by group and need, who comes first first. A severity that is not on record counts as its own group."""
    each = Counter((one.case_id is None, one.severity, one.needs, one.fit, one.in_time is False) for one in placements)
    by_group: dict[tuple[str, str], Counter[str]] = {}
    for (is_contact, severity, needs, fit, late), people in each.items():
        group = CONTACT if is_contact else severity or "unknown"
        counts = by_group.setdefault((group, needs), Counter())
        counts[fit] += people
        counts["late"] += people * late
    order = {group: n for n, group in enumerate((*GROUPS[:-1], "unknown", CONTACT))}
    return tuple(
        Waiting(
            group=group,
            needs=needs,
            people=sum(counts.values()) - counts["late"],
            as_needed=counts["as_needed"],
            higher=counts["higher_class"],
            lower=counts["lower_class"] + counts["stays"],
            none_free=counts["none_free"],
            late=counts["late"],
        )
        for (group, needs), counts in sorted(by_group.items(), key=lambda item: (order[item[0][0]], item[0][1]))
    )


def _loads(rooms: RoomLeft, made: Assignment) -> tuple[FacilityLoad, ...]:
    coming = np.zeros_like(rooms.capacity)
    np.add.at(coming, made.options.facility, made.given[:, None] * made.options.beds)
    return tuple(
        FacilityLoad(facility, RESOURCES[kind], capacity, taken, more)
        for facility, *of_kinds in zip(
            rooms.facilities["facility_id"], rooms.capacity.tolist(), rooms.taken.tolist(), coming.tolist(), strict=True
        )
        for kind, (capacity, taken, more) in reversed(list(enumerate(zip(*of_kinds, strict=True))))
        if capacity or taken
    )


def _families(people: Who, tied: Bonds, given: Sequence[Bed]) -> dict[str, bool]:
    """Parties of two and more of whom somebody gets a bed, and whether they are parted."""
    found: dict[str, bool] = {}
    for person, bed in zip(people.waiting["person"], given, strict=True):
        party = tied.party.get(person)
        if party is not None and bed.facility >= 0:
            found[party] = found.get(party, False) or bed.parted
    return found


def _notes(basis: Basis, people: Who, rooms: RoomLeft) -> tuple[Because, ...]:
    """What was not on record."""
    notes = []
    unknown = people.waiting.filter(
        people.waiting["severity"].is_null() & people.waiting["case_id"].is_not_null()
    ).height
    if unknown:
        notes.append(
            Because(
                "{n} {n:case|cases} without a severity on record {n:counts|count} as mild, in hospital as moderate, "
                "until somebody has seen them.",
                {"n": unknown},
            )
        )
    if people.waiting.height and not rooms.capacity.any():
        notes.append(Because("No facility with beds or rooms that is open is on record: nobody can be given one."))
    elif basis.known.table("stays").is_empty() and people.waiting.height:
        notes.append(Because("No stays are on record: every bed of the facilities counts as free."))
    nowhere = people.waiting["zone"].null_count()
    if nowhere:
        notes.append(
            Because(
                "{n} of them {n:has|have} no zone on record; the way is taken as one within a city.", {"n": nowhere}
            )
        )
    return tuple(notes)
