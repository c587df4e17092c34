"""Bytes to text: which encoding a file is in."""

import codecs
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# First bytes of workbooks and archives.
ARCHIVES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")
# The header of a table holds next to no control characters; with more than this share the file is no text.
_MOST_CONTROLS = 0.02


@dataclass(frozen=True)
class Decoded:
    """Text with plain line ends and without NUL; `rules` are the notes about it, with the encoding that they name."""

    text: str
    encoding: str
    rules: tuple[str, ...] = ()


def decode(data: bytes, encoding: str | None = None) -> Decoded | None:
    """Decode a file; None where it is no text.

    Parameters
    ----------
    data : bytes
        The file.
    encoding : str, optional
        Its encoding, when somebody knows; otherwise told from a byte-order mark, else UTF-8, else GB18030, else
        Windows-1252.
    """
    rules = []
    if encoding:
        name = encoding
        # Some encodings can give halves of characters, which no table can hold.
        text = data.decode(name, errors="replace").encode(errors="replace").decode()
    else:
        name, text, sure = _guess(data)
        if not sure:
            rules.append("encoding_guessed")
    if "\ufffd" in text:
        rules.append("encoding_broken")
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        rules.append("nul_bytes")
    text = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    header = text.lstrip().partition("\n")[0][:1000]
    if sum(character < " " and character != "\t" for character in header) > _MOST_CONTROLS * len(header):
        return None
    return Decoded(text, name, tuple(rules))


def _guess(data: bytes) -> tuple[str, str, bool]:
    """Name of the encoding, the text, and whether it is sure."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name, data.decode(name, errors="replace"), True
    for place, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        # Latin text in UTF-16 without a mark: every other byte is NUL.
        if len(data) > 3 and data[place::2].count(0) > 0.4 * (len(data) // 2):
            return name, data.decode(name, errors="replace"), False
    for name in ("utf-8", "gb18030"):
        try:
            return name, data.decode(name), name == "utf-8"
        except UnicodeDecodeError:
            continue
    return "windows-1252", data.decode("cp1252", errors="replace"), False
