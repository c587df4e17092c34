"""Measures on persons and rounds: quarantine of contacts, isolation of cases, screening of zones."""

import math
from collections.abc import Sequence
from datetime import timedelta

import polars as pl

from douse.planning.basis import Basis
from douse.planning.evidence import MOST_EVIDENCE
from douse.planning.plan import Round
from douse.planning.quarantine import contacts_on_record, days_left
from douse.planning.screening import every_days
from douse.records.measure import Because, Measure
from douse.tracing.quarantine import Course, courses

# Steps of the ladder that are less than a quarantine place, than staying in, and than a round.
LESS_THAN_CENTRAL, LESS_THAN_HOME, LESS_THAN_ISOLATION, LESS_THAN_ROUND = "home", "test", "inform", "test"


def quarantine_measures(basis: Basis) -> tuple[Measure, ...]:
    """One measure for each class of contacts whose quarantine is not over; person-days are those left of each."""
    contacts = contacts_on_record(basis)
    found = (
        _quarantine(basis, name, course, contacts.filter(pl.col("contact_class") == name))
        for name, course in courses(basis.pathogen, basis.protocol).items()
    )
    return tuple(measure for measure in found if measure is not None)


def isolation_measures(basis: Basis) -> tuple[Measure, ...]:
    """One measure for the active cases that nothing on record shows to be isolated; none where there are none."""
    cases = basis.situation.cases
    stays = basis.known.table("stays").filter(pl.col("left_on").is_null())["person_id"].implode()
    apart = pl.col("isolated_at").is_not_null() | pl.col("hospitalised_on").is_not_null()
    staying = pl.col("person").is_in(stays) | pl.col("case_id").is_in(stays)
    free = cases.filter(pl.col("active") & ~apart & ~staying)
    if free.is_empty():
        return ()
    days = math.ceil(basis.pathogen.days_in_isolation.value)
    since = (pl.lit(basis.as_of) - pl.col("day")).dt.total_days()
    left = free.select((days - since).clip(lower_bound=0).alias("left"))["left"]
    last = int(left.max() or 0)  # type: ignore[arg-type]  # whole days
    return (
        Measure(
            id="isolation",
            action="start",
            kind="isolation",
            zone=None,
            level=None,
            level_before=None,
            start=basis.as_of,
            review_on=basis.as_of + timedelta(days=min(1, last)),
            expires_on=basis.as_of + timedelta(days=last),
            people=free.height,
            person_days=float(left.sum()),
            reason=Because(
                "Active cases with no isolation, hospital or other stay on record: {n} of {active}.",
                {"n": free.height, "active": int(cases["active"].sum())},
            ),
            evidence=tuple(free["case_id"].sort()[:MOST_EVIDENCE]),
            lift_rule=Because("Each case is released by the protocol's rule for release."),
            lesser=LESS_THAN_ISOLATION,
            lesser_fails=Because(
                "Advice alone leaves a case free to infect others for up to {days} days.", {"days": days}
            ),
            support=_support(),
        ),
    )


def screening_measures(basis: Basis, rounds: Sequence[Round], levels: Sequence[Measure]) -> tuple[Measure, ...]:
    """One measure for each zone with rounds; it restricts nobody."""
    by_zone = {measure.zone: measure for measure in levels}
    return tuple(_screening(basis, one, by_zone[one.zone]) for one in rounds)


def _quarantine(basis: Basis, name: str, course: Course, contacts: pl.DataFrame) -> Measure | None:
    left = days_left(contacts["elapsed"].fill_null(-1).to_numpy(), course)
    left[contacts["elapsed"].is_null().to_numpy()] = 0
    staying = contacts.filter(pl.Series(left > 0))
    if staying.is_empty():
        return None
    left = left[left > 0]
    waiting = staying["quarantined_on"].null_count()
    lesser, fails = _less_than_quarantine(basis, course)
    return Measure(
        id=f"quarantine/{name}",
        action="start" if waiting else "keep",
        kind="quarantine",
        zone=None,
        level=None,
        level_before=None,
        start=basis.as_of,
        review_on=basis.as_of + timedelta(days=int(left.min())),
        expires_on=basis.as_of + timedelta(days=int(left.max())),
        people=staying.height,
        person_days=float(left.sum()),
        reason=Because(
            "{n} {n:person|people} ({group}) within {days} days of the last exposure; {waiting} of them have no "
            "quarantine on record yet.",
            {"n": staying.height, "group": name, "days": course.days, "waiting": waiting},
        ),
        evidence=tuple(staying["case_id"].unique().sort()[:MOST_EVIDENCE]),
        lift_rule=Because(
            "Ends for each person {days} days after the last exposure; days that have passed count.",
            {"days": course.days},
        ),
        lesser=lesser,
        lesser_fails=fails,
        support=_support(),
    )


def _less_than_quarantine(basis: Basis, course: Course) -> tuple[str, Because]:
    if any(place == "central" for place, _, _ in course.stretches):
        days = sum(last - first + 1 for place, first, last in course.stretches if place == "central")
        because = Because(
            "At home others of the household would be exposed; the protocol asks for {days} days in a place apart.",
            {"days": days},
        )
        return LESS_THAN_CENTRAL, because
    share = basis.pathogen.presymptomatic_share.value
    if share > 0:
        because = Because(
            "Tests alone come too late: {share} of transmission happens before symptoms, and a test misses the first "
            "days.",
            {"share": share},
        )
        return LESS_THAN_HOME, because
    because = Because(
        "Tests alone do not clear a contact: illness may begin up to {days} days after the exposure.",
        {"days": math.ceil(basis.pathogen.max_incubation.value)},
    )
    return LESS_THAN_HOME, because


def _screening(basis: Basis, one: Round, level: Measure) -> Measure:
    every, rules = every_days(basis, level), basis.protocol.screening
    facts: dict[str, str | int | float] = {
        "level": level.level or "",
        "days": every or 0,
        "clean": round(rules.clean_rounds.value),
        "gap": round(rules.gap_days.value),
        "extra": round(rules.extra_rounds.value),
        "tubes": one.tubes,
        "people": one.people,
    }
    return Measure(
        id=f"screening/{one.zone}",
        action="start",
        kind="screening",
        zone=one.zone,
        level=None,
        level_before=None,
        start=basis.as_of,
        review_on=min(basis.as_of + timedelta(days=every or 1), level.expires_on),
        expires_on=level.expires_on,
        people=one.people,
        person_days=0.0,
        reason=Because(
            "{level} asks for a round every {days} days: {people} people in {tubes} tubes each time, at the best pool "
            "size.",
            facts,
        ),
        evidence=level.evidence,
        lift_rule=Because(
            "Ends after {clean} clean rounds in a row, {gap} days without one, and {extra} more clean "
            "{extra:round|rounds}.",
            facts,
        ),
        lesser=LESS_THAN_ROUND,
        lesser_fails=Because(
            "Tests of contacts and of people with symptoms alone miss chains that nobody has linked yet."
        ),
        support=(),
    )


def _support() -> tuple[Because, ...]:
    """What is owed to people in quarantine or isolation."""
    return (
        Because("Food and medicines are brought to those who have nobody to do it."),
        Because("Wages and income that are lost because of the measure are made good."),
        Because("Those whom they care for are looked after meanwhile."),
        Because("Anybody may appeal against the measure and is told where; the answer comes before the review."),
    )
