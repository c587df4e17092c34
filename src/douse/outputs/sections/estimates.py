"""How big and how fast: what reports that are late and incomplete say."""

import math
from datetime import timedelta
from typing import Any

import polars as pl

from douse.outputs.blocks import Block, Figure, Picture, Points, Section
from douse.outputs.briefing import Briefing
from douse.outputs.charts.outlook import outlook
from douse.outputs.sections.common import interval
from douse.outputs.words import Words
from douse.situation.estimates import Estimates
from douse.situation.situation import Interval
from douse.units import DAYS_PER_WEEK

DAYS_BACK = 28
_SECURE = 0.95  # of the sizes of the largest cluster
_LARGEST_R = 10.0  # beyond this upper bound the recorded links say nothing about the largest cluster
_TOO_WIDE = 5.0  # times that the upper bound of a delay may be the lower one


def estimates(briefing: Briefing, words: Words) -> Section:
    """Section: the sentences, the nowcast and the days ahead."""
    blocks: list[Block] = []
    pictures = [picture for picture in (_nowcast(briefing, words), _ahead(briefing, words)) if picture]
    if pictures:
        caption = words.say(
            "Grey: on record. Line and bands: what is to be expected, with its 50% and 95% ranges; a band that leaves "
            "the chart goes on above it."
        )
        blocks.append(Figure(tuple(pictures), caption, small=True))
    blocks.append(Points(tuple(points(briefing.estimates, words))))
    return Section("estimates", words.say("How big, how fast"), tuple(blocks))


def points(found: Estimates, words: Words) -> list[tuple[str, str]]:
    """Label and sentence of each estimate; the terminal prints them too."""
    return [
        (words.say("Still to be reported"), _unreported(found, words)),
        (words.say("R"), _r(found, words)),
        (words.say("Growth"), _growth(found, words)),
        (words.say("The days ahead"), _forecast(found.forecast, words)),
        (words.say("Beds"), _beds(found.beds, words)),
        (words.say("Time until told"), _delay(found.delays, words)),
        (words.say("Who infects"), _offspring(found, words)),
        (words.say("Fatality"), _fatality(found.fatality, words)),
        (words.say("Cases found"), _ascertained(found.ascertainment, words)),
        (words.say("The end"), _end(found, words)),
    ]


def _ranged(value: Interval, words: Words, digits: int = 0) -> str:
    """An estimate with its interval in brackets."""
    return _with_range(value.estimate, value.lower, value.upper, words, digits)


def _with_range(middle: float | None, low: float | None, high: float | None, words: Words, digits: int = 0) -> str:
    spread = interval(low, high, words, digits)
    said = words.number(middle, digits)
    return words.say("{n} (95% interval {range})", n=said, range=spread) if spread else said


def _shares(middle: float | None, low: float | None, high: float | None, words: Words) -> str:
    if low is None or high is None:
        return words.share(middle)
    ends = words.say("{low} to {high}", low=words.share(low), high=words.share(high))
    return words.say("{n} (95% interval {range})", n=words.share(middle), range=ends)


def _unreported(found: Estimates, words: Words) -> str:
    week = found.onsets_in_week
    if week.estimate is None:
        return words.say(week.why_not)
    recent = found.nowcast.filter(pl.col("date") > found.as_of - timedelta(days=DAYS_PER_WEEK))
    return words.say(
        "{known} {known:case|cases} on record fell ill in the last 7 days; once all are reported it may be {n}.",
        known=int(recent["reported"].sum()),
        n=_ranged(week, words),
    )


def _r(found: Estimates, words: Words) -> str:
    latest = found.reproduction.tail(1)
    if latest.is_empty() or latest["mean"].item() is None:
        return words.say("R cannot be estimated from these cases.")
    last = latest.row(0, named=True)
    if last["cases"] < 1:  # else the posterior is the prior
        return words.say("There is no case on the latest complete days.")
    said = _with_range(last["mean"], last["lower"], last["upper"], words, 2)
    if found.basis == "onset":
        return words.say(
            "{r} in the week up to {day}, by onset, with reports to come allowed for.", r=said, day=last["date"]
        )
    return words.say("{r} in the week up to {day}, by the day on which cases were told.", r=said, day=last["date"])


