"""Lists that page on the server."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

PER_PAGE = 50
_LONGEST_NUMBER = 9  # digits: Python refuses to read very long ones


@dataclass(frozen=True)
class Slice:
    """One page of a list."""

    rows: list[dict[str, Any]]
    page: int  # from 1
    pages: int  # at least 1
    total: int


def sliced(
    frame: pl.DataFrame, page: str | int | None, per_page: int = PER_PAGE, order: pl.Series | None = None
) -> Slice:
    """A page of a list; a number beyond its end shows the last page, what is no number the first.

    Parameters
    ----------
    order : pl.Series, optional
        Positions of the rows in their order; else they are in order.
    """
    total = len(frame)
    pages = max(1, -(-total // per_page))
    text = str(page or "")
    asked = int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else 1
    at = min(max(1, asked), pages)
    begins = (at - 1) * per_page
    shown = frame.slice(begins, per_page) if order is None else frame[order.slice(begins, per_page)]
    return Slice(shown.rows(named=True), at, pages, total)


def sliced_list(rows: Sequence[Any], page: str | int | None, per_page: int = PER_PAGE) -> Slice:
    """A page of a list that is in memory."""
    numbers = sliced(pl.DataFrame({"at": range(len(rows))}, schema={"at": pl.Int64}), page, per_page)
    return Slice([rows[row["at"]] for row in numbers.rows], numbers.page, numbers.pages, numbers.total)
