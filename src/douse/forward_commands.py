"""Command line of the verbs that look forward: city, simulate, warm."""

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from douse import arguments
from douse.arguments import Bar, Show

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

_DAY = date(2026, 4, 1)  # of a city that nobody gave a day


def add(verbs: "Verbs", show: Show, bar: Bar) -> None:
    """Add the verbs; `show` prints, `bar` tells of stages."""
    _add_city(verbs, show, bar)
    _add_simulate(verbs, show, bar)
    _add_warm(verbs, show)


def _add_city(verbs: "Verbs", show: Show, bar: Bar) -> None:
    city = verbs.add_parser("city", help="make a city of invented people: `new`, or `from` the totals of real zones")
    ways = city.add_subparsers(dest="way", required=True, metavar="new|from")
    new = ways.add_parser("new", help="a city whose zones are invented too")
    new.add_argument("--people", type=arguments.count, required=True, help="residents, for example 1000000")
    told = ways.add_parser("from", help="a city that has the totals of its zones")
    told.add_argument("zones", type=Path, help="table of zones: population, ages, households, jobs (docs/city.md)")
    told.add_argument("--commuting", type=Path, help="table of journeys to work: from_zone, to_zone, people")
    for way in (new, told):
        way.add_argument("--out", type=arguments.folder, required=True, help="folder for the records and the city")
        way.add_argument("--as-of", type=arguments.day, default=_DAY, help=f"last day of the visits (default: {_DAY})")
        way.add_argument(
            "--visits", type=arguments.count, help="days of visits (default: 14; none above 200,000 people)"
        )
        way.add_argument("--seed", type=arguments.count, default=1, help="another seed, another city (default: 1)")
        way.add_argument("--lang", choices=("en", "zh"), default="en", help="language")
        way.add_argument("--quiet", action="store_true", help="no progress bar")
    new.set_defaults(call=lambda options: _city(options, show, bar))
    told.set_defaults(call=lambda options: _city(options, show, bar))


def _add_simulate(verbs: "Verbs", show: Show, bar: Bar) -> None:
    simulate = verbs.add_parser(
        "simulate", help="the days ahead, person by person: cases, beds, tests, when it is over, with ranges"
    )
    arguments.takes_data(simulate)
    arguments.takes_knowledge(simulate)
    simulate.add_argument("--days", type=arguments.count, default=28, help="days ahead (default: 28)")
    simulate.add_argument("--runs", type=arguments.count, default=200, help="runs of the city (default: 200)")
    simulate.add_argument(
        "--measures", type=Path, help="measures to come: a table of measures, or a plan's measures.csv"
    )
    simulate.add_argument(
        "--by-rule", action="store_true", help="levels come and go by the protocol's rules (default: those on record)"
    )
    simulate.add_argument("--seed", type=arguments.count, default=1, help="another seed, other luck (default: 1)")
    simulate.add_argument(
        "--executor", help="who runs: processes, or dask://HOST:PORT (default: threads of this process)"
    )
    simulate.add_argument("--out", type=arguments.folder, help="write forecast.html and the tables behind it")
    simulate.add_argument("--quiet", action="store_true", help="no progress bar")
    simulate.set_defaults(call=lambda options: _simulate(options, show, bar))


def _simulate(options: argparse.Namespace, show: Show, bar: Bar) -> int:
    from douse import forward
    from douse.outputs import forecast_listing, watch_listing
    from douse.simulation.executors import opened

    with bar(quiet=options.quiet, stages=3) as advance, opened(options.executor) as executor:
        ahead = forward.simulate_ahead(
            arguments.question(options), days=options.days, runs=options.runs, measures=options.measures,
            by_rule=options.by_rule, seed=options.seed, executor=executor, progress=advance,
        )  # fmt: skip
    words = watch_listing.words_of(ahead.zones, ahead.knowledge.protocol, options.lang)
    show(forecast_listing.table(ahead.found, words))
    if options.out is not None:
        pathogen, protocol = ahead.knowledge.pathogen, ahead.knowledge.protocol
        page = forecast_listing.write(options.out, ahead.found, ahead.zones, pathogen, protocol, ahead.example, words)
        show(str(page))
    return 0


def _add_warm(verbs: "Verbs", show: Show) -> None:
    warm = verbs.add_parser("warm", help="compile what simulations run on, so that the first one starts at once")
    warm.add_argument("--lang", choices=("en", "zh"), default="en", help="language")
    warm.set_defaults(call=lambda options: _warm(options, show))


def _city(options: argparse.Namespace, show: Show, bar: Bar) -> int:
    from douse import forward
    from douse.outputs.city_listing import city_table
    from douse.outputs.words import Words

    asked = {"as_of": options.as_of, "visit_days": options.visits, "seed": options.seed}
    with bar(quiet=options.quiet, stages=3) as advance:
        if options.way == "new":
            made = forward.new_city(options.people, options.out, progress=advance, **asked)
        else:
            made = forward.city_from(options.zones, options.out, commuting=options.commuting, progress=advance, **asked)
    show(city_table(made.city, made.margins, made.seconds, made.folder, Words(options.lang)))
    return 0


def _warm(options: argparse.Namespace, show: Show) -> int:
    from douse import forward
    from douse.outputs.words import Words

    words = Words(options.lang)
    show(words.say("Compiling takes half a minute, once."))
    show(words.say("Ready: it took {seconds} seconds.", seconds=words.number(forward.warm(), 1)))
    return 0
