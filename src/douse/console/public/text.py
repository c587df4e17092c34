"""Text that anybody typed: short, on one line, and without what does not show."""

import unicodedata

LONGEST_NOTE, LONGEST_PHONE, LONGEST_ADDRESS = 300, 30, 200
_KEPT_UNSEEN = {"\u200c", "\u200d"}  # joiners that some scripts need


def plain(text: str | None, longest: int) -> str:
    """Text as it is kept: no control characters, none that turn the direction of writing, blanks made one, cut.

    What looks like markup stays: it is text, and every page writes it as text.
    """
    if not text:
        return ""
    shown = "".join(
        " " if letter.isspace() else letter
        for letter in unicodedata.normalize("NFC", text[: 4 * longest])
        if letter.isspace() or letter in _KEPT_UNSEEN or unicodedata.category(letter)[0] != "C"
    )
    return " ".join(shown.split())[:longest].strip()
