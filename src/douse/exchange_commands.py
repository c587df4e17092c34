"""Command line of exchange: out of records into the forms of others, and back."""

import argparse
import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from douse import arguments
from douse.arguments import Show
from douse.errors import UsageError
from douse.ledger_commands import AUTHOR, FOLDER, place, takes_place

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

FORMS = ("fhir", "dhis2", "sormas", "godata", "csv", "geojson", "hxl", "frictionless", "ihr")
_OFFSET = re.compile(r"(?P<sign>[+-])(?P<hours>\d{1,2})(?::(?P<minutes>[0-5]\d))?")
_FURTHEST = timedelta(hours=14)
# Options that only some forms have a use for: given with another they are refused, not passed over.
_ONLY_FOR = {
    "time_zone": ("fhir",), "ids": ("dhis2",), "protocol": ("hxl", "ihr"), "pathogen": ("hxl", "ihr"),
    "zone": ("ihr",), "event": ("ihr",), "assessment": ("ihr",),
    "exact": ("fhir", "dhis2", "godata", "csv", "geojson", "frictionless"),
}  # fmt: skip


def add(verbs: "Verbs", show: Show) -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "exchange", help="records in the forms of other systems: FHIR, DHIS2, SORMAS, Go.Data, IHR, ..."
    )
    what = parser.add_subparsers(dest="what", required=True)
    _add_export(what, show)
    _add_import(what, show)
    _add_pathogen(what, show)


def time_zone(text: str) -> tzinfo:
    """A time zone: a name such as Asia/Shanghai, or an offset such as +08:00, as FHIR knows them (up to 14 hours)."""
    offset = _OFFSET.fullmatch(text)
    if offset:
        ahead = timedelta(hours=int(offset["hours"]), minutes=int(offset["minutes"] or 0))
        if ahead <= _FURTHEST:
            return timezone(-ahead if offset["sign"] == "-" else ahead)
    try:
        return ZoneInfo(text)
    except (ValueError, OSError, LookupError):
        raise argparse.ArgumentTypeError("this takes a time zone: Asia/Shanghai, or an offset such as +08:00") from None


def _export(options: argparse.Namespace, show: Show) -> int:
    from douse import exchange
    from douse.outputs import exchange_listing
    from douse.outputs.exchange.ihr import Happened
    from douse.outputs.words import Words

    _check_options(options)
    event = Happened(options.zone, options.event or "", options.assessment)
    sending = exchange.Sending(
        options.format, options.time_zone or UTC, as_of=options.as_of, exact=options.exact, ids=options.ids,
        mapping=options.map, protocol=options.protocol, pathogen=options.pathogen,
        event=event, language=options.lang,
    )  # fmt: skip
    sent = exchange.send(options.data, options.out, sending)
    show(exchange_listing.sent(sent.paths, sent.rows, sent.left, Words(options.lang)))
    return 0


def _check_options(options: argparse.Namespace) -> None:
    for name, forms in _ONLY_FOR.items():
        if getattr(options, name) and options.format not in forms:
            raise UsageError(
                f"--{name.replace('_', '-')} says nothing for the form {options.format}.",
                allowed=f"with --format {' or '.join(forms)}", next_step="Leave it out.",
            )  # fmt: skip
    if options.assessment and (options.zone or options.event):
        raise UsageError(
            "An assessment says its zone and its event itself.", next_step="Leave out --zone and --event, or it."
        )


def _import(options: argparse.Namespace, show: Show) -> int:
    from douse import exchange
    from douse.outputs import exchange_listing, ledger_listing, listing
    from douse.outputs.words import Words

    if not options.ledger and (options.folder != FOLDER or options.database):
        raise UsageError("--folder and --database say where a ledger is.", next_step="Add --ledger, or leave them out.")
    checked = exchange.receive(options.files, mapping=options.map, ids=options.ids, zone=options.time_zone)
    if options.out is not None:
        exchange.keep(checked, options.out)
    show(listing.findings_table(checked.findings, options.out))
    if options.ledger:
        show(ledger_listing.taken(exchange.take(place(options), checked, author=AUTHOR, at=datetime.now())))
    else:
        rows = {name: frame.height for name, frame in checked.records.frames.items() if frame.height}
        show(exchange_listing.received(rows, Words(options.lang)))
    return 0 if checked.all_passed else 1


def _pathogen(options: argparse.Namespace, show: Show) -> int:
    from douse import exchange
    from douse.outputs import exchange_listing
    from douse.outputs.words import Words

    weighed = exchange.make_pathogen(options.file, options.disease, options.extends, options.out)
    show(exchange_listing.weighed(weighed, options.out, Words(options.lang)))
    return 0


def _add_export(verbs: "Verbs", show: Show) -> None:
    parser = verbs.add_parser("export", help="write records in the form of another system")
    arguments.takes_data(parser)
    parser.add_argument("--format", choices=FORMS, required=True, help="form")
    parser.add_argument("--out", type=arguments.folder, required=True, help="new folder for the files and left-out.csv")
    parser.add_argument("--as-of", type=arguments.day, help="only what was known at the end of this day")
    parser.add_argument(
        "--exact", action="store_true", help="also points of residence, addresses and free notes, for who may have them"
    )
    parser.add_argument("--time-zone", type=time_zone, help="of the local times, for FHIR (default: +00:00)")
    parser.add_argument("--ids", type=Path, help="TOML file: what things are called in that DHIS2")
    parser.add_argument(
        "--protocol", help="hxl: the protocol whose smallest published count holds; ihr: that says what a case is"
    )
    parser.add_argument("--pathogen", help="hxl, ihr: the pathogen that is counted (default: as the cases say)")
    parser.add_argument("--zone", help="ihr: zone of the event (default: the whole area)")
    parser.add_argument("--event", help="ihr: the event, in a sentence that names nobody")
    parser.add_argument(
        "--assessment", metavar="ID", help="ihr: an assessment on the ledger; what persons answered goes"
    )
    _takes_language(parser)
    parser.set_defaults(call=lambda options: _export(options, show))


def _add_import(verbs: "Verbs", show: Show) -> None:
    parser = verbs.add_parser("import", help="bring what others sent through the door, and say what was not understood")
    parser.add_argument(
        "files", type=Path, nargs="+", metavar="FILE", help="files or folders, of any form that is known"
    )
    parser.add_argument("--map", type=Path, help="TOML file that maps foreign files, columns and codes to ours")
    parser.add_argument("--ids", type=Path, help="TOML file: what things are called in that DHIS2")
    parser.add_argument(
        "--time-zone", type=time_zone, help="of the place, where FHIR tells times in UTC (default: times as shown)"
    )
    parser.add_argument("--out", type=arguments.folder, help="new folder for the tables, findings and rows set aside")
    parser.add_argument("--ledger", action="store_true", help="append what passed to the ledger")
    takes_place(parser)
    _takes_language(parser)
    parser.set_defaults(call=lambda options: _import(options, show))


def _add_pathogen(verbs: "Verbs", show: Show) -> None:
    parser = verbs.add_parser("pathogen", help="a pathogen file from parameters in the form of epiparameterDB")
    parser.add_argument("file", type=Path, help="JSON file of parameters")
    parser.add_argument("--disease", required=True, help="disease or pathogen, as the file or the library calls it")
    parser.add_argument("--extends", required=True, help="pathogen of the library that gives all other numbers")
    parser.add_argument("--out", type=Path, required=True, help="new file, which ends in .toml")
    _takes_language(parser)
    parser.set_defaults(call=lambda options: _pathogen(options, show))


def _takes_language(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lang", choices=("en", "zh"), default="en", help="language")
