"""Likelihood ratio charts in the plainest form: every start of the change, every shift, one step at a time."""

from math import exp, log

from scipy.optimize import minimize_scalar


def slow_glr(counts, mean, alpha, rise, threshold, shortest=1, window=None):
    """Score of each step of one series; None where it has none. A chart that has alarmed starts afresh."""
    answers, start = [], 0
    for step in range(len(counts)):
        answers.append(statistic(counts, mean, alpha, rise, shortest, window, start, step))
        if answers[-1] is not None and answers[-1] >= threshold:
            start = step + 1
    return answers


def statistic(counts, mean, alpha, rise, shortest, window, start, step):
    """As R's surveillance reads `shortest` and `window`: see `glr_poisson`."""
    first, least = shortest - 1, shortest
    if alpha == 0:
        first, least = (shortest - 1, 1) if window is None else (shortest, shortest + 1)
    if step - start < first:
        return None
    oldest = start if window is None else max(start, step - window)
    best = 0.0
    for change in range(oldest, step - least + 2):
        x, m = counts[change : step + 1], mean[change : step + 1]
        if alpha == 0 and not rise and sum(x) == 0:
            continue
        best = max(best, ratio(x, m, alpha, rise))
    return best


def ratio(x, m, alpha, rise):
    """Largest log likelihood ratio over shifts of one sign."""
    found = minimize_scalar(
        lambda shift: -gain(x, m, alpha, shift), bounds=(0, 6) if rise else (-18, 0), options={"xatol": 1e-9}
    )
    return max(0.0, -found.fun)


def gain(x, m, alpha, shift):
    return sum(log_chance(a, b * exp(shift), alpha) - log_chance(a, b, alpha) for a, b in zip(x, m, strict=True))


def log_chance(count, mean, alpha):
    """Up to what does not depend on the mean."""
    if alpha == 0:
        return count * log(mean) - mean
    return count * log(alpha * mean / (1 + alpha * mean)) - log(1 + alpha * mean) / alpha


def slow_known_change(counts, mean, alpha, theta, threshold):
    """Score of each step where the shift is known."""
    answers, total = [], 0.0
    for count, usual in zip(counts, mean, strict=True):
        total = max(0.0, total + gain([count], [usual], alpha, theta))
        answers.append(total)
        total = 0.0 if total > threshold else total
    return answers
