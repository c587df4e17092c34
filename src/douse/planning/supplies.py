"""Supplies over the horizon: need against stock and goods on the way, days of cover and alarm."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from douse.planning.basis import Basis
from douse.planning.goods.needed import Needed, totals
from douse.planning.goods.there import OnTheWay, on_the_way
from douse.planning.plan import Supply

Floats = NDArray[np.float64]


def against_stock(basis: Basis, needs: Sequence[Needed]) -> tuple[Supply, ...]:
    """Each item that is needed or in stock: need, stock, goods on the way, days of cover and alarm."""
    there, nothing = on_the_way(basis), np.zeros(basis.horizon_days)
    wanted = totals(needs)
    unknown = OnTheWay(None, None, nothing, nothing)
    return tuple(
        _supply(basis, item, *wanted.get(item, (nothing, nothing)), there.get(item, unknown))
        for item in sorted({*wanted, *there})
        if item in wanted or there[item].stock is not None
    )


def days_of_cover(need: Floats, stock: float, coming: Floats) -> float:
    """Days until a need is no longer met from stock and what comes, as the days run.

    After the horizon the need is that of the mean day, and nothing comes.

    Parameters
    ----------
    need, coming : numpy.ndarray[float64], shape (H,)
        By day; what comes on a day can be used on it.
    stock : float
        At the start.
    """
    left = float(stock)
    for ahead, (a_day, more) in enumerate(zip(need.tolist(), coming.tolist(), strict=True)):
        left += more
        if a_day > left:
            return float(ahead + left / a_day)
        left -= a_day
    return float(len(need) + left / need.mean())


def _supply(basis: Basis, item: str, need: Floats, worst: Floats, there: OnTheWay) -> Supply:
    known = there.stock is not None and need.sum() > 0
    cover = days_of_cover(need, there.stock or 0.0, there.shipments + there.production) if known else None
    alone = days_of_cover(need, there.stock or 0.0, np.zeros_like(need)) if known else None
    return Supply(
        item=item,
        need=float(need.sum()),
        need_per_day=float(need.sum()) / basis.horizon_days,
        stock=there.stock,
        on_the_way=there.on_the_way,
        days_of_cover=cover,
        alarm=None if cover is None else _alarm(basis, cover),
        need_worst=float(worst.sum()),
        production=float(there.production.sum()),
        days_of_cover_without=alone,
    )


def _alarm(basis: Basis, cover: float) -> str | None:
    ratios = basis.protocol.resources
    if cover < ratios.cover_red_days.value:
        return "red"
    return "amber" if cover < ratios.cover_amber_days.value else None
