"""Large synthetic tables for benchmarks: cases, their contacts and a tree of zones, as CSV.

    python benchmarks/make_records.py OUT --cases 100000 --contacts 200000 --zones 2000

The same arguments write the same bytes. Nothing here is epidemiology: dates and links are plausible, no more.
For an outbreak that follows a pathogen file see `douse.city.make_demo`.
"""

import argparse
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

LAST_DAY = date(2026, 4, 1)
DAYS = 120
PEOPLE_PER_ZONE = 1_000  # in a zone of the lowest rank
KINDS = ("city", "district", "community", "estate")
IMPORTED, LINKED, WITH_SYMPTOMS, FINISHED_AFTER = 0.02, 0.8, 0.85, 14
SETTINGS = ("household", "workplace", "school", "meal", "shop", "leisure", "transport")
SETTING_SHARES = (0.35, 0.25, 0.12, 0.12, 0.06, 0.06, 0.04)


@dataclass(frozen=True)
class Cases:
    """Cases in order of onset; times in days since the first day."""

    onset: np.ndarray
    told: np.ndarray
    infector: np.ndarray  # position, -1 for none
    zone: np.ndarray


def make_records(out: Path, *, cases: int, contacts: int = 0, zones: int = 0, seed: int = 1) -> Path:
    """Write ``cases.csv``, and ``contacts.csv`` and ``zones.csv`` where rows are asked for; give the folder."""
    random = np.random.Generator(np.random.Philox(seed))
    out.mkdir(parents=True, exist_ok=True)
    tree = zone_frame(zones, random) if zones else None
    places = tree.filter(pl.col("kind") == tree["kind"][-1])["zone_id"] if tree is not None else pl.Series(["z"])
    drawn = draw_cases(cases, len(places), random)
    tables = {"cases": case_frame(drawn, places if zones else None, random)}
    if tree is not None:
        tables["zones"] = tree
    if contacts:
        tables["contacts"] = contact_frame(drawn, contacts, places if zones else None, random)
    for name, frame in tables.items():
        frame.write_csv(out / f"{name}.csv", datetime_format="%Y-%m-%dT%H:%M")
    return out


def zone_frame(zones: int, random: np.random.Generator) -> pl.DataFrame:
    """A tree of about ten children a zone, `zones` rows in all."""
    sizes = [1]
    while sum(sizes) < zones and len(sizes) < len(KINDS):
        rest = zones - sum(sizes)
        lowest = len(sizes) == len(KINDS) - 1
        sizes.append(rest if lowest else min(rest, sizes[-1] * 10))
    parts, above = [], np.zeros(0, dtype=np.int64)
    for kind, size in zip(KINDS, sizes, strict=False):
        parent = np.sort(np.arange(size) % max(1, len(above))) if len(above) else None
        parts.append(
            pl.DataFrame(
                {
                    "zone_id": [f"{kind[:2]}{i:05d}" for i in range(size)],
                    "name": [f"{kind.capitalize()} {i + 1}" for i in range(size)],
                    "kind": [kind] * size,
                    "parent_zone": pl.Series(
                        [None] * size if parent is None else [f"{KINDS[len(parts) - 1][:2]}{p:05d}" for p in parent],
                        dtype=pl.String,
                    ),
                }
            )
        )
        above = np.arange(size)
    tree = pl.concat(parts)
    lowest = tree["kind"] == tree["kind"][-1]
    people = np.where(lowest, random.poisson(PEOPLE_PER_ZONE, tree.height) + 1, 0)
    place = random.uniform(-0.3, 0.3, (tree.height, 2))
    return tree.with_columns(
        population=pl.Series(people).set(~lowest, None),
        latitude=pl.Series((30.5 + place[:, 1]).round(5)),
        longitude=pl.Series((124.5 + place[:, 0]).round(5)),
    )


def draw_cases(cases: int, zones: int, random: np.random.Generator) -> Cases:
    """Onsets along two waves; infectors a serial interval earlier, mostly of the same zone."""
    wave = random.random(cases) < 0.6
    peak = np.where(wave, random.normal(0.55 * DAYS, 12, cases), random.normal(0.95 * DAYS, 15, cases))
    onset = np.sort(np.floor(np.clip(peak, 0, DAYS - 5)))
    told = np.minimum(onset + 1 + np.minimum(random.gamma(2, 1.5, cases), 20), DAYS - 0.01)
    earlier = np.searchsorted(onset, onset - 1 - random.gamma(3, 1.5, cases))
    source = np.minimum(earlier + random.integers(0, 20, cases), np.arange(cases) - 1)
    linked = (random.random(cases) < LINKED) & (source >= 0) & (onset[np.maximum(source, 0)] < onset)
    infector = np.where(linked, source, -1)
    zone = random.integers(0, zones, cases)
    stays = linked & (random.random(cases) < 0.6)
    for case in np.flatnonzero(stays).tolist():
        zone[case] = zone[infector[case]]
    return Cases(onset, told, infector, zone)


