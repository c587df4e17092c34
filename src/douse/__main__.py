"""Command line: parse, call main, turn errors into exit codes."""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from douse import (
    __version__,
    arguments,
    bulletin_commands,
    choice_commands,
    console_commands,
    drilling_commands,
    forward_commands,
    ledger_commands,
)
from douse.errors import DouseError, UsageError

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

OK, FINDINGS = 0, 1


def run() -> None:
    """Entry point of the command ``douse``."""
    sys.exit(main(sys.argv[1:]))


def main(argv: Sequence[str]) -> int:
    """Run one command; return its exit code (0 done, 1 findings, 2 usage, 3 and more: see errors.py)."""
    options = _parser().parse_args(argv)
    try:
        return int(options.call(options))
    except DouseError as error:
        Console(stderr=True, highlight=False, markup=False).print(str(error), soft_wrap=True)
        return error.exit_code


def _check(options: argparse.Namespace) -> int:
    from douse import main as verbs
    from douse.outputs import listing

    checked = verbs.check(options.data, options.map, options.out)
    _console().print(listing.findings_table(checked.findings, options.out))
    return OK if checked.all_passed else FINDINGS


def _plan(options: argparse.Namespace) -> int:
    from douse import main as verbs
    from douse.outputs import terminal

    with choice_commands.choosing(options) as how, _progress(quiet=options.quiet, stages=None) as advance:
        briefing = verbs.plan(arguments.question(options), options.out, options.lang, advance, how)
    _console().print(terminal.summary(briefing, options.lang))
    _console().print(f"{options.out / 'report.html'}", soft_wrap=True)
    return OK


def _situation(options: argparse.Namespace) -> int:
    from douse import main as verbs
    from douse.outputs import terminal

    known, knowledge = verbs.situation(arguments.question(options))
    _console().print(terminal.situation_table(known, knowledge.protocol, options.lang))
    return OK


def _watch(options: argparse.Namespace) -> int:
    from douse import main as verbs
    from douse.outputs import watch_listing

    watched, knowledge = verbs.watch(arguments.question(options), options.detectors)
    words = watch_listing.words_of(watched.zones, knowledge.protocol, options.lang)
    if options.out is not None:
        watch_listing.write(options.out, watched.signals, watched.events, words)
    _console().print(watch_listing.table(watched.situation, watched.signals, watched.events, words))
    return OK


def _worklist(options: argparse.Namespace) -> int:
    from douse import main as verbs
    from douse.outputs import watch_listing, worklist_listing

    worked, knowledge = verbs.worklist(arguments.question(options))
    words = watch_listing.words_of(worked.zones, knowledge.protocol, options.lang)
    if options.out is not None:
        worklist_listing.write(options.out, worked.work, words)
    _console().print(worklist_listing.table(worked.situation, worked.work, words))
    return OK


def _estimate(options: argparse.Namespace) -> int:
    from douse import main as verbs
    from douse.outputs import estimate_listing
    from douse.outputs.words import Words

    found, knowledge = verbs.estimates(arguments.question(options))
    if options.out is not None:
        estimate_listing.write(options.out, found)
    _console().print(estimate_listing.table(found, knowledge.pathogen, Words(options.lang)))
    return OK


def _index(options: argparse.Namespace) -> int:
    from douse import main as verbs
    from douse.outputs import listing, trace_listing
    from douse.outputs.words import Words
    from douse.records.finding import write_findings

    began = time.perf_counter()
    with _progress(quiet=options.quiet, stages=None) as advance:
        landing = verbs.index_visits(
            options.data, memory=options.memory, engine=options.engine, fresh=options.fresh,
            forget_before=options.forget_before, progress=advance,
        )  # fmt: skip
    findings = landing.checked.findings
    if options.out is not None:
        write_findings(landing.checked, options.out)
    if findings.height:
        _console().print(listing.findings_table(findings, options.out))
    _console().print(trace_listing.landed(landing, time.perf_counter() - began, Words(options.lang)))
    return OK


