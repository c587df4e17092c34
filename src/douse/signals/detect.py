"""All detectors on one day."""

from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.records import Records, ZoneTree
from douse.signals.cluster import cluster_signals
from douse.signals.counts import daily_counts
from douse.signals.ears_signals import ears_signals
from douse.signals.one_case import FREE_INCUBATIONS, one_case_signals
from douse.signals.severity import loudest_first
from douse.signals.signal import Signal
from douse.signals.threshold import rise_signals, threshold_signals
from douse.situation.situation import Situation

# How far back a signal's first day is looked for; longer where a zone must have been free for longer.
HISTORY_DAYS = 120


def detect_all(
    known: Records, situation: Situation, zones: ZoneTree, pathogen: Pathogen, protocol: Protocol
) -> tuple[Signal, ...]:
    """Signals of the as-of day.

    Cases count on the day they were first told: a signal is about news, and a late correction is none.

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

    Returns
    -------
    tuple of Signal
        Loudest first, then latest day, detector, zone. Every signal is new: its state is a person's to change.
    """
    alerts = protocol.alerts
    cases = situation.cases.unique("case_id", keep="first", maintain_order=True)
    free_days = round(FREE_INCUBATIONS * pathogen.max_incubation.value)
    counts = daily_counts(cases, zones, known.day, days=max(HISTORY_DAYS, 2 * free_days))
    return loudest_first(
        [
            *ears_signals(counts),
            *one_case_signals(counts, pathogen, protocol),
            *threshold_signals(counts, alerts),
            *rise_signals(counts, alerts),
            *cluster_signals(known, cases, zones, pathogen=pathogen, alerts=alerts),
        ]
    )
