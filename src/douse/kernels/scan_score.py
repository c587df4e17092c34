"""Log likelihood ratio of one scan window: the count inside against what is expected there."""

import math

from numba import njit

POISSON = 0
BERNOULLI = 1
EXPECTATION = 2


@njit(cache=True, inline="always", error_model="numpy")
def _part(observed: float, expected: float) -> float:
    return observed * math.log(observed / expected) if observed > 0 else 0.0


@njit(cache=True, error_model="numpy")
def log_ratio(model: int, inside: float, expected: float, cases: float, people: float) -> float:
    """Log likelihood ratio of a window; 0 where the count is what is expected.

    Poisson (also space-time permutation): c log(c/m) + (C - c) log((C - c)/(C - m)); Bernoulli: the same for those
    who are no cases too, m C/N of whom are inside; expectation: c log(c/m) - (c - m), with nothing known outside
    (Kulldorff 1997, doi 10.1080/03610929708831995; Neill 2009, doi 10.1016/j.ijforecast.2008.12.002).

    Parameters
    ----------
    model : int
        POISSON, BERNOULLI or EXPECTATION.
    inside, expected : float
        Cases in the window, and how many are expected there (more than 0).
    cases, people : float
        All cases; all persons (Bernoulli only).
    """
    outside = max(cases - inside, 0.0)
    if model == EXPECTATION:
        return _part(inside, expected) - (inside - expected)
    both = _part(inside, expected) + _part(outside, max(cases - expected, 1e-300))
    if model == BERNOULLI:
        # the number of persons inside follows from the expected cases
        here = expected * people / cases
        well, rest = here - inside, people - here - outside
        share = (people - cases) / people
        both += _part(well, here * share) + _part(rest, (people - here) * share)
    return both


@njit(cache=True, inline="always", error_model="numpy")
def at_most(model: int, inside: float, expected: float, cases: float, people: float) -> float:
    """Upper bound of `log_ratio` without a logarithm: Pearson's chi squared, from log x <= x - 1."""
    apart = inside - expected
    if model == EXPECTATION:
        return apart * apart / expected
    bound = apart * apart * (1 / expected + 1 / max(cases - expected, 1e-300))
    if model == BERNOULLI:
        bound *= people / (people - cases) if people > cases else 0.0
    return bound
