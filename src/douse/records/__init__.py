"""Records: every table once, one door, and the as-of view."""

from douse.records.records import Records
from douse.records.zone_tree import ZoneTree

__all__ = ["Records", "ZoneTree"]
