"""Situation: what is known as of a day, and what the statistics of the field make of it."""

from douse.situation.ascertainment import ascertainment
from douse.situation.bed_forecast import bed_forecast
from douse.situation.case_fatality import case_fatality
from douse.situation.cori import cori
from douse.situation.delay_cases import fit_case_delays
from douse.situation.delay_fit import delay_weights, delays
from douse.situation.describe import describe
from douse.situation.end_of_outbreak import end_of_outbreak
from douse.situation.estimates import Estimates, estimate
from douse.situation.forecast import forecast
from douse.situation.incidence import daily_counts
from douse.situation.largest_cluster import largest_cluster
from douse.situation.lifting import in_force, lift_countdown
from douse.situation.nowcast import nowcast, nowcast_draws
from douse.situation.offspring import offspring, offspring_from_sizes
from douse.situation.reproduction import reproduction
from douse.situation.reproduction_nowcast import draws_frame, growth_nowcast, reproduction_nowcast
from douse.situation.scores import coverage, wis
from douse.situation.serial_interval import UncertainSerialInterval
from douse.situation.situation import Situation

__all__ = [
    "Estimates",
    "Situation",
    "UncertainSerialInterval",
    "ascertainment",
    "bed_forecast",
    "case_fatality",
    "cori",
    "coverage",
    "daily_counts",
    "delay_weights",
    "delays",
    "describe",
    "draws_frame",
    "end_of_outbreak",
    "estimate",
    "fit_case_delays",
    "forecast",
    "growth_nowcast",
    "in_force",
    "largest_cluster",
    "lift_countdown",
    "nowcast",
    "nowcast_draws",
    "offspring",
    "offspring_from_sizes",
    "reproduction",
    "reproduction_nowcast",
    "wis",
]
