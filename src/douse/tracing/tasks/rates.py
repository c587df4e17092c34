"""How far the work has come: of the tasks that arose, those done, open and overdue, by zone."""

from datetime import timedelta

import polars as pl

from douse.records import Records
from douse.situation.quarantine import STAYS_IN
from douse.tracing.tasks.valued import Stock


def rates(arisen: pl.DataFrame, tasks: pl.DataFrame) -> pl.DataFrame:
    """Rows of `Work.rates`. What arose and is not open any more is done.

    Parameters
    ----------
    arisen : polars.DataFrame
        person, task, zone of every task that arose within the horizon.
    tasks : polars.DataFrame
        The open ones: person, task, zone, overdue.
    """
    opened = tasks.select("person", "task", "zone", "overdue").with_columns(is_open=pl.lit(value=True))
    done = arisen.join(opened, on=["person", "task"], how="anti").select(
        "person", "task", "zone", overdue=pl.lit(value=False), is_open=pl.lit(value=False)
    )
    every = pl.concat([opened, done]).unique(["person", "task"], keep="first", maintain_order=True)
    counted = every.group_by("zone", "task").agg(
        arisen=pl.len().cast(pl.Int64),
        done=(~pl.col("is_open")).sum().cast(pl.Int64),
        open=pl.col("is_open").sum().cast(pl.Int64),
        overdue=pl.col("overdue").sum().cast(pl.Int64),
    )
    return counted.with_columns(
        done_share=pl.col("done") / pl.col("arisen"), overdue_share=pl.col("overdue") / pl.col("arisen")
    ).sort("zone", "task", nulls_last=True)


def arisen_tasks(known: Records, stock: Stock, horizon: int) -> pl.DataFrame:
    """person, task, zone: tasks that arose for cases and contacts of the horizon, done or not.

    Every recent case is to be interviewed and its source found (unless imported); every recent infector to have named
    whom they infected; every contact of whom the protocol
    asks something reached; of those reached, quarantined who are asked to stay in, and tested whose first test day has
    come; released who are in quarantine past its last day, or were released.

    Parameters
    ----------
    known : Records
        As-of view.
    stock : Stock
        Cases, contacts and links.
    horizon : int
        Days.
    """
    today, since = pl.lit(known.day), known.day - timedelta(days=horizon)
    cases, contacts = stock.cases, stock.contacts
    recent = cases.with_columns(stock.windows["infectious_to"]).filter(pl.coalesce("infectious_to", "told_on") >= since)
    infectors = recent.join(stock.links, left_on="case_id", right_on="infector", how="semi")
    local = cases.filter(pl.col("link") != "imported", pl.coalesce("day", "told_on") >= since)
    asked = contacts.filter(~pl.col("cancelled"), (pl.col("follow_up_end") >= today).fill_null(value=False))
    reached = asked.filter("reached")
    stays_in = pl.col("place").is_in(STAYS_IN).fill_null(value=False)
    first_test = pl.col("test_days").list.min() <= today
    last_day = pl.coalesce("quarantine_end", "follow_up_end")
    let_go = (pl.col("released_on") >= pl.lit(since)).fill_null(value=False)
    over = (pl.col("quarantined_on").is_not_null() & (last_day <= today)).fill_null(value=False)
    parts = {
        "interview": recent,
        "find_source": local,
        "ask_infector": infectors,
        "reach": asked,
        "quarantine": reached.filter(stays_in),
        "test": reached.filter(first_test.fill_null(value=False)),
        "release": contacts.filter(over | let_go),
    }
    return pl.concat([rows.select("person", "zone", task=pl.lit(task)) for task, rows in parts.items()])
