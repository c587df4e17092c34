"""Which facility to open on which day, so that the upper end of the range never exceeds what there is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.planning.basis import Basis
from douse.planning.beds.room_left import RESOURCES, beds_of, open_facilities
from douse.planning.beds.values import Opening, ShortAhead
from douse.planning.plan import DayNeed
from douse.planning.programme import Programme
from douse.records.measure import Because

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
_SHELTER, _HOSPITAL = RESOURCES.index("shelter_bed"), RESOURCES.index("hospital_bed")


@dataclass(frozen=True)
class Choice:
    """What to open.

    Attributes
    ----------
    opens : numpy.ndarray[int64], shape (F,)
        Day of the horizon on which each facility opens; -1: not at all.
    short : numpy.ndarray[float64], shape (4, H)
        Beds missing whatever is opened, by kind of `RESOURCES` and day.
    cost, bound : float
        Of what is opened; nothing that does as well could cost less.
    """

    opens: Ints
    short: Floats
    cost: float
    bound: float


def choose_openings(need: Floats, there: Ints, beds: Ints, lead: Ints, price: Floats) -> Choice:
    """The cheapest facilities that keep shortage as small as it can be on every day.

    Parameters
    ----------
    need : numpy.ndarray[float64], shape (4, H)
        Beds needed in the bad case, by kind and day. Free hospital beds take patients of shelter hospitals.
    there : numpy.ndarray[int64], shape (4,)
        Beds of the facilities that are open.
    beds : numpy.ndarray[int64], shape (F, 4)
        Of each facility that may be opened.
    lead : numpy.ndarray[int64], shape (F,)
        Days from the decision, today at the earliest, until it is open.
    price : numpy.ndarray[float64], shape (4,)
        Of a bed for a day that it is open.

    Returns
    -------
    Choice
        A facility opens as late as it may, so that the decision stays open as long as it can.
    """
    facilities, horizon = len(lead), need.shape[1]
    day = np.arange(horizon)
    at_best = (there[:, None] + beds.T @ (lead[:, None] <= day)).astype(np.float64)
    short = _missing(need, at_best)
    wanted = np.maximum(need - short, 0)
    # Open or not, by facility and day; once open it stays open. Extra: shelter patients in hospital beds.
    model = Programme()
    a_day = beds @ price
    open_ = model.add(
        facilities * horizon, np.repeat(a_day + 1e-6 * (a_day.max(initial=0) + 1), horizon),
        high=(day[None, :] >= lead[:, None]).ravel(), whole=True,
    )  # fmt: skip
    at = np.arange(facilities * horizon).reshape(facilities, horizon)
    stays = facilities * (horizon - 1)
    if stays > 0:
        pair = np.arange(stays)
        model.limit(
            stays, np.r_[pair, pair], np.r_[open_[at[:, 1:].ravel()], open_[at[:, :-1].ravel()]],
            np.r_[np.ones(stays), -np.ones(stays)], least=0.0,
        )  # fmt: skip
    moved = model.add(horizon)
    for kind in range(len(RESOURCES)):
        rows = [np.tile(day, facilities)]
        entries, weights = [open_[at.ravel()]], [np.repeat(beds[:, kind], horizon).astype(np.float64)]
        if kind in (_SHELTER, _HOSPITAL):
            rows.append(day)
            entries.append(moved)
            weights.append(np.full(horizon, 1.0 if kind == _SHELTER else -1.0))
        model.limit(
            horizon, np.concatenate(rows), np.concatenate(entries), np.concatenate(weights),
            least=wanted[kind] - there[kind] - 1e-9,
        )  # fmt: skip
    solution = model.solve(gap=1e-6)
    is_open = solution.values[open_].reshape(facilities, horizon) > 0.5
    opens = np.where(is_open.any(axis=1), is_open.argmax(axis=1), -1) if horizon else np.full(facilities, -1)
    return Choice(opens, short, float((is_open.sum(axis=1) * a_day).sum()), solution.bound)


def _missing(need: Floats, capacity: Floats) -> Floats:
    """Beds missing by kind and day; free hospital beds take patients of shelter hospitals, not the other way round."""
    short = np.maximum(need - capacity, 0)
    spare = np.maximum(capacity[_HOSPITAL] - need[_HOSPITAL], 0)
    short[_SHELTER] = np.maximum(short[_SHELTER] - spare, 0)
    return short


def plan_openings(basis: Basis, needs: Sequence[DayNeed]) -> tuple[tuple[Opening, ...], tuple[ShortAhead, ...], float]:
    """What to open and what is short all the same, from the needs of the days ahead and the facilities on record.

    Returns
    -------
    tuple
        Openings by day of decision; shortages by resource; the gap to the bound, as a share.
    """
    if basis.known.table("facilities").is_empty():
        return (), (), 0.0
    closed = basis.known.table("facilities").filter(pl.col("lead_time_days").fill_null(0) > 0).sort("facility_id")
    beds = beds_of(closed)
    useful = beds.sum(axis=1) > 0
    closed, beds = closed.filter(pl.Series(useful)), beds[useful]
    lead = closed["lead_time_days"].cast(pl.Int64).to_numpy()
    # Whole people, as the floor counts.
    need = np.array([[np.floor(n.high) for n in needs if n.resource == resource] for resource in RESOURCES])
    there = beds_of(open_facilities(basis)).sum(axis=0)
    stated = (there > 0) | (beds.sum(axis=0) > 0)
    if stated[_HOSPITAL] and not stated[_SHELTER]:  # all their patients go to hospital, as the floor counts
        need[_HOSPITAL] += need[_SHELTER]
    need[~stated] = 0  # kinds that no facility on record has: the floor says that nobody knows
    prices = basis.costs
    price = np.array(
        [p.value for p in (prices.quarantine_day, prices.shelter_bed_day, prices.hospital_day, prices.icu_day)]
    )
    choice = choose_openings(need, there, beds, lead, price)
    openings = [
        Opening(
            facility_id=facility,
            opens_on=basis.days[opens],
            decide_by=basis.days[opens] - timedelta(days=days),
            lead_days=days,
            resources={name: count for name, count in zip(RESOURCES, counts, strict=True) if count},
            cost=float(np.dot(counts, price) * (basis.horizon_days - opens)),
        )
        for facility, opens, days, counts in zip(
            closed["facility_id"], choice.opens.tolist(), lead.tolist(), beds.tolist(), strict=True
        )
        if opens >= 0
    ]
    openings.sort(key=lambda o: (o.decide_by, o.facility_id))
    short = tuple(
        _short(basis, kind, choice.short[kind], lead[beds[:, kind] > 0])
        for kind in range(len(RESOURCES))
        if choice.short[kind].any()
    )
    gap = max(0.0, choice.cost - choice.bound) / max(choice.cost, 1.0)
    return tuple(openings), short, gap


def _short(basis: Basis, kind: int, short: Floats, lead: Ints) -> ShortAhead:
    first, worst = int(np.flatnonzero(short)[0]), int(short.argmax())
    days = np.arange(len(short))
    late = [int(d) for d in lead if (short[days < d] > 0).any()]
    decide_by = basis.days[first] - timedelta(days=min(late)) if late else None
    facts: dict[str, str | int | float] = {
        "resource": RESOURCES[kind], "first": basis.days[first].isoformat(), "n": int(short[worst]),
        "day": basis.days[worst].isoformat(), "decide": decide_by.isoformat() if decide_by else "",
    }  # fmt: skip
    text = (
        Because(
            "Short of {resource} from {first} on, by up to {n} on {day}: what is left to open opens too late. To be "
            "there in time it had to be decided by {decide}.",
            facts,
        )
        if decide_by
        else Because(
            "Short of {resource} from {first} on, by up to {n} on {day}, with everything on record open: more beds or "
            "rooms have to be found elsewhere.",
            facts,
        )
    )
    return ShortAhead(RESOURCES[kind], basis.days[first], float(short[worst]), basis.days[worst], decide_by, text)
