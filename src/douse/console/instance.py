"""An instance: the folder (and database) in which one department keeps its ledger, its vault and its users."""

import secrets
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from douse.errors import UsageError
from douse.ledgers import Place
from douse.records.ledger import Ledger, Live
from douse.records.ledger.keys import secret
from douse.records.vault import Vault, open_vault

DEFAULT_FOLDER = Path("douse-data")
_SECRET_KEY_BYTES = 48
_CONNECTIONS = 20  # to PostgreSQL, for users and sessions; ledger and vault have fifteen each at most


@dataclass
class Stores:
    """The open ledger, what follows it, and the vault."""

    ledger: Ledger
    live: Live
    vault: Vault


@dataclass
class Instance:
    """Where everything of one department lies.

    Parameters
    ----------
    folder : Path
        Holds ``console.sqlite``, ``ledger.sqlite``, ``vault.sqlite``, ``bulk/`` and ``keys/``.
    database : str, optional
        A PostgreSQL URL that holds the three databases instead, as schemas; keys and bulk stay in the folder.
    demo : bool
        Invented people only: roles are picked by a click, and nothing is kept.
    https : bool
        Whether people reach the console by https (through a proxy): cookies are then sent by https only.
    hosts : tuple of str
        Names that the console answers to, besides those of this machine.
    publisher : str
        Name of the department that publishes bulletins and answers to claims; empty: as in the last bulletin.
    """

    folder: Path = DEFAULT_FOLDER
    database: str | None = None
    demo: bool = False
    https: bool = False
    hosts: tuple[str, ...] = ()
    publisher: str = ""
    _stores: Stores | None = field(default=None, repr=False)

    @property
    def place(self) -> Place:
        """Where ledger, vault, keys and bulk tables lie."""
        return Place(self.folder, self.database)

    @property
    def keys(self) -> Path:
        """Folder of key files; nobody but the owner may look into it."""
        return self.place.keys

    @property
    def django_database(self) -> dict[str, Any]:
        """Django's setting of the database of users, sessions and assignments."""
        if self.database is None:
            return {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(self.folder / "console.sqlite"),
                "CONN_MAX_AGE": None,  # each thread keeps its own: the last one that closes makes SQLite tidy up
                "OPTIONS": {
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
                    "transaction_mode": "IMMEDIATE",
                    "timeout": 20,
                },
            }
        parts = _postgres(self.database)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": parts.port or "",
            # Shared by the server's many threads: PostgreSQL as it is installed lets in no more than a hundred.
            "OPTIONS": {"options": "-c search_path=console", "pool": {"min_size": 1, "max_size": _CONNECTIONS}},
        }

    @cached_property
    def secret_key(self) -> str:
        """Key that signs sessions and forms: made at the first start, kept in the folder."""
        self.make_folders()
        return secret(self.keys, "console.key", secrets.token_urlsafe(_SECRET_KEY_BYTES).encode()).decode().strip()

    def make_folders(self) -> None:
        """Make the folders that are missing, closed to others where they hold secrets."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.keys.mkdir(exist_ok=True, mode=0o700)
        self.place.bulk.mkdir(exist_ok=True)

    @property
    def stores(self) -> Stores:
        """The open stores; they are opened (and made, where they are missing) when first asked for."""
        if self._stores is None:
            self._stores = self._open()
        return self._stores

    def use(self, stores: Stores | None) -> None:
        """Take other stores; None: open those of the folder when next asked for."""
        self._stores = stores

    def _open(self) -> Stores:
        self.make_folders()
        ledger = self.place.open(make=True)
        return Stores(ledger, Live(ledger), open_vault(self.place.ledger, self.keys))


_current: list[Instance] = []


def set_current(instance: Instance) -> None:
    """Say which instance this process serves."""
    _current[:] = [instance]


def current() -> Instance:
    """The instance that this process serves."""
    return _current[0]


def _postgres(url: str) -> Any:
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise UsageError(
            "The address of the database is not understood.",
            allowed="postgresql://USER:PASSWORD@HOST:PORT/NAME",
            next_step="Leave --database out to keep everything in files of the folder.",
        )
    return parts
