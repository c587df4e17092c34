"""Resources into bundles: each is validated, and written as soon as it is made."""

import json
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from douse.outputs.exchange.fhir.cells import Resource
from douse.readers.exchange.fhir.valid import refused

MOST_ENTRIES = 10_000  # of one file: it is read back within the memory of any machine


class Bundles:
    """Files ``bundle-0001.json``, … of at most `MOST_ENTRIES` resources each.

    Parameters
    ----------
    out : Path
        Folder.
    """

    def __init__(self, out: Path) -> None:
        self._out = out
        self._entries = 0
        self._file: Any = None
        self.paths: list[Path] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._file is None:
            self._begin()
        self._end()

    def add(self, address: str, resource: Resource) -> str | None:
        """Write one resource; where the FHIR library refuses it, do not, and give what it says: element and rule."""
        complaint = refused(resource)
        if complaint is not None:
            return complaint
        if self._file is None or self._entries == MOST_ENTRIES:
            if self._file is not None:
                self._end()
            self._begin()
        self._file.write(",\n" if self._entries else "\n")
        entry = {"fullUrl": address, "resource": resource}
        self._file.write(json.dumps(entry, ensure_ascii=False, allow_nan=False))  # dumps is compiled, dump is not
        self._entries += 1
        return None

    def _begin(self) -> None:
        self.paths.append(self._out / f"bundle-{len(self.paths) + 1:04}.json")
        self._file = self.paths[-1].open("w", encoding="utf-8", newline="\n")
        self._file.write('{"resourceType": "Bundle", "type": "collection", "entry": [')
        self._entries = 0

    def _end(self) -> None:
        self._file.write("\n]}\n" if self._entries else "]}\n")
        self._file.close()
        if not self._entries:  # FHIR has no empty lists
            self.paths[-1].write_text('{"resourceType": "Bundle", "type": "collection"}\n', encoding="utf-8")
        self._file = None
