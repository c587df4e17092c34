"""Slow twin of the outbreak: one person, one day, one rule after the other, in dictionaries and whole numbers.

What is random is a function of an address, so the twin makes the numbers of the engine by the recipes of its
docstrings (Squares, Widynski 2020, arXiv 2004.06278; the key by SplitMix64). It shares no code with the engine; tables
that a scenario holds (rates by household and kind, chances by day) are taken as they are.

A day: results, people to be reached, tests, people who come; screening; levels of tomorrow; arrivals; infections; what
the newly infected will pass on.
"""

import math
from collections import Counter, defaultdict
from typing import Any, NamedTuple

HISTORY = 60  # days before the run
CALENDAR = 511 + 64
HOME, GROUP, INSTITUTION, TRANSPORT, SHOP, ZONE, CITY, ENVIRONMENT = range(8)
(NATURE, ONWARD, WORST, REFLECT, SCALE, OFFSET, MEETS, SHIELD, SEEKS, TESTS, REACHED, OBEYS, NAMED, ILL_AT_HOME,
 TURNOUT, FALSE_ALARM, SURVIVES, RETURNS) = (purpose << 27 for purpose in range(18))  # fmt: skip
NO_STAY, QUARANTINE_HOME, QUARANTINE_CENTRAL, ISOLATION_HOME, ISOLATION_BED = range(5)
RESULT, REACH, TEST, SEEK = range(4)  # in the order of a day
BY_SYMPTOMS, BY_TRACING, BY_SCREENING, AT_ENTRY = range(4)
RING_ONE, RING_TWO, BACKWARD = range(3)
INFECTIONS, ONSETS, ADMISSIONS, INTENSIVE, DEATHS = range(5)
NO_DAY = -1000
BITS = (1 << 64) - 1


def squares(counter: int, key: int) -> int:
    x = y = counter * key & BITS
    z = y + key & BITS
    for add in (y, z, y):
        x = x * x + add & BITS
        x = x >> 32 | x << 32 & BITS
    t = x = x * x + z & BITS
    x = x >> 32 | x << 32 & BITS
    return t ^ (x * x + y & BITS) >> 32


def draw(key: int, who: int, what: int) -> int:
    return squares(who << 32 | what, key)


def share(bits: int) -> float:
    return (bits >> 11) / 2**53


def below(bits: int, n: int) -> int:
    return (bits >> 32) * n >> 32


def key_of(seed: int) -> int:
    z = seed * 0x9E3779B97F4A7C15 + 0x9E3779B97F4A7C15 & BITS
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & BITS
    z = (z ^ z >> 27) * 0x94D049BB133111EB & BITS
    return z ^ z >> 31 | 1


def poisson(mean: float, u: float, most: int = 1000) -> int:
    number, chance = 0, math.exp(-mean)
    upto = chance
    if mean > 700:
        return most
    while u >= upto and number < most and chance > 0.0:
        number += 1
        chance *= mean / number
        upto += chance
    return number


class Person(NamedTuple):
    group: int
    place: int
    zone: int
    age: int
    kind: int
    home: int
    size: int


def person_of(word: int) -> Person:
    parts = []
    for bits in (22, 10, 16, 4, 3, 4, 4):
        parts.append(word & (1 << bits) - 1)
        word >>= bits
    return Person(*parts)


class Illness(NamedTuple):
    infected: int
    variant: int
    days: int  # from infection to onset
    force: float
    ill: bool  # has symptoms
    rests: bool  # stays at home from onset on, untold

    @property
    def onset(self) -> int:
        return self.infected + self.days


class Event(NamedTuple):
    infector: int
    target: int
    layer: int
    variant: int
    slot: int
    thin: int  # of 2^23

    @property
    def meta(self) -> int:
        return self.layer | self.variant << 3 | self.slot << 4 | self.thin << 9

    @property
    def order(self) -> int:
        """The least of those that would infect a person on a day is the one that did."""
        return draw(0x9E3779B97F4A7C15, self.infector ^ self.target, self.meta >> 4)