def _trace(options: argparse.Namespace) -> int:
    from douse import main as verbs
    from douse.outputs import trace_listing, watch_listing

    traced, knowledge = verbs.who_met_cases(
        arguments.question(options), options.cases, rings=options.rings, minutes=options.minutes, crowd=options.crowd,
        engine=options.engine, memory=options.memory,
    )  # fmt: skip
    words = watch_listing.words_of(traced.zones, knowledge.protocol, options.lang)
    if options.out is not None:
        trace_listing.write(options.out, traced.met)
    _console().print(trace_listing.table(traced.situation, traced.met, words))
    return OK


def _chains(options: argparse.Namespace) -> int:
    from douse import main as verbs
    from douse.outputs import chains_listing, watch_listing

    found, zones, knowledge = verbs.chains(
        arguments.question(options), method=options.method, fasta=options.fasta, snp=options.snp
    )
    words = watch_listing.words_of(zones, knowledge.protocol, options.lang)
    if options.out is not None:
        chains_listing.write(options.out, found)
    _console().print(chains_listing.table(found, zones, knowledge.pathogen, words))
    return OK


def _replay(options: argparse.Namespace) -> int:
    from douse import main as verbs
    from douse.outputs import replay_listing, watch_listing

    days = (options.first, options.last)
    with _progress(quiet=options.quiet, stages=(days[1] - days[0]).days + 1) as advance:
        replayed, knowledge = verbs.replay(
            arguments.question(options), days, history=options.truth, detectors=options.detectors, progress=advance
        )
    words = watch_listing.words_of(replayed.zones, knowledge.protocol, options.lang)
    if options.out is not None:
        replay_listing.write(
            options.out, signals=replayed.told, first=replayed.first, found=replayed.found, scores=replayed.scores
        )
    _console().print(replay_listing.tables(replayed.first, replayed.found, replayed.scores, words))
    return OK


def _library(options: argparse.Namespace) -> int:
    from douse.library import catalogue
    from douse.outputs import listing

    if options.what == "list" and options.name is not None:
        raise UsageError("`douse library list` takes no name.", next_step="`douse library show NAME` shows an entry.")
    if options.what == "show":
        if options.name is None:
            raise UsageError("`douse library show` needs a name.", next_step="`douse library` lists the names.")
        _console().print(listing.library_entry(catalogue.describe(options.name, options.lang)))
    else:
        _console().print(listing.library_list(catalogue.listing(options.lang)))
    return OK


def _demo(options: argparse.Namespace) -> int:
    from douse import main as verbs
    from douse.outputs import terminal

    with choice_commands.choosing(options) as how, _progress(quiet=options.quiet, stages=None) as advance:
        briefing = verbs.demo(options.out, options.people, options.seed, options.lang, advance, how)
    _console().print(terminal.summary(briefing, options.lang))
    _console().print(f"records  {options.out / 'records'}\nreport   {options.out / 'report.html'}", soft_wrap=True)
    return OK


def _dictionary(options: argparse.Namespace) -> int:
    from douse.records.dictionary import dictionary

    del options
    print(dictionary(), end="")
    return OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="douse",
        description="Finds an outbreak early and puts it out at the least cost to the people who live through it.",
    )
    parser.add_argument("--version", action="version", version=f"douse {__version__}")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    every = (
        _add_check, _add_plan, _add_situation, _add_watch, _add_estimate, _add_index, _add_trace, _add_chains,
        _add_worklist, _add_replay, _add_library, _add_demo,
    )  # fmt: skip
    for add in every:
        add(verbs)
    forward_commands.add(verbs, lambda text: _console().print(text, soft_wrap=True), _progress)
    choice_commands.add(verbs, lambda text: _console().print(text, soft_wrap=True), _progress)
    drilling_commands.add(verbs, lambda text: _console().print(text, soft_wrap=True), _progress)
    ledger_commands.add(verbs, lambda text: _console().print(text, soft_wrap=True))
    bulletin_commands.add(verbs, lambda text: _console().print(text, soft_wrap=True), _progress)
    console_commands.add(verbs, lambda text: _console().print(text, soft_wrap=True))
    verbs.add_parser("dictionary", help="the data dictionary, as Markdown").set_defaults(call=_dictionary)
    return parser


