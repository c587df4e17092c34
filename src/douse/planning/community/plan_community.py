"""The plan for residents' requests: who goes where, what is met in time, and what is not and why."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np

from douse.planning.basis import Basis
from douse.planning.community.match import Bools, Floats, Ints, Market, match
from douse.planning.community.requests import (
    DAYS,
    SLOTS,
    Open,
    Trips,
    area_distance,
    crew_areas,
    now_of,
    open_requests,
    trips_of,
)
from douse.planning.community.values import WHY_NOT, CommunityPlan, KindSum, RequestPlan
from douse.planning.crews import Crew, crew_rules, request_rules
from douse.planning.plan import Note
from douse.planning.regions import regions
from douse.records.codes import REQUEST_KINDS
from douse.records.measure import Because

FINEST, MOST_PARTS = "community", 40
NEAREST = 4  # groups of crews that a class of requests may get, the nearest, where there are many
_ALL_WAYS = 40_000


@dataclass(frozen=True)
class _Served:
    """Who serves each request, shape (N,): trip (-1: nobody), km, and why nobody does."""

    trip: Ints
    km: Floats
    why_not: list[str | None]
    gap: float


def plan_community(basis: Basis, crews: Sequence[Crew]) -> tuple[CommunityPlan, dict[str, Floats], tuple[Note, ...]]:
    """Match open requests to crews.

    Parameters
    ----------
    basis : Basis
        Requests, zones, rules.
    crews : Sequence[Crew]
        All crews on record.

    Returns
    -------
    tuple
        The plan; crew -> share of its day that requests take, on each day of the horizon, shape (H,); and notes.
    """
    parts = regions(basis.zones, FINEST, MOST_PARTS)
    asked = open_requests(basis, parts)
    if not len(asked):
        return CommunityPlan(days=DAYS, crews=len(crews)), {}, ()
    trips = trips_of(basis, crews)
    areas = crew_areas(crews, parts)
    served = _serve(basis, asked, crews, areas, trips, area_distance(basis, parts))
    plan = _plan(basis, asked, crews, trips, served)
    return plan, _taken(basis, asked, crews, trips, served), tuple(_notes(plan))


def _serve(  # noqa: PLR0913, PLR0917
    basis: Basis, asked: Open, crews: Sequence[Crew], areas: Ints, trips: Trips, far: Floats
) -> _Served:
    groups = sorted({(int(area), tuple(sorted(crew.skills))) for area, crew in zip(areas, crews, strict=True)})
    of_crew = np.array(
        [groups.index((int(area), tuple(sorted(crew.skills)))) for area, crew in zip(areas, crews, strict=True)],
        dtype=np.int64,
    )
    rules = request_rules(basis.protocol)
    medical = np.isin(asked.kind, [REQUEST_KINDS.index(kind) for kind in rules.medical])
    in_time = np.searchsorted(SLOTS[1:], asked.due + 1e-6, side="right")
    # Only of medical requests the clock is an aim; of a class of others the earliest due are met first.
    label = np.stack([asked.kind, asked.area, np.where(medical, in_time, -1)], axis=1)
    classes, of_class = np.unique(label, axis=0, return_inverse=True)
    of_class = of_class.ravel()
    slots = len(SLOTS) - 1
    number_of_trips = np.zeros((len(groups), slots))
    if len(trips.crew):
        np.add.at(number_of_trips, (of_crew[trips.crew], trips.slot), 1.0)
    able = np.array([[REQUEST_KINDS[kind] in skills for _, skills in groups] for kind in classes[:, 0]], dtype=np.bool_)
    able = able.reshape(len(classes), len(groups))
    km = far[classes[:, 1]][:, [area for area, _ in groups]] if groups else np.zeros((len(classes), 0))
    within = able & (km <= crew_rules(basis.protocol).reach.value)
    market = Market(
        number=np.bincount(of_class, minlength=len(classes)),
        medical=np.isin(classes[:, 0], [REQUEST_KINDS.index(kind) for kind in rules.medical]),
        slots_in_time=np.maximum(classes[:, 2], 0),
        takes=_takes(basis, classes[:, 0]),
        trips=number_of_trips,
        km=np.where(_nearest(within, km, number_of_trips), km, np.inf),
        hour=SLOTS[1:],
    )
    matched = match(market)
    trip = _hand_out(asked, of_class, of_crew, trips, market, matched.rows)
    reasons = np.where(~able.any(axis=1), 0, np.where(~within.any(axis=1), 1, 2))
    why = [None if trip[n] >= 0 else WHY_NOT[reasons[of_class[n]]] for n in range(len(asked))]
    there = trip >= 0
    km_of = np.full(len(asked), np.nan)
    km_of[there] = km[of_class[there], of_crew[trips.crew[trip[there]]]]
    return _Served(trip, km_of, why, matched.gap)


def _takes(basis: Basis, kinds: Ints) -> Floats:
    """Part of a trip that a request of each kind takes."""
    visits = [REQUEST_KINDS.index(kind) for kind in request_rules(basis.protocol).visits]
    return np.where(np.isin(kinds, visits), 1.0, 1 / round(crew_rules(basis.protocol).stops.value))


def _nearest(within: Bools, km: Floats, trips: Floats) -> Bools:
    """Groups that may be sent to each class: all within reach, or the nearest where that would be too many ways."""
    if within.size * max(int((trips > 0).sum(axis=1).max(initial=0)), 1) <= _ALL_WAYS:
        return within
    order = np.argsort(np.argsort(np.where(within, km, np.inf), axis=1, kind="stable"), axis=1, kind="stable")
    nearest: Bools = within & (order < NEAREST)
    return nearest


def _hand_out(  # noqa: PLR0913, PLR0917
    asked: Open, of_class: Ints, of_crew: Ints, trips: Trips, market: Market, rows: Ints
) -> Ints:
    """A trip for each request that is met, -1 for others: of a class the most urgent get the earliest slots. (N,)."""
    found = np.full(len(asked), -1, dtype=np.int64)
    members: list[list[int]] = [[] for _ in market.number]
    for request in np.lexsort((np.arange(len(asked)), asked.due)):
        members[of_class[request]].append(int(request))
    queues = [iter(line) for line in members]
    given: dict[tuple[int, int], list[tuple[int, float]]] = {}
    for k, g, s, number in rows[np.lexsort((rows[:, 1], rows[:, 2], rows[:, 0]))]:
        for _ in range(number):
            given.setdefault((int(g), int(s)), []).append((next(queues[k]), float(market.takes[k])))
    lines: dict[tuple[int, int], list[int]] = {}
    for trip in np.lexsort((trips.crew, trips.ends)):
        lines.setdefault((int(of_crew[trips.crew[trip]]), int(trips.slot[trip])), []).append(int(trip))
    for at in sorted(given):
        line, at_trip, room = lines[at], 0, 1.0
        # Whole trips first, then those that share one: so nothing is left over that the programme counted on.
        for request, takes in sorted(given[at], key=lambda one: (-one[1], one[0])):
            if takes > room + 1e-9:
                at_trip, room = at_trip + 1, 1.0
            found[request] = line[at_trip]
            room -= takes
    return found


def _plan(basis: Basis, asked: Open, crews: Sequence[Crew], trips: Trips, served: _Served) -> CommunityPlan:
    rules = request_rules(basis.protocol)
    now = now_of(basis)
    expected = _expected(basis, asked, crews, served)
    horizon = (
        datetime.combine(basis.as_of, time.min) + timedelta(days=basis.horizon_days) - now
    ).total_seconds() / 3600
    ends = np.where(served.trip >= 0, trips.ends[np.maximum(served.trip, 0)] if len(trips.ends) else np.nan, np.nan)
    in_time = (served.trip >= 0) & (ends <= asked.due + 1e-6)
    until = np.where(served.trip >= 0, ends, max(horizon, 0.0))
    rows = []
    for n, identifier in enumerate(asked.ids):
        due = now + timedelta(hours=float(asked.due[n]))
        done = now + timedelta(hours=float(ends[n])) if served.trip[n] >= 0 else None
        rows.append(
            RequestPlan(
                request_id=identifier,
                kind=REQUEST_KINDS[asked.kind[n]],
                zone=asked.zone[n],
                medical=REQUEST_KINDS[asked.kind[n]] in rules.medical,
                asked_on=(now + timedelta(hours=float(asked.asked[n]))).date(),
                hours_waited=round(float(-asked.asked[n]), 2),
                due_on=due.date(),
                due_hour=_hour(due),
                crew_id=crews[trips.crew[served.trip[n]]].id if done else None,
                served_on=done.date() if done else None,
                served_hour=_hour(done) if done else None,
                km=round(float(served.km[n]), 1) if done else None,
                in_time=bool(in_time[n]),
                why_not=served.why_not[n],
                expected_on=expected[n],
            )
        )
    kinds = tuple(_kind_sum(basis, kind, [row for row in rows if row.kind == kind]) for kind in REQUEST_KINDS)
    met = sum(row.crew_id is not None for row in rows)
    return CommunityPlan(
        open=len(rows),
        medical=sum(row.medical for row in rows),
        medical_in_time=sum(row.medical and row.in_time for row in rows),
        met=met,
        unmet=len(rows) - met,
        hours_late=round(float(np.maximum(until - np.maximum(asked.due, 0.0), 0.0).sum()), 2),
        days=DAYS,
        crews=len(crews),
        kinds=tuple(kind for kind in kinds if kind.open),
        requests=tuple(rows),
        gap=served.gap,
    )


def _kind_sum(basis: Basis, kind: str, rows: Sequence[RequestPlan]) -> KindSum:
    why = Counter(row.why_not for row in rows)
    met = [row for row in rows if row.crew_id is not None]
    rules = request_rules(basis.protocol)
    return KindSum(
        kind=kind,
        medical=kind in rules.medical,
        open=len(rows),
        in_time=sum(row.in_time for row in met),
        late=sum(not row.in_time for row in met),
        unmet=len(rows) - len(met),
        no_crew=why["no_crew"],
        too_far=why["too_far"],
        all_busy=why["all_busy"],
        longest_wait_hours=max((row.hours_waited for row in rows), default=0.0),
        clock_hours=rules.clock[kind].value,  # type: ignore[index]
    )


def _expected(basis: Basis, asked: Open, crews: Sequence[Crew], served: _Served) -> list[date | None]:
    """When a request that all crews are too busy for can be met: the first day that is possible.

    After the days planned, as many a day as all crews with the skill could meet if they did nothing else.
    """
    found: list[date | None] = [None] * len(asked)
    after = (now_of(basis) + timedelta(days=DAYS)).date()
    waiting: Counter[int] = Counter()
    for n in np.lexsort((np.arange(len(asked)), asked.due)):
        if served.why_not[n] != "all_busy":
            continue
        kind = int(asked.kind[n])
        trips = sum(crew.whole_trips for crew in crews if REQUEST_KINDS[kind] in crew.skills)
        a_day = int(trips / float(_takes(basis, asked.kind[n : n + 1])[0]) + 1e-9)
        if a_day:
            found[n] = after + timedelta(days=waiting[kind] // a_day)
            waiting[kind] += 1
    return found


def _taken(basis: Basis, asked: Open, crews: Sequence[Crew], trips: Trips, served: _Served) -> dict[str, Floats]:
    """Crew -> share of its day that requests take, by day of the horizon."""
    now = now_of(basis)
    takes = _takes(basis, asked.kind)
    used: dict[int, float] = {}
    for n in np.flatnonzero(served.trip >= 0):
        trip = int(served.trip[n])
        used[trip] = used.get(trip, 0.0) + float(takes[n])
    found: dict[str, Floats] = {}
    for trip, share in used.items():
        crew = crews[trips.crew[trip]]
        ahead = ((now + timedelta(hours=float(trips.ends[trip]) - 1e-3)).date() - basis.as_of).days
        if ahead < basis.horizon_days:
            days = found.setdefault(crew.id, np.zeros(basis.horizon_days))
            days[ahead] += share / crew.trips
    return found


def _hour(moment: datetime) -> float:
    return round(moment.hour + moment.minute / 60, 2)


def _notes(plan: CommunityPlan) -> Iterator[Note]:
    if not plan.crews:
        yield Note(
            Because(
                "No crew is on record, so nobody can be sent to {n} open {n:request|requests} of residents.",
                {"n": plan.open},
            )
        )
        return
    late = plan.medical - plan.medical_in_time
    if late:
        yield Note(
            Because(
                "{late} of {n} medical {n:request|requests} of residents cannot be met in time with the crews on "
                "record.",
                {"late": late, "n": plan.medical},
            )
        )
