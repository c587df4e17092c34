"""Who may have infected whom, pair by pair: dates by convolution, evidence by codes, in one pass over all pairs."""

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Codes = NDArray[np.int8]

# Columns of the whole numbers of a case.
COLUMNS = 15
(
    ZONE, HOME, AGE, SEX, CLUSTER, SERIES, NUMBER, TOLD, TRACED, FOUND, CONTACTS, DOCUMENTED, BEFORE, AFTER, PLACED,
) = range(COLUMNS)  # fmt: skip
# Groups of evidence, in the order of the codes of a pair; the levels of each are named in `levels.py`.
GROUPS = 14
(
    ZONE_G, DISTANCE_G, NUMBER_G, TOLD_G, AGES_G, AGE_G, FOUND_G, CONTACTS_G, CLUSTER_G, DOCUMENTED_G, VISITED_G,
    BEFORE_G, AFTER_G, PLACE_G,
) = range(GROUPS)  # fmt: skip
EARTH_KM = 6371.0
_NOBODY = -1


@njit(cache=True)
def pair_codes(  # noqa: PLR0913, PLR0917  the facts of the cases
    i: int, j: int, whole: Ints, points: Floats, zones: Ints, visited: Ints, codes: Codes
) -> None:
    """Write the level of each group of evidence, if i infected j; see `levels.py` for what the levels are.

    Parameters
    ----------
    i, j : int
        Positions of the infector and the infected.
    whole : numpy.ndarray[int64], shape (N, 15)
        Facts of each case; -1 where not known.
    points : numpy.ndarray[float64], shape (N, 3)
        Unit vectors of the residence; NaN where not known.
    zones : numpy.ndarray[int64], shape (Z, 3)
        Parent, depth and level of each zone.
    visited : numpy.ndarray[int64], shape (N, W)
        Zones visited, those of homes (column `HOME`) comparable with them; -1 beyond the last.
    codes : numpy.ndarray[int8], shape (14,)
        Written.
    """
    a, b = whole[i], whole[j]
    codes[ZONE_G] = _zone_level(a[ZONE], b[ZONE], zones)
    # Two centres of one zone say nothing of a distance: only points of residences, or different zones, do.
    told = (a[PLACED] == 1 and b[PLACED] == 1) or a[ZONE] != b[ZONE]
    codes[DISTANCE_G] = _distance_level(points[i], points[j]) if told else 0
    codes[NUMBER_G] = 0 if a[SERIES] < 0 or a[SERIES] != b[SERIES] else _number_level(b[NUMBER] - a[NUMBER])
    codes[TOLD_G] = 0 if b[TRACED] != 1 else _told_level(b[TOLD] - a[TOLD])
    codes[AGES_G] = _ages_level(a[AGE], b[AGE], a[SEX], b[SEX])
    codes[AGE_G] = 0 if a[AGE] < 0 else (1 if a[AGE] < 20 else (2 if a[AGE] < 60 else 3))
    codes[FOUND_G] = a[FOUND]
    codes[CONTACTS_G] = a[CONTACTS]
    if a[CLUSTER] < 0 or b[CLUSTER] < 0:
        codes[CLUSTER_G] = 0 if a[CLUSTER] < 0 and b[CLUSTER] < 0 else (1 if b[CLUSTER] < 0 else 2)
    else:
        codes[CLUSTER_G] = 4 if a[CLUSTER] == b[CLUSTER] else 3
    codes[DOCUMENTED_G] = a[DOCUMENTED]
    codes[VISITED_G] = _visited_level(a[HOME], b[HOME], visited[i], visited[j])
    codes[BEFORE_G], codes[AFTER_G] = a[BEFORE], a[AFTER]
    # Places that both visited come from a list of pairs; all others were apart, as far as both told.
    codes[PLACE_G] = 1 if a[DOCUMENTED] >= 2 and b[DOCUMENTED] >= 2 else 0


