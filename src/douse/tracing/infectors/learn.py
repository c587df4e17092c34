"""What each kind of evidence weighs, learned from declared infectors: conditional logistic regression."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.kernels import attribution as kernel
from douse.kernels import conditional_logit
from douse.library.links import Links
from douse.tracing.infectors.dates import Dates
from douse.tracing.infectors.evidence import Pairs, weights_of
from douse.tracing.infectors.facts import Facts
from douse.tracing.infectors.levels import GROUPS, PLACE

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Codes = NDArray[np.int8]

# Rows of a fit: what memory and seconds allow. More cases than make so many are thinned out evenly.
MOST_ROWS = 3_000_000
_ROUNDS, _LONGEST_STEP, _AT_REST = 30, 3.0, 1e-4


@dataclass(frozen=True)
class Choices:
    """Cases with a declared infector (C of them), each with all its candidates (L in all).

    Attributes
    ----------
    case : numpy.ndarray[int64], shape (C,)
        Position of the case.
    start : numpy.ndarray[int64], shape (C + 1,)
    infector : numpy.ndarray[int64], shape (L,)
    true : numpy.ndarray[int64], shape (C,)
        Place of the declared infector among all candidates.
    direct : numpy.ndarray[float64], shape (L,)
        Density of the dates.
    codes : numpy.ndarray[int8], shape (L, 14)
    """

    case: Ints
    start: Ints
    infector: Ints
    true: Ints
    direct: Floats
    codes: Codes

    def only(self, which: NDArray[np.bool_]) -> "Choices":
        """Those of some cases; `which` has shape (C,)."""
        kept = np.repeat(which, np.diff(self.start))
        sizes = np.diff(self.start)[which]
        start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        true = self.true[which] - self.start[:-1][which] + start[:-1]
        return Choices(self.case[which], start, self.infector[kept], true, self.direct[kept], self.codes[kept])


def choices_of(facts: Facts, dates: Dates, pairs: Pairs, slip: float) -> Choices:
    """The declared links of an outbreak beside all others that might have been."""
    declared = pairs.declared.sort("case", "infector").unique("case", keep="first", maintain_order=True)
    most = max(MOST_ROWS // max(len(facts), 1), 1)
    if declared.height > most:
        declared = declared[np.linspace(0, declared.height - 1, most).round().astype(np.int64)]
    case, true = declared["case"].to_numpy(), declared["infector"].to_numpy()
    start, infector, direct, codes = kernel.list_pairs(
        case, facts.compared, dates.infects, dates.infected, dates.tables()[0]
    )
    _mark_places(codes, np.repeat(case, np.diff(start)), infector, pairs.shared)
    at = start[:-1] + np.where(true > case, true - 1, true)  # every other case is a candidate
    return Choices(case, start, infector, at, direct + slip, codes)


def _mark_places(codes: Codes, case: Ints, infector: Ints, shared: pl.DataFrame) -> None:
    best = shared.group_by("case", "infector").agg(pl.col("level").max())
    rows = pl.DataFrame({"case": case, "infector": infector}, schema={"case": pl.Int64, "infector": pl.Int64})
    level = rows.join(best, on=["case", "infector"], how="left", maintain_order="left")["level"]
    told = level.is_not_null().to_numpy()
    codes[told, PLACE] = level.drop_nulls().to_numpy()


def columns_of() -> Ints:
    """Place of each level's weight among all that are learned, shape (14, V); -1 for the first level, which has 0."""
    columns = np.full((len(GROUPS), max(len(levels) for levels in GROUPS.values())), -1, dtype=np.int64)
    at = 0
    for group, levels in enumerate(GROUPS.values()):
        columns[group, 1 : len(levels)] = at + np.arange(len(levels) - 1)
        at += len(levels) - 1
    return columns


def fit(choices: Choices, before: Floats, pull: float) -> Floats:
    """Weights at the top of the likelihood, pulled to those before.

    Parameters
    ----------
    choices : Choices
    before : numpy.ndarray[float64], shape (14, V)
        Weights to begin with.
    pull : float
        Precision of a normal distribution about them.
    """
    columns = columns_of()
    used = columns >= 0
    centre = np.zeros(columns.max() + 1)
    centre[columns[used]] = before[used]
    at, offset = centre.copy(), np.log(choices.direct)
    for _ in range(_ROUNDS):
        _, gradient, information = conditional_logit.climb(
            choices.start, choices.true, offset, choices.codes, at, columns
        )
        step = np.linalg.solve(information + pull * np.eye(len(at)), gradient - pull * (at - centre))
        step *= min(1.0, _LONGEST_STEP / max(np.abs(step).max(), 1e-12))
        at += step
        if np.abs(step).max() < _AT_REST:
            break
    table = np.zeros(columns.shape)
    table[used] = at[columns[used]]
    return table


def learned_weights(facts: Facts, dates: Dates, pairs: Pairs, links: Links) -> Floats:
    """Weights of the library, moved by the declared infectors of the outbreak where there are enough of them."""
    before = weights_of(links)
    if pairs.declared["case"].n_unique() < links.learn_least.value:
        return before
    return fit(choices_of(facts, dates, pairs, links.wrong_dates.value), before, links.learn_pull.value)
