"""Values as JSON text, the same way every time."""

import json
import math
from dataclasses import is_dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter


def dumped(value: Any) -> str:
    """JSON text: UTF-8, indented, keys in the order given, no NaN."""
    return json.dumps(_without_nan(value), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def plain(value: Any) -> Any:
    """Dataclasses, dates and tuples as what JSON knows."""
    kind: Any = type(value) if is_dataclass(value) else Any
    return _adapter(kind).dump_python(value, mode="json")


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    """What turns a kind of value into plain ones; making one takes longer than using it."""
    return TypeAdapter(kind)


def _without_nan(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _without_nan(inner) for name, inner in value.items()}
    return [_without_nan(inner) for inner in value] if isinstance(value, (list, tuple)) else value
