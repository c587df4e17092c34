"""What is on record of every pair that may matter, before any of it is weighed into a posterior."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.kernels import attribution as kernel
from douse.library.links import Links
from douse.library.pathogen import Pathogen
from douse.records import Records, ZoneTree
from douse.tracing.infectors.dates import Dates, Leaks, dates_of, days_on_record
from douse.tracing.infectors.facts import Facts, facts_of
from douse.tracing.infectors.levels import GROUPS, PLACE, SIGNS
from douse.tracing.infectors.shared_days import shared_days
from douse.tracing.infectors.signs import contact_pairs, declared_pairs, group_pairs

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# Candidates kept a case; what the others weigh is kept as a sum. Pairs with something between them are always kept.
KEEP = 200


@dataclass(frozen=True)
class Pairs:
    """Pairs that a record names, whatever their dates.

    ``shared``    places and days that two cases share, see `shared_days`
    ``contacts``  infector, case, setting
    ``household``, ``daytime_place``, ``declared``  infector, case
    """

    shared: pl.DataFrame
    contacts: pl.DataFrame
    household: pl.DataFrame
    daytime_place: pl.DataFrame
    declared: pl.DataFrame


@dataclass(frozen=True)
class Evidence:
    """Candidates (L of them, in compressed rows as in `Candidates`) and what is on record of each.

    Attributes
    ----------
    facts, dates, pairs
        Of the cases.
    start, infector : numpy.ndarray[int64], shape (N + 1,), (L,)
    direct, through : numpy.ndarray[float64], shape (L,)
        Density of the dates (a day), if infected by the candidate, or through somebody unseen.
    learned : numpy.ndarray[float64], shape (L,)
        Log weight of all that is compared pair by pair, against a pair of the outbreak at random.
    signs : numpy.ndarray[bool], shape (L, 3)
        Whether each of `SIGNS` is on record.
    declared : numpy.ndarray[bool], shape (L,)
    totals : numpy.ndarray[float64], shape (N, 6)
        See `kernels.attribution.weigh`; weights against a pair at random.
    weights : numpy.ndarray[float64], shape (14, V)
        Log weight of each level of each group.
    """

    facts: Facts
    dates: Dates
    pairs: Pairs
    start: Ints
    infector: Ints
    direct: Floats
    through: Floats
    learned: Floats
    signs: Bools
    declared: Bools
    totals: Floats
    weights: Floats

    @property
    def case(self) -> Ints:
        """Position of the case of each candidate, shape (L,)."""
        return np.repeat(np.arange(len(self.facts)), np.diff(self.start))


def leaks_of(links: Links) -> Leaks:
    """What happens in spite of isolation, and so on."""
    return Leaks(
        confirmed=links.after_confirmation.value,
        quarantined=links.in_quarantine.value,
        unexposed=links.outside_exposure.value,
        recall=links.recall.value,
        interval=links.interval_spread.value,
    )


def weights_of(links: Links) -> Floats:
    """Log weight of each level of each group, shape (14, V)."""
    table = np.zeros((len(GROUPS), max(len(levels) for levels in GROUPS.values())))
    for at, (group, levels) in enumerate(GROUPS.items()):
        for level, name in enumerate(levels):
            table[at, level] = links.evidence[group].weight.get(name, 0.0)
    return table


def pairs_of(known: Records, facts: Facts) -> Pairs:
    """All pairs that a record names."""
    return Pairs(
        shared=shared_days(known, facts),
        contacts=contact_pairs(known, facts),
        household=group_pairs(known, facts, "household"),
        daytime_place=group_pairs(known, facts, "daytime_place"),
        declared=declared_pairs(facts),
    )


def gather(  # noqa: PLR0913  what is known, and by which files it is judged
    known: Records,
    cases: pl.DataFrame,
    zones: ZoneTree,
    pathogen: Pathogen,
    links: Links,
    *,
    weights: Floats | None = None,
    keep: int = KEEP,
) -> Evidence:
    """Candidates of every case, with all that is on record of each pair.

    Parameters
    ----------
    known : Records
        As-of view.
    cases : polars.DataFrame
        Counted cases, as in `Situation.cases`.
    zones : ZoneTree
        Tree of the same view.
    pathogen, links : Pathogen, Links
        Intervals, and what evidence weighs.
    weights : numpy.ndarray[float64], shape (14, V), optional
        Instead of those of `links`.
    keep : int, default 200
        Most candidates kept a case.
    """
    facts = facts_of(known, cases, zones)
    dates = dates_of(days_on_record(facts.cases), facts.traced, pathogen, leaks_of(links))
    weights = weights_of(links) if weights is None else weights
    return weigh(facts, dates, pairs_of(known, facts), weights, links.wrong_dates.value, keep=keep)


def weigh(  # noqa: PLR0913  as gather
    facts: Facts, dates: Dates, pairs: Pairs, weights: Floats, slip: float, *, keep: int = KEEP
) -> Evidence:
    """The candidates, by one pass over all pairs."""
    size = len(facts)
    named = _named(pairs, size)
    most = int(np.diff(named.start).max(initial=0))
    keep = max(min(max(keep, most), size - 1), 1)
    infector, direct, through, learned, totals = kernel.weigh(
        facts.compared, dates.infects, dates.further, dates.infected, *dates.tables(), named, weights, slip, keep
    )
    kept = infector >= 0
    start = np.concatenate([[0], np.cumsum(kept.sum(axis=1))]).astype(np.int64)
    made = Evidence(
        facts, dates, pairs, start, infector[kept], direct[kept], through[kept], learned[kept],
        signs=np.zeros((int(kept.sum()), len(SIGNS)), dtype=np.bool_),
        declared=np.zeros(int(kept.sum()), dtype=np.bool_), totals=totals, weights=weights,
    )  # fmt: skip
    return _with_named(_against_random(made), pairs)


def _named(pairs: Pairs, size: int) -> kernel.Named:
    """All pairs of the lists, once each; told where a person named the pair."""
    lists = (
        (pairs.shared, 0), (pairs.contacts, 1), (pairs.household, 1), (pairs.daytime_place, 0), (pairs.declared, 1),
    )  # fmt: skip
    every = pl.concat(frame.select("infector", "case", told=pl.lit(told, pl.Int64)) for frame, told in lists)
    once = every.group_by("case", "infector").agg(pl.col("told").max()).sort("case", "infector")
    counts = np.bincount(once["case"].to_numpy(), minlength=size)
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return kernel.Named(start, once["infector"].to_numpy(), once["told"].to_numpy())


def _against_random(made: Evidence) -> Evidence:
    """Log weights against a pair of the outbreak at random, each pair counting by the density of its dates."""
    total, weighed = made.totals[:, 0].sum(), made.totals[:, 1].sum()
    if total <= 0 or weighed <= 0:
        return made
    typical = float(np.log(weighed / total))
    totals = made.totals * np.exp(-typical * np.array([0, 1, 0, 0, 1, 0]))
    return replace(made, learned=made.learned - typical, totals=totals)


def _with_named(made: Evidence, pairs: Pairs) -> Evidence:
    """What the lists of pairs say of the candidates."""
    rows = pl.DataFrame({"case": made.case, "infector": made.infector}, schema={"case": pl.Int64, "infector": pl.Int64})
    on = ["case", "infector"]
    best = pairs.shared.group_by(on).agg(level=pl.col("level").max().cast(pl.Int64))
    level = rows.join(best, on=on, how="left", maintain_order="left")["level"].fill_null(0).to_numpy()
    place = made.weights[PLACE]
    more = np.where(level > 0, place[level] - place[GROUPS["place"].index("apart")], 0.0)
    signs = [_is_in(rows, frame) for frame in (pairs.contacts, pairs.household, pairs.daytime_place)]
    return replace(
        made, learned=made.learned + more, signs=np.column_stack(signs), declared=_is_in(rows, pairs.declared)
    )


def _is_in(rows: pl.DataFrame, pairs: pl.DataFrame) -> Bools:
    on = ["case", "infector"]
    marked = pairs.select(on).unique().with_columns(there=pl.lit(value=True))
    found = rows.join(marked, on=on, how="left", maintain_order="left")["there"].fill_null(value=False)
    there: Bools = found.to_numpy()
    return there
