"""Sentences that come ready made, or with facts, as text in the reader's language."""

import re
from functools import cache

from douse.outputs.words import Words
from douse.records.sentences import SENTENCES

_FIELD = re.compile(r"\{(\w+)\}")


def finding_text(rule: str, said: str | None, part: str, words: Words) -> str:
    """What the door said of a finding, in the reader's language.

    The door fills in its sentences itself; where a sentence of the catalogue fits what it said, the facts are read back
    and the translation is filled in. Where none fits, the English stands.

    Parameters
    ----------
    rule : str
        Rule of the finding.
    said : str or None
        The English text.
    part : str
        ``message`` or ``next_step``.
    """
    if not said or words.language == "en":
        return said or ""
    for name in (rule, "row_rule"):
        sentence = SENTENCES.get(name)
        if sentence is None:
            continue
        template = getattr(sentence, part)
        match = _pattern(template).fullmatch(said)
        if match:
            return words.say(template, **{field: words.translated(fact) for field, fact in match.groupdict().items()})
    return words.translated(said)  # words of a file may stand in it: never a sentence to fill in


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """Regular expression of a sentence: its text, any fact for a field."""
    parts, seen, at = [], set(), 0
    for field in _FIELD.finditer(template):
        parts.append(re.escape(template[at : field.start()]))
        name = field[1]
        parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>.*?)")
        seen.add(name)
        at = field.end()
    parts.append(re.escape(template[at:]))
    return re.compile("".join(parts), re.DOTALL)
