"""`Vault`: pseudonym -> name, phone, address, number of an identity document."""

import json
import re
import secrets
import unicodedata
from collections.abc import Collection, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl
import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken
from rapidfuzz import fuzz, process
from sqlalchemy.engine import Engine
from sqlalchemy.schema import CreateSchema, CreateTable

from douse.errors import DataError, UsageError
from douse.records.ledger.keys import secret
from douse.records.ledger.storage import address_of, is_address

FILE = "vault.sqlite"
SCHEMA = "vault"
KEY = "vault.key"
FIELDS = ("name", "phone", "address", "identity_number")
ALIKE = 0.85  # of names, from 0 to 1
_LONGEST = 500
_AT_ONCE = 500  # pseudonyms a statement
_PSEUDONYM_BYTES = 10
_BLANKS = re.compile(r"[\W_]+")

metadata = sa.MetaData()
persons = sa.Table(
    "persons",
    metadata,
    sa.Column("pseudonym", sa.Text, primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)


class Vault:
    """Who the pseudonyms are: encrypted at rest, forgotten for good when a row goes.

    Names are compared in here; only pseudonyms and how alike they are come out.

    Parameters
    ----------
    engine : sqlalchemy.engine.Engine
        Of its database.
    key : bytes
        Of Fernet (AES-128-CBC with HMAC-SHA256).
    """

    def __init__(self, engine: Engine, key: bytes) -> None:
        self._engine, self._fernet = engine, Fernet(key)
        self._opened: dict[str, tuple[bytes, str]] = {}  # pseudonym -> hash of what is sealed, the name to compare

    @staticmethod
    def new_pseudonym() -> str:
        """A random pseudonym: nothing about the person can be told from it."""
        return "p-" + secrets.token_hex(_PSEUDONYM_BYTES)

    def put(self, pseudonym: str, fields: Mapping[str, str | None]) -> None:
        """Keep what is known of a person, in place of what was.

        Raises
        ------
        UsageError
            When a field is not one of `FIELDS`, or is too long.
        """
        wrong = sorted(set(fields) - set(FIELDS))
        if wrong or any(len(value or "") > _LONGEST for value in fields.values()):
            raise UsageError(
                f"The vault has no field {wrong[0]}." if wrong else "A field of the vault is too long.",
                allowed=f"{', '.join(FIELDS)}; {_LONGEST} characters each",
            )
        known = {name: value.strip() for name, value in fields.items() if value and value.strip()}
        sealed = self._fernet.encrypt(json.dumps(known, ensure_ascii=False).encode())
        with self._engine.begin() as connection:
            connection.execute(persons.delete().where(persons.c.pseudonym == pseudonym))
            connection.execute(persons.insert().values(pseudonym=pseudonym, sealed=sealed))

    def get(self, pseudonym: str) -> dict[str, str] | None:
        """What is known of a person; None where nothing is, or it was forgotten."""
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(persons.c.sealed).where(persons.c.pseudonym == pseudonym)).first()
        return None if row is None else self._open(row.sealed)

    def known(self, pseudonyms: Collection[str]) -> dict[str, dict[str, str]]:
        """What is known of many persons, by pseudonym; those of whom nothing is are left out."""
        found: dict[str, dict[str, str]] = {}
        wanted = list(pseudonyms)
        with self._engine.connect() as connection:
            for start in range(0, len(wanted), _AT_ONCE):
                some = persons.c.pseudonym.in_(wanted[start : start + _AT_ONCE])
                rows = connection.execute(sa.select(persons.c.pseudonym, persons.c.sealed).where(some))
                found |= {row.pseudonym: self._open(row.sealed) for row in rows}
        return found

    def forget(self, pseudonyms: Collection[str]) -> int:
        """Delete rows; how many there were."""
        with self._engine.begin() as connection:
            return connection.execute(persons.delete().where(persons.c.pseudonym.in_(list(pseudonyms)))).rowcount

    def merge(self, gone: str, kept: str) -> None:
        """Fill what is not known of one pseudonym from another; both rows stay, so that a merge can be undone."""
        other = self.get(gone)
        if other:
            self.put(kept, other | (self.get(kept) or {}))

    def alike(self, among: Collection[str] | None = None, *, at_least: float = ALIKE) -> pl.DataFrame:
        """Pairs of persons whose names are alike: columns first, second, likeness (0 to 1).

        Parameters
        ----------
        among : collection of str, optional
            Pseudonyms to look for; each is compared with everybody. None: all.
        at_least : float
            Likeness; of names without blanks, marks and case, words in any order.
        """
        everybody = self._plain_names()
        names = list(everybody.values())
        ids = list(everybody)
        wanted = [who for who in ids if among is None or who in set(among)]
        place = {who: at for at, who in enumerate(ids)}
        pairs: dict[tuple[str, str], float] = {}
        for start in range(0, len(wanted), 512):
            some = wanted[start : start + 512]
            scores = process.cdist(
                [everybody[who] for who in some], names, scorer=fuzz.token_sort_ratio, score_cutoff=100 * at_least,
                workers=1,
            )  # fmt: skip
            for row, column in zip(*scores.nonzero(), strict=True):
                if place[some[row]] != column:
                    one, other = sorted((some[row], ids[column]))
                    pairs[one, other] = float(scores[row, column]) / 100
        return pl.DataFrame(
            [(one, other, likeness) for (one, other), likeness in sorted(pairs.items())],
            schema={"first": pl.String, "second": pl.String, "likeness": pl.Float64}, orient="row",
        )  # fmt: skip

    def alike_to(self, name: str, *, at_least: float = ALIKE) -> pl.DataFrame:
        """Persons whose name is like one that is not in the vault yet: columns person_id, likeness (0 to 1)."""
        found = process.extract(
            _plain(name), self._plain_names(), scorer=fuzz.token_sort_ratio, limit=None, score_cutoff=100 * at_least
        )
        return pl.DataFrame(
            [(who, score / 100) for _, score, who in found],
            schema={"person_id": pl.String, "likeness": pl.Float64}, orient="row",
        )  # fmt: skip

    def find(self, name: str, *, most: int = 20) -> list[str]:
        """Pseudonyms of those whose name is most like one, best first."""
        everybody = self._plain_names()
        found = process.extract(_plain(name), everybody, scorer=fuzz.WRatio, limit=most, score_cutoff=60)
        return [who for _, _, who in found]

    def close(self) -> None:
        """Give up the connections."""
        self._engine.dispose()

    def _plain_names(self) -> dict[str, str]:
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(persons.c.pseudonym, persons.c.sealed)).all()
        known, opened = self._opened, dict[str, tuple[bytes, str]]()
        for row in rows:  # only what changed since the last time is opened
            sealed = bytes(row.sealed)
            digest = sha256(sealed).digest()[:16]
            before = known.get(row.pseudonym)
            kept = before is not None and before[0] == digest
            name = before[1] if before is not None and kept else _plain(self._open(sealed).get("name", ""))
            opened[row.pseudonym] = (digest, name)
        self._opened = opened
        return {who: name for who, (_, name) in opened.items() if name}

    def _open(self, sealed: bytes) -> dict[str, str]:
        try:
            fields: dict[str, str] = json.loads(self._fernet.decrypt(bytes(sealed)))
        except InvalidToken as error:
            raise DataError(
                "The vault cannot be opened with this key.", next_step=f"Restore keys/{KEY} of this instance."
            ) from error
        return fields


