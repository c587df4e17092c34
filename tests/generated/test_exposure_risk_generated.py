"""The risk of exposures is that of a loop over days."""

import math
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from douse.tracing.risk import per_person, with_infection_probability
from douse.tracing.stand_in import attack_rates
from reference.slow_exposure_risk import infectiousness, probability
from tracing_inputs import pathogen, protocol

NAMES = ("sars-cov-2-wild", "measles", "ebola", "cholera")
SHARES = {name: infectiousness(pathogen(name), pathogen(name).infectious_after_onset.value) for name in NAMES}
ONSET = date(2026, 3, 10)
AIR = {None: 1.0, "outdoors": 0.05, "good": 0.5, "ordinary": 1.0, "poor": 2.0}
SETTINGS = (None, "household", "school", "meal", "transport", "shop")

rows = st.fixed_dictionaries(
    {
        "since": st.integers(-25, 25),
        "length": st.integers(0, 30),
        "minutes": st.one_of(st.none(), st.floats(0, 100_000)),
        "setting": st.sampled_from(SETTINGS),
        "ventilation": st.sampled_from(list(AIR)),
        "contact_class": st.sampled_from([None, "close", "general"]),
        "asymptomatic": st.booleans(),
    }
)


@settings(max_examples=60, deadline=None)
@given(name=st.sampled_from(NAMES), drawn=st.lists(rows, min_size=1, max_size=8))
def test_every_row_is_that_of_the_loop(name, drawn):
    virus, rules = pathogen(name), protocol()
    frame = pl.DataFrame(
        [
            {
                "case_id": f"c{n}",
                "first_exposure": ONSET + timedelta(days=row["since"]),
                "last_exposure": ONSET + timedelta(days=row["since"] + row["length"]),
                **{key: row[key] for key in ("minutes", "setting", "ventilation", "contact_class")},
            }
            for n, row in enumerate(drawn)
        ],
        schema_overrides={
            "minutes": pl.Float64,
            "setting": pl.String,
            "ventilation": pl.String,
            "contact_class": pl.String,
        },
    )
    cases = pl.DataFrame(
        {"case_id": frame["case_id"], "onset": ONSET, "asymptomatic": [row["asymptomatic"] for row in drawn]}
    )
    got = with_infection_probability(frame, cases, virus, rules)["infection_probability"].to_list()
    attack = attack_rates(virus)
    for row, found in zip(drawn, got, strict=True):
        setting = row["setting"] or "other"
        usual = rules.exposure.usual[setting]
        factor = AIR[row["ventilation"]] * (0.1 if row["contact_class"] == "general" else 1.0)
        factor *= attack.asymptomatic_infectiousness if row["asymptomatic"] else 1.0
        expected = probability(
            {"since": row["since"], "until": row["since"] + row["length"], "minutes": row["minutes"]},
            SHARES[name],
            attack.share[setting],
            usual.hours.value,
            math.inf if usual.days is None else usual.days.value,
            factor,
        )
        assert found == pytest.approx(
            expected, rel=1e-4, abs=1e-6
        )  # the fast one leaves out a tail of one in a million


@given(
    st.lists(
        st.tuples(st.sampled_from("pq"), st.sampled_from("ab"), st.sampled_from([None, "meal"]), st.floats(0, 1)),
        min_size=1,
    )
)
def test_several_exposures_together_are_those_of_the_loop(drawn):
    frame = pl.DataFrame(
        drawn,
        schema={"person": pl.String, "case_id": pl.String, "setting": pl.String, "infection_probability": pl.Float64},
        orient="row",
    )
    best: dict[tuple, float] = {}
    for person, case, setting, p in drawn:
        best[person, case, setting] = max(p, best.get((person, case, setting), 0.0))
    spared: dict[str, float] = {}
    for (person, _, _), p in best.items():
        spared[person] = spared.get(person, 1.0) * (1 - p)
    got = dict(per_person(frame).iter_rows())
    assert got == pytest.approx({person: 1 - product for person, product in spared.items()})
