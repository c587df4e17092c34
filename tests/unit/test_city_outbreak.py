"""The outbreak of the demo city runs as the pathogen and the protocol say."""

from dataclasses import replace

import numpy as np
import pytest

from douse.city.demo import stage
from douse.city.numbers import city_numbers
from douse.city.outbreak.files import NEVER, empty_files
from douse.city.outbreak.illness import draw, fall_ill, infectious_profile, sensitivity
from douse.city.outbreak.interview import quarantine_days, starts_at_site
from douse.city.outbreak.run import Running, run
from douse.city.town import build
from douse.library import Pathogen, Protocol, load, names

WILD, WHO = load(Pathogen, "sars-cov-2-wild"), load(Protocol, "who-generic")
DAYS = 28


@pytest.fixture(scope="module")
def scene():
    return stage(build(5_000, 2), WILD, WHO, DAYS)


@pytest.mark.parametrize("name", names(Pathogen))
def test_the_infectious_profile_has_the_presymptomatic_share_of_the_file(name):
    pathogen, spread = load(Pathogen, name), city_numbers().spread
    profile = infectious_profile(pathogen, spread)
    assert profile.sum() == pytest.approx(1)
    before = profile[: int(spread.days_before_onset.value)]
    assert before.sum() == pytest.approx(pathogen.presymptomatic_share.value)
    assert (profile >= 0).all()


@pytest.mark.parametrize("family", ["lognormal", "gamma", "weibull"])
def test_delays_have_the_mean_and_sd_of_the_file(family):
    delay = WILD.incubation.model_copy(update={"family": family})
    drawn = draw(delay, np.random.default_rng(1), 100_000)
    assert drawn.mean() == pytest.approx(delay.mean.value, rel=0.02)
    assert drawn.std() == pytest.approx(delay.sd.value, rel=0.04)


def test_a_delay_without_spread_is_its_mean():
    sure = WILD.incubation.model_copy(update={"sd": WILD.incubation.sd.model_copy(update={"value": 0.0})})
    assert (draw(sure, np.random.default_rng(1), 3) == WILD.incubation.mean.value).all()


def test_a_test_finds_nothing_on_the_day_of_infection_and_follows_the_curve():
    chance = sensitivity(WILD, np.array([-5, 0, 4, 10]))
    assert chance[:2].tolist() == [0, 0]
    points = {point.day: point.sensitivity.value for point in WILD.test_curve}
    assert chance[2:].tolist() == pytest.approx([points[4], points[10]])
    blind = WILD.model_copy(update={"test_curve": ()})
    assert sensitivity(blind, np.array([0, 1, 30])).tolist() == [0, 1, 1]


def test_shares_of_the_illness_are_those_of_the_file(scene):
    illness = fall_ill(build(60_000, 1), WILD)
    assert 1 - illness.symptomatic.mean() == pytest.approx(WILD.asymptomatic_share.value, abs=0.01)
    assert illness.infectivity[illness.symptomatic].mean() == pytest.approx(1, abs=0.05)
    assert (illness.severity[~illness.symptomatic] == 0).all()
    assert not illness.fatal[~illness.symptomatic].any()
    own = WILD.reproduction_number.value
    assert illness.immune.mean() == pytest.approx(1 - illness.start / own, abs=0.01)


def test_people_shed_their_whole_illness_whatever_the_incubation(scene):
    illness = scene.illness
    everybody = np.arange(len(scene.town))
    onset = illness.incubation  # all infected on day 0
    total = sum(illness.shedding(day, everybody, onset) for day in range(1, int(onset.max()) + len(illness.profile)))
    assert total == pytest.approx(illness.infectivity, rel=1e-9)


