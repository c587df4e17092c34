"""Whose company is asked for, and the exposures that it makes."""

import polars as pl

from douse.library.protocol import Protocol
from douse.tracing.exposures import COLUMNS

# What a host carries into each of their exposures.
HOST: dict[str, pl.DataType] = {
    "host": pl.String(),  # person
    "case_id": pl.String(),
    "via": pl.String(),  # ring 2: the host again; ring 1: empty
    "ring": pl.Int64(),
    "named_at": pl.Datetime("us"),
    "since": pl.Date(),
    "until": pl.Date(),  # both days included
}


def cases(windows: pl.DataFrame) -> pl.DataFrame:
    """Hosts of ring 1: cases while they could infect (rows of `infectious_windows`)."""
    return _hosts(
        windows.select(
            "case_id",
            host="person",
            ring=pl.lit(1),
            named_at="told_at",
            since="infectious_from",
            until="infectious_to",
        )
    )


def close_contacts(index: pl.DataFrame) -> pl.DataFrame:
    """Hosts of ring 2: close contacts from their first exposure until their quarantine (via, case_id, since, ...)."""
    return _hosts(index.select("case_id", "via", "named_at", "since", "until", host="via", ring=pl.lit(2)))


def is_close_setting(protocol: Protocol) -> pl.Expr:
    """True where the protocol takes the setting (column) for close whatever the minutes, or its air for shared."""
    rule = protocol.contact
    return pl.col("setting").is_in([*rule.close_settings, *rule.aerosol_settings]).fill_null(value=False)


def as_exposures(found: pl.DataFrame) -> pl.DataFrame:
    """Exposures from hosts' columns, person, setting, first_exposure, last_exposure, near (bool), basis.

    With ventilation where it is known.

    Near makes a close contact in ring 1 and a contact of a contact in ring 2; whoever was not near is a general
    contact of a case, and nothing to a contact. Nobody meets themselves.
    """
    near = pl.col("near").fill_null(value=False)
    judged = (
        pl.when(pl.col("ring") == 2)
        .then(pl.lit("secondary"))
        .when(near)
        .then(pl.lit("close"))
        .otherwise(pl.lit("general"))
    )
    kept = found.filter(pl.col("person") != pl.col("host"), near | (pl.col("ring") == 1))
    missing = {name: pl.lit(None) for name in ("minutes", "all_minutes", "ventilation") if name not in found.columns}
    filled = kept.with_columns(contact_class=judged, **missing)
    return filled.select(pl.col(name).cast(kind) for name, kind in COLUMNS.items()).unique(maintain_order=True)


def _hosts(frame: pl.DataFrame) -> pl.DataFrame:
    missing = {name: pl.lit(None) for name in HOST if name not in frame.columns}
    typed = frame.with_columns(**missing).select(pl.col(name).cast(kind) for name, kind in HOST.items())
    return typed.drop_nulls(["host", "since", "until"]).filter(pl.col("since") <= pl.col("until"))
