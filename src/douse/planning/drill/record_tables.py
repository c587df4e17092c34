"""What a health department has on record, as tables."""

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.kernels import epidemic_columns as columns
from douse.kernels.epidemic_layout import FROM, FROM_BEFORE, ISOLATION_HOME, QUARANTINE_CENTRAL, STAY, UNTIL_BEFORE
from douse.kernels.person_word import AGE_AT, AGE_BITS, AGE_STEP, part
from douse.planning.drill.recorded import NEVER, RESULT_HOUR, Recorded
from douse.planning.drill.setting import whole_rows
from douse.simulation.line_list import FOUND_BY
from douse.simulation.scenario import HISTORY
from douse.units import HOURS_PER_DAY

Ints = NDArray[np.int64]
MOST_POOLED = 100  # people in one row of the table of tests
_SAMPLE_HOUR, _NAMED_HOUR, _REACHED_HOUR, _CORRECTED_HOUR = 11, 15, 10, 18
# Settings of meetings by layer; of groups and institutions by the kind of the group of the case.
_LAYER_SETTINGS = ("household", "", "", "transport", "shop", "community", "community", "other")
_GROUP_SETTINGS = ("other", "school", "workplace", "care", "healthcare")
_STAY_PLACES = ("", "home", "quarantine_site", "home", "hospital")
_PURPOSES = ("diagnosis", "contact", "screening", "entry")


def tables(of: Recorded, day: int) -> Mapping[str, pl.DataFrame]:
    """All tables at the end of a day of the run, which is the last that has passed."""
    return {
        "cases": _cases(of, day),
        "contacts": _contacts(of, day),
        "stays": _stays(of, day),
        "tests": _tests(of, day),
    }


def _cases(of: Recorded, day: int) -> pl.DataFrame:
    cases = of.cases.where(of.cases["told"] < (day + 1) * HOURS_PER_DAY * 60)
    cases = cases.where(np.lexsort((cases["line"], cases["told"])))
    person, ids = cases["person"], _case_ids(cases["line"])
    named = np.bincount(of.contacts["line"], minlength=of.lines) if of.lines else np.zeros(0, np.int64)
    sampled = _moments(of, cases["sampled"], _SAMPLE_HOUR)
    confirmed = _moments(of, cases["confirmed"], RESULT_HOUR)
    found = pl.Series([FOUND_BY[how] for how in cases["found"]], dtype=pl.String)
    told_on = cases["told"] // (60 * HOURS_PER_DAY)
    later = cases["onset"] > told_on  # fell ill after the case was told: a correction
    frame = pl.DataFrame(
        {
            "record_id": ids,
            "recorded_at": _minutes(of, cases["told"]),
            "case_id": ids,
            "person_id": of.setting.person_ids.gather(person),
            "pathogen": pl.repeat(of.setting.pathogen.id, len(ids), eager=True),
            "classification": pl.repeat("confirmed", len(ids), eager=True),
            "zone": _zones(of, of.zone[person]),
            "age": part(of.setting.city.word[person], AGE_AT, AGE_BITS) * AGE_STEP + AGE_STEP // 2,
            "origin": pl.Series(["imported" if how == columns.AT_ENTRY else "unknown" for how in cases["found"]]),
            "found_by": found,
            "onset": _days(of, np.where(later, NEVER, cases["onset"]), day),
            "quarantined_on": _days(of, cases["quarantined"], day),
            "tested_at": sampled,
            "confirmed_at": confirmed,
            "reported_at": _minutes(of, cases["told"]),
            "isolated_at": _moments(of, cases["isolated"], _NAMED_HOUR),
            "contacts_found": named[cases["line"]],
        }
    )
    fell_ill = frame.with_columns(
        record_id=ids + "-2",
        supersedes=ids,
        recorded_at=_moments(of, cases["onset"], _CORRECTED_HOUR),
        onset=_days(of, cases["onset"], day),
    ).filter(pl.Series(later & (cases["onset"] <= day)))
    return whole_rows(
        "cases", pl.concat([frame.with_columns(supersedes=pl.lit(None, pl.String)), fell_ill], how="diagonal")
    )


def _contacts(of: Recorded, day: int) -> pl.DataFrame:
    told = np.full(of.lines, np.iinfo(np.int64).max)
    told[of.cases["line"]] = of.cases["told"]
    found = (of.contacts["named"] * HOURS_PER_DAY + _NAMED_HOUR) * 60
    recorded = np.maximum(found, told[of.contacts["line"]])
    known = recorded < (day + 1) * HOURS_PER_DAY * 60
    contacts, recorded, found = of.contacts.where(known), recorded[known], found[known]
    person = of.setting.person_ids.gather(contacts["person"])
    case = _case_ids(contacts["line"])
    settings = pl.Series([*_LAYER_SETTINGS, *_GROUP_SETTINGS], dtype=pl.String)
    places = pl.Series([None, *_STAY_PLACES[1:3]], dtype=pl.String)
    frame = pl.DataFrame(
        {
            "record_id": case + "-" + person,
            "recorded_at": _minutes(of, recorded),
            "case_id": case,
            "person_id": person,
            "zone": _zones(of, of.zone[contacts["person"]]),
            "age": part(of.setting.city.word[contacts["person"]], AGE_AT, AGE_BITS) * AGE_STEP + AGE_STEP // 2,
            "setting": settings.gather(contacts["setting"]),
            "contact_class": pl.repeat("close", len(case), eager=True),
            "first_contact": _days(of, contacts["first"], day),
            "last_contact": _days(of, contacts["last"], day),
            "found_at": _minutes(of, found),
            "reached_at": _moments(of, contacts["reached"], _REACHED_HOUR),
            "quarantined_on": _days(of, contacts["quarantined"], day),
            "quarantine_place": places.gather(contacts["stay"]),
        }
    )
    return whole_rows("contacts", frame)


