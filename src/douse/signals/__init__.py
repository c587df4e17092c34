"""Signals: evidence that something is unusual."""

from douse.signals.detect import detect_all
from douse.signals.ears import ears
from douse.signals.signal import Signal

__all__ = ["Signal", "detect_all", "ears"]
