"""Command line of the verbs that serve: serve, users."""

import argparse
import signal
import sys
from contextlib import ExitStack
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from douse import arguments
from douse.arguments import Show
from douse.errors import UsageError

if TYPE_CHECKING:
    from douse.console.instance import Instance

    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

_FOLDER = Path("douse-data")


def add(verbs: "Verbs", show: Show) -> None:
    """Add the verbs; `show` prints."""
    _add_serve(verbs, show)
    _add_users(verbs, show)


def _add_serve(verbs: "Verbs", show: Show) -> None:
    serve = verbs.add_parser("serve", help="the console: records, signals, plan and tasks in a browser")
    _takes_instance(serve)
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1: this machine)")
    serve.add_argument("--port", type=arguments.count, default=8000, help="port; 0: any free one (default: 8000)")
    serve.add_argument(
        "--demo", action="store_true", help="an invented outbreak, a user for each role; nothing is kept"
    )
    serve.add_argument("--https", action="store_true", help="people come by https, through a proxy in front")
    serve.add_argument("--proxy", help="address of that proxy (default: 127.0.0.1)")
    serve.add_argument("--name", action="append", default=[], help="name that people open it by, such as douse.example")
    serve.add_argument(
        "--plain-http", action="store_true", help="other machines may come without https: in a closed network only"
    )
    serve.add_argument(
        "--publisher",
        default="",
        help="name of the department that publishes bulletins and answers (default: as in the bulletin before)",
    )
    serve.set_defaults(call=lambda options: _serve(options, show))


def _takes_instance(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folder", type=Path, default=_FOLDER, help=f"folder of the instance (default: {_FOLDER})")
    parser.add_argument("--database", help="postgresql://…: ledger, vault and users there; keys stay in the folder")


def _add_users(verbs: "Verbs", show: Show) -> None:
    users = verbs.add_parser("users", help="who may sign in, and as what: list, add, assign, lock, link")
    ways = users.add_subparsers(dest="way", required=True, metavar="list|add|assign|lock|link")
    listed = ways.add_parser("list", help="users with their roles")
    added = ways.add_parser("add", help="a new user, and a link to set the password by")
    given = ways.add_parser("assign", help="a role in a zone and all that lies within it")
    locked = ways.add_parser("lock", help="end all sessions of a user, who cannot sign in any more")
    link = ways.add_parser("link", help="a link to set a password by: works once, for two days")
    for way in (listed, added, given, locked, link):
        _takes_instance(way)
    for way in (added, given, locked, link):
        way.add_argument("name", help="name of the user")
    given.add_argument("role", help="role; docs/console.md says what each may do")
    given.add_argument("zone", help="zone_id, or '*' for the whole area")
    given.add_argument("--remove", action="store_true", help="take the role away")
    locked.add_argument("--off", action="store_true", help="let the user sign in again")
    users.set_defaults(call=lambda options: _users(options, show))


def _serve(options: argparse.Namespace, show: Show) -> int:
    from douse.console import demo, start
    from douse.console.instance import Instance

    _check_host(options)
    with ExitStack() as stack:
        folder = stack.enter_context(demo.folder()) if options.demo else options.folder
        instance = Instance(
            folder,
            None if options.demo else options.database,
            demo=options.demo,
            https=options.https,
            hosts=_hosts(options),
            publisher=options.publisher,
        )
        start.prepare(instance)
        if options.demo:
            show("Making an invented outbreak …")
            demo.fill(instance)
        link = start.first_link()
        proxy = (options.proxy or "127.0.0.1") if options.https else None

        def ready(address: str) -> None:
            show(f"The console answers at {address}/  (stop it with Ctrl+C)")
            if link is not None:
                show(f"First, set the administrator's password, once, within two days:\n{address}{link}")

        # Told to stop, the server ends as by Ctrl+C: the folder of a demonstration goes away.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        try:
            start.serve(instance, options.host, options.port, proxy, ready)
        except OSError as error:
            raise UsageError(
                f"The console cannot listen at {options.host}, port {options.port}: {error.strerror}.",
                next_step="Stop what uses the port, or choose another with --port.",
            ) from error
        except KeyboardInterrupt:
            return 0
    return 0


def _check_host(options: argparse.Namespace) -> None:
    """Refuse to send passwords over a network in the clear, unless somebody says that it is a closed one."""
    if options.proxy and not options.https:
        raise UsageError("--proxy is for --https.", next_step="Add --https, or leave --proxy out.")
    if options.demo and options.database:
        raise UsageError("A demonstration keeps nothing.", next_step="Leave --database out, or --demo.")
    if not (_is_loopback(options.host) or options.https or options.plain_http or options.demo):
        raise UsageError(
            "Other machines would send passwords and records to the console in the clear.",
            allowed="--host 127.0.0.1; or --https behind a proxy; or --plain-http in a closed network",
            next_step="docs/console.md shows how to put a proxy with a certificate in front.",
        )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _hosts(options: argparse.Namespace) -> tuple[str, ...]:
    """Names that the console answers to: those that are given, and the address that it listens on."""
    everywhere = options.host in {"0.0.0.0", "::"}  # noqa: S104  (compared, not listened on)
    if everywhere and not options.name:
        raise UsageError(
            f"With --host {options.host} the console cannot tell by which name people open it.",
            next_step="Add --name: the name or address that they type, such as --name 192.168.1.10.",
        )
    return tuple(options.name) if everywhere else (*options.name, options.host)


def _users(options: argparse.Namespace, show: Show) -> int:
    from douse.console import start

    instance = _instance(options)
    start.prepare(instance)
    from douse.console import users
    from douse.console.models import Assignment
    from douse.console.signin.links import make_link

    by = "command line"
    if options.way == "list":
        show(_listing())
        return 0
    user = users.add(by, options.name) if options.way == "add" else users.find(options.name)
    if options.way == "assign" and options.remove:
        given = Assignment.objects.filter(user=user, role=options.role, zone=options.zone).first()
        if given is None:
            raise UsageError(
                "The user does not have that role in that zone.", next_step="`douse users list` shows them."
            )
        users.take(by, given)
    elif options.way == "assign":
        users.give(by, user, options.role, options.zone)
    elif options.way == "lock":
        (users.unlock if options.off else users.lock)(by, user)
    else:
        show(f"Open this once, within two days, at the address of the console: {make_link(user, by)}")
    return 0


def _instance(options: argparse.Namespace) -> "Instance":
    from douse.console.instance import Instance

    return Instance(options.folder, options.database)


def _listing() -> Table:
    from douse.console.models import User

    table = Table("user", "state", "roles")
    for user in User.objects.prefetch_related("assignments"):
        roles = "\n".join(str(given) for given in user.assignments.all())
        table.add_row(user.name, "active" if user.is_active else "locked", roles or "none: sees nothing")
    return table
