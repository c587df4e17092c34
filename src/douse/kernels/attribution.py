"""Who may have infected whom, pair by pair: dates by convolution, evidence by codes, in one pass over all pairs."""

from typing import NamedTuple

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from douse.kernels.earth import EARTH_KM

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
# Levels of the infector alone, and those that take a pair.
OWN_GROUPS = (AGE_G, FOUND_G, CONTACTS_G, DOCUMENTED_G, BEFORE_G, AFTER_G)
PAIR_GROUPS = (ZONE_G, DISTANCE_G, NUMBER_G, TOLD_G, AGES_G, CLUSTER_G, VISITED_G, PLACE_G)
_NOBODY = -1
_PARTS = 64  # of the cases, for threads to take
# Pairs whose dates go together less well than this (a fifty-thousandth of a usual pair) are none.
LEAST = 1e-6


class Compared(NamedTuple):
    """What is compared of N cases.

    Parameters
    ----------
    whole : numpy.ndarray[int64], shape (N, 15)
        Facts of each case; -1 where not known.
    points : numpy.ndarray[float64], shape (N, 3)
        Unit vectors of the residence; NaN where not known.
    zones : numpy.ndarray[int64], shape (Z, 3)
        Parent, depth and level of each zone.
    visited : numpy.ndarray[int64], shape (N, W)
        Zones visited, those of homes (column `HOME`) comparable with them; -1 beyond the last.
    """

    whole: Ints
    points: Floats
    zones: Ints
    visited: Ints


class Series(NamedTuple):
    """A series by day of each of N cases, as one of P shapes: most cases differ by their first day only.

    Parameters
    ----------
    by_day : numpy.ndarray[float64], shape (P, D)
    shape : numpy.ndarray[int64], shape (N,)
        Row of each case.
    first : numpy.ndarray[int64], shape (N,)
        Day of the first column, of each case.
    spans : numpy.ndarray[int64], shape (P, 2)
        First and one past the last column that is not 0.
    """

    by_day: Floats
    shape: Ints
    first: Ints
    spans: Ints


class Named(NamedTuple):
    """Pairs with something between them: infectors in compressed rows by case, ascending.

    Parameters
    ----------
    start : numpy.ndarray[int64], shape (N + 1,)
    infector, told : numpy.ndarray[int64], shape (M,)
        `told` is 1 where somebody named the pair, so that it is kept whatever its dates.
    """

    start: Ints
    infector: Ints
    told: Ints


@njit(cache=True, inline="always")
def pair_codes(i: int, j: int, compared: Compared, codes: Codes) -> None:
    """Write the levels that the pair tells, if i infected j; see `levels.py` for what they are.

    Parameters
    ----------
    i, j : int
        Positions of the infector and the infected.
    compared : Compared
    codes : numpy.ndarray[int8], shape (14,)
        Written.
    """
    whole = compared.whole
    codes[ZONE_G] = _zone_level(whole[i, ZONE], whole[j, ZONE], compared.zones)
    # Two centres of one zone say nothing of a distance: only points of residences, or different zones, do.
    told = (whole[i, PLACED] == 1 and whole[j, PLACED] == 1) or whole[i, ZONE] != whole[j, ZONE]
    codes[DISTANCE_G] = _distance_level(i, j, compared.points) if told else 0
    one_register = whole[i, SERIES] >= 0 and whole[i, SERIES] == whole[j, SERIES]
    codes[NUMBER_G] = _number_level(whole[j, NUMBER] - whole[i, NUMBER]) if one_register else 0
    codes[TOLD_G] = _told_level(whole[j, TOLD] - whole[i, TOLD]) if whole[j, TRACED] == 1 else 0
    codes[AGES_G] = _ages_level(whole[i, AGE], whole[j, AGE], whole[i, SEX], whole[j, SEX])
    codes[CLUSTER_G] = _cluster_level(whole[i, CLUSTER], whole[j, CLUSTER])
    codes[VISITED_G] = _visited_level(i, j, whole[i, HOME], whole[j, HOME], compared.visited)
    # Places that both visited come from a list of pairs; all others were apart, as far as both told.
    codes[PLACE_G] = 1 if whole[i, DOCUMENTED] >= 2 and whole[j, DOCUMENTED] >= 2 else 0


