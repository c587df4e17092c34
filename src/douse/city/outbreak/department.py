"""What the health department does day by day: tests, interviews, quarantine, screening."""

import numpy as np

from douse.city.draws import stream
from douse.city.outbreak.files import NEVER, Files, SampleRound, empty_files
from douse.city.outbreak.illness import Illness, sensitivity
from douse.city.outbreak.interview import Diary, Interviewer
from douse.city.town import Town
from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.records.codes import FOUND_BY

_LATEST_VISIT_TO_DOCTOR = 14  # days after onset
_SCREENING_GAP = 2  # days between the two rounds
_RETEST_GAP = 2  # days
_SHORTEST_WAIT = 0.25  # of the mean delay from onset to sample
_HOW = {"diagnosis": "symptoms", "contact": "contact_tracing", "screening": "screening", "entry": "entry_screening"}


class Department:
    """The health department; `files` grows as the days go by.

    Parameters
    ----------
    luck : int
        Number of the attempt; addresses the draws of what happens, apart from those of who people are.
    """

    def __init__(self, town: Town, illness: Illness, pathogen: Pathogen, protocol: Protocol, luck: int) -> None:
        self.town, self.illness, self.pathogen, self.luck = town, illness, pathogen, luck
        self.close = protocol.quarantine.get("close")
        self.files: Files = empty_files(len(town))
        self.interviewer = Interviewer(town, illness, pathogen, protocol, luck)
        self.seeks, self.comes = stream(town.seed, "department", luck).random((2, len(town)))
        self.wait = np.maximum(stream(town.seed, "wait", luck).gamma(2.0, 0.5, len(town)), _SHORTEST_WAIT)
        self.goes_on = np.full(len(town), NEVER)  # a day set in advance for being tested
        self.out_of_reach = np.zeros(len(town), dtype=bool)  # never tested, whatever happens

    def morning(self, day: int, infected_on: np.ndarray, diary: Diary) -> None:
        """Results of yesterday's samples: cases are confirmed and interviewed, contacts named."""
        for case in np.flatnonzero(self.files.confirmed_on == day).tolist():
            if self.files.found_by[case] != FOUND_BY.index("entry_screening"):
                self.files.alert_on = min(self.files.alert_on, day)
            onset = int(infected_on[case] + self.illness.incubation[case])
            self.interviewer.interview(case, day, onset, diary, self.files)

    def evening(self, day: int, infected_on: np.ndarray) -> None:
        """Samples of the day: people with symptoms, contacts in quarantine, screening."""
        self._symptoms(day, infected_on)
        self._quarantined(day, infected_on)
        self._screening(day, infected_on)

    def sample(self, people: np.ndarray, day: int, purpose: str, infected_on: np.ndarray) -> None:
        """Take samples; people who test positive are confirmed on the next day."""
        people = people[~self.out_of_reach[people]]
        if people.size == 0:
            return
        luck = stream(self.town.seed, "test", self.luck, day, purpose).random(len(self.town))[people]
        chance = sensitivity(self.pathogen, day - infected_on[people])
        positive = (infected_on[people] < NEVER) & (luck < chance)
        self.files.rounds.append(SampleRound(people, day, purpose, positive))
        self.files.last_test[people] = day
        new = people[positive]
        self.files.sampled_on[new] = day
        self.files.confirmed_on[new] = day + 1
        self.files.found_by[new] = FOUND_BY.index(_HOW[purpose])

    def _symptoms(self, day: int, infected_on: np.ndarray) -> None:
        """People with symptoms: some go to be tested, all of those in quarantine are tested at onset."""
        numbers, files = self.town.numbers.response, self.files
        known = day >= files.alert_on
        mean = numbers.delay_after.value if known else numbers.delay_before.value
        share = numbers.seeks_after.value if known else numbers.seeks_before.value
        ill = np.flatnonzero(self.illness.symptomatic & (infected_on < day) & (files.sampled_on == NEVER))
        onset = (infected_on + self.illness.incubation)[ill]
        watched = files.in_quarantine(day)[ill]
        due = np.where(watched, onset, onset + np.round(self.wait[ill] * mean))
        seeks = watched | (self.seeks[ill] < share) & (day <= onset + _LATEST_VISIT_TO_DOCTOR)
        goes = np.where(self.goes_on[ill] < NEVER, day >= self.goes_on[ill], seeks & (day >= due))
        goes &= (onset <= day) & (day - files.last_test[ill] >= _RETEST_GAP)
        self.sample(ill[goes & watched], day, "contact", infected_on)
        self.sample(ill[goes & ~watched], day, "diagnosis", infected_on)

    def _quarantined(self, day: int, infected_on: np.ndarray) -> None:
        """Contacts on the protocol's test days, unless it tests only people with symptoms."""
        if self.close is None or self.close.symptoms_only:
            return
        due = np.isin(day - self.files.last_exposure, self.close.test_days) & self.files.in_quarantine(day)
        due &= (self.files.sampled_on == NEVER) & (self.files.last_test < day)
        self.sample(np.flatnonzero(due), day, "contact", infected_on)

    def _screening(self, day: int, infected_on: np.ndarray) -> None:
        """Two rounds in the community that has most cases some days after the alert."""
        files = self.files
        start = files.alert_on + int(self.town.numbers.response.screening_after.value)
        if day not in (start, start + _SCREENING_GAP):
            return
        if day == start:
            known = np.flatnonzero(files.confirmed_on <= day)
            lives = self.town.zoning.within["community"][self.town.residents.building[known]]
            files.screened.append((day, int(np.bincount(lives).argmax())))
        else:
            files.screened.append((day, files.screened[-1][1]))
        lives = self.town.zoning.within["community"][self.town.residents.building] == files.screened[-1][1]
        free = (files.sampled_on == NEVER) & ~files.in_quarantine(day) & (files.last_test < day)
        comes = self.comes < self.town.numbers.response.screening_taken.value
        self.sample(np.flatnonzero(lives & free & comes), day, "screening", infected_on)
