"""The table of cases as the department keeps it: first entries, corrections, one person entered twice, suspects."""

import numpy as np
import polars as pl

from douse.city.draws import stream
from douse.city.outbreak.files import NEVER
from douse.city.recorded.casebook import Casebook, sample_hours
from douse.city.recorded.clinical import clinical_days
from douse.city.recorded.travel import origin_of
from douse.records.codes import FOUND_BY, OCCUPATIONS, SETTINGS, SEVERITIES, SEXES
from douse.units import HOURS_PER_DAY

_ASYMPTOMATIC, _MILD, _SEVERE = SEVERITIES.index("asymptomatic"), SEVERITIES.index("mild"), SEVERITIES.index("severe")
_CORRECTIONS_AT = 18  # hour of the day at which what was learnt on the day is entered
_DUPLICATE, _DUPLICATE_AFTER, _MERGED_AFTER = 9, 26.0, 50.0  # which case is entered twice, and when, in hours
_SUSPECTS = 6  # people who wait for a result and are not infected
# What comes to be known later than the case: columns, by what they depend on.
_LINKED = ("infector", "setting", "exposed_from", "exposed_to")
_ADMITTED = ("hospitalised_on",)
_ENDED = ("outcome", "outcome_on")


def case_frame(book: Casebook) -> pl.DataFrame:
    """All rows of the table, in order of entry."""
    entries = _entries(book)
    rows = pl.concat([entries, *_entered_twice(book, entries), _suspects(book)], how="diagonal")
    return rows.sort("recorded_at", "record_id", maintain_order=True).select(
        "record_id", pl.exclude("record_id", "recorded_at", "supersedes"), "recorded_at", "supersedes"
    )


def _entries(book: Casebook) -> pl.DataFrame:
    """First entries, and a correction on each evening after something was learnt."""
    told = _told(book)
    case, hours = _versions(book, np.column_stack(list(told.values())))
    version = 1 + np.arange(len(case)) - np.searchsorted(case, case)
    known = {name: pl.Series(at[case] <= hours) for name, at in told.items()}
    stem = book.case_ids().gather(case) + "-"
    number = pl.Series(version)
    unlinked = pl.col("origin") != "imported"
    severe = pl.Series(book.scene.illness.severity[book.people][case] >= _SEVERE)
    return _latest(book)[case].with_columns(
        record_id=stem + number.cast(pl.String),
        supersedes=pl.when(number > 1).then(stem + (number - 1).cast(pl.String)),
        recorded_at=book.moments(hours),
        onset=pl.when(known["onset"]).then("onset"),
        severity=pl.when(~known["onset"])
        .then(pl.lit(SEVERITIES[_ASYMPTOMATIC]))
        .when(severe & ~known["worse"])
        .then(pl.lit(SEVERITIES[_MILD]))
        .otherwise("severity"),
        origin=pl.when(unlinked & ~known["link"]).then(pl.lit("unknown")).otherwise("origin"),
        cluster=pl.when(known["cluster"]).then("cluster"),
        **{name: pl.when(known["link"]).then(name) for name in _LINKED},
        **{name: pl.when(known["admitted"]).then(name) for name in _ADMITTED},
        **{name: pl.when(known["ended"]).then(name) for name in _ENDED},
    )


def _told(book: Casebook) -> dict[str, np.ndarray]:
    """When each part of a case came to be known, in hours; infinite for never. Each of shape (K,)."""
    days = clinical_days(book)
    onset = book.course.onset(book.scene.illness)[book.people]
    ill = np.where(book.scene.illness.symptomatic[book.people], onset, -1)
    parts = {"onset": ill, "worse": days.worse, "admitted": days.admitted, "ended": days.ended}
    hours = {name: np.where(day < NEVER, day * float(HOURS_PER_DAY) + 8, np.inf) for name, day in parts.items()}
    # Not every link is settled when the case is entered.
    share = book.scene.town.numbers.reporting.corrected_share.value
    slow = stream(book.scene.town.seed, "slow", book.luck).random(len(book.scene.town))[book.people] < share
    link = book.links.told + np.where(slow, 1.5 * HOURS_PER_DAY, 0)
    return {**hours, "link": link, "cluster": np.maximum(book.links.cluster_told, link)}