def case_frame(cases: Cases, zones: pl.Series | None, random: np.random.Generator) -> pl.DataFrame:
    """The table of cases."""
    count = len(cases.onset)
    ids = numbered("k", count)
    imported = (cases.infector < 0) & (random.random(count) < IMPORTED / (1 - LINKED))
    linked = cases.infector >= 0
    origin = np.where(imported, "imported", np.where(linked, "local", "unknown"))
    severity = random.choice(
        ["asymptomatic", "mild", "moderate", "severe", "critical"], count, p=[0.15, 0.55, 0.22, 0.06, 0.02]
    )
    over = cases.told + FINISHED_AFTER < DAYS
    died = random.random(count) < 0.01
    quarantined = linked & (random.random(count) < 0.4)
    infector = pl.Series(cases.infector)
    settings = pl.Series(random.choice(SETTINGS, count, p=SETTING_SHARES))
    frame = pl.DataFrame(
        {
            "case_id": ids,
            "person_id": numbered("p", count),
            "classification": ["confirmed"] * count,
            "zone": zones.gather(cases.zone) if zones is not None else pl.Series([None] * count, dtype=pl.String),
            "age": random.integers(0, 95, count),
            "sex": random.choice(["female", "male"], count),
            "origin": origin,
            "infector": ids.gather(infector.set(infector < 0, None)),
            "setting": settings.set(pl.Series(~linked), None),
            "cluster": clusters(cases, random),
            "found_by": np.where(quarantined, "contact_tracing", np.where(imported, "entry_screening", "symptoms")),
            "onset": dates(cases.onset).set(pl.Series(severity == "asymptomatic"), None),
            "quarantined_on": dates(np.maximum(0, cases.onset - 1)).set(pl.Series(~quarantined), None),
            "tested_at": moments(cases.told - 0.9),
            "confirmed_at": moments(cases.told - 0.3),
            "reported_at": moments(cases.told - 0.1),
            "isolated_at": moments(cases.told - 0.2),
            "severity": severity,
            "outcome": pl.Series(np.where(died, "died", "recovered")).set(pl.Series(~over), None),
            "outcome_on": dates(np.floor(cases.told) + FINISHED_AFTER).set(pl.Series(~over), None),
            "recorded_at": moments(cases.told),
        }
    )
    return frame.select(c for c in frame.columns if frame[c].null_count() < count)


def clusters(cases: Cases, random: np.random.Generator) -> pl.Series:
    """A name for one case in twenty, the same for cases of one zone and fortnight."""
    named = random.random(len(cases.onset)) < 0.05
    words = [f"cluster {z}-{int(o) // 14}" for z, o in zip(cases.zone.tolist(), cases.onset.tolist(), strict=True)]
    return pl.Series(words).set(pl.Series(~named), None)


def contact_frame(cases: Cases, contacts: int, zones: pl.Series | None, random: np.random.Generator) -> pl.DataFrame:
    """The table of contacts: every linked pair as far as it goes, then people who stayed well."""
    linked = np.flatnonzero(cases.infector >= 0)[:contacts]
    others = contacts - len(linked)
    case = np.r_[cases.infector[linked], np.sort(random.integers(0, len(cases.onset), others))]
    person = pl.concat([numbered("p", len(cases.onset)).gather(linked), numbered("q", others)])
    last = np.minimum(cases.onset[case] + random.integers(-1, 3, contacts), np.floor(cases.told[case]))
    first = last - random.integers(0, 3, contacts)
    found = cases.told[case] + random.uniform(0.05, 0.5, contacts)
    reached = np.where(random.random(contacts) < 0.93, found + random.gamma(1.5, 0.5, contacts), np.inf)
    recorded = np.minimum(found + 0.05, DAYS - 0.001)
    quarantined = (reached < DAYS) & (random.random(contacts) < 0.85)
    ends = np.floor(last) + 14
    place = np.where(quarantined, random.choice(["home", "quarantine_site"], contacts, p=[0.7, 0.3]), "")
    frame = pl.DataFrame(
        {
            "case_id": numbered("k", len(cases.onset)).gather(case),
            "person_id": person,
            "zone": zones.gather(cases.zone[case])
            if zones is not None
            else pl.Series([None] * contacts, dtype=pl.String),
            "household": numbered("h", contacts).gather(np.arange(contacts) // 3),
            "age": random.integers(0, 95, contacts),
            "setting": random.choice(SETTINGS, contacts, p=SETTING_SHARES),
            "contact_class": random.choice(["close", "general"], contacts, p=[0.8, 0.2]),
            "first_contact": dates(first),
            "last_contact": dates(last),
            "minutes": np.round(random.gamma(1.5, 60, contacts)),
            "found_at": moments(np.minimum(found, recorded)),
            "reached_at": moments(reached),
            "quarantined_on": dates(np.where(quarantined, np.floor(reached), np.inf)),
            "quarantine_place": pl.Series(place).set(pl.Series(~quarantined), None),
            "quarantine_ended_on": dates(np.where(quarantined & (ends < DAYS) & (ends >= reached), ends, np.inf)),
            "recorded_at": moments(recorded),
        }
    )
    return frame.select(c for c in frame.columns if frame[c].null_count() < contacts)


def numbered(prefix: str, count: int) -> pl.Series:
    """Identifiers with a prefix."""
    return pl.select(pl.format(prefix + "{}", pl.int_range(1, count + 1).cast(pl.String).str.zfill(7))).to_series()


def moments(days: np.ndarray) -> pl.Series:
    """Date and time of days since the first day; empty where infinite or after the last day."""
    told = np.isfinite(days) & (days < DAYS)
    start = np.datetime64(LAST_DAY, "m") - np.timedelta64((DAYS - 1) * 24 * 60, "m")
    minutes = np.floor(np.where(told, days, 0) * 24 * 60).astype("timedelta64[m]")
    return pl.Series((start + minutes).astype("datetime64[us]")).set(pl.Series(~told), None)


def dates(days: np.ndarray) -> pl.Series:
    """Date of days since the first day; empty where infinite or after the last day."""
    return moments(np.floor(days)).dt.date()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="folder to write to")
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--contacts", type=int, default=0)
    parser.add_argument("--zones", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if given.cases < 1 or given.contacts < 0 or given.zones < 0:
        parser.error("--cases is at least 1, --contacts and --zones at least 0")
    make_records(given.out, cases=given.cases, contacts=given.contacts, zones=given.zones, seed=given.seed)
    print(given.out)


if __name__ == "__main__":
    main()