class Stay:
    def __init__(self, kind: int, start: int, until: int):
        self.kind, self.start, self.until = kind, start, until


class File:
    """What the department knows of a person."""

    def __init__(self):
        self.stays: list[Stay] = []
        self.confirmed = self.sampled = self.vaccinated = self.reached = None

    def stay_on(self, day: int) -> int:
        for stay in self.stays[:-3:-1]:  # the two last are remembered
            if stay.start <= day <= stay.until:
                return stay.kind
        return NO_STAY

    def begin_stay(self, kind: int, day: int, until: int) -> None:
        until = min(until, CALENDAR - 1)
        if kind == NO_STAY or until < day:
            return
        now = self.stays[-1] if self.stays and self.stays[-1].until >= day else None
        if now is not None:
            if (now.kind >= ISOLATION_HOME) == (kind >= ISOLATION_HOME):
                now.until = max(now.until, until)
                return
            if now.kind >= ISOLATION_HOME:
                return
            now.until = day - 1
            if now.until < now.start:
                self.stays.pop()
        self.stays.append(Stay(kind, day, until))


class SlowOutbreak:
    """A run to its end.

    Attributes
    ----------
    infections : dict day -> list of Event, by person
    lines : list of (person, infected, onset, sampled, confirmed, how)
    series : Counter by (name, day); by_age : Counter by (what, day, age); beds : Counter by (ward or ICU, day)
    regime : dict (day, zone) -> level and closures
    names : list of [day, case, person, day of the meeting, layer, ring, day of reaching or NO_DAY]

    `changes`: day of the run -> scenario that holds from then on.
    """

    def __init__(self, scenario: Any, seeds: Any, seed: int, changes: dict[int, Any] | None = None):
        self.s, self.seeds, self.key = scenario, seeds, key_of(seed)
        self.r, self.course, self.rates = scenario.response, scenario.rates.course, scenario.rates
        self.contacts, self.city = self.rates.contacts, scenario.city
        self.people = [person_of(int(word)) for word in self.city.word]
        self.zone_start = [int(at) for at in self.city.zone_start]
        self.zones = range(len(self.zone_start) - 1)
        self.now: dict[int, Illness] = {}
        self.files: dict[int, File] = defaultdict(File)
        self.planned: dict[int, list[Event]] = defaultdict(list)
        self.infections: dict[int, list[Event]] = defaultdict(list)
        self.agenda: dict[int, list[tuple]] = defaultdict(list)
        self.waiting: list[tuple] = []
        self.changed = bool(changes)
        self.lines: list[tuple] = []
        self.names: list[list[int]] = []
        self.series, self.by_age, self.beds, self.by_zone = Counter(), Counter(), Counter(), Counter()
        self.bed_ends = Counter()
        self.most_waiting = self.r.tracers * max(1.0, self.r.quarantine_days)
        self.in_beds = self.load = self.to_reach = self.later = 0
        self.regime: dict[tuple[int, int], int] = {}
        self.since: dict[tuple[int, int], int] = {}
        self.held: dict[tuple[int, int], int] = {}
        self.cases_of: Counter = Counter()  # by level, unit and day
        self.last_case: dict[tuple[int, int], int] = {}
        self.decide(HISTORY - 1)
        acts = scenario.controls or seeds.stays
        for day in range(HISTORY, HISTORY + scenario.days):
            if changes and day - HISTORY in changes:
                self.s = changes[day - HISTORY]
                self.r = self.s.response
                self.most_waiting = self.r.tracers * max(1.0, self.r.quarantine_days)
                self.decide(day - 1)
            if acts:
                self.morning(day)
            new = self.arrivals(day) + self.infect(day)
            for event in sorted(new, key=lambda event: event.target):
                self.infections[day].append(event)
                self.series["infections", day] += 1
                if acts:
                    self.register(event.target, day)

    def is_known(self, person: int) -> bool:
        """Whether the infection that a person has, or had last, is confirmed."""
        confirmed = self.files[person].confirmed if person in self.files else None
        return confirmed is not None and (person not in self.now or confirmed >= self.now[person].infected)

    # --- people and their illness ----------------------------------------------------------------------------------

    def fall_ill(self, person: int, infected: int, variant: int) -> None:
        bits = draw(self.key, person, NATURE | infected)
        self.now[person] = Illness(
            infected,
            variant,
            int(self.course.incubation[bits & 1023]),
            float(self.rates.strength[bits >> 10 & 4095]),
            (bits >> 32) / 2**32 < self.course.symptomatic[self.people[person].age],
            share(draw(self.key, person, ILL_AT_HOME | infected)) < self.r.ill_at_home,
        )

    def weekend(self, day: int) -> int:
        return int((day - HISTORY + self.s.weekday) % 7 >= 5)

    def slots(self, day: int, person: int, layer: int) -> int:
        return int(self.contacts.slots[self.weekend(day), self.people[person].kind, layer])

    def partner(self, person: int, layer: int, slot: int, day: int) -> int:
        own = self.people[person]
        at = day << 8 | slot << 3 | layer
        if layer == HOME:
            return person - own.home + (own.home + 1 + slot) % own.size
        if layer in (GROUP, INSTITUTION):
            start, end = (int(self.city.group_start[own.group + add]) for add in (0, 1))
            where, position = own.group, own.place
            if layer == INSTITUTION:
                where = int(self.city.institution[own.group])
                first, end = (int(self.city.institution_start[where + add]) for add in (0, 1))
                start, position = first, start + own.place - first
            r = below(draw(self.key, where, REFLECT | at), end - start)
            return int(self.city.members[start + (r - position) % (end - start)])
        if layer == CITY:
            u = share(draw(self.key, 0, SCALE | at))
            upto, n = 0.0, len(self.people)
            for people, part in zip(self.contacts.block_people, self.contacts.block_share, strict=True):
                size, upto = min(int(people), n), upto + float(part)
                if u < upto:
                    break
            shift = below(draw(self.key, 0, OFFSET | at), n)
            along = (person + shift) % n
            block = along // size
            start, end = block * size, min((block + 1) * size, n)
            r = below(draw(self.key, block, REFLECT | at), end - start)
            return (start + (r - (along - start)) % (end - start) - shift) % n
        start, end = self.zone_start[own.zone], self.zone_start[own.zone + 1]
        r = below(draw(self.key, own.zone, REFLECT | at), end - start)
        return start + (r - (person - start)) % (end - start)

    def plan(self, person: int, day: int) -> None:
        """All that a person will pass on, from `day` on."""
        own, illness, infected = self.people[person], self.now[person], self.now[person].infected
        keeps, others = self.rates.alias
        force = illness.force * self.s.scale * (self.s.variant.transmission if illness.variant else 1.0)
        force *= 1.0 if illness.ill else self.course.asymptomatic_infectiousness
        bits = draw(self.key, person, ONWARD | infected)
        at_home = poisson((own.size - 1) * min(self.rates.home * force, 8.0), (bits & 0xFFFFFFFF) / 2**32)
        outside = poisson(float(self.rates.total[own.kind]) * force, (bits >> 32) / 2**32, 1000 - at_home)
        for number in range(1, 1 + at_home + outside):
            bits = draw(self.key, person, ONWARD | number << 10 | infected)
            layer = HOME
            if number > at_home:
                layer = sum(bits & 16383 >= int(upto) for upto in self.rates.layer_upto[own.kind, :7])
            step = bits >> 14 & 63
            if bits >> 20 & 4095 >= keeps[illness.days, step]:
                step = int(others[illness.days, step])
            on, thin = infected + step, bits >> 41
            ways = own.size - 1 if layer == HOME else int(self.contacts.slots[:, own.kind, layer].max())
            slot = (bits >> 32 & 255) * ways >> 8
            if layer == ENVIRONMENT:
                start, end = self.zone_start[own.zone], self.zone_start[own.zone + 1]
                drinks = draw(self.key, person, SURVIVES | thin & 4095 | on << 12)
                target = start + below(drinks, end - start)
            elif layer != HOME and (
                (illness.ill and illness.rests and step >= illness.days) or slot >= self.slots(on, person, layer)
            ):
                continue
            else:
                target = self.partner(person, layer, slot, on)
            if on >= day and target != person:
                self.planned[on].append(Event(person, target, layer, illness.variant, slot, thin))

    def consequences(self, person: int) -> None:
        own, illness = self.people[person], self.now[person]
        self.by_age[INFECTIONS, illness.infected, own.age] += 1
        if not illness.ill:
            return
        self.by_age[ONSETS, illness.onset, own.age] += 1
        u = share(draw(self.key, person, WORST | illness.infected))
        severe, critical, fatal = (float(chance) for chance in self.s.severity[illness.variant, :, own.age])
        cover = self.s.immunity.cover[1, own.age]
        spared = (draw(self.key, person, SHIELD) & 0xFFFFFFFF) / 2**32 < cover
        left = 1 - self.s.immunity.against_severe if spared else 1.0
        if u >= (severe + critical) * left:
            return
        intensive = u < critical * left
        bits = draw(self.key, person, WORST | 2 << 10 | illness.infected)
        enters = min(illness.onset + int(self.course.onset_to_admission[bits & 1023]), CALENDAR - 1)
        stay = self.course.days_in_icu if intensive else self.course.days_in_hospital
        leaves = enters + max(1, int(stay[bits >> 10 & 1023]))
        self.by_age[INTENSIVE if intensive else ADMISSIONS, enters, own.age] += 1
        if share(draw(self.key, person, WORST | 1 << 10 | illness.infected)) < fatal:
            dead = illness.onset + int(self.course.onset_to_death[bits >> 20 & 1023])
            dead = min(max(enters, dead), CALENDAR - 1)
            self.by_age[DEATHS, dead, own.age] += 1
            leaves = max(dead, enters + 1)
        for day in range(enters, leaves):
            self.beds[int(intensive), day] += 1

    # --- infection -------------------------------------------------------------------------------------------------

    def arrivals(self, day: int) -> list[Event]:
        new = []
        for row in self.seeds.rows:
            appears, person, infected, variant, stay, until, confirmed, tested = (int(number) for number in row)
            if appears != day or person in self.now:
                continue
            self.fall_ill(person, infected, variant)
            self.plan(person, day)
            self.consequences(person)
            if infected >= day:
                self.by_zone[0, infected, self.people[person].zone] += 1
            new.append(Event(person, person, 0, variant, 0, 0))
            self.files[person].begin_stay(stay, day, until)
            if stay == ISOLATION_BED and until >= day:
                self.in_beds += 1
                self.bed_ends[min(until + 1, CALENDAR - 1)] += 1
            if confirmed >= 0:
                self.files[person].confirmed = confirmed
            elif stay != NO_STAY and tested:
                for after in self.seeds.entry_tests:
                    if after > 0:
                        self.agenda[day + int(after)].append((TEST, person, AT_ENTRY, 0))
        return new

    def openness(self, person: int, layer: int, day: int) -> float:
        own = self.people[person]
        stay = self.files[person].stay_on(day) if person in self.files else NO_STAY
        regime = self.regime.get((day, own.zone), 0)
        table = self.r.level_open[regime & 3]  # by layer, or by kind of group and layer
        left = float(table[layer] if table.ndim == 1 else table[own.kind, layer])
        if layer in (GROUP, INSTITUTION):
            if regime & 4 and own.kind == 1:
                left = min(left, self.r.school_open)
            if regime & 8 and own.kind == 2:
                left = min(left, self.r.work_open)
        return float(self.r.stay_open[stay, layer]) * left

    def takes_place(self, one: int, other: int, layer: int, slot: int, day: int, left: float) -> bool:
        if layer == HOME:
            slot = abs(one - other)
        return left >= 1 or share(draw(self.key, min(one, other), MEETS | day << 8 | slot << 3 | layer)) < left

    def would_infect(self, event: Event, day: int) -> bool:
        """Whether the event infects its target, should nothing else have done so today."""
        target, age, layer = event.target, self.people[event.target].age, event.layer
        chance = float(self.course.susceptibility[age]) * float(self.s.risk[day, layer])
        if layer not in (HOME, ENVIRONMENT) and event.slot >= self.slots(day, target, layer):
            return False
        before = self.now.get(target)
        if before is not None:
            u = share(draw(self.key, target, RETURNS | day))
            if before.infected >= day or u >= self.s.susceptible_again[day - before.infected]:
                return False
        bits = draw(self.key, target, SHIELD)
        immunity = self.s.immunity
        for source, u in ((0, (bits >> 32) / 2**32), (1, (bits & 0xFFFFFFFF) / 2**32)):
            if u < immunity.cover[source, age]:
                protects = immunity.protects[source] * 0.5 ** (max(day - HISTORY, 0) / immunity.half_life[source])
                chance *= 1 - protects * (self.s.variant.protection_left if event.variant else 1.0)
        vaccinated = self.files[target].vaccinated if target in self.files else None
        if vaccinated is not None and day >= vaccinated + self.r.days_to_protect:
            chance *= 1 - self.r.vaccine_protects
        if event.thin / 2**23 >= chance:
            return False
        left = self.openness(target, layer, day)
        if layer != ENVIRONMENT:
            left *= self.openness(event.infector, layer, day)
        return self.takes_place(event.infector, target, layer, event.slot, day, left)

    def into_the_water(self, event: Event, day: int) -> None:
        chance = float(self.course.susceptibility[self.people[event.target].age]) * float(self.s.risk[day, ENVIRONMENT])
        if event.thin / 2**23 >= chance or self.r.stay_open[self.files[event.infector].stay_on(day), ENVIRONMENT] < 1:
            return
        survival = self.course.environment[1]
        mixed = draw(self.key, event.infector, SURVIVES | 1002 << 10 | day) ^ draw(
            self.key, event.target, SURVIVES | day
        )
        wait = 1 + int(math.log(1 - share(mixed)) / math.log(survival / (1 + survival))) if survival > 0 else 1
        self.planned[day + min(wait, 63)].append(event._replace(slot=1))

    def infect(self, day: int) -> list[Event]:
        candidates: dict[int, list[Event]] = defaultdict(list)
        for event in self.planned.pop(day, []):
            if event.layer == ENVIRONMENT and event.slot == 0:
                self.into_the_water(event, day)
            elif self.would_infect(event, day):
                candidates[event.target].append(event)
        new = [min(events, key=lambda event: event.order) for events in candidates.values()]
        for event in new:
            self.fall_ill(event.target, day, event.variant)
            self.by_zone[0, day, self.people[event.target].zone] += 1
        for event in new:
            self.plan(event.target, day)
            self.consequences(event.target)
        return new

    def register(self, person: int, day: int) -> None:
        illness = self.now[person]
        bits = draw(self.key, person, SEEKS | 1 << 10 | illness.infected)
        comes = illness.onset + int(self.r.seek_delay[bits & 1023])
        if illness.ill and comes > day and comes >= HISTORY + self.r.responds_from:
            self.agenda[comes].append((SEEK, person, BY_SYMPTOMS, 0))

    # --- a morning -------------------------------------------------------------------------------------------------

    def morning(self, day: int) -> None:
        self.in_beds -= self.bed_ends[day]
        self.load = int(max(0.0, self.load - min(self.r.laboratory, 1e15)) + self.r.other_tests)
        self.series["tubes_waiting", day] = self.load
        self.reached_today = self.doses_today = 0
        self.community: list[int] = []
        items = sorted(
            self.waiting + self.agenda.pop(day, []), key=lambda item: (item[0], item[3] if item[0] == REACH else 0)
        )
        self.waiting = []
        for kind, person, about, more in items:
            if kind == RESULT:
                self.result(person, about, more, day)
            elif kind == REACH and self.reached_today >= self.r.tracers:
                self.waiting.append((kind, person, about, more))
            elif kind == REACH:
                self.reached_today += 1
                if more == RING_ONE:
                    self.to_reach -= 1
                else:
                    self.later -= 1
                self.reach(person, about, more, day)
            elif kind == TEST:
                self.test(person, about, day)
            elif (
                share(draw(self.key, person, SEEKS)) < self.r.seek_share
                or self.files[person].stay_on(day) != NO_STAY
                or self.is_watched(person, day)
            ):
                self.test(person, BY_SYMPTOMS, day)
        self.series["contacts_waiting", day] = len(self.waiting)
        if self.s.zoning.acts or self.changed:
            self.screen(day)
            for zone in self.community:
                for level in (1, 2, 3):
                    unit = int(self.s.zoning.unit_of[level, zone])
                    if unit >= 0:
                        self.cases_of[level, unit, day] += 1
                        self.last_case[level, unit] = day
            self.decide(day)

    def is_watched(self, person: int, day: int) -> bool:
        reached = self.files[person].reached
        return reached is not None and reached <= day <= reached + self.r.watch_days

    def known_on(self, day: int, tubes: int) -> int:
        self.load += tubes
        return day + self.r.result_days + int((self.load - 1) // max(1.0, min(self.r.laboratory, 1e15)))

    def finds(self, person: int, day: int) -> float:
        """Chance that a test finds the infection."""
        return float(self.course.sensitivity[min(day - self.now[person].infected, 63)])

    def test(self, person: int, how: int, day: int) -> None:
        file = self.files[person]
        if self.is_known(person) or file.sampled == day:
            return
        file.sampled = day
        self.series["tests", day] += 1
        self.series["tubes", day] += 1
        known = self.known_on(day, 1)
        u = share(draw(self.key, person, TESTS | day))
        if person in self.now:
            if u < self.finds(person, day):
                self.agenda[known].append((RESULT, person, how, (day, True)))
        elif u < 1 - self.r.specificity:
            self.agenda[known].append((RESULT, person, how, (day, False)))

    def result(self, person: int, how: int, sample: tuple[int, bool], day: int) -> None:
        file, own = self.files[person], self.people[person]
        sampled, true = sample
        if not true:
            self.series["false_cases", day] += 1
            file.begin_stay(ISOLATION_HOME, day, day + int(self.r.recheck_days) - 1)
            return
        if self.is_known(person):
            return
        illness = self.now[person]
        apart = file.stay_on(day - 1) != NO_STAY
        file.confirmed = day
        self.series["cases", day] += 1
        self.by_zone[1, day, own.zone] += 1
        if not apart:
            self.series["community_cases", day] += 1
            self.community.append(own.zone)
        onset = illness.onset if illness.ill and illness.onset <= day else NO_DAY
        self.lines.append((person, illness.infected, onset, sampled, day, how))
        until = day + int(self.r.isolation_days) - 1
        if self.in_beds < self.r.beds:
            self.in_beds += 1
            self.bed_ends[min(until + 1, CALENDAR - 1)] += 1
            file.begin_stay(ISOLATION_BED, day, until)
        elif share(draw(self.key, person, OBEYS | 1)) < self.r.obeys_isolation:
            file.begin_stay(ISOLATION_HOME, day, until)
        if self.r.traces and self.to_reach >= self.most_waiting:
            self.series["cases_not_traced", day] += 1  # whom it names would be reached after their quarantine
        elif self.r.traces:
            started = min(illness.onset if illness.ill else sampled, day)
            ring = started - int(self.r.lookback_ill if illness.ill else self.r.lookback_well)
            self.trace(person, min(ring, started - int(self.r.backward_days)), ring, day)

    def lay_ill(self, person: int, day: int) -> bool:
        illness = self.now.get(person)
        return illness is not None and illness.ill and illness.rests and illness.infected < day >= illness.onset

    def trace(self, person: int, since: int, ring_since: int, day: int) -> None:
        own = self.people[person]
        for on in range(max(since, day - 31, 0), day):
            ring = RING_ONE if on >= ring_since else BACKWARD
            recall = self.r.recall if ring == RING_ONE or self.r.recall_before is None else self.r.recall_before
            for layer in range(7):
                if layer != HOME and self.lay_ill(person, on):
                    continue
                for slot in range(own.size - 1 if layer == HOME else self.slots(on, person, layer)):
                    if share(draw(self.key, person, NAMED | on << 8 | slot << 3 | layer)) >= recall[layer]:
                        continue
                    other = self.partner(person, layer, slot, on)
                    left = self.openness(person, layer, on) * self.openness(other, layer, on)
                    if other == person or (
                        layer != HOME and (slot >= self.slots(on, other, layer) or self.lay_ill(other, on))
                    ):
                        continue
                    if left <= 0 or not self.takes_place(person, other, layer, slot, on, left):
                        continue
                    self.series["contacts_named", day] += 1
                    self.names.append([day, person, other, on, layer, ring, NO_DAY])
                    bits = draw(self.key, other, REACHED | day)
                    if share(bits) < self.r.reached_share and (ring == RING_ONE or self.later < self.most_waiting):
                        after = max(1, int(self.r.reach_delay[bits & 1023]))
                        self.names[-1][-1] = day + after
                        self.to_reach += ring == RING_ONE
                        self.later += ring != RING_ONE
                        self.agenda[day + after].append((REACH, other, on, ring))

    def reach(self, person: int, exposed: int, ring: int, day: int) -> None:
        file, own = self.files[person], self.people[person]
        if self.is_known(person):
            return
        self.series["contacts_reached", day] += 1
        file.reached = day
        if ring == BACKWARD:
            self.test(person, BY_TRACING, day)
            return
        if self.r.ring_vaccination and file.vaccinated is None and self.doses_today < self.r.doses:
            self.doses_today += 1
            self.series["doses", day] += 1
            file.vaccinated = day
        stay = self.r.quarantine_stay if ring == RING_ONE else QUARANTINE_HOME
        days = int(self.r.quarantine_days if ring == RING_ONE else self.r.ring_two_days)
        obeys = share(draw(self.key, person, OBEYS)) < self.r.obeys_quarantine
        if stay == QUARANTINE_CENTRAL or obeys:
            file.begin_stay(stay, day, exposed + days)
        if ring == RING_ONE:
            self.test(person, BY_TRACING, day)
            for after in self.r.test_days:
                if exposed + after > day:
                    self.agenda[exposed + after].append((TEST, person, BY_TRACING, 0))
            if self.r.ring_two_days > 0:
                for other in range(person - own.home, person - own.home + own.size):
                    if other != person and self.later < self.most_waiting:
                        self.later += 1
                        self.agenda[day + 1].append((REACH, other, day, RING_TWO))

    # --- zones -----------------------------------------------------------------------------------------------------

    def screened_zones(self, day: int) -> list[int]:
        zoning = self.s.zoning
        ordered = {
            int(zone)
            for order in zoning.orders
            if order.screening and order.start + HISTORY == day
            for zone in order.zones
        }
        for order in zoning.orders:
            level, since = order.bits & 3, day - order.start - HISTORY
            every = int(zoning.level_rules[level, 5]) if level else 0
            if not order.screening and every > 0 and since >= 0 and day <= order.end + HISTORY and since % every == 0:
                ordered |= {int(zone) for zone in order.zones if self.regime[day, int(zone)] & 3 == level}
        found = []
        for zone in self.zones:
            level = self.regime[day, zone] & 3
            every = int(zoning.level_rules[level, 5]) if level else 0
            since = self.since.get((level, int(zoning.unit_of[level, zone])))
            round_due = every > 0 and since is not None and day >= since and (day - since) % every == 0
            if round_due or zone in ordered:
                found.append(zone)
        return found

    def screen(self, day: int) -> None:
        known, due = {}, self.screened_zones(day)
        people = sum(self.zone_start[zone + 1] - self.zone_start[zone] for zone in due)
        sampled = min(self.r.screened_share, self.r.sampled_a_day / people) if due else 0.0
        for zone in due:
            start, end = self.zone_start[zone], self.zone_start[zone + 1]
            tested = int((end - start) * sampled)
            tubes = math.ceil(tested / self.r.pool)
            self.series["people_screened", day] += tested
            self.series["tubes", day] += tubes
            known[zone] = self.known_on(day, tubes)
            mean = tested * (1 - self.r.screening_specificity)
            alarms = poisson(mean, share(draw(self.key, zone, FALSE_ALARM | day)), 1000) if mean < 500 else int(mean)
            for alarm in range(1, 1 + alarms):
                person = start + below(draw(self.key, zone, FALSE_ALARM | alarm << 10 | day), end - start)
                if person not in self.now:
                    self.agenda[known[zone]].append((RESULT, person, BY_SCREENING, (day, False)))
        for past in range(max(day - 64, 0), day):
            for event in self.infections.get(past, []):
                person, zone = event.target, self.people[event.target].zone
                if zone not in known or self.is_known(person):
                    continue
                if share(draw(self.key, person, TURNOUT | day)) >= sampled:
                    continue
                chance = self.finds(person, day) * self.r.detects_pooled
                if share(draw(self.key, person, TESTS | 1 << 10 | day)) < chance:
                    self.series["tests", day] += int(self.r.pool)
                    self.series["tubes", day] += int(self.r.pool)
                    self.agenda[known[zone]].append((RESULT, person, BY_SCREENING, (day, True)))

    def decide(self, day: int) -> None:
        """Levels of tomorrow from the cases up to today."""
        zoning, tomorrow = self.s.zoning, day + 1
        for level in (1, 2, 3):
            window, lift, lower, lasts = (int(number) for number in zoning.level_rules[level, :4])
            for unit in range(zoning.threshold.shape[1]):
                needed, at = int(zoning.threshold[level, unit]), (level, unit)
                recent = sum(self.cases_of[level, unit, day - back] for back in range(window))
                if at not in self.since:
                    decides = needed > 0 and day >= zoning.rules_from + HISTORY
                    if decides and self.cases_of[level, unit, day] > 0 and recent >= needed:
                        self.since[at] = day + zoning.delay
                elif day - max(self.since[at], self.last_case.get(at, NO_DAY)) >= lift:
                    del self.since[at]
                    for zone in self.zones:
                        if lower > 0 and zoning.unit_of[level, zone] == unit and zoning.unit_of[lower, zone] >= 0:
                            self.held[lower, int(zoning.unit_of[lower, zone])] = day + lasts
        levels, closed = {}, {}
        for zone in self.zones:
            ordered = [
                order.bits
                for order in zoning.orders
                if not order.screening
                and order.start + HISTORY <= tomorrow <= order.end + HISTORY
                and zone in order.zones
            ]
            levels[zone] = max([bits & 3 for bits in ordered], default=0)
            closed[zone] = 0
            for bits in ordered:
                closed[zone] |= bits & 12
            for level in (1, 2, 3):
                at = (level, int(zoning.unit_of[level, zone]))
                if self.since.get(at, CALENDAR) <= tomorrow or self.held.get(at, NO_DAY) >= tomorrow:
                    levels[zone] = max(levels[zone], level)
        for level in (3, 2, 1):
            within = int(zoning.level_rules[level, 4])
            units = zoning.unit_of[level]
            brought = {units[zone] for zone in self.zones if within > 0 and levels[zone] >= within} - {-1}
            for zone in self.zones:
                if units[zone] in brought:
                    levels[zone] = max(levels[zone], level)
        for zone in self.zones:
            self.regime[tomorrow, zone] = levels[zone] | closed[zone]

    def staying(self, day: int, kind: int) -> int:
        """People in a stay on a day."""
        return sum(
            stay.kind == kind and stay.start <= day <= stay.until for file in self.files.values() for stay in file.stays
        )