def _growth(found: Estimates, words: Words) -> str:
    growth, days = found.growth_per_day, found.doubling_days
    if growth.estimate is None:
        return words.say(growth.why_not)
    # From the rate of growth to the share by which a day is above the one before.
    low, high = (None if end is None else math.expm1(end) for end in (growth.lower, growth.upper))
    said = _shares(math.expm1(growth.estimate), low, high, words)
    if growth.lower is not None and growth.upper is not None and growth.lower <= 0 <= growth.upper:
        return words.say("{growth} a day: new cases neither surely rise nor surely fall.", growth=said)
    if days.estimate is None:
        return words.say("{growth} a day.", growth=said)
    time = words.number(abs(days.estimate), 1)
    if days.estimate > 0:
        return words.say("{growth} a day: new cases double in {days} days.", growth=said, days=time)
    return words.say("{growth} a day: new cases halve in {days} days.", growth=said, days=time)


def _forecast(forecast: pl.DataFrame, words: Words) -> str:
    parts = []
    for horizon in (DAYS_PER_WEEK, 2 * DAYS_PER_WEEK):
        row = forecast.filter(pl.col("horizon") == horizon).row(0, named=True) if forecast.height else {"median": None}
        if row["median"] is None:
            return words.say("No day on record can be gone on from.")
        parts.append((row["date"], _with_range(row["median"], row["lower_95"], row["upper_95"], words)))
    (week, in_week), (fortnight, in_fortnight) = parts
    return words.say(
        "{a} new cases on {week} and {b} on {fortnight}, if it goes on as outbreaks that are watched usually do.",
        a=in_week, week=week, b=in_fortnight, fortnight=fortnight,
    )  # fmt: skip


def _beds(beds: pl.DataFrame, words: Words) -> str:
    known = beds.drop_nulls("median") if beds.height else beds
    if known.is_empty():
        return words.say("No day on record can be gone on from.")
    said = []
    for resource in ("hospital_bed", "icu_bed"):
        worst = known.filter(pl.col("resource") == resource).sort("median", "date", descending=[True, False])
        row = worst.row(0, named=True)
        n = _with_range(row["median"], row["lower_95"], row["upper_95"], words)
        said.append(words.say("{resource}: {n} on {day}.", resource=words.label(resource), n=n, day=row["date"]))
    return words.say("At most, in the fortnight ahead: {beds}", beds=" ".join(said))


def _delay(delays: pl.DataFrame, words: Words) -> str:
    fitted = delays.filter(pl.col("delay") == "onset_to_known")
    known = {row["parameter"]: row["estimate"] for row in fitted.iter_rows(named=True)}
    if known.get("median") is None:
        return words.say("Too few cases show how long it takes until a case is told.")
    slow = fitted.filter(pl.col("parameter") == "p95").row(0, named=True)
    if slow["lower"] is None or slow["upper"] is None or slow["upper"] > _TOO_WIDE * slow["lower"]:
        return words.say("It is too early to tell how long it takes until a case is told.")
    return words.say(
        "Half of all cases are told within {median} days of onset, 95% within {p95} days; cases still to be told are "
        "allowed for.",
        median=words.number(known["median"], 1),
        p95=words.number(known["p95"], 1),
    )


