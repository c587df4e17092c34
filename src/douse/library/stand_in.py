"""What stands in where a protocol leaves a part out: that of who-generic."""

from collections.abc import Callable
from typing import TypeVar

from douse.library.load import load
from douse.library.protocol import Protocol

Part = TypeVar("Part")
GENERIC = "who-generic"


def part_of(protocol: Protocol, part: Callable[[Protocol], Part | None]) -> Part:
    """The protocol's part, else that of who-generic."""
    own = part(protocol)
    return there(part(load(Protocol, GENERIC))) if own is None else own


def there(part: Part | None) -> Part:
    """A part of the shipped files that stand in for others: they have it, as a test holds."""
    if part is None:
        raise ValueError("a shipped file lacks a part that stands in for that of others")
    return part
