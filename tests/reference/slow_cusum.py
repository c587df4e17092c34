"""CUSUM in the plainest form: one series, one step at a time."""

from math import ceil, sqrt

from scipy.special import hyp2f1


def slow_cusum(counts, train, k, h, trans, alpha):
    """(bound, score, alarm) of each step after the first `train`; None for a step without a count."""
    known = [count for count in counts[:train] if count is not None]
    mean = sum(known) / len(known)
    answers, total = [], 0.0
    for count in counts[train:]:
        if count is None:
            answers.append(None)
        elif mean == 0 and trans != "none":
            answers.append((0.0, None, count > 0))
        else:
            before, total = total, max(0.0, total + score(count, mean, trans, alpha) - k)
            answers.append((bound(h + k - before, h - total, mean, trans, alpha), total, total >= h))
    return answers


def score(x, m, trans, alpha):
    scores = {
        "none": lambda: x,
        "standard": lambda: (x - m) / sqrt(m),
        "rossi": lambda: (x - 3 * m + 2 * sqrt(x * m)) / (2 * sqrt(m)),
        "anscombe": lambda: 3 / 2 * (x ** (2 / 3) - m ** (2 / 3)) / m ** (1 / 6),
        "anscombe2nd": lambda: (x ** (2 / 3) - m ** (2 / 3) + m ** (-1 / 3) / 9) * 3 / (2 * m ** (1 / 6)),
        "pearsonNegBin": lambda: (x - m) / sqrt(m + alpha * m * m),
        "anscombeNegBin": lambda: (residual(x, alpha) - residual(m, alpha)) / (m + alpha * m * m) ** (1 / 6),
    }
    return scores[trans]()


def residual(x, alpha):
    return 3 / 2 * x ** (2 / 3) * hyp2f1(1 / 3, 2 / 3, 5 / 3, -alpha * x)


def bound(room, left, m, trans, alpha):
    if trans in {"none", "anscombeNegBin"}:
        return max(0.0, left)
    if trans == "rossi":
        inside = 4 * m * m + 2 * m**1.5 * room
        return max(0.0, 2 * sqrt(m) * room + 5 * m - 2 * sqrt(inside)) if inside >= 0 else 0.0
    if trans == "standard":
        return max(0, ceil(sqrt(m) * room + m))
    if trans == "pearsonNegBin":
        return max(0.0, sqrt(m + alpha * m * m) * room + m)
    raised = 2 / 3 * m ** (1 / 6) * room + m ** (2 / 3) - (m ** (1 / 3) / 9 if trans == "anscombe2nd" else 0)
    return max(0.0, raised) ** 1.5
