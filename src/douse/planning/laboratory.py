"""Tests a day: tubes of screening rounds and tests of contacts, against the laboratories."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from douse.planning.basis import Basis
from douse.planning.facilities import capacity
from douse.planning.plan import DayNeed, Round
from douse.planning.projection import Demand, with_range
from douse.planning.quarantine import QuarantineDemand
from douse.planning.screening import round_days
from douse.records.measure import Measure

Floats = NDArray[np.float64]


def rounds_a_day(basis: Basis, rounds: Sequence[Round], measures: Mapping[str, Measure], what: str) -> Floats:
    """Sum of one field of the rounds (tubes, swabs, samplers) on each day of the horizon; shape (H,).

    Parameters
    ----------
    basis : Basis
        The days.
    rounds : Sequence[Round]
        The first round of each zone; the next ones are taken to be alike.
    measures : Mapping[str, Measure]
        Zone -> the level measure that asks for its rounds.
    what : str
        Name of the field.
    """
    total = np.zeros(basis.horizon_days)
    for one in rounds:
        total[list(round_days(basis, measures[one.zone]))] += getattr(one, what)
    return total


def test_needs(basis: Basis, tubes: Floats, quarantine: QuarantineDemand) -> tuple[DayNeed, ...]:
    """Tests by day against laboratory capacity, with the 90% range.

    Tests of people with symptoms are not in it.
    """
    demand = Demand(tubes + quarantine.tests.known, quarantine.tests.uncertain)
    return tuple(with_range(basis, "tests", demand, capacity(basis, "tests")))
