"""A mix of cases that differs from the cases before: age, sex, links, occupation, named pathogen."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.library.load import pathogen_named
from douse.signals.counts import latest
from douse.signals.exact_tests import binomial_tail, fisher_greater, fisher_two_sided, g_test
from douse.signals.outlook import LEAST_EARLIER, LEAST_RECENT, Oddity, Outlook

# Without earlier cases a share of either sex from a third to two thirds is no surprise.
USUAL_SHARE_OF_A_SEX = 2 / 3
# Without earlier cases so many names of other pathogens are taken for slips of the pen.
USUAL_SLIPS = 0.01
_OLDEST_BAND = 8  # 80 years and older
_TOO_FEW = "Too few cases, or too few before to compare with."


def age_mix(look: Outlook) -> Oddity:
    """Recent cases of other ages than the earlier ones; in ten-year groups, with few cases younger or older ones."""
    aged = look.cases.filter(pl.col("age").is_not_null()).with_columns(recent=look.recent)
    band = (pl.col("age") // 10).clip(upper_bound=_OLDEST_BAND)
    counts = [
        np.bincount(aged.filter(which).select(band).to_series().to_numpy(), minlength=_OLDEST_BAND + 1)
        for which in (pl.col("recent"), ~pl.col("recent"))
    ]
    n, earlier = (int(count.sum()) for count in counts)
    if n < LEAST_RECENT or earlier < LEAST_EARLIER:
        return Oddity("age_mix", n=n, why_not=_TOO_FEW)
    p = g_test(counts[0], counts[1])
    mean = aged.group_by("recent").agg(pl.col("age").mean()).sort("recent", descending=True)["age"].to_list()
    return Oddity("age_mix", n=n, observed=mean[0], expected=mean[1], p=_younger_or_older(*counts) if p is None else p)


def _younger_or_older(now: NDArray[np.int64], before: NDArray[np.int64]) -> float:
    """Fisher's exact test of the groups below that of the median age of all; where there are none, below and in it."""
    below = np.cumsum(now + before)
    cut = int(np.searchsorted(below, below[-1] / 2))
    cut = cut if cut and below[cut - 1] else cut + 1
    return fisher_two_sided(int(now[:cut].sum()), int(now.sum()), int(before[:cut].sum()), int(before.sum()))


def sex_mix(look: Outlook) -> Oddity:
    """Recent cases with another share of women than the earlier ones, or a share that few diseases have."""
    known = look.cases.filter(pl.col("sex").cast(pl.String).is_in(["female", "male"])).with_columns(recent=look.recent)
    hit = pl.col("sex") == "female"
    (women, n), (women_before, n_before) = _counts(known, hit)
    if n >= LEAST_RECENT and n_before >= LEAST_EARLIER:
        p = fisher_two_sided(women, n, women_before, n_before)
        return Oddity("sex_mix", n=n, observed=women, expected=n * women_before / n_before, p=p)
    women, n = women + women_before, n + n_before
    if n < LEAST_RECENT:
        return Oddity("sex_mix", n=n, why_not=_TOO_FEW)
    p = min(1.0, 2 * binomial_tail(max(women, n - women), n, USUAL_SHARE_OF_A_SEX))
    return Oddity("sex_mix", n=n, observed=women, expected=n / 2, p=p)


def unlinked_share(look: Outlook) -> Oddity:
    """More of the recent local cases without a known source; the latest are left out while they are looked into."""
    return _rise("unlinked_share", look.settled.filter(pl.col("link") != "imported"), pl.col("link") == "unlinked")


def health_workers(look: Outlook) -> Oddity:
    """More health workers among the recent cases, of those whose occupation is recorded."""
    known = look.cases.filter(pl.col("occupation").is_not_null()).with_columns(recent=look.recent)
    return _rise("health_workers", known, pl.col("occupation") == "health_worker")


def other_pathogen(look: Outlook) -> Oddity:
    """More cases that name another pathogen, or one that the library does not know; of all that name one."""
    named = look.known.cases.filter(pl.col("pathogen").is_not_null()).with_columns(
        told_on=pl.col("first_recorded_at").dt.date()
    )
    words = named["pathogen"].unique().to_list()
    others = [word for word in words if pathogen_named(word) != look.pathogen.id]
    hit = pl.col("pathogen").is_in(others)
    return _rise("other_pathogen", named.with_columns(recent=look.recent), hit, usual=USUAL_SLIPS)


def _rise(check: str, cases: pl.DataFrame, hit: pl.Expr, *, usual: float | None = None) -> Oddity:
    """A share that is higher than before, by Fisher's exact test; against `usual` where there are few before."""
    (hits, n), (hits_before, n_before) = _counts(cases, hit)
    stand_out = latest(cases.filter(pl.col("recent") & hit))
    if n >= LEAST_RECENT and n_before >= LEAST_EARLIER:
        p = fisher_greater(hits, n, hits_before, n_before)
        return Oddity(check, n=n, observed=hits, expected=n * hits_before / n_before, p=p, cases=stand_out)
    if usual is None or n < LEAST_RECENT:
        return Oddity(check, n=n, why_not=_TOO_FEW)
    return Oddity(check, n=n, observed=hits, expected=n * usual, p=binomial_tail(hits, n, usual), cases=stand_out)


def _counts(cases: pl.DataFrame, hit: pl.Expr) -> tuple[tuple[int, int], tuple[int, int]]:
    """Hits and cases, recent and before; `cases` has the column recent."""
    recent = pl.col("recent").fill_null(value=False)
    hits = hit.fill_null(value=False)
    row = cases.select(a=(hits & recent).sum(), b=recent.sum(), c=(hits & ~recent).sum(), d=(~recent).sum()).row(0)
    return (row[0], row[1]), (row[2], row[3])
