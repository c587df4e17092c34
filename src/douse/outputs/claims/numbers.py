"""Numbers in the words of an answer that nothing published says: a small number may tell who is ill."""

import re
from collections.abc import Iterable

from douse.outputs.claims.answered import Answered
from douse.outputs.claims.review import is_public

_NUMBER = re.compile(r"(?<![A-Za-z0-9_.])(?:\d{1,3}(?:[,\u202f ]\d{3})+|\d+(?:\.\d+)?)(?![\d.]*\d)")
# Days, times of day, shares and years say nothing of how many persons.
_OTHER = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}|\d{4}年|\d{1,2}[月日点]|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{1,2}:\d{2}|\d+(?:\.\d+)?\s?[%‰]"
    r"|(?<!\d)(?:19|20)\d{2}(?![\d,.]*\d)"
)


def unsaid(answered: Answered) -> list[str]:
    """Numbers in an answer's words that neither the claim nor a published figure says."""
    all_said = (answered.said, *answered.versions.values())
    known = set(_numbers(said.claim for said in all_said))
    known |= {
        float(fact.value) for fact in answered.facts() if is_public(fact) and isinstance(fact.value, (int, float))
    }
    written = _numbers(said.because for said in all_said)
    return list(dict.fromkeys(f"{number:g}" for number in written if number not in known))


def _numbers(texts: Iterable[str]) -> list[float]:
    found = [number for text in texts for number in _NUMBER.findall(_OTHER.sub(" ", text))]
    return [float(re.sub(r"[,\u202f ]", "", number)) for number in found]
