"""Files that were sent and wait for a person's word: kept apart, looked at by the door, taken in or dropped."""

import json
import re
import secrets
import shutil
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile

from douse.console import clock, instance
from douse.console.settings import LARGEST_UPLOAD
from douse.errors import UsageError
from douse.readers.read import read_raw
from douse.records.check import check
from douse.records.finding import Checked
from douse.records.mapping import load_mapping

FOLDER = "uploads"
LARGEST = LARGEST_UPLOAD  # bytes of all files together, unpacked
MOST_FILES = 50
KEPT_FOR = timedelta(hours=24)
_READ = (".csv", ".tsv", ".txt", ".tab", ".parquet", ".pq", ".xlsx", ".xls", ".ods", ".toml")
_ALLOWED = ", ".join((*_READ, ".zip"))
_TOKEN = re.compile(r"[0-9a-f]{32}")
_PIECE = 1 << 20
_LONGEST_NAME = 120


@dataclass(frozen=True)
class Upload:
    """Files that somebody sent.

    Attributes
    ----------
    token : str
        Name of the upload.
    author : str
        Who sent it; nobody else may look at it.
    files : tuple of str
        Names of the files.
    digest : str
        Of their content.
    """

    token: str
    author: str
    files: tuple[str, ...]
    digest: str

    @property
    def folder(self) -> Path:
        """Where the files lie."""
        return _root() / self.token / "files"


def keep(sent: "Iterable[UploadedFile[Any]]", author: str) -> Upload:
    """Keep files until a person says what is to become of them.

    Raises
    ------
    UsageError
        When there is nothing to read, or too much.
    """
    sweep()
    token = secrets.token_hex(16)
    folder = _root() / token
    (folder / "files").mkdir(parents=True, mode=0o700)
    try:
        store = _Store(folder / "files")
        for file in sent:
            store.take(file)
        store.check()
        made = Upload(token, author, tuple(store.names), store.digest.hexdigest())
        told = {"author": author, "files": made.files, "digest": made.digest, "at": clock.now().isoformat()}
        (folder / "about.json").write_text(json.dumps(told), encoding="utf-8")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return made


def find(token: str, author: str) -> Upload | None:
    """An upload of somebody; None where there is none, or it is another's."""
    about = _root() / token / "about.json"
    if not _TOKEN.fullmatch(token) or not about.is_file():
        return None
    told = json.loads(about.read_text(encoding="utf-8"))
    if told["author"] != author:
        return None
    return Upload(token, author, tuple(told["files"]), told["digest"])


def drop(upload: Upload) -> None:
    """Delete the files."""
    shutil.rmtree(_root() / upload.token, ignore_errors=True)


def sweep() -> None:
    """Delete what nobody took in within a day."""
    oldest = (clock.now() - KEPT_FOR).isoformat()
    for folder in _root().iterdir():
        about = folder / "about.json"
        if about.is_file() and json.loads(about.read_text(encoding="utf-8"))["at"] < oldest:
            shutil.rmtree(folder, ignore_errors=True)


def through_the_door(upload: Upload) -> Checked:
    """What the door says of the files; a mapping among them says what feeds what."""
    mappings = [name for name in upload.files if name.endswith(".toml")]
    mapping = load_mapping(upload.folder / mappings[0]) if mappings else None
    return check(read_raw(upload.folder, mapping, required=()))


def _root() -> Path:
    root = instance.current().folder / FOLDER
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    return root


class _Store:
    """Writes files into a folder, as long as there is room."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.names, self.digest = folder, list[str](), sha256()
        self._bytes = LARGEST

    def take(self, file: "UploadedFile[Any]") -> None:
        """Keep a file, or those of an archive that may be tables; folders in it are left out of their names."""
        name = str(file.name or "")
        if not name.lower().endswith(".zip"):
            self.write(file, name)
            return
        try:
            with zipfile.ZipFile(file) as archive:
                for info in archive.infolist():
                    if _may_be_a_table(info):
                        with archive.open(info) as content:
                            self.write(content, info.filename)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
            raise UsageError(
                "The archive cannot be opened.", allowed="a zip archive without a password",
                next_step="Pack the files again, or send them by themselves.",
            ) from error  # fmt: skip

    def check(self) -> None:
        """Raise UsageError where nothing came that can be read."""
        if not self.names:
            raise UsageError(
                "Nothing was sent that can be read.", allowed=_ALLOWED, next_step="Choose one or more files."
            )

    def write(self, content: IO[bytes], name: str) -> None:
        """Keep one file."""
        if len(self.names) == MOST_FILES:
            raise UsageError(
                "There are too many files.", allowed=f"{MOST_FILES} at a time", next_step="Send them in parts."
            )
        path = self.folder / _plain_name(name, self.names)
        with path.open("wb") as out:
            while piece := content.read(_PIECE):
                self._bytes -= len(piece)
                if self._bytes < 0:
                    raise UsageError(
                        "The files are too large.", allowed=f"{LARGEST >> 20} MB together, unpacked",
                        next_step="Send them in parts, or bring them in with douse import.",
                    )  # fmt: skip
                self.digest.update(piece)
                out.write(piece)
        self.names.append(path.name)


def _may_be_a_table(info: zipfile.ZipInfo) -> bool:
    odd = info.is_dir() or "__MACOSX" in info.filename or PurePosixPath(info.filename).name.startswith(".")
    return not odd and info.filename.lower().endswith(_READ)


def _plain_name(name: str, taken: list[str]) -> str:
    """A file name without folders and odd letters; the stem says which table it is, so it is kept."""
    base = PurePosixPath(name.replace("\\", "/")).name
    stem, dot, suffix = base.rpartition(".")
    if not dot or f".{suffix.lower()}" not in _READ:
        raise UsageError(
            "A file of this kind is not read.", allowed=_ALLOWED, next_step="Save each sheet as CSV (UTF-8)."
        )
    safe = re.sub(r"[^\w\- ]+", "_", stem)[:_LONGEST_NAME].strip(" _") or "file"
    made, number = f"{safe}.{suffix.lower()}", 2
    while made in taken:
        made, number = f"{safe}-{number}.{suffix.lower()}", number + 1
    return made