def open_vault(place: Path | str, keys: Path) -> Vault:
    """Open the vault of a folder or of a database; made where there is none.

    Parameters
    ----------
    place : Path or str
        Folder, or ``postgresql://…``.
    keys : Path
        Folder of keys.
    """
    if is_address(place):
        engine = sa.create_engine(
            f"postgresql+psycopg://{address_of(place)}",
            connect_args={"options": f"-csearch_path={SCHEMA}"},
            pool_pre_ping=True,
            hide_parameters=True,
        )
    else:
        engine = sa.create_engine(f"sqlite:///{Path(place) / FILE}", hide_parameters=True)

        @sa.event.listens_for(engine, "connect")
        def _wipe(connection: Any, record: Any) -> None:
            del record
            # A row that is forgotten is overwritten, not only marked as free.
            connection.execute("PRAGMA secure_delete=ON")
            connection.execute("PRAGMA busy_timeout=60000")

    with engine.begin() as connection:
        if is_address(place):
            connection.execute(CreateSchema(SCHEMA, if_not_exists=True))
        connection.execute(CreateTable(persons, if_not_exists=True))
    return Vault(engine, secret(keys, KEY, Fernet.generate_key()))


def _plain(name: str) -> str:
    """A name without blanks at its ends, marks, case and accents."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    plain = _BLANKS.sub(" ", "".join(letter for letter in apart if not unicodedata.combining(letter))).strip()
    # Between Chinese, Japanese and Korean characters a blank says nothing.
    return plain.replace(" ", "") if any(unicodedata.east_asian_width(letter) == "W" for letter in plain) else plain
