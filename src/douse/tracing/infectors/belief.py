"""What is believed of the infector of each case, one row an answer."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.kernels import attribution as kernel
from douse.library.links import Links
from douse.tracing.infectors.candidates import Candidates
from douse.tracing.infectors.closed import Posterior, Shown, declared_of, signs_of
from douse.tracing.infectors.evidence import Evidence
from douse.tracing.infectors.levels import GROUPS, PLACE, SIGNS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Answers that are shown, but for the first of each case.
LEAST_SHOWN = 0.01
# Evidence that makes a candidate this much likelier (log) is named.
_NAMED = 0.4
_MOST_NAMED = 4
KINDS = ("direct", "through", "imported", "unknown", "other")

LINKS: dict[str, pl.DataType] = {
    "case_id": pl.String(),
    "rank": pl.Int64(),
    "kind": pl.String(),
    "infector": pl.String(),
    "probability": pl.Float64(),
    "basis": pl.List(pl.String()),
}


@dataclass(frozen=True)
class Belief:
    """Everything behind the answers of one day: evidence, candidates and posterior of the same cases."""

    evidence: Evidence
    candidates: Candidates
    posterior: Posterior
    shown: Shown

    @property
    def ids(self) -> pl.Series:
        """case_id by position."""
        return self.evidence.facts.cases["case_id"]


def answers(belief: Belief) -> pl.DataFrame:
    """Every answer of every case: case, infector (positions; -1 for none), kind (position in `KINDS`), probability.

    Sorted by case, the rest of the cases (kind `other`, which is no single answer) last, probability (largest first),
    kind, infector; `at` is the place among the candidates, -1 for none.
    """
    found, size = belief.posterior, len(belief.evidence.facts)
    case, at = belief.candidates.case, np.arange(len(belief.candidates.infector))
    none, everybody = np.full(size, -1), np.arange(size)
    parts = [
        (case, belief.candidates.infector, at, 0, found.direct),
        (case, belief.candidates.infector, at, 1, found.through),
        (everybody, none, none, 2, found.imported),
        (everybody, none, none, 3, found.unknown),
        (everybody, none, none, 4, found.other),
    ]
    rows = pl.concat(
        pl.DataFrame({"case": a, "infector": b, "at": c, "kind": np.full(len(a), kind), "probability": p})
        for a, b, c, kind, p in parts
    )
    last = pl.col("kind") == KINDS.index("other")
    return rows.sort("case", last, "probability", "kind", "infector", descending=[False, False, True, False, False])


def links_frame(belief: Belief, links: Links) -> pl.DataFrame:
    """Answers worth showing, as `LINKS`: all of at least 1%, and the likeliest case whatever its probability.

    `basis` names what speaks for a candidate against what all candidates have on average, strongest first: `declared`,
    `contact`, `household`, `daytime_place`, `dates`, or a group of evidence.
    """
    every = answers(belief).with_columns(rank=pl.int_range(1, pl.len() + 1).over("case"))
    likeliest = (pl.col("kind") == 0) & (pl.col("probability") > 0)
    top = every.filter(likeliest).unique("case", keep="first", maintain_order=True).select("case", "rank")
    kept = every.join(top.with_columns(top=pl.lit(value=True)), on=["case", "rank"], how="left", maintain_order="left")
    kept = kept.filter((pl.col("probability") >= LEAST_SHOWN) | pl.col("top").fill_null(value=False))
    ids = belief.ids
    basis = _basis(belief, links, kept["at"].to_numpy())
    return pl.DataFrame(
        {
            "case_id": ids.gather(kept["case"]),
            "rank": kept["rank"],
            "kind": pl.Series([KINDS[kind] for kind in kept["kind"]], dtype=pl.String),
            "infector": _names(ids, kept["infector"].to_numpy()),
            "probability": kept["probability"],
            "basis": pl.Series(basis, dtype=pl.List(pl.String)),
        },
        schema=LINKS,
    )


def _names(ids: pl.Series, at: Ints) -> pl.Series:
    """case_id of each position, null where -1."""
    return ids.gather(np.maximum(at, 0)).set(pl.Series(at < 0), None) if len(at) else ids.clear()


def codes_at(evidence: Evidence, at: Ints) -> NDArray[np.int8]:
    """Codes of some candidates by their place, shape (len(at), 14)."""
    case, infector = evidence.case[at], evidence.infector[at]
    codes = kernel.codes_of(infector, case, evidence.facts.compared)
    rows = pl.DataFrame({"case": case, "infector": infector}, schema={"case": pl.Int64, "infector": pl.Int64})
    best = evidence.pairs.shared.group_by("case", "infector").agg(pl.col("level").max())
    level = rows.join(best, on=["case", "infector"], how="left", maintain_order="left")["level"]
    codes[level.is_not_null().to_numpy(), PLACE] = level.drop_nulls().to_numpy()
    return codes


PARTS: tuple[str, ...] = ("dates", "declared", *SIGNS, *GROUPS)


def parts_at(belief: Belief, links: Links, at: Ints) -> Floats:
    """Log weight of each of `PARTS` of some candidates by their place, shape (len(at), 19)."""
    evidence = belief.evidence
    codes = codes_at(evidence, at)
    groups = np.column_stack([evidence.weights[group, codes[:, group]] for group in range(len(GROUPS))])
    return np.column_stack(
        [
            np.log(np.maximum(evidence.direct[at], 1e-12)),
            declared_of(evidence, links)[at],
            signs_of(evidence, belief.shown)[at],
            groups,
        ]
    )


def _basis(belief: Belief, links: Links, at: Ints) -> list[list[str]]:
    """What speaks for each candidate; nothing for answers that are none (`at` -1)."""
    evidence = belief.evidence
    if not (at >= 0).any():
        return [[] for _ in at]
    spread = np.unique(np.linspace(0, len(evidence.infector) - 1, 20_000).astype(np.int64))
    usual = np.average(parts_at(belief, links, spread), axis=0, weights=evidence.direct[spread] + 1e-12)
    parts = parts_at(belief, links, np.maximum(at, 0)) - usual
    order = np.argsort(-parts, axis=1, kind="stable")[:, :_MOST_NAMED]
    return [[PARTS[k] for k in order[n] if parts[n, k] >= _NAMED] if place >= 0 else [] for n, place in enumerate(at)]
