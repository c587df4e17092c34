"""Random cities and histories of bulletins for the tests of what may be shown."""

import numpy as np

from douse.outputs.bulletin.book import Book
from douse.outputs.bulletin.numbers import told

MINIMUM = 11


def history(seed, minimum=MINIMUM, *, redrawn=False):
    """Bulletins of a random outbreak: the tables as the attacker gets them, and the true counts.

    Areas differ in size by powers of ten; days are quiet, waves pass, cases are withdrawn and moved, deaths are few.
    Where the map is redrawn, an area goes to its neighbour on one of the days, and may come back later, empty.
    """
    rng = np.random.default_rng(seed)
    areas, days = int(rng.integers(2, 8)), int(rng.integers(2, 9))
    names = [f"a{i}" for i in range(areas)]
    rate = np.exp(rng.normal(0.8, 1.6, areas))[:, None] * np.exp(rng.normal(0, 0.6, (areas, days)))
    came = rng.poisson(rate)
    came[rng.random((areas, days)) < 0.25] = 0
    left = np.where(rng.random((areas, days)) < 0.07, rng.integers(0, 16, (areas, days)), 0)
    cases = np.zeros((areas, days), dtype=np.int64)
    ended = np.zeros((2, days), dtype=np.int64)
    books, true = (Book(), Book()), []
    map_of = np.random.default_rng([seed, 1])
    gone_at, back_at = sorted(map_of.integers(1, days, 2).tolist()) if redrawn else (days, days)
    lost, taker = map_of.permutation(areas)[:2].tolist()
    back_at = days if map_of.random() < 0.5 else back_at
    came[lost, gone_at:back_at] = 0
    for t in range(days):
        before = cases[:, t - 1] if t else np.zeros(areas, dtype=np.int64)
        gone = np.minimum(left[:, t], before)
        cases[:, t] = before - gone + came[:, t]
        if t and rng.random() < 0.2 and gone.any():  # moved rather than withdrawn
            cases[int(rng.integers(areas)), t] += int(gone.sum())
        there = [name for n, name in enumerate(names) if n != lost or not gone_at <= t < back_at]
        if len(there) < areas:
            cases[taker, t] += cases[lost, t]
            cases[lost, t] = 0
        open_ = max(int(cases[:, t].sum()) - int(ended[:, t - 1].sum() if t else 0), 0)
        well = int(rng.binomial(open_, 0.3))
        died = int(rng.binomial(well, 0.15))
        ended[:, t] = (ended[:, t - 1] if t else 0) + np.array([died, well - died])
        changed = []
        if (over := int(ended[:, t].sum() - cases[:, t].sum())) > 0:
            taken = min(over, int(ended[1, t]))
            ended[1, t] -= taken
            ended[0, t] -= over - taken
            changed = ["died", "other"]
        shown = told(
            books,
            {name: int(cases[n, t]) for n, name in enumerate(names) if name in there},
            {"died": int(ended[0, t]), "other": int(ended[1, t])},
            [name for name, n in zip(names, gone.tolist(), strict=True) if n and name in there],
            changed,
            minimum,
        )
        books = tuple(book.with_column(column) for book, column in zip(books, shown, strict=True))
        true.append(
            (
                dict(zip(names, cases[:, t].tolist(), strict=True)),
                dict(zip(("died", "other"), ended[:, t].tolist(), strict=True)),
            )
        )
    return [as_attacked(book) for book in books], true


def as_attacked(book):
    """A book as plain lists. An area that is not on a map holds nothing there, and what it held has left it."""
    columns = book.columns
    return (
        list(book.rows),
        [[dict(zip(c.rows, c.shown, strict=True)).get(row, 0) for row in book.rows] for c in columns],
        [column.total for column in columns],
        [set(column.corrected) | (set(book.rows) - set(column.rows)) for column in columns],
    )


def truth(true, number, row, t):
    """The true count."""
    counts = true[t][number]
    return sum(counts.values()) if row is None else counts[row]
