"""Interviews of cases: who was met in the look-back window, who is named, reached and quarantined."""

from collections.abc import Callable

import numpy as np

from douse.city.draws import stream
from douse.city.outbreak.files import NEVER, Files, Named
from douse.city.outbreak.illness import Illness
from douse.city.outbreak.meetings import Meetings
from douse.city.town import Town
from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol, Quarantine
from douse.records.codes import SETTINGS
from douse.situation.clock import resolve_days
from douse.situation.quarantine import STAYS_IN
from douse.units import HOURS_PER_DAY

Diary = Callable[[int, int], Meetings]  # person, day -> whom the person met
_ASKED_AT = (10, 16)  # hours of the day between which a contact is named


def quarantine_days(rule: Quarantine | None, pathogen: Pathogen) -> int:
    """Days after the last exposure that are spent at home or in a quarantine site; 0 where there are none."""
    phases = [] if rule is None else [phase.days for phase in rule.phases if phase.place in STAYS_IN]
    return round(sum(resolve_days(days, pathogen) for days in phases))


def starts_at_site(rule: Quarantine | None) -> bool:
    """Whether the quarantine begins in a quarantine site."""
    return rule is not None and bool(rule.phases) and rule.phases[0].place == "central"


class Interviewer:
    """Asks cases whom they met; enters what comes of it in the files."""

    def __init__(self, town: Town, illness: Illness, pathogen: Pathogen, protocol: Protocol, luck: int) -> None:
        self.town, self.illness, self.rule, self.luck = town, illness, protocol.contact, luck
        self.quarantine_days = quarantine_days(protocol.quarantine.get("close"), pathogen)
        self.close_settings = [SETTINGS.index(setting) for setting in protocol.contact.close_settings]
        self.obeys, site = stream(town.seed, "quarantine", luck).random((2, len(town)))
        self.site = (site < town.numbers.response.site_share.value) | starts_at_site(protocol.quarantine.get("close"))
        self.named_share = named_shares(town)

    def interview(self, case: int, day: int, onset: int, diary: Diary, files: Files) -> None:
        """Name the contacts of a case that was confirmed on a day."""
        ill = bool(self.illness.symptomatic[case]) and onset <= day
        lookback = self.rule.lookback_symptomatic if ill else self.rule.lookback_asymptomatic
        start = max(0, int((onset if ill else day - 1) - lookback.value))
        met = [diary(case, at) for at in range(start, day)]
        if not any(len(m.other) for m in met):
            return
        at = np.repeat(np.arange(start, day), [len(m.other) for m in met])
        contact = np.concatenate([m.other for m in met])
        setting = np.concatenate([m.setting for m in met])
        pair, row = np.unique(contact * len(SETTINGS) + setting, return_inverse=True)
        first, last = np.full(len(pair), NEVER), np.full(len(pair), -1)
        np.minimum.at(first, row, at)
        np.maximum.at(last, row, at)
        minutes = np.bincount(row, np.concatenate([m.minutes for m in met]))
        self._name(case, day, files, np.c_[pair // len(SETTINGS), pair % len(SETTINGS), first, last], minutes)

    def _name(self, case: int, day: int, files: Files, rows: np.ndarray, minutes: np.ndarray) -> None:
        """Enter those who come up; `rows` has contact, setting, first and last day. Shape (m, 4)."""
        numbers = self.town.numbers.response
        random = stream(self.town.seed, "named", self.luck, case)
        named, asked, lost, spread = (*random.random((3, len(rows))), random.standard_normal(len(rows)))
        reached = asked * (_ASKED_AT[1] - _ASKED_AT[0]) + _ASKED_AT[0]
        reached += numbers.reached_hours.value * np.exp(numbers.reached_spread.value * spread)
        reached[lost < numbers.never_reached.value] = np.nan
        close = np.isin(rows[:, 1], self.close_settings) | (minutes >= self.rule.minutes.value)
        was_case = files.confirmed_on[rows[:, 0]] <= day
        for at in np.flatnonzero(named < self.named_share[rows[:, 1]]).tolist():
            contact, setting, first, last = rows[at].tolist()
            follow = close[at] and not was_case[at]
            on = self._quarantine(contact, day, last, float(reached[at]), files) if follow else NEVER
            files.named.append(
                Named(
                    case=case,
                    contact=contact,
                    setting=setting,
                    first=first,
                    last=last,
                    minutes=float(minutes[at]),
                    close=bool(close[at]),
                    found_on=day,
                    found_hours=float(_ASKED_AT[0] + asked[at] * (_ASKED_AT[1] - _ASKED_AT[0])),
                    reached_hours=float(reached[at]),
                    quarantined_on=on,
                    was_case=bool(was_case[at]),
                )
            )

    def _quarantine(self, contact: int, day: int, last: int, reached_hours: float, files: Files) -> int:
        """Quarantine a close contact from the day of the first talk; the day, or NEVER."""
        numbers = self.town.numbers.response
        willing = self.obeys[contact] < numbers.quarantined_share.value
        if np.isnan(reached_hours) or not willing:
            return NEVER
        on, ends = day + int(reached_hours // HOURS_PER_DAY), last + self.quarantine_days
        if files.quarantined_from[contact] <= day <= files.quarantined_to[contact]:
            on = int(files.quarantined_from[contact])  # in quarantine already
        if on > ends:
            return NEVER
        files.last_exposure[contact] = max(last, int(files.last_exposure[contact]))
        files.quarantine(contact, on, ends, at_site=bool(self.site[contact]))
        return on


def named_shares(town: Town) -> np.ndarray:
    """Share of the people met whom the tracers find, by position in SETTINGS."""
    numbers = town.numbers.response
    share = np.zeros(len(SETTINGS))
    for venue in town.numbers.venues:
        share[SETTINGS.index(venue.setting)] = venue.named.value
    share[SETTINGS.index("household")] = numbers.named_at_home.value
    share[SETTINGS.index("school")] = numbers.named_at_school.value
    for setting in ("workplace", "healthcare"):
        share[SETTINGS.index(setting)] = numbers.named_at_work.value
    return share
