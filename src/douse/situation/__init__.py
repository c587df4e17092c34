"""Situation: what is known as of a day."""

from douse.situation.delays import delays
from douse.situation.describe import describe
from douse.situation.incidence import daily_counts
from douse.situation.lifting import in_force, lift_countdown
from douse.situation.reproduction import cori, reproduction
from douse.situation.situation import Situation

__all__ = ["Situation", "cori", "daily_counts", "delays", "describe", "in_force", "lift_countdown", "reproduction"]
