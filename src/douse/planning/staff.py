"""Staff on the heaviest day of the horizon, from the protocol's ratios."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from douse.planning.basis import Basis
from douse.planning.plan import DayNeed, Staff

Floats = NDArray[np.float64]


def staff_needs(basis: Basis, needs: Sequence[DayNeed], tracers: Floats, samplers: Floats) -> tuple[Staff, ...]:
    """People needed for each task on its heaviest day.

    Parameters
    ----------
    basis : Basis
        Ratios.
    needs : Sequence[DayNeed]
        Beds and rooms by day.
    tracers, samplers : numpy.ndarray[float64], shape (H,)
        By day.
    """
    ratios = basis.protocol.resources
    beds, rooms = _most(needs, "shelter_bed") / 100, _most(needs, "quarantine_room") / 100
    return (
        Staff("tracer", float(tracers.max(initial=0))),
        Staff("sampler", float(samplers.max(initial=0))),
        Staff("shelter_medical", beds * ratios.medical_staff_per_100_shelter_beds.value),
        Staff("shelter_support", beds * ratios.support_staff_per_100_shelter_beds.value),
        Staff("quarantine_medical", rooms * ratios.medical_staff_per_100_rooms.value),
        Staff("quarantine_support", rooms * ratios.support_staff_per_100_rooms.value),
    )


def _most(needs: Sequence[DayNeed], resource: str) -> float:
    return max((need.need for need in needs if need.resource == resource), default=0.0)
