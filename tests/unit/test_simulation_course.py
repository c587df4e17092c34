"""The course of an illness: tables of every shipped pathogen, against a simulation of people one by one."""

import math
import random
from importlib import resources
from typing import Any

import numpy as np
import pytest

from douse.errors import LibraryError
from douse.library import Pathogen, load, names
from douse.library.load import read
from douse.library.pathogen import Delay
from douse.simulation.course import Course, course_of
from douse.simulation.course_tables import by_age, day_table, strengths
from douse.simulation.infectious_profile import infectious_profile

EVERY = names(Pathogen)


def course(name: str) -> Course:
    return course_of(load(Pathogen, name))


def changed(name: str, **values: float) -> Pathogen:
    """A shipped pathogen with other values; a key of a delay is its mean."""
    pathogen = load(Pathogen, name)
    update: dict[str, Any] = {}
    for key, value in values.items():
        part = getattr(pathogen, key)
        number = part.mean if isinstance(part, Delay) else part
        number = number.model_copy(update={"value": value})
        update[key] = part.model_copy(update={"mean": number}) if isinstance(part, Delay) else number
    return pathogen.model_copy(update=update)


@pytest.mark.parametrize("name", EVERY)
def test_every_pathogen_has_tables_of_the_right_form(name):
    made = course(name)
    for table in (
        made.incubation, made.onset_to_admission, made.onset_to_death, made.days_in_hospital, made.days_in_icu,
        made.days_in_isolation,
    ):  # fmt: skip
        assert table.dtype == np.uint8
        assert table.shape == (1024,)
        assert (np.diff(table.astype(int)) >= 0).all()
    assert made.incubation[0] >= 1
    assert made.incubation[-1] <= 40
    assert min(made.onset_to_death[0], made.days_in_hospital[0], made.days_in_icu[0], made.days_in_isolation[0]) >= 1
    for chances in (made.symptomatic, made.severe, made.critical, made.fatal, made.susceptibility):
        assert chances.shape == (16,)
        assert ((chances >= 0) & (chances <= 1)).all()
    assert (made.severe + made.critical <= 1 + 1e-9).all()
    assert made.susceptibility.max() == 1
    assert made.sensitivity.shape == (64,)
    assert made.sensitivity[0] == 0
    assert 0 < made.sensitivity.max() <= 1
    assert 0 < made.household_attack < 1
    assert 0 < made.asymptomatic_infectiousness <= 1


@pytest.mark.parametrize("name", EVERY)
def test_nobody_infects_on_the_day_of_infection_nor_after_the_infectious_days(name):
    made = course(name)
    after = load(Pathogen, name).infectious_after_onset.value
    assert made.profile.shape == (64, 64)
    assert (made.profile >= 0).all()
    np.testing.assert_allclose(made.profile.sum(axis=1), 1)
    assert (made.profile[:, 0] == 0).all()
    for incubation in range(1, 41):
        assert (made.profile[incubation, incubation + round(after) + 1 :] == 0).all()
    assert (made.profile[0] == made.profile[1]).all()


@pytest.mark.parametrize("name", EVERY)
def test_people_drawn_one_by_one_infect_before_onset_and_after_infection_as_the_file_says(name):
    pathogen, made = load(Pathogen, name), course(name)
    luck = random.Random(5)
    people = 20_000
    before, days = 0, []
    for _ in range(people):
        incubation = int(made.incubation[int(luck.random() * 1024)])
        wanted, day = luck.random(), 0
        while wanted > 0 and day < 63:
            day += 1
            wanted -= made.profile[incubation][day]
        before += day < incubation
        days.append(day)
    asked = (pathogen.generation_time or pathogen.serial_interval).mean.value
    error = 4 * math.sqrt(np.var(days) / people)
    assert before / people == pytest.approx(pathogen.presymptomatic_share.value, abs=0.014)
    assert np.mean(days) == pytest.approx(asked, abs=error)
    assert made.presymptomatic_share_gap == pytest.approx(0, abs=1e-6)
    assert made.generation_time_gap == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("name", ["sars-cov-2-wild", "measles", "mpox"])
def test_infectiousness_is_the_same_curve_around_onset_for_all_incubations(name):
    rows = course(name).profile
    for side in (lambda onset: slice(1, onset), lambda onset: slice(onset, onset + 4)):
        slopes = [np.diff(np.log(rows[onset, side(onset)])) for onset in (5, 8, 12)]
        np.testing.assert_allclose(np.concatenate(slopes), slopes[0][0], rtol=1e-6)


def test_where_both_cannot_hold_the_share_before_onset_does_and_the_gap_is_told():
    slow = course_of(changed("ebola", serial_interval=60.0))
    assert slow.presymptomatic_share_gap == pytest.approx(0, abs=1e-6)
    assert slow.generation_time_gap < -20
    assert (slow.profile[11].argmax()) == 11 + 21  # all on the last infectious day


def test_a_share_before_onset_that_a_day_apart_cannot_hold_is_met_as_nearly_as_possible():
    flu = course_of(changed("influenza-pandemic", presymptomatic_share=0.9))
    room = float((flu.incubation > 1).mean())
    assert flu.presymptomatic_share_gap == pytest.approx(room - 0.9, abs=1e-6)


def test_no_share_before_onset_means_none():
    made = course("ebola")
    for incubation in range(1, 41):
        assert made.profile[incubation, :incubation].sum() == 0


def test_a_longer_generation_time_moves_infection_later_and_nothing_else():
    short, long = (course_of(changed("sars-cov-2-wild", generation_time=days)) for days in (4.5, 6.5))
    day = np.arange(64)
    assert short.profile[5] @ day < long.profile[5] @ day
    assert (short.incubation == long.incubation).all()


