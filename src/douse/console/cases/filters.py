"""What a list is asked for: filters and order out of an address, and the rows that meet them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from douse.console.ground import Ground
from douse.records import codes

NONE = "none"  # asked for rows where a code is empty
NOT_TODAY = "not_today"  # under follow-up and not yet seen on this day
WAITING = "waiting"  # tests whose result is not known
NAMES = (
    "zone", "since", "until", "classification", "found_by", "follow_up", "setting", "result", "kind", "purpose", "q",
    "name", "outside", "sort",
)  # fmt: skip
_LONGEST = 100


@dataclass(frozen=True)
class Asked:
    """What a list is asked for; empty asks for everything."""

    zone: str = ""
    since: str = ""
    until: str = ""
    classification: str = ""
    found_by: str = ""
    follow_up: str = ""
    setting: str = ""
    result: str = ""
    kind: str = ""
    purpose: str = ""
    q: str = ""
    name: str = ""
    outside: str = ""  # yes: rows of other zones too, masked
    sort: str = ""

    @property
    def filled(self) -> dict[str, object]:
        """Those that are asked for, as parts of an address."""
        return {name: value for name in NAMES if (value := getattr(self, name))}

    @property
    def narrowed(self) -> bool:
        """Whether anything but the order is asked for."""
        return any(name != "sort" for name in self.filled)


def asked(query: Mapping[str, str]) -> Asked:
    """What an address asks for; what it does not understand counts as nothing."""
    return Asked(**{name: query.get(name, "").replace("\x00", "").strip()[:_LONGEST] for name in NAMES})


def keep(rows: pl.DataFrame, asks: Asked, ground: Ground, today: date, identifiers: tuple[str, ...]) -> pl.DataFrame:
    """Rows that meet every filter.

    Parameters
    ----------
    rows : pl.DataFrame
        With `day` (what since and until speak of) and `zone_of_row`; of contacts also `seen_on`.
    identifiers : tuple of str
        Columns that free text is looked for in.
    """
    wanted = [pl.lit(value=True)]
    if asks.zone:
        zones = pl.Series(sorted(ground.subtree(asks.zone)), dtype=pl.String)
        wanted.append(pl.col("zone_of_row").is_in(zones.implode()))
    if (since := _day(asks.since)) is not None:
        wanted.append(pl.col("day") >= since)
    if (until := _day(asks.until)) is not None:
        wanted.append(pl.col("day") <= until)
    for name, allowed in (
        ("classification", codes.CLASSIFICATIONS),
        ("found_by", codes.FOUND_BY),
        ("setting", codes.SETTINGS),
        ("kind", codes.TEST_KINDS),
        ("purpose", codes.TEST_PURPOSES),
    ):
        wanted += _code(rows, name, getattr(asks, name), allowed)
    if asks.result == WAITING and "waits" in rows.columns:
        wanted.append(pl.col("waits"))
    else:
        wanted += _code(rows, "result", asks.result, codes.TEST_RESULTS)
    if "follow_up" in rows.columns:
        wanted += _follow_up(rows, asks.follow_up, today)
    if asks.q:
        text = asks.q.lower()
        found = [pl.col(name).str.to_lowercase().str.contains(text, literal=True) for name in identifiers]
        wanted.append(pl.any_horizontal(found).fill_null(value=False))
    return rows.filter(*wanted)


def order_of(rows: pl.DataFrame, sort: str, columns: tuple[str, ...]) -> pl.Series:
    """Positions of rows ordered by a column, ``-`` before its name for the other way round; else the newest first."""
    name, back = sort.lstrip("-"), sort.startswith("-")
    if name not in columns:
        name, back = "day", True
    key = {"day": back} if name == "day" else {name: back, "day": True}
    by = [*key, "record_id"]  # rows of one day stay where they are while others come in
    keyed = rows.select(by).with_row_index("at")
    return keyed.sort(by, descending=[*key.values(), True], nulls_last=True)["at"]


def _code(rows: pl.DataFrame, name: str, value: str, allowed: tuple[str, ...]) -> list[pl.Expr]:
    if name not in rows.columns:
        return []
    if value == NONE:
        return [pl.col(name).is_null()]
    return [pl.col(name) == value] if value in allowed else []


def _follow_up(rows: pl.DataFrame, value: str, today: date) -> list[pl.Expr]:
    if value == NOT_TODAY:
        late = pl.col("seen_on").is_null() | (pl.col("seen_on") < today)
        return [(pl.col("follow_up") == "under_follow_up") & late]
    return _code(rows, "follow_up", value, codes.FOLLOW_UPS)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
