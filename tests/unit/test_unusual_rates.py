"""False alarms of the new signals on worlds without anything odd come at the rate that is stated, or less."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from conftest import records
from douse.records import Records
from douse.signals.black_swans import CHECKS
from douse.signals.importation import importation_pressure
from douse.signals.multiplicity import holm
from douse.signals.outlook import Outlook
from douse.signals.syndromic import ears_of_roots
from douse.situation.cases import counted_cases
from tracing_inputs import pathogen, protocol

TODAY = date(2026, 5, 1)
COVID = pathogen()


def of_age(age: int):
    return next(band for band in reversed(COVID.severity) if band.from_age <= age)


def person(random: np.random.Generator, number: int, day: date) -> dict:
    """A case as a surveillance system might have it, three times as severe as infections are."""
    age = int(random.integers(0, 95))
    onset = day - timedelta(days=int(random.integers(0, 8)))
    exposed = onset - timedelta(days=int(random.lognormal(1.63, 0.415)))
    band = of_age(age)
    return {
        "case_id": f"c{number}",
        "recorded_at": day,
        "age": age,
        "sex": "female" if random.random() < 0.55 else "male",
        "occupation": "health_worker" if random.random() < 0.1 else "other",
        "classification": "suspected" if random.random() < 0.15 else "confirmed",
        "pathogen": "COVID-19" if random.random() > 0.005 else "covvid",
        "cluster": "one" if random.random() < 0.5 else None,
        "severity": "severe" if random.random() < 3 * (band.severe.value + band.critical.value) else "mild",
        "outcome": "died" if random.random() < 3 * band.fatal.value else None,
        "outcome_on": TODAY,
        "onset": onset,
        "exposed_from": exposed,
        "exposed_to": exposed,
    }


def world(seed: int, days: int = 63) -> Records:
    random = np.random.default_rng(seed)
    told = [TODAY - timedelta(days=ago) for ago in range(days) for _ in range(random.poisson(5))]
    rows = [person(random, number, day) for number, day in enumerate(told)]
    tests = [
        {"person_id": row["case_id"], "sampled_at": row["recorded_at"], "result": "negative", "recorded_at": TODAY}
        for row in rows
        if row["classification"] == "suspected"
    ]
    return records(cases=rows, tests=tests).as_of(TODAY)


@pytest.mark.slow
def test_the_guard_as_a_whole_keeps_to_its_rate():
    alarms, each = 0, []
    for seed in range(100):
        known = world(seed)
        look = Outlook(known, counted_cases(known, COVID, protocol()), COVID, 14, 3, 3.0)
        p = np.array([np.nan if (oddity := check(look)).p is None else oddity.p for check in CHECKS.values()])
        each.append(p)
        alarms += bool(np.nanmin(holm(p)) <= 0.01)
    assert alarms <= 4  # one is expected at most; five have a chance of 0.3%
    made = np.isfinite(np.array(each)).mean(axis=0)
    assert (made > 0.9).sum() == len(CHECKS) - 1  # but serial intervals, which this world does not record
    assert (np.array(each)[:, made > 0] <= 0.05).mean() <= 0.05


@pytest.mark.parametrize(
    ("mean", "dispersion", "most"),
    [(0.3, None, 0.001), (5, None, 0.003), (200, None, 0.004), (20, 10, 0.014), (200, 5, 0.02)],
)
def test_ears_of_roots_keeps_to_its_rate(mean, dispersion, most):
    random = np.random.default_rng(3)
    size = (4000, 8)
    spread = 1.0 if dispersion is None else random.gamma(dispersion, 1 / dispersion, size)
    counts = random.poisson(mean * spread, size)
    frame = pl.DataFrame(
        {
            "zone": np.repeat(np.arange(4000), 8).astype(str),
            "date": [date(2026, 1, 1) + timedelta(days=7 * step) for step in range(8)] * 4000,
            "count": counts.ravel().astype(float),
        }
    )
    judged = ears_of_roots(frame).drop_nulls("alarm")
    assert judged.height == 4000
    assert judged["alarm"].mean() <= most
    assert judged["alarm"].to_list() == (judged["p"] <= 0.01).to_list()


def test_ears_of_roots_has_its_limits():
    steady = pl.DataFrame({"zone": "a", "date": [date(2026, 1, n) for n in range(1, 10)], "count": [4.0] * 9})
    last = ears_of_roots(steady).row(-1, named=True)
    assert (last["expected"], last["count"], last["alarm"]) == (pytest.approx(4.0), 4.0, False)
    assert last["p"] == pytest.approx(0.5)
    nothing = ears_of_roots(steady.with_columns(count=pl.lit(0.0)))
    assert nothing["alarm"].drop_nulls().to_list() == [False, False]
    assert ears_of_roots(steady.head(0)).is_empty()
    gap = steady.with_columns(count=pl.when(pl.col("date") == date(2026, 1, 4)).then(None).otherwise("count"))
    assert ears_of_roots(gap)["alarm"].is_not_null().sum() == 1  # seven known before the last only
    unknown = ears_of_roots(steady.with_columns(count=pl.lit(None, pl.Float64)))
    assert (unknown.height, unknown["alarm"].null_count()) == (9, 9)


def test_origins_that_stay_as_they_are_are_seldom_a_warning():
    random = np.random.default_rng(5)
    cases = pl.DataFrame(schema={"case_id": pl.String, "person": pl.String, "told_on": pl.Date})
    false = 0
    for _ in range(60):
        arrivals, tests = [], []
        for origin, share in enumerate(random.beta(1, 30, 8)):
            for ago in range(0, 70, 5):
                day = TODAY - timedelta(days=ago)
                people = [f"{origin}-{ago}-{n}" for n in range(int(random.integers(1, 12)))]
                arrivals += [(person, day, f"o{origin}") for person in people]
                tests += [
                    (person, day, "entry", "positive" if random.random() < share else "negative") for person in people
                ]
        told = importation_pressure(
            pl.DataFrame(arrivals, schema=["person_id", "arrived_at", "origin"], orient="row").with_columns(
                pl.col("arrived_at").cast(pl.Datetime)
            ),
            cases,
            pl.DataFrame(tests, schema=["person_id", "sampled_at", "purpose", "result"], orient="row").with_columns(
                pl.col("sampled_at").cast(pl.Datetime)
            ),
            as_of=TODAY,
        )
        assert told.height == 8
        assert told["p"].is_between(0, 1).all()
        false += bool((holm(told["p"].to_numpy()) <= 0.05).any())
    assert false <= 7  # at 5%, three of sixty are expected at most
