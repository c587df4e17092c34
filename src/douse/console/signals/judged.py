"""Signals of today, with what people found when they looked at them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from douse.console import scene
from douse.console.permissions import Actor, may
from douse.console.reading import visible
from douse.console.remembered import Answer
from douse.question import Knowledge
from douse.records.ledger import Snapshot
from douse.signals import Signal

NEW = "new"
STATES = (NEW, "watching", "verified", "dismissed")


@dataclass(frozen=True)
class Judged:
    """One signal and the verdicts on it, the latest last.

    Attributes
    ----------
    id : str
        Of the signal.
    signal : Signal or None
        As the detectors give it today; None where it is known by its verdicts only.
    verdicts : tuple of dict
        Rows of the table of verdicts.
    """

    id: str
    signal: Signal | None
    verdicts: tuple[dict[str, Any], ...]

    @property
    def state(self) -> str:
        """Of the last verdict; new where there is none."""
        return str(self.verdicts[-1]["verdict"]) if self.verdicts else NEW

    @property
    def zone(self) -> str | None:
        """Where."""
        if self.signal is not None:
            return self.signal.zone
        zone: str | None = self.verdicts[-1]["zone"]
        return zone


def told(actor: Actor, snapshot: Snapshot, day: date, knowledge: Knowledge, wait: float) -> Answer[tuple[Signal, ...]]:
    """Signals of a day within reach; none for who may not read cases: the detectors would show what cases tell."""
    if not may(actor, "read cases"):
        return Answer((), is_fresh=True)
    return scene.signals(actor, snapshot, day, knowledge, wait=wait)


def judged(actor: Actor, snapshot: Snapshot, signals: Iterable[Signal]) -> list[Judged]:
    """Signals with their verdicts, loudest first; then those that only verdicts tell of, the latest first."""
    rows = visible(actor, snapshot, "verdicts").sort("recorded_at", nulls_last=False, maintain_order=True)
    by_signal: dict[str, list[dict[str, Any]]] = {}
    for row in rows.iter_rows(named=True):
        by_signal.setdefault(row["signal_id"], []).append(row)
    today = [Judged(signal.id, signal, tuple(by_signal.pop(signal.id, ()))) for signal in signals]
    past = sorted(by_signal, key=lambda name: by_signal[name][-1]["recorded_at"], reverse=True)
    return today + [Judged(name, None, tuple(by_signal[name])) for name in past]


def evidence(actor: Actor, snapshot: Snapshot, signal: Signal) -> tuple[pl.DataFrame, int]:
    """Cases behind a signal that the person may see, and how many there are besides."""
    cases = visible(actor, snapshot, "cases")
    rows = cases.filter(pl.col("case_id").is_in(signal.evidence)).select(
        "case_id", "zone", "onset", "reported_at", "classification", "recorded_at"
    )
    return rows.sort("onset", "case_id"), len(set(signal.evidence)) - len(rows)
