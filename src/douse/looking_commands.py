"""Command line of the verbs that look at one day: situation, watch, estimate, chains, trace, worklist, replay."""

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

from douse import arguments
from douse.arguments import Bar, Show

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

OK = 0


def add(verbs: "Verbs", show: Show, bar: Bar) -> None:
    """Add the verbs; `show` prints."""
    _add_situation(verbs, show)
    _add_watch(verbs, show)
    _add_estimate(verbs, show)
    _add_index(verbs, show, bar)
    _add_trace(verbs, show)
    _add_chains(verbs, show)
    _add_worklist(verbs, show)
    _add_replay(verbs, show, bar)


def _situation(options: argparse.Namespace, show: Show) -> int:
    from douse import main as verbs
    from douse.outputs import terminal

    known, knowledge = verbs.situation(arguments.question(options))
    show(terminal.situation_table(known, knowledge.protocol, options.lang))
    return OK


def _watch(options: argparse.Namespace, show: Show) -> int:
    from douse import main as verbs
    from douse.outputs import watch_listing

    watched, knowledge = verbs.watch(arguments.question(options), options.detectors)
    words = watch_listing.words_of(watched.zones, knowledge.protocol, options.lang)
    if options.out is not None:
        watch_listing.write(options.out, watched.signals, watched.events, words)
    show(watch_listing.table(watched.situation, watched.signals, watched.events, words))
    return OK


def _worklist(options: argparse.Namespace, show: Show) -> int:
    from douse import main as verbs
    from douse.outputs import watch_listing, worklist_listing

    worked, knowledge = verbs.worklist(arguments.question(options))
    words = watch_listing.words_of(worked.zones, knowledge.protocol, options.lang)
    if options.out is not None:
        worklist_listing.write(options.out, worked.work, words)
    show(worklist_listing.table(worked.situation, worked.work, words))
    return OK


def _estimate(options: argparse.Namespace, show: Show) -> int:
    from douse import main as verbs
    from douse.outputs import estimate_listing
    from douse.outputs.words import Words

    found, knowledge = verbs.estimates(arguments.question(options))
    if options.out is not None:
        estimate_listing.write(options.out, found)
    show(estimate_listing.table(found, knowledge.pathogen, Words(options.lang)))
    return OK


def _index(options: argparse.Namespace, show: Show, bar: Bar) -> int:
    from douse import main as verbs
    from douse.outputs import listing, trace_listing
    from douse.outputs.words import Words
    from douse.records.finding import write_findings

    began = time.perf_counter()
    with bar(quiet=options.quiet, stages=None) as advance:
        landing = verbs.index_visits(
            options.data, memory=options.memory, engine=options.engine, fresh=options.fresh,
            forget_before=options.forget_before, progress=advance,
        )  # fmt: skip
    findings = landing.checked.findings
    if options.out is not None:
        write_findings(landing.checked, options.out)
    if findings.height:
        show(listing.findings_table(findings, options.out))
    show(trace_listing.landed(landing, time.perf_counter() - began, Words(options.lang)))
    return OK


def _trace(options: argparse.Namespace, show: Show) -> int:
    from douse import main as verbs
    from douse.outputs import trace_listing, watch_listing

    traced, knowledge = verbs.who_met_cases(
        arguments.question(options), options.cases, rings=options.rings, minutes=options.minutes, crowd=options.crowd,
        engine=options.engine, memory=options.memory,
    )  # fmt: skip
    words = watch_listing.words_of(traced.zones, knowledge.protocol, options.lang)
    if options.out is not None:
        trace_listing.write(options.out, traced.met)
    show(trace_listing.table(traced.situation, traced.met, words))
    return OK


def _chains(options: argparse.Namespace, show: Show) -> int:
    from douse import main as verbs
    from douse.outputs import chains_listing, watch_listing

    found, zones, knowledge = verbs.chains(
        arguments.question(options), method=options.method, fasta=options.fasta, snp=options.snp
    )
    words = watch_listing.words_of(zones, knowledge.protocol, options.lang)
    if options.out is not None:
        chains_listing.write(options.out, found)
    show(chains_listing.table(found, zones, knowledge.pathogen, words))
    return OK


def _replay(options: argparse.Namespace, show: Show, bar: Bar) -> int:
    from douse import main as verbs
    from douse.outputs import replay_listing, watch_listing

    days = (options.first, options.last)
    with bar(quiet=options.quiet, stages=(days[1] - days[0]).days + 1) as advance:
        replayed, knowledge = verbs.replay(
            arguments.question(options), days, history=options.truth, detectors=options.detectors, progress=advance
        )
    words = watch_listing.words_of(replayed.zones, knowledge.protocol, options.lang)
    if options.out is not None:
        replay_listing.write(
            options.out, signals=replayed.told, first=replayed.first, found=replayed.found, scores=replayed.scores
        )
    show(replay_listing.tables(replayed.first, replayed.found, replayed.scores, words))
    return OK


def _add_situation(verbs: "Verbs", show: Show) -> None:
    situation = verbs.add_parser("situation", help="the key figures")
    arguments.takes_data(situation)
    arguments.takes_knowledge(situation)
    situation.set_defaults(call=lambda options: _situation(options, show))


def _add_watch(verbs: "Verbs", show: Show) -> None:
    watch = verbs.add_parser("watch", help="what is unusual: signals with reason, place, size and false-alarm rate")
    arguments.takes_data(watch)
    arguments.takes_knowledge(watch)
    _takes_detectors(watch)
    watch.add_argument("--out", type=arguments.folder, help="write signals.csv and events.csv into this folder")
    watch.set_defaults(call=lambda options: _watch(options, show))


def _add_worklist(verbs: "Verbs", show: Show) -> None:
    work = verbs.add_parser("worklist", help="whom to reach, by when, what it prevents: tasks, visits, forms")
    arguments.takes_data(work)
    arguments.takes_knowledge(work)
    work.add_argument(
        "--out", type=arguments.folder, help="write worklist.csv, by_household.csv, by_zone.csv, forms.csv, ..."
    )
    work.set_defaults(call=lambda options: _worklist(options, show))


def _add_estimate(verbs: "Verbs", show: Show) -> None:
    estimate = verbs.add_parser("estimate", help="how big, how fast: delays, nowcast, R, severity, forecast")
    arguments.takes_data(estimate)
    arguments.takes_knowledge(estimate)
    estimate.add_argument("--out", type=arguments.folder, help="write each estimate as a table into this folder")
    estimate.set_defaults(call=lambda options: _estimate(options, show))


def _add_chains(verbs: "Verbs", show: Show) -> None:
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
    chains.set_defaults(call=lambda options: _chains(options, show))


def _add_index(verbs: "Verbs", show: Show, bar: Bar) -> None:
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
    index.set_defaults(call=lambda options: _index(options, show, bar))


def _add_trace(verbs: "Verbs", show: Show) -> None:
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
    trace.set_defaults(call=lambda options: _trace(options, show))


def _add_replay(verbs: "Verbs", show: Show, bar: Bar) -> None:
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
    replay.set_defaults(call=lambda options: _replay(options, show, bar))


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