@njit(cache=True)
def _zone_level(a: int, b: int, zones: Ints) -> int:
    """0 not known, 1 nothing in common, else 2 + level of the smallest zone that holds both."""
    if a < 0 or b < 0:
        return 0
    while a != b:
        if zones[a, 1] >= zones[b, 1]:
            a = zones[a, 0]
        else:
            b = zones[b, 0]
        if a < 0 or b < 0:
            return 1
    return 2 + zones[a, 2]


@njit(cache=True)
def _distance_level(a: Floats, b: Floats) -> int:
    if np.isnan(a[0]) or np.isnan(b[0]):
        return 0
    square = (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2
    km = np.sqrt(square) * EARTH_KM
    if km < 1:
        return 1 if km < 0.1 else 2
    if km < 10:
        return 3 if km < 3 else 4
    return 5 if km < 30 else (6 if km < 100 else 7)


@njit(cache=True)
def _number_level(gap: int) -> int:
    """Levels 1 to 9: at least 4 before, 1 to 3 before, then 1, 2, 3-5, 6-10, 11-30, 31-100 after, more."""
    if gap < 0:
        return 1 if gap < -3 else 2
    if gap <= 2:
        return 3 if gap <= 1 else 4
    if gap <= 10:
        return 5 if gap <= 5 else 6
    return 7 if gap <= 30 else (8 if gap <= 100 else 9)


@njit(cache=True)
def _told_level(days: int) -> int:
    """Levels 1 to 9: told 8 days or more before the infector, 1 to 7 before, 0, 1, 2, 3-4, 5-7, 8-14 after, more."""
    if days < 0:
        return 1 if days < -7 else 2
    if days <= 2:
        return 3 + days
    if days <= 7:
        return 6 if days <= 4 else 7
    return 8 if days <= 14 else 9


@njit(cache=True)
def _ages_level(a: int, b: int, sex_a: int, sex_b: int) -> int:
    """0 not known; 1 within 10 years, 2 so and of the other sex; 3 10-19 apart; 4 a generation older, 5 younger; 6."""
    if a < 0 or b < 0:
        return 0
    apart = abs(a - b)
    if apart < 10:
        return 2 if sex_a >= 0 and sex_b >= 0 and sex_a != sex_b else 1
    if apart < 20:
        return 3
    if apart < 40:
        return 4 if a > b else 5
    return 6


@njit(cache=True)
def _visited_level(home_a: int, home_b: int, of_a: Ints, of_b: Ints) -> int:
    """0 no visits known, 1 none to the other's zone (or one zone), 2 by the infector, 3 by the case, 4 by both."""
    if of_a[0] < 0 and of_b[0] < 0:
        return 0
    if home_a < 0 or home_b < 0 or home_a == home_b:
        return 1
    level = 1
    for zone in of_a:
        if zone < 0:
            break
        if zone == home_b:
            level += 1
            break
    for zone in of_b:
        if zone < 0:
            break
        if zone == home_a:
            level += 2
            break
    return level


@njit(cache=True)
def overlap(a: Floats, a_first: int, b: Floats, b_first: int) -> float:
    """Sum over days of the product of two series, each with its first day."""
    first = max(a_first, b_first)
    last = min(a_first + len(a), b_first + len(b))
    total = 0.0
    for day in range(first, last):
        total += a[day - a_first] * b[day - b_first]
    return total


@njit(cache=True, parallel=True)
def weigh(  # noqa: PLR0913, PLR0917  the series of every case, their facts, the weights, the named pairs
    whole: Ints, points: Floats, zones: Ints, visited: Ints, weights: Floats, infects: Floats, infects_first: Ints,
    spans: Ints, further: Floats, further_first: Ints, further_spans: Ints, infected: Floats, infected_first: Ints,
    infected_spans: Ints, named_start: Ints, named: Ints, told: Ints, slip: float, keep: int,
) -> tuple[Ints, Floats, Floats, Floats, Floats]:  # fmt: skip
    """Every case's likely infectors, from all pairs.

    Parameters
    ----------
    whole, points, zones, visited
        As for `pair_codes`.
    weights : numpy.ndarray[float64], shape (14, V)
        Log weight of each level of each group.
    infects, further, infected : numpy.ndarray[float64], shape (N, H), (N, U), (N, E)
        By day: how much a case infects others; the same through somebody unseen; how well being infected that day goes
        with what is on record.
    infects_first, further_first, infected_first : numpy.ndarray[int64], shape (N,)
        Day of the first column of each row.
    spans, further_spans, infected_spans : numpy.ndarray[int64], shape (N, 2)
        First and one past the last column that is not zero.
    named_start, named, told : numpy.ndarray[int64], shape (N + 1,), (M,), (M,)
        Pairs with something between them: infectors in compressed rows, ascending; 1 where somebody named the pair, so
        that it is kept whatever its dates.
    slip : float
        Density of a pair whose dates are wrong; nobody takes it for a pair that was not named and cannot be.
    keep : int
        Candidates kept a case, those of most weight.

    Returns
    -------
    infector : numpy.ndarray[int64], shape (N, keep)
        Ascending; -1 beyond the last.
    direct, through, evidence : numpy.ndarray[float64], shape (N, keep)
        Density of the dates if infected by, or through somebody unseen; log weight of the evidence.
    totals : numpy.ndarray[float64], shape (N, 6)
        Over all pairs: direct, direct times weight, through; the same three over the pairs that are not kept, the
        third of these times the weight.
    """
    size = len(whole)
    infector = np.full((size, keep), _NOBODY, dtype=np.int64)
    direct, through, evidence = np.zeros((size, keep)), np.zeros((size, keep)), np.zeros((size, keep))
    totals = np.zeros((size, 6))
    for j in prange(size):
        found, f1, f2, d, score = (
            np.empty(size, dtype=np.int64), np.empty(size), np.empty(size), np.empty(size), np.empty(size),
        )  # fmt: skip
        codes = np.empty(GROUPS, dtype=np.int8)
        count = 0
        e_lo, e_hi = infected_first[j] + infected_spans[j, 0], infected_first[j] + infected_spans[j, 1]
        row = infected[j, infected_spans[j, 0] : infected_spans[j, 1]]
        at = named_start[j]
        for i in range(size):
            is_listed = at < named_start[j + 1] and named[at] == i
            is_named = is_listed and told[at] == 1
            at += is_listed
            if i == j:
                continue
            h_lo = infects_first[i] + spans[i, 0]
            u_lo, u_hi = further_first[i] + further_spans[i, 0], further_first[i] + further_spans[i, 1]
            apart = h_lo >= e_hi or max(u_hi, infects_first[i] + spans[i, 1]) <= e_lo
            if apart and not is_named:
                continue
            one = overlap(infects[i, spans[i, 0] : spans[i, 1]], h_lo, row, e_lo)
            two = overlap(further[i, further_spans[i, 0] : further_spans[i, 1]], u_lo, row, e_lo)
            if one <= 0 and two <= 0 and not is_named:
                continue
            if one > 0 or is_named:
                one += slip
            pair_codes(i, j, whole, points, zones, visited, codes)
            log_weight = 0.0
            for group in range(GROUPS):
                log_weight += weights[group, codes[group]]
            found[count], f1[count], f2[count], d[count] = i, one, two, log_weight
            score[count] = np.inf if is_listed else (one + 0.1 * two) * np.exp(log_weight)
            count += 1
        for k in range(count):
            weight = np.exp(d[k])
            totals[j, 0] += f1[k]
            totals[j, 1] += f1[k] * weight
            totals[j, 2] += f2[k]
        least = -1.0
        if count > keep:
            least = np.sort(score[:count])[count - keep]
        kept = 0
        for k in range(count):
            if score[k] >= least and kept < keep:
                infector[j, kept], direct[j, kept], through[j, kept] = found[k], f1[k], f2[k]
                evidence[j, kept] = d[k]
                kept += 1
            else:
                totals[j, 3] += f1[k]
                totals[j, 4] += f1[k] * np.exp(d[k])
                totals[j, 5] += f2[k]
    return infector, direct, through, evidence, totals


@njit(cache=True)
def list_pairs(  # noqa: PLR0913, PLR0917  as `weigh`
    cases: Ints, whole: Ints, points: Floats, zones: Ints, visited: Ints, infects: Floats, infects_first: Ints,
    spans: Ints, infected: Floats, infected_first: Ints, infected_spans: Ints, slip: float,
) -> tuple[Ints, Ints, Floats, Codes]:  # fmt: skip
    """All candidates of some cases with the codes of their evidence: what weights are learned from.

    Returns
    -------
    start : numpy.ndarray[int64], shape (len(cases) + 1,)
    infector : numpy.ndarray[int64], shape (L,)
    direct : numpy.ndarray[float64], shape (L,)
    codes : numpy.ndarray[int8], shape (L, 14)
    """
    size, wanted = len(whole), len(cases)
    start = np.zeros(wanted + 1, dtype=np.int64)
    infector = np.empty(wanted * size, dtype=np.int64)
    direct = np.empty(wanted * size)
    codes = np.empty((wanted * size, GROUPS), dtype=np.int8)
    count = 0
    for n in range(wanted):
        j = cases[n]
        e_lo = infected_first[j] + infected_spans[j, 0]
        row = infected[j, infected_spans[j, 0] : infected_spans[j, 1]]
        for i in range(size):
            if i == j:
                continue
            one = overlap(infects[i, spans[i, 0] : spans[i, 1]], infects_first[i] + spans[i, 0], row, e_lo) + slip
            pair_codes(i, j, whole, points, zones, visited, codes[count])
            infector[count], direct[count] = i, one
            count += 1
        start[n + 1] = count
    return start, infector[:count].copy(), direct[:count].copy(), codes[:count].copy()


@njit(cache=True)
def climb(  # noqa: PLR0913, PLR0917  the data of a conditional logit
    start: Ints, true: Ints, offset: Floats, codes: Codes, weights: Floats, columns: Ints
) -> tuple[float, Floats, NDArray[np.float64]]:
    """Log likelihood of a conditional logit over codes, its gradient and its information.

    Parameters
    ----------
    start : numpy.ndarray[int64], shape (C + 1,)
        Candidates of each case.
    true : numpy.ndarray[int64], shape (C,)
        Position of the true one among all candidates.
    offset : numpy.ndarray[float64], shape (L,)
        Log density of the dates, and whatever is not learned.
    codes : numpy.ndarray[int8], shape (L, G)
    weights : numpy.ndarray[float64], shape (P,)
    columns : numpy.ndarray[int64], shape (G, V)
        Place in `weights` of each level; -1: its weight is 0.
    """
    groups, size = codes.shape[1], len(weights)
    value, gradient, information = 0.0, np.zeros(size), np.zeros((size, size))
    mean = np.empty(size)
    for c in range(len(true)):
        low, high = start[c], start[c + 1]
        score = np.empty(high - low)
        for k in range(low, high):
            total = offset[k]
            for g in range(groups):
                column = columns[g, codes[k, g]]
                if column >= 0:
                    total += weights[column]
            score[k - low] = total
        top = score.max()
        norm = np.exp(score - top).sum()
        value += score[true[c] - low] - top - np.log(norm)
        mean[:] = 0.0
        for k in range(low, high):
            p = np.exp(score[k - low] - top) / norm
            if p < 1e-9:
                continue
            for g in range(groups):
                one = columns[g, codes[k, g]]
                if one < 0:
                    continue
                mean[one] += p
                for h in range(groups):
                    other = columns[h, codes[k, h]]
                    if other >= 0:
                        information[one, other] += p
        for g in range(groups):
            column = columns[g, codes[true[c], g]]
            if column >= 0:
                gradient[column] += 1.0
        gradient -= mean
        information -= np.outer(mean, mean)
    return value, gradient, information
