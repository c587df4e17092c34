"""Where the answer is known without a simulation, a simulation finds it.

Standard errors come from the runs themselves; 4 of them, with seeds that do not change, are the tolerance unless said.
"""

from math import comb

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar
from scipy.stats import nbinom
from scipy.stats import poisson as poisson_law

from douse.kernels.epidemic_layout import HOUSEHOLD
from douse.kernels.squares import poisson
from douse.simulation.contacts import Contacts
from douse.simulation.outbreak import Outbreak
from douse.simulation.rates import Rates, generation, make_rates, people_infected
from douse.simulation.response import Response, outside_only
from douse.simulation.scenario import HISTORY
from douse.simulation.seeds import make_seeds
from simulation_inputs import (
    CITY,
    a_course,
    a_scenario,
    a_varied_course,
    city_of,
    households_only,
    meetings,
    plain_contacts,
    profile,
    quantiles,
    small_town,
    strengths,
    varied_contacts,
    well_mixed,
)

MANY = 32  # meetings in each of four layers: even the most infectious hardly ever infect one person twice


def mixed_rates(reproduction, **course):
    """Transmission in a well-mixed city: everybody infects so many on average, were nobody infected yet."""
    slots = meetings(transport=MANY, shop=MANY, zone=MANY, city=MANY)
    contacts = Contacts(slots, np.ones(8), np.array([10**9]), np.ones(1))
    return Rates(0.0, reproduction / (4 * MANY), 0.0, contacts, a_course(**course))


def log_of(run):
    """Infected and infectors of a run; those it began with are their own infectors."""
    log = run.log[: run.log_end[run.day]]
    return log[:, 0].astype(int), log[:, 1].astype(int)


def offspring(scenario, *, runs, seeded, days=20, first_days=(0,)):
    """People infected by each of those whom many short runs begin with."""
    rng, people = np.random.default_rng(1), len(scenario.city)
    counts, run = [], None
    for seed in range(1, runs + 1):
        start, first = rng.choice(people, seeded, replace=False), first_days[seed % len(first_days)]
        seeds = make_seeds(start, infected=first, day=first)
        if run is None:
            run = Outbreak(scenario, seeds, seed=seed)
        else:
            run.begin(seeds, seed)
        infected, by = log_of(run.run(first + days))
        counts.append(np.bincount(by[infected != by], minlength=people)[start])
    return np.concatenate(counts)


def within(values, expected, errors=4.0):
    """The mean of independent values is the expected one."""
    assert np.mean(values) == pytest.approx(expected, abs=errors * np.std(values, ddof=1) / np.sqrt(len(values)))


# --- outbreaks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("reproduction", "k"), [(1.5, None), (2.5, None), (2.0, 0.4)])
def test_final_size_of_a_well_mixed_city(reproduction, k):
    # Kermack and McKendrick 1927, doi 10.1098/rspa.1927.0118: nobody escapes but with exp(-R z)
    people, seeded = 20_000, 200
    scenario = a_scenario(well_mixed(people), mixed_rates(reproduction, strength=strengths(k)), days=300)
    seeds = make_seeds(np.arange(seeded) * 100)
    run = Outbreak(scenario, seeds)
    sizes = []
    for seed in range(1, 13):
        run.begin(seeds, seed)
        sizes.append(len(log_of(run.run())[0]) / people)
    begun = seeded / people
    known = brentq(lambda z: begun + (1 - begun) * (1 - np.exp(-reproduction * z)) - z, 2 * begun, 1)
    within(sizes, known)
    assert np.std(sizes) < 0.02


