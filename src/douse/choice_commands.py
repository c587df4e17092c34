"""Command line of the choice between whole plans: its options, and `compare`."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from douse import arguments
from douse.arguments import Bar, Show

if TYPE_CHECKING:
    from douse.deciding import Choosing

    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

SCENARIOS = 200
RUNS = "runs"  # folder of finished runs within the output folder


def takes_scenarios(parser: argparse.ArgumentParser) -> None:
    """Add how many scenarios there are, and what holds of a choice where the command says no more."""
    parser.add_argument(
        "--scenarios", type=arguments.count, default=SCENARIOS,
        help=f"in how many scenarios plans are run (default: {SCENARIOS}); 0: no choice, the protocol's rules",
    )  # fmt: skip
    parser.set_defaults(floor={}, plans=(), stresses="generic", executor=None)


def takes_choice(parser: argparse.ArgumentParser) -> None:
    """Add what says how whole plans are run and chosen."""
    parser.add_argument(
        "--floor", type=arguments.conditions, default={},
        help="what must hold: extinct=0.95,beds=1.0,icu_beds=1.0,rooms=1.0,tests=1.0,tracers=1.0 (default: the "
        "protocol's chance that the outbreak ends in time; no capacity exceeded)",
    )  # fmt: skip
    takes_scenarios(parser)
    parser.add_argument(
        "--plans", nargs="+", default=(), metavar="PLAN",
        help="strategies to choose from: names in the library, or .toml files (default: all that fit the protocol)",
    )  # fmt: skip
    parser.add_argument("--stresses", default="generic", help="what may go wrong: name in the library, or a .toml file")
    parser.add_argument("--seed", type=arguments.count, default=1, help="another seed, other luck (default: 1)")
    parser.add_argument(
        "--executor", help="who runs: processes, or dask://HOST:PORT (default: threads of this process)"
    )


@contextmanager
def choosing(options: argparse.Namespace) -> "Iterator[Choosing | None]":
    """How a plan is chosen, from the options; None where nobody asks for a choice."""
    from douse.deciding import Choosing
    from douse.simulation.executors import opened

    if options.scenarios == 0:
        yield None
        return
    with opened(options.executor) as executor:
        yield Choosing(
            floor=options.floor, scenarios=options.scenarios, strategies=options.plans, stresses=options.stresses,
            seed=options.seed, keep_in=None if options.out is None else options.out / RUNS, executor=executor,
        )  # fmt: skip


def add(verbs: "Verbs", show: Show, bar: Bar) -> None:
    """Add the verb `compare`; `show` prints, `bar` tells of stages."""
    compare = verbs.add_parser("compare", help="whole plans side by side: end of the outbreak, burden, what is short")
    arguments.takes_data(compare)
    arguments.takes_knowledge(compare, costs=True)
    takes_choice(compare)
    compare.add_argument("--out", type=arguments.folder, help="write compare.html, compare.json and plans.csv")
    compare.add_argument("--quiet", action="store_true", help="no progress bar")
    compare.set_defaults(call=lambda options: _compare(options, show, bar))


def _compare(options: argparse.Namespace, show: Show, bar: Bar) -> int:
    from douse import main as verbs
    from douse.errors import UsageError
    from douse.outputs import choice_listing, watch_listing

    with choosing(options) as how, bar(quiet=options.quiet, stages=None) as advance:
        if how is None:
            raise UsageError("Plans are compared in scenarios.", allowed="--scenarios 10 and more")
        choice, zones, knowledge = verbs.compare(arguments.question(options), how, advance)
    words = watch_listing.words_of(zones, knowledge.protocol, options.lang)
    show(choice_listing.table(choice, words))
    if options.out is not None:
        show(str(choice_listing.write(options.out, choice, choice_listing.place_of(zones, words), words)))
    return 0
