"""All detectors on one day."""

from collections.abc import Callable, Sequence

from douse.errors import UsageError
from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.records import Records, ZoneTree
from douse.signals.cluster import cluster_signals
from douse.signals.ears_signals import ears_signals
from douse.signals.one_case import one_case_signals
from douse.signals.scene import Scene
from douse.signals.severity import loudest_first
from douse.signals.signal import Signal
from douse.signals.threshold import rise_signals, threshold_signals
from douse.situation.situation import Situation

Detector = Callable[[Scene], list[Signal]]


def _cluster(scene: Scene) -> list[Signal]:
    alerts = scene.protocol.alerts
    return cluster_signals(scene.known, scene.cases, scene.zones, pathogen=scene.pathogen, alerts=alerts)


DETECTORS: dict[str, Detector] = {
    "ears": lambda scene: ears_signals(scene.counts),
    "one_case": lambda scene: one_case_signals(scene.counts, scene.pathogen, scene.protocol),
    "threshold": lambda scene: threshold_signals(scene.counts, scene.protocol.alerts),
    "rise": lambda scene: rise_signals(scene.counts, scene.protocol.alerts),
    "cluster": _cluster,
}


def detect_all(  # noqa: PLR0913 (what a day's view is made of)
    known: Records,
    situation: Situation,
    zones: ZoneTree,
    pathogen: Pathogen,
    protocol: Protocol,
    *,
    detectors: Sequence[str] | None = None,
) -> tuple[Signal, ...]:
    """Signals of the as-of day.

    Parameters
    ----------
    known : Records
        As-of view.
    situation : Situation
        What is known; its counted cases are searched.
    zones : ZoneTree
        Tree of the same view.
    pathogen, protocol : Pathogen, Protocol
        Say what is an alert.
    detectors : sequence of str, optional
        Names in `DETECTORS`; None: all.

    Returns
    -------
    tuple of Signal
        Loudest first, then latest day, detector, zone. Every signal is new: its state is a person's to change.

    Raises
    ------
    UsageError
        When there is no detector of a name.
    """
    scene = Scene(known, situation, zones, pathogen, protocol)
    chosen = choose(detectors)
    return loudest_first([signal for name in chosen for signal in DETECTORS[name](scene)])


def choose(names: Sequence[str] | None) -> tuple[str, ...]:
    """Names of detectors, each once, checked; None: all of them."""
    if names is None:
        return tuple(DETECTORS)
    for name in names:
        if name not in DETECTORS:
            raise UsageError("There is no detector of that name.", allowed=", ".join(DETECTORS))
    return tuple(dict.fromkeys(names))