def test_final_size_where_ages_are_unequally_susceptible():
    # the same, age by age: exp(-s R z) of an age escape (Andreasen 2011, doi 10.1007/s11538-010-9623-3)
    people, seeded, share = 20_000, 200, np.r_[np.full(8, 1 / 4), np.ones(8)]
    city = small_town(people, zones=1)
    ages = ((city.word >> np.uint64(48)) & np.uint64(15)).astype(int)
    rates = mixed_rates(3.0, susceptibility=share)
    scenario = a_scenario(city, rates, days=300)
    seeds = make_seeds(np.arange(seeded) * 100)
    run, sizes = Outbreak(scenario, seeds), []
    for seed in range(1, 9):
        run.begin(seeds, seed)
        infected, _ = log_of(run.run())
        sizes.append([np.mean(ages[infected] < 8) * len(infected) / people, len(infected) / people])
    young, begun = np.mean(ages < 8), seeded / people

    def size(z):
        part = np.array([young, 1 - young])
        first = np.array([np.mean(ages[::100] < 8), np.mean(ages[::100] >= 8)]) * begun
        return first + (part - first) * (1 - np.exp(-np.array([0.25, 1]) * 3.0 * z))

    z = brentq(lambda z: size(z).sum() - z, 2 * begun, 1)
    within(np.array(sizes)[:, 0], size(z)[0])
    within(np.array(sizes)[:, 1], z)


def left_over(begun, susceptible, escape):
    """Distribution of further infections of a Reed-Frost household.

    Chances to infect in the course of an illness settle the final size, whenever they come (Ludwig 1975, doi
    10.1016/0025-5564(75)90073-6); the recursion is that of Bailey 1975, The mathematical theory of infectious diseases,
    chapter 14.
    """
    chances = []
    for infected in range(susceptible):
        inner = left_over(begun, infected, escape)[infected]
        out = (susceptible - infected) * (begun + infected)
        chances.append(comb(susceptible, infected) * inner * escape**out)
    return [*chances, 1 - sum(chances)]


