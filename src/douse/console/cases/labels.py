"""What columns are called on pages. Hints are the descriptions of the tables themselves."""

from collections.abc import Callable

from douse.console.words import say, words
from douse.records.tables import TABLES

_LABELS: dict[str, Callable[[], str]] = {
    "age": lambda: say("Age"),
    "arrived_at": lambda: say("Arrived"),
    "at": lambda: say("When"),
    "carrier": lambda: say("Flight, train or coach"),
    "case_id": lambda: say("Case number"),
    "classification": lambda: say("Classification"),
    "cluster": lambda: say("Cluster"),
    "confirmed_at": lambda: say("Confirmed"),
    "contact_class": lambda: say("Class of contact"),
    "contacts_found": lambda: say("Contacts named"),
    "ct": lambda: say("Ct value"),
    "daytime_place": lambda: say("School or workplace"),
    "depends_on": lambda: say("Cared for by"),
    "entered_at": lambda: say("Came"),
    "entered_on": lambda: say("First day"),
    "exposed_from": lambda: say("Infected from"),
    "exposed_to": lambda: say("Infected until"),
    "facility_id": lambda: say("Facility"),
    "first_contact": lambda: say("First contact"),
    "follow_up": lambda: say("Follow-up"),
    "found": lambda: say("Found"),
    "found_at": lambda: say("Named"),
    "found_by": lambda: say("Found by"),
    "from_zone": lambda: say("From zone"),
    "group": lambda: say("Class, team or ward"),
    "home_place": lambda: say("Home"),
    "hospitalised_on": lambda: say("In hospital since"),
    "household": lambda: say("Household"),
    "how": lambda: say("How"),
    "infector": lambda: say("Infected by case"),
    "isolated_at": lambda: say("Isolated"),
    "kind": lambda: say("Kind"),
    "laboratory": lambda: say("Laboratory"),
    "last_contact": lambda: say("Last contact"),
    "latitude": lambda: say("Latitude"),
    "left_at": lambda: say("Left"),
    "left_on": lambda: say("Last day"),
    "longitude": lambda: say("Longitude"),
    "minutes": lambda: say("Minutes together"),
    "note": lambda: say("Note"),
    "occupation": lambda: say("Occupation"),
    "onset": lambda: say("First symptoms"),
    "origin": lambda: say("Where infected"),
    "origin_place": lambda: say("Country or area of infection"),
    "outcome": lambda: say("Outcome"),
    "outcome_on": lambda: say("Day of outcome"),
    "pathogen": lambda: say("Pathogen"),
    "person_id": lambda: say("Person (pseudonym)"),
    "place": lambda: say("Kind of place"),
    "place_id": lambda: say("Place"),
    "pool_size": lambda: say("People in the tube"),
    "purpose": lambda: say("Purpose"),
    "quarantine_ended_on": lambda: say("Quarantine ended"),
    "quarantine_place": lambda: say("Place of quarantine"),
    "quarantine_until": lambda: say("Quarantine until"),
    "quarantined_on": lambda: say("Quarantine since"),
    "reached_at": lambda: say("First spoken to"),
    "recorded_at": lambda: say("Entered"),
    "reported_at": lambda: say("Reported"),
    "result": lambda: say("Result"),
    "result_at": lambda: say("Result known"),
    "same_as": lambda: say("Same as case"),
    "sampled_at": lambda: say("Sample taken"),
    "seat": lambda: say("Seat"),
    "setting": lambda: say("Setting"),
    "severity": lambda: say("Severity"),
    "sex": lambda: say("Sex"),
    "symptoms": lambda: say("Symptoms"),
    "temperature": lambda: say("Temperature"),
    "tested_at": lambda: say("First positive sample"),
    "transport": lambda: say("Means of transport"),
    "ward": lambda: say("Ward or room"),
    "zone": lambda: say("Zone"),
}
# Columns whose name means another thing in one table.
_OF_TABLE: dict[tuple[str, str], Callable[[], str]] = {
    ("arrivals", "origin"): lambda: say("Came from"),
    ("contacts", "case_id"): lambda: say("Contact of case"),
    ("follow_ups", "case_id"): lambda: say("Contact of case"),
    ("contacts", "setting"): lambda: say("Where they met"),
    ("cases", "setting"): lambda: say("Place of infection"),
}


def label(table: str, column: str) -> str:
    """The name of a column in the language of the reader."""
    said = _OF_TABLE.get((table, column)) or _LABELS.get(column)
    return said() if said else words().label(column)


def hint(table: str, column: str) -> str:
    """What the table says of a column; nothing where that is no more than what it is called."""
    said = words().translated(TABLES[table].columns()[column].description or "")
    return "" if said.rstrip(".。") == label(table, column) else said