def _stays(of: Recorded, day: int) -> pl.DataFrame:
    person, kind = of.setting.person_ids.gather(of.stays["person"]), of.stays["kind"]
    begun = _days(of, of.stays["start"], day)
    # Who goes from quarantine to isolation leaves one on the day on which the other begins.
    left = np.where(kind >= ISOLATION_HOME, of.stays["until"], np.maximum(of.stays["until"], of.stays["start"]))
    left = np.where((kind <= QUARANTINE_CENTRAL) & _taken_away(of), left + 1, left)
    frame = pl.DataFrame(
        {
            "record_id": person + "-" + begun.cast(pl.String) + "-" + pl.Series(kind).cast(pl.String),
            "recorded_at": _moments(of, of.stays["start"], _NAMED_HOUR),
            "person_id": person,
            "place": pl.Series(_STAY_PLACES, dtype=pl.String).gather(kind),
            "entered_on": begun,
            "left_on": _days(of, left, day),
        }
    )
    return whole_rows("stays", frame)


def _taken_away(of: Recorded) -> NDArray[np.bool_]:
    """Stays that ended because isolation began."""
    at, side = of.stays["row"], of.run.side
    gone = side[at, FROM_BEFORE] == of.stays["start"] + HISTORY
    taken: NDArray[np.bool_] = (
        gone & (side[at, STAY] >= ISOLATION_HOME) & (side[at, FROM] == side[at, UNTIL_BEFORE] + 1)
    )
    return taken


def _tests(of: Recorded, day: int) -> pl.DataFrame:
    """Positive tests of the cases on record, and rounds of screening: those in whom nothing was found, in pools."""
    cases = of.cases.where(of.cases["told"] < (day + 1) * HOURS_PER_DAY * 60)
    rounds = of.rounds.where(of.rounds["result"] <= day)
    by_round = of.cases.where(of.cases["found"] == columns.BY_SCREENING)
    key = by_round["sampled"] * len(of.setting.city.zone_ids) + of.zone[by_round["person"]]
    own = rounds["sampled"] * len(of.setting.city.zone_ids) + rounds["zone"]
    positive = np.array([np.count_nonzero(key == one) for one in own], np.int64).reshape(-1)
    negative = np.maximum(rounds["tested"] - positive, 0)
    tubes = -(-negative // MOST_POOLED)
    at = np.repeat(np.arange(len(tubes)), tubes)
    number = np.arange(len(at)) - np.repeat(np.cumsum(tubes) - tubes, tubes)
    size = np.minimum(MOST_POOLED, negative[at] - number * MOST_POOLED)
    zone = _zones(of, rounds["zone"][at])
    pool = (
        "pool-"
        + zone
        + "-"
        + pl.Series(rounds["sampled"][at]).cast(pl.String)
        + "-"
        + pl.Series(number).cast(pl.String)
    )
    ill = of.setting.person_ids.gather(cases["person"])
    result = np.r_[cases["confirmed"], rounds["result"][at]]
    sampled = np.r_[cases["sampled"], rounds["sampled"][at]]
    frame = pl.DataFrame(
        {
            "record_id": pl.concat([ill + "-test-" + pl.Series(cases["confirmed"]).cast(pl.String), pool]),
            "recorded_at": pl.concat([_minutes(of, cases["told"]), _moments(of, rounds["result"][at], RESULT_HOUR)]),
            "person_id": pl.concat([ill, pool]),
            "zone": pl.concat([_zones(of, of.zone[cases["person"]]), zone]),
            "kind": pl.repeat("pcr", len(result), eager=True),
            "purpose": pl.Series([_PURPOSES[how] for how in cases["found"]] + ["screening"] * len(at), dtype=pl.String),
            "sampled_at": _moments(of, sampled, _SAMPLE_HOUR),
            "result_at": _moments(of, result, RESULT_HOUR),
            "result": pl.Series(["positive"] * len(ill) + ["negative"] * len(at), dtype=pl.String),
            "pool_size": np.r_[np.ones(len(ill), np.int64), size],
        }
    )
    return whole_rows("tests", frame)


def _zones(of: Recorded, zones: Ints) -> pl.Series:
    return pl.Series(of.setting.city.zone_ids, dtype=pl.String).gather(zones)


def _days(of: Recorded, days: Ints, last: int) -> pl.Series:
    """Dates; empty where there is none, or it lies after a day."""
    since = (np.datetime64(of.setting.first) + days.astype("timedelta64[D]")).astype("datetime64[D]")
    return pl.Series(since).set(pl.Series((days <= -HISTORY) | (days == NEVER) | (days > last)), None)


def _moments(of: Recorded, days: Ints, hour: int) -> pl.Series:
    moments = _minutes(of, (days * HOURS_PER_DAY + hour) * 60)
    return moments.set(pl.Series((days <= -HISTORY) | (days == NEVER)), None)


def _minutes(of: Recorded, minutes: Ints) -> pl.Series:
    first = np.datetime64(of.setting.first, "m")
    return pl.Series((first + minutes.astype("timedelta64[m]")).astype("datetime64[us]"))


def _case_ids(lines: Ints) -> pl.Series:
    numbers = pl.Series("id", lines + 1, dtype=pl.Int64).cast(pl.String).str.zfill(5)
    return pl.Series("id", ["k"], dtype=pl.String).new_from_index(0, len(lines)) + numbers
