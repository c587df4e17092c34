"""EARS in the plainest form: one series, one step at a time."""

from statistics import NormalDist, mean, stdev

LAGS = {"C1": 0, "C2": 2, "C3": 2}


def slow_ears(counts, method, baseline, min_sigma, alpha):
    """(bound, alarm) of each step of one series; None where the baseline is not complete."""
    z = NormalDist().inv_cdf(1 - alpha)
    answers = []
    for t in range(len(counts)):
        before = window(counts, t, LAGS[method], baseline)
        if before is None:
            answers.append(None)
            continue
        expected, sigma = mean(before), max(stdev(before), min_sigma)
        if method != "C3":
            bound = expected + z * sigma
        else:
            past = [exceedance(counts, step, baseline, min_sigma) for step in (t - 1, t - 2)]
            if None in past:
                answers.append(None)
                continue
            bound = max(0.0, counts[t] + sigma * (z - sum(past)))
        answers.append((bound, counts[t] > bound))
    return answers


def exceedance(counts, t, baseline, min_sigma):
    """By how much the C2 score of a step exceeds 1."""
    before = window(counts, t, LAGS["C2"], baseline)
    if before is None:
        return None
    sigma = max(stdev(before), min_sigma)
    return 0.0 if sigma == 0 else max(0.0, (counts[t] - mean(before)) / sigma - 1)


def window(counts, t, lag, baseline):
    last = t - lag
    return counts[last - baseline : last] if last >= baseline else None
