"""`Scenario`: everything that runs of one plan share, as the arrays that the kernels ask for."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from douse.city.city import City
from douse.errors import UsageError
from douse.kernels import epidemic_columns as columns
from douse.kernels.epidemic_layout import CALENDAR, LAST_DAY, LAYERS, TAIL
from douse.kernels.person_word import AGES, SIZE_AT
from douse.simulation.rates import Rates
from douse.simulation.response import Response
from douse.simulation.zoning import Zoning

Floats = NDArray[np.float64]
HISTORY = 60  # days before the first of a run on which infections may lie
MOST_DAYS = LAST_DAY - HISTORY
MOST_REPORTED = 4096  # zones that infections are counted by


@dataclass(frozen=True)
class Immunity:
    """Protection that people had before the run: of an earlier infection (first) and of a vaccine (second).

    Attributes
    ----------
    cover : numpy.ndarray[float64], shape (2, 16)
        Share of people, by age.
    protects : tuple[float, float]
        Against infection, on the first day of the run.
    half_life : tuple[float, float]
        Days in which that falls by half; infinite: never.
    against_severe : float
        Of the vaccine, given an infection with symptoms.
    """

    cover: Floats = field(default_factory=lambda: np.zeros((2, AGES)))
    protects: tuple[float, float] = (0.0, 0.0)
    half_life: tuple[float, float] = (np.inf, np.inf)
    against_severe: float = 0.0

    def __post_init__(self) -> None:
        values = [*self.cover.ravel(), *self.protects, self.against_severe]
        if not all(0 <= value <= 1 for value in values) or min(self.half_life) <= 0:
            raise UsageError("Immunity holds a share below 0 or above 1.", allowed="0 to 1; half-lives above 0 days")

    def holds(self) -> Floats:
        """Protection by day of the calendar; shape (2, CALENDAR)."""
        days = np.maximum(np.arange(CALENDAR) - HISTORY, 0)
        return np.array([p * 0.5 ** (days / h) for p, h in zip(self.protects, self.half_life, strict=True)])


@dataclass(frozen=True)
class Variant:
    """A second strain, against the first: times transmission, share of earlier protection left, times severity."""

    transmission: float = 1.0
    protection_left: float = 1.0
    severity: float = 1.0


@dataclass(frozen=True)
class Scenario:
    """A plan in a city with a disease; days are counted from the first of the run.

    Attributes
    ----------
    city, rates, response, zoning
        Who lives there, what is passed on, what is done.
    days : int
        Length of the run.
    scale : float
        Factor on all transmission: how R of the records differs from that of `rates`.
    variant, immunity
        A second strain, which arrivals may bring; what people had before.
    again : tuple[float, float]
        Protection of an infection during the run against another, and its half-life in days; (1, inf): never again.
    season : numpy.ndarray[float64] or None, shape (days,)
        Factor on transmission outside the home by day; 1 at most: draw the busiest day with `scale`.
    weekday : int
        Day of the week of the first day, 0 Monday.
    by_zone : bool
        Count infections and cases by zone of residence.
    masks_from : int or None
        First day on which people wear masks; None: never.
    """

    city: City
    rates: Rates
    response: Response
    zoning: Zoning
    days: int
    scale: float = 1.0
    variant: Variant = field(default_factory=Variant)
    immunity: Immunity = field(default_factory=Immunity)
    again: tuple[float, float] = (1.0, np.inf)
    season: Floats | None = None
    weekday: int = 0
    by_zone: bool = True
    masks_from: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.days <= MOST_DAYS:
            raise UsageError(
                f"A run of {self.days} days is not possible.",
                allowed=f"1 to {MOST_DAYS} days",
                next_step="Choose a number in between.",
            )
        if len(self.city) == 0 or (np.diff(self.city.zone_start.astype(np.int64)) == 0).any():
            raise UsageError("A zone of the city has nobody in it.", next_step="Leave zones without people out.")
        if int(self.city.word.min()) >> SIZE_AT == 0:
            raise UsageError("A household of the city has nobody in it.", next_step="Make the city again.")
        if self.zoning.unit_of.shape[1] != len(self.city.zone_ids):
            raise ValueError(f"units are of {self.zoning.unit_of.shape[1]} zones, not of {len(self.city.zone_ids)}")
        if self.season is not None and (
            len(self.season) < self.days or not 0 <= self.season.min() <= self.season.max() <= 1
        ):
            raise UsageError(
                "The season raises transmission above what was drawn at infection, or is too short.",
                allowed="a factor of 0 to 1 for every day; the busiest day is 1",
                next_step="Divide the season by its largest value, and raise the transmission by it.",
            )
        if self.scale < 0 or min(self.variant.transmission, self.variant.severity) < 0:
            raise UsageError("A factor on transmission or severity is below 0.", allowed="0 and more")
        if not 0 <= self.again[0] <= 1 or not self.again[1] > 0:
            raise UsageError(
                "Protection after an infection is no share, or falls by half in no time.",
                allowed="0 to 1; a half-life above 0 days",
            )
        if not 0 <= self.variant.protection_left <= 1:
            raise UsageError("A variant leaves a share of protection below 0 or above 1.", allowed="0 to 1")
        if self.masks_from is not None and self.masks_from < 0:
            raise UsageError(f"Masks are worn from day {self.masks_from} of the run.", allowed="0 and more")

    @property
    def controls(self) -> bool:
        """Whether anything is done at all; else a run is faster."""
        return self.response.acts or self.zoning.acts

    @cached_property
    def knobs(self) -> Floats:
        """Numbers of the spread."""
        knobs = np.zeros(columns.KNOBS)
        course = self.rates.course
        knobs[columns.ASYMPTOMATIC] = course.asymptomatic_infectiousness
        knobs[columns.HOME_WHEN_ILL] = self.response.ill_at_home
        knobs[columns.RISK_VACCINATED] = 1 - self.response.vaccine_protects
        knobs[columns.DAYS_TO_PROTECT] = self.response.days_to_protect
        knobs[columns.SURVIVAL] = course.environment[1] if course.environment else 0.0
        knobs[columns.SHIELDS] = float(self.immunity.cover.any())
        knobs[columns.AGAIN] = float(self.again[0] < 1 or np.isfinite(self.again[1]))
        knobs[columns.GUARDED] = float(self.controls)
        knobs[columns.SEVERE_SHIELDED] = 1 - self.immunity.against_severe
        knobs[columns.WEEKDAY] = (self.weekday - HISTORY) % 7
        knobs[columns.HOME_RATE] = self.rates.home
        return knobs

    @cached_property
    def risk(self) -> Floats:
        """Share of transmission that season and masks leave, by day and layer; shape (CALENDAR, 8)."""
        risk = np.ones((CALENDAR, len(LAYERS)))
        if self.season is not None:
            until = HISTORY + len(self.season)
            risk[HISTORY:until, 1:] *= self.season[:, None]
            risk[until:, 1:] *= self.season[-1]
        if self.masks_from is not None:
            risk[HISTORY + self.masks_from :] *= self.response.masks
        return risk

    @cached_property
    def susceptible_again(self) -> Floats:
        """Chance to be infected again by days since the infection; nobody within `TAIL` days. Shape (CALENDAR,)."""
        days = np.arange(CALENDAR)
        back = 1 - self.again[0] * 0.5 ** (days / self.again[1])
        return np.where(days < TAIL, 0.0, back)

    @cached_property
    def severity(self) -> Floats:
        """Severe, critical, fatal given either, by variant and age; shape (2, 3, 16)."""
        course = self.rates.course
        one: Floats = np.array([course.severe, course.critical, course.fatal])
        other = one * np.array([self.variant.severity, self.variant.severity, 1.0])[:, None]
        severity: Floats = np.minimum(np.array([one, other]), 1.0)
        return severity

    @cached_property
    def report(self) -> NDArray[np.int32]:
        """Row of the counts by zone that a zone of residence counts for; shape (Z,)."""
        zones = len(self.city.zone_ids)
        if not self.by_zone:
            return np.zeros(zones, np.int32)
        return (
            np.arange(zones, dtype=np.int32)
            if zones <= MOST_REPORTED
            else np.arange(zones, dtype=np.int32) * MOST_REPORTED // zones
        )
