"""The groups of evidence on a pair, and the levels that each can take, in the order of their codes.

In all of them the infector is named first: `older` means that the infector is older.
"""

from collections.abc import Mapping

# Compared pair by pair. The first level is "not known", or what most pairs are; its weight is 0.
GROUPS: Mapping[str, tuple[str, ...]] = {
    # Smallest zone of the tree that holds both; `nothing` in common.
    "zone": ("not_known", "nothing", "building", "community", "city", "province", "country"),
    # Between residences, or the centres of different zones.
    "distance": ("not_known", "0_km", "1_km", "3_km", "10_km", "30_km", "100_km", "farther"),
    # How far apart they stand in a register whose numbers go with time.
    "number": (
        "no_register", "4_before", "1_before", "1_after", "2_after", "3_after", "6_after", "11_after", "31_after",
        "farther",
    ),
    # Days from the report of the infector to that of a case found by contact tracing.
    "told": (
        "not_traced", "8_before", "1_before", "0_after", "1_after", "2_after", "3_after", "5_after", "8_after",
        "later",
    ),
    "ages": ("not_known", "near", "near_other_sex", "10_apart", "older", "younger", "40_apart"),
    "age": ("not_known", "child", "adult", "old"),
    "found": ("other", "traced", "cluster", "imported"),
    "contacts_found": ("not_known", "0", "10", "30", "100"),
    "cluster": ("neither", "infector_only", "case_only", "different", "same"),
    "documented": ("neither", "onset", "visits", "both"),
    # Visits to the zone where the other lives, of people of different zones.
    "visited": ("no_visits", "neither", "infector", "case", "both"),
    # Cases of the infector's zone told in the ten days before it, and in the week from its day on.
    "before": ("not_known", "0", "1", "3", "7"),
    "after": ("not_known", "0", "1", "3", "7", "16"),
    # Of people whose visits are known. The last three come from a list of pairs.
    "place": ("no_visits", "apart", "near_days", "healthcare_same_day", "same_day"),
}  # fmt: skip
PLACE = tuple(GROUPS).index("place")
# Level of the smallest common zone by its kind, from the third level of "zone" on.
ZONE_LEVEL_OF_KIND: Mapping[str, int] = {
    **dict.fromkeys(("household", "floor", "unit", "building", "estate"), 0),
    **dict.fromkeys(("grid", "community", "street"), 1),
    **dict.fromkeys(("district", "county", "city"), 2),
    "province": 3,
    "country": 4,
}
# Evidence that is there or not: the share of links that show it is known before, and learned from the outbreak.
SIGNS: tuple[str, ...] = ("contact", "household", "daytime_place")
