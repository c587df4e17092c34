"""Small outbreaks with everything on record, as plain lists for the slow twin and as evidence for the joint tree."""

import math

import numpy as np

from douse.tracing.infectors.candidates import Candidates
from douse.tracing.infectors.infection_days import InfectionDays
from douse.tracing.infectors.joint_inputs import Contacts, Evidence
from douse.tracing.infectors.places import Places
from douse.tracing.infectors.sequences import Distances


def plain(seed, cases=4, *, extras=True, days=3, same_day=False):
    """An outbreak of a few cases drawn from a seed; without extras only days."""
    rng = np.random.default_rng(seed)
    first = np.sort(rng.integers(0, 5, cases))
    pmf = [0.15 if same_day else 0.0, *rng.dirichlet([2.0, 3.0, 1.0])]
    pmf = [p / sum(pmf) for p in pmf]
    o = {
        "days": [
            {int(f) + d: float(np.log(rng.uniform(0.1, 1))) for d in range(rng.integers(1, days + 1))} for f in first
        ],
        "pmf": pmf,
        "imported": [float(x) for x in rng.normal(-1, 1, cases)],
        "direct": np.zeros((cases, cases)).tolist(),
        "through": np.zeros((cases, cases)).tolist(),
        "isolated": [math.inf] * cases,
        "pi": (10.0, 1.0),
        "spread": 1.0,
        "contacts": None,
        "label": None,
        "labels": 0,
        "place": None,
        "snp": None,
    }
    if extras:
        o["direct"], o["through"] = rng.normal(0, 1, (2, cases, cases)).tolist()
        o["isolated"] = [float(f + rng.integers(1, 9)) if rng.random() < 0.5 else math.inf for f in first]
        o["contacts"] = {frozenset(map(int, rng.choice(cases, 2, replace=False))) for _ in range(2)}
        o["label"] = [int(rng.integers(0, 2)) if rng.random() < 0.6 else None for _ in range(cases)]
        o["labels"] = 1 + max((x for x in o["label"] if x is not None), default=-1)
        spots = rng.uniform(0, 20, (3, 2))
        o["km"] = np.linalg.norm(spots[:, None] - spots, axis=2).tolist()
        o["people"] = rng.uniform(10, 100, 3).tolist()
        o["place"] = [int(rng.integers(0, 3)) if rng.random() < 0.8 else None for _ in range(cases)]
        held = [case for case in range(cases) if rng.random() < 0.7] or [0]
        o["sequence"] = [held.index(case) if case in held else None for case in range(cases)]
        snp = rng.integers(0, 6, (len(held), len(held)))
        o["snp"], o["sites"] = (np.triu(snp, 1) + np.triu(snp, 1).T).tolist(), 200
        o["centre"] = o["sequence"][min(held, key=lambda case: (min(o["days"][case]), case))]
    return o


def evidence(o):
    cases = len(o["days"])
    rows = [sorted(d) for d in o["days"]]
    infected, infector = np.nonzero(~np.eye(cases, dtype=bool))
    direct, through = np.array(o["direct"]), np.array(o["through"])
    blank = [-1 if x is None else x for x in o["label"]] if o["label"] is not None else None
    places = None
    if o["place"] is not None:
        spots = [-1 if x is None else x for x in o["place"]]
        places = Places(np.array(spots), np.arange(3), np.array(o["km"]), np.array(o["people"]))
    sequences = None
    if o["snp"] is not None:
        row = np.array([-1 if x is None else x for x in o["sequence"]])
        snp = np.array(o["snp"], dtype=float)
        sequences = Distances(row, snp, np.full(snp.shape, float(o["sites"])))
    return Evidence(
        days=InfectionDays(
            np.array([row[0] for row in rows]),
            np.cumsum([0, *map(len, rows)]),
            np.array([o["days"][case][day] for case in range(cases) for day in rows[case]]),
        ),
        generation=np.array(o["pmf"]),
        candidates=Candidates(
            np.arange(cases + 1) * (cases - 1),
            infector,
            direct[infector, infected],
            through[infector, infected],
            np.array(o["imported"]),
        ),
        contacts=None if o["contacts"] is None else Contacts(np.array([sorted(pair) for pair in o["contacts"]])),
        sequences=sequences,
        label=None if blank is None else np.array(blank),
        places=places,
        isolated=np.array([np.nan if math.isinf(x) else x for x in o["isolated"]]),
    )
