"""Names of persons or places, and their numbers."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.kernels import name_table

Codes = NDArray[np.int32]
Segment = NDArray[np.bytes_]


@dataclass(frozen=True)
class Names:
    """Names with numbers from 0 on, in segments that were added one after the other; sorted within a segment.

    Segments are fixed-width bytes (UTF-8), so that a mapped file can be searched and gathered from without being read.
    """

    segments: tuple[Segment, ...] = ()
    _starts: tuple[int, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        starts = (0, *np.cumsum([len(segment) for segment in self.segments], dtype=np.int64).tolist())
        object.__setattr__(self, "_starts", tuple(starts))

    def __len__(self) -> int:
        return self._starts[-1]

    def codes(self, names: pl.Series) -> Codes:
        """Number of each name; -1 where it has none (or is null). For few names: one binary search each."""
        asked = [b"" if name is None else name.encode() for name in names]
        found = np.full(len(asked), -1, dtype=np.int32)
        for start, segment in zip(self._starts, self.segments, strict=False):
            # A longer name would be cut to the width of the segment, and meet another.
            fits = np.array([0 < len(name) <= segment.dtype.itemsize for name in asked], dtype=bool) & (found < 0)
            wanted = np.array(asked, dtype=segment.dtype)[fits]
            at = np.searchsorted(segment, wanted)
            there = at < len(segment)
            there[there] = segment[at[there]] == wanted[there]
            found[np.flatnonzero(fits)[there]] = at[there] + start
        return found

    def texts(self, codes: NDArray[np.integer]) -> pl.Series:
        """Name of each number; the numbers must be there."""
        if len(self.segments) == 1:
            return _text(self.segments[0][codes])
        out: list[pl.DataFrame] = [_placed(np.empty(0, dtype=np.int64), pl.Series([], dtype=pl.String))]
        for start, segment in zip(self._starts, self.segments, strict=False):
            here = np.flatnonzero((codes >= start) & (codes < start + len(segment)))
            out.append(_placed(here, _text(segment[codes[here] - start])))
        return pl.concat(out).sort("at")["name"]

    @cached_property
    def rank(self) -> Codes:
        """Place of each number in the order of all names; empty where the numbers are in that order."""
        if len(self.segments) < 2:
            return np.empty(0, dtype=np.int32)
        width = max(segment.dtype.itemsize for segment in self.segments)
        every = np.concatenate([segment.astype(f"S{width}") for segment in self.segments])
        rank = np.empty(len(every), dtype=np.int32)
        rank[np.argsort(every, kind="stable")] = np.arange(len(every), dtype=np.int32)
        return rank

    def ranked(self, codes: NDArray[np.integer]) -> NDArray[np.integer]:
        """Numbers that are in the order of the names."""
        return self.rank[codes] if len(self.rank) else codes

    def encoder(self) -> "Encoder":
        """For many names at a time."""
        return Encoder(self)


@dataclass(frozen=True)
class Encoder:
    """Numbers of many names, by a table of all names in memory.

    Names are found by a hash and then compared, so that two of one hash are never taken for each other.
    """

    names: Names

    @cached_property
    def _words(self) -> pl.Series:
        return pl.concat([_text(segment) for segment in self.names.segments]).rechunk()

    @cached_property
    def _hashes(self) -> NDArray[np.uint64]:
        return self._words.hash().to_numpy()

    @cached_property
    def _slots(self) -> Codes:
        return name_table.name_table(self._hashes)

    def codes(self, names: pl.Series) -> Codes:
        """Number of each name; -1 where it has none."""
        if not len(self.names):
            return np.full(len(names), -1, dtype=np.int32)
        found = name_table.find_names(names.hash().to_numpy(), self._hashes, self._slots)
        there = np.flatnonzero(found >= 0)
        same = (self._words.gather(found[there]) == names.gather(there)).fill_null(value=False).to_numpy()
        others = there[~same]
        if len(others):
            found[others] = self.names.codes(names.gather(others))
        return found


def segment_of(names: pl.Series) -> Segment:
    """Names as sorted bytes of one width."""
    ordered = names.unique().sort()
    width = max(int(ordered.str.len_bytes().max() or 1), 1)  # type: ignore[arg-type]
    return np.array(ordered.cast(pl.Binary).to_list(), dtype=f"S{width}")


def _text(names: Segment) -> pl.Series:
    return pl.Series(np.ascontiguousarray(names)).cast(pl.String)


def _placed(at: NDArray[np.int64], names: pl.Series) -> pl.DataFrame:
    return pl.DataFrame({"at": at, "name": names}, schema={"at": pl.Int64, "name": pl.String})
