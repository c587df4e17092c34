"""Command line of the verb `drill`."""

import argparse
from typing import TYPE_CHECKING

from douse import arguments
from douse.arguments import Bar, Show

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]


def add(verbs: "Verbs", show: Show, bar: Bar) -> None:
    """Add the verb; `show` prints, `bar` tells of stages."""
    drill = verbs.add_parser(
        "drill", help="play a policy day by day against hidden outbreaks in a made city, and others beside it"
    )
    drill.add_argument("city", type=arguments.folder, help="folder of a made city, of `douse city new`")
    drill.add_argument("--days", type=arguments.count, default=60, help="days after the first case (default: 60)")
    drill.add_argument("--seed", type=arguments.count, default=1, help="another seed, other outbreaks (default: 1)")
    drill.add_argument(
        "--policy", type=arguments.names, help="one or more, with commas: none, trace-only, citywide, rules, douse"
    )
    drill.add_argument("--against", help="policy to compare with on the same outbreaks (default: trace-only)")
    drill.add_argument("--drills", type=arguments.count, default=10, help="outbreaks to play (default: 10)")
    drill.add_argument("--pathogen", default="sars-cov-2-wild", help="name in the library, or a .toml file")
    drill.add_argument("--protocol", help="name in the library, or a .toml file (default: the pathogen's own, if any)")
    drill.add_argument("--costs", default="generic", help="name in the library, or a .toml file")
    drill.add_argument("--immune", type=arguments.share, help="share of people immune before (default: the library's)")
    drill.add_argument(
        "--arrivals",
        type=arguments.number,
        default=0.0,
        help="infected people who arrive unnoticed a week (default: 0)",
    )
    drill.add_argument("--executor", help="who plays: processes, or dask://HOST:PORT (default: this process)")
    drill.add_argument("--out", type=arguments.folder, help="write drill.html, drill.json and the tables behind them")
    drill.add_argument("--lang", choices=("en", "zh"), default="en", help="language")
    drill.add_argument("--quiet", action="store_true", help="no progress bar")
    drill.set_defaults(call=lambda options: _drill(options, show, bar))


def _drill(options: argparse.Namespace, show: Show, bar: Bar) -> int:
    from douse import drilling
    from douse.outputs import drill_listing
    from douse.outputs.words import Words
    from douse.simulation.executors import opened

    with bar(quiet=options.quiet, stages=2) as advance, opened(options.executor) as executor:
        played = drilling.drill(
            options.city, policies=options.policy or (drilling.DEFAULT_POLICY,),
            against=options.against or drilling.DEFAULT_AGAINST, drills=options.drills, days=options.days,
            seed=options.seed, pathogen=options.pathogen, protocol=options.protocol, costs=options.costs,
            immune=options.immune, arrivals_a_week=options.arrivals, executor=executor, progress=advance,
        )  # fmt: skip
    words = Words(options.lang)
    show(drill_listing.table(played.results, played.setting, words))
    if options.out is not None:
        show(str(drill_listing.write(options.out, played.results, played.against, played.setting, words)))
    return 0
