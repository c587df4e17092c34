"""`plan_testing_day`: the schedule of a day of rounds, its check, what is short, and the cheapest addition."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from douse.planning.basis import Basis, whole
from douse.planning.facilities import capacity, today
from douse.planning.plan import Round
from douse.planning.testing.additions import Found, additions
from douse.planning.testing.check import DRAWS, Day, Outcome, Staffing, median, nearly_all
from douse.planning.testing.describe import by_hour, hours_or_none, laboratory_rows, shift_counts, site_rows
from douse.planning.testing.laboratories import Laboratories, laboratories
from douse.planning.testing.rules import day_rules, shift_hours
from douse.planning.testing.schedule import needed, room_for_more
from douse.planning.testing.sites import place_sites
from douse.planning.testing.values import TestingDay
from douse.records.measure import Because

COUNTED_HOURS = 240
_WITHOUT_END = 1e12  # tubes a day: of sampling alone, where no laboratory is known


@dataclass(frozen=True)
class _Tubes:
    """Tubes that the day uses on 95% of days, waste with them, and those in stock."""

    need: int
    stock: float | None

    @property
    def short(self) -> int:
        return 0 if self.stock is None else max(0, math.ceil(self.need - self.stock))


def plan_testing_day(basis: Basis, rounds: Sequence[Round], *, seed: int = 0, draws: int = DRAWS) -> TestingDay | None:
    """Plan the day on which rounds are held together, and check it event by event.

    Parameters
    ----------
    basis : Basis
        Facilities, places, zones, stock; rules and prices.
    rounds : Sequence[Round]
        In the order in which they are served.
    seed : int
        Of the luck; the same seed gives the same hours.
    draws : int
        Days of luck that the schedule is checked on.

    Returns
    -------
    TestingDay or None
        None without rounds. Where no laboratory states its tests a day, hours of results are None.
    """
    held = [one for one in rounds if one.people]
    if not held:
        return None
    rules = day_rules(basis.protocol)
    sites = place_sites(basis, held, rules)
    there = laboratories(basis)
    nowhere = Laboratories([""], np.full((1, 2), np.nan), np.full(1, _WITHOUT_END))
    day = Day(sites, there or nowhere, basis.protocol.screening, rules, shift_hours(basis.protocol), seed, draws)
    on_record = today(capacity(basis, "sampler"))
    need = int(needed(sites).sum())
    samplers = need if on_record is None else min(int(on_record), need)
    # A laboratory that gets tubes has a courier of its own.
    couriers = max(math.ceil(rules.couriers_per_site.value * len(sites.name)), len(np.unique(day.laboratory)))
    staffing = Staffing(samplers, couriers)
    outcome = day.check(staffing, COUNTED_HOURS)
    if there is None:
        return _without_results(_day(basis, held, day, staffing, outcome, None, _tubes(basis, day, outcome)))
    spare = 0 if on_record is None else min(int(on_record) - samplers, room_for_more(sites, rules))
    if spare > 0 and _late(basis, outcome):  # who is there helps before anybody is asked for
        staffing = replace(staffing, samplers=samplers + spare)
        outcome = day.check(staffing, COUNTED_HOURS)
    tubes = _tubes(basis, day, outcome)
    found = additions(basis, day, staffing, tubes.short) if _late(basis, outcome) or tubes.short else None
    return _day(basis, held, day, staffing, outcome, found, tubes)


def _late(basis: Basis, outcome: Outcome) -> bool:
    return float(nearly_all(outcome.last)) > basis.protocol.screening.window_hours.value


def with_hours(rounds: Sequence[Round], day: TestingDay | None) -> tuple[Round, ...]:
    """Rounds with the hour of their last result on the day checked, and what it is short of."""
    if day is None or day.in_time is None:
        return tuple(rounds)
    latest: dict[str, float] = {}
    never = {site.zone for site in day.sites if site.result_hours is None}
    for site in day.sites:
        latest[site.zone] = max(latest.get(site.zone, 0.0), site.result_hours or 0.0)
    done = []
    for one in rounds:
        hours = None if one.zone in never else latest.get(one.zone)
        in_time = hours is not None and hours <= day.window_hours and not day.tubes_short
        why = None if in_time or not day.short_of else day.short_of[0]
        done.append(replace(one, result_hours=hours, within_window=in_time, short_of=why))
    return tuple(done)


def _day(  # noqa: PLR0913, PLR0917  the parts of one value
    basis: Basis,
    rounds: Sequence[Round],
    day: Day,
    staffing: Staffing,
    outcome: Outcome,
    found: Found | None,
    tubes: _Tubes,
) -> TestingDay:
    window = basis.protocol.screening.window_hours.value
    last = hours_or_none(nearly_all(outcome.last))
    on_record = today(capacity(basis, "sampler"))
    in_time = last is not None and last <= window and not tubes.short
    second = float(outcome.by_lab[:, :, 4].sum(axis=1).mean())
    sites = site_rows(day, staffing, outcome, [one.zone for one in rounds])
    return TestingDay(
        start=basis.as_of,
        people=sum(one.people for one in rounds),
        singles=sum(one.singles for one in rounds),
        tubes=int(day.sites.tubes.sum()),
        second_tests=second if math.isfinite(second) else None,
        tubes_in_stock=tubes.stock,
        tubes_short=tubes.short,
        samplers=staffing.samplers,
        samplers_on_record=None if on_record is None else int(on_record),
        samplers_by_shift=shift_counts(day, staffing),
        desks=sum(site.desks for site in sites),
        couriers=staffing.couriers,
        window_hours=window,
        sampled_hours=hours_or_none(nearly_all(outcome.by_site[:, :, 0].max(axis=1))),
        first_result_hours=hours_or_none(nearly_all(outcome.by_site[:, :, 1].max(axis=1))),
        result_hours_median=hours_or_none(median(outcome.last)),
        result_hours=last,
        in_time=in_time,
        short_of=_short_of(basis, staffing, found, tubes) if not in_time else (),
        cheapest=found.cheapest if found else None,
        alternatives=found.alternatives if found else (),
        addition_gap=found.gap if found else 0.0,
        assignment_gap=day.shared[1],
        currency=basis.costs.currency,
        draws=day.draws,
        sites=sites,
        laboratories=laboratory_rows(day, staffing, outcome),
        by_hour=by_hour(outcome) if last is not None else (),
    )


def _without_results(day: TestingDay) -> TestingDay:
    """The day as far as it is known without laboratories: sites and sampling."""
    return replace(
        day,
        second_tests=None,
        first_result_hours=None,
        result_hours_median=None,
        result_hours=None,
        in_time=None,
        by_hour=(),
        sites=tuple(
            replace(site, laboratory=None, way_hours=None, courier_every_hours=None, result_hours=None)
            for site in day.sites
        ),
        laboratories=(),
        short_of=(),
    )


def _short_of(basis: Basis, staffing: Staffing, found: Found | None, tubes: _Tubes) -> tuple[Because, ...]:
    """What is missing, one sentence each; the window where nothing that can be added is enough."""
    window = whole(basis.protocol.screening.window_hours.value)
    said = []
    if tubes.short:
        said.append(
            Because(
                "{tube} more {tube:tube|tubes} {tube:is|are} needed: {need} with waste and second tests, {there} in "
                "stock.",
                {"tube": tubes.short, "need": tubes.need, "there": whole(tubes.stock or 0.0)},
            )
        )
    if found is None:
        return tuple(said)
    add = found.cheapest
    if add is None:
        hours = "–" if found.at_best is None else round(found.at_best, 1)
        why = Because(
            "Sampling, carriage, results and second tests take {hours} hours, however many samplers, couriers and "
            "laboratory lines are added; the window is {window} hours.",
            {"hours": hours, "window": window},
        )
        return (*said, why)
    if add.samplers:
        said.append(
            Because(
                "{n} more {n:sampler|samplers} {n:is|are} needed to end within {window} hours, with the {there} "
                "planned.",
                {"n": add.samplers, "window": window, "there": staffing.samplers},
            )
        )
    if add.couriers:
        said.append(
            Because(
                "{n} more {n:courier|couriers} {n:is|are} needed to end within {window} hours, with the {there} "
                "planned.",
                {"n": add.couriers, "window": window, "there": staffing.couriers},
            )
        )
    if add.laboratory_lines:
        more = round(add.laboratory_lines * found.line)
        said.append(
            Because(
                "Laboratory capacity for {tubes} more tubes a day is needed to end within {window} hours: {n} "
                "{n:line|lines} of one plate at a time.",
                {"tubes": more, "window": window, "n": add.laboratory_lines},
            )
        )
    return tuple(said)


def _tubes(basis: Basis, day: Day, outcome: Outcome | None) -> _Tubes:
    counts = (
        basis.known.table("stock").filter(pl.col("item").cast(pl.String) == "tube").sort("facility_id", "counted_at")
    )
    latest = counts.unique("facility_id", keep="last", maintain_order=True)["quantity"]
    first = int(day.sites.tubes.sum())
    again = float((day.sites.tubes * day.sites.positive * day.sites.pool).sum())
    if outcome is not None and np.isfinite(outcome.by_lab).all():
        again = float(nearly_all(outcome.by_lab[:, :, 4].sum(axis=1)))
    need = math.ceil((first + again) * (1 + basis.protocol.screening.waste_share.value))
    return _Tubes(need, float(latest.sum()) if len(latest) else None)