@njit(cache=True)
def own_codes(i: int, whole: Ints, codes: Codes) -> None:
    """Write the levels that the infector alone tells."""
    age = whole[i, AGE]
    codes[AGE_G] = 0 if age < 0 else (1 if age < 20 else (2 if age < 60 else 3))
    codes[FOUND_G], codes[CONTACTS_G], codes[DOCUMENTED_G] = whole[i, FOUND], whole[i, CONTACTS], whole[i, DOCUMENTED]
    codes[BEFORE_G], codes[AFTER_G] = whole[i, BEFORE], whole[i, AFTER]


@njit(cache=True, inline="always")
def _cluster_level(a: int, b: int) -> int:
    """0 neither in a cluster, 1 only the infector, 2 only the case, 3 in different ones, 4 in the same."""
    if a < 0 or b < 0:
        return 0 if a < 0 and b < 0 else (1 if b < 0 else 2)
    return 4 if a == b else 3


@njit(cache=True, inline="always")
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
    level: int = zones[a, 2]
    return 2 + level


@njit(cache=True, inline="always")
def _distance_level(i: int, j: int, points: Floats) -> int:
    """0 not known, else by kilometres: 0.1, 1, 3, 10, 30, 100."""
    square = 0.0
    for axis in range(3):
        square += (points[i, axis] - points[j, axis]) ** 2
    if np.isnan(square):
        return 0
    km = np.sqrt(square) * EARTH_KM
    if km < 1:
        return 1 if km < 0.1 else 2
    if km < 10:
        return 3 if km < 3 else 4
    return 5 if km < 30 else (6 if km < 100 else 7)


@njit(cache=True, inline="always")
def _number_level(gap: int) -> int:
    """Levels 1 to 9: at least 4 before, 1 to 3 before, then 1, 2, 3-5, 6-10, 11-30, 31-100 after, more."""
    if gap < 0:
        return 1 if gap < -3 else 2
    if gap <= 2:
        return 3 if gap <= 1 else 4
    if gap <= 10:
        return 5 if gap <= 5 else 6
    return 7 if gap <= 30 else (8 if gap <= 100 else 9)


@njit(cache=True, inline="always")
def _told_level(days: int) -> int:
    """Levels 1 to 9: told 8 days or more before the infector, 1 to 7 before, 0, 1, 2, 3-4, 5-7, 8-14 after, more."""
    if days < 0:
        return 1 if days < -7 else 2
    if days <= 2:
        return 3 + days
    if days <= 7:
        return 6 if days <= 4 else 7
    return 8 if days <= 14 else 9


@njit(cache=True, inline="always")
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


@njit(cache=True, inline="always")
def _visited_level(i: int, j: int, home_a: int, home_b: int, visited: Ints) -> int:
    """0 no visits known, 1 none to the other's zone (or one zone), 2 by the infector, 3 by the case, 4 by both."""
    if visited[i, 0] < 0 and visited[j, 0] < 0:
        return 0
    if home_a < 0 or home_b < 0 or home_a == home_b:
        return 1
    level = 1
    for k in range(visited.shape[1]):
        if visited[i, k] < 0:
            break
        if visited[i, k] == home_b:
            level += 1
            break
    for k in range(visited.shape[1]):
        if visited[j, k] < 0:
            break
        if visited[j, k] == home_a:
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


