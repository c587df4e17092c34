"""Command line of the verb `bulletin`: make one with its site, or prove one."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from douse import arguments
from douse.arguments import Bar, Show
from douse.errors import UsageError

if TYPE_CHECKING:
    from douse.question import Question

    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

VERIFY = "verify"
GOOD, DIFFERS = 0, 1


def add(verbs: "Verbs", show: Show, bar: Bar) -> None:
    """Add the verb; `show` prints, `bar` tells of stages."""
    bulletin = verbs.add_parser(
        "bulletin",
        help="what is told to everybody: pages, PDF, feeds, calendar and look-up for any file server",
        usage="douse bulletin DATA --out DIR [options]   |   douse bulletin verify FILE|DIR DATA",
    )
    bulletin.add_argument(
        "what",
        nargs="+",
        metavar="DATA",
        help="folder of tables, or a ledger; or `verify`, a bulletin (or the folder of --out) and the data",
    )
    bulletin.add_argument("--map", type=Path, help="TOML file that maps foreign files, columns and codes to ours")
    bulletin.add_argument("--out", type=arguments.folder, help="folder of the site; it keeps all bulletins of the past")
    bulletin.add_argument(
        "--audience",
        choices=("public", "partners"),
        default="public",
        help="partners: nothing is hidden; never in the folder of the public (default: public)",
    )
    bulletin.add_argument("--call", dest="whom", default="", help="whom to call (default: as in the bulletin before)")
    bulletin.add_argument(
        "--publisher", default="", help="name of the department that publishes it (default: as in the bulletin before)"
    )
    bulletin.add_argument("--address", default="", help="where the site will be found, for feeds: https://…")
    bulletin.add_argument("--quiet", action="store_true", help="no progress bar")
    arguments.takes_knowledge(bulletin)
    bulletin.set_defaults(call=lambda options: _bulletin(options, show, bar))


def _bulletin(options: argparse.Namespace, show: Show, bar: Bar) -> int:
    if options.what[0] == VERIFY and len(options.what) != 1:
        return _verify(options, show, bar)
    return _publish(options, show, bar)


def _publish(options: argparse.Namespace, show: Show, bar: Bar) -> int:
    from douse import bulletins

    if len(options.what) != 1 or options.out is None:
        raise UsageError(
            "This takes the data and a folder.",
            allowed="douse bulletin DATA --out DIR, or douse bulletin verify FILE|DIR DATA",
            next_step="Name both.",
        )
    with bar(quiet=options.quiet, stages=4) as advance:
        made = bulletins.publish(
            _question(options, options.what[0]), options.out, language=options.lang, audience=options.audience,
            call=options.whom, publisher=options.publisher, address=options.address, progress=advance,
        )  # fmt: skip
    if not made.fresh:
        show(f"The bulletin of {made.bulletin.as_of} was published before and still holds.")
    show(f"bulletin {made.bulletin.id}")
    show(str(made.written[0]))
    return GOOD


def _verify(options: argparse.Namespace, show: Show, bar: Bar) -> int:
    from douse import bulletins

    if len(options.what) != 3:
        raise UsageError("This takes a bulletin and the data.", allowed="douse bulletin verify FILE|DIR DATA")
    with bar(quiet=options.quiet, stages=None) as advance:
        proofs = bulletins.verify(Path(options.what[1]), _question(options, options.what[2]), advance)
    for proof in proofs:
        told = "holds" if not proof.differences else f"differs from the records in: {', '.join(proof.differences)}"
        show(f"{proof.bulletin.as_of}  {proof.bulletin.id[:16]}  {told}")
    return DIFFERS if any(proof.differences for proof in proofs) else GOOD


def _question(options: argparse.Namespace, data: str) -> "Question":
    options.data = Path(data)
    return arguments.question(options)
