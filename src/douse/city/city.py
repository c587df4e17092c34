"""`City`: who lives with whom, learns, works and is cared for with whom, as arrays that every run shares."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray


@dataclass(frozen=True)
class City:
    """A city of N people in G groups of I institutions and Z zones.

    People stand zone by zone, and household by household within; zones follow a curve that keeps neighbours near, so
    that people with near numbers live near.

    Attributes
    ----------
    word : numpy.ndarray[uint64], shape (N,)
        Each person; see `kernels/person_word.py`.
    members : numpy.ndarray[uint32], shape (M,)
        People of the groups, group by group, institution by institution.
    group_start : numpy.ndarray[uint32], shape (G + 2,)
        First element of `members` of each group. Group 0 has none: people without a group name it.
    institution : numpy.ndarray[uint32], shape (G + 1,)
        School, firm, care home or hospital of each group; ascends.
    institution_start : numpy.ndarray[uint32], shape (I + 1,)
        First element of `members` of each institution. Institution 0 has none.
    zone_start : numpy.ndarray[uint32], shape (Z + 1,)
        First person of each zone.
    zone_ids : tuple[str, ...]
        Zones of residence, the smallest known, in the order of the people; length Z.
    zones : polars.DataFrame
        The tree: the table of zones, with the zones above those of residence.
    """

    word: NDArray[np.uint64]
    members: NDArray[np.uint32]
    group_start: NDArray[np.uint32]
    institution: NDArray[np.uint32]
    institution_start: NDArray[np.uint32]
    zone_start: NDArray[np.uint32]
    zone_ids: tuple[str, ...]
    zones: pl.DataFrame

    def __len__(self) -> int:
        return len(self.word)

    @property
    def bytes_a_person(self) -> float:
        """Memory of the arrays that all runs share, in bytes a person."""
        arrays = (self.word, self.members, self.group_start, self.institution, self.institution_start, self.zone_start)
        return sum(array.nbytes for array in arrays) / max(1, len(self))
