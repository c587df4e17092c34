"""Generalised likelihood ratio chart of counts against a known mean: Poisson and negative binomial."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from douse.kernels.glr_shift import Sums, add_count, bracket, empty_sums, peak, set_mean

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

SLACK = 1e-9  # a bound of a maximum this near to what decides is not trusted
MOST_CASES = 1e15  # where more would be needed, the bound is this


class Rules(NamedTuple):
    """What every series is judged by.

    Attributes
    ----------
    threshold : float
        Statistic at which a step alarms, above 0.
    sign : int
        1 for a rise of the mean, -1 for a fall.
    first : int
        Steps after a start that are not judged.
    shortest : int
        Least steps since the change, 1 or more.
    window : int
        Most steps before the step at hand at which the change may lie; -1 for all since the start.
    needs_case : bool
        Whether a change counts only once a case has been seen since.
    """

    threshold: float
    sign: int
    first: int
    shortest: int
    window: int
    needs_case: bool


class State(NamedTuple):
    """One series on its way.

    Attributes
    ----------
    counts, mean : numpy.ndarray[float64], shape (T,)
    alpha : float
        Dispersion; 0 for Poisson counts.
    cases, expected, score : numpy.ndarray[float64], shape (T + 1,)
        Sums over the steps before: counts, means, and the slope of the log likelihood ratio at no shift.
    sums : Sums
        For negative binomial counts.
    starts : numpy.ndarray[int64], shape (T,)
        Steps at which the change may lie, see `_move_starts`; those in use are bottom .. top - 1.
    at : numpy.ndarray[int64], shape (4,)
        bottom, top, next step that is to be added to `starts`, last step with a case.
    """

    counts: Floats
    mean: Floats
    alpha: float
    cases: Floats
    expected: Floats
    score: Floats
    sums: Sums
    starts: Ints
    at: Ints


BOTTOM, TOP, NEXT, LAST_CASE = range(4)


@njit(cache=True)
def glr(counts: Floats, mean: Floats, alpha: Floats, rules: Rules) -> tuple[Floats, Floats, Flags]:
    """Statistic, bound and alarm of every step of every series.

    The statistic of a step is the log likelihood ratio of the best change of the log mean by one amount from some
    earlier step on, against no change. After an alarm it starts afresh with the next step. Where the mean is 0 any case
    alarms: the bound is 1, and with a case there is no statistic.

    Parameters
    ----------
    counts, mean : numpy.ndarray[float64], shape (S, T)
        NaN in either: the step is left out, as if the calendar did not have it. For a fall, means are above 0.
    alpha : numpy.ndarray[float64], shape (S,)
        Dispersion: the variance is mean + alpha mean^2.
    rules : Rules

    Returns
    -------
    score, bound : numpy.ndarray[float64], shape (S, T)
        Statistic, and the least count of the step that would alarm (for a fall: that would not alarm). NaN where not
        judged.
    alarm : numpy.ndarray[bool], shape (S, T)
    """
    score, bound = np.full(counts.shape, np.nan), np.full(counts.shape, np.nan)
    alarm = np.zeros(counts.shape, np.bool_)
    for series in range(counts.shape[0]):
        known = np.nonzero(~np.isnan(counts[series] + mean[series]))[0]
        state = _state(counts[series][known], mean[series][known], alpha[series], rules.sign)
        start = 0
        for step in range(len(known)):
            at = known[step]
            if state.mean[step] <= 0 and state.counts[step] > 0:
                bound[series, at], alarm[series, at] = 1.0, True
            else:
                score[series, at], bound[series, at] = _judge(state, start, step, rules)
                if state.mean[step] <= 0 and not np.isnan(score[series, at]):
                    bound[series, at] = 1.0
                alarm[series, at] = score[series, at] >= rules.threshold
            if alarm[series, at]:
                start = step + 1
                state.at[BOTTOM], state.at[TOP], state.at[NEXT], state.at[LAST_CASE] = 0, 0, start, step
    return score, bound, alarm


@njit(cache=True)
def _state(counts: Floats, mean: Floats, alpha: float, sign: int) -> State:
    steps = len(counts)
    cases, expected, score = np.zeros(steps + 1), np.zeros(steps + 1), np.zeros(steps + 1)
    cases[1:], expected[1:] = np.cumsum(counts), np.cumsum(mean)
    score[1:] = np.cumsum((counts - mean) / (1 + alpha * mean))
    sums = empty_sums(steps if alpha > 0 else 0, sign)
    at = np.array([0, 0, 0, -1])
    return State(counts, mean, alpha, cases, expected, score, sums, np.empty(steps, np.int64), at)


@njit(cache=True)
def _judge(state: State, start: int, step: int, rules: Rules) -> tuple[float, float]:
    """Statistic and bound of a step; NaN for both in the steps after a start that are not judged."""
    judged = step - start >= rules.first
    oldest, newest = step - rules.window if rules.window >= 0 else start, step - rules.shortest + 1
    _move_starts(state, oldest, min(newest, state.at[LAST_CASE]) if rules.needs_case else newest, rules.sign)
    if state.alpha > 0:
        set_mean(state.sums, state.mean[step], state.alpha)
    bound = _bound(state, step, oldest, newest, rules) if judged and state.mean[step] > 0 else np.nan
    if state.counts[step] > 0:
        state.at[LAST_CASE] = step
        _move_starts(state, oldest, newest, rules.sign)
    if state.alpha > 0:
        add_count(state.sums, step, state.counts[step], state.alpha)
    return (_statistic(state, step, rules.sign) if judged else np.nan), bound


@njit(cache=True)
def _move_starts(state: State, oldest: int, newest: int, sign: int) -> None:
    """Add the starts up to `newest`; drop those before `oldest` and those that a later start beats whatever comes.

    If the steps from one start to just before a later one show no rise themselves (score at most 0), their log
    likelihood ratio is at most 0 at every shift, and leaving them out is never worse. So only starts whose score
    summed from the first step on is below that of all later starts are kept: about the square root of all.
    """
    while state.at[NEXT] <= newest:
        new = state.at[NEXT]
        level = sign * state.score[new]
        while state.at[TOP] > state.at[BOTTOM] and sign * state.score[state.starts[state.at[TOP] - 1]] >= level:
            state.at[TOP] -= 1
        state.starts[state.at[TOP]] = new
        state.at[TOP] += 1
        state.at[NEXT] += 1
    while state.at[BOTTOM] < state.at[TOP] and state.starts[state.at[BOTTOM]] < oldest:
        state.at[BOTTOM] += 1


@njit(cache=True)
def _statistic(state: State, step: int, sign: int) -> float:
    """The largest maximum over the starts."""
    best, alpha, count = 0.0, state.alpha, state.counts[step]
    starts = state.starts[state.at[BOTTOM] : state.at[TOP]]
    if alpha == 0:
        for start in starts:
            expected = state.expected[step + 1] - state.expected[start]
            best = max(best, _poisson(state.cases[step + 1] - state.cases[start], expected, sign))
        return best
    for start in starts:
        best = max(best, bracket(state.sums, start, step, count, alpha, sign)[1])
    least = best
    for start in starts:
        left, _, most = bracket(state.sums, start, step, count, alpha, sign)
        if left >= 0 and most > least - SLACK:
            best = max(best, _exact(state, start, step, sign, left))
    return best


@njit(cache=True)
def _poisson(cases: float, expected: float, sign: int) -> float:
    """Log likelihood ratio of the best rise (fall) of a Poisson mean."""
    if sign * (cases - expected) <= 0:
        return 0.0
    if cases == 0:
        return expected
    ratio: float = cases * np.log(cases / expected) - (cases - expected)
    return ratio


@njit(cache=True)
def _exact(state: State, start: int, step: int, sign: int, left: int) -> float:
    """Log likelihood ratio of the best rise (fall) of a negative binomial mean from `start` on."""
    counts, mean = state.counts[start : step + 1], state.mean[start : step + 1]
    return peak(counts, mean, state.alpha, sign, state.sums.shift[left])


@njit(cache=True)
def _bound(state: State, step: int, oldest: int, newest: int, rules: Rules) -> float:
    """Least count that would alarm; for a fall, least that would not."""
    starts = state.starts[state.at[BOTTOM] : state.at[TOP]]
    seen = state.counts[step]
    bound = _turn(state, starts[::-1], step, rules, MOST_CASES if rules.sign > 0 else 0.0)
    # Any case today makes count the change that began with the first step without one.
    without = max(state.at[NEXT], oldest)
    if rules.sign < 0 and bound > 0 and without <= newest:
        bound = _turn(state, np.array([without]), step, rules, bound)
    state.counts[step] = seen
    return bound


@njit(cache=True)
def _turn(state: State, starts: Ints, step: int, rules: Rules, bound: float) -> float:
    """The bound, given that of other starts: lower (for a fall: higher) where one of these demands it."""
    cases, expected = state.cases, state.expected
    for start in starts:
        if state.alpha > 0:
            bound = _turn_negative_binomial(state, start, step, rules, bound)
        else:
            past, mean = cases[step] - cases[start], expected[step + 1] - expected[start]
            bound = _turn_poisson(past, mean, rules.sign, rules.threshold, bound)
    return bound


@njit(cache=True)
def _turn_poisson(past: float, mean: float, sign: int, threshold: float, bound: float) -> float:
    """`_turn` for one start: the window had `past` cases before the step, and the mean `mean` with it."""
    rise = sign > 0
    if _poisson(past + (bound - 1 if rise else bound), mean, sign) < threshold:
        return bound
    low = -1.0 if rise else bound
    high = low + 1
    while (_poisson(past + high, mean, sign) >= threshold) != rise:
        low, high = high, 2 * high + 1
    while high - low > 1:
        middle = np.floor((low + high) / 2)
        if (_poisson(past + middle, mean, sign) >= threshold) == rise:
            high = middle
        else:
            low = middle
    return high


@njit(cache=True)
def _turn_negative_binomial(state: State, start: int, step: int, rules: Rules, bound: float) -> float:
    """`_turn` for one start; the same search as for Poisson counts, but for what is asked at each count."""
    rise = rules.sign > 0
    if not _reaches(state, start, step, rules, bound - 1 if rise else bound):
        return bound
    low = -1.0 if rise else bound
    high = low + 1
    while _reaches(state, start, step, rules, high) != rise:
        low, high = high, 2 * high + 1
    while high - low > 1:
        middle = np.floor((low + high) / 2)
        if _reaches(state, start, step, rules, middle) == rise:
            high = middle
        else:
            low = middle
    return high


@njit(cache=True)
def _reaches(state: State, start: int, step: int, rules: Rules, count: float) -> bool:
    """Whether the statistic of one start reaches the threshold, were the count of the step `count`."""
    left, least, most = bracket(state.sums, start, step, count, state.alpha, rules.sign)
    if least >= rules.threshold or most < rules.threshold - SLACK:
        return least >= rules.threshold
    state.counts[step] = count
    return _exact(state, start, step, rules.sign, left) >= rules.threshold
