"""One peer of the simulation, run by the peer's own interpreter; prints one line of JSON.

    FOLDER/covasim/bin/python benchmarks/simulation_peers.py --peer covasim --people 100000 --days 100

Peers: covasim; starsim (its SEIR on its households, schools, workplaces and community); laser (SEIR in patches, one
fused kernel on laser-core's frame); laser-generic (the same of LASER's ready-made components). Each needs its own
environment: python3.11 -m venv FOLDER/covasim && FOLDER/covasim/bin/pip install covasim==4.0.1, and likewise starsim
and laser (laser-core laser-generic). OpenABM-Covid19 is not on the package index.

A small run that is not counted comes first (compilation, caches). CPU seconds are those of the process, all its
threads, from an empty model to the last day; memory is the peak above what was resident before the first counted run.
"""

import argparse
import gc
import importlib.metadata
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Found = dict[str, Any]
SEEDED = 1_000  # one in so many people is infected on the first day
FOUND_EARLY = 20  # infected on the first day where the outbreak is to be contained
SEEDED_LASER = 12_000  # so many that two thirds are infected by day 100
LATENT, LATENT_SD, INFECTIOUS, INFECTIOUS_SD = 4.5, 1.5, 8.0, 2.0  # days, of peers without a natural history
R0 = 2.5
PATCH = 5_000
WITHIN = 14  # days after the first of a household


class SkippedError(Exception):
    """A peer cannot do what was asked."""


def counted(days_of_infection: np.ndarray, people: int, days: int) -> Found:
    """Attack rate and epidemic curve from the day of each infection; day 0 holds those that were seeded."""
    curve = np.bincount(days_of_infection.astype(int), minlength=days + 1)
    return {
        "attack_rate": float(curve.sum() / people),
        "peak_day": int(curve[1:].argmax() + 1),
        "peak_infections": int(curve[1:].max()),
        "infections_per_day": curve.tolist(),
    }


