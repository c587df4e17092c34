"""Who needs a bed or room today, and who lies in one already."""

from dataclasses import dataclass

import polars as pl

from douse.planning.basis import Basis
from douse.planning.quarantine import contacts_on_record
from douse.records.codes import SEVERITIES
from douse.units import HOURS_PER_DAY

# Places of care, lowest class first: a person who lies in one of a higher class than needed is placed.
PLACES = ("home", "quarantine_site", "shelter_hospital", "hospital", "icu")
CONTACT = "contact"
GROUPS = (*reversed(SEVERITIES), CONTACT)  # who comes first where beds are short
UNKNOWN_AS = "mild"
# Cases whose severity is not on record, but who were taken to hospital.
IN_HOSPITAL_AS = "moderate"
_WAITING = {
    "person": pl.String, "case_id": pl.String, "zone": pl.String, "household": pl.String, "age": pl.Int64,
    "severity": pl.String, "group": pl.String, "needs": pl.String, "why": pl.String, "days_known": pl.Int64,
    "hours_left": pl.Float64,
}  # fmt: skip


@dataclass(frozen=True)
class Who:
    """People who wait for a place, and open stays.

    Attributes
    ----------
    waiting : polars.DataFrame
        person, case_id, zone, household, age, severity, group (of `GROUPS`), needs (of `PLACES`), why, days_known
        (since the case was told, the contact was named), hours_left (of the protocol's clock, from then); by group,
        days_known (longest first), person.
    stays : polars.DataFrame
        person, place, facility_id of each person who lies somewhere other than at home: one row a person.
    """

    waiting: pl.DataFrame
    stays: pl.DataFrame


def who(basis: Basis) -> Who:
    """Active cases not in a place of the class that their severity needs, and contacts who owe central quarantine.

    A severity that is not on record counts as mild, in hospital as moderate. Severity is the worst so far, so that
    nobody is moved to a lower class.
    """
    stays = _stays(basis)
    away = dict(stays.select("person", "place").iter_rows())
    waiting = pl.concat([_cases(basis, away), _contacts(basis, stays)])
    first = pl.col("group").replace_strict({g: n for n, g in enumerate(GROUPS)}, return_dtype=pl.Int64)
    waiting = waiting.sort(first, pl.col("days_known"), pl.col("person"), descending=[False, True, False])
    return Who(_with_home(basis, waiting.unique("person", keep="first", maintain_order=True)), stays)


def _stays(basis: Basis) -> pl.DataFrame:
    """Where people lie: the latest open stay of each; cases told to be in hospital, contacts told to be at a site."""
    cases = basis.situation.cases
    person_of = dict(cases.select("case_id", "person").iter_rows())
    place = pl.col("place").cast(pl.String)
    rank = place.replace_strict({p: n for n, p in enumerate(PLACES)}, return_dtype=pl.Int64)
    on_record = (
        basis.known.table("stays")
        .filter(pl.col("left_on").is_null())
        .with_columns(person=pl.col("person_id").replace(person_of), place=place)
        .sort(pl.col("entered_on"), rank, pl.col("facility_id"), descending=[True, True, False], nulls_last=True)
        .unique("person", keep="first", maintain_order=True)
        .select("person", "place", "facility_id")
    )
    told = cases.filter(pl.col("active") & pl.col("hospitalised_on").is_not_null()).select(
        "person", place=pl.lit("hospital"), facility_id=pl.lit(None, dtype=pl.String)
    )
    site = (
        basis.known.table("contacts")
        .filter(
            pl.col("quarantine_place") == "quarantine_site",
            pl.col("quarantined_on").is_not_null() & pl.col("quarantine_ended_on").is_null(),
        )
        .select(
            pl.col("person_id").replace(person_of).alias("person"),
            place=pl.lit("quarantine_site"),
            facility_id=pl.lit(None, dtype=pl.String),
        )
    )
    # A stay on record says more than the other tables; of those a hospital more than a quarantine site. Contacts whose
    # time is over are taken to have left.
    site = site.join(_owing(basis).select("person"), on="person", how="semi")
    all_of = pl.concat([on_record, told, site]).unique("person", keep="first", maintain_order=True)
    return all_of.filter(pl.col("place") != "home").sort("person")


