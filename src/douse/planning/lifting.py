"""Levels in force, and whether each can be lowered or lifted today."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from douse.library.protocol import LiftRule
from douse.planning.basis import Basis, whole
from douse.planning.evidence import Ints, rank_of
from douse.planning.levels import admitted
from douse.planning.plan import Note
from douse.records.measure import Because
from douse.situation.lifting import lift_countdown

Facts = dict[str, str | int | float]


@dataclass(frozen=True)
class InForce:
    """A level in force on a zone, by position."""

    zone: int
    level: str
    since: date
    review_on: date | None
    expires_on: date | None


@dataclass(frozen=True)
class Verdict:
    """What may happen to a level in force.

    `keeps`: level that the zone keeps whatever the evidence (None: evidence alone decides). `lifts`: the rule for
    lifting holds. `because`: why, or why not.
    """

    in_force: InForce
    keeps: str | None
    lifts: bool
    because: Because
    note: Note | None = None


def judge(basis: Basis) -> dict[int, Verdict]:
    """Verdict on each level in force, by position of the zone.

    The days without a case are those of `situation.lifting.lift_countdown`; here the kinds of zone and the final
    round are judged too.
    """
    countdown = lift_countdown(basis.known, basis.situation.cases, basis.zones, basis.pathogen, basis.protocol)
    rounds = _Rounds(basis)
    rows = countdown.iter_rows(named=True)
    return {basis.zones.position[row["zone"]]: _judge_one(basis, rounds, row) for row in rows}


def held(verdicts: Mapping[int, Verdict]) -> dict[int, str]:
    """Zone -> level that it keeps whatever the evidence."""
    return {zone: verdict.keeps for zone, verdict in verdicts.items() if verdict.keeps}


def _judge_one(basis: Basis, rounds: "_Rounds", row: dict[str, Any]) -> Verdict:
    zone = basis.zones.position[row["zone"]]
    now = InForce(zone, row["level"], row["start"], row["review_on"], row["expires_on"])
    rule = basis.rules[now.level]
    if basis.zones.rank[zone] > rank_of(rule.largest):
        because = Because(
            "The protocol puts {level} on nothing larger than: {kind}. This area is larger, so the evidence decides "
            "anew.",
            {"level": now.level, "kind": rule.largest},
        )
        return Verdict(now, None, lifts=False, because=because)
    if rule.lift is None:
        because = Because("The protocol names no rule for lifting {level}.", {"level": now.level})
        return Verdict(now, now.level, lifts=False, because=because)
    if row["lift_in_days"] > 0:
        return Verdict(now, now.level, lifts=False, because=_days_missing(basis, row))
    return _after_days(basis, rounds, now, rule.lift, row["days_without_case"])


def _days_missing(basis: Basis, row: dict[str, Any]) -> Because:
    facts: Facts = {
        "n": (basis.as_of - row["clear_since"]).days,
        "days": row["days_without_case"],
        "left": row["lift_in_days"],
    }
    if row["clear_since"] == row["last_case"] == basis.as_of:
        return Because("A case here was told today; lifting asks for {days} days without one.", facts)
    if row["clear_since"] == row["last_case"]:
        return Because(
            "The last case here was told {n} {n:day|days} ago; lifting asks for {days} days without one, so {left} "
            "{left:day is|days are} left.",
            facts,
        )
    return Because(
        "Restricted for {n} {n:day|days} so far; lifting asks for {days} days without a case, so {left} "
        "{left:day is|days are} left.",
        facts,
    )


def _after_days(basis: Basis, rounds: "_Rounds", now: InForce, lift: LiftRule, days: int) -> Verdict:
    """The days without a case have passed: a final round may still be missing."""
    keeps = _lower_level(basis, now.zone, lift.to)
    facts: Facts = {"days": days, "zone": basis.zones.ids[now.zone]}
    if lift.final_round_days is None:
        because = Because("No case for {days} days or more, as the rule for lifting asks.", facts)
        return Verdict(now, keeps, lifts=True, because=because)
    within = whole(lift.final_round_days.value)
    negative, other = rounds.of(now.zone, within)
    facts |= {"within": within, "tested": negative, "n": other}
    if negative and not other:
        because = Because(
            "No case for {days} days or more, and the round of the last {within} days is all negative: {tested} people "
            "tested.",
            facts,
        )
        return Verdict(now, keeps, lifts=True, because=because, note=_coverage(basis, now.zone, negative))
    because, asks = _round_missing(facts, anything=bool(other), sent=rounds.sent)
    return Verdict(now, now.level, lifts=False, because=because, note=Note(asks, basis.zones.ids[now.zone]))


def _lower_level(basis: Basis, zone: int, to: str) -> str | None:
    """Level that lifting leads to; None for open. Where it is never put on so large a zone, the next lower one."""
    rank = int(basis.zones.rank[zone])
    if to == "open":
        return None
    return to if rank <= rank_of(basis.rules[to].largest) else admitted(to, rank, basis.protocol)


def _round_missing(facts: Facts, *, anything: bool, sent: bool) -> tuple[Because, Because]:
    """Why the zone is not lifted, and the note that says what would allow it."""
    if anything:
        return (
            Because(
                "No case for {days} days or more, but in the round of the last {within} days {n} {n:test is|tests are} "
                "positive, unclear or without a result.",
                facts,
            ),
            Because("{zone} can be lifted once a round of the whole area is all negative.", facts),
        )
    lacks = Because(
        "No case for {days} days or more, but no round of the whole area within the last {within} days is on record.",
        facts,
    )
    if sent:
        return lacks, Because(
            "{zone} can be lifted once a round of the whole area, no more than {within} days old, is all negative.",
            facts,
        )
    return lacks, Because(
        "{zone} could be lifted if a round of the whole area, no more than {within} days old, were on record as all "
        "negative: there is no table of tests.",
        facts,
    )


def _coverage(basis: Basis, zone: int, tested: int) -> Note | None:
    """A person must judge a round that reached fewer people than live there."""
    residents = basis.zones.population[zone]
    if np.isnan(residents) or tested >= residents:
        return None
    name = basis.zones.ids[zone]
    facts: Facts = {"zone": name, "tested": tested, "residents": int(residents)}
    because = Because(
        "The round in {zone} reached {tested} of {residents} residents: judge before lifting whether it covers the "
        "whole area.",
        facts,
    )
    return Note(because, name)


class _Rounds:
    """Screening tests by zone: people tested negative, and tests that are anything else."""

    def __init__(self, basis: Basis) -> None:
        self._basis = basis
        self._made: dict[float, tuple[Ints, Ints]] = {}
        self.sent = not basis.known.table("tests").is_empty()

    def of(self, zone: int, within_days: float) -> tuple[int, int]:
        """People tested negative and other tests, in a zone's subtree, sampled at most so many days ago."""
        if within_days not in self._made:
            self._made[within_days] = self._count(within_days)
        negative, other = self._made[within_days]
        return int(negative[zone]), int(other[zone])

    def _count(self, within_days: float) -> tuple[Ints, Ints]:
        zones = self._basis.zones
        ago = (pl.lit(self._basis.as_of) - pl.col("sampled_at").dt.date()).dt.total_days()
        result = pl.col("result").cast(pl.String).fill_null("pending")
        tests = self._basis.known.table("tests").filter(
            (pl.col("purpose") == "screening") & (ago <= within_days) & (result != "not_done")
        )
        at = zones.index(tests["zone"])
        clean = tests.select((result == "negative").alias("clean")).to_series().to_numpy()
        people = tests["pool_size"].fill_null(1).to_numpy()
        known, size = at >= 0, len(zones)
        negative = np.bincount(at[known & clean], weights=people[known & clean], minlength=size)
        other = np.bincount(at[known & ~clean], minlength=size)
        return zones.roll_up(negative.astype(np.int64)), zones.roll_up(other.astype(np.int64))
