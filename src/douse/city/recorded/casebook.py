"""The cases that the department has entered by the end of the run, and when each step was taken."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from douse.city.draws import stream
from douse.city.outbreak.course import Course, Scene
from douse.city.outbreak.files import NEVER
from douse.city.recorded.links import Links, find_links
from douse.city.town import numbered
from douse.units import HOURS_PER_DAY

# Hours of the day between which things are done.
_SAMPLED, _RESULT = (8, 17), (7, 16)
_REPORT_HOURS, _REPORT_SPREAD = 2.0, 0.8  # median and log sd, result to report
_ISOLATION_HOURS = (1, 7)  # result to isolation
_ENTRY_HOURS = 0.5  # mean, report and isolation to entry in the system


@dataclass(frozen=True)
class Casebook:
    """Confirmed cases on file, in order of entry; K cases. Times in hours since the first midnight of the run.

    Attributes
    ----------
    scene, course : Scene, Course
        What they come from.
    luck : int
        Number of the attempt.
    people : numpy.ndarray[int64], shape (K,)
        Number of the person.
    position : numpy.ndarray[int64], shape (N,)
        Position of each person in the casebook, -1 for people who are not in it.
    sampled, confirmed, reported, isolated, recorded : numpy.ndarray[float64], shape (K,)
        Times.
    """

    scene: Scene
    course: Course
    luck: int
    people: np.ndarray
    position: np.ndarray
    sampled: np.ndarray
    confirmed: np.ndarray
    reported: np.ndarray
    isolated: np.ndarray
    recorded: np.ndarray

    @cached_property
    def links(self) -> Links:
        """Who infected whom, as investigated."""
        return find_links(self)

    @property
    def end(self) -> float:
        """Hours from the first midnight to the end of the as-of day."""
        return float(self.scene.days * HOURS_PER_DAY)

    def case_ids(self) -> pl.Series:
        """Identifiers in order of entry."""
        return numbered("K", len(self.people), 4)

    def moments(self, hours: np.ndarray) -> pl.Series:
        """Local date and time, to the minute; empty for NaN and for what lies after the as-of day."""
        told = np.isfinite(hours) & (hours < self.end)
        minutes = np.where(told, np.floor(np.where(told, hours, 0) * 60), 0).astype("timedelta64[m]")
        start = np.datetime64(self.scene.first_day, "m")
        return pl.Series((start + minutes).astype("datetime64[us]")).set(pl.Series(~told), None)


def sample_hours(scene: Scene, luck: int) -> tuple[np.ndarray, np.ndarray]:
    """Hour of the day at which each person is sampled, and at which the result of the next day comes; shape (N,)."""
    early, late = stream(scene.town.seed, "hours", luck).random((2, len(scene.town)))
    return _SAMPLED[0] + early * (_SAMPLED[1] - _SAMPLED[0]), _RESULT[0] + late * (_RESULT[1] - _RESULT[0])


def open_casebook(scene: Scene, course: Course, luck: int) -> Casebook:
    """Enter the confirmed cases of a run; those entered late are missing when they come after its end."""
    people = course.known_cases(scene.days)
    reporting = scene.town.numbers.reporting
    at_sample, at_result = sample_hours(scene, luck)
    random = stream(scene.town.seed, "entry", luck)
    wait, isolation, typing, late, late_by = random.random((5, len(scene.town)))[:, people]
    spread = random.standard_normal(len(scene.town))[people]
    sampled = course.files.sampled_on[people] * HOURS_PER_DAY + at_sample[people]
    confirmed = course.files.confirmed_on[people] * HOURS_PER_DAY + at_result[people]
    reported = confirmed + _REPORT_HOURS * np.exp(_REPORT_SPREAD * spread) * (0.5 + wait)
    isolated = confirmed + _ISOLATION_HOURS[0] + isolation * (_ISOLATION_HOURS[1] - _ISOLATION_HOURS[0])
    recorded = np.maximum(reported, isolated) - _ENTRY_HOURS * np.log1p(-typing)
    is_late = late < reporting.late_share.value
    recorded += np.where(is_late, -reporting.late_days.value * HOURS_PER_DAY * np.log1p(-late_by), 0)
    order = np.lexsort((people, recorded))
    order = order[recorded[order] < scene.days * HOURS_PER_DAY]
    people = people[order]
    position = np.full(len(scene.town), -1)
    position[people] = np.arange(len(people))
    return Casebook(
        scene,
        course,
        luck,
        people,
        position,
        sampled=sampled[order],
        confirmed=confirmed[order],
        reported=reported[order],
        isolated=isolated[order],
        recorded=recorded[order],
    )


def day_of(hours: np.ndarray) -> np.ndarray:
    """Day of the run of a time in hours; NEVER for NaN."""
    known = np.isfinite(hours)
    return np.where(known, np.floor_divide(np.where(known, hours, 0), HOURS_PER_DAY), NEVER).astype(np.int64)
