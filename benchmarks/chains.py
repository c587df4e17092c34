"""Who infected whom in Korea 2020: top-1, top-3 and calibration on provinces left out, and the time it takes.

    python benchmarks/chains.py [--picture docs/validation/pictures/chains-calibration.svg]

Each fold of provinces in turn: weights are learned from the others only, the declared infectors of the fold are hidden,
and the closed form is asked for all cases of the country. Then the same with declared infectors as they stand, and the
time for Korea and for 10,000 cases drawn from it.
"""

import argparse
import time
from pathlib import Path

import altair as alt
import numpy as np
import polars as pl
from link_weights import KOREA, Floats, folds, korea
from numpy.typing import NDArray

from douse.library import Links, load
from douse.tracing.infectors.belief import Belief
from douse.tracing.infectors.dates import dates_of, days_on_record
from douse.tracing.infectors.evidence import Pairs, leaks_of, pairs_of, weigh
from douse.tracing.infectors.facts import Facts, facts_of
from douse.tracing.infectors.learn import choices_of, columns_of, fit, learned_weights
from douse.tracing.infectors.make import posterior
from douse.tracing.infectors.signs import PAIRS

EDGES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)
LINKS = load(Links, "generic")
SLIP = LINKS.wrong_dates.value


def judged(belief: Belief, case: NDArray[np.int64], infector: NDArray[np.int64]) -> pl.DataFrame:
    """Every candidate of some cases: fold case, probability, whether it is the declared one, its rank."""
    rows = pl.DataFrame(
        {
            "case": belief.candidates.case,
            "infector": belief.candidates.infector,
            "probability": belief.posterior.direct,
            "no_case": (belief.posterior.unknown + belief.posterior.imported)[belief.candidates.case],
        }
    )
    true = pl.DataFrame({"case": case, "true": infector})
    return rows.join(true, on="case").with_columns(
        is_true=pl.col("infector") == pl.col("true"),
        rank=pl.col("probability").rank("average", descending=True).over("case"),
    )


def without(pairs: Pairs, hidden: NDArray[np.bool_]) -> Pairs:
    """Without the declared infectors of some cases."""
    kept = pairs.declared.filter(~pl.Series(hidden[pairs.declared["case"].to_numpy()], dtype=pl.Boolean))
    return Pairs(pairs.shared, pairs.contacts, pairs.household, pairs.daytime_place, kept)


def said(name: str, rows: pl.DataFrame, of: int) -> None:
    """One line of figures; declared infectors that are no candidates count as missed."""
    true = rows.filter("is_true")
    first, third = true.filter(pl.col("rank") < 1.5).height / of, true.filter(pl.col("rank") < 3.5).height / of
    none = rows.unique("case")["no_case"].mean()
    print(f"  {name:22} n {of:4}  top-1 {first:.3f}  top-3 {third:.3f}  believed in no case {none:.2f}")


def calibration(rows: pl.DataFrame) -> pl.DataFrame:
    """Among candidates given a probability, the share that is declared, with its 95% interval (Wilson)."""
    binned = rows.with_columns(bin=pl.Series(np.searchsorted(EDGES, rows["probability"].to_numpy(), side="right")))
    table = binned.group_by("bin").agg(n=pl.len(), given=pl.col("probability").mean(), true=pl.col("is_true").mean())
    z = 1.96
    n, p = pl.col("n"), pl.col("true")
    middle, half = (
        (p + z**2 / (2 * n)) / (1 + z**2 / n),
        z * (p * (1 - p) / n + (z / (2 * n)) ** 2).sqrt() / (1 + z**2 / n),
    )
    return table.with_columns(lower=middle - half, upper=middle + half).sort("bin")