def _versions(book: Casebook, told: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Position of the case and time of each of its entries, in order of case and time; each of shape (n,).

    What is learnt by the evening of a day is entered on that evening, or with the case itself.
    """
    evening = np.ceil((told - _CORRECTIONS_AT) / HOURS_PER_DAY) * HOURS_PER_DAY + _CORRECTIONS_AT
    later = (told > book.recorded[:, None]) & (evening < book.end)
    case, part = np.nonzero(later)
    pairs = np.unique(np.c_[case, evening[case, part]], axis=0)
    case = np.r_[np.arange(len(book.people)), pairs[:, 0].astype(np.int64)]
    hours = np.r_[book.recorded, pairs[:, 1]]
    order = np.lexsort((hours, case))
    return case[order], hours[order]


def _latest(book: Casebook) -> pl.DataFrame:
    """Everything that comes to be known of each case; one row a case, in order of first entry."""
    scene, people, town = book.scene, book.people, book.scene.town
    ids, days = book.case_ids(), clinical_days(book)
    infector = pl.Series(book.links.infector)
    first, last = _exposure(book)
    origin, origin_place = origin_of(book)
    coarse = stream(town.seed, "zone", book.luck).random(len(town))[people] < town.numbers.reporting.zone_coarse.value
    return pl.DataFrame(
        {
            "case_id": ids,
            "person_id": town.person_ids.gather(people),
            "pathogen": [scene.pathogen.id] * len(people),
            "classification": ["confirmed"] * len(people),
            "zone": town.zone_of(people, "community").zip_with(pl.Series(coarse), town.zone_of(people)),
            "age": town.residents.age[people],
            "sex": _sex(book, people),
            "occupation": _coded(OCCUPATIONS, town.places.occupation[people]),
            "origin": origin,
            "origin_place": origin_place,
            "infector": ids.gather(infector.set(infector < 0, None)),
            "cluster": pl.Series(book.links.cluster, dtype=pl.String),
            "setting": pl.Series([SETTINGS[n.setting] if n else None for n in book.links.naming], dtype=pl.String),
            "found_by": _coded(FOUND_BY, book.course.files.found_by[people]),
            "exposed_from": scene.dates(first),
            "exposed_to": scene.dates(last),
            "onset": scene.dates(_onset_told(book)),
            "quarantined_on": scene.dates(_quarantined_before(book)),
            "tested_at": book.moments(book.sampled),
            "confirmed_at": book.moments(book.confirmed),
            "reported_at": book.moments(book.reported),
            "isolated_at": book.moments(book.isolated),
            "severity": _coded(SEVERITIES, scene.illness.severity[people]),
            "hospitalised_on": scene.dates(days.admitted),
            "outcome": pl.Series(np.where(scene.illness.fatal[people], "died", "recovered")),
            "outcome_on": scene.dates(days.ended),
            "contacts_found": _contacts_found(book),
        }
    )


def _contacts_found(book: Casebook) -> np.ndarray:
    """Contacts that each case named, cases of that time left out. Shape (K,)."""
    named = [n.case for n in book.course.files.named if not n.was_case]
    found: np.ndarray = np.bincount(np.array(named, dtype=np.int64), minlength=len(book.scene.town))[book.people]
    return found


def _coded(codes: tuple[str, ...], at: np.ndarray) -> pl.Series:
    return pl.Series(codes, dtype=pl.String).gather(at)


def _sex(book: Casebook, people: np.ndarray) -> pl.Series:
    male = book.scene.town.residents.male[people]
    return _coded(SEXES, np.where(male, SEXES.index("male"), SEXES.index("female")))


def _onset_told(book: Casebook) -> np.ndarray:
    """Day of onset where there are symptoms and somebody writes it down, else NEVER. Shape (K,)."""
    people, illness = book.people, book.scene.illness
    missing = book.scene.town.numbers.reporting.onset_missing.value
    forgotten = stream(book.scene.town.seed, "onset", book.luck).random(len(book.scene.town))[people] < missing
    return np.where(illness.symptomatic[people] & ~forgotten, book.course.onset(illness)[people], NEVER)


def _exposure(book: Casebook) -> tuple[np.ndarray, np.ndarray]:
    """First and last day of the recorded exposure; NEVER without a link."""
    first = np.array([NEVER if n is None else n.first for n in book.links.naming], dtype=np.int64)
    last = np.array([NEVER if n is None else n.last for n in book.links.naming], dtype=np.int64)
    # Nobody writes down an exposure that began after the first symptoms.
    sampled = book.course.files.sampled_on[book.people]
    told = first <= np.minimum(_onset_told(book), sampled)
    return np.where(told, first, NEVER), np.where(told, np.minimum(last, sampled), NEVER)


def _quarantined_before(book: Casebook) -> np.ndarray:
    """First day in quarantine of those who were in it when they were sampled, else NEVER. Shape (K,)."""
    files, sampled = book.course.files, book.course.files.sampled_on[book.people]
    start, end = files.quarantined_from[book.people], files.quarantined_to[book.people]
    return np.where((start <= sampled) & (sampled <= end), start, NEVER)


def _entered_twice(book: Casebook, entries: pl.DataFrame) -> list[pl.DataFrame]:
    """One case that a second hospital reported under a number of its own, and the merge of the two."""
    if len(book.people) <= _DUPLICATE:
        return []
    original = entries.filter(pl.col("record_id").str.ends_with("-1"))[[_DUPLICATE]]
    again = f"K{len(book.people) + 1:04d}"
    hours = book.recorded[[_DUPLICATE]]
    # Nobody there knew the pseudonym, or who the infector was.
    second = original.with_columns(
        record_id=pl.lit(f"{again}-1"),
        case_id=pl.lit(again),
        person_id=pl.lit(None, dtype=pl.String),
        infector=pl.lit(None, dtype=pl.String),
        contacts_found=pl.lit(0, dtype=pl.Int64),
        recorded_at=book.moments(hours + _DUPLICATE_AFTER),
    )
    merge = second.with_columns(
        record_id=pl.lit(f"{again}-2"),
        supersedes=pl.lit(f"{again}-1"),
        same_as=pl.lit(original["case_id"].item()),
        recorded_at=book.moments(hours + _MERGED_AFTER),
    )
    return [rows for rows in (second, merge) if rows["recorded_at"].item() is not None]


def _suspects(book: Casebook) -> pl.DataFrame:
    """People with symptoms who were sampled on the last day and wait for their result."""
    scene, course = book.scene, book.course
    waiting = np.flatnonzero(course.files.confirmed_on == scene.days)
    others = stream(scene.town.seed, "suspects", book.luck).choice(len(scene.town), _SUSPECTS, replace=False)
    others = others[course.infected_on[others] == NEVER]
    people = np.r_[waiting, others]
    onset = np.where(np.isin(people, waiting), course.onset(scene.illness)[people], scene.days - 2)
    hours = (scene.days - 1) * HOURS_PER_DAY + sample_hours(scene, book.luck)[0][people]
    # Numbers after those of the cases and the one entered twice.
    number = pl.int_range(len(book.people) + 2, len(book.people) + 2 + len(people), eager=True)
    ids = pl.Series(["K"]).new_from_index(0, len(people)) + number.cast(pl.String).str.zfill(4)
    return pl.DataFrame(
        {
            "record_id": ids + "-1",
            "case_id": ids,
            "person_id": scene.town.person_ids.gather(people),
            "pathogen": [scene.pathogen.id] * len(people),
            "classification": ["suspected"] * len(people),
            "zone": scene.town.zone_of(people),
            "age": scene.town.residents.age[people],
            "sex": _sex(book, people),
            "onset": scene.dates(np.where(onset < scene.days, onset, NEVER)),
            "reported_at": book.moments(hours + 1),
            "recorded_at": book.moments(hours + 1.5),
        }
    )
