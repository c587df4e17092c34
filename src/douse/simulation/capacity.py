"""`Capacity`: what the health department has, from the records where they say it, else from the protocol's ratios."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from douse.library.protocol import Protocol
from douse.records.records import Records

_ISOLATION = ("hospital", "shelter_hospital")


@dataclass(frozen=True)
class Capacity:
    """What there is; infinite where nothing limits it.

    Attributes
    ----------
    laboratory : float
        Tubes a day.
    beds : float
        For isolation: hospitals and shelter hospitals that are open.
    contacts_a_day : float
        People that the tracers can reach a day.
    doses : float
        Vaccine doses a day for rings.
    """

    laboratory: float = np.inf
    beds: float = np.inf
    contacts_a_day: float = np.inf
    doses: float = np.inf


def capacity_of(known: Records, protocol: Protocol, people: int) -> Capacity:
    """Laboratories and beds of the facilities on record; tracers by the protocol's ratio to the residents."""
    facilities = known.table("facilities")
    tubes = facilities.filter(pl.col("kind") == "laboratory")["tests_per_day"].drop_nulls()
    beds = facilities.filter(pl.col("kind").is_in(_ISOLATION))["beds"].drop_nulls()
    tracers = protocol.resources.tracers_per_100k.value * people / 100_000
    return Capacity(
        laboratory=float(tubes.sum()) if len(tubes) else np.inf,
        beds=float(beds.sum()) if len(beds) else np.inf,
        contacts_a_day=max(1.0, tracers * protocol.resources.contacts_per_tracer_day.value),
    )
