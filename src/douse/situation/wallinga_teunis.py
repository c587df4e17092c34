"""How many each case infected, by dates alone (Wallinga and Teunis 2004, doi 10.1093/aje/kwh255), on arrays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv, ndtri

from douse.kernels import infectors, renewal
from douse.situation.cori import counts_of
from douse.units import DAYS_PER_WEEK

Floats = NDArray[np.float64]

# Fewer seen than this share of those that the cases of a window will have infected: nothing is said.
LEAST_SEEN = 0.2
_NO_WEIGHT = 1e-6
# With so many seen, nothing worth correcting is missing.
ALL_SEEN = 0.999


@dataclass(frozen=True)
class CohortR:
    """Mean number of people whom the cases of each window infected; NaN where the window has no case.

    Attributes
    ----------
    last_day : numpy.ndarray[int64], shape (W,)
        Position of each window's last day in the series (first day 0).
    mean, sd, lower, upper : numpy.ndarray[float64], shape (S, W)
        The interval is about who infected whom, given the dates: it holds the mean number that these very cases
        infected, not the mean of all cases that might have been.
    seen : numpy.ndarray[float64], shape (S, W)
        Share of the people infected by the cases of the window who have fallen ill by the last day.
    """

    last_day: NDArray[np.int64]
    mean: Floats
    sd: Floats
    lower: Floats
    upper: Floats
    seen: Floats


def wallinga_teunis(  # noqa: PLR0913  the two counts, the serial interval and four keyword options
    local: ArrayLike,
    imported: ArrayLike | None = None,
    *,
    si: ArrayLike,
    window: int = DAYS_PER_WEEK,
    level: float = 0.95,
    correct_truncation: bool = False,
) -> CohortR:
    """Cohort R in sliding windows, for one series or many at once.

    Each local case was infected by one earlier case, with chances in proportion to the serial interval between them.
    Imported cases infect and were infected by nobody here. With no imports the mean is that of EpiEstim's
    ``wallinga_teunis``; the number infected by a window is a sum of binomials, so its interval needs no simulation.

    Parameters
    ----------
    local, imported : array_like, shape (T,) or (S, T)
        Cases a day, earliest first, every day there. `imported` None: no imports.
    si : array_like, shape (K,)
        Weight of serial intervals of 0 .. K - 1 days; that of 0 is not used.
    window : int
        Days.
    level : float
        Of the interval.
    correct_truncation : bool
        Divide by the share that has been seen, and add to the interval what is not known of the others (Cauchemez et
        al. 2006); NaN where less than `LEAST_SEEN` has. Without it the latest windows are too low.

    Returns
    -------
    CohortR
        Windows by last day; the first begins on the first day.

    Raises
    ------
    ValueError
        When the shapes differ or the window is shorter than a day.

    References
    ----------
    Wallinga and Teunis 2004, doi 10.1093/aje/kwh255; Cauchemez et al. 2006, doi 10.3201/eid1201.050593.
    """
    here, brought = counts_of(local, imported)
    if window < 1:
        raise ValueError("a window is at least one day long")
    weights = np.asarray(si, dtype=np.float64)
    cases = here + brought
    days = cases.shape[1]
    force = renewal.infectivity(cases, weights)
    infected = cases * renewal.infected_by_day(here, cases, force, weights)
    come = _share_by(weights, days)
    in_window = _sums(cases, window)
    total, seen = _sums(infected, window), _sums(cases * come, window)
    z = float(ndtri((1 + level) / 2))
    variance, lower, upper = (
        part[:, window - 1 :]
        for part in infectors.window_spread(here, cases, force, _main_part(weights), window, -z, z)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        seen = seen / in_window
        if correct_truncation:
            variance, lower, upper = _corrected(total, variance, (lower, upper), seen, level)
            total = np.where(seen >= LEAST_SEEN, total / seen, np.nan)
        figures = (total, np.sqrt(variance), lower, upper)
        mean, sd, lower, upper = (np.where(in_window > 0, figure / in_window, np.nan) for figure in figures)
    last_day = np.arange(window - 1, days, dtype=np.int64)
    return CohortR(last_day, mean, sd, lower, upper, np.where(in_window > 0, seen, np.nan))


def _main_part(weights: Floats) -> Floats:
    """The weights without a tail too light to move an interval."""
    tail = np.cumsum(weights[::-1])[::-1]
    return weights[: max(2, int(np.count_nonzero(tail > _NO_WEIGHT * tail[0])))]


def _sums(values: Floats, window: int) -> Floats:
    """Sums over windows, the first beginning on the first day."""
    if values.shape[1] < window:
        return np.zeros((len(values), 0))
    return renewal.window_sums(np.pad(values, ((0, 0), (1, 0))), window)


def _share_by(weights: Floats, days: int) -> Floats:
    """Share of the people infected by a case of each day who have fallen ill by the last day, shape (T,)."""
    left = np.arange(days)[::-1]
    total: Floats = np.cumsum(np.concatenate([[0.0], weights[1:]]))
    share: Floats = total[np.minimum(left, len(total) - 1)] / total[-1]
    return share


def _corrected(
    found: Floats, variance: Floats, bounds: tuple[Floats, Floats], seen: Floats, level: float
) -> tuple[Floats, Floats, Floats]:
    """Variance and interval of the number infected once all have fallen ill: a gamma distribution of both moments.

    Of those still to come nothing is known but the number found so far and the share seen: a negative binomial of
    size found + 1/2 (half a case, so that none found does not mean none to come).
    """
    more = (found + 0.5) * (1 - seen)
    mean = found + more / seen
    whole = variance / seen**2 + more / seen**2
    shape, scale = mean**2 / whole, whole / mean
    late = seen < ALL_SEEN
    low, high = (gammaincinv(shape, p) * scale for p in ((1 - level) / 2, (1 + level) / 2))
    told = seen >= LEAST_SEEN
    parts = ((variance, whole), (bounds[0], low), (bounds[1], high))
    first, second, third = (np.where(told, np.where(late, after, before), np.nan) for before, after in parts)
    return first, second, third
