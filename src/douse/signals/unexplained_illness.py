"""Suspected cases whose tests are negative: an illness that the tests in use do not find."""

from datetime import date, timedelta

import polars as pl

from douse.records.records import case_person
from douse.signals.counts import latest
from douse.signals.exact_tests import rise_of_counts
from douse.signals.outlook import Oddity, Outlook
from douse.units import DAYS_PER_WEEK

LEAST_WEEKS, MOST_WEEKS = 4, 8
_LEAST_SEEN = 3


def negative_tests(look: Outlook) -> Oddity:
    """More suspected cases of the last week with nothing but negative tests than in the weeks before.

    Exact test of two Poisson counts, over at most eight weeks before and at least four; a week of tests that are
    pending still counts for nothing.
    """
    suspected = look.known.cases.filter(pl.col("classification") == "suspected").select(
        "case_id", person=case_person(), told_on=pl.col("first_recorded_at").dt.date()
    )
    first = look.known.cases["first_recorded_at"].dt.date().min()
    watched = ((look.as_of - first).days + 1) // DAYS_PER_WEEK - 1 if isinstance(first, date) else 0
    weeks = min(watched, MOST_WEEKS)
    if weeks < LEAST_WEEKS:
        return Oddity("negative_tests", why_not="Too few weeks before to compare with.")
    negative = _all_negative(look, suspected).filter(
        pl.col("told_on") > look.as_of - timedelta(days=(weeks + 1) * DAYS_PER_WEEK)
    )
    recent = negative.filter(pl.col("told_on") > look.as_of - timedelta(days=DAYS_PER_WEEK))
    before = negative.height - recent.height
    p = rise_of_counts(recent.height, before, 1, weeks) if recent.height >= _LEAST_SEEN else 1.0
    return Oddity(
        "negative_tests",
        n=negative.height,
        observed=recent.height,
        expected=before / weeks,
        p=p,
        cases=latest(recent),
    )


def _all_negative(look: Outlook, suspected: pl.DataFrame) -> pl.DataFrame:
    """Suspected cases with a negative result and no positive one."""
    results = look.known.table("tests").select("person_id", result=pl.col("result").cast(pl.String))
    keys = pl.concat([suspected.select("case_id", key="person"), suspected.select("case_id", key="case_id")]).unique()
    judged = (
        keys.join(results, left_on="key", right_on="person_id")
        .group_by("case_id")
        .agg(negative=(pl.col("result") == "negative").any() & ~(pl.col("result") == "positive").any())
        .filter("negative")
    )
    return suspected.join(judged, on="case_id", how="semi")
