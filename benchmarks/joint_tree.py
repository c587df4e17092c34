"""Who infected whom by the joint tree: accuracy over seeds, CPU seconds and R-hat, beside outbreaker2 and o2geosocial.

The peers' figures on the same sets are stored in ../shared (outbreaker2: 10,000 iterations; three seeds), or were
measured elsewhere (o2geosocial). Run: .venv/bin/python benchmarks/joint_tree.py [seeds] [measles]
"""

import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
sys.path.insert(0, str(ROOT / "tests"))


def span(values: list[float]) -> str:
    return f"{min(values):.3f}-{max(values):.3f}"


def runs(evidence, truth, sampling, seeds: int):
    """Trees and scores of so many seeds, with CPU and wall seconds, after a run that compiles."""
    from douse.tracing.infectors.joint import joint_tree
    from tree_sets import score

    joint_tree(evidence, seed=0, sampling=sampling)
    out = []
    for seed in range(1, seeds + 1):
        cpu, wall = time.process_time(), time.perf_counter()
        tree = joint_tree(evidence, seed=seed, sampling=sampling)
        out.append((tree, score(tree, truth), time.process_time() - cpu, time.perf_counter() - wall))
    return out


def show(name: str, made) -> None:
    scores = [made_score for _, made_score, _, _ in made]
    print(
        f"{name:28} named {span([s.named for s in scores])}  called {span([s.called for s in scores])}  "
        f"true {np.mean([s.true for s in scores]):.3f}  import sensitivity {span([s.sensitivity for s in scores])}, "
        f"precision {span([s.precision for s in scores])}  R-hat <= {max(max(t.rhat.values()) for t, *_ in made):.3f}  "
        f"CPU {np.median([c for _, _, c, _ in made]):.1f} s, wall {np.median([w for *_, w in made]):.1f} s"
    )


def main() -> None:
    from douse.tracing.infectors.joint_inputs import Sampling
    from tree_sets import PEER, fake_outbreak, measles, peer

    seeds = next((int(word) for word in sys.argv[1:] if word.isdigit()), 5)
    print("named: the most probable infector is the true one; called: and the case is not called an import")
    sets, truth = fake_outbreak(SHARED)
    for kind, evidence in sets.items() if "measles" not in sys.argv else ():
        made = runs(evidence, truth, None, seeds)
        show(f"fake outbreak, {kind}", made)
        print(f"{'':28} { ({name: round(float(np.mean(draws)), 5) for name, draws in made[0][0].unknowns.items()}) }")
        if kind in PEER:
            tables, figures = zip(*(peer(SHARED, kind, seed) for seed in (1, 2, 3)), strict=True)
            apart = [abs(made[0][0].dense() - table).sum(axis=1).mean() / 2 for table in tables]
            between = [abs(tables[a] - tables[b]).sum(axis=1).mean() / 2 for a, b in ((0, 1), (0, 2), (1, 2))]
            print(
                f"{'  outbreaker2':28} named {span([f['top1_nonimport'] for f in figures])}  "
                f"true {np.mean([f['mean_post_true_nonimport'] for f in figures]):.3f}  "
                f"import sensitivity {span([f['import_sens'] for f in figures])}  "
                f"CPU {span([f['cpu_user_s'] for f in figures])} s; "
                f"from ours {span(apart)}, among its seeds {span(between)}"
            )
    for known in (True, False):
        evidence, truth = measles(SHARED, known=known)
        made = runs(evidence, truth, Sampling(generations=2), seeds)
        show(f"o2geosocial, {'known' if known else 'inferred'} imports", made)
        print(f"{'':28} { ({name: round(float(np.mean(draws)), 3) for name, draws in made[0][0].unknowns.items()}) }")
        print(f"{'  o2geosocial':28} named {'.83' if known else '.80, import sensitivity .52'}  CPU 23-29 s")


if __name__ == "__main__":
    main()
