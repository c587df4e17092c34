"""Covasim's own numbers, for a test that ours agrees with it when it is set as Covasim is.

    FOLDER/covasim/bin/python benchmarks/covasim_matched.py OUT.json [--people 100000] [--days 180] [--seeds 10]

Run by the interpreter of an environment with covasim==4.0.1. Writes the parameters of its default hybrid population as
the program holds them, distributions of durations by day, what the networks and the population came to, the
probability that one contact infects, and over seeds: attack rate, peak, household secondary attack, generations;
uncontrolled and with containment.
"""

import argparse
import json
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import covasim as cv
import numpy as np
import scipy.stats
from simulation_peers import covasim as run_covasim

Found = dict[str, Any]
LONGEST = 60  # days of a distribution that are written


def by_day(mean: float, sd: float) -> list[float]:
    """Probabilities of 0, 1, 2, ... days of a lognormal of this mean and sd, rounded to the nearest day."""
    sigma = np.sqrt(np.log(sd**2 / mean**2 + 1))
    edges = np.arange(LONGEST + 1) + 0.5
    return np.diff(scipy.stats.lognorm(sigma, scale=mean * np.exp(-(sigma**2) / 2)).cdf(np.r_[0, edges])).tolist()


def draw(rng: np.random.Generator, duration: Found, many: int) -> np.ndarray:
    mean, sd = duration["par1"], duration["par2"]
    sigma2 = np.log(sd**2 / mean**2 + 1)
    return np.round(rng.lognormal(np.log(mean) - sigma2 / 2, np.sqrt(sigma2), many))


def parameters(people: int, seeded: int) -> Found:
    """Every parameter that transmission and natural history use, read from the program."""
    pars = cv.make_pars(pop_type="hybrid")
    prognoses = cv.get_prognoses()
    absolute = cv.parameters.absolute_prognoses(prognoses)
    viral, overdispersion = pars["viral_dist"], pars["beta_dist"]
    normal = 1 + viral["frac_time"] * (viral["load_ratio"] - 1)
    ages = cv.defaults.default_age_data
    truncated = scipy.stats.poisson(pars["contacts"]["h"]).pmf(np.arange(1, 13))
    return {
        "people": people,
        "seeded_on_day_0": seeded,
        "beta": pars["beta"],
        "beta_layer": pars["beta_layer"],
        "contacts": pars["contacts"],
        "asymptomatic_factor": pars["asymp_factor"],
        "dynamic_layers": pars["dynam_layer"],
        "isolation_factor": pars["iso_factor"],
        "quarantine_factor": pars["quar_factor"],
        "quarantine_days": pars["quar_period"],
        "durations_mean_sd": {key: [d["par1"], d["par2"]] for key, d in pars["dur"].items()},
        "durations_by_day": {key: by_day(d["par1"], d["par2"]) for key, d in pars["dur"].items()},
        "viral_load": {
            **viral,
            "high": viral["load_ratio"] / normal,
            "low": 1 / normal,
            "high_days": "ceil(min(frac_time * infectious days, high_cap)), from the first infectious day",
        },
        "transmissibility_of_a_person": {
            **overdispersion,
            "meaning": "negative binomial, mean par1, dispersion par2, in steps of `step`; drawn once a person",
        },
        "age_from": prognoses["age_cutoffs"].tolist(),
        "relative_susceptibility": prognoses["sus_ORs"].tolist(),
        "relative_transmissibility": prognoses["trans_ORs"].tolist(),
        "symptomatic": absolute["symp_probs"].tolist(),
        "severe_given_symptomatic": prognoses["severe_probs"].tolist(),
        "critical_given_severe": prognoses["crit_probs"].tolist(),
        "dies_given_critical": prognoses["death_probs"].tolist(),
        "ages": {"from": ages[:, 0].tolist(), "to": ages[:, 1].tolist(), "share": ages[:, 2].tolist()},
        "school_ages": [6, 22],
        "work_ages": [22, 65],
        "household_sizes": {
            "meaning": "Poisson(contacts h) without 0; share of households of 1, 2, ... people, made regardless of age",
            "share": (truncated / -np.expm1(-pars["contacts"]["h"])).tolist(),
        },
        "settings": "use_waning=False (no reinfection), no rescaling, default location and age distribution",
    }


