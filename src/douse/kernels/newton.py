"""Maximum of a smooth function of two numbers, by Newton steps on finite differences."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_STEP = 1e-3
# A smaller climb in a round is the last.
_LEAST_GAIN = 1e-10
# Centre, one and two steps along each axis, and the four corners: all that gradient and curvature need.
_STENCIL = _STEP * np.array(
    [(0, 0), (1, 0), (-1, 0), (2, 0), (-2, 0), (0, 1), (0, -1), (0, 2), (0, -2), (1, 1), (-1, -1), (1, -1), (-1, 1)],
    dtype=np.float64,
)


def maximise(
    function: Callable[[Floats], Floats], start: Floats, *, longest_step: float = 1.5, rounds: int = 60
) -> tuple[Floats, float, Floats, bool]:
    """Climb to a maximum.

    Gradient and curvature come from one batch of 13 points a round (fourth order along the axes). Curvature that is
    not that of a hilltop is turned round, steps are cut to `longest_step` and halved until they climb.

    Parameters
    ----------
    function : callable
        Takes points, shape (B, 2); gives values, shape (B,).
    start : numpy.ndarray[float64], shape (2,)
    longest_step : float
        Length of the longest step.
    rounds : int
        Most rounds.

    Returns
    -------
    tuple
        The point, shape (2,); the value there; the Hessian there, shape (2, 2); whether the climb came to rest at a
        point where the surface is that of a hilltop.
    """
    at = np.asarray(start, dtype=np.float64)
    value, gradient, hessian = _surface(function, at)
    for _ in range(rounds):
        step = _step(gradient, hessian, longest_step)
        if np.abs(step).max() < 1e-9:
            break
        moved = _first_climb(function, at, value, step)
        if moved is None:  # rounding hides what is left to climb
            break
        before, at = value, moved
        value, gradient, hessian = _surface(function, at)
        if value - before < _LEAST_GAIN:
            break
    at_rest = bool(np.abs(_step(gradient, hessian, longest_step)).max() < 1e-4)
    return at, value, hessian, at_rest and bool(np.linalg.eigvalsh(hessian).max() < 0)


def _first_climb(function: Callable[[Floats], Floats], at: Floats, value: float, step: Floats) -> Floats | None:
    """The whole step where it climbs, else the longest of its halves that does."""
    for halvings in (np.arange(1), np.arange(1, 25)):
        tried = at + step * 0.5 ** halvings[:, None]
        better = np.flatnonzero(function(tried) > value)
        if better.size:
            first: Floats = tried[better[0]]
            return first
    return None


def _surface(function: Callable[[Floats], Floats], at: Floats) -> tuple[float, Floats, Floats]:
    f = function(at + _STENCIL)
    gradient, hessian = np.empty(2), np.empty((2, 2))
    for axis, (plus, minus, plus2, minus2) in enumerate((f[1:5], f[5:9])):
        gradient[axis] = (8 * (plus - minus) - (plus2 - minus2)) / (12 * _STEP)
        hessian[axis, axis] = (16 * (plus + minus) - (plus2 + minus2) - 30 * f[0]) / (12 * _STEP**2)
    hessian[0, 1] = hessian[1, 0] = (f[9] + f[10] - f[11] - f[12]) / (4 * _STEP**2)
    return float(f[0]), gradient, hessian


def _step(gradient: Floats, hessian: Floats, longest: float) -> Floats:
    values, vectors = np.linalg.eigh(hessian)
    curvature = np.maximum(np.abs(values), 1e-8 * max(1.0, float(np.abs(values).max())))
    step: Floats = vectors @ ((vectors.T @ gradient) / curvature)
    length = float(np.hypot(*step))
    return step if length <= longest else step * (longest / length)
