"""The risk of an exposure: known limits, directions, and what stands in where the library is silent."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from douse.library import Pathogen, load, names
from douse.tracing.risk import per_person, risk_of, with_infection_probability
from douse.tracing.stand_in import attack_rates, crowd_limit, exposure_rules, tracing_hours
from tracing_inputs import pathogen, protocol

WILD, WHO = "sars-cov-2-wild", protocol()
ONSET = date(2026, 3, 10)


def risk(name: str = WILD, rules=WHO, onset: date | None = ONSET, asymptomatic: bool = False, **exposure) -> float:
    usual = {"case_id": "a", "setting": "other", "minutes": 60.0, "first_exposure": ONSET, "last_exposure": ONSET}
    frame = pl.DataFrame([usual | exposure])
    cases = pl.DataFrame(
        {"case_id": ["a"], "onset": [onset], "asymptomatic": [asymptomatic]}, schema_overrides={"onset": pl.Date}
    )
    return with_infection_probability(frame, cases, pathogen(name), rules)["infection_probability"][0]


def days(first: int, last: int) -> dict[str, date]:
    return {"first_exposure": ONSET + timedelta(days=first), "last_exposure": ONSET + timedelta(days=last)}


@pytest.mark.parametrize("name", names(Pathogen))
def test_a_housemate_over_the_whole_illness_meets_the_attack_rate_of_households(name):
    virus = pathogen(name)
    by_day = risk_of(virus, WHO)
    whole = days(by_day.first_day, by_day.first_day + len(by_day.infectiousness) - 1)
    found = risk(name, setting="household", minutes=None, **whole)
    assert found == pytest.approx(attack_rates(virus).share["household"], rel=1e-6)


@pytest.mark.parametrize("setting", ["school", "workplace", "meal", "transport", "shop", "other", "healthcare"])
def test_a_usual_exposure_to_mean_infectiousness_meets_the_attack_rate_of_the_setting(setting):
    usual = WHO.exposure.usual[setting]
    length = int(usual.days.value)
    found = risk(onset=None, setting=setting, minutes=None, **days(0, length - 1))
    assert found == pytest.approx(attack_rates(pathogen()).share[setting], rel=1e-6)
    assert found == pytest.approx(risk(onset=None, setting=setting, minutes=usual.hours.value * length * 60))


def test_no_time_together_is_no_risk_and_endless_time_is_certain():
    assert risk(minutes=0.0) == 0
    assert risk(minutes=1e9) == pytest.approx(1)


def test_nobody_is_infected_before_or_after_the_infectious_days():
    assert risk(**days(-40, -30)) == 0
    assert risk(**days(11, 20)) == 0  # ten days after onset, the last that count
    assert risk("ebola", **days(-5, -1)) == 0
    assert risk("ebola", **days(-5, 0)) > 0


def test_longer_nearer_and_worse_aired_is_riskier():
    assert risk(minutes=15.0) < risk(minutes=60.0) < risk(minutes=240.0)
    airs = [risk(ventilation=air) for air in ("outdoors", "good", "ordinary", "poor")]
    assert airs == sorted(airs)
    assert risk(ventilation=None) == risk(ventilation="ordinary")
    assert risk(contact_class="general") < risk(contact_class="close") == risk()
    assert risk(asymptomatic=True) < risk()
    assert risk(**days(-3, -3)) < risk(**days(0, 0)) > risk(**days(6, 6))


def test_twice_the_time_is_twice_the_risk_while_it_is_small_and_less_when_it_is_large():
    assert risk(minutes=2.0) == pytest.approx(2 * risk(minutes=1.0), rel=1e-3)
    assert risk(minutes=6000.0) < 2 * risk(minutes=3000.0)


def test_the_minutes_of_all_days_count_and_not_those_of_the_longest():
    assert risk(minutes=60.0, all_minutes=180.0) == risk(minutes=180.0)
    assert risk(minutes=60.0, all_minutes=None) == risk(minutes=60.0)


def test_where_the_air_is_shared_being_far_makes_no_difference():
    far = {"setting": "school", "contact_class": "general"}
    assert risk("measles", protocol("measles"), **far) == risk("measles", protocol("measles"), setting="school")
    assert risk(**far) < risk(setting="school")


def test_settings_compare_as_published():
    usual = {s: risk(onset=None, setting=s, minutes=None) for s in ("meal", "shop", "transport", "healthcare")}
    assert usual["meal"] > usual["shop"] > usual["transport"]
    assert attack_rates(pathogen()).share["household"] == 0.154


def test_a_more_catching_pathogen_stands_in_with_higher_rates():
    bare = pathogen(transmission=None)
    assert attack_rates(bare).share["household"] == pytest.approx(0.154)  # the wild type scaled to itself
    more = pathogen(transmission=None, reproduction_number=pathogen("measles").reproduction_number)
    for setting, share in attack_rates(more).share.items():
        assert share > attack_rates(bare).share[setting]
    assert len(attack_rates(bare).stood_in) == 15
    assert attack_rates(pathogen()).stood_in == ()
    silent = set(attack_rates(pathogen("measles")).stood_in)
    assert "transmission.secondary_attack.household" not in silent
    assert "transmission.secondary_attack.school" in silent


def test_a_pathogen_of_ones_own_without_the_new_keys_still_loads_and_says_what_stood_in(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(
        'extends = "sars-cov-1"\nid = "own"\nname = { en = "Own", zh = "自" }\nedition = "1"\n'
        'valid_from = 2026-01-01\nsummary = { en = "x", zh = "字" }\n[sources]\n',
        encoding="utf-8",
    )
    own = load(Pathogen, str(path))
    assert own.transmission is None
    found = risk_of(own, WHO)
    assert "transmission.secondary_attack.household" in found.stood_in
    assert found.attack["household"] > 0


def test_a_protocol_without_the_new_keys_takes_those_of_the_generic_one():
    contact = WHO.contact.model_copy(
        update={"crowd_visits": None, "seat_rows": None, "seats_across": None, "aerosol_settings": ()}
    )
    bare = protocol(exposure=None, tracing_hours=None, contact=contact)
    assert exposure_rules(bare) == WHO.exposure
    assert tracing_hours(bare) == WHO.tracing_hours
    assert crowd_limit(bare) == 500
    assert risk(rules=bare) == risk()


def test_shares_of_transmission_before_symptoms_are_the_pathogens():
    for name in names(Pathogen):
        by_day = risk_of(pathogen(name), WHO)
        shares = by_day.infectiousness / by_day.infectiousness.sum()
        before = shares[: max(0, -by_day.first_day)].sum()
        assert before == pytest.approx(pathogen(name).presymptomatic_share.value)
        assert by_day.ahead[0] == pytest.approx(1)
        assert np.all(np.diff(by_day.ahead) <= 1e-12)


def test_the_second_ring_needs_both_steps():
    ring1 = {"person": "p", "ring": 1, "via": None, "setting": "household", "minutes": 3000.0, **days(-2, 2)}
    ring2 = {"person": "q", "ring": 2, "via": "p", "setting": "household", "minutes": 3000.0, **days(2, 8)}
    lone = {"person": "r", "ring": 2, "via": "nobody", "setting": "household", "minutes": 3000.0, **days(2, 8)}
    told = {"person": "s", "ring": 2, "via": None, "setting": "household", "minutes": 3000.0, **days(-2, 2)}
    frame = pl.DataFrame([{"case_id": "a"} | row for row in (ring1, ring2, lone, told)])
    cases = pl.DataFrame({"case_id": ["a"], "onset": [ONSET], "asymptomatic": [False]})
    first, second, unknown, unnamed = with_infection_probability(frame, cases, pathogen(), WHO)[
        "infection_probability"
    ].to_list()
    assert 0 < second < first
    assert unknown is None
    assert unnamed == pytest.approx(first * 0.04)


def test_one_meeting_told_twice_counts_once_and_two_cases_count_twice():
    frame = pl.DataFrame(
        {
            "person": ["p", "p", "q", "q", "r"],
            "case_id": ["a", "a", "a", "b", "a"],
            "setting": ["household", "household", "meal", "meal", None],
            "infection_probability": [0.2, 0.3, 0.2, 0.3, None],
        }
    )
    assert dict(per_person(frame).iter_rows()) == {"p": pytest.approx(0.3), "q": pytest.approx(0.44), "r": None}


def test_moments_count_for_their_days_and_the_optional_columns_may_be_absent():
    cases = pl.DataFrame(
        {"case_id": ["a"], "onset": [ONSET], "asymptomatic": [None]}, schema_overrides={"asymptomatic": pl.Boolean}
    )
    days_only = pl.DataFrame(
        {"case_id": ["a"], "setting": ["meal"], "first_exposure": [ONSET], "last_exposure": [ONSET]}
    )
    moments = days_only.with_columns(pl.col("first_exposure", "last_exposure").cast(pl.Datetime("us")))
    found = [
        with_infection_probability(f, cases, pathogen(), WHO)["infection_probability"][0] for f in (days_only, moments)
    ]
    assert found[0] == found[1] == risk(setting="meal", minutes=None) > 0


def test_no_exposures_give_no_rows():
    empty = pl.DataFrame(
        schema={"case_id": pl.String, "setting": pl.String, "first_exposure": pl.Date, "last_exposure": pl.Date}
    )
    cases = pl.DataFrame(schema={"case_id": pl.String, "onset": pl.Date, "asymptomatic": pl.Boolean})
    found = with_infection_probability(empty, cases, pathogen(), WHO)
    assert found.schema["infection_probability"] == pl.Float64
    assert found.is_empty()


def test_the_order_of_exposures_does_not_change_a_digit():
    chances = [0.1, 0.2, 0.3, 1 / 3, 0.7, 1e-3, 0.123456789, 0.05]
    rows = [
        {"person": "p", "case_id": f"c{n}", "setting": "other", "infection_probability": p}
        for n, p in enumerate(chances)
    ]
    found = {per_person(pl.DataFrame(rows[n:] + rows[:n]))["infection_probability"].item() for n in range(len(rows))}
    assert len(found) == 1
