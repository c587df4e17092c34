"""All detectors on one day."""

from collections.abc import Callable, Sequence

from douse.errors import UsageError
from douse.signals.black_swans import black_swan_signals
from douse.signals.cluster import cluster_signals
from douse.signals.count_signals import DETECTORS as COUNT_DETECTORS
from douse.signals.count_signals import OURS, count_signals
from douse.signals.ears_signals import ears_signals
from douse.signals.events import STANDING
from douse.signals.grey_rhinos import grey_rhino_signals
from douse.signals.importation_signals import importation_signals
from douse.signals.one_case import one_case_signals
from douse.signals.scan_signals import scan_signals
from douse.signals.scene import Scene
from douse.signals.severity import loudest_first
from douse.signals.signal import Signal
from douse.signals.syndromic import syndromic_signals
from douse.signals.threshold import rise_signals, threshold_signals

Detector = Callable[[Scene], list[Signal]]


def _cluster(scene: Scene) -> list[Signal]:
    alerts = scene.protocol.alerts
    return cluster_signals(scene.known, scene.cases, scene.zones, pathogen=scene.pathogen, alerts=alerts)


def _grey_rhino(scene: Scene) -> list[Signal]:
    return grey_rhino_signals(scene.known, scene.situation, scene.zones, scene.protocol)


def _counts(name: str) -> Detector:
    return lambda scene: count_signals(scene.history, (name,))


# What every day's plan is made with.
DAILY: dict[str, Detector] = {
    "one_case": lambda scene: one_case_signals(scene.counts, scene.pathogen, scene.protocol),
    "threshold": lambda scene: threshold_signals(scene.counts, scene.protocol.alerts),
    "rise": lambda scene: rise_signals(scene.counts, scene.protocol.alerts),
    "cluster": _cluster,
    OURS: _counts(OURS),
    "importation": lambda scene: importation_signals(scene.known, scene.cases, scene.pathogen),
    "syndromic": lambda scene: syndromic_signals(scene.known, scene.zones),
    "black_swan": lambda scene: black_swan_signals(scene.known, scene.situation, scene.pathogen),
}
# What is watched by where nobody waits for a plan: the scan takes a second, and half a minute at its first use on a
# machine.
WATCHED = (*DAILY, "scan")
# Those that are asked for by name too: the classical ones say much the same as ours with more false alarms, and hazards
# stand all year.
DETECTORS: dict[str, Detector] = {
    **DAILY,
    "scan": lambda scene: scan_signals(scene.counts),
    "ears": lambda scene: ears_signals(scene.counts),
    **{name: _counts(name) for name in COUNT_DETECTORS if name != OURS},
    "grey_rhino": _grey_rhino,
}


def detect(scene: Scene, names: Sequence[str] = tuple(DAILY)) -> tuple[Signal, ...]:
    """Signals of the as-of day.

    Parameters
    ----------
    scene : Scene
        What the detectors may look at.
    names : sequence of str
        Names in `DETECTORS`; those of every day's plan (`DAILY`) if not given.

    Returns
    -------
    tuple of Signal
        Loudest first, then latest day, detector, zone. Every signal is new: its state is a person's to change.

    Raises
    ------
    UsageError
        When there is no detector of a name.
    """
    found = detect_each(scene, choose(names))
    return loudest_first([signal for signals in found.values() for signal in signals])


def detect_each(scene: Scene, names: Sequence[str]) -> dict[str, list[Signal]]:
    """Signals by the name of the detector in `DETECTORS`; those of a day are made from one scene."""
    return {name: DETECTORS[name](scene) for name in names}


def choose(names: Sequence[str] | None) -> tuple[str, ...]:
    """Names of detectors, each once, checked; None: `WATCHED`, "all": all but the standing ones.

    EARS as one is left out of all, as C1, C2 and C3 are there.
    """
    if names is None:
        return WATCHED
    if tuple(names) == ("all",):
        return tuple(name for name in DETECTORS if name not in {*STANDING, "ears"})
    for name in names:
        if name not in DETECTORS:
            raise UsageError("There is no detector of that name.", allowed=", ".join(DETECTORS))
    return tuple(dict.fromkeys(names))
