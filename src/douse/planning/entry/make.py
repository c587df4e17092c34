"""Entry: tests and quarantine by origin that keep missed imports below the target."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from douse.library.pathogen import Pathogen
from douse.library.placing import Entry
from douse.library.protocol import Protocol
from douse.library.stand_in import part_of
from douse.planning.basis import Basis
from douse.planning.entry.choose import choose
from douse.planning.entry.infected import PLACES, Infected, entry_rules, infected_arrivals
from douse.planning.entry.origins import Origin, origins, without_origin
from douse.planning.entry.schedules import judged, schedules
from douse.planning.entry.values import EntryOrigin, EntryPlan, EntrySchedule
from douse.records.measure import Because
from douse.situation.clock import resolve_days

_HARDLY = 1e-5  # share by which the target may be missed by rounding


def plan_entry(basis: Basis) -> EntryPlan | None:
    """Choose a schedule for each origin; None where no arrivals with an origin are on record in the window.

    Parameters
    ----------
    basis : Basis
        Arrivals, their tests, cases, surveys at origins, pathogen, protocol.

    Returns
    -------
    EntryPlan or None
        A proposal; nobody is kept before a person approves it.
    """
    rules = entry_rules(basis.protocol)
    coming = origins(basis, rules)
    if not coming:
        return None
    infected, options = _table(_Asked(basis.pathogen, rules))
    target = missed_imports(basis.protocol)
    money = np.array([_money(basis, one) for one in options])
    choice = choose(
        np.array([one.arrivals for one in coming]),
        np.array([one.arrivals * one.prevalence for one in coming]),
        np.array([one.missed for one in options]),
        np.array([float(one.days) for one in options]),
        money,
        target,
    )
    asked = by_protocol(basis, infected)
    chosen = [
        _of_origin(one, options[at], asked) for one, at in zip(coming, choice.schedule.tolist(), strict=True)
    ]  # fmt: skip
    expected = sum(one.missed for one in chosen)
    within = expected <= target * (1 + _HARDLY)
    arrivals = sum(one.arrivals for one in chosen)
    return EntryPlan(
        target=target,
        expected=expected,
        let_through=sum(one.let_through for one in chosen),
        within_target=within,
        person_days=sum(one.person_days for one in chosen),
        tests=sum(one.tests for one in chosen),
        cost=float(sum(one.arrivals * money[at] for one, at in zip(coming, choice.schedule.tolist(), strict=True))),
        by_protocol=asked,
        expected_by_protocol=sum(one.missed_by_protocol for one in chosen),
        person_days_by_protocol=arrivals * asked.days,
        bound=choice.bound,
        origins=tuple(sorted(chosen, key=lambda one: (-one.infected, one.origin))),
        schedules=options,
        text=_text(within=within, target=target, expected=expected, chosen=chosen),
        notes=_notes(basis, coming, without_origin(basis, rules)),
    )


@dataclass(frozen=True, eq=False)
class _Asked:
    """What the table of schedules depends on."""

    pathogen: Pathogen
    rules: Entry

    def __hash__(self) -> int:
        return hash(self.pathogen.id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and (self.pathogen, self.rules) == (other.pathogen, other.rules)


@lru_cache(maxsize=8)
def _table(asked: _Asked) -> tuple[Infected, tuple[EntrySchedule, ...]]:
    """How the infected arrive, and the schedules worth considering: the same for every day of an outbreak."""
    infected, rules = infected_arrivals(asked.pathogen, asked.rules), asked.rules
    longest = asked.pathogen.max_incubation if rules.most_days is None else rules.most_days
    return infected, schedules(
        infected,
        most_days=int(np.ceil(longest.value)),
        most_tests=round(rules.most_tests.value),
        free_days=round(rules.free_test_days.value),
    )


def missed_imports(protocol: Protocol) -> float:
    """Infectious arrivals missed a month, at most: the protocol's, else that of who-generic."""
    return part_of(protocol, lambda rules: rules.targets.missed_imports).value


def by_protocol(basis: Basis, infected: Infected) -> EntrySchedule:
    """What the protocol asks of arrivals today; watching oneself is being free."""
    rule = basis.protocol.quarantine["arrival"]
    stay = [
        phase.place
        for phase in rule.phases
        for _ in range(int(np.ceil(resolve_days(phase.days, basis.pathogen))))
        if phase.place in PLACES
    ]
    tests = () if rule.symptoms_only else rule.test_days
    missed, through = judged(infected, stay, tests)
    then_home = stay.count("home") if "central" in stay else 0
    return EntrySchedule(stay[0] if stay else "free", len(stay), tests, missed, through, then_home)


def _money(basis: Basis, one: EntrySchedule) -> float:
    """Cost of one traveller: the days of the stay, and the tests."""
    prices = basis.costs
    a_day = {"free": 0.0, "home": prices.home_quarantine_day.value, "central": prices.quarantine_day.value}
    return one.days * a_day[one.place] + len(one.test_days) * prices.test_single.value


def _of_origin(one: Origin, chosen: EntrySchedule, asked: EntrySchedule) -> EntryOrigin:
    infected = one.arrivals * one.prevalence
    return EntryOrigin(
        origin=one.name,
        arrivals=one.arrivals,
        basis=one.basis,
        prevalence=one.prevalence,
        low=one.low,
        high=one.high,
        infected=infected,
        place=chosen.place,
        days=chosen.days,
        test_days=chosen.test_days,
        missed=infected * chosen.missed,
        let_through=infected * chosen.let_through,
        person_days=one.arrivals * chosen.days,
        tests=one.arrivals * len(chosen.test_days),
        missed_by_protocol=infected * asked.missed,
    )


def _text(*, within: bool, target: float, expected: float, chosen: Sequence[EntryOrigin]) -> Because:
    facts: dict[str, str | int | float] = {
        "target": target,
        "expected": round(expected, 2),
        "infected": round(sum(one.infected for one in chosen), 1),
        "arrivals": round(sum(one.arrivals for one in chosen)),
        "days": round(sum(one.person_days for one in chosen)),
        "short": round(max(expected - target, 0.0), 2),
    }
    if within:
        return Because(
            "Of about {arrivals} arrivals a month {infected} are expected to be infected. With these tests and stays "
            "about {expected} a month are missed while infectious, within the target of {target}, for {days} "
            "person-days: no choice among the ways below does it for fewer.",
            facts,
        )
    return Because(
        "Of about {arrivals} arrivals a month {infected} are expected to be infected. Even with the strictest tests "
        "and stays about {expected} a month are missed while infectious: the target of {target} cannot be kept, short "
        "by {short}. Fewer arrivals, a test before departure or longer stays would be needed.",
        facts,
    )


def _notes(basis: Basis, coming: Sequence[Origin], nowhere: int) -> tuple[Because, ...]:
    notes = []
    guessed = sum(one.basis == "guess" for one in coming)
    if guessed:
        notes.append(
            Because(
                "For {n} {n:origin|origins} nothing tells how many are infected there: the library's guess is used "
                "until arrivals are tested whatever their symptoms.",
                {"n": guessed},
            )
        )
    if nowhere:
        notes.append(
            Because("{n} {n:arrival has|arrivals have} no origin on record and {n:is|are} left out.", {"n": nowhere})
        )
    if not basis.pathogen.test_curve:
        notes.append(
            Because(
                "The pathogen's file has no test curve: that of the wild type of SARS-CoV-2 stands in, with days "
                "stretched by the incubation."
            )
        )
    return tuple(notes)
