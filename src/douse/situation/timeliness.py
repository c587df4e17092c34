"""7-1-7: days to detect, to notify, to respond (Frieden et al. 2021, doi 10.1016/S0140-6736(21)01250-2)."""

from datetime import date

import polars as pl

from douse.library.protocol import Protocol
from douse.records import Records
from douse.situation.situation import Milestone


def milestones(known: Records, cases: pl.DataFrame, protocol: Protocol) -> tuple[Milestone, ...]:
    """The three clocks, as far as the records allow; each note says what is assumed.

    Emergence is the earliest onset of a counted case, else the earliest day of exposure. Detection is the first
    day on which the system was told of a case, or a case was reported. Notification is the first report to the
    authority. Response is the first measure, contact named or reached, or isolation, since the emergence.
    """
    target = protocol.seven_one_seven
    onset = _earliest(cases, "onset")
    emerged = onset or _earliest(cases, "exposed_from", "exposed_to")
    notified = _earliest(cases, "reported_at")
    detected = _first(_earliest(cases, "told_on"), notified)
    responded = _response(known, cases, emerged or detected)
    return (
        _milestone("detect", emerged, detected, target.detect.value, _detect_note(onset, emerged, detected)),
        _milestone("notify", detected, notified, target.notify.value, _notify_note(detected, notified)),
        _milestone(
            "respond",
            notified or detected,
            responded,
            target.respond.value,
            _respond_note(detected, notified, responded),
        ),
    )


def _response(known: Records, cases: pl.DataFrame, since: date | None) -> date | None:
    contacts = known.table("contacts").filter(pl.col("case_id").is_in(cases["case_id"].implode()))
    found = [
        _earliest(known.table("measures"), "start", since=since),
        _earliest(contacts, "found_at", "reached_at", "quarantined_on", since=since),
        _earliest(cases, "isolated_at", since=since),
    ]
    return _first(*found)


def _milestone(name: str, start: date | None, end: date | None, target: float, note: str) -> Milestone:
    if start is None or end is None:
        return Milestone(name, None, target, None, note)
    days = max(0, (end - start).days)
    return Milestone(name, float(days), target, days <= target, note)


def _detect_note(onset: date | None, emerged: date | None, detected: date | None) -> str:
    if detected is None:
        return "There are no cases yet."
    if emerged is None:
        return "No case has a day of onset or of exposure."
    if onset is None:
        return "From the earliest day of exposure, as no onset is recorded, to the first case told."
    return "From the earliest onset on record to the first case told."


def _notify_note(detected: date | None, notified: date | None) -> str:
    if detected is None:
        return "There are no cases yet."
    if notified is None:
        return "No case has a time of report to the authority."
    return "From the first case told to the first report to the authority."


def _respond_note(detected: date | None, notified: date | None, responded: date | None) -> str:
    if detected is None:
        return "There are no cases yet."
    if responded is None:
        return "No measure, contact or isolation is recorded."
    if notified is None:
        return (
            "From the first case told, as no report is recorded, to the first measure, contact or isolation on record."
        )
    return "From the first report to the first measure, contact or isolation on record; later actions are not judged."


def _earliest(frame: pl.DataFrame, *columns: str, since: date | None = None) -> date | None:
    days = pl.concat([frame.select(day=pl.col(name).cast(pl.Date)) for name in columns])["day"].drop_nulls()
    if since is not None:
        days = days.filter(days >= since)
    first = days.min()
    return first if isinstance(first, date) else None


def _first(*days: date | None) -> date | None:
    return min((day for day in days if day is not None), default=None)