def picture(table: pl.DataFrame, path: Path) -> None:
    data = table.filter(pl.col("given") >= 0.005)
    scale = alt.Scale(type="log", domain=[0.005, 1])
    base = alt.Chart(data).encode(x=alt.X("given:Q", title="probability given", scale=scale))
    line = alt.Chart(pl.DataFrame({"given": [0.005, 1.0], "true": [0.005, 1.0]})).mark_line(
        strokeDash=[4, 4], color="#888"
    )
    whiskers = base.mark_rule().encode(
        y=alt.Y("lower:Q", scale=scale, title="share that is the declared infector"), y2="upper:Q"
    )
    points = base.mark_circle(size=60).encode(y=alt.Y("true:Q", scale=scale), size=alt.value(60))
    chart = line.encode(x=alt.X("given:Q", scale=scale), y=alt.Y("true:Q", scale=scale)) + whiskers + points
    chart.properties(width=360, height=360, title="Korea 2020, provinces left out").save(path)


def cross_validated(facts: Facts, pairs: Pairs, pathogen) -> pl.DataFrame:
    dates = dates_of(days_on_record(facts.cases), facts.traced, pathogen, leaks_of(LINKS))
    choices = choices_of(facts, dates, pairs, SLIP)
    province = facts.cases["zone"].str.split("/").list.first().to_numpy().astype(str)
    nothing: Floats = np.zeros(columns_of().shape)
    parts = []
    for name, left_out in folds(province[choices.case]).items():
        weights = fit(choices.only(~left_out), nothing, LINKS.learn_pull.value)
        hidden = np.isin(province, np.unique(province[choices.case[left_out]]))
        belief = posterior(weigh(facts, dates, without(pairs, hidden), weights, SLIP), LINKS)
        case = choices.case[left_out]
        parts.append(judged(belief, case, choices.infector[choices.true[left_out]]))
        said(name, parts[-1], len(case))
    return pl.concat(parts)


def timed(facts: Facts, pairs: Pairs, pathogen, name: str, *, learn: bool) -> Belief:
    dates = dates_of(days_on_record(facts.cases), facts.traced, pathogen, leaks_of(LINKS))
    weights = learned_weights(facts, dates, pairs, LINKS)
    posterior(weigh(facts, dates, pairs, weights, SLIP), LINKS)  # compiled
    began, used = time.perf_counter(), time.process_time()
    dates = dates_of(days_on_record(facts.cases), facts.traced, pathogen, leaks_of(LINKS))
    if learn:
        learned_weights(facts, dates, pairs, LINKS)
    belief = posterior(weigh(facts, dates, pairs, weights, SLIP), LINKS)
    print(f"  {name:22} {time.perf_counter() - began:5.1f} s, CPU {time.process_time() - used:5.1f} s")
    return belief


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--picture", type=Path)
    options = parser.parse_args()
    if not KOREA.is_dir():
        raise SystemExit("skipped: ../shared/data/korea-2020 is absent")
    scene = korea()
    facts = facts_of(scene.known, scene.situation.cases, scene.zones)
    pairs = pairs_of(scene.known, facts)
    print("provinces left out, declared infectors hidden")
    rows = cross_validated(facts, pairs, scene.pathogen)
    said("all", rows, rows["case"].n_unique())
    table = calibration(rows)
    with pl.Config(tbl_rows=20, float_precision=4):
        print(table)
    if options.picture:
        picture(table, options.picture)
    print("declared infectors as they stand")
    belief = timed(facts, pairs, scene.pathogen, "Korea, all cases", learn=True)
    declared = pairs.declared.unique("case")
    said("all", judged(belief, declared["case"].to_numpy(), declared["infector"].to_numpy()), declared.height)
    many = scene.situation.cases.sample(10_000, with_replacement=True, seed=1)
    many = many.with_columns(
        case_id=pl.format("m{}", pl.int_range(pl.len())), person=pl.format("m{}", pl.int_range(pl.len()))
    )
    drawn = facts_of(scene.known, many, scene.zones)
    none = Pairs(pairs.shared.clear(), pairs.contacts.clear(), *[pl.DataFrame(schema=PAIRS)] * 3)
    timed(drawn, none, scene.pathogen, "10,000 cases", learn=False)


if __name__ == "__main__":
    main()