def _owing(basis: Basis) -> pl.DataFrame:
    """Contacts, not cases, who owe central quarantine today: person, zone, household, age; one row each."""
    not_ill = contacts_on_record(basis).select("person").unique()
    return (
        basis.trace.contacts.filter(pl.col("place") == "central")
        .join(not_ill, on="person", how="semi")
        .sort("person", "last_exposure", "case_id", descending=[False, True, False])
        .unique("person", keep="first", maintain_order=True)
    )


def _cases(basis: Basis, away: dict[str, str]) -> pl.DataFrame:
    care = basis.protocol.care
    severity = pl.col("severity").cast(pl.String)
    in_hospital = pl.col("hospitalised_on").is_not_null()
    taken_as = severity.fill_null(pl.when(in_hospital).then(pl.lit(IN_HOSPITAL_AS)).otherwise(pl.lit(UNKNOWN_AS)))
    place_of = {name: getattr(care, name) for name in SEVERITIES}
    rank = {place: n for n, place in enumerate(PLACES)}
    active = basis.situation.cases.filter(pl.col("active")).with_columns(
        group=taken_as, needs=taken_as.replace_strict(place_of, return_dtype=pl.String)
    )
    lies = pl.col("person").replace_strict(away, default="home", return_dtype=pl.String)
    known = (pl.lit(basis.as_of) - pl.col("told_on")).dt.total_days()
    placed = lies.replace_strict(rank, return_dtype=pl.Int64) >= pl.col("needs").replace_strict(
        rank, return_dtype=pl.Int64
    )
    return (
        active.filter(~placed)
        .with_columns(
            why=pl.when(lies == "home").then(pl.lit("new_case")).otherwise(pl.lit("worse")),
            days_known=known.clip(lower_bound=0),
            hours_left=_left(known, basis.protocol.clock.case_transfer.value),
            household=pl.lit(None, dtype=pl.String),
            severity=severity,
        )
        .select(pl.col(name).cast(kind) for name, kind in _WAITING.items())
    )


def _contacts(basis: Basis, stays: pl.DataFrame) -> pl.DataFrame:
    named = basis.known.table("contacts").group_by(person="person_id").agg(found=pl.col("found_at").min().dt.date())
    owing = _owing(basis).join(stays.select("person"), on="person", how="anti").join(named, on="person", how="left")
    since = (pl.lit(basis.as_of) - pl.col("found")).dt.total_days().clip(lower_bound=0).fill_null(0)
    clock = basis.protocol.clock
    secondary = pl.col("contact_class") == "secondary"
    hours = pl.when(secondary).then(clock.secondary_transfer.value).otherwise(clock.contact_transfer.value)
    return owing.with_columns(
        case_id=pl.lit(None, dtype=pl.String),
        severity=pl.lit(None, dtype=pl.String),
        group=pl.lit(CONTACT),
        needs=pl.lit("quarantine_site"),
        why=pl.lit("owes_quarantine"),
        days_known=since,
        hours_left=_left(since, hours),
    ).select(pl.col(name).cast(kind) for name, kind in _WAITING.items())


def _left(days: pl.Expr, clock: pl.Expr | float) -> pl.Expr:
    """Hours of a clock that are left when it was set so many days ago."""
    return (clock - days.clip(lower_bound=0) * HOURS_PER_DAY).clip(lower_bound=0)


def _with_home(basis: Basis, waiting: pl.DataFrame) -> pl.DataFrame:
    """Zone, household and age as the table of people has them, where the other tables do not say."""
    people = basis.known.table("people").select("person_id", "zone", "household", "age")
    few = people.join(waiting.select(person_id="person"), on="person_id", how="semi")
    return waiting.join(few, left_on="person", right_on="person_id", how="left", maintain_order="left").select(
        *(
            pl.coalesce(name, f"{name}_right").alias(name) if name in ("zone", "household", "age") else pl.col(name)
            for name in _WAITING
        )
    )
