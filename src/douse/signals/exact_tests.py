"""Small-sample tests of counts, by the tail of the exact distribution; each is a p-value that is never too small."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtrc, betaln, chdtrc, gammaln

Floats = NDArray[np.float64]
# The G-test takes groups whose expected number is below this together (Cochran 1954, doi 10.2307/3001616).
LEAST_EXPECTED = 5.0


def binomial_tail(observed: int, n: int, share: float) -> float:
    """Chance of at least `observed` of `n` where each has a chance of `share`.

    For shares that differ from one to the next, their mean gives a tail that is too large, never too small, as long
    as `observed` is above the mean by one or more (Hoeffding 1956, doi 10.1214/aoms/1177728178).
    """
    return float(bdtrc(observed - 1, n, share)) if observed > 0 else 1.0


def rise_of_counts(now: int, before: int, exposure_now: float, exposure_before: float) -> float:
    """Chance of at least `now` events where both periods have the same Poisson rate: exact, given their sum.

    Przyborowski and Wilenski 1940, doi 10.1093/biomet/31.3-4.313. `exposure` is the length of each period, or what
    it was watched with.
    """
    return binomial_tail(now, now + before, exposure_now / (exposure_now + exposure_before))


def beta_binomial_tail(observed: int, n: int, a: float, b: float) -> float:
    """Chance of at least `observed` of `n` where the share itself is not known but Beta(a, b)."""
    if observed <= 0:
        return 1.0
    # The shorter side is summed: the tail itself, or what is left of it.
    upper = 2 * observed > n
    k = np.arange(observed, n + 1) if upper else np.arange(observed)
    log_pmf = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1) + betaln(k + a, n - k + b) - betaln(a, b)
    total = float(np.exp(log_pmf).sum())
    return min(total if upper else max(1.0 - total, 0.0), 1.0)


def fisher_greater(hits: int, n: int, hits_before: int, n_before: int) -> float:
    """Chance of at least `hits` of `n`, were their share that of `hits_before` of `n_before`: Fisher's exact test."""
    k, log_pmf = _hypergeometric(hits + hits_before, n, n_before)
    return min(float(np.exp(log_pmf[k >= hits]).sum()), 1.0)


def fisher_two_sided(hits: int, n: int, hits_before: int, n_before: int) -> float:
    """As `fisher_greater`, for a share that differs either way: tables no likelier than the one seen."""
    k, log_pmf = _hypergeometric(hits + hits_before, n, n_before)
    seen = log_pmf[k == hits][0]
    return min(float(np.exp(log_pmf[log_pmf <= seen + 1e-9]).sum()), 1.0)


def _hypergeometric(hits: int, n: int, n_before: int) -> tuple[NDArray[np.int64], Floats]:
    """Values of the number of hits among `n`, and the logarithm of their chances, all margins given."""
    k = np.arange(max(0, hits - n_before), min(hits, n) + 1)
    log_pmf = _log_choose(n, k) + _log_choose(n_before, hits - k) - _log_choose(n + n_before, np.array(hits))
    return k, log_pmf


def _log_choose(n: int, k: NDArray[np.int64]) -> Floats:
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1), dtype=np.float64)


def g_test(now: ArrayLike, before: ArrayLike) -> float | None:
    """Chance of group sizes that differ as much, were both periods of one mix: G-test with Williams' correction.

    Parameters
    ----------
    now, before : array_like, shape (K,)
        Numbers in each group, in their order. Neighbouring groups are taken together until in both periods at least
        `LEAST_EXPECTED` are expected in each.

    Returns
    -------
    float or None
        None where fewer than two groups are left. With so many expected the true rate of false alarms at a nominal
        1% lies within 0.7 and 1.3% (simulated; see the tests).

    References
    ----------
    Williams 1976, doi 10.1093/biomet/63.1.33.
    """
    table = _taken_together(np.array([now, before], dtype=np.float64))
    groups, total = table.shape[1], table.sum()
    if groups < 2:
        return None
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    expected = np.outer(rows, columns) / total
    seen = np.where(table > 0, table, 1.0)
    g = 2 * float(np.sum(np.where(table > 0, table * np.log(seen / expected), 0.0)))
    correction = 1 + (total * np.sum(1 / rows) - 1) * (total * np.sum(1 / columns) - 1) / (6 * total * (groups - 1))
    return float(chdtrc(groups - 1, g / correction))


def _taken_together(table: Floats) -> Floats:
    """Columns joined from the left until each is expected often enough in both rows; the rest joins the last."""
    smaller = float(table.sum(axis=1).min()) / max(float(table.sum()), 1.0)
    kept: list[Floats] = []
    open_group = np.zeros(2)
    for column in table.T:
        open_group = open_group + column
        if open_group.sum() * smaller >= LEAST_EXPECTED:
            kept.append(open_group)
            open_group = np.zeros(2)
    if kept:
        kept[-1] = kept[-1] + open_group
    return np.array(kept).T if kept else np.empty((2, 0))