@pytest.mark.parametrize("size", [2, 3, 4, 5])
def test_final_size_of_households_is_that_of_reed_and_frost(size):
    number, rate = 6000, 0.35
    city = households_only(size, number)
    scenario = a_scenario(city, Rates(rate, 0.0, 0.0, plain_contacts(), a_course()), days=90)
    seeds = make_seeds(np.arange(number) * size)
    infected, _ = log_of(Outbreak(scenario, seeds, seed=size).run())
    found = np.bincount(np.bincount(infected // size) - 1, minlength=size)
    expected = number * np.array(left_over(1, size - 1, np.exp(-rate)))
    assert (np.abs(found - expected) < 4 * np.sqrt(expected)).all()


@pytest.mark.slow
@pytest.mark.parametrize(("reproduction", "k"), [(1.5, 0.4), (2.0, None)])
def test_outbreaks_of_one_person_die_out_as_branching_processes_do(reproduction, k):
    # Lloyd-Smith et al. 2005, doi 10.1038/nature04153: the root of the generating function of the offspring
    scenario = a_scenario(well_mixed(20_000), mixed_rates(reproduction, strength=strengths(k)), days=300)
    run, died_out, tried = Outbreak(scenario, make_seeds([1])), 0, 1200
    for seed in range(1, tried + 1):
        run.begin(make_seeds([seed * 16]), seed)
        while True:
            before = run.log_end[run.day]
            run.run(days=13)  # nobody infects later than 12 days after infection
            if run.log_end[run.day] == before or run.log_end[run.day] > 150:
                break
        died_out += run.log_end[run.day] <= 150
    if k is None:
        known = brentq(lambda q: np.exp(reproduction * (q - 1)) - q, 0, 0.999)
    else:
        known = brentq(lambda q: (1 + reproduction / k * (1 - q)) ** -k - q, 0, 0.999)
    assert died_out / tried == pytest.approx(known, abs=4 * np.sqrt(known * (1 - known) / tried))


# --- first generations -----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_rates_reach_the_reproduction_number_and_the_household_attack_rate():
    city = small_town(20_000, zones=20)
    course = a_varied_course(reproduction_number=2.2, household_attack=0.15)
    rates = make_rates(city, course, varied_contacts())
    assert people_infected(city, rates, seed=99).sum() == pytest.approx(2.2, rel=0.02)

    # at home: everybody in households of two, with symptoms, nobody met outside
    ill = a_course(household_attack=0.15, strength=course.strength, susceptibility=course.susceptibility)
    pairs = households_only(2, 20_000)
    home = make_rates(pairs, ill, plain_contacts()).home
    reached = generation(pairs, Rates(home, 0.0, 0.0, plain_contacts(), ill), seed=5)
    within(reached[:, HOUSEHOLD], 0.15)


@pytest.mark.slow
def test_runs_reach_the_reproduction_number_over_the_days_of_the_week():
    city = small_town(40_000, zones=40)
    late = {"incubation": quantiles([10, 11]), "profile": profile(before=0, after=4)}  # no second generation yet
    course = a_varied_course(reproduction_number=2.0, household_attack=0.15, strength=strengths(None), **late)
    rates = make_rates(city, course, varied_contacts())
    found = offspring(a_scenario(city, rates), runs=350, seeded=40, days=18, first_days=range(7))
    assert np.mean(found) == pytest.approx(2.0, rel=0.02)


@pytest.mark.parametrize("k", [0.2, 0.6])
def test_offspring_have_the_dispersion_of_the_course(k):
    rates = mixed_rates(2.0, strength=strengths(k))

    def recovered(counts):
        mean = counts.mean()
        return np.exp(
            minimize_scalar(
                lambda log_k: -nbinom(np.exp(log_k), 1 / (1 + mean / np.exp(log_k))).logpmf(counts).sum(),
                bounds=(-4, 3), method="bounded",
            ).x
        )  # fmt: skip

    city = well_mixed(100_000)
    first = generation(city, rates, seed=3).sum(axis=1)
    assert recovered(first) == pytest.approx(k, rel=0.03)
    run = offspring(a_scenario(city, rates), runs=100, seeded=100, days=14)
    assert recovered(run) == pytest.approx(k, rel=0.10)  # 10,000 people: a standard error of 2 to 3%


# --- isolation -------------------------------------------------------------------------------------------------------


def before_onset(days_more):
    """Share of transmission on the days before onset, and so many from onset on."""
    course = a_course()
    return np.mean([course.profile[days, : days + days_more].sum() for days in course.incubation])


@pytest.mark.slow
def test_isolation_leaves_what_lies_before_it():
    # sample on the day of onset, result on the next morning, a bed where nobody is met
    closed = np.ones((5, 8))
    closed[4] = 0.0
    measures = Response(seek_share=1.0, isolation_days=30.0, beds=np.inf, stay_open=closed)
    scenario = a_scenario(well_mixed(100_000), mixed_rates(3.0), measures)
    within(offspring(scenario, runs=60, seeded=100, days=14), 3.0 * before_onset(1))


@pytest.mark.slow
def test_half_of_people_at_home_from_onset_on():
    scenario = a_scenario(well_mixed(100_000), mixed_rates(3.0), Response(ill_at_home=0.5))
    expected = 3.0 * (0.5 + 0.5 * before_onset(0))
    within(offspring(scenario, runs=60, seeded=100, days=14), expected)


@pytest.mark.slow
def test_isolation_at_home_leaves_a_share_of_the_meetings():
    left = np.ones((5, 8))
    left[3] = outside_only(0.25)
    measures = Response(seek_share=1.0, isolation_days=30.0, obeys_isolation=0.8, stay_open=left)
    scenario = a_scenario(well_mixed(100_000), mixed_rates(3.0), measures)
    early = before_onset(1)
    within(offspring(scenario, runs=60, seeded=100, days=14), 3.0 * (early + (1 - early) * (0.2 + 0.8 * 0.25)))


# --- parts -----------------------------------------------------------------------------------------------------------


def test_the_tables_of_the_day_of_transmission_hold_the_profile():
    keeps, other = mixed_rates(2.0).alias
    for incubation in range(1, 41):
        got = np.zeros(64)
        for step in range(64):
            got[step] += keeps[incubation, step] / 4096 / 64
            got[other[incubation, step]] += (4096 - int(keeps[incubation, step])) / 4096 / 64
        assert got == pytest.approx(profile()[incubation], abs=1 / 4096 / 4)


@pytest.mark.parametrize("mean", [0.0, 0.1, 3.0, 40.0])
def test_numbers_by_inversion_are_poisson(mean):
    u = (np.arange(20_000) + 0.5) / 20_000
    numbers = np.array([poisson(mean, one, 250) for one in u])
    assert (numbers == poisson_law(mean).ppf(u)).mean() > 0.9999


@pytest.mark.parametrize("mean", [699.0, 701.0, 800.0, 1e5])
def test_a_mean_beyond_the_most_gives_the_most(mean):
    assert poisson(mean, 0.5, 250) == 250


def test_the_tables_of_layers_hold_the_rates():
    rates = Rates(0.3, 0.1, 0.7, varied_contacts(), a_course())
    shares = np.diff(rates.layer_upto.astype(float), axis=1, prepend=0) / 16384
    assert shares[:5] == pytest.approx((rates.by_layer / rates.total[:, None])[:5], abs=1e-4)


def test_events_fall_on_the_layers_by_their_rates():
    city = city_of([2] * 10_000)
    rates = Rates(0.3, 0.2, 0.2, varied_contacts(), a_course(environment=(0.5, 2.0)))
    found = people_infected(city, rates)
    assert found[HOUSEHOLD] == pytest.approx(1 - np.exp(-0.3), rel=0.01)
    # closeness .1, .1, .2, .2; 1, 2 (at the weekend 3), 3, 2 meetings; in the city half within 40 people, also oneself
    shop = (5 * 2 + 2 * 3) / 7
    known = 0.2 * np.array([0.1 * 1, 0.1 * shop, 0.2 * 3, 0.2 * 2])
    assert found[3:7] == pytest.approx(known, rel=0.05)
    assert found[7] == pytest.approx(0.2, rel=0.02)
    assert (found[1:3] == 0).all()


def test_a_meeting_is_the_same_from_both_sides_and_near_people_meet_more():
    from douse.kernels.epidemic_contacts import partner  # noqa: PLC0415  compiled only here
    from douse.kernels.squares import key_of  # noqa: PLC0415

    city, contacts = small_town(3000, zones=6), varied_contacts()
    key = np.uint64(key_of(7))
    between = contacts.neighbourhoods(key, len(city))
    for layer in range(1, CITY + 1):
        who = np.flatnonzero(city.word & np.uint64((1 << 22) - 1)) if layer < 3 else np.arange(len(city))

        def met(person, layer=layer):
            return partner(
                person, city.word[person], layer, 1, 70, key, city.members, city.group_start, city.institution,
                city.institution_start, city.zone_start, between,
            )  # fmt: skip

        assert all(met(met(person)) == person for person in who)
    near = Contacts(meetings(city=32), np.ones(8), np.array([50, 10_000]), np.array([0.9, 0.1]))
    between = near.neighbourhoods(key, len(city))
    assert (between[:100, :, 0] == 50).mean() == pytest.approx(0.9, abs=0.03)


def test_days_in_the_water_are_one_and_the_survival_more():
    rates = Rates(0.0, 0.0, 0.5, plain_contacts(), a_course(environment=(1.0, 4.0)))
    scenario = a_scenario(well_mixed(300_000), rates, days=80)
    run = Outbreak(scenario, make_seeds(np.arange(6000) * 50), seed=2).run()
    infected, by = log_of(run)
    day = np.full(len(run.state), -1)
    day[infected] = np.repeat(np.arange(HISTORY, run.day), np.diff(run.log_end[HISTORY : run.day + 1]))
    begun = np.isin(by, np.arange(6000) * 50) & (infected != by)
    waited = day[infected[begun]] - day[by[begun]]
    course = a_course()
    shed = np.mean([course.profile[days] @ np.arange(64) for days in course.incubation])
    within(waited, shed + 1 + 4.0)