def one_contact(pars: Found, many: int = 1_000_000) -> Found:
    """Probability that one contact infects, over everything that differs among those who infect (drawn here)."""
    rng = np.random.default_rng(1)
    full = cv.make_pars(pop_type="hybrid")
    dur = full["dur"]
    band = np.searchsorted(pars["age_from"], pars["ages"]["from"], side="right") - 1
    age = rng.choice(band, many, p=np.array(pars["ages"]["share"]) / np.sum(pars["ages"]["share"]))
    symptomatic, severe, critical, dies = (
        rng.random(many) < np.array(pars[key])[age]
        for key in ("symptomatic", "severe_given_symptomatic", "critical_given_severe", "dies_given_critical")
    )
    days = draw(rng, dur["asym2rec"], many)
    ill = draw(rng, dur["inf2sym"], many) + draw(rng, dur["mild2rec"], many)
    severe, to_severe = severe & symptomatic, draw(rng, dur["inf2sym"], many) + draw(rng, dur["sym2sev"], many)
    to_critical, critical = to_severe + draw(rng, dur["sev2crit"], many), critical & severe
    days = np.where(symptomatic, ill, days)
    days = np.where(severe, to_severe + draw(rng, dur["sev2rec"], many), days)
    days = np.where(critical, to_critical + draw(rng, dur["crit2rec"], many), days)
    days = np.where(critical & dies, to_critical + draw(rng, dur["crit2die"], many), days)
    load = pars["viral_load"]
    high = np.ceil(np.minimum(load["frac_time"] * days, load["high_cap"]))
    over = full["beta_dist"]
    own = over["step"] * rng.negative_binomial(
        over["par2"], over["par2"] / (over["par1"] / over["step"] + over["par2"]), many
    )
    found: Found = {
        "infectious_days_mean": float(days.mean()),
        "infectious_days_sd": float(days.std()),
        "infectious_days_share": (np.bincount(days.astype(int), minlength=LONGEST + 1)[: LONGEST + 1] / many).tolist(),
        "load_days_mean": float((high * load["high"] + (days - high) * load["low"]).mean()),
        "by_layer": {},
    }
    for layer, weight in pars["beta_layer"].items():
        by_susceptibility = {}
        for susceptibility in sorted(set(pars["relative_susceptibility"])):
            each = pars["beta"] * weight * own * susceptibility
            escape = np.clip(1 - each * load["high"], 0, 1) ** high * np.clip(1 - each * load["low"], 0, 1) ** (
                days - high
            )
            by_susceptibility[str(susceptibility)] = float(1 - escape.mean())
        shares = np.bincount(age, minlength=len(pars["age_from"])) / many
        by_susceptibility["mean_of_people"] = float(
            sum(s * by_susceptibility[str(x)] for s, x in zip(shares, pars["relative_susceptibility"], strict=True))
        )
        found["by_layer"][layer] = by_susceptibility
    return found


