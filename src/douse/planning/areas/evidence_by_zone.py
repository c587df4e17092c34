"""First-hand evidence of infections that nobody knows, by zone and days since infection."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.planning.areas.timing import Timing, happened
from douse.planning.basis import Basis
from douse.tracing.risk import Risk
from douse.tracing.tasks.worth import contact_worth

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Seeds:
    """Infections by zone (Z) and days since infection (D); the last row, Z, is for no known zone.

    Attributes
    ----------
    cases : numpy.ndarray[float64], shape (Z + 1, D)
        Passed on by cases on record, who live in the zone, and by nobody named or known since.
    contacts : numpy.ndarray[float64], shape (Z + 1, D)
        Contacts on record who are not in quarantine, by their chance to be infected.
    unknown_source : numpy.ndarray[float64], shape (Z + 1, D)
        Unseen infectors of cases without a known source, and the others whom they infected.
    counts : dict[str, numpy.ndarray[float64]]
        How many cases, contacts and cases of unknown source each rests on, by zone; each of shape (Z + 1,).
    """

    cases: Floats
    contacts: Floats
    unknown_source: Floats
    counts: dict[str, Floats]


def seeds_of(basis: Basis, windows: pl.DataFrame, timing: Timing, risk: Risk) -> Seeds:
    """First-hand evidence.

    Cases: the R of a case, spread over the days on which it was free, each infection being unknown still by the chance
    of its age; less the contacts on record of that case, who are counted by themselves.

    Contacts: the chance that they are infected, given negative tests since and that they are not on record as cases
    yet; on each day of their exposure alike. All contacts of a case together are at most what it is expected to have
    infected.

    Unknown source: for a case without one, told within a maximum incubation period, the infector by the chance that
    it is not on record, a generation earlier; and with that chance as many others as one infects, infected when the
    case was, unknown still by the chance of their age.
    """
    cases, size = basis.situation.cases, len(basis.zones)
    contacts = basis.trace.contacts.filter(pl.col("infection_probability").is_not_null())
    home = np.where((at := basis.zones.index(cases["zone"])) >= 0, at, size)
    of_cases, contacts = _passed_on(basis, windows, timing, risk, contacts)
    of_contacts, stay = _contacts(basis, contacts, timing, risk, cases, home)
    unlinked, of_unknown = _unknown_source(basis, timing)
    return Seeds(
        cases=_by_zone(home, of_cases, size),
        contacts=_by_zone(stay, of_contacts, size),
        unknown_source=_by_zone(home[unlinked], of_unknown, size),
        counts={
            "cases": np.bincount(home[of_cases.sum(axis=1) > 0], minlength=size + 1).astype(np.float64),
            "contacts": np.bincount(stay, minlength=size + 1).astype(np.float64),
            "unknown_source": np.bincount(home[unlinked], minlength=size + 1).astype(np.float64),
        },
    )


def _passed_on(
    basis: Basis, windows: pl.DataFrame, timing: Timing, risk: Risk, contacts: pl.DataFrame
) -> tuple[Floats, pl.DataFrame]:
    """Infections by each case that nobody named or knows, by days since infection, (N, D); and contacts with `part`.

    Where the chances of a case's contacts add up to more than it is expected to have infected, each counts in part.
    """
    share, ago = happened(basis.situation.cases, windows, basis, risk)
    days = len(timing.ahead)
    within = (ago >= 0) & (ago < days)
    rows = np.broadcast_to(np.arange(len(ago))[:, None], ago.shape)
    passed = np.zeros((len(ago), days))
    np.add.at(passed, (rows[within], ago[within]), share[within])
    expected = passed.sum(axis=1) * timing.reproduction
    passed *= timing.reproduction * timing.unseen
    named = contacts.filter(pl.col("ring") == 1).group_by("case_id").agg(pl.col("infection_probability").sum())
    told = (
        basis.situation.cases.select("case_id")
        .join(named, on="case_id", how="left", maintain_order="left")["infection_probability"]
        .fill_null(0.0)
        .to_numpy()
    )
    total = passed.sum(axis=1)
    unnamed = np.clip(1 - np.divide(told, total, out=np.ones_like(total), where=total > 0), 0.0, 1.0)
    part = np.where((told > expected) & (expected > 0), expected / np.maximum(told, 1e-12), 1.0)
    of_case = basis.situation.cases.select("case_id", part=pl.Series(part)).unique("case_id", keep="first")
    left: Floats = passed * unnamed[:, None]
    return left, contacts.join(of_case, on="case_id", how="left", maintain_order="left")


def _contacts(  # noqa: PLR0913, PLR0917  what is known, and of whom
    basis: Basis, contacts: pl.DataFrame, timing: Timing, risk: Risk, cases: pl.DataFrame, home: Ints
) -> tuple[Floats, Ints]:
    """Infections of contacts at large by days since infection (C, D), and their zones (else that of their case)."""
    chance = contact_worth(contacts, basis.known, basis.pathogen, risk)["infection_probability"]
    at_large = contacts.with_columns(chance=chance).filter(pl.col("quarantined_on").is_null())
    days = len(timing.ahead)
    since, until = (
        at_large.select((pl.lit(basis.as_of) - pl.col(name)).dt.total_days().fill_null(0).clip(0, days - 1))
        .to_series()
        .to_numpy()
        .astype(np.int64)
        for name in ("last_exposure", "first_exposure")
    )
    day = np.arange(days)
    exposed = (day >= since[:, None]) & (day <= np.maximum(since, until)[:, None])
    each_day = exposed / exposed.sum(axis=1, keepdims=True)
    prior = (at_large["chance"] * at_large["part"].fill_null(1.0)).fill_null(0.0).to_numpy()
    unseen = each_day @ timing.unseen
    infected = (prior / (1 - prior * (1 - unseen)))[:, None] * each_day * timing.unseen
    of_case = pl.DataFrame({"case_id": cases["case_id"], "home": home}).unique("case_id", keep="first")
    lives = basis.zones.index(at_large["zone"])
    met = at_large.select("case_id").join(of_case, on="case_id", how="left", maintain_order="left")["home"]
    stay = np.where(lives >= 0, lives, met.fill_null(len(basis.zones)).to_numpy())
    return infected, stay


def _unknown_source(basis: Basis, timing: Timing) -> tuple[Ints, Floats]:
    """Rows of the cases without a known source, and what is hidden behind each by days since infection; (U, D)."""
    cases = basis.situation.cases
    since = (
        cases.select((pl.lit(basis.as_of) - pl.coalesce("onset", "day", "told_on")).dt.total_days())
        .to_series()
        .fill_null(0)
        .clip(0, None)
        .to_numpy()
        .astype(np.int64)
    )
    recent = (pl.lit(basis.as_of) - pl.col("told_on")).dt.total_days() < basis.pathogen.max_incubation.value
    lost = cases.select(((pl.col("link") == "unlinked") & recent & ~pl.col("found_away")).fill_null(value=False))
    rows = np.flatnonzero(lost.to_series().to_numpy())
    days = len(timing.ahead)
    found: Floats = np.zeros((len(rows), days))
    infected = timing.incubation  # days from the case's infection to its onset
    infector = np.convolve(infected, timing.passed)[:days]
    for at, ago in enumerate(since[rows].tolist()):
        if ago < days:
            others = timing.reproduction * infected[: days - ago] * timing.unseen[ago:]
            found[at, ago:] = timing.missed * (infector[: days - ago] + others)
    return rows, found


def _by_zone(zone: Ints, infections: Floats, size: int) -> Floats:
    total = np.zeros((size + 1, infections.shape[1]))
    np.add.at(total, zone, infections)
    return total
