"""Languages that claims come in: their codes, and which one a text is likely to be in."""

from douse.outputs.words import Words

CODES = (
    "ar", "bn", "bo", "de", "en", "es", "fa", "fil", "fr", "ha", "hi", "id", "it", "ja", "ko", "mn", "ms", "my", "ne",
    "pt", "ru", "sw", "ta", "th", "tr", "ug", "uk", "ur", "vi", "yue", "zh",
)  # fmt: skip
# Scripts that are those of one language here, the more telling first; first and last sign.
_SCRIPTS = (
    ("ja", 0x3040, 0x30FF), ("ko", 0xAC00, 0xD7AF), ("th", 0x0E00, 0x0E7F), ("my", 0x1000, 0x109F),
    ("bn", 0x0980, 0x09FF), ("ta", 0x0B80, 0x0BFF), ("hi", 0x0900, 0x097F), ("bo", 0x0F00, 0x0FFF),
    ("zh", 0x4E00, 0x9FFF),
)  # fmt: skip
_ASCII = 0x7F


def offered(words: Words) -> list[tuple[str, str]]:
    """Codes with the names of the languages, in the order of the names."""
    names = [(code, name_of(code, words)) for code in CODES]
    return sorted(names, key=lambda pair: pair[1])


def name_of(code: str | None, words: Words) -> str:
    """Name of a language; a code that we do not know stays as it is."""
    return str(words.locale.languages.get(code, code)) if code else words.say("not known")


def likely(text: str, reader: str) -> str | None:
    """Language of a text by its script; plain letters are English where the reader reads it; else None: not known."""
    for code, first, last in _SCRIPTS:
        if any(first <= ord(sign) <= last for sign in text):
            return code
    plain = all(ord(sign) <= _ASCII for sign in text)
    return "en" if plain and reader == "en" else None
