"""The outbreak in the demo city, day by day: who infects whom, and what the department does meanwhile."""

import numpy as np

from douse.city.draws import stream
from douse.city.outbreak.course import ELSEWHERE, Course, Scene
from douse.city.outbreak.department import Department
from douse.city.outbreak.files import NEVER
from douse.city.outbreak.imports import travellers
from douse.city.outbreak.meetings import HOME, Meetings, overlaps, setting_of_places
from douse.records.codes import PLACE_KINDS, SETTINGS, SEVERITIES

_ILL_AT_HOME_DAYS = 8  # days after onset
_WAKING_MINUTES = 300.0  # together at home on a day
# The badly aired room: from this share of the run on, with so many people, and somebody who sheds so much.
_EVENT_AFTER, _EVENT_CROWD, _EVENT_SHEDDING = 0.3, 8, 0.08
_EVENT_KINDS = ("restaurant", "office", "workplace")

Part = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # target, hazard, infector, place


def run(scene: Scene, luck: int, most_cases: float = float("inf")) -> Course:
    """Let the outbreak run; the same scene and luck give the same course.

    On each day: arrivals, results and interviews of yesterday's samples, meetings and infections, new samples.
    With more than `most_cases` confirmed cases the run is given up: `Course.present` is then shorter than the run.
    """
    running = Running(scene, luck)
    for day in range(scene.days):
        if (running.course.files.confirmed_on <= day).sum() > most_cases:
            break
        running.live(day)
    return running.course


