"""When each case on file became severe, was admitted, recovered or died."""

from dataclasses import dataclass

import numpy as np

from douse.city.outbreak.files import NEVER
from douse.city.recorded.casebook import Casebook, day_of
from douse.records.codes import SEVERITIES

_WORSE_AFTER = 6  # days from onset until a severe illness is severe
_DEATH_AFTER = 16  # days from onset
_SEVERE = SEVERITIES.index("severe")


@dataclass(frozen=True)
class ClinicalDays:
    """Days of the run; NEVER for what does not happen. Each of shape (K,)."""

    worse: np.ndarray
    admitted: np.ndarray
    ended: np.ndarray


def clinical_days(book: Casebook) -> ClinicalDays:
    """The course of the illness after isolation, from the lengths of the pathogen file."""
    people, illness, pathogen = book.people, book.scene.illness, book.scene.pathogen
    onset, severity = book.course.onset(illness)[people], illness.severity[people]
    isolated = day_of(book.isolated)
    severe = severity >= _SEVERE
    worse = np.where(severe, np.maximum(onset + _WORSE_AFTER, isolated), NEVER)
    care = [getattr(book.scene.protocol.care, name) for name in SEVERITIES]
    in_hospital = np.array([place in ("hospital", "icu") for place in care])[severity]
    admitted = np.where(in_hospital, np.where(severe, worse, np.maximum(isolated, onset)), NEVER)
    begin = np.where(illness.symptomatic[people], onset, book.course.files.sampled_on[people])
    stay = np.where(severe, _WORSE_AFTER + pathogen.days_in_hospital.value, pathogen.days_in_isolation.value)
    lasts = np.where(illness.fatal[people], _DEATH_AFTER, np.round(stay)).astype(np.int64)
    return ClinicalDays(worse, admitted, np.maximum(begin + lasts, isolated + 1))
