"""What nobody sent."""

import polars as pl

from douse.records import Records
from douse.records.tables import REQUIRED_TABLES, TABLES
from douse.situation.situation import Missing

# Columns of cases without which a part of the situation stays empty.
IMPORTANT_COLUMNS = ("onset", "zone", "reported_at", "isolated_at", "infector", "severity", "age")


def missing(known: Records, cases: pl.DataFrame, *, mostly: float = 0.5) -> tuple[Missing, ...]:
    """Tables that nobody sent, then columns of the counted cases that are empty in more than `mostly` of them."""
    tables = [Missing(name) for name in TABLES if name not in known.sent and name not in REQUIRED_TABLES]
    empty = {name: cases[name].null_count() for name in IMPORTANT_COLUMNS}
    columns = [
        Missing("cases", name, empty[name], cases.height)
        for name in IMPORTANT_COLUMNS
        if empty[name] > mostly * cases.height
    ]
    return (*tables, *columns)