def seeded(people: int, scenario: str) -> int:
    """People infected on the first day."""
    return FOUND_EARLY if scenario == "containment" else max(people // SEEDED, 1)


def households(home: np.ndarray, day: np.ndarray, source: np.ndarray | None, at_home: np.ndarray | None) -> Found:
    """Secondary attack in households: of the others at home of its first case, how many were infected.

    `home` and `day` (NaN: never) are by person, so are `source` (person, -1: none) and `at_home` (infected through the
    household layer). The first case is the one with the earliest day; households with two on that day are left out.
    """
    order = np.lexsort((day, home))
    home, day = home[order], day[order]
    start = np.flatnonzero(np.r_[True, home[1:] != home[:-1]])
    size = np.diff(np.r_[start, len(home)])
    second = np.where(size > 1, day[np.minimum(start + 1, len(day) - 1)], np.nan)
    used = (size > 1) & ~np.isnan(day[start]) & (second != day[start])
    household = np.repeat(np.arange(len(start)), size)
    other = np.repeat(used, size)
    other[start] = False
    at = np.flatnonzero(other)
    since = day[at] - day[start][household[at]]
    found = {
        "households": int(used.sum()),
        "others": len(at),
        "within_14_days": float((since <= WITHIN).mean()),
        "ever": float((~np.isnan(since)).mean()),
    }
    if source is not None and at_home is not None:
        first = order[start][household[at]]
        through = at_home[order[at]]
        found["by_first_case_at_home"] = float((through & (source[order[at]] == first)).mean())
        found["by_anyone_at_home"] = float(through.mean())
    return found


def generations(day: np.ndarray, source: np.ndarray) -> list[Found]:
    """Mean number infected by one case of generation 0 (seeded), 1, 2, ..., and the days between the infections."""
    order = np.argsort(day, kind="stable")
    order = order[: np.count_nonzero(~np.isnan(day))]
    generation = np.full(len(day), -1)
    for person in order:
        generation[person] = generation[source[person]] + 1 if source[person] >= 0 else 0
    by, infected = source[source >= 0], np.bincount(source[source >= 0], minlength=len(day))
    after = day[source >= 0] - day[by]
    return [
        {
            "generation": g,
            "cases": int((generation == g).sum()),
            "mean": float(infected[generation == g].mean()),
            "days_between": float(after[generation[by] == g].mean()) if (generation[by] == g).any() else None,
        }
        for g in range(min(6, generation.max() + 1))
    ]


def covasim(people: int, days: int, scenario: str, seed: int, **changed: Any) -> Callable[[], Found]:
    import covasim as cv

    interventions = []
    if scenario == "containment":
        interventions = [
            cv.test_prob(symp_prob=0.5, asymp_prob=0.0, test_delay=1),
            cv.contact_tracing(trace_probs={"h": 1.0, "s": 0.9, "w": 0.8, "c": 0.3}, trace_time=1),
        ]
    settings = {"pop_type": "hybrid", "pop_infected": seeded(people, scenario), "use_waning": False, **changed}
    sim = cv.Sim(
        pop_size=people, n_days=days, rand_seed=seed, verbose=0, interventions=interventions, rescale=False, **settings
    )
    sim.run()

    def results() -> Found:
        log = sim.diseases.covid.infection_log
        who = np.concatenate([chunk["target"] for chunk in log.chunks]).astype(int)
        by = np.concatenate([np.asarray(chunk["source"], dtype=float) for chunk in log.chunks])
        on, layer = np.full(len(who), np.nan), np.full(len(who), -1)
        for end, uids, data in log.updates:  # each names entries that have just been added
            at = slice(end - len(uids), end)
            if "day" in data:
                on[at] = data["day"]
            if np.ndim(data.get("network", "")):
                layer[at] = data["network"]
        first = np.unique(who, return_index=True)[1]  # of those infected again
        day, source, at_home = np.full(people, np.nan), np.full(people, -1), np.zeros(people, dtype=bool)
        day[who[first]] = on[first]
        source[who[first]] = np.where(np.isnan(by[first]), -1, by[first]).astype(int)
        at_home[who[first]] = layer[first] == list(sim.networks.keys()).index("h")
        found = counted(on, people, days)
        home = np.asarray(sim.networks.h.cluster.raw[:people])
        found["household_secondary_attack"] = households(home, day, source, at_home)
        found["generations"] = generations(day, source)
        found["layers"] = {key: float((layer == i).sum() / (layer >= 0).sum()) for i, key in enumerate(sim.networks)}
        for key in ("cum_diagnoses", "cum_quarantined", "cum_deaths", "cum_symptomatic", "cum_tests"):
            found[key] = float(sim.results[key][-1])
        return found

    return results


def starsim(people: int, days: int, scenario: str, seed: int) -> Callable[[], Found]:
    import starsim as ss

    class Containment(ss.Intervention):
        """Half of those with symptoms are tested a day; told a day later they isolate, and contacts are traced."""

        def __init__(self) -> None:
            super().__init__()
            self.define_states(
                ss.BoolState("symptoms", default=ss.bernoulli(0.7)),
                ss.BoolState("told"),
                ss.FloatArr("until", default=-1.0),
            )
            self.tested, self.traced = ss.bernoulli(0.5), ss.bernoulli(1.0)
            self.reach = {"h": 1.0, "s": 0.9, "w": 0.8, "c": 0.3}
            self.results_of: dict[int, Any] = {}
            self.notices_of: dict[int, list[Any]] = {}

        def step(self) -> None:
            seir, today = self.sim.diseases.seir, int(self.ti)
            ill = (seir.infectious & self.symptoms & ~self.told & (seir.ti_infectious + 1 <= today)).uids
            found = self.tested.filter(ill)
            self.told[found] = True
            self.results_of[today + 1] = found
            positive = self.results_of.pop(today, ss.uids())
            for layer, reach in self.reach.items():
                if not len(positive):
                    break
                self.traced.set(p=reach)
                contacts = ss.uids(self.sim.networks[layer].find_contacts(positive))
                self.notices_of.setdefault(today + 1, []).append(self.traced.filter(contacts))
            ended = ((self.until >= 0) & (self.until <= today)).uids
            self.until[ended] = -1
            seir.rel_trans[ended] = seir.rel_sus[ended] = 1.0
            for uids in self.notices_of.pop(today, []):
                quarantined = uids[~(seir.recovered[uids] | self.told[uids])]
                self.until[quarantined] = today + 14
                seir.rel_trans[quarantined] = seir.rel_sus[quarantined] = 0.3
            self.until[positive] = today + 30
            seir.rel_trans[positive] = 0.2

    seir = ss.SEIR(
        beta=ss.probperday(0.016),
        init_prev=ss.choose_n(seeded(people, scenario)),
        dur_exp=ss.lognorm_ex(mean=ss.days(LATENT), std=ss.days(LATENT_SD)),
        dur_inf=ss.lognorm_ex(mean=ss.days(INFECTIOUS), std=ss.days(INFECTIOUS_SD)),
        p_death=ss.bernoulli(0.0),
    )
    sim = ss.Sim(
        n_agents=people, diseases=seir, networks=ss.HybridNet(), start=ss.date("2020-03-01"), dur=ss.days(days),
        dt=ss.days(1), rand_seed=seed, verbose=0, interventions=[Containment()] if scenario == "containment" else [],
    )  # fmt: skip
    sim.run()

    def results() -> Found:
        day = np.asarray(sim.diseases.seir.ti_exposed.raw[:people], dtype=float)
        found = counted(day[~np.isnan(day)], people, days)
        home = np.asarray(sim.networks.h.cluster.raw[:people])
        known = ~np.isnan(home)
        found["household_secondary_attack"] = households(home[known], day[known], None, None)
        return found

    return results


def patches(people: int) -> tuple[int, int, np.ndarray]:
    """Rows and columns of a grid of patches, and the people of each."""
    many = max(people // PATCH, 1)
    rows = max(side for side in range(1, int(many**0.5) + 1) if many % side == 0)
    return rows, many // rows, np.full(many, people // many) + (np.arange(many) < people % many)


def laser(people: int, days: int, scenario: str, seed: int) -> Callable[[], Found]:
    import laser.core.distributions as dists
    from laser.core import LaserFrame
    from laser.core.migration import distance, gravity, row_normalizer
    from laser.core.random import seed as set_seed

    without_contacts(scenario)
    set_seed(seed)
    rows, columns, population = patches(people)
    frame = LaserFrame(people)
    frame.add_scalar_property("state", dtype=np.int8, default=0)
    frame.add_scalar_property("timer", dtype=np.uint8, default=0)
    bounds = np.concatenate([[0], np.cumsum(population)])
    row, column = np.divmod(np.arange(len(population)), columns)
    away = distance(row * 0.02, column * 0.02, row * 0.02, column * 0.02) if len(population) > 1 else np.zeros((1, 1))
    network = row_normalizer(gravity(population, away, k=500, a=1, b=1, c=2), 1 / 16 + 1 / 32).astype(np.float32)
    latent, infectious = dists.normal(LATENT, LATENT_SD), dists.normal(INFECTIOUS, INFECTIOUS_SD)

    chosen = np.random.default_rng(seed).choice(people, max(people // SEEDED_LASER, 1), replace=False)
    frame.state[chosen] = 1
    frame.timer[chosen] = np.maximum(np.round(dists.sample_floats(latent, np.zeros(len(chosen), np.float32))), 1)
    infected = np.zeros((days + 1, len(population)), dtype=np.int32)
    infected[0] = np.histogram(chosen, bounds)[0]
    ill = np.zeros(len(population), dtype=np.int32)
    step = fused_step()
    for tick in range(1, days + 1):
        force = (R0 / INFECTIOUS * ill / population).astype(np.float32)
        moved = force[:, None] * network
        force += moved.sum(axis=0) - moved.sum(axis=1)
        step(frame.state, frame.timer, bounds, -np.expm1(-force), ill, infected[tick], latent, infectious, tick)

    def results() -> Found:
        found = counted(np.repeat(np.arange(days + 1), infected.sum(axis=1)), people, days)
        return {**found, "patches": rows * columns}

    return results


STEP: list[Any] = []


def fused_step() -> Any:
    """A day of everybody in one pass, patch by patch on all processors; compiled once."""
    if STEP:
        return STEP[0]
    import numba as nb

    @nb.njit(nogil=True, parallel=True)
    def step(state, timer, bounds, chance, ill, infected, latent, infectious, tick):  # noqa: PLR0913, PLR0917
        for patch in nb.prange(len(chance)):
            now, new, likely = 0, 0, chance[patch]
            for i in range(bounds[patch], bounds[patch + 1]):
                if state[i] == 0:
                    if likely > 0 and np.random.rand() < likely:  # noqa: NPY002
                        state[i] = 1
                        timer[i] = max(np.round(latent(tick, patch)), 1)
                        new += 1
                elif state[i] < 3:
                    timer[i] -= 1
                    if timer[i] == 0:
                        state[i] += 1
                        if state[i] == 2:
                            timer[i] = max(np.round(infectious(tick, patch)), 1)
                    if state[i] == 2:
                        now += 1
            ill[patch], infected[patch] = now, new

    STEP.append(step)
    return step


def laser_generic(people: int, days: int, scenario: str, seed: int) -> Callable[[], Found]:
    import laser.core.distributions as dists
    from laser.core import PropertySet
    from laser.core.utils import grid
    from laser.generic import SEIR, Model
    from laser.generic import model as progress

    without_contacts(scenario)
    progress.tqdm = lambda ticks, **_: ticks  # no bar
    rows, columns, population = patches(people)
    scene = grid(rows, columns, node_size_degs=0.02, population_fn=lambda r, c: int(population[r * columns + c]))
    seeded = np.random.default_rng(seed).multinomial(max(people // SEEDED_LASER, 1), population / people)
    scene["E"], scene["S"] = seeded, scene["population"] - seeded
    scene["I"] = scene["R"] = 0
    parameters = PropertySet({"nticks": days, "beta": R0 / INFECTIOUS, "seed": seed})
    model = Model(scene, parameters, skip_capacity=True)
    latent, infectious = dists.normal(LATENT, LATENT_SD), dists.normal(INFECTIOUS, INFECTIOUS_SD)
    model.components = [
        SEIR.Susceptible(model),
        SEIR.Recovered(model),
        SEIR.Infectious(model, infectious),
        SEIR.Exposed(model, latent, infectious),
        SEIR.Transmission(model, latent),
    ]
    model.run()

    def results() -> Found:
        by_day = np.concatenate([[seeded.sum()], model.nodes.newly_infected[:days].sum(axis=1)])
        found = counted(np.repeat(np.arange(days + 1), by_day), people, days)
        return {**found, "patches": rows * columns}

    return results


def without_contacts(scenario: str) -> None:
    if scenario != "uncontrolled":
        raise SkippedError("LASER's SEIR mixes patches: it has no contacts to test, trace and quarantine")


PEERS: dict[str, tuple[Callable[..., Callable[[], Found]], str]] = {  # and the distribution that gives the version
    "covasim": (covasim, "covasim"),
    "starsim": (starsim, "starsim"),
    "laser": (laser, "laser-core"),
    "laser-generic": (laser_generic, "laser-generic"),
}
SETTINGS = {
    "covasim": "hybrid population with its defaults (beta 0.016); no waning; testing 0.5 a day with symptoms, told a"
    " day later, traced h 1, s 0.9, w 0.8, c 0.3 a day later, quarantine 14 days",
    "starsim": "ss.SEIR on ss.HybridNet with its weights, beta 0.016 a day, latent 4.5 (1.5), infectious 8 (2) days;"
    " containment as Covasim's, written as an intervention, 0.7 with symptoms, isolation 0.2, quarantine 0.3",
    "laser": "SEIR, R0 2.5, latent 4.5 (1.5), infectious 8 (2) days, 5,000 people a patch, gravity, 3/32 leave",
    "laser-generic": "as laser, of the components of laser.generic",
}


def resident() -> int:
    """Bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def measured(run: Callable[..., Callable[[], Found]], people: int, days: int, scenario: str, seeds: int) -> Found:
    """Runs of seeds 1 to `seeds` with their CPU and wall seconds, after a small one that is not counted."""
    run(min(people, 20_000), min(days, 30), scenario, 0)()
    gc.collect()
    before, runs = resident(), []
    for seed in range(1, seeds + 1):
        cpu, wall = time.process_time(), time.perf_counter()
        results = run(people, days, scenario, seed)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        runs.append({"seed": seed, "cpu_seconds": cpu, "wall_seconds": wall, "peak_rss": peak, **results()})
        del results
        gc.collect()
    return {
        "people": people,
        "days": days,
        "scenario": scenario,
        "cpu_seconds": float(np.median([one["cpu_seconds"] for one in runs])),
        "wall_seconds": float(np.median([one["wall_seconds"] for one in runs])),
        "peak_rss": runs[0]["peak_rss"],
        "bytes_a_person": (runs[0]["peak_rss"] - before) / people,
        "attack_rate": float(np.mean([one["attack_rate"] for one in runs])),
        "peak_day": float(np.mean([one["peak_day"] for one in runs])),
        "runs": runs,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", choices=PEERS, required=True)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=100)
    parser.add_argument("--scenario", choices=["uncontrolled", "containment"], default="uncontrolled")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="the line of JSON only (without: a summary beside it)")
    asked = parser.parse_args()
    run, distribution = PEERS[asked.peer]
    out, sys.stdout = sys.stdout, sys.stderr  # what a peer says is not part of the answer
    try:
        found = measured(run, asked.people, asked.days, asked.scenario, asked.seeds)
        version = importlib.metadata.version(distribution)
        found = {"peer": asked.peer, "version": version, "settings": SETTINGS[asked.peer], **found}
    except SkippedError as why:
        found = {"peer": asked.peer, "skipped": str(why)}
    sys.stdout = out
    print(json.dumps(found), flush=True)
    if not asked.json and "skipped" not in found:
        print(
            f"{found['peer']} {found['version']}: {found['cpu_seconds']:.1f} CPU s, {found['wall_seconds']:.1f} s,"
            f" {found['bytes_a_person']:.0f} B a person, attack {found['attack_rate']:.1%}, peak day"
            f" {found['peak_day']:.0f}", file=sys.stderr,
        )  # fmt: skip


if __name__ == "__main__":
    main()
