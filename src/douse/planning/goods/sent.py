"""Shipments of whole items from facility to region, out of the flows between depots and regions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from douse.planning.basis import Basis
from douse.planning.goods.flow import Flow
from douse.planning.goods.network import Floats
from douse.planning.goods.setup import Setting, depot_of
from douse.planning.goods.values import Shipment


@dataclass
class _Lying:
    """What lies of an item at one facility of a depot."""

    facility: str | None
    there: float
    coming: Floats


def shipments(basis: Basis, setting: Setting, plan: Flow) -> Iterator[Shipment]:
    """What goes out, day by day.

    Whole items: what is less than one goes along on a later day, so that no depot gives more than it has. A depot of
    several facilities gives from the one that has most.
    """
    network = setting.network
    sent, moved = _whole(plan.sent), _whole(plan.moved * setting.known[:, None])
    lying = _lying(setting)
    for ahead in range(basis.horizon_days):
        day = basis.as_of + timedelta(days=ahead)
        for lines in lying.values():
            for line in lines:
                line.there += float(line.coming[ahead])
        for d, p, r in np.argwhere(sent[..., ahead] > 0):
            receiver, item = setting.pairs[p]
            k = int(network.item[p])
            lines = lying.get((int(d), k), []) if setting.known[k] else []
            for facility, number in _taken(lines, float(sent[d, p, r, ahead])):
                yield Shipment(
                    day=day,
                    item=item,
                    quantity=number,
                    kg=round(number * float(setting.weight[k]), 3),
                    from_facility=facility,
                    to_facility=None,
                    zone=setting.zones[r],
                    receiver=receiver,
                    hours=round(number * float(network.hours[d, p, r]), 4),
                )
        for d, to, k in np.argwhere(moved[..., ahead] > 0):
            for facility, number in _taken(lying.get((int(d), int(k)), []), float(moved[d, to, k, ahead])):
                goal = setting.depots[to].facilities[0]
                _bring(lying, (int(to), int(k)), goal, number, ahead + 1, basis.horizon_days)
                yield Shipment(
                    day=day,
                    item=setting.items[k],
                    quantity=number,
                    kg=round(number * float(setting.weight[k]), 3),
                    from_facility=facility,
                    to_facility=goal,
                    zone=None,
                    receiver=None,
                    hours=round(number * float(network.between[d, to, k]), 4),
                )


def _lying(setting: Setting) -> dict[tuple[int, int], list[_Lying]]:
    """What lies at each facility, by depot and item."""
    found: dict[tuple[int, int], list[_Lying]] = {}
    for store in setting.stores:
        depot = depot_of(setting.depots, store.facility)
        if depot >= 0 and store.item in setting.items:
            key = (depot, setting.items.index(store.item))
            found.setdefault(key, []).append(_Lying(store.facility, store.stock, store.coming.copy()))
    return found


def _bring(  # noqa: PLR0913, PLR0917
    lying: dict[tuple[int, int], list[_Lying]],
    at: tuple[int, int],
    goal: str | None,
    number: float,
    day: int,
    days: int,
) -> None:
    """Let goods come to a facility on a day."""
    lines = lying.setdefault(at, [])
    line = next((one for one in lines if one.facility == goal), None)
    if line is None:
        line = _Lying(goal, 0.0, np.zeros(days))
        lines.append(line)
    if day < days:
        line.coming[day] += number


def _taken(lines: list[_Lying], number: float) -> Iterator[tuple[str | None, float]]:
    """From which facilities so many are taken: from the one that has most, then the next."""
    left = number
    for line in sorted(lines, key=lambda one: (-one.there, one.facility or "")):
        part = float(min(left, np.floor(line.there + 1e-6)))
        if part > 0:
            line.there -= part
            left -= part
            yield line.facility, part
    if left > 0:  # parts of items that lie apart
        yield lines[0].facility if lines else None, left


def _whole(amounts: Floats) -> Floats:
    """Amounts a day (the last axis) as whole numbers whose sum so far never passes that of the amounts."""
    so_far = np.floor(np.cumsum(amounts, axis=-1) + 1e-6)
    return np.diff(so_far, axis=-1, prepend=0.0)