@pytest.mark.parametrize("name", EVERY)
def test_strength_has_a_mean_of_one_and_the_spread_of_the_dispersion(name):
    made = course(name)
    k = (load(Pathogen, name).offspring_dispersion or load(Pathogen, "sars-cov-2-wild").offspring_dispersion).value  # type: ignore[union-attr]  # the wild type has it
    assert made.strength.shape == (4096,)
    assert made.strength.mean() == pytest.approx(1, abs=1e-12)
    assert (np.diff(made.strength) >= 0).all()
    assert made.strength.var() == pytest.approx(1 / k, rel=0.01)


def test_a_small_dispersion_leaves_most_infections_to_a_few():
    top = {k: np.sort(strengths(k))[-819:].sum() / 4096 for k in (0.1, 1.0, 10.0)}
    assert top[0.1] > 0.95
    assert top[0.1] > top[1.0] > top[10.0]


def test_days_keep_mean_and_spread_of_the_delay():
    delay = load(Pathogen, "sars-cov-2-wild").onset_to_death
    assert delay is not None
    days = day_table(delay, 1).astype(float)
    assert days.mean() == pytest.approx(delay.mean.value, abs=0.05)
    assert days.std() == pytest.approx(delay.sd.value, abs=0.1)
    assert (day_table(delay, 1, 20) <= 20).all()


def test_bands_of_age_are_means_over_years():
    assert by_age([0, 20, 80], [1.0, 2.0, 4.0]).tolist() == [1.0] * 4 + [2.0] * 11 + [3.0]
    assert by_age([0, 18], [0.0, 1.0])[3] == pytest.approx(0.4)


@pytest.mark.parametrize("name", EVERY)
def test_severity_over_all_infections_is_that_of_the_file(name):
    pathogen, made = load(Pathogen, name), course(name)
    band = max((b for b in pathogen.severity if b.from_age <= 45), key=lambda b: b.from_age)
    ill = made.symptomatic[9]
    assert ill * made.severe[9] == pytest.approx(band.severe.value)
    assert ill * made.critical[9] == pytest.approx(band.critical.value)
    dies = ill * (made.severe[9] + made.critical[9]) * made.fatal[9]
    assert dies == pytest.approx(min(band.fatal.value, band.severe.value + band.critical.value))


def test_what_stands_in_is_named():
    assert course("sars-cov-2-wild").assumed == ()
    assert "test_curve" in course("ebola").assumed
    assert "offspring_dispersion" not in course("ebola").assumed
    bare = load(Pathogen, "mers").model_copy(update={"offspring_dispersion": None, "immunity_after_infection": None})
    wild, made = course("sars-cov-2-wild"), course_of(bare)
    assert {"offspring_dispersion", "immunity_after_infection"} <= set(made.assumed)
    assert (made.strength == wild.strength).all()
    assert made.immunity_protection == wild.immunity_protection


def test_a_test_curve_that_stands_in_follows_the_incubation():
    peaks = {name: int(course(name).sensitivity.argmax()) for name in ("norovirus", "sars-cov-2-wild", "measles")}
    assert peaks["norovirus"] < peaks["sars-cov-2-wild"] == 4 < peaks["measles"] < 13


def test_vaccine_environment_and_immunity_are_passed_on():
    cholera, measles, mers = course("cholera"), course("measles"), course("mers")
    assert mers.vaccine is None
    assert mers.environment is None
    assert cholera.environment == (0.6, 10)
    assert measles.vaccine is not None
    assert math.isinf(measles.vaccine.half_life_days)
    assert math.isinf(measles.immunity_half_life_days)
    once_infected = measles.vaccine.against_severe_once_infected
    assert (1 - measles.vaccine.against_infection) * (1 - once_infected) == pytest.approx(
        1 - measles.vaccine.against_severe
    )


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("sars-cov-2-wild", {"incubation": 45.0}, "longer than a simulation"),
        ("sars-cov-2-wild", {"infectious_after_onset": 60.0}, "longer than a simulation"),
        ("ebola", {"asymptomatic_share": 0.5}, "more severe and critical illness"),
    ],
)
def test_what_cannot_be_is_refused(name, values, said):
    with pytest.raises(LibraryError, match=said) as caught:
        course_of(changed(name, **values))
    assert caught.value.allowed
    assert caught.value.next_step


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("against_severe = { value = 0.97", "against_severe = { value = 0.5", "low, value and high"),
        (
            'against_severe = { value = 0.97, unit = "share", source = "estimate", grade = "est", low = 0.95',
            'against_severe = { value = 0.9, unit = "share", source = "estimate", grade = "est", low = 0.9',
            "against_severe is below",
        ),
        ('days_to_protect = { value = 10, unit = "days"', 'days_to_protect = { value = 10, unit = "weeks"', "weeks"),
        ("[vaccine]", "[[susceptibility]]\nfrom_age = 5\n[vaccine]", "susceptibility"),
    ],
)
def test_a_bad_key_of_the_file_is_refused(old, new, said):
    text = resources.files("douse.library").joinpath("pathogens", "measles.toml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(LibraryError, match=said):
        read(Pathogen, "own.toml", text.replace(old, new, 1))


def test_a_profile_with_a_single_incubation_meets_its_mean():
    made = infectious_profile(
        np.full(10, 6, np.uint8), presymptomatic_share=0.5, generation_time=6.0, after=8, rise=2.0, fade=3.0
    )
    assert made.presymptomatic_share == pytest.approx(0.5)
    assert made.generation_time == pytest.approx(6.0)
    assert made.by_day[6, :6].sum() == pytest.approx(0.5)
