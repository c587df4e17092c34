"""The end of an outbreak by simulation: branch forward from the known cases, keep the runs that fit what was seen."""

import math


def line(rng, start, today, model):
    """(somebody of the line was reported by today, somebody falls ill or is reported after today) for one case."""
    si, delay, r, k, ascertained = model
    seen, more, waiting = False, False, [start]
    while waiting:
        day = waiting.pop()
        mean = r if math.isinf(k) else rng.gamma(k, r / k)
        for _ in range(rng.poisson(mean)):
            onset = day + rng.choice(len(si), p=si)
            known = onset + rng.choice(len(delay), p=delay) if rng.random() < ascertained else None
            seen |= known is not None and known <= today
            more |= onset > today or (known is not None and known > today)
            if seen:
                return seen, more
            if onset <= today:
                waiting.append(onset)
    return seen, more


def chance_over(rng, starts, today, model, runs):
    """Share of the runs without a further report by today in which nothing more happens; and how many there were."""
    kept, over = 0, 0
    for _ in range(runs):
        found = [line(rng, start, today, model) for start in starts]
        if not any(seen for seen, _ in found):
            kept += 1
            over += not any(more for _, more in found)
    return over / kept, kept
