"""Code lists that library files use. A test keeps them equal to those of the tables in `records/codes.py`."""

from typing import Literal, get_args

# Zones, smallest first.
ZoneKind = Literal[
    "household", "floor", "unit", "building", "estate", "grid",
    "community", "street", "district", "county", "city", "province", "country",
]  # fmt: skip
Level = Literal["open", "precaution", "control", "lockdown"]
Setting = Literal[
    "household", "care", "school", "workplace", "healthcare", "transport", "meal",
    "worship", "leisure", "shop", "lodging", "community", "travel", "other",
]  # fmt: skip
Ventilation = Literal["outdoors", "good", "ordinary", "poor"]
# Where a level cuts contacts.
ContactPlace = Literal["school", "work", "transport", "shop", "zone", "city"]
StayPlace = Literal["home", "quarantine_site", "shelter_hospital", "hospital", "icu"]

ZONE_KINDS: tuple[str, ...] = get_args(ZoneKind)
LEVELS: tuple[str, ...] = get_args(Level)
SETTINGS: tuple[str, ...] = get_args(Setting)
VENTILATIONS: tuple[str, ...] = get_args(Ventilation)
STAY_PLACES: tuple[str, ...] = get_args(StayPlace)