@pytest.mark.slow
def test_one_case_infects_as_many_as_asked_while_nobody_reacts():
    scene = stage(build(20_000, 1), WILD, WHO, DAYS)
    rng = np.random.default_rng(1)
    seeds = rng.choice(np.flatnonzero(~scene.illness.immune), 800, replace=False)
    # Only the seeds infect, so that all that is counted is the first generation.
    alone = np.zeros(len(scene.town))
    alone[seeds] = scene.illness.infectivity[seeds]
    running = Running(replace(scene, illness=replace(scene.illness, infectivity=alone)), luck=0)
    running.department.out_of_reach[:] = True
    running.stays_home[:] = False
    running.course.infected_on[seeds] = 0
    for day in range(DAYS):
        running.live(day)
    infected = np.isin(running.course.infector, seeds).sum() / len(seeds)
    assert infected == pytest.approx(scene.illness.start, rel=0.2)


def test_the_department_makes_the_outbreak_smaller(scene):
    watched = run(scene, luck=1)
    left_alone = Running(scene, luck=1)
    left_alone.department.out_of_reach[:] = True
    for day in range(scene.days):
        left_alone.live(day)
    assert 0 < (watched.infected_on < NEVER).sum() < (left_alone.course.infected_on < NEVER).sum()


def test_the_same_luck_gives_the_same_course(scene):
    one, two, other = run(scene, 3), run(scene, 3), run(scene, 4)
    assert (one.infected_on == two.infected_on).all()
    assert repr(one.files.named) == repr(two.files.named)  # never reached is NaN, which equals nothing
    assert (one.infected_on != other.infected_on).any()


def test_a_run_that_grows_too_large_is_given_up(scene):
    assert len(run(scene, 1, most_cases=2).present) < scene.days


def test_nobody_in_isolation_or_quarantine_makes_a_visit(scene):
    course = run(scene, 2)
    files = course.files
    for day in range(scene.days):
        out = scene.visits[day].person[course.present[day]]
        assert not (files.confirmed_on[out] <= day).any()
    away = np.flatnonzero((files.quarantined_from <= scene.days - 1) & (files.quarantined_to >= scene.days - 1))
    assert away.size > 0
    assert not np.isin(out, away).any()


def test_infector_and_infected_were_together(scene):
    course = run(scene, 2)
    people = np.flatnonzero((course.infected_on < NEVER) & (course.infector >= 0))
    assert people.size > 10
    for person in people.tolist():
        day, infector = int(course.infected_on[person]), int(course.infector[person])
        assert course.infected_on[infector] < day
        if course.place[person] < 0:
            assert scene.town.residents.household[person] == scene.town.residents.household[infector]
        else:
            visits, present = scene.visits[day], course.present[day]
            here = present & (visits.place == course.place[person])
            mine, theirs = (
                np.flatnonzero(here & (visits.person == person)),
                np.flatnonzero(here & (visits.person == infector)),
            )
            assert any(
                visits.enter[a] < visits.leave[b] and visits.enter[b] < visits.leave[a] for a in mine for b in theirs
            )


def test_quarantine_lasts_as_long_as_the_protocol_says():
    china, who = load(Protocol, "china-9"), WHO
    assert quarantine_days(china.quarantine["close"], WILD) == 7  # the days after are only watched
    assert starts_at_site(china.quarantine["close"])
    assert quarantine_days(who.quarantine["close"], WILD) == WILD.max_incubation.value
    assert not starts_at_site(who.quarantine["close"])
    assert quarantine_days(who.quarantine["secondary"], WILD) == 0
    assert quarantine_days(None, WILD) == 0


def test_a_longer_quarantine_makes_a_shorter_one_longer():
    files = empty_files(1)
    files.quarantine(0, 5, 10, at_site=False)
    files.quarantine(0, 7, 9, at_site=True)
    assert (files.quarantined_from[0], files.quarantined_to[0], bool(files.quarantine_site[0])) == (5, 10, False)
    files.quarantine(0, 8, 15, at_site=True)
    assert (files.quarantined_from[0], files.quarantined_to[0]) == (5, 15)
    files.quarantine(0, 20, 25, at_site=True)
    assert (files.quarantined_from[0], files.quarantined_to[0], bool(files.quarantine_site[0])) == (20, 25, True)
    assert not files.in_quarantine(18)[0]
