"""A return as a file: CSV for a spreadsheet, JSON that carries the signature of who sends it."""

import base64
import json
from io import BytesIO
from typing import Any

import polars as pl
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from douse.errors import DataError
from douse.library.returns import Return
from douse.outputs.returns.values import Filled, Row, Value
from douse.outputs.words import Words
from douse.records.finding import write_csv
from douse.records.ledger.keys import public_text

FORM = "douse-return/1"
_MOST_BYTES = 8 << 20


def frame_of(filled: Filled, words: Words) -> pl.DataFrame:
    """Rows and the total as a table with words for its head."""
    definition, language = filled.definition, words.language
    heads = [group.name.say(language) for group in definition.group]
    counted = {column.id for column in definition.counted}
    lines = []
    for row in filled.rows:
        values = iter(row.values)
        rest = [next(values) if column.id in counted else None for column in definition.column]
        lines.append([*said(definition, row, words), *rest])
    lines.append([*[words.say("All")] * len(heads), *filled.total])
    names = [*heads, *(column.name.say(language) for column in definition.column)]
    unique = [f"{name} ({at})" if name in names[:at] else name for at, name in enumerate(names)]
    columns = list(zip(*lines, strict=True))
    return pl.DataFrame(
        [pl.Series(name, _cells(list(column)), strict=False) for name, column in zip(unique, columns, strict=True)]
    )


def said(definition: Return, row: Row, words: Words) -> list[str]:
    """What a row is of, in words: zones by their names, codes as they are called, bands as they are."""
    return [
        words.say("not known") if value is None
        else words.zone(value) if group.kind
        else value if group.bands
        else words.code(value)
        for group, value in zip(definition.group, row.of, strict=True)
    ]  # fmt: skip


def as_csv(filled: Filled, words: Words) -> bytes:
    """The return for a spreadsheet, zones by name and by code; cells like formulas are guarded."""
    about = {
        words.say("Return"): filled.definition.label, words.say("Zone"): words.zone(filled.zone),
        words.say("Zone code"): filled.zone, words.say("From"): filled.period.start.isoformat(),
        words.say("To"): filled.period.end.isoformat(),
        words.say("Known at"): filled.known_at.isoformat(sep=" ", timespec="minutes"),
    }  # fmt: skip
    body = _with_codes(filled, frame_of(filled, words), words)
    named = {f"{name} " if name in body.columns else name: value for name, value in about.items()}
    out = BytesIO()
    write_csv(pl.concat([pl.DataFrame({n: [v] * body.height for n, v in named.items()}), body], how="horizontal"), out)
    return out.getvalue()


def _with_codes(filled: Filled, body: pl.DataFrame, words: Words) -> pl.DataFrame:
    """The table with the code of each zone beside its name, so that it can be joined; empty where none is known."""
    places = [place for place, group in enumerate(filled.definition.group) if group.column == "zone"]
    for place in reversed(places):
        codes = pl.Series([*(row.of[place] for row in filled.rows), None], dtype=pl.String)
        name = words.say("{column}: code", column=body.columns[place])
        body = body.insert_column(place + 1, codes.alias(name))
    return body


def document(filled: Filled, *, return_id: str, signed_by: str | None, sent_at: str | None) -> dict[str, Any]:
    """The return for a program."""
    definition = filled.definition
    counted = [column.id for column in definition.counted]
    return {
        "form": FORM,
        "return_id": return_id,
        "definition": definition.label,
        "zone": filled.zone,
        "period": [filled.period.start.isoformat(), filled.period.end.isoformat()],
        "known_at": filled.known_at.isoformat(timespec="seconds"),
        "due_at": filled.due_at.isoformat(timespec="seconds"),
        "rows": [
            {
                **{group.column: value for group, value in zip(definition.group, row.of, strict=True)},
                **dict(zip(counted, row.values, strict=True)),
            }
            for row in filled.rows
        ],
        "total": {column.id: value for column, value in zip(definition.column, filled.total, strict=True)},
        "cells": filled.cells,
        "typed": filled.typed,
        "signed_by": signed_by,
        "sent_at": sent_at,
    }


def signed(content: dict[str, Any], key: Ed25519PrivateKey) -> bytes:
    """The document with the public key and an Ed25519 signature over everything else in it."""
    whole = content | {"public_key": public_text(key)}
    whole["signature"] = base64.b64encode(key.sign(_signed_part(whole))).decode()
    return (json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def verify_return(text: bytes) -> dict[str, Any]:
    """The document of a signed file.

    Raises
    ------
    DataError
        When it is no return, is too large, or is not what was signed.
    """
    if len(text) > _MOST_BYTES:
        raise DataError("The file is larger than 8 MB: no return is.", next_step="Name the file of a return.")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict) or content.get("form") != FORM:
        raise DataError(
            "The file is not a return.", allowed=f"JSON of the form {FORM}", next_step="Ask the sender for it again."
        )
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(content["public_key"], validate=True))
        key.verify(base64.b64decode(content["signature"], validate=True), _signed_part(content))
    except (KeyError, TypeError, ValueError, InvalidSignature):
        raise DataError(
            "The return is not signed, or was changed after it was signed.",
            next_step="Ask the sender for it again; do not count with it.",
        ) from None
    return content


def _signed_part(content: dict[str, Any]) -> bytes:
    rest = {name: value for name, value in content.items() if name != "signature"}
    return json.dumps(rest, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _cells(values: list[Value]) -> list[Any]:
    """A column of one kind: numbers where all are, else text."""
    filled = [value for value in values if value is not None]
    if all(isinstance(value, int) for value in filled):
        return values
    if all(isinstance(value, (int, float)) for value in filled):
        return [None if value is None else float(value) for value in values]
    return [None if value is None else str(value) for value in values]
