"""Command line of the ledger: import, export, ledger."""

import argparse
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from douse import arguments
from douse.arguments import Show

if TYPE_CHECKING:
    from douse.ledgers import Place

    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

FOLDER = Path("douse-data")
AUTHOR = "command line"


def add(verbs: "Verbs", show: Show) -> None:
    """Add the verbs."""
    _add_import(verbs, show)
    _add_export(verbs, show)
    _add_ledger(verbs, show)


def takes_place(parser: argparse.ArgumentParser) -> None:
    """Add where the ledger is."""
    parser.add_argument(
        "--folder", type=arguments.folder, default=FOLDER, help=f"folder of the instance (default: {FOLDER})"
    )
    parser.add_argument("--database", help="postgresql://USER@HOST/NAME, where the ledger is not in the folder")


def place(options: argparse.Namespace) -> "Place":
    """Where the ledger is."""
    from douse.ledgers import Place

    return Place(options.folder, options.database)


def _import(options: argparse.Namespace, show: Show) -> int:
    from douse import ledgers
    from douse.outputs import ledger_listing, listing

    if options.data.suffix == ledgers.BUNDLE:
        show(ledger_listing.imported(ledgers.import_from(place(options), options.data, unsigned=options.unsigned)))
        return 0
    taken, findings = ledgers.import_tables(
        place(options), options.data, author=AUTHOR, at=_now(), mapping=options.map, out=options.out
    )
    if findings.height:
        show(listing.findings_table(findings, options.out))
    show(ledger_listing.taken(taken))
    return 0 if (findings["action"] == "note").all() else 1


def _export(options: argparse.Namespace, show: Show) -> int:
    from douse import ledgers
    from douse.outputs import ledger_listing

    if options.format == "bundle":
        count, head, key = ledgers.export_signed(
            place(options), options.out, since=options.since, signed=options.signed
        )
        show(ledger_listing.bundled(options.out, count, head, key))
        return 0
    counts = ledgers.export_tables(place(options), options.out, options.format, options.as_of)
    show(ledger_listing.exported(options.out, counts))
    return 0


def _ledger(options: argparse.Namespace, show: Show) -> int:
    from douse import ledgers
    from douse.outputs import ledger_listing

    if options.what == "verify":
        found = ledgers.verified(place(options))
        show(ledger_listing.verified(found))
        return 0 if found.good else 1
    due, erased = ledgers.forget(
        place(options), options.pathogen, options.protocol, author=AUTHOR, at=_now(), really=options.yes
    )
    show(ledger_listing.forgotten(due, erased))
    return 0


def _now() -> datetime:
    return datetime.now()


def _add_import(verbs: "Verbs", show: Show) -> None:
    parser = verbs.add_parser("import", help="bring tables, a line list or another instance's bundle into the ledger")
    parser.add_argument("data", type=Path, help="folder of tables, line list, or bundle (.zip)")
    takes_place(parser)
    parser.add_argument("--map", type=Path, help="TOML file that maps foreign files, columns and codes to ours")
    parser.add_argument("--out", type=arguments.folder, help="write findings and the rows set aside into this folder")
    parser.add_argument(
        "--unsigned", action="store_true", help="take a bundle although nobody who is trusted here signed it"
    )
    parser.set_defaults(call=lambda options: _import(options, show))


def _add_export(verbs: "Verbs", show: Show) -> None:
    parser = verbs.add_parser("export", help="write the ledger's tables, or a signed bundle for another instance")
    takes_place(parser)
    parser.add_argument(
        "--format", choices=("csv", "parquet", "ndjson", "bundle"), default="csv", help="form (default: csv)"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder of the tables; file of the bundle (.zip)")
    parser.add_argument("--as-of", type=arguments.day, help="tables as they were known at the end of this day")
    parser.add_argument(
        "--since", type=arguments.count, default=0, help="bundle: entries after this number (default: 0)"
    )
    parser.add_argument("--signed", action="store_true", help="bundle: signed with the key of this instance")
    parser.set_defaults(call=lambda options: _export(options, show))


def _add_ledger(verbs: "Verbs", show: Show) -> None:
    parser = verbs.add_parser("ledger", help="verify the chain; redact records of contact that are past their time")
    what = parser.add_subparsers(dest="what", required=True)
    verify = what.add_parser("verify", help="walk the chain, and name the first entry that does not hold")
    forget = what.add_parser(
        "forget", help="redact contacts and visits past maximum incubation and the protocol's days"
    )
    forget.add_argument("--pathogen", required=True, help="pathogen, by its name in the library")
    forget.add_argument("--protocol", default="who-generic", help="protocol (default: who-generic)")
    forget.add_argument("--yes", action="store_true", help="do it; without it, only say whose records would go")
    for each in (verify, forget):
        takes_place(each)
        each.set_defaults(call=lambda options: _ledger(options, show))
