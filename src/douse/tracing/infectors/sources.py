"""Where each case came from in the end: an import, or somebody whom nobody knows; and what was missed on the way."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

from douse.kernels.chains import cut_loops, roots
from douse.tracing.infectors.belief import Belief

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Probabilities below this do not change where a case came from.
_LEAST = 1e-3
_ROUNDS = 60
_SHOWN, _LEAST_SHOWN = 3, 0.05

SOURCES: dict[str, pl.DataType] = {
    "case_id": pl.String(),
    "rank": pl.Int64(),
    "source": pl.String(),  # imported | unknown
    "source_case": pl.String(),  # the case that was infected outside, or by the unknown
    "origin_place": pl.String(),
    "probability": pl.Float64(),
    "imported": pl.Float64(),  # of the chain as a whole
    "unknown": pl.Float64(),
    "generation": pl.Int64(),  # from the likeliest source, by the likeliest tree
    "first_missed": pl.Int64(),  # generation of the first link of the chain that somebody unseen stands in
}


@dataclass(frozen=True)
class Tree:
    """The likeliest infectors that make no loop: of each case by itself, loops cut at the case told first.

    Attributes
    ----------
    infector, root, generation : numpy.ndarray[int64], shape (N,)
        Position of the infector, -1 for none; the first case of the chain; 0 for a root.
    missed : numpy.ndarray[float64], shape (N,)
        Probability that somebody unseen infected the case.
    """

    infector: Ints
    root: Ints
    generation: Ints
    missed: Floats


def likeliest_tree(belief: Belief) -> Tree:
    """The infector of most probability, directly or through somebody, where that is more than no case at all."""
    found, candidates = belief.posterior, belief.candidates
    size = len(candidates)
    p = found.direct + found.through
    order = np.lexsort((candidates.infector, -p, candidates.case))
    first = order[np.unique(candidates.case[order], return_index=True)[1]] if len(order) else order
    infector = np.full(size, -1, dtype=np.int64)
    likely = p[first] > np.maximum(found.imported, found.unknown)[candidates.case[first]]
    infector[candidates.case[first][likely]] = candidates.infector[first][likely]
    told = belief.evidence.facts.cases.select(pl.struct("first_recorded_at", "case_id").rank("ordinal")).to_series()
    infector = cut_loops(infector, told.to_numpy().astype(np.int64))
    root, generation = roots(infector)
    missed = found.unknown + np.bincount(candidates.case, found.through, size)
    return Tree(infector, root, generation, missed)


def sources_frame(belief: Belief, tree: Tree) -> pl.DataFrame:
    """The likeliest sources of each case, as `SOURCES`.

    The beliefs of all cases are followed back together: the source of a case is that of its infector, weighed by how
    probable each infector is; loops lose nothing, since every round trip has a chance of an end.
    """
    found, candidates, cases = belief.posterior, belief.candidates, belief.evidence.facts.cases
    size = len(candidates)
    back = _back(belief)
    own = found.imported + found.unknown
    # Whoever was infected by a case that is no candidate came from where the others came from.
    rest = np.maximum(own + np.asarray(back.sum(axis=1)).ravel(), 1e-12)
    back = diags_array(1 / rest) @ back
    reach = _reach(back, own / rest)
    imported = np.divide(found.imported, own, out=np.zeros(size), where=own > 0)
    table = reach.tocoo()
    rows = pl.DataFrame(
        {"case": table.row.astype(np.int64), "root": table.col.astype(np.int64), "probability": table.data}
    ).filter(pl.col("probability") > 0)
    # So many sources that none reaches the least probability: the case itself stands for them.
    alone = np.setdiff1d(np.arange(size), rows["case"].to_numpy())
    rows = pl.concat([rows, pl.DataFrame({"case": alone, "root": alone, "probability": np.ones(len(alone))})])
    rows = rows.with_columns(pl.col("probability") / pl.col("probability").sum().over("case"))
    rows = rows.with_columns(share=pl.Series(imported[rows["root"].to_numpy()]))
    split = pl.concat(
        [
            rows.with_columns(probability=pl.col("probability") * pl.col("share"), source=pl.lit("imported")),
            rows.with_columns(probability=pl.col("probability") * (1 - pl.col("share")), source=pl.lit("unknown")),
        ]
    )
    whole = split.group_by("case").agg(
        imported=pl.col("probability").filter(source="imported").sum(),
        unknown=pl.col("probability").filter(source="unknown").sum(),
    )
    ranked = (
        split.sort("case", "probability", "root", "source", descending=[False, True, False, False])
        .with_columns(rank=pl.int_range(1, pl.len() + 1).over("case"))
        .filter(pl.col("rank") <= _SHOWN, (pl.col("probability") >= _LEAST_SHOWN) | (pl.col("rank") == 1))
        .join(whole, on="case", how="left", maintain_order="left")
    )
    missed = _first_missed(tree)
    at, root = ranked["case"].to_numpy(), ranked["root"].to_numpy()
    return ranked.with_columns(
        case_id=cases["case_id"].gather(at),
        source_case=cases["case_id"].gather(root),
        origin_place=pl.when(source="imported").then(cases["origin_place"].gather(root)),
        generation=pl.Series(tree.generation[at]),
        first_missed=pl.Series(missed[tree.root[at]]).replace(-1, None),
    ).select(pl.col(name).cast(kind) for name, kind in SOURCES.items())


def _back(belief: Belief) -> csr_array:
    """Chance that each case (row) was infected by each other (column), directly or through somebody."""
    p = belief.posterior.direct + belief.posterior.through
    size, kept = len(belief.candidates), p >= _LEAST
    return csr_array((p[kept], (belief.candidates.case[kept], belief.candidates.infector[kept])), shape=(size, size))


def _reach(back: csr_array, ends: Floats) -> csr_array:
    """Chance that following infectors back from each case (row) ends at each case (column)."""
    here = diags_array(ends).tocsr()
    reach = here
    for _ in range(_ROUNDS):
        further = (back @ reach + here).tocsr()
        further.data[further.data < _LEAST] = 0
        further.eliminate_zeros()
        moved = abs(further - reach).max() if further.nnz else 0.0
        reach = further
        if moved < _LEAST:
            break
    return reach


def _first_missed(tree: Tree) -> Ints:
    """By root: the lowest generation with a link in which somebody unseen is as likely as not; -1 where none."""
    size = len(tree.root)
    far = np.iinfo(np.int64).max
    first = np.full(size, far, dtype=np.int64)
    unseen = tree.missed >= 0.5
    np.minimum.at(first, tree.root[unseen], tree.generation[unseen])
    return np.where(first == far, -1, first)
