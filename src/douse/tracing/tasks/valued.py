"""Tasks with what they prevent: each kind of task has its own account."""

from dataclasses import dataclass

import polars as pl

from douse.library.pathogen import Pathogen
from douse.records import Records
from douse.tracing.risk import Risk
from douse.tracing.tasks.worth import contact_worth, interview_worth, source_worth


@dataclass(frozen=True)
class Stock:
    """What tasks are valued by.

    Parameters
    ----------
    cases, windows : polars.DataFrame
        Counted cases and their infectious windows, rows alike.
    contacts : polars.DataFrame
        As in `Trace.contacts`.
    sought : polars.DataFrame
        As of `sought_cases`.
    links : polars.DataFrame
        As of `links_of`.
    """

    cases: pl.DataFrame
    windows: pl.DataFrame
    contacts: pl.DataFrame
    sought: pl.DataFrame
    links: pl.DataFrame


def with_worth(tasks: pl.DataFrame, stock: Stock, known: Records, pathogen: Pathogen, risk: Risk) -> pl.DataFrame:
    """Add infection_probability and infections_prevented (see `worth.py`).

    A release prevents nothing, nor does the test of somebody whose quarantine is due too: each counts once.
    """
    of_contacts = contact_worth(stock.contacts, known, pathogen, risk)
    by_task = of_contacts.unpivot(
        ["reach", "quarantine", "test"], index="person", variable_name="task", value_name="by_contact"
    )
    of_cases = interview_worth(stock.cases, stock.windows, known.day, risk)
    valued = (
        tasks.drop("infection_probability")
        .join(of_contacts.select("person", "infection_probability"), on="person", how="left", maintain_order="left")
        .join(by_task, on=["person", "task"], how="left", maintain_order="left")
        .join(of_cases, on="case_id", how="left", maintain_order="left")
        .join(source_worth(stock.sought, known.day, risk), on="case_id", how="left", maintain_order="left")
        .join(_told_of(stock), on="case_id", how="left", maintain_order="left")
    )
    unnamed = (1 - pl.col("told").fill_null(0.0) / pl.col("infected")).clip(0.0, 1.0).fill_nan(0.0)
    prevented = (
        pl.when(pl.col("task") == "interview")
        .then("interview")
        .when(pl.col("task") == "ask_infector")
        .then(pl.col("interview") * unnamed)
        .when(pl.col("task") == "find_source")
        .then("find_source")
        .when((pl.col("task") == "release") | ((pl.col("task") == "test") & _goes_into_quarantine(tasks)))
        .then(0.0)
        .otherwise("by_contact")
    )
    return valued.with_columns(infections_prevented=prevented).select(tasks.columns)


def _goes_into_quarantine(tasks: pl.DataFrame) -> pl.Expr:
    """True for a person whose quarantine is a task too: it prevents what a test would."""
    people = tasks.filter(task="quarantine")["person"]
    return pl.col("person").is_in(people.implode())


def _told_of(stock: Stock) -> pl.DataFrame:
    """case_id, told: infections by each case that are known of already, as cases or as contacts by their chance."""
    infected = stock.links.group_by(case_id="infector").agg(told=pl.col("probability").sum())
    exposed = (
        stock.contacts.filter(pl.col("ring") == 1).group_by("case_id").agg(told=pl.col("infection_probability").sum())
    )
    return pl.concat([infected, exposed]).group_by("case_id").agg(pl.col("told").sum())