def _offspring(found: Estimates, words: Words) -> str:
    rows = {row["parameter"]: row for row in found.offspring.iter_rows(named=True)}
    k, share = rows["k"], rows["share_80"]
    if k["estimate"] is None:
        return words.say(k["why_not"] or "The recorded links do not tell how unevenly people infect others.")
    said = words.say(
        "{share} of cases cause 80% of infections (dispersion k {k}).",
        share=words.share(share["estimate"]),
        k=_dispersion(k, words),
    )
    upper = rows["R"]["upper"]
    if upper is None or upper > _LARGEST_R:  # the records do not tell how many people a case may infect
        return said
    sizes = found.largest.filter((pl.col("probability") == _SECURE) & pl.col("size").is_not_null())
    if sizes.is_empty():
        return said
    row = sizes.row(0, named=True)
    largest = words.say(
        "Of the next {n} cases, the one that infects most infects {size} or fewer with 95% probability.",
        n=row["next_cases"],
        size=row["size"],
    )
    return f"{said} {largest}"


def _dispersion(k: dict[str, Any], words: Words) -> str:
    if k["upper"] is None and k["lower"] is not None:
        return words.say("{n}, at least {low}", n=words.number(k["estimate"], 2), low=words.number(k["lower"], 2))
    return _with_range(k["estimate"], k["lower"], k["upper"], words, 2)


def _fatality(fatality: pl.DataFrame, words: Words) -> str:
    rows = {row["method"]: row for row in fatality.filter(pl.col("group") == "all").iter_rows(named=True)}
    plain, adjusted = rows["naive"], rows["delay_adjusted"]
    if plain["estimate"] is None:
        return words.say(plain["why_not"])
    said = words.say(
        "{deaths} of {cases} cases have died, {share}.",
        deaths=plain["deaths"], cases=plain["cases"], share=words.share(plain["estimate"]),
    )  # fmt: skip
    if adjusted["estimate"] is None:
        return f"{said} {words.say(adjusted['why_not'])}"
    share = _shares(adjusted["estimate"], adjusted["lower"], adjusted["upper"], words)
    return f"{said} {words.say('With the delay until death allowed for: {share}.', share=share)}"


def _ascertained(found: pl.DataFrame, words: Words) -> str:
    rows = {row["method"]: row for row in found.iter_rows(named=True)}
    both = rows["combined"]
    if both["estimate"] is None:
        return words.say(both["why_not"])
    share = _shares(both["estimate"], both["lower"], both["upper"], words)
    sources = [name for name in ("deaths", "severe", "screening") if rows[name]["estimate"] is not None]
    return words.say(
        "{share} of infections are known as cases, judged by {sources}.",
        share=share,
        sources=", ".join(words.code(name) for name in sources),
    )


def _end(found: Estimates, words: Words) -> str:
    end = found.end
    if end.date is None:
        return words.say(end.why_not or "The day on which it may be called over cannot be told.")
    if end.probability is not None and end.date <= found.as_of:
        return words.say("It is over with a probability of {share}.", share=end.probability)
    return words.say("If no further case is told, it may be called over on {day}, with 95% probability.", day=end.date)


def _nowcast(briefing: Briefing, words: Words) -> Picture | None:
    found = briefing.estimates
    recent = found.nowcast.filter(pl.col("date") > found.as_of - timedelta(days=DAYS_BACK))
    if recent.is_empty():
        return None
    alt = words.say("Cases by onset in the last four weeks, with those that are still to be reported.")
    bars = recent.select("date", cases="reported")
    return outlook(bars, recent, words, words.say("By onset, with reports to come"), alt)


def _ahead(briefing: Briefing, words: Words) -> Picture | None:
    found = briefing.estimates
    told = briefing.situation.curve.filter(
        (pl.col("basis") == "reported") & (pl.col("date") > found.as_of - timedelta(days=DAYS_BACK))
    )
    bars = told.group_by("date").agg(pl.col("cases").sum()).sort("date")
    if not bars["cases"].sum():
        return None
    alt = words.say("New cases a day in the last four weeks, and those to be expected in the fortnight ahead.")
    return outlook(bars, found.forecast, words, words.say("New cases a day, and the fortnight ahead"), alt)
