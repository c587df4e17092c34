"""Command line: parse, call main, turn errors into exit codes."""

import argparse
import sys
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
    exchange_commands,
    forward_commands,
    ledger_commands,
    levels_commands,
    looking_commands,
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
    _add_check(verbs)
    _add_plan(verbs)
    looking_commands.add(verbs, _console().print, _progress)
    _add_library(verbs)
    _add_demo(verbs)
    forward_commands.add(verbs, lambda text: _console().print(text, soft_wrap=True), _progress)
    choice_commands.add(verbs, lambda text: _console().print(text, soft_wrap=True), _progress)
    drilling_commands.add(verbs, lambda text: _console().print(text, soft_wrap=True), _progress)
    ledger_commands.add(verbs, lambda text: _console().print(text, soft_wrap=True))
    exchange_commands.add(verbs, lambda text: _console().print(text, crop=False))
    levels_commands.add(verbs, lambda text: _console().print(text, soft_wrap=True))
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
    arguments.takes_knowledge(plan, costs=True)
    plan.add_argument(
        "--out", type=arguments.folder, required=True, help="folder for report.html, plan.json and the tables"
    )
    choice_commands.takes_choice(plan)
    plan.add_argument("--quiet", action="store_true", help="no progress bar")
    plan.set_defaults(call=_plan)


def _add_library(verbs: "Verbs") -> None:
    library = verbs.add_parser("library", help="pathogens, protocols, costs, returns, advice and more, with sources")
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
