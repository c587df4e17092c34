"""Who met some cases, and who met those: for investigators, place by place, likeliest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from douse.errors import UsageError
from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.records import Records
from douse.situation.cases import identifiers
from douse.situation.situation import Situation
from douse.tracing.contact_class import shared_place_class
from douse.tracing.contacts import described, ring1, ring2, still_of_use, strongest
from douse.tracing.encounters import Asked, last_day
from douse.tracing.places import site_facts, with_place_facts
from douse.tracing.quarantine import courses, horizon_days
from douse.tracing.risk import infectors, per_person, with_infection_probability
from douse.tracing.shared_places import Visits, case_windows, met_cases
from douse.tracing.stand_in import crowd_limit
from douse.tracing.windows import infectious_windows
from douse.units import SECONDS_PER_MINUTE

RINGS = (1, 2)


@dataclass(frozen=True)
class WhoMet:
    """Who met some cases.

    ``windows``    case_id, person, told_at, infectious_from, infectious_to (null: isolated before it could infect): the
                   cases asked for
    ``exposures``  case_id, person, is_case (bool: the person is a case too), place, kind, zone, setting, ventilation,
                   minutes (in all), day_minutes (the most on one day), meetings, day_only (meetings of which only the
                   day is known), first, last (moments), contact_class, infection_probability: one row a case, person
                   and place, likeliest first
    ``people``     person, ring, case_id, via, contact_class, setting, basis, minutes, first_exposure, last_exposure,
                   exposures (how many of all kinds), cases (distinct), infection_probability (of all together), zone,
                   household, age, quarantine_end, place (home | central | monitor): one row a person who is no case;
                   ring 1 first, then likeliest first
    ``announce``   place, kind, zone, day, visits, cases: places with too many visits to be traced
    """

    windows: pl.DataFrame
    exposures: pl.DataFrame
    people: pl.DataFrame
    announce: pl.DataFrame


def who_met(  # noqa: PLR0913  (the rooms' common arguments, whose meetings, and how far)
    known: Records,
    situation: Situation,
    visits: Visits,
    pathogen: Pathogen,
    protocol: Protocol,
    *,
    cases: Sequence[str] = (),
    rings: int = 2,
    crowd: int | None = None,
) -> WhoMet:
    """Everybody who met some cases while they could infect (ring 1), and who met those before quarantine (ring 2).

    Parameters
    ----------
    known : Records
        As-of view.
    situation : Situation
        Its counted cases.
    visits : Visits
        Who was where.
    pathogen, protocol : Pathogen, Protocol
        Windows, classes of contacts, chance of infection.
    cases : sequence of str
        case_ids; none: all counted cases that may still make work.
    rings : int, default 2
        1 or 2.
    crowd : int, optional
        Most visits a day at a place that is traced; None: the protocol's.

    Raises
    ------
    UsageError
        When a case that was asked for is not on record, or the rings are neither 1 nor 2.
    """
    if rings not in RINGS:
        raise UsageError("Contacts are traced in one ring or two.", allowed="1, 2", next_step="Correct --rings.")
    every = situation.cases.unique("case_id", keep="first", maintain_order=True)
    ill, of_class = identifiers(every), courses(pathogen, protocol)
    horizon = horizon_days(of_class, pathogen)
    windows = infectious_windows(_asked_for(every, cases), known.day, pathogen, protocol)
    if cases:  # those who are asked for are told of, however long ago they could infect
        horizon, recent = max(horizon, _days_back(windows, known.day)), windows
    else:
        old = pl.col("infectious_to") < known.day - timedelta(days=horizon)
        recent = windows.filter(~old.fill_null(value=False))
    asked = Asked(known.day, crowd_limit(protocol) if crowd is None else crowd)
    met = met_cases(visits, case_windows(recent), asked)
    exposed = still_of_use(ring1(known, windows, recent, met.encounters, visits, protocol), known, ill, horizon)
    if rings == RINGS[-1]:
        close = strongest(exposed.filter(contact_class="close"))
        further = ring2(known, close, ill, visits, asked, protocol)
        exposed = pl.concat([exposed, still_of_use(further, known, ill, horizon)])
    risky = with_infection_probability(exposed, infectors(every), pathogen, protocol)
    return WhoMet(
        recent,
        _exposures(met.encounters, known, visits, ill, infectors(every), (pathogen, protocol)),
        described(_people(risky), known, of_class).select(_PEOPLE).sort(*_LIKELIEST, descending=_DOWN, nulls_last=True),
        _announce(met.crowded, known, visits),
    )


_PEOPLE = (
    "person", "ring", "case_id", "via", "contact_class", "setting", "basis", "minutes", "first_exposure",
    "last_exposure", "exposures", "cases", "infection_probability", "zone", "household", "age", "quarantine_end",
    "place",
)  # fmt: skip
_LIKELIEST, _DOWN = ("ring", "infection_probability", "person"), (False, True, False)


def _days_back(windows: pl.DataFrame, day: date) -> int:
    first = windows["infectious_from"].min()
    return (day - first).days if isinstance(first, date) else 0


def _asked_for(every: pl.DataFrame, cases: Sequence[str]) -> pl.DataFrame:
    if not cases:
        return every
    found = every.filter(pl.col("case_id").is_in(list(cases)))
    missing = len(set(cases)) - found.height
    if missing:
        raise UsageError(
            f"{missing} of the {len(set(cases))} cases asked for are not on record as of the day.",
            allowed="case_id of counted cases",
            next_step="Correct the identifiers, or the day with --as-of.",
        )
    return found


def _exposures(  # noqa: PLR0913, PLR0917  (what was met, where, and by whose rules)
    met: pl.DataFrame,
    known: Records,
    visits: Visits,
    ill: pl.Series,
    cases: pl.DataFrame,
    library: tuple[Pathogen, Protocol],
) -> pl.DataFrame:
    """One row a case, person and place."""
    exact = pl.col("seconds").filter(pl.col("meetings") > 0)
    rows = (
        met.group_by("host", "person", "place")
        .agg(
            minutes=pl.when((pl.col("meetings") > 0).any()).then(exact.sum() / SECONDS_PER_MINUTE),
            day_minutes=exact.max() / SECONDS_PER_MINUTE,
            meetings=pl.col("meetings").sum(),
            day_only=pl.col("day_only").sum(),
            first=pl.col("first").min(),
            last=pl.col("last").max(),
        )
        .rename({"host": "case_id"})
    )
    facts = site_facts(known, rows["place"], visits.facts)
    placed = with_place_facts(rows, facts).join(facts.select("place", "kind", "zone"), on="place", how="left")
    classed = placed.with_columns(shared_place_class(library[1], minutes="day_minutes").alias("contact_class"))
    risky = with_infection_probability(
        classed.with_columns(
            first_exposure=pl.col("first").dt.date(),
            last_exposure=last_day(),
        ),
        cases,
        *library,
    )
    return risky.select(
        "case_id",
        "person",
        pl.col("person").is_in(ill.implode()).alias("is_case"),
        "place",
        "kind",
        "zone",
        "setting",
        "ventilation",
        "minutes",
        "day_minutes",
        "meetings",
        "day_only",
        "first",
        "last",
        "contact_class",
        "infection_probability",
    ).sort("infection_probability", "case_id", "person", "place", descending=[True, False, False, False])


def _people(risky: pl.DataFrame) -> pl.DataFrame:
    """One row a person: the strongest exposure, how many there are, and their chance together."""
    counted = risky.group_by("person").agg(
        exposures=pl.len().cast(pl.Int64), cases=pl.col("case_id").n_unique().cast(pl.Int64)
    )
    told = strongest(risky).drop("infection_probability")
    return told.join(counted, on="person").join(per_person(risky), on="person", how="left")


def _announce(crowded: pl.DataFrame, known: Records, visits: Visits) -> pl.DataFrame:
    facts = site_facts(known, crowded["place"], visits.facts).select("place", "kind", "zone")
    return (
        crowded.join(facts, on="place", how="left")
        .select("place", "kind", "zone", "day", "visits", cases="hosts")
        .sort("cases", "visits", "place", "day", descending=[True, True, False, False])
    )
