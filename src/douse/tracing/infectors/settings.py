"""Where transmission happened, and who and what spread most."""

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import poisson

from douse.kernels import poisson_binomial
from douse.library.pathogen import Pathogen
from douse.tracing.infectors.belief import Belief
from douse.tracing.infectors.levels import SIGNS
from douse.tracing.infectors.shared_days import NEAR
from douse.tracing.places import SETTING_OF_PLACE

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NOT_KNOWN, TRAVEL = "not_known", "travel"
_LOW, _HIGH = 0.025, 0.975
_LEAST = 1e-4
# Cases, and places on days, that are expected to have infected at least so many are listed.
_LEAST_LISTED = 1.0

SETTINGS: dict[str, pl.DataType] = {
    "setting": pl.String(),
    "expected": pl.Float64(),
    "lower": pl.Int64(),
    "upper": pl.Int64(),
    "share": pl.Float64(),
}
SPREADERS: dict[str, pl.DataType] = {
    "kind": pl.String(),  # case | place
    "case_id": pl.String(),
    "place": pl.String(),
    "place_kind": pl.String(),
    "day": pl.Date(),
    "expected": pl.Float64(),
    "lower": pl.Int64(),
    "upper": pl.Int64(),
    "threshold": pl.Int64(),
    "probability": pl.Float64(),  # of more than the threshold
    "superspreading": pl.Boolean(),
}


def settings_frame(belief: Belief) -> pl.DataFrame:
    """Expected infections by setting, with 95% intervals from independent beliefs, as `SETTINGS`.

    The setting on the record of the case counts first; else, by infector, that of the recorded contact, the household,
    the kind of a place that both were at on the same day. Imports are travel.
    """
    facts, found, candidates = belief.evidence.facts, belief.posterior, belief.candidates
    case, size = candidates.case, len(facts)
    of_pair = _setting_of_pairs(belief)
    own = facts.cases["setting"].cast(pl.String)
    rows = pl.concat(
        [
            pl.DataFrame({"case": case, "setting": of_pair, "p": found.direct}),
            pl.DataFrame({"case": np.arange(size), "setting": [TRAVEL] * size, "p": found.imported}),
        ],
        how="vertical_relaxed",
    )
    told = pl.DataFrame({"case": np.arange(size), "own": own}, schema_overrides={"own": pl.String})
    p_other = 1 - np.bincount(case, found.direct, size) - found.imported
    unseen = pl.DataFrame({"case": np.arange(size), "setting": [NOT_KNOWN] * size, "p": np.maximum(p_other, 0.0)})
    by_case = (
        pl.concat([rows, unseen], how="vertical_relaxed")
        .join(told, on="case", how="left", maintain_order="left")
        .with_columns(
            setting=pl.when(pl.col("setting") == TRAVEL).then("setting").otherwise(pl.coalesce("own", "setting"))
        )
        .group_by("setting", "case")
        .agg(pl.col("p").sum().clip(0, 1))
        .filter(pl.col("p") >= _LEAST)
        .sort("setting", "case")
    )
    groups = by_case.group_by("setting", maintain_order=True).agg(pl.len())
    figures = _summary(groups["len"].to_numpy(), by_case["p"].to_numpy(), 0)
    return (
        pl.DataFrame(
            {"setting": groups["setting"], "expected": figures[:, 0], "lower": figures[:, 1], "upper": figures[:, 2]}
        )
        .with_columns(share=pl.col("expected") / size)
        .sort("expected", "setting", descending=[True, False])
        .select(pl.col(name).cast(kind) for name, kind in SETTINGS.items())
    )


