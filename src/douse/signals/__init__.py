"""Signals: evidence that something is unusual.

Every detector of counts takes and gives one shape of frame (see docs/methods.md): ``detect(counts, **options)``.
"""

from douse.signals.bayes import bayes
from douse.signals.combine import combine
from douse.signals.cusum import cusum
from douse.signals.detect import choose as choose_detectors
from douse.signals.detect import detect, detect_each
from douse.signals.ears import ears
from douse.signals.events import Event, fuse
from douse.signals.false_discovery import control
from douse.signals.farrington import farrington
from douse.signals.farrington_flexible import farrington_flexible
from douse.signals.glr import glr_nb, glr_poisson
from douse.signals.outbreak_p import outbreak_p
from douse.signals.rki import rki
from douse.signals.scan import scan_clusters, space_time_scan
from douse.signals.scene import Scene
from douse.signals.shiryaev_roberts import shiryaev_roberts
from douse.signals.signal import Signal

__all__ = [
    "Event",
    "Scene",
    "Signal",
    "bayes",
    "choose_detectors",
    "combine",
    "control",
    "cusum",
    "detect",
    "detect_each",
    "ears",
    "farrington",
    "farrington_flexible",
    "fuse",
    "glr_nb",
    "glr_poisson",
    "outbreak_p",
    "rki",
    "scan_clusters",
    "shiryaev_roberts",
    "space_time_scan",
]
