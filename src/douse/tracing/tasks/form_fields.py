"""The fields of each task's form: what is asked, where the answer goes, and where it may be known from already."""

from dataclasses import dataclass

Column = tuple[str, str]  # table, column


@dataclass(frozen=True)
class Field:
    """One field of a form.

    Parameters
    ----------
    asked : tuple[str, str]
        Table and column where the answer goes.
    also : tuple of tuple[str, str]
        Where the same may be known from.
    of_case : bool
        What is asked is about the person with this case, not about the person: only records of the two count.
    """

    asked: Column
    also: tuple[Column, ...] = ()
    of_case: bool = False

    @property
    def name(self) -> str:
        """Name of the field: that of its column."""
        return self.asked[1]


_HOME = (
    Field(("people", "zone"), (("contacts", "zone"), ("cases", "zone"))),
    Field(("people", "household"), (("contacts", "household"),)),
    Field(("people", "age"), (("contacts", "age"), ("cases", "age"))),
)
_DAY = (
    Field(("people", "daytime_place")),
    Field(("people", "group")),
    Field(("people", "occupation"), (("cases", "occupation"),)),
)
_MEETING = tuple(
    Field(("contacts", name), of_case=True) for name in ("first_contact", "last_contact", "setting", "minutes")
)
_WHEREABOUTS = (
    Field(("visits", "place_id"), (("visits", "latitude"),)),
    Field(("arrivals", "carrier")),
    Field(("arrivals", "seat")),
)
_SOURCE = (
    Field(("cases", "exposed_from")),
    Field(("cases", "exposed_to")),
    Field(("cases", "origin")),
    Field(("cases", "infector")),
    Field(("cases", "setting")),
    Field(("arrivals", "origin")),
)
FIELDS: dict[str, tuple[Field, ...]] = {
    "interview": (
        Field(("cases", "onset")),
        Field(("cases", "severity")),
        Field(("cases", "isolated_at"), (("stays", "entered_on"),)),
        *_HOME, *_DAY, *_WHEREABOUTS,
        Field(("cases", "contacts_found")),
        Field(("contacts", "person_id")),
    ),
    "find_source": (*_SOURCE, *_DAY, *_WHEREABOUTS),
    "ask_infector": (Field(("contacts", "person_id")), *_DAY, *_WHEREABOUTS),
    "reach": (*_HOME, *_DAY, *_MEETING, Field(("contacts", "reached_at"), of_case=True)),
    "quarantine": (
        *_HOME,
        Field(("contacts", "quarantined_on"), (("stays", "entered_on"),)),
        Field(("contacts", "quarantine_place"), (("stays", "place"),)),
    ),
    "test": (*_HOME, Field(("tests", "sampled_at")), Field(("tests", "kind")), Field(("tests", "laboratory"))),
    "release": (*_HOME, Field(("tests", "result")), Field(("contacts", "quarantine_ended_on"))),
}  # fmt: skip
# What a task itself brings about has to be entered anew, whatever earlier records say.
NEW = {
    "reach": ("reached_at",),
    "quarantine": ("quarantined_on", "quarantine_place"),
    "test": ("sampled_at", "kind", "laboratory"),
}
# Lists of which one entry says nothing of the others: asked for more, whatever is known.
LISTS = (("contacts", "person_id"), ("visits", "place_id"), ("arrivals", "carrier"), ("arrivals", "seat"))
# Where a meeting that nobody named is known from, by the basis of the exposure.
TABLE_OF_BASIS = {
    "household": "people",
    "group": "people",
    "ward": "stays",
    "journey": "arrivals",
    "shared_place": "visits",
    "guest_list": "visits",
    "named_place": "visits",
}
# What such an exposure says of the meeting; minutes only where it has some.
SAID_BY_EXPOSURE = ("first_contact", "last_contact", "setting")