def _setting_of_pairs(belief: Belief) -> pl.Series:
    evidence = belief.evidence
    rows = pl.DataFrame(
        {"case": evidence.case, "infector": evidence.infector}, schema={"case": pl.Int64, "infector": pl.Int64}
    )
    on = ["case", "infector"]
    place = pl.col("kind").replace_strict(SETTING_OF_PLACE, default="other", return_dtype=pl.String)
    shared = (
        evidence.pairs.shared.filter(pl.col("level") > NEAR)
        .with_columns(place=pl.when(pl.col("kind").is_not_null()).then(place))
        .unique(on, keep="first", maintain_order=True)
        .select(*on, "place")
    )
    signs = {name: pl.Series(evidence.signs[:, at]) for at, name in enumerate(SIGNS)}
    return (
        rows.with_columns(**signs)
        .join(evidence.pairs.contacts.select(*on, "setting"), on=on, how="left", maintain_order="left")
        .join(shared, on=on, how="left", maintain_order="left")
        .select(pl.coalesce("setting", pl.when("household").then(pl.lit("household")), "place", pl.lit(NOT_KNOWN)))
        .to_series()
    )


def threshold_of(pathogen: Pathogen) -> int:
    """Most that a case infects without being a superspreader: the 99th percentile of Poisson(R).

    Lloyd-Smith et al. 2005, doi 10.1038/nature04153.
    """
    return int(poisson.ppf(0.99, pathogen.reproduction_number.value))


def spreaders_frame(belief: Belief, pathogen: Pathogen) -> pl.DataFrame:
    """Cases, and places on days, by the infections expected of them, as `SPREADERS`.

    Superspreading: more likely than not more infections than the threshold. Of a place and day all infections count
    between people who shared it; where a pair shared several, each gets an equal part.
    """
    threshold = threshold_of(pathogen)
    by_case = _by_infector(belief, threshold)
    by_place = _by_place(belief, threshold)
    return (
        pl.concat([by_case, by_place], how="diagonal")
        .with_columns(threshold=pl.lit(threshold), superspreading=pl.col("probability") > 0.5)
        .sort("expected", "kind", "case_id", "place", "day", descending=[True, False, False, False, False])
        .select(pl.col(name).cast(kind) for name, kind in SPREADERS.items())
    )


def _by_infector(belief: Belief, threshold: int) -> pl.DataFrame:
    p, infector = belief.posterior.direct, belief.candidates.infector
    counted = np.flatnonzero(p >= _LEAST)
    order = counted[np.argsort(infector[counted], kind="stable")]
    who, sizes = np.unique(infector[order], return_counts=True)
    figures = _summary(sizes, p[order], threshold)
    kept = figures[:, 0] >= _LEAST_LISTED
    return _figures(figures[kept]).with_columns(kind=pl.lit("case"), case_id=belief.ids.gather(who[kept]))


def _by_place(belief: Belief, threshold: int) -> pl.DataFrame:
    p = pl.DataFrame(
        {"case": belief.candidates.case, "infector": belief.candidates.infector, "p": belief.posterior.direct},
        schema={"case": pl.Int64, "infector": pl.Int64, "p": pl.Float64},
    )
    rows = (
        belief.evidence.pairs.shared.filter(pl.col("level") > NEAR)
        .join(p, on=["case", "infector"])
        .with_columns(p=pl.col("p") / pl.len().over("case", "infector"))
        .group_by("place", "day", "case")
        .agg(pl.col("kind").first(), pl.col("p").sum().clip(0, 1))
        .filter(pl.col("p") >= _LEAST)
        .sort("place", "day", "case")
    )
    groups = rows.group_by("place", "day", maintain_order=True).agg(pl.len(), pl.col("kind").first())
    figures = _summary(groups["len"].to_numpy(), rows["p"].to_numpy(), threshold)
    kept = pl.Series(figures[:, 0] >= _LEAST_LISTED, dtype=pl.Boolean)
    listed = groups.filter(kept)
    return _figures(figures[kept.to_numpy()]).with_columns(
        kind=pl.lit("place"), place=listed["place"], day=listed["day"], place_kind=listed["kind"]
    )


def _figures(figures: Floats) -> pl.DataFrame:
    return pl.DataFrame(figures, schema=["expected", "lower", "upper", "probability"], orient="row")


def _summary(sizes: Ints, p: Floats, threshold: int) -> Floats:
    start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return poisson_binomial.summary(start, np.ascontiguousarray(p, dtype=np.float64), _LOW, _HIGH, threshold)