def _add_check(verbs: "Verbs") -> None:
    check = verbs.add_parser("check", help="say what is wrong with the data, row by row")
    arguments.takes_data(check)
    check.add_argument(
        "--out", type=arguments.folder, help="write findings.csv and the rows set aside into this folder"
    )
    check.set_defaults(call=_check)


def _add_plan(verbs: "Verbs") -> None:
    plan = verbs.add_parser("plan", help="today's containment plan and its report")
    arguments.takes_data(plan)
    arguments.takes_knowledge(plan)
    plan.add_argument(
        "--out", type=arguments.folder, required=True, help="folder for report.html, plan.json and the tables"
    )
    choice_commands.takes_choice(plan)
    plan.add_argument("--quiet", action="store_true", help="no progress bar")
    plan.set_defaults(call=_plan)


def _add_situation(verbs: "Verbs") -> None:
    situation = verbs.add_parser("situation", help="the key figures")
    arguments.takes_data(situation)
    arguments.takes_knowledge(situation)
    situation.set_defaults(call=_situation)


def _add_watch(verbs: "Verbs") -> None:
    watch = verbs.add_parser("watch", help="what is unusual: signals with reason, place, size and false-alarm rate")
    arguments.takes_data(watch)
    arguments.takes_knowledge(watch)
    _takes_detectors(watch)
    watch.add_argument("--out", type=arguments.folder, help="write signals.csv and events.csv into this folder")
    watch.set_defaults(call=_watch)


def _add_worklist(verbs: "Verbs") -> None:
    work = verbs.add_parser("worklist", help="whom to reach, by when, what it prevents: tasks, visits, forms")
    arguments.takes_data(work)
    arguments.takes_knowledge(work)
    work.add_argument(
        "--out", type=arguments.folder, help="write worklist.csv, by_household.csv, by_zone.csv, forms.csv, ..."
    )
    work.set_defaults(call=_worklist)


def _add_estimate(verbs: "Verbs") -> None:
    estimate = verbs.add_parser("estimate", help="how big, how fast: delays, nowcast, R, severity, forecast")
    arguments.takes_data(estimate)
    arguments.takes_knowledge(estimate)
    estimate.add_argument("--out", type=arguments.folder, help="write each estimate as a table into this folder")
    estimate.set_defaults(call=_estimate)


def _add_chains(verbs: "Verbs") -> None:
    chains = verbs.add_parser("chains", help="who infected whom, with probabilities: links, sources, what is hidden")
    arguments.takes_data(chains)
    arguments.takes_knowledge(chains)
    chains.add_argument("--links", help="what evidence weighs: name in the library, or a .toml file")
    chains.add_argument(
        "--method", choices=("closed", "joint"), help="each case by itself, or all as one tree (default: closed)"
    )
    sequences = chains.add_mutually_exclusive_group()
    sequences.add_argument("--fasta", type=Path, help="aligned sequences, named by case_id: the joint tree")
    sequences.add_argument("--snp", type=Path, help="table of genetic distances between cases: the joint tree")
    chains.add_argument("--out", type=arguments.folder, help="write links.csv, sources.csv and others into this folder")
    chains.set_defaults(call=_chains)


def _add_index(verbs: "Verbs") -> None:
    index = verbs.add_parser("index", help="sort visits for tracing, day by day: says how long it took, how big it is")
    index.add_argument("data", type=Path, help="folder of tables; visits in its folder visits/, or visits.parquet")
    _takes_engine(index, "index; duckdb, spark: a warehouse of sorted Parquet besides (default: index)")
    index.add_argument("--fresh", action="store_true", help="begin anew, instead of adding what is new")
    index.add_argument(
        "--forget-before", type=arguments.day, help="take away, for good, visits that began before this day"
    )
    index.add_argument(
        "--out", type=arguments.folder, help="write findings.csv and the rows set aside into this folder"
    )
    index.add_argument("--lang", choices=("en", "zh"), default="en", help="language")
    index.add_argument("--quiet", action="store_true", help="no progress bar")
    index.set_defaults(call=_index)


