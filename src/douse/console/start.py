"""From an instance to a running server: databases made ready, the first link, waitress."""

from collections.abc import Callable
from contextlib import closing, suppress

import psycopg
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from waitress import create_server

from douse.console.bodies import Channel
from douse.console.instance import Instance
from douse.console.published_files import PublishedFiles
from douse.console.settings import LARGEST_UPLOAD, configure
from douse.errors import DouseError

PUBLIC = "public"  # below the instance's folder: what is published
# Many more than there are cores: whoever sends a form waits for the next batch, and does nothing meanwhile.
_THREADS = 96
_CONNECTIONS = 1000  # that are open at once: one that only waits takes no thread
_LARGEST_BODY = LARGEST_UPLOAD + (1 << 20)  # bytes: the files, and the form around them


def prepare(instance: Instance) -> None:
    """Make this process serve an instance: folders, databases, tables of users; the ledger is read once."""
    _ = instance.django_database  # an address that is not understood is told before anything is made
    instance.make_folders()
    if instance.database is not None:
        with closing(psycopg.connect(instance.database, autocommit=True)) as connection:
            connection.execute("CREATE SCHEMA IF NOT EXISTS console")
    configure(instance)
    call_command("migrate", verbosity=0)
    instance.stores.live.follow()


def first_link() -> str | None:
    """Where nobody is a user yet: the path of a link by which the first administrator sets a password."""
    from douse.console import users  # noqa: PLC0415  (models are there once Django is configured)
    from douse.console.models import User  # noqa: PLC0415
    from douse.console.policy import EVERYWHERE  # noqa: PLC0415
    from douse.console.signin.links import make_link  # noqa: PLC0415

    only = list(User.objects.all()[:2])
    if not only:
        administrator = users.add("console", users.ADMINISTRATOR)
        users.give("console", administrator, users.ADMINISTRATOR, EVERYWHERE)
        return make_link(administrator, "console")
    # The server was stopped before the first link was used: it prints a new one.
    waiting = len(only) == 1 and not only[0].has_usable_password() and only[0].last_login is None
    return make_link(only[0], "console") if waiting and only[0].name == users.ADMINISTRATOR else None


def serve(instance: Instance, host: str, port: int, proxy: str | None, ready: Callable[[str], None]) -> None:
    """Answer until the process is told to stop.

    Parameters
    ----------
    proxy : str, optional
        Address of the proxy that people come through; what it says of them is believed.
    ready : callable
        Told the address once the server listens.
    """
    trusted = (
        {"trusted_proxy": proxy, "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"}} if proxy else {}
    )
    files = PublishedFiles(get_wsgi_application(), instance.folder / PUBLIC, https=instance.https)
    server = create_server(
        files, host=host, port=port, threads=_THREADS, connection_limit=_CONNECTIONS,
        asyncore_use_poll=True, ident=None, clear_untrusted_proxy_headers=True,
        max_request_body_size=_LARGEST_BODY, url_scheme="http", **trusted,
    )  # fmt: skip
    server.channel_class = Channel
    _prime()
    shown = f"[{host}]" if ":" in host else host
    ready(f"{'https' if instance.https else 'http'}://{shown}:{server.effective_port}")
    try:
        server.run()
    finally:
        server.close()


def _prime() -> None:
    """Begin today's page of the whole area, and the plan that was there before a restart, while nobody waits."""
    from douse.console import clock  # noqa: PLC0415  (models are there once Django is configured)
    from douse.console.permissions import Actor, Grant  # noqa: PLC0415
    from douse.console.plan.made import ask_again  # noqa: PLC0415
    from douse.console.policy import EVERYWHERE  # noqa: PLC0415
    from douse.console.reading import follow  # noqa: PLC0415
    from douse.console.today.views import prime  # noqa: PLC0415

    today = clock.now().date()
    prime(Actor("console", (Grant("epidemiologist", EVERYWHERE),), verified=True), follow(), today)
    with suppress(DouseError):  # whoever opens the page is told
        ask_again(today)