@njit(cache=True)
def overlap_table(one: Series, other: Series, lags: int) -> Floats:
    """Overlaps of every two shapes at every lag; shape (P, Q, 2 * lags + 1).

    Parameters
    ----------
    one, other : Series
        Of P and Q shapes.
    lags : int
        The first column of `other` lies from so many days before that of `one` to as many after it.
    """
    table = np.zeros((len(one.by_day), len(other.by_day), 2 * lags + 1))
    for p in range(len(one.by_day)):
        row = one.by_day[p, one.spans[p, 0] : one.spans[p, 1]]
        for q in range(len(other.by_day)):
            second = other.by_day[q, other.spans[q, 0] : other.spans[q, 1]]
            for lag in range(-lags, lags + 1):
                table[p, q, lag + lags] = overlap(row, one.spans[p, 0], second, lag + other.spans[q, 0])
    return table


@njit(cache=True, inline="always")
def density(i: int, j: int, one: Series, other: Series, table: Floats) -> float:
    """Overlap of a series of i and one of j; looked up where there is a table."""
    p, q, lag = one.shape[i], other.shape[j], other.first[j] - one.first[i]
    if len(table):
        lags = table.shape[2] // 2
        return table[p, q, lag + lags] if -lags <= lag <= lags else 0.0
    row = one.by_day[p, one.spans[p, 0] : one.spans[p, 1]]
    second = other.by_day[q, other.spans[q, 0] : other.spans[q, 1]]
    return overlap(row, one.spans[p, 0], second, lag + other.spans[q, 0])


@njit(cache=True, parallel=True)
def weigh(  # noqa: PLR0913, PLR0917  the facts and series of all cases, the weights, the named pairs
    compared: Compared, infects: Series, further: Series, infected: Series, table: Floats, further_table: Floats,
    named: Named, weights: Floats, slip: float, keep: int,
) -> tuple[Ints, Floats, Floats, Floats, Floats]:  # fmt: skip
    """Every case's likely infectors, from all pairs.

    Parameters
    ----------
    compared : Compared
    infects, further, infected : Series
        By day: how much a case infects others; the same through somebody unseen; how well being infected that day goes
        with what is on record.
    table, further_table : numpy.ndarray[float64], shape (P, Q, 2 * lags + 1)
        As of `overlap_table`; of length 0 where there are too many shapes.
    named : Named
    weights : numpy.ndarray[float64], shape (14, V)
        Log weight of each level of each group.
    slip : float
        Density of a pair whose dates are wrong; nobody takes it for a pair that was not named and cannot be.
    keep : int
        Candidates kept a case, those of most weight; at least as many as there are named pairs of a case.

    Returns
    -------
    infector : numpy.ndarray[int64], shape (N, keep)
        Ascending; -1 beyond the last.
    direct, through, evidence : numpy.ndarray[float64], shape (N, keep)
        Density of the dates if infected by, or through somebody unseen; log weight of the evidence.
    totals : numpy.ndarray[float64], shape (N, 6)
        Over all pairs: direct, direct times weight, through; the same three over the pairs that are not kept.
    """
    size = len(compared.whole)
    infector = np.full((size, keep), _NOBODY, dtype=np.int64)
    kept = np.zeros((3, size, keep))
    totals = np.zeros((size, 6))
    own = np.zeros(size)
    codes = np.empty(GROUPS, dtype=np.int8)
    for i in range(size):
        own_codes(i, compared.whole, codes)
        for group in OWN_GROUPS:
            own[i] += weights[group, codes[group]]
    parts = min(size, _PARTS)
    for part in prange(parts):
        _weigh_part(
            part * size // parts, (part + 1) * size // parts, own, compared, infects, further, infected, table,
            further_table, named, weights, slip, infector, kept, totals,
        )  # fmt: skip
    return infector, kept[0], kept[1], kept[2], totals


