"""A checked day as rows: sites, laboratories, hours."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from douse.planning.testing.check import Day, Outcome, Staffing, median, nearly_all
from douse.planning.testing.schedule import shifts
from douse.planning.testing.values import TestingHour, TestingLaboratory, TestingSite

Floats = NDArray[np.float64]
_LOW, _HIGH = 0.05, 0.95


def hours_or_none(hours: float | Floats) -> float | None:
    """Hours, None where they are infinite: never."""
    value = float(hours)
    return value if math.isfinite(value) else None


def site_rows(day: Day, staffing: Staffing, outcome: Outcome, zones: Sequence[str]) -> tuple[TestingSite, ...]:
    """One row a site. `zones`: of the rounds."""
    sites = day.sites
    first, start = shifts(sites, max(staffing.samplers, 1), day.rules, day.shift_hours)
    _, period = day.rounds_of_couriers
    couriers = day.couriers_of(staffing.couriers)
    sampled, result = nearly_all(outcome.by_site[:, :, 0]), nearly_all(outcome.by_site[:, :, 2])
    rows = []
    for site, name in enumerate(sites.name):
        begins, desks = np.unique(start[first[site] : first[site + 1]], return_counts=True)
        lab, placed = int(day.laboratory[site]), bool(np.isfinite(sites.spot[site]).all())
        rows.append(
            TestingSite(
                site=name,
                zone=zones[sites.round[site]],
                kind=sites.kind[site],
                place=sites.place[site],
                latitude=float(sites.spot[site, 0]) if placed else None,
                longitude=float(sites.spot[site, 1]) if placed else None,
                people=int(sites.people[site]),
                pool_size=int(sites.pool[site]),
                tubes=int(sites.tubes[site]),
                samplers=int(desks.sum()),
                desks=int(desks.max()),
                shifts=len(begins),
                laboratory=day.laboratories.name[lab],
                way_hours=float(day.way[site]),
                courier_every_hours=float(period[lab] / couriers[lab]),
                sampled_hours=hours_or_none(sampled[site]),
                result_hours=hours_or_none(result[site]),
            )
        )
    return tuple(rows)


def shift_counts(day: Day, staffing: Staffing) -> tuple[int, ...]:
    """Samplers of each shift, the first one first."""
    _, start = shifts(day.sites, max(staffing.samplers, 1), day.rules, day.shift_hours)
    return tuple(int(many) for many in np.unique(start, return_counts=True)[1])


def laboratory_rows(day: Day, staffing: Staffing, outcome: Outcome) -> tuple[TestingLaboratory, ...]:
    """One row a laboratory that gets tubes; none where the day never ends."""
    if not np.isfinite(outcome.last).all():
        return ()
    tubes = np.bincount(day.laboratory, weights=day.sites.tubes, minlength=len(day.laboratories.name))
    sites = np.bincount(day.laboratory, minlength=len(tubes))
    per_day, couriers = day.tubes_per_day(staffing.lines), day.couriers_of(staffing.couriers)
    hours, second = nearly_all(outcome.by_lab), outcome.by_lab[:, :, 4].mean(axis=0)
    return tuple(
        TestingLaboratory(
            laboratory=day.laboratories.name[at],
            sites=int(sites[at]),
            tubes_per_day=float(per_day[at]),
            tubes=int(tubes[at]),
            second_tests=float(second[at]),
            couriers=int(couriers[at]),
            last_tube_hours=float(hours[at, 0]),
            longest_wait_hours=float(hours[at, 1]),
            first_result_hours=float(hours[at, 2]),
            result_hours=float(hours[at, 3]),
        )
        for at in np.flatnonzero(sites)
    )


def by_hour(outcome: Outcome) -> tuple[TestingHour, ...]:
    """What is done by the end of each hour, from the start to the last result, as far as hours are counted."""
    done = outcome.by_hour.cumsum(axis=2)
    middle = median(done)
    shares = np.sort(done[:, 2] / np.maximum(done[:, 2, -1:], 1.0), axis=0)
    days = len(shares)
    low, high = shares[math.floor(_LOW * (days - 1))], shares[math.ceil(_HIGH * (days - 1))]
    usual = median(shares)
    counted = done.shape[2] - bool(outcome.last.max() > done.shape[2] - 1)  # the last one holds whatever comes later
    length = min(counted, math.ceil(float(nearly_all(outcome.last))) + 1)
    return tuple(
        TestingHour(
            hour,
            round(float(middle[0, hour]), 3),
            float(middle[1, hour]),
            float(middle[2, hour]),
            float(usual[hour]),
            float(low[hour]),
            float(high[hour]),
        )
        for hour in range(length)
    )
