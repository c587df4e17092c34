"""Which claims say much the same, in whatever language they are written.

Two measures see different things. Character n-grams weighed by how rare they are (the cosine of Salton and Buckley
1988, doi:10.1016/0306-4573(88)90021-0) find the same words in another order and other endings, without a list of words
of any language; the edit distance of rapidfuzz finds the short sentence within the long message that carries it, and
the one with slips of the pen. Scripts without blanks between words have shorter n-grams. A claim is compared by all
its versions, so that one which was translated is found by what it says in each language.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from scipy.sparse import csr_array

# From here on two claims are shown beside each other: docs/validation/claims.md says what that finds and misses.
ALIKE = 0.3
SAME = 1.0  # the same letters, whatever the case, the blanks and the marks between them
# Cosine and edit distance: what each counts in the likeness of two claims.
_OF_GRAMS, _OF_EDITS = 0.7, 0.3
_GRAMS = (3, 4)  # letters in a row, of scripts that part words
_GRAMS_DENSE = (1, 2)  # of those that do not, where a sign says as much as a syllable or a word
_DENSE = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # kana
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF),  # Chinese signs
    (0xAC00, 0xD7AF),  # Hangul: words are parted, but a syllable is a sign
)  # fmt: skip
_COMPARED = 200  # those that share most n-grams are compared by edits too
_NO_GRAMS: NDArray[np.uint32] = np.array([], dtype=np.uint32)
_NO_TIMES: NDArray[np.float64] = np.array([], dtype=np.float64)


@dataclass(frozen=True)
class Alike:
    """A claim that says much the same: its identifier, and how alike it is, from 0 to 1."""

    id: str
    likeness: float


def folded(text: str) -> str:
    """A text without what says nothing: case, accents of Latin, Greek and Cyrillic letters, marks, doubled blanks."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(
        sign if unicodedata.category(sign)[0] in "LNM" else " "
        for sign in apart
        if not 0x0300 <= ord(sign) <= 0x036F
    )  # fmt: skip
    return " ".join(unicodedata.normalize("NFC", kept).split())


def is_same(one: str, other: str) -> bool:
    """Whether two texts are the same but for case, blanks and marks."""
    return folded(one) == folded(other) != ""


class Likenesses:
    """Claims to compare others with.

    Parameters
    ----------
    texts : iterable of (str, str)
        Identifier and text; a claim may come with several texts.
    """

    def __init__(self, texts: Iterable[tuple[str, str]]) -> None:
        rows = [(name, plain) for name, text in texts if (plain := folded(text))]
        self._ids = [name for name, _ in rows]
        self._texts = [plain for _, plain in rows]
        counted = [_counted(plain) for plain in self._texts]
        grams = np.concatenate([grams for grams, _ in counted]) if counted else _NO_GRAMS
        times = np.concatenate([times for _, times in counted]) if counted else _NO_TIMES
        self._known, columns, in_texts = np.unique(grams, return_inverse=True, return_counts=True)
        self._rarity = np.log((1 + len(rows)) / (1 + in_texts)) + 1
        lengths = np.array([len(grams) for grams, _ in counted], dtype=np.int64)
        weights = times * self._rarity[columns]
        squares = np.bincount(np.repeat(np.arange(len(rows)), lengths), weights**2, minlength=len(rows))
        weights /= np.sqrt(np.repeat(squares, lengths))
        ends = np.concatenate([[0], np.cumsum(lengths)])
        self._matrix = csr_array((weights, columns, ends), shape=(len(rows), len(self._known)))

    def __len__(self) -> int:
        return len(set(self._ids))

    def like(self, text: str, *, at_least: float = ALIKE, most: int = 5, but: Sequence[str] = ()) -> list[Alike]:
        """Claims that are alike, the likest first.

        Parameters
        ----------
        text : str
            What is claimed.
        at_least : float
            Least likeness, from 0 to 1.
        most : int
            Claims that are given.
        but : sequence of str
            Identifiers to leave out.
        """
        plain = folded(text)
        if not plain or not self._texts:
            return []
        cosines = self._cosines(plain)
        near = np.argsort(-cosines, kind="stable")[:_COMPARED].tolist()
        best: dict[str, float] = {}
        for at in near:
            name = self._ids[at]
            likeness = SAME if self._texts[at] == plain else _likeness(float(cosines[at]), plain, self._texts[at])
            if name not in but and likeness >= at_least:
                best[name] = max(likeness, best.get(name, 0.0))
        ranked = sorted(best.items(), key=lambda found: (-found[1], found[0]))
        return [Alike(name, likeness) for name, likeness in ranked[:most]]

    def _cosines(self, plain: str) -> NDArray[np.float64]:
        grams, times = _counted(plain)
        at = np.minimum(np.searchsorted(self._known, grams), len(self._known) - 1)
        known = self._known[at] == grams
        unseen = np.log(1 + len(self._ids)) + 1  # of n-grams that no claim holds: they count in the length
        weights = times * np.where(known, self._rarity[at], unseen)
        asked = np.zeros(len(self._known))
        asked[at[known]] = weights[known] / np.sqrt((weights**2).sum())
        return np.asarray(self._matrix @ asked)


def _likeness(cosine: float, one: str, other: str) -> float:
    """Likeness of two folded texts that share n-grams so far."""
    edits = fuzz.partial_ratio(one, other) / 100
    return min(SAME, _OF_GRAMS * cosine + _OF_EDITS * edits)


@lru_cache(maxsize=20_000)
def _counted(plain: str) -> tuple[NDArray[np.uint32], NDArray[np.float64]]:
    """N-grams of a folded text, as hashes in order, and the logarithm of how often each comes."""
    counted = Counter(crc32(gram.encode()) for gram in _grams(plain))
    grams = np.array(sorted(counted), dtype=np.uint32)
    return grams, 1 + np.log(np.array([counted[gram] for gram in grams.tolist()], dtype=np.float64))


def _grams(plain: str) -> Iterator[str]:
    """N-grams of a folded text, word by word: short ones of dense scripts, longer ones, with the word's ends, else."""
    for word in plain.split():
        for part, dense in _parts(word):
            lengths, text = (_GRAMS_DENSE, part) if dense else (_GRAMS, f" {part} ")
            for length in lengths:
                yield from (text[at : at + length] for at in range(len(text) - length + 1))


def _parts(word: str) -> list[tuple[str, bool]]:
    """A word cut where its script becomes dense, or ceases to be."""
    parts: list[tuple[str, bool]] = []
    for sign in word:
        dense = any(first <= ord(sign) <= last for first, last in _DENSE)
        if parts and parts[-1][1] == dense:
            parts[-1] = (parts[-1][0] + sign, dense)
        else:
            parts.append((sign, dense))
    return parts
