"""The site of published bulletins below /public/, out of memory: before Django, so that it bears any load.

What is not there goes on to Django, whose pages for residents have addresses below /public/ too.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Lock
from typing import Any
from wsgiref.headers import Headers

from whitenoise import WhiteNoise

from douse.console.headers import HEADERS

Environ = dict[str, Any]
App = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
PREFIX = "/public/"
_KEPT_FOR = 60  # seconds for which browsers and networks may keep what is written anew with every bulletin
# Named by its content, or never written again.
_NEVER_CHANGED = re.compile(r"/bulletins/[0-9a-f]{64}\.(?:json|html|pdf)$|/zones/[0-9a-f]{16}\.json$")
_LAST_WRITTEN = ("sw.js", "claims.jsonld")  # of a bulletin, of answers to claims


class PublishedFiles:
    """A WSGI application with the files of a folder in front of it.

    Parameters
    ----------
    application : callable
        Answers what is no file of the folder.
    folder : Path
        May not be there yet. Looked through again when its last file was written anew, so that another process may
        publish too.
    https : bool
        Whether browsers are to be told that nothing else will do.
    """

    def __init__(self, application: App, folder: Path, *, https: bool = False) -> None:
        self._application, self._folder, self._https = application, folder, https
        self._lock = Lock()
        self._written = 0
        self._files: WhiteNoise | None = None

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer with a file, or let the application answer."""
        path = str(environ.get("PATH_INFO", ""))
        if path.startswith(PREFIX) and environ.get("REQUEST_METHOD") in {"GET", "HEAD"}:
            files = self._current()
            if files is not None and path in files.files:
                return files(environ, start_response)  # type: ignore[no-any-return]
        return self._application(environ, start_response)

    def _current(self) -> WhiteNoise | None:
        written = max((_mtime(self._folder / name) for name in _LAST_WRITTEN), default=0)
        if not written:
            return None
        if written != self._written:
            with self._lock:
                if written != self._written:
                    self._files, self._written = self._read(), written
        return self._files

    def _read(self) -> WhiteNoise:
        files = WhiteNoise(
            self._application, max_age=_KEPT_FOR, allow_all_origins=False, add_headers_function=self._headers,
            immutable_file_test=lambda _, url: bool(_NEVER_CHANGED.search(url)), charset="utf-8",
        )  # fmt: skip
        files.add_files(str(self._folder), prefix=PREFIX)
        # Folders open with their first page, and send nobody on: what is kept for offline may not be sent on.
        for url in [url for url in files.files if url.endswith("/index.html")]:
            files.files[url.removesuffix("index.html")] = files.files[url]
        return files

    def _headers(self, headers: Headers, path: str, url: str) -> None:
        del path, url
        for name, value in HEADERS.items():
            headers[name] = value
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        if self._https:
            headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains; preload"


def _mtime(path: Path) -> int:
    """When a file was written, in nanoseconds; 0 where there is none."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
