"""One scan: settings, data and candidate zones in; the best windows of each centre and the chance of their like out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.errors import UsageError
from douse.signals.scan_draws import replicate_maxima
from douse.signals.scan_expected import expected_cases
from douse.signals.scan_inputs import Study
from douse.signals.scan_replicates import Chance, run
from douse.signals.scan_setup import Windows, circles_of, lanes_of, means_of, time_windows
from douse.signals.scan_shapes import Shapes, connected_sets, subtrees
from douse.signals.scan_zones import Nested, circles

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Model = Literal["poisson", "bernoulli", "permutation"]
Kind = Literal["prospective", "retrospective", "spatial", "temporal"]
Rates = Literal["high", "low", "both"]
Shape = Literal["circle", "flexible", "tree"]
MODELS: tuple[Model, ...] = ("poisson", "bernoulli", "permutation")
KINDS: tuple[Kind, ...] = ("prospective", "retrospective", "spatial", "temporal")
RATES: tuple[Rates, ...] = ("high", "low", "both")
SHAPES: tuple[Shape, ...] = ("circle", "flexible", "tree")

# Below this log likelihood ratio a window is not worth a line (SaTScan 10.3.2).
LEAST_RATIO = 1e-3
ENOUGH = 50  # replicates that reach the data after which they are clearly nothing special (SaTScan's default)


@dataclass(frozen=True)
class Settings:
    """What is scanned for; see `scan_clusters`."""

    model: Model
    kind: Kind
    rates: Rates
    shape: Shape
    max_share: float
    max_radius: float | None
    max_zones: int
    alone: float
    shortest: int
    longest: int
    min_cases: int
    replicates: int
    seed: int
    exact: bool


@dataclass(frozen=True)
class Inputs:
    """Tables that a scan is given beside the counts.

    Attributes
    ----------
    zones : polars.DataFrame
        Zones, with parent_zone for the tree.
    population : polars.DataFrame or None
        Population (Poisson).
    covariates : sequence of str
        Columns of counts and population that make classes.
    neighbours : polars.DataFrame or None
        Which zones touch (flexible).
    """

    zones: pl.DataFrame
    population: pl.DataFrame | None
    covariates: Sequence[str]
    neighbours: pl.DataFrame | None


@dataclass(frozen=True)
class Scan:
    """What a scan found.

    Attributes
    ----------
    counts : numpy.ndarray[int64], shape (S, T)
        Cases by place and step.
    expected : numpy.ndarray[float64], shape (S, T)
        Expected cases.
    windows : Windows
        Time windows.
    candidates : Nested or Shapes
        Candidate zones.
    found : numpy.ndarray[int64], shape (F, 3)
        Centre, size of circle or number of set, and time window of the best windows of each centre.
    ratio : numpy.ndarray[float64], shape (F,)
        Their log likelihood ratios.
    chance : Chance
        Replicates.
    """

    counts: Ints
    expected: Floats
    windows: Windows
    candidates: Nested | Shapes
    found: Ints
    ratio: Floats
    chance: Chance

    def sites(self, centre: int, what: int) -> Ints:
        """Places of a candidate: a size for circles, a number for sets."""
        if isinstance(self.candidates, Nested):
            return self.candidates.sites(centre, what)
        return self.candidates.sites(what)


def scan(study: Study, settings: Settings, inputs: Inputs) -> Scan:
    """Find the best windows of each centre, and run the replicates."""
    from douse.kernels.scan import Sought  # noqa: PLC0415  numba takes half a second

    counts = study.matrix("count")
    people = counts + study.matrix("controls")
    if settings.kind == "temporal":
        counts, people = counts.sum(0, keepdims=True), people.sum(0, keepdims=True)
    cases, persons = int(counts.sum()), int(people.sum())
    windows = time_windows(settings.kind, counts.shape[1], settings.shortest, settings.longest)
    if not cases or (settings.model == "bernoulli" and cases == persons):
        return _nothing(counts, windows)
    expected, share = _expected(study, settings, inputs, counts, people)
    means = means_of(expected, windows)
    if settings.model == "permutation":
        # whole numbers of cases, so that equal windows have equal ratios
        rate = windows.sums(counts.sum(0, keepdims=True))[0] / cases
        means = means._replace(share=share, rate=rate.astype(np.float64), table=np.zeros((0, 0)))
    if not means.rate.max() > 0:
        return _nothing(counts, windows)  # no window can hold a case
    test = Sought(
        model=1 if settings.model == "bernoulli" else 0,
        cases=float(cases),
        people=float(persons),
        high=settings.rates != "low",
        low=settings.rates != "high",
        fewest_high=settings.min_cases,
        fewest_low=0,
    )
    candidates = _candidates(study, settings, inputs, share)
    if not len(candidates.member):
        return _nothing(counts, windows)  # each zone by itself holds too much
    tables, found, ratio = (
        _circles(candidates, counts, windows, means, test)
        if isinstance(candidates, Nested)
        else _shapes(candidates, counts, windows, means, test, settings.alone)
    )
    maxima = replicate_maxima(settings.model, settings.seed, tables, counts, people, expected, windows)
    enough = None if settings.exact else ENOUGH
    chance = run(maxima, settings.replicates if len(ratio) else 0, float(ratio.max(initial=0.0)), enough=enough)
    return Scan(counts, expected, windows, candidates, found, ratio, chance)


def _nothing(counts: Ints, windows: Windows) -> Scan:
    empty = Nested(np.zeros(len(counts) + 1, np.int64), np.zeros(0, np.uint16))
    return Scan(
        counts, np.zeros(counts.shape), windows, empty, np.zeros((0, 3), np.int64), np.zeros(0), Chance(np.zeros(0))
    )


def _candidates(study: Study, settings: Settings, inputs: Inputs, share: Floats) -> Nested | Shapes:
    if settings.kind == "temporal":
        return Nested(np.array([0, 1]), np.zeros(1, np.uint16))
    if settings.shape == "circle":
        return circles(
            study.positions,
            share,
            sphere=study.sphere,
            max_share=settings.max_share,
            max_radius=settings.max_radius,
        )
    if settings.shape == "tree":
        shapes = subtrees(study, inputs.zones)
    else:
        shapes = connected_sets(study, inputs.neighbours, settings.max_zones)
    return shapes.within(shapes.total(share) <= settings.max_share * share.sum() * (1 + 1e-9))


def _circles(  # the tables are named tuples of the kernels
    nested: Nested, counts: Ints, windows: Windows, means: Any, test: Any
) -> tuple[Any, Ints, Floats]:
    from douse.kernels.scan import best_of_centres  # noqa: PLC0415  numba takes half a second

    packed, levels = circles_of(nested, means)
    inside = windows.sums(counts).astype(np.int64)
    found, ratio = best_of_centres(inside, windows.first, windows.last, LEAST_RATIO, packed, means, test)
    return (packed, means, test, lanes_of(test, means, windows, levels)), found, ratio


def _shapes(  # noqa: PLR0913, PLR0917  as _circles
    shapes: Shapes, counts: Ints, windows: Windows, means: Any, test: Any, restrict: float
) -> tuple[Any, Ints, Floats]:
    from douse.kernels.scan_sets import Sets, best_of_sets  # noqa: PLC0415  numba takes half a second

    product = not means.table.size
    alone = means.share[:, None] * means.rate if product else means.table
    expected = shapes.total(means.share)[:, None] * means.rate if product else shapes.total(means.table)
    sets = Sets(*shapes, expected, alone, restrict)
    inside = windows.sums(counts).astype(np.int64)
    found, ratio = best_of_sets(inside, windows.first, windows.last, LEAST_RATIO, sets, test)
    return (sets, test), found, ratio


def _expected(study: Study, settings: Settings, inputs: Inputs, counts: Ints, people: Ints) -> tuple[Floats, Floats]:
    """Expected cases by place and step, and the weight of each place by which candidates are limited."""
    cases = counts.sum()
    if settings.model == "permutation":
        return np.outer(counts.sum(1), counts.sum(0)) / cases, counts.sum(1).astype(np.float64)
    if settings.model == "bernoulli":
        return people * (cases / people.sum()), people.sum(1).astype(np.float64)
    if inputs.population is None:
        raise UsageError(
            "A Poisson scan needs the population.",
            allowed="population=, or a column population among the zones or counts",
            next_step="Give it, or scan with model='permutation', which needs none.",
        )
    expected = expected_cases(study, inputs.population, inputs.covariates)
    if settings.kind == "temporal":
        expected = expected.sum(0, keepdims=True)
    return expected, expected.sum(1)
