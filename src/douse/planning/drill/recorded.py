"""What a health department comes to know of a run, day by day: cases, whom they name, who stays apart, rounds."""

import numpy as np
from numpy.typing import NDArray

from douse.city.draws import stream
from douse.kernels import epidemic_columns as columns
from douse.kernels.epidemic_layout import (
    FROM,
    FROM_BEFORE,
    ISOLATION_HOME,
    REACHED_ON,
    SIDE_AT,
    STAY,
    UNTIL,
    UNTIL_BEFORE,
)
from douse.kernels.epidemic_nature import nature
from douse.kernels.person_word import AGE_AT, AGE_BITS, KIND_AT, KIND_BITS, ZONE_AT, ZONE_BITS, part
from douse.planning.drill.growing import Growing
from douse.planning.drill.setting import Setting
from douse.simulation.outbreak import Outbreak
from douse.simulation.scenario import HISTORY
from douse.units import HOURS_PER_DAY

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
RESULT_HOUR = 9  # of the day
NEVER = -1
LAYERS_WITH_SETTINGS = 8  # settings of meetings: layers of contact, then kinds of groups


class Recorded:
    """The records of one run so far. Days and hours are counted from the first day of the run.

    Parameters
    ----------
    run : Outbreak
        A run that keeps whom its cases name.
    setting : Setting
        City, numbers of reporting, first day.
    seed : int
        Of the time that reports take; addressed by person, so the same under all measures.
    """

    def __init__(self, run: Outbreak, setting: Setting, seed: int) -> None:
        self.run, self.setting = run, setting
        self.delay = _report_hours(setting, seed)
        self.zone = part(setting.city.word, ZONE_AT, ZONE_BITS)
        self.cases = Growing(
            "line", "person", "onset", "sampled", "confirmed", "found", "told", "quarantined", "isolated"
        )
        self.contacts = Growing("line", "person", "setting", "first", "last", "named", "reached", "quarantined", "stay")
        self.stays = Growing("person", "row", "kind", "start", "until")
        self.rounds = Growing("zone", "sampled", "result", "tested")
        self.lines = self._names = 0
        self._case_of = np.full(len(setting.city), NEVER)

    def first_told(self) -> float:
        """Hour at which the first case was recorded, or will be; infinite where there is none."""
        told = self.cases["told"]
        return float(told.min()) / 60 if len(told) else np.inf

    def note(self) -> None:
        """Take down what the day that has just passed brought."""
        day = self.run.day - 1
        self._stays(day)
        self._reached(day)
        self._cases(day)
        self._named()
        self._rounds(day)

    # --- day by day ------------------------------------------------------------------------------------------------

    def _stays(self, day: int) -> None:
        rows = int(self.run.scalars[columns.SIDE_ROWS])
        side = self.run.side[:rows]
        began = 1 + np.flatnonzero((side[1:, FROM] == day) & (side[1:, STAY] > 0))
        self.stays.add(
            person=self.run.side_person[began], row=began, kind=side[began, STAY], start=day - HISTORY,
            until=side[began, UNTIL].astype(np.int64) - HISTORY,
        )  # fmt: skip
        # A stay may have become longer, or given way to isolation.
        at, start = self.stays["row"], self.stays["start"] + HISTORY
        until = self.stays["until"]
        now = side[at, FROM] == start
        before = ~now & (side[at, FROM_BEFORE] == start)
        until[now] = side[at[now], UNTIL] - HISTORY
        until[before] = side[at[before], UNTIL_BEFORE] - HISTORY

    def _cases(self, day: int) -> None:
        end = int(self.run.scalars[columns.LINES])
        if end == self.lines:
            return
        lines = self.run.lines[self.lines : end].astype(np.int64)
        person = lines[:, columns.L_PERSON]
        number = np.arange(self.lines, end)
        side = self.run.side[self.run.state[person] >> SIDE_AT].astype(np.int64)
        apart = (side[:, FROM] == day) & (side[:, STAY] >= ISOLATION_HOME)
        moved = apart & (side[:, UNTIL_BEFORE] == day - 1)
        quarantined = np.where(moved, side[:, FROM_BEFORE] - HISTORY, NEVER)
        waiting = (
            (side[:, STAY] > 0) & (side[:, STAY] < ISOLATION_HOME) & (side[:, FROM] < day) & (side[:, UNTIL] >= day)
        )
        quarantined = np.where(waiting, side[:, FROM] - HISTORY, quarantined)
        found = lines[:, columns.L_FOUND].copy()
        traced = (found == columns.BY_SYMPTOMS) & np.isin(
            person, self.contacts["person"][self.contacts["reached"] >= 0]
        )
        found[traced] = columns.BY_TRACING  # a contact who was watched, and fell ill
        confirmed = day - HISTORY
        told = (confirmed * HOURS_PER_DAY + RESULT_HOUR + self.delay[person]) * 60
        self.cases.add(
            line=number, person=person, onset=self._onsets(lines) - HISTORY,
            sampled=lines[:, columns.L_SAMPLED] - HISTORY, confirmed=confirmed, found=found,
            told=told.astype(np.int64), quarantined=quarantined, isolated=np.where(apart, confirmed, NEVER),
        )  # fmt: skip
        self._case_of[person] = number
        self.lines = end

    def _onsets(self, lines: Ints) -> Ints:
        """Day of onset; `NO_DAY` of people who never have symptoms, later than today of those who will."""
        onset = lines[:, columns.L_ONSET].copy()
        course, word = self.run.scenario.rates.course, self.setting.city.word
        for at in np.flatnonzero(onset == columns.NO_DAY).tolist():
            person, infected = int(lines[at, columns.L_PERSON]), int(lines[at, columns.L_INFECTED])
            band = int(part(word[person : person + 1], AGE_AT, AGE_BITS)[0])
            days, _, ill = nature(
                self.run.key, person, infected, band, course.incubation, self.run.scenario.rates.strength,
                course.symptomatic,
            )  # fmt: skip
            if ill:
                onset[at] = infected + days
        return onset

    def _named(self) -> None:
        """One row a case and person: of the days on which the case may have infected others."""
        end = int(self.run.scalars[columns.NAMES])
        names = self.run.names[self._names : end].astype(np.int64)
        self._names = end
        names = names[names[:, columns.N_RING] == columns.RING_ONE]
        if len(names) == 0:
            return
        pair = names[:, columns.N_CASE] << 32 | names[:, columns.N_PERSON]
        _, first, group = np.unique(pair, return_index=True, return_inverse=True)
        met = names[:, columns.N_MET] - HISTORY
        earliest, latest = np.full(len(first), np.iinfo(np.int64).max), np.full(len(first), -HISTORY)
        np.minimum.at(earliest, group, met)
        np.maximum.at(latest, group, met)
        case = names[first, columns.N_CASE]
        kind = part(self.setting.city.word[case], KIND_AT, KIND_BITS)
        layer = names[first, columns.N_LAYER]  # the nearest comes first
        in_group = (layer == 1) | (layer == 2)
        self.contacts.add(
            line=self._case_of[case], person=names[first, columns.N_PERSON],
            setting=np.where(in_group, kind + LAYERS_WITH_SETTINGS, layer), first=earliest, last=latest,
            named=names[first, columns.N_DAY] - HISTORY, reached=NEVER, quarantined=NEVER, stay=0,
        )  # fmt: skip

    def _reached(self, day: int) -> None:
        """Contacts to whom the tracers spoke today, and who is in quarantine since."""
        rows = int(self.run.scalars[columns.SIDE_ROWS])
        today = 1 + np.flatnonzero(self.run.side[1:rows, REACHED_ON] == day)
        if len(today) == 0:
            return
        row = np.searchsorted(np.sort(self.run.side_person[today]), self.contacts["person"])
        order = today[np.argsort(self.run.side_person[today])]
        row = order[np.minimum(row, len(order) - 1)]
        spoken = (self.run.side_person[row] == self.contacts["person"]) & (self.contacts["reached"] < 0)
        self.contacts["reached"][spoken] = day - HISTORY
        side = self.run.side[row].astype(np.int64)
        apart = spoken & (side[:, STAY] > 0) & (side[:, STAY] < ISOLATION_HOME)
        apart &= (side[:, FROM] <= day) & (side[:, UNTIL] >= day)
        self.contacts["quarantined"][apart] = side[apart, FROM] - HISTORY
        self.contacts["stay"][apart] = side[apart, STAY]

    def _rounds(self, day: int) -> None:
        run = self.run
        if not run.levels.act or run.series[columns.SCREENED_PEOPLE, day] == 0:
            return
        zones = np.flatnonzero(run.levels.due_zones)
        people = np.diff(run.scenario.city.zone_start.astype(np.int64))[zones]
        response = run.scenario.response
        load = max(0, int(run.scalars[columns.LABORATORY_LOAD]) - 1)
        result = day - HISTORY + response.result_days + int(load // max(1.0, min(response.laboratory, 1e15)))
        tested = (people * response.share_screened(int(people.sum()))).astype(np.int64)
        self.rounds.add(zone=zones, sampled=day - HISTORY, result=result, tested=tested)


def _report_hours(setting: Setting, seed: int) -> Floats:
    """Hours from result to record of each person, should that person become a case; shape (N,)."""
    numbers, random = setting.numbers.reporting, stream(seed, "reports")
    people = len(setting.city)
    hours = numbers.hours.value * np.exp(numbers.spread.value * random.standard_normal(people))
    late = random.random(people) < numbers.late_share.value
    later = -numbers.late_days.value * HOURS_PER_DAY * np.log1p(-random.random(people))
    return hours + np.where(late, later, 0.0)
