"""What each kind of evidence weighs, learned from declared infectors in Korea 2020; cross-validated over provinces.

    python benchmarks/link_weights.py [--write]

Conditional logistic regression over all candidates of a case, ridge penalty; the penalty is chosen by the likelihood of
provinces left out. ``--write`` puts the weights into `src/douse/library/links/generic.toml`. Levels that Korea does
not show keep what the file says.
"""

import argparse
import re
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from douse.library import Links, load
from douse.main import look
from douse.question import Question, open_data
from douse.signals import Scene
from douse.tracing.infectors.dates import dates_of, days_on_record
from douse.tracing.infectors.evidence import leaks_of, pairs_of
from douse.tracing.infectors.facts import facts_of
from douse.tracing.infectors.learn import Choices, choices_of, columns_of, fit
from douse.tracing.infectors.levels import GROUPS

ROOT = Path(__file__).resolve().parents[1]
KOREA = ROOT.parent / "shared" / "data" / "korea-2020"
FILE = ROOT / "src" / "douse" / "library" / "links" / "generic.toml"
PENALTIES = (1.0, 3.0, 6.0, 10.0)
# Provinces with many declared infectors are folds of their own; the others are one together.
LARGE = 50
Floats = NDArray[np.float64]


class Score(NamedTuple):
    """Of declared links that were not learned from."""

    n: int
    top1: float
    top3: float
    log_likelihood: float  # mean


def korea() -> Scene:
    """Everything that was known of Korea on the last day."""
    question = Question(KOREA, ROOT / "examples" / "korea-2020.toml")
    opened = open_data(question)
    return look(opened, opened.day)


def korea_choices() -> tuple[Choices, NDArray[np.str_]]:
    """Declared links of Korea, and the province of each case."""
    scene = korea()
    links = load(Links, "generic")
    facts = facts_of(scene.known, scene.situation.cases, scene.zones)
    dates = dates_of(days_on_record(facts.cases), facts.traced, scene.pathogen, leaks_of(links))
    choices = choices_of(facts, dates, pairs_of(scene.known, facts), links.wrong_dates.value)
    provinces = facts.cases["zone"].str.split("/").list.first().to_numpy()[choices.case].astype(str)
    return choices, provinces


def folds(provinces: NDArray[np.str_]) -> dict[str, NDArray[np.bool_]]:
    """Which links are left out, by the name of the fold."""
    names, counts = np.unique(provinces, return_counts=True)
    large = names[counts >= LARGE]
    return {name: provinces == name for name in large} | {"others": ~np.isin(provinces, large)}


def score(choices: Choices, weights: Floats) -> Score:
    total = np.log(choices.direct)
    for group in range(len(GROUPS)):
        total += weights[group, choices.codes[:, group]]
    first, third, likelihood = 0, 0, 0.0
    for k, true in enumerate(choices.true):
        row = total[choices.start[k] : choices.start[k + 1]]
        own = total[true]
        rank = (row > own).sum() + ((row == own).sum() - 1) / 2
        first, third = first + int(rank < 0.5), third + int(rank < 3)
        likelihood += own - row.max() - np.log(np.exp(row - row.max()).sum())
    n = len(choices.true)
    return Score(n, first / n, third / n, likelihood / n)


def cross_validate(choices: Choices, parts: dict[str, NDArray[np.bool_]], penalty: float) -> Score:
    nothing = np.zeros(columns_of().shape)
    scores = []
    for name, left_out in parts.items():
        scores.append(score(choices.only(left_out), fit(choices.only(~left_out), nothing, penalty)))
        print(f"    {name:20} n {scores[-1].n:4}  top-1 {scores[-1].top1:.3f}  top-3 {scores[-1].top3:.3f}"
              f"  log likelihood {scores[-1].log_likelihood:.3f}")  # fmt: skip
    n = sum(s.n for s in scores)
    mean = [sum(s.n * s[k] for s in scores) / n for k in (1, 2, 3)]
    print(f"  penalty {penalty:4g}: top-1 {mean[0]:.3f}, top-3 {mean[1]:.3f}, log likelihood {mean[2]:.3f}")
    return Score(n, *mean)


def write(weights: Floats, choices: Choices) -> None:
    """Put the weights of all levels that the links show into the file."""
    text = FILE.read_text(encoding="utf-8")
    for group, (name, levels) in enumerate(GROUPS.items()):
        shown = np.bincount(choices.codes[:, group], minlength=len(levels)) > 0
        old = load(Links, "generic").evidence[name].weight
        values = {
            level: round(float(weights[group, at]), 2) if shown[at] else old.get(level, 0.0)
            for at, level in enumerate(levels)
            if at
        }
        line = "weight = { " + ", ".join(f"{level} = {value}" for level, value in values.items()) + " }"
        text = re.sub(rf"(\[evidence\.{name}\]\n(?:.*\n)*?)weight = .*", rf"\g<1>{line}", text, count=1)
    FILE.write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if not KOREA.is_dir():
        raise SystemExit("skipped: ../shared/data/korea-2020 is absent")
    began = time.perf_counter()
    choices, provinces = korea_choices()
    parts = folds(provinces)
    print("dates alone:", score(choices, np.zeros(columns_of().shape)))
    found = {penalty: cross_validate(choices, parts, penalty).log_likelihood for penalty in PENALTIES}
    best = max(found, key=lambda penalty: found[penalty])
    weights = fit(choices, np.zeros(columns_of().shape), best)
    print(f"chosen: {best:g}; {time.perf_counter() - began:.0f} s")
    if options.write:
        write(weights, choices)


if __name__ == "__main__":
    main()
