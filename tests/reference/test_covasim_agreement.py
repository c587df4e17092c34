"""Set as Covasim 4.0.1 is, the engine finds what Covasim found over its seeds (`covasim_4_0_1.json` beside this file).

How the settings are matched, from Covasim's parameters alone:

- A city of the same households (Poisson of 2 without 0), ages, and shares at school and at work. Covasim's layers s and
  w are random graphs among all who learn and all who work: here one institution each, of which everybody meets others.
  Its community layer is a random graph among everybody: here the city layer with one block that holds all.
- Infectiousness of persons, at home too: transmissibility times infectious days weighted by viral load, drawn from
  Covasim's distributions, as the table of strengths. The profile, from the first infectious day, is when contacts who
  stay the same are infected: earlier than the load tells, as the most infectious have infected theirs before it falls.
- A pair at home: the chance that one contact infects, over all who infect and may be infected.
- A contact of Covasim in s, w and c is the same person every day, ours another one every day. In a random graph with
  Poisson numbers of contacts, first generations and final size hang on contacts times the chance that one infects
  (Newman 2002, doi 10.1103/PhysRevE.66.016128), in which repeated contacts have saturated. So the layers are scaled to
  people infected by one in a city where everybody can be: contacts times that chance, by layer. Slots are as 5 : 4 : 5,
  as Covasim's 20 : 16 : 20 contacts are.
"""

import json
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from douse.kernels.person_word import NO_GROUP, SCHOOL, WORK
from douse.simulation.contacts import Contacts
from douse.simulation.outbreak import Outbreak
from douse.simulation.rates import Rates, people_infected
from douse.simulation.scenario import HISTORY
from douse.simulation.seeds import make_seeds
from simulation_inputs import CITY, HOME, INSTITUTION, a_course, a_scenario, city_of

REFERENCE = json.loads((Path(__file__).parent / "covasim_4_0_1.json").read_text())
PARAMETERS = REFERENCE["parameters"]
PEOPLE, DAYS, RUNS = PARAMETERS["people"], REFERENCE["days"], 10
pytestmark = pytest.mark.slow


@cache
def residents():
    """Sizes of households, ages in years and kinds of groups of the city."""
    rng = np.random.default_rng(1)
    homes = rng.poisson(PARAMETERS["contacts"]["h"], PEOPLE)
    homes = homes[homes > 0]
    homes = homes[: np.searchsorted(np.cumsum(homes), PEOPLE) + 1]
    homes[-1] -= homes.sum() - PEOPLE
    table = {key: np.array(PARAMETERS["ages"][key]) for key in ("from", "to", "share")}
    band = rng.choice(len(table["from"]), PEOPLE, p=table["share"] / table["share"].sum())
    age = (table["from"][band] + rng.random(PEOPLE) * (table["to"] - table["from"] + 1)[band]).astype(int)
    kind = np.full(PEOPLE, NO_GROUP)
    for what, ages in ((SCHOOL, "school_ages"), (WORK, "work_ages")):
        first, end = PARAMETERS[ages]
        kind[(age >= first) & (age < end)] = what
    return homes[homes > 0], age, kind


