"""`Future`: one way in which things may go on, drawn from what is known; some with what no record tells of."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from douse.city.city import City
from douse.errors import UsageError
from douse.kernels.epidemic_columns import S_DAY, S_PERSON
from douse.library.stress import Stress, Stresses
from douse.simulation.response import Response
from douse.simulation.scenario import Variant
from douse.simulation.seeds import Seeds, make_seeds
from douse.simulation.simulate import Today
from douse.simulation.vary import Variation

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
USUAL = "usual"  # nothing goes wrong beyond what records tell
LEAST = 8
_DELAYS = 60  # longest delay in days that a run knows


@dataclass(frozen=True)
class Future:
    """One scenario.

    Attributes
    ----------
    number : int
        Position among all.
    variation : Variation
        Infections, luck, transmission; with those who came in unseen.
    weight : float
        Its probability; all together 1.
    stress : Stress or None
        What goes wrong.
    here : numpy.ndarray[int64]
        People who came in unseen.
    """

    number: int
    variation: Variation
    weight: float
    stress: Stress | None
    here: Ints

    @property
    def name(self) -> str:
        """Of what goes wrong."""
        return USUAL if self.stress is None else self.stress.id

    @property
    def variant(self) -> Variant:
        """The second strain, where one comes."""
        factor = self.stress.transmission if self.stress else None
        return Variant() if factor is None else Variant(transmission=factor.value)

    def respond(self, response: Response) -> Response:
        """The response of the days ahead, as this future leaves it."""
        response = replace(response, seek_share=self.variation.seek_share)
        if self.stress is None:
            return response
        left = 1.0 if self.stress.tests_left is None else self.stress.tests_left.value
        results = 0 if self.stress.later_results is None else round(self.stress.later_results.value)
        contacts = 0 if self.stress.later_contacts is None else round(self.stress.later_contacts.value)
        return replace(
            response,
            laboratory=response.laboratory * left,
            screened_share=response.screened_share * left,
            result_days=response.result_days + results,
            reach_delay=np.minimum(response.reach_delay.astype(np.int64) + contacts, _DELAYS).astype(np.uint8),
        )


def futures_of(today: Today, stresses: Stresses, count: int, seed: int) -> tuple[Future, ...]:
    """Draw futures from the weighted runs of today's records, and put what may go wrong into some of them.

    The order is drawn too, so that the first of them are a fair sample of all.

    Parameters
    ----------
    today : Today
        Runs and weights.
    stresses : Stresses
        What may go wrong. Each gets as large a share of the futures as it is probable, one at least.
    count : int
        Futures in all.
    seed : int
        The same call gives the same futures.

    Raises
    ------
    UsageError
        When there are too few.
    """
    if count < max(LEAST, 2 * len(stresses.stress)):
        raise UsageError(
            f"A choice by {count} scenarios is not possible.",
            allowed=f"{max(LEAST, 2 * len(stresses.stress))} and more",
            next_step="Choose more, for example 200; or 0 to follow the protocol's rules without a choice.",
        )
    rng = np.random.default_rng([seed, 6])
    drawn = rng.permutation(_systematic(today.weights, count, rng))
    told, weights = _spread(stresses, count)
    order = _evenly(told, rng)
    city, back = today.peopled.city, today.past.back
    made = []
    for number, (at, which) in enumerate(zip(drawn, order, strict=True)):
        stress = None if which < 0 else stresses.stress[which]
        variation, here = _with(today.variations[at], stress, city, back, rng)
        made.append(Future(number, variation, float(weights[which]), stress, here))
    total = sum(future.weight for future in made)
    return tuple(replace(future, weight=future.weight / total) for future in made)


def _systematic(weights: Floats, count: int, rng: np.random.Generator) -> Ints:
    """As many of each as its weight asks for, to the nearest whole number."""
    points = (np.arange(count) + rng.random()) / count
    found: Ints = np.minimum(np.searchsorted(np.cumsum(weights), points), len(weights) - 1)
    return found


def _spread(stresses: Stresses, count: int) -> tuple[Ints, Floats]:
    """How many futures each stress gets (the usual ones last), and the weight of one of each."""
    chances = np.array([stress.probability.value for stress in stresses.stress])
    many = np.maximum(1, np.round(chances * count)).astype(np.int64)
    many = np.append(many, count - many.sum())
    return many, np.append(chances, 1 - chances.sum()) / many


def _evenly(many: Ints, rng: np.random.Generator) -> Ints:
    """Kinds of futures in an order in which every beginning holds about its share of each; -1 for the usual one."""
    places = np.concatenate([(np.arange(n) + rng.random()) / n for n in many])
    kinds = np.repeat(np.r_[np.arange(len(many) - 1), -1], many)
    ordered: Ints = kinds[np.argsort(places, kind="stable")]
    return ordered


def _with(
    variation: Variation, stress: Stress | None, city: City, back: int, rng: np.random.Generator
) -> tuple[Variation, Ints]:
    """The run with the infections that a stress brings; who they are."""
    if stress is None or stress.within_days is None:
        return variation, np.zeros(0, np.int64)
    day = back + int(rng.integers(0, max(1, round(stress.within_days.value))))
    people = _gathered(stress, city, rng) if stress.gathered else _arrived(stress, city, rng)
    people = np.setdiff1d(people, variation.draw.seeds.rows[:, S_PERSON])
    more = make_seeds(people, infected=day, day=day, variant=int(stress.transmission is not None))
    draw = replace(variation.draw, seeds=_joined(variation.draw.seeds, more))
    return replace(variation, draw=draw), people


def _arrived(stress: Stress, city: City, rng: np.random.Generator) -> Ints:
    many = 0 if stress.imports is None else round(stress.imports.value)
    return np.sort(rng.choice(len(city), min(many, len(city)), replace=False))


def _gathered(stress: Stress, city: City, rng: np.random.Generator) -> Ints:
    """People who live in one zone of residence."""
    many = 0 if stress.gathered is None else round(stress.gathered.value)
    start = city.zone_start.astype(np.int64)
    zone = int(rng.choice(len(start) - 1, p=np.diff(start) / start[-1]))
    lives = np.arange(start[zone], start[zone + 1])
    return np.sort(rng.choice(lives, min(many, len(lives)), replace=False))


def _joined(seeds: Seeds, more: Seeds) -> Seeds:
    rows = np.concatenate([seeds.rows, more.rows])
    return Seeds(rows[np.lexsort((rows[:, S_PERSON], rows[:, S_DAY]))], seeds.entry_tests)