def population(people: int) -> Found:
    """What the networks and the people of seed 1 came to, and the durations of those who were infected."""
    sim = cv.Sim(
        pop_size=people, pop_type="hybrid", pop_infected=max(people // 1000, 1), n_days=60, rand_seed=1, verbose=0,
        use_waning=False, rescale=False,
    )  # fmt: skip
    sim.init()
    age = np.asarray(sim.people.age.raw[:people])
    covid = sim.diseases.covid
    own = np.asarray(covid.rel_trans_base.raw[:people])
    found: Found = {
        "age_mean": float(age.mean()),
        "school_share": float(((age >= 6) & (age < 22)).mean()),
        "work_share": float(((age >= 22) & (age < 65)).mean()),
        "relative_susceptibility_mean": float(np.asarray(covid.rel_sus.raw[:people]).mean()),
        "symptomatic_mean": float(np.asarray(covid.symp_prob.raw[:people]).mean()),
        "transmissibility_mean_sd": [float(own.mean()), float(own.std())],
    }
    found["layers"] = {}
    for layer, network in sim.networks.items():
        p1, p2 = np.asarray(network.edges.p1), np.asarray(network.edges.p2)
        degree = np.bincount(p1, minlength=people) + np.bincount(p2, minlength=people)
        taking_part = {
            "s": (age >= 6) & (age < 22), "w": (age >= 22) & (age < 65)
        }.get(layer, np.ones(people, dtype=bool))  # fmt: skip
        found["layers"][layer] = {
            "edges": len(p1),
            "contacts_mean_of_all": float(degree.mean()),
            "contacts_mean": float(degree[taking_part].mean()),
            "contacts_sd": float(degree[taking_part].std()),
            "to_oneself": int((p1 == p2).sum()),
        }
    size = np.bincount(np.asarray(sim.networks.h.cluster.raw[:people]).astype(int))
    found["household_size_share"] = (np.bincount(size)[1:] / len(size)).tolist()
    sim.run()
    infected, infectious, onset, over = (
        np.asarray(getattr(covid, name).raw[:people])
        for name in ("ti_infected", "ti_infectious", "ti_symptomatic", "ti_recovered")
    )
    spans = {
        "exposed_to_infectious": infectious - infected,
        "infectious_to_symptoms": onset - infectious,
        "infectious_to_recovered_of_asymptomatic": np.where(np.isnan(onset), over - infectious, np.nan),
        "symptoms_to_recovered": over - onset,
    }
    found["durations_mean_sd"] = {key: [float(np.nanmean(span)), float(np.nanstd(span))] for key, span in spans.items()}
    return found


def one_seed(seed: int, people: int, days: int, scenario: str, changed: Found) -> Found:
    return run_covasim(people, days, scenario, seed, **changed)()


def over_seeds(runs: list[Found]) -> Found:
    """Mean and sd (n - 1) over seeds of every number."""

    def of(measured: list[float | None]) -> Found:
        values = [value for value in measured if value is not None]  # None: nobody to measure it on
        if len(values) < 2:
            return {"mean": values[0] if values else None, "sd": None, "seeds": len(values)}
        return {"mean": float(np.mean(values)), "sd": float(np.std(values, ddof=1)), "seeds": len(values)}

    simple = ["attack_rate", "peak_day", "peak_infections", "cum_symptomatic", "cum_diagnoses", "cum_quarantined"]
    found = {key: of([run[key] for run in runs]) for key in (*simple, "cum_deaths")}
    found["household_secondary_attack"] = {
        key: of([run["household_secondary_attack"][key] for run in runs])
        for key in runs[0]["household_secondary_attack"]
    }
    found["share_by_layer"] = {key: of([run["layers"][key] for run in runs]) for key in runs[0]["layers"]}
    found["generations"] = [
        {key: of([run["generations"][g][key] for run in runs]) for key in ("cases", "mean", "days_between")}
        for g in range(min(5, *(len(run["generations"]) for run in runs)))
    ]
    curves = np.array([run["infections_per_day"] for run in runs])
    found["infections_per_day"] = {"mean": curves.mean(axis=0).tolist(), "sd": curves.std(axis=0, ddof=1).tolist()}
    found["attack_rates"] = [run["attack_rate"] for run in runs]
    found["peak_days"] = [run["peak_day"] for run in runs]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=180)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    pars = parameters(asked.people, max(asked.people // 1000, 1))
    variants: dict[str, tuple[str, Found]] = {
        "uncontrolled": ("uncontrolled", {}),
        "containment": ("containment", {}),
        "uncontrolled_everybody_alike": ("uncontrolled", ALIKE),
        "home_only": ("uncontrolled", {**HOME_ONLY, "pop_infected": max(asked.people // 20, 1)}),
    }
    written: Found = {
        "covasim": cv.__version__,
        "days": asked.days,
        "parameters": pars,
        "variants": {name: changed for name, (_, changed) in variants.items()},
        "one_contact": one_contact(pars),
        "population": population(asked.people),
    }
    with get_context("spawn").Pool(asked.processes) as pool:
        for name, (scenario, changed) in variants.items():
            run = partial(one_seed, people=asked.people, days=asked.days, scenario=scenario, changed=changed)
            written[name] = over_seeds(pool.map(run, range(1, asked.seeds + 1), chunksize=1))
            print(name, {key: written[name][key] for key in ("attack_rate", "peak_day")}, flush=True)
            asked.out.write_text(json.dumps(written, indent=1))


# Everybody nearly as transmissible as everybody else (sd 0.1): a reference for an engine without superspreaders.
ALIKE: Found = {"beta_dist": {"dist": "neg_binomial", "par1": 1.0, "par2": 1e6, "step": 0.01}}
HOME_ONLY: Found = {"beta_layer": {"h": 3.0, "s": 0.0, "w": 0.0, "c": 0.0}}  # a twentieth infected on day 0

if __name__ == "__main__":
    main()