@njit(cache=True)
def _weigh_part(  # noqa: PLR0913, PLR0917  as `weigh`; writes the last three for cases from `begin` to `end`
    begin: int, end: int, own: Floats, compared: Compared, infects: Series, further: Series, infected: Series,
    table: Floats, further_table: Floats, named: Named, weights: Floats, slip: float, infector: Ints,
    kept: Floats, totals: Floats,
) -> None:  # fmt: skip
    size, keep = len(compared.whole), infector.shape[1]
    found = np.empty(size, dtype=np.int64)
    f1, f2, d, score = np.empty(size), np.empty(size), np.empty(size), np.empty(size)
    codes = np.empty(GROUPS, dtype=np.int8)
    # Days outside of which nothing overlaps.
    since, until = infects.first + infects.spans[infects.shape, 0], further.first + further.spans[further.shape, 1]
    until = np.maximum(until, infects.first + infects.spans[infects.shape, 1])
    for j in range(begin, end):
        count, at = 0, named.start[j]
        first = infected.first[j] + infected.spans[infected.shape[j], 0]
        last = infected.first[j] + infected.spans[infected.shape[j], 1]
        for i in range(size):
            is_listed = at < named.start[j + 1] and named.infector[at] == i
            is_named = is_listed and named.told[at] == 1
            at += is_listed
            if i == j or ((since[i] >= last or until[i] <= first) and not is_named):
                continue
            one, two = density(i, j, infects, infected, table), density(i, j, further, infected, further_table)
            if one < LEAST and two < LEAST and not is_named:
                continue
            if one >= LEAST or is_named:
                one += slip
            pair_codes(i, j, compared, codes)
            log_weight = own[i]
            for group in PAIR_GROUPS:
                log_weight += weights[group, codes[group]]
            weight = np.exp(log_weight)
            found[count], f1[count], f2[count], d[count] = i, one, two, log_weight
            score[count] = np.inf if is_listed else (one + 0.1 * two) * weight
            count += 1
            totals[j, 0] += one
            totals[j, 1] += one * weight
            totals[j, 2] += two
        least = np.partition(score[:count], count - keep)[count - keep] if count > keep else -1.0
        place = 0
        for k in range(count):
            if score[k] >= least and place < keep:
                infector[j, place] = found[k]
                kept[0, j, place], kept[1, j, place], kept[2, j, place] = f1[k], f2[k], d[k]
                place += 1
            else:
                totals[j, 3] += f1[k]
                totals[j, 4] += f1[k] * np.exp(d[k])
                totals[j, 5] += f2[k]


@njit(cache=True)
def list_pairs(
    cases: Ints, compared: Compared, infects: Series, infected: Series, table: Floats
) -> tuple[Ints, Ints, Floats, Codes]:
    """All other cases as candidates of some cases, with the codes of their evidence: what weights are learned from.

    Returns
    -------
    start : numpy.ndarray[int64], shape (len(cases) + 1,)
    infector : numpy.ndarray[int64], shape (L,)
    direct : numpy.ndarray[float64], shape (L,)
    codes : numpy.ndarray[int8], shape (L, 14)
    """
    size, wanted = len(compared.whole), len(cases)
    rows = wanted * (size - 1)
    start = np.arange(wanted + 1) * (size - 1)
    infector, direct = np.empty(rows, dtype=np.int64), np.empty(rows)
    codes = np.empty((rows, GROUPS), dtype=np.int8)
    count = 0
    for j in cases:
        for i in range(size):
            if i == j:
                continue
            infector[count], direct[count] = i, density(i, j, infects, infected, table)
            own_codes(i, compared.whole, codes[count])
            pair_codes(i, j, compared, codes[count])
            count += 1
    return start, infector, direct, codes


@njit(cache=True)
def codes_of(infector: Ints, case: Ints, compared: Compared) -> Codes:
    """Codes of some pairs; shape (len(case), 14)."""
    codes = np.zeros((len(case), GROUPS), dtype=np.int8)
    for k in range(len(case)):
        own_codes(infector[k], compared.whole, codes[k])
        pair_codes(infector[k], case[k], compared, codes[k])
    return codes
