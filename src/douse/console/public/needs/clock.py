"""By when what is asked for is to be there, and how far it has come."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from douse.console import clock
from douse.console.knowledge import chosen_on
from douse.library import Protocol, load
from douse.library.goods import RequestRules
from douse.library.stand_in import part_of
from douse.outputs.bulletin.requests import due
from douse.question import DEFAULT_PROTOCOL

STATES = ("asked", "promised", "delivered", "met", "taken_back")
OPEN = ("asked", "promised")


def protocol_today() -> Protocol:
    """The protocol in force today; where nobody has chosen one, the shipped one."""
    chosen = chosen_on(clock.now().date())
    rules: Protocol = load(Protocol, chosen.protocol if chosen else DEFAULT_PROTOCOL)
    return rules


def rules_today() -> RequestRules:
    """Which kinds are medical, and by when each is to be met."""
    return part_of(protocol_today(), lambda rules: rules.requests)


def due_of(row: Mapping[str, Any], rules: RequestRules) -> datetime:
    """When a request is due: at its own time, else by the protocol's clock."""
    wanted: datetime | None = row.get("wanted_by")
    asked: datetime = row["requested_at"]
    return wanted or asked + timedelta(hours=rules.clock[row["kind"]].value)


def state_of(row: Mapping[str, Any]) -> str:
    """How far a request has come."""
    for state, column in (
        ("taken_back", "withdrawn_at"), ("met", "met_at"), ("delivered", "delivered_at"), ("promised", "promised_by"),
    ):  # fmt: skip
        if row.get(column) is not None:
            return state
    return "asked"


def with_clock(requests: pl.DataFrame, now: datetime, rules: RequestRules) -> pl.DataFrame:
    """Requests with `due`, `state`, `medical`, `late` (open beyond its time) and `broken` (beyond its promise)."""
    kind = pl.col("kind").cast(pl.String)
    state = (
        pl.when(pl.col("withdrawn_at").is_not_null()).then(pl.lit("taken_back"))
        .when(pl.col("met_at").is_not_null()).then(pl.lit("met"))
        .when(pl.col("delivered_at").is_not_null()).then(pl.lit("delivered"))
        .when(pl.col("promised_by").is_not_null()).then(pl.lit("promised"))
        .otherwise(pl.lit("asked"))
    )  # fmt: skip
    is_open = pl.col("state").is_in(OPEN)
    return requests.with_columns(
        state=state, medical=kind.is_in(list(rules.medical)), due=due(rules),
    ).with_columns(
        late=(is_open & (pl.col("due") < now)).fill_null(value=False),
        broken=(is_open & (pl.col("promised_by") < now)).fill_null(value=False),
    )  # fmt: skip