@cache
def city():
    homes, age, kind = residents()
    rng = np.random.default_rng(2)
    groups = []
    for institution, what in enumerate((SCHOOL, WORK)):
        who = rng.permutation(np.flatnonzero(kind == what))
        groups += [(what, institution, part) for part in np.array_split(who, -(-len(who) // 1000))]
    return city_of(homes, ages=np.minimum(age // 5, 15), groups=groups)


def by_age(key, age):
    return np.array(PARAMETERS[key])[np.searchsorted(PARAMETERS["age_from"], age, side="right") - 1]


@cache
def infectors(alike: bool, many: int = 400_000):
    """Days until infectious, load on each infectious day, and transmissibility of people who infect."""
    rng = np.random.default_rng(3)
    age = rng.choice(residents()[1], many)

    def days(key):
        mean, sd = PARAMETERS["durations_mean_sd"][key]
        spread = np.log(sd**2 / mean**2 + 1)
        return np.rint(rng.lognormal(np.log(mean) - spread / 2, np.sqrt(spread), many)).astype(int)

    ill, severe, critical, dies = (
        rng.random(many) < by_age(key, age)
        for key in ("symptomatic", "severe_given_symptomatic", "critical_given_severe", "dies_given_critical")
    )
    severe, critical, dies = ill & severe, ill & severe & critical, ill & severe & critical & dies
    onset = days("inf2sym")
    lasts = np.where(ill, onset + days("mild2rec"), days("asym2rec"))
    worse = onset + days("sym2sev")
    lasts = np.where(severe, worse + days("sev2rec"), lasts)
    worst = worse + days("sev2crit")
    lasts = np.where(critical, worst + days("crit2rec"), lasts)
    lasts = np.where(dies, worst + days("crit2die"), lasts)
    load = PARAMETERS["viral_load"]
    high = np.ceil(np.minimum(load["frac_time"] * lasts, load["high_cap"]))
    on = np.arange(55)[:, None]
    daily = np.where(on < high, load["high"], load["low"]) * (on < lasts)
    over = PARAMETERS["transmissibility_of_a_person"]
    k, mean = 1e6 if alike else over["par2"], over["par1"] / over["step"]
    own = over["step"] * rng.negative_binomial(k, k / (mean + k), many)
    return SimpleNamespace(latent=np.clip(days("exp2inf"), 1, 40), daily=daily, own=own, lasts=lasts, high=high)


def one_contact(alike: bool, layer: str, susceptibility: float) -> float:
    """Chance that one contact infects, over all who infect."""
    who, load = infectors(alike), PARAMETERS["viral_load"]
    each = PARAMETERS["beta"] * PARAMETERS["beta_layer"][layer] * who.own * susceptibility
    low = np.clip(1 - each * load["low"], 0, 1) ** (who.lasts - who.high)
    return float(1 - (np.clip(1 - each * load["high"], 0, 1) ** who.high * low).mean())


def days_of_infection(alike: bool) -> np.ndarray:
    """Expected infections outside the home by day since the first infectious day, of contacts who stay the same."""
    who, found = infectors(alike), np.zeros(55)
    for layer in ("s", "w", "c"):
        taking_part = {"s": SCHOOL, "w": WORK}.get(layer)
        people = 1.0 if taking_part is None else np.mean(residents()[2] == taking_part)
        each = np.clip(PARAMETERS["beta"] * PARAMETERS["beta_layer"][layer] * who.own * who.daily, 0, 1)
        escaped = np.cumprod(1 - each, axis=0)
        before = np.concatenate([np.ones((1, len(who.own))), escaped[:-1]])
        found += people * PARAMETERS["contacts"][layer] * (before * each).mean(axis=1)
    return found


def wanted(alike: bool) -> dict[str, float]:
    """People infected by one, where everybody can be, at school and work and in the city; share of mates at home."""
    _, age, kind = residents()
    relative, contacts = by_age("relative_susceptibility", age), PARAMETERS["contacts"]

    def chance(layer, who):
        values, counts = np.unique(relative[who], return_counts=True)
        return sum(one_contact(alike, layer, value) * count for value, count in zip(values, counts, strict=True)) / len(
            relative[who]
        )

    return {
        "institution": np.mean(kind == SCHOOL) * contacts["s"] * chance("s", kind == SCHOOL)
        + np.mean(kind == WORK) * contacts["w"] * chance("w", kind == WORK),
        "city": contacts["c"] * chance("c", kind >= 0),
        "home": chance("h", kind >= 0),
    }


@cache
def matched(alike: bool, home_only: bool = False) -> Rates:
    """Rates of the engine that infect as many as Covasim's contacts do."""
    who = infectors(alike)
    force = np.sort(who.own * who.daily.sum(axis=0))
    strength = np.array([part.mean() for part in np.array_split(force, 4096)])
    shape = days_of_infection(alike)
    profile = np.zeros((64, 64))
    for latent in range(64):
        rest = shape[: 64 - max(latent, 1)]
        profile[latent, max(latent, 1) : max(latent, 1) + len(rest)] = rest / rest.sum()
    relative = by_age("relative_susceptibility", np.arange(16) * 5)
    course = a_course(
        incubation=np.sort(who.latent)[(np.arange(1024) * 2 + 1) * len(who.latent) // 2048].astype(np.uint8),
        profile=profile, strength=strength / strength.mean(), susceptibility=relative / relative.max(),
        asymptomatic_infectiousness=1.0,
    )  # fmt: skip
    slots = np.zeros((2, 8, 8), np.int64)
    if not home_only:
        slots[:, SCHOOL, INSTITUTION], slots[:, WORK, INSTITUTION], slots[:, :5, CITY] = 5, 4, 5
    target, closeness, home = wanted(alike), np.full(8, 0.05), 0.3
    for _ in range(6):
        contacts = Contacts(slots, closeness.copy(), np.array([10**9]), np.ones(1))
        rates = Rates(home, 1.0, 0.0, contacts, course)
        got = people_infected(city(), rates, sample=400_000, seed=1)
        mates = np.mean((city().word >> np.uint64(59)).astype(int) - 1)
        home *= target["home"] * mates / got[HOME]
        if not home_only:
            closeness[INSTITUTION] *= target["institution"] / got[INSTITUTION]
            closeness[CITY] *= target["city"] / got[CITY]
    return rates


def secondary_attack(log, day):
    """Of the others at home of the first case of a household: infected in time, and through whom."""
    homes, _, _ = residents()
    home = np.repeat(np.arange(len(homes)), homes)
    order = np.lexsort((day, home))
    start = np.cumsum(homes) - homes
    source, layer = np.full(PEOPLE, -1), np.full(PEOPLE, -1)
    source[log[:, 0]], layer[log[:, 0]] = log[:, 1], log[:, 2] & 7
    layer[log[log[:, 0] == log[:, 1], 0]] = -1
    found = []
    for first, size in zip(start, homes, strict=True):
        members = order[first : first + size]
        when = day[members]
        if size > 1 and not np.isnan(when[0]) and when[1] != when[0]:
            others = members[1:]
            at_home = layer[others] == HOME
            found.append(
                np.stack(
                    [when[1:] - when[0] <= 14, ~np.isnan(when[1:]), at_home & (source[others] == members[0]), at_home]
                )
            )
    means = np.concatenate(found, axis=1).mean(axis=1)
    return dict(
        zip(("within_14_days", "ever", "by_first_case_at_home", "by_anyone_at_home"), means.tolist(), strict=True)
    )


def measured(rates: Rates, seeded: int, runs: int = RUNS) -> dict[str, np.ndarray]:
    """Figures of each of some runs."""
    scenario = a_scenario(city(), rates, days=DAYS + 1)
    run, found = None, []
    for seed in range(1, runs + 1):
        start = make_seeds(np.random.default_rng(seed).choice(PEOPLE, seeded, replace=False))
        run = run or Outbreak(scenario, start, seed=seed)
        run.begin(start, seed)
        run.run()
        log = run.log[: run.log_end[run.day]].astype(np.int64)
        curve = np.diff(run.log_end[HISTORY : run.day + 1])
        day = np.full(PEOPLE, np.nan)
        day[log[:, 0]] = np.repeat(np.arange(len(curve)), curve)
        layer = np.bincount(log[log[:, 0] != log[:, 1], 2] & 7, minlength=8) / max(1, len(log) - seeded)
        found.append(
            {
                "attack_rate": len(log) / PEOPLE,
                "peak_day": int(curve[1:].argmax() + 1),
                "peak_infections": int(curve[1:].max()),
                "at_home": layer[HOME],
                "in_the_city": layer[CITY],
                **secondary_attack(log, day),
            }
        )
    return {key: np.array([one[key] for one in found], float) for key in found[0]}


def covasim(variant: str, figure: str) -> tuple[float, float]:
    """Mean and sd over Covasim's seeds."""
    own = REFERENCE[variant]
    places = {"at_home": "h", "in_the_city": "c"}
    for part in (own, own["household_secondary_attack"], own["share_by_layer"]):
        if places.get(figure, figure) in part:
            told = part[places.get(figure, figure)]
            return told["mean"], told["sd"]
    raise KeyError(figure)


def test_the_chance_of_one_contact_is_covasims():
    for layer, known in REFERENCE["one_contact"]["by_layer"].items():
        for susceptibility in ("0.34", "1.0", "1.47"):
            assert one_contact(False, layer, float(susceptibility)) == pytest.approx(known[susceptibility], rel=0.01)


@cache
def ours(variant: str) -> dict[str, np.ndarray]:
    alike, home_only = variant == "uncontrolled_everybody_alike", variant == "home_only"
    return measured(matched(alike, home_only), 5000 if home_only else PARAMETERS["seeded_on_day_0"])


def test_the_engine_passes_on_what_was_matched():
    got = people_infected(city(), matched(alike=False), sample=400_000, seed=2)  # other luck than the matching's
    target = wanted(alike=False)
    assert got[INSTITUTION] == pytest.approx(target["institution"], rel=0.02)
    assert got[CITY] == pytest.approx(target["city"], rel=0.02)


VARIANTS = ("uncontrolled", "uncontrolled_everybody_alike", "home_only")


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("figure", ["attack_rate", "peak_day", "peak_infections", "within_14_days", "ever"])
def test_within_the_spread_of_seeds(variant, figure):
    """The means are no further apart than 3 standard deviations of the difference of one run of each."""
    found, (mean, sd) = ours(variant)[figure], covasim(variant, figure)
    assert abs(found.mean() - mean) < 3 * np.hypot(sd, found.std(ddof=1))


@pytest.mark.parametrize("variant", VARIANTS[:2])
@pytest.mark.parametrize("figure", ["at_home", "by_first_case_at_home", "by_anyone_at_home", "in_the_city"])
def test_who_infected_whom_within_three_per_cent(variant, figure):
    """Of two who infect a person on one day Covasim names the one at home, whose layer it takes first; we name either.

    3% is allowed for it. A replica of Covasim in NumPy (three seeds) has .3240 of others at home infected there by its
    rule and .3193 where either is named at random; ours are .3195.
    """
    mean, _ = covasim(variant, figure)
    assert ours(variant)[figure].mean() == pytest.approx(mean, rel=0.03)


def report() -> None:
    """The table of docs/validation/simulation.md."""
    for variant in VARIANTS:
        for figure, values in ours(variant).items():
            mean, sd = covasim(variant, figure)
            print(f"| {variant} | {figure} | {values.mean():.4g} ({values.std(ddof=1):.2g}) | {mean:.4g} ({sd:.2g}) |")


if __name__ == "__main__":
    report()
