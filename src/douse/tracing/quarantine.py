"""How long the quarantine of a contact lasts, where, and when tests fall due."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl

from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol, Quarantine
from douse.situation.clock import resolve_days
from douse.situation.quarantine import STAYS_IN
from douse.tracing.contact_class import STRENGTH


@dataclass(frozen=True)
class Course:
    """Quarantine of one class: stretches as (place, first day, last day) and test days; day 1 follows the exposure."""

    stretches: tuple[tuple[str, int, int], ...]
    test_days: tuple[int, ...]

    @property
    def days(self) -> int:
        """Last day of all that is asked; 0 where nothing is."""
        return max((last for _, _, last in self.stretches), default=0)

    @property
    def days_in(self) -> int:
        """Last day of staying in; 0 where nobody is asked to."""
        return max((last for place, _, last in self.stretches if place in STAYS_IN), default=0)


def courses(pathogen: Pathogen, protocol: Protocol) -> dict[str, Course]:
    """Course of each class of contact; stretches of no place are left out."""
    return {name: _course(protocol.quarantine[name], pathogen) for name in STRENGTH}


def horizon_days(of_class: dict[str, Course], pathogen: Pathogen) -> int:
    """Days after which an exposure makes no more work: the longest course, and the maximum incubation at least."""
    return max(math.ceil(pathogen.max_incubation.value), *(course.days for course in of_class.values()))


def with_quarantine(contacts: pl.DataFrame, of_class: dict[str, Course], as_of: date) -> pl.DataFrame:
    """Add what the protocol asks of each contact.

    The clock starts at the last exposure, so that days that have passed when a contact is found are credited.

    Parameters
    ----------
    contacts : polars.DataFrame
        contact_class and last_exposure (date).
    of_class : dict
        As of `courses`.
    as_of : date
        The day.

    Returns
    -------
    polars.DataFrame
        With quarantine_end (last day of staying in; null where nobody is asked to), quarantine_days_left (0 on the
        last day and after), follow_up_end (last day of all that is asked, monitoring too), place (home | central |
        monitor: what applies today; null after the end) and test_days (dates).
    """
    return contacts.with_columns(
        quarantine_end=_by_class(of_class, lambda course: _day(course.days_in)),
        follow_up_end=_by_class(of_class, lambda course: _day(course.days)),
        place=_by_class(of_class, lambda course: _place(course, as_of)),
        test_days=_by_class(of_class, _test_days),
    ).with_columns(quarantine_days_left=(pl.col("quarantine_end") - pl.lit(as_of)).dt.total_days().clip(lower_bound=0))


def with_next_test(contacts: pl.DataFrame, tests: pl.DataFrame | None, as_of: date) -> pl.DataFrame:
    """Add next_test: the test day that is due today or next; null when none is left.

    Parameters
    ----------
    contacts : polars.DataFrame
        person, test_days, follow_up_end.
    tests : polars.DataFrame or None
        person, sampled_on of the tests on record; None where nobody sends tests. With them, a test day that passed
        without a sample on it or since is made up for today, as long as anything is asked.
    as_of : date
        The day.

    Returns
    -------
    polars.DataFrame
        With next_test and test_missed (bool: a test day passed without a sample).
    """
    today = pl.lit(as_of)
    sampled = _last_sample(contacts, tests)
    past = pl.col("test_days").list.filter(pl.element() < today).list.max()
    missed = past.is_not_null() & (pl.col("sampled_on") < past).fill_null(value=tests is not None)
    still_on = (pl.col("follow_up_end") >= today).fill_null(value=False)
    # A sample of today has met the test day of today.
    later = pl.col("test_days").list.filter(pl.element() > today).list.min()
    ahead = pl.when(pl.col("test_days").list.contains(today) & (pl.col("sampled_on") != today).fill_null(value=True))
    return (
        sampled.with_columns(test_missed=missed & still_on)
        .with_columns(next_test=pl.when("test_missed").then(today).otherwise(ahead.then(today).otherwise(later)))
        .drop("sampled_on")
    )


def _last_sample(contacts: pl.DataFrame, tests: pl.DataFrame | None) -> pl.DataFrame:
    if tests is None:
        return contacts.with_columns(sampled_on=pl.lit(None, dtype=pl.Date))
    last = tests.group_by("person").agg(sampled_on=pl.col("sampled_on").max())
    return contacts.join(last, on="person", how="left", maintain_order="left")


def _course(rule: Quarantine, pathogen: Pathogen) -> Course:
    stretches, day = [], 0
    for phase in rule.phases:
        length = math.ceil(resolve_days(phase.days, pathogen))
        if phase.place != "none" and length:
            stretches.append((phase.place, day + 1, day + length))
        day += length
    # Test days after a quarantine of the pathogen's own length fall away.
    by_pathogen = any(phase.days == "max_incubation" for phase in rule.phases)
    tests = tuple(d for d in rule.test_days if not by_pathogen or d <= day)
    return Course(tuple(stretches), () if rule.symptoms_only else tests)


def _by_class(of_class: dict[str, Course], answer: Callable[[Course], pl.Expr]) -> pl.Expr:
    answers = [pl.when(pl.col("contact_class") == name).then(answer(course)) for name, course in of_class.items()]
    return pl.coalesce(answers)


def _day(number: int) -> pl.Expr:
    return pl.col("last_exposure") + pl.duration(days=number) if number else pl.lit(None, dtype=pl.Date)


def _place(course: Course, as_of: date) -> pl.Expr:
    # On the day of the exposure itself the first stretch applies already.
    day = (pl.lit(as_of) - pl.col("last_exposure")).dt.total_days().clip(lower_bound=1)
    places = [pl.when(day.is_between(first, last)).then(pl.lit(place)) for place, first, last in course.stretches]
    return pl.coalesce([*places, pl.lit(None, dtype=pl.String)])


def _test_days(course: Course) -> pl.Expr:
    if not course.test_days:
        return pl.lit([], dtype=pl.List(pl.Date))
    return pl.concat_list([pl.col("last_exposure") + pl.duration(days=day) for day in course.test_days])