class Running:
    """An outbreak under way; `course` grows day by day."""

    def __init__(self, scene: Scene, luck: int) -> None:
        town, people = scene.town, len(scene.town)
        self.scene, self.luck = scene, luck
        self.department = Department(town, scene.illness, scene.pathogen, scene.protocol, luck)
        self.course = Course(
            infected_on=np.full(people, NEVER),
            infector=np.full(people, -1),
            place=np.full(people, ELSEWHERE),
            files=self.department.files,
            travellers=travellers(town, scene.illness, scene.pathogen, scene.protocol, scene.days),
        )
        self.setting = setting_of_places(town)
        self.stays_home = stream(town.seed, "ill", luck).random(people) < town.numbers.response.home_when_ill.value
        care = [getattr(scene.protocol.care, severity) for severity in SEVERITIES]
        self.cared_at_home = np.array([place == "home" for place in care])[scene.illness.severity]
        self.event_is_over = False
        # Of the day that is running; bool, shape (N,).
        self.no_visits = self.from_home = np.zeros(people, dtype=bool)

    def live(self, day: int) -> None:
        """One day."""
        self._arrive(day)
        self.department.morning(day, self.course.infected_on, self._met)
        self.no_visits, self.from_home = self._away(day)
        self.course.present.append(self._present(day))
        self._spread(day)
        self.department.evening(day, self.course.infected_on)

    def _arrive(self, day: int) -> None:
        for traveller in self.course.travellers:
            person = traveller.person
            if traveller.arrives == day:
                self.course.infected_on[person] = traveller.infected_on
                if traveller.how == "late":
                    self.department.goes_on[person] = traveller.tested_on[0]
                self.department.out_of_reach[person] = traveller.how == "hidden"
                if traveller.quarantine_until > day:
                    self.course.files.quarantine(person, day, traveller.quarantine_until, at_site=traveller.at_site)
            if (
                traveller.how == "entry"
                and day in traveller.tested_on
                and self.course.files.sampled_on[person] == NEVER
            ):
                self.department.sample(np.array([person]), day, "entry", self.course.infected_on)

    def _away(self, day: int) -> tuple[np.ndarray, np.ndarray]:
        """Who makes no visits, and who is not even at home. Bool, shape (N,)."""
        files, illness = self.course.files, self.scene.illness
        isolated, quarantined = files.confirmed_on <= day, files.in_quarantine(day)
        ill = np.flatnonzero((self.course.infected_on < day) & illness.symptomatic & self.stays_home)
        since = day - self.course.infected_on[ill] - illness.incubation[ill]
        no_visits = isolated | quarantined
        no_visits[ill[(since > 0) & (since <= _ILL_AT_HOME_DAYS)]] = True
        return no_visits, isolated & ~self.cared_at_home | quarantined & files.quarantine_site

    def _caution(self, day: int) -> float:
        """How far caution has come: 0 before the alert, 1 when complete."""
        days = self.scene.town.numbers.response.caution_days.value
        return float(np.clip((day - self.course.files.alert_on) / days, 0, 1))

    def _present(self, day: int) -> np.ndarray:
        """Visits that take place: those of people who are about, fewer to venues the more cautious people are."""
        town, visits = self.scene.town, self.scene.visits[day]
        kept = 1 - (1 - town.numbers.response.caution_visits.value) * self._caution(day)
        luck = stream(town.seed, "caution", self.luck, day).random(len(visits))
        daytime = town.places.daytime[visits.person] == visits.place
        present: np.ndarray = (daytime | (luck < kept)) & ~self.no_visits[visits.person]
        return present

    def _family(self, person: int) -> np.ndarray:
        residents = self.scene.town.residents
        household = residents.household[person]
        first, last = int(residents.first[household]), int(residents.first[household + 1])
        return np.array([member for member in range(first, last) if member != person], dtype=np.int64)

    def _met(self, person: int, day: int) -> Meetings:
        """Everybody whom a person met on a day that is over."""
        visits, present = self.scene.visits[day], self.course.present[day]
        family = self._family(person)
        other, minutes, where = [family], [np.full(len(family), _WAKING_MINUTES)], [np.full(len(family), HOME)]
        for visit in visits.of(person):
            if present[visit]:
                met, together = overlaps(visits, present, int(visit))
                other.append(met)
                minutes.append(together)
                where.append(np.full(len(met), visits.place[visit]))
        place = np.concatenate(where)
        setting = np.where(place == HOME, SETTINGS.index("household"), self.setting[place])
        return Meetings(np.concatenate(other), setting, np.concatenate(minutes))

    def _spread(self, day: int) -> None:
        """New infections of the day, by the hazards of all meetings with infectious people."""
        course, illness = self.course, self.scene.illness
        infected = np.flatnonzero((course.infected_on < day) & ~self.from_home)
        strength = illness.shedding(day, infected, (course.infected_on + illness.incubation)[infected])
        parts: list[Part] = []
        for person, shedding in zip(infected.tolist(), strength.tolist(), strict=True):
            if shedding > 0:
                parts.append(self._at_home(person, day, shedding))
                if not self.no_visits[person]:
                    parts += self._elsewhere(person, day, shedding)
        if not parts:
            return
        target, hazard, infector, place = (np.concatenate([part[i] for part in parts]) for i in range(4))
        open_to = (course.infected_on[target] == NEVER) & ~illness.immune[target]
        self._infect(day, (target[open_to], hazard[open_to], infector[open_to], place[open_to]))

    def _infect(self, day: int, part: Part) -> None:
        """Infect each target with its total hazard; the infector is drawn in proportion to the parts."""
        target, hazard, infector, place = part
        who, row = np.unique(target, return_inverse=True)
        total = np.bincount(row, hazard, len(who))
        luck = stream(self.scene.town.seed, "infection", self.luck, day).random((2, len(self.scene.town)))
        for at in np.flatnonzero(luck[0][who] < -np.expm1(-total)).tolist():
            mine = np.flatnonzero(row == at)
            share = np.cumsum(hazard[mine]) / total[at]
            source = mine[min(int(np.searchsorted(share, luck[1][who[at]])), len(mine) - 1)]
            self.course.infected_on[who[at]] = day
            self.course.infector[who[at]] = infector[source]
            self.course.place[who[at]] = place[source]

    def _at_home(self, person: int, day: int, shedding: float) -> Part:
        family = self._family(person)
        family = family[~self.from_home[family]]
        isolated = self.course.files.confirmed_on[person] <= day
        kept_apart = self.scene.town.numbers.response.home_isolation.value if isolated else 1.0
        hazard = self.scene.risk.home * shedding * kept_apart
        return family, np.full(len(family), hazard), np.full(len(family), person), np.full(len(family), HOME)

    def _elsewhere(self, person: int, day: int, shedding: float) -> list[Part]:
        visits, present = self.scene.visits[day], self.course.present[day]
        caution = 1 - (1 - self.scene.town.numbers.response.caution_risk.value) * self._caution(day)
        parts = []
        for visit in visits.of(person):
            if present[visit]:
                place = int(visits.place[visit])
                met, minutes = overlaps(visits, present, int(visit))
                factor = shedding * caution * self._event(day, place, len(met), shedding)
                hazard = self.scene.risk.minute[place] * minutes * factor
                parts.append((met, hazard, np.full(len(met), person), np.full(len(met), place)))
        return parts

    def _event(self, day: int, place: int, people: int, shedding: float) -> float:
        """Factor of the one badly aired room of the run: the first crowded one that somebody infectious enters."""
        kind = PLACE_KINDS[self.scene.town.places.kind[place]]
        early = self.event_is_over or day < _EVENT_AFTER * self.scene.days
        if early or people < _EVENT_CROWD or shedding < _EVENT_SHEDDING or kind not in _EVENT_KINDS:
            return 1.0
        self.event_is_over = True
        return self.scene.town.numbers.spread.event_factor.value