def _add_trace(verbs: "Verbs") -> None:
    trace = verbs.add_parser("trace", help="who met some cases, ring by ring, place by place, likeliest first")
    trace.add_argument("data", type=Path, help="folder of CSV or Parquet tables, or one line-list file")
    trace.add_argument("cases", nargs="*", metavar="CASE", help="case_id (default: all that may still make work)")
    trace.add_argument("--map", type=Path, help="TOML file that maps foreign files, columns and codes to ours")
    arguments.takes_knowledge(trace)
    trace.add_argument("--rings", type=int, default=2, help="1: contacts of the cases; 2: theirs too (default: 2)")
    trace.add_argument(
        "--minutes", type=arguments.minutes, help="time together that is close (default: the protocol's)"
    )
    trace.add_argument(
        "--crowd", type=arguments.count, help="visits a day above which a place is announced, not traced"
    )
    _takes_engine(trace, "who answers: index, duckdb or spark (default: index)")
    trace.add_argument(
        "--out", type=arguments.folder, help="write people.csv, exposures.csv, announce.csv and windows.csv here"
    )
    trace.set_defaults(call=_trace)


def _add_replay(verbs: "Verbs") -> None:
    replay = verbs.add_parser("replay", help="day by day, only what was known: when each detector would have fired")
    arguments.takes_data(replay)
    arguments.takes_knowledge(replay, as_of=False)
    _takes_detectors(replay)
    replay.add_argument("--from", dest="first", type=arguments.day, required=True, help="first day")
    replay.add_argument("--to", dest="last", type=arguments.day, required=True, help="last day")
    replay.add_argument("--truth", type=Path, help="table of past outbreaks: event, zone, began, ended, reacted")
    replay.add_argument(
        "--out", type=arguments.folder, help="write every signal of every day, and the scores, into this folder"
    )
    replay.add_argument("--quiet", action="store_true", help="no progress bar")
    replay.set_defaults(call=_replay)


def _add_library(verbs: "Verbs") -> None:
    library = verbs.add_parser("library", help="pathogens, protocols and costs, with sources")
    library.add_argument("what", nargs="?", choices=("list", "show"), default="list")
    library.add_argument("name", nargs="?", help="with show: the name of an entry")
    library.add_argument("--lang", choices=("en", "zh"), default="en", help="language")
    library.set_defaults(call=_library)


def _add_demo(verbs: "Verbs") -> None:
    demo = verbs.add_parser("demo", help="make a city with an outbreak, and plan for it")
    demo.add_argument("--out", type=arguments.folder, default=Path("demo"), help="folder (default: demo)")
    demo.add_argument("--people", type=int, default=200_000, help="residents (default: 200000)")
    demo.add_argument("--seed", type=int, default=1, help="another seed makes another city (default: 1)")
    choice_commands.takes_scenarios(demo)
    demo.add_argument("--lang", choices=("en", "zh"), default="en", help="language of the report")
    demo.add_argument("--quiet", action="store_true", help="no progress bar")
    demo.set_defaults(call=_demo)


def _takes_detectors(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--detectors",
        type=arguments.names,
        help="names with commas between, or all (default: those of every day and the scan)",
    )


def _takes_engine(parser: argparse.ArgumentParser, text: str) -> None:
    parser.add_argument("--engine", choices=("index", "duckdb", "spark"), default="index", help=text)
    parser.add_argument(
        "--memory",
        type=arguments.gibibytes,
        default=arguments.gibibytes("4"),
        help="GiB to stay within, besides libraries (default: 4)",
    )


def _console() -> Console:
    return Console(highlight=False, markup=False)


@contextmanager
def _progress(*, quiet: bool, stages: int | None) -> Iterator[Callable[[str], None]]:
    """A bar on the error stream that names the stage and leaves nothing behind; it pulses without a number of them."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=quiet) as bar:
        task = bar.add_task("", total=stages, completed=-1)

        def advance(stage: str) -> None:
            bar.update(task, description=stage, advance=1)

        yield advance


if __name__ == "__main__":
    run()
