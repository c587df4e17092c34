"""Every table, defined once: columns, codes, units, row rules and a sentence on each.

The data dictionary in `docs/data-dictionary.md`, the checks at the door and the as-of view all read this file.

A table is a dataframely schema with four extra class attributes:

``key``          columns that make a row one thing in the world; ``record_id`` is made from them when absent
``occurred``     column that says when it happened (None for reference tables)
``told_by``      columns tried in order for ``recorded_at`` where a file has none (the first that is filled wins)
``row_actions``  row rule -> columns that are set aside when the rule fails; an empty tuple sets the whole row aside
``unlocks``      what the report can say once this table is there
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar

import dataframely as dy
import polars as pl

from douse.records import codes
from douse.records.columns import code, count, day, ident, moment, number, text


class Table(dy.Schema):
    """Columns that every record carries."""

    key: ClassVar[tuple[str, ...]] = ()
    occurred: ClassVar[str | None] = None
    told_by: ClassVar[tuple[str, ...]] = ()
    row_actions: ClassVar[dict[str, tuple[str, ...]]] = {}
    unlocks: ClassVar[str] = ""

    record_id = ident("Identifier of the record itself; made from the key columns when a file has none.", required=True)
    recorded_at = moment("When the system was told. In a reference table: empty means known from the start.")
    supersedes = ident("record_id of the record that this one corrects.")


def _in_order(first: str, second: str) -> pl.Expr:
    """True unless both are filled and `first` lies on a later day than `second`."""
    return (pl.col(first).cast(pl.Date) <= pl.col(second).cast(pl.Date)).fill_null(value=True)


class Zones(Table):
    """Administrative or drawn areas in a tree: country, province, city, district, community, estate, building."""

    key = ("zone_id",)
    unlocks = "levels on the smallest area, rates per 100,000, screening rounds, a map"
    row_actions: ClassVar = {"parent_is_another": ("parent_zone",)}

    zone_id = ident("Identifier of the zone.", required=True)
    name = text("Name that residents use.")
    kind = code(codes.ZONE_KINDS, "Rank of the zone, from household to country.")
    parent_zone = ident("Zone that contains this one.", references="zones.zone_id")
    postcode = text("Postcode by which residents find it; several with blanks between, each written without one.")
    population = count("Residents.", "people")
    households = count("Households.", "households")
    immune = number(
        "Share of residents whom a vaccine, or an illness before this outbreak, protects from infection.",
        "share",
        low=0,
        high=1,
    )
    latitude = number("Latitude of a central point.", "degrees", low=-90, high=90)
    longitude = number("Longitude of a central point.", "degrees", low=-180, high=180)
    boundary = text("Outline as GeoJSON geometry text, longitude first.", long=True)

    @dy.rule()
    def parent_is_another(cls) -> pl.Expr:
        """A zone is not its own parent."""
        return (pl.col("parent_zone") != pl.col("zone_id")).fill_null(value=True)


class Places(Table):
    """Addresses and venues where people meet."""

    key = ("place_id",)
    unlocks = "exposure sites on the map and in the announcements"

    place_id = ident("Identifier of the place.", required=True)
    name = text("Name of the place.")
    kind = code(codes.PLACE_KINDS, "What the place is.")
    zone = ident("Smallest zone that contains it.", references="zones.zone_id")
    latitude = number("Latitude.", "degrees", low=-90, high=90)
    longitude = number("Longitude.", "degrees", low=-180, high=180)
    capacity = count("People it holds.", "people")
    ventilation = code(codes.VENTILATIONS, "How the air of the place is renewed; empty counts as ordinary.")


class People(Table):
    """Residents, under pseudonyms; names and phones belong in the vault, never here."""

    key = ("person_id",)
    unlocks = "household members, classmates and teams as contacts, numbers of people a measure affects, dependants"
    row_actions: ClassVar = {"carer_is_another": ("depends_on",)}

    person_id = ident("Pseudonym of the person.", required=True)
    zone = ident("Smallest zone of residence.", references="zones.zone_id", personal=True)
    household = ident("Identifier of the household.", personal=True)
    age = count("Age.", "years", maximum=130)
    sex = code(codes.SEXES, "Sex as registered.", personal=True)
    occupation = code(codes.OCCUPATIONS, "Occupation that matters for exposure.", personal=True)
    home_place = ident("Place of residence.", references="places.place_id", personal=True)
    daytime_place = ident(
        "School or workplace; of ward staff the facility.", references="places.place_id", personal=True
    )
    group = ident("Class, team or shift there; of ward staff the ward, as in `stays.ward`.", personal=True)
    depends_on = ident(
        "Who cares for the person, where they must not be parted: a parent, a carer. Empty: children count as cared "
        "for by their household.",
        references="people.person_id",
        personal=True,
    )

    @dy.rule()
    def carer_is_another(cls) -> pl.Expr:
        """A person does not depend on themselves."""
        return (pl.col("depends_on") != pl.col("person_id")).fill_null(value=True)


class Facilities(Table):
    """Hospitals, shelter hospitals, quarantine sites, laboratories, sampling sites, clinics and depots."""

    key = ("facility_id",)
    unlocks = "beds, rooms and tests needed against what there is"

    facility_id = ident("Identifier of the facility.", required=True)
    name = text("Name of the facility.")
    kind = code(codes.FACILITY_KINDS, "What the facility is.", required=True)
    zone = ident("Zone where it stands.", references="zones.zone_id")
    latitude = number("Latitude.", "degrees", low=-90, high=90)
    longitude = number("Longitude.", "degrees", low=-180, high=180)
    beds = count("Beds for this outbreak.", "beds")
    icu_beds = count("Intensive-care beds for this outbreak.", "beds")
    rooms = count("Single quarantine rooms.", "rooms")
    tests_per_day = count("Tubes that it can process in 24 h.", "tubes/day")
    staff = count("Staff for this outbreak.", "people")
    lead_time_days = count("Days from the decision until it is open; 0 when open.", "days", maximum=3650)


class Cases(Table):
    """People who meet a case definition: the one table that is required."""

    key = ("case_id",)
    occurred = "onset"
    told_by = ("reported_at", "confirmed_at", "tested_at", "isolated_at", "hospitalised_on", "onset", "outcome_on")
    unlocks = "everything; the one table that is required"
    row_actions: ClassVar = {
        "onset_is_told": ("onset",),
        "exposure_order": ("exposed_from", "exposed_to"),
        "exposure_before_onset": ("exposed_from",),
        "test_before_confirmation": ("tested_at",),
        "onset_before_outcome": ("outcome", "outcome_on"),
        "confirmation_before_outcome": ("outcome", "outcome_on"),
        "infector_is_another": ("infector",),
        "merge_is_another": ("same_as",),
    }

    case_id = ident("Identifier of the case.", required=True)
    person_id = ident("Pseudonym of the person; the case_id stands in when empty.", personal=True)
    same_as = ident(
        "case_id of the case that this one turned out to be; a merged case no longer counts by itself.",
        references="cases.case_id",
    )
    pathogen = ident("Pathogen, by its name in the library.")
    classification = code(codes.CLASSIFICATIONS, "By the protocol's case definition; empty counts as confirmed.")
    zone = ident("Smallest known zone of residence.", references="zones.zone_id")
    latitude = number("Latitude of residence.", "degrees", low=-90, high=90, personal=True)
    longitude = number("Longitude of residence.", "degrees", low=-180, high=180, personal=True)
    age = count("Age at onset.", "years", maximum=130)
    sex = code(codes.SEXES, "Sex as registered.", personal=True)
    occupation = code(codes.OCCUPATIONS, "Occupation that matters for exposure.", personal=True)
    origin = code(codes.ORIGINS, "Infected abroad (or outside the area), here, or not known.")
    origin_place = text("Country or area where an imported case was infected.")
    infector = ident("case_id of the person who infected this one, as investigated.", references="cases.case_id")
    cluster = text("Recognised cluster that the case belongs to.")
    setting = code(codes.SETTINGS, "Where the infection happened.")
    found_by = code(codes.FOUND_BY, "How the case came to be known.")
    exposed_from = day("First possible day of infection.")
    exposed_to = day("Last possible day of infection.")
    onset = day("First day of symptoms; empty when there were none.")
    quarantined_on = day("First day in quarantine or closed management, when that was before the case was found.")
    tested_at = moment("When the first positive sample was taken.")
    confirmed_at = moment("When the laboratory confirmed the case.")
    reported_at = moment("When the case was reported to the health authority.")
    isolated_at = moment("When the case was isolated from others.")
    severity = code(codes.SEVERITIES, "Worst severity so far.", personal=True)
    hospitalised_on = day("First day in hospital.")
    outcome = code(codes.OUTCOMES, "How the illness ended.", known_by="outcome_on", personal=True)
    outcome_on = day("Day of recovery, death or loss to follow-up.")
    contacts_found = count("Contacts that the investigation named.", "people", maximum=100_000)

    @dy.rule()
    def onset_is_told(cls) -> pl.Expr:
        """onset is not after recorded_at: nobody can tell of a day that has not come."""
        return _in_order("onset", "recorded_at")

    @dy.rule()
    def exposure_order(cls) -> pl.Expr:
        """exposed_from is not after exposed_to."""
        return _in_order("exposed_from", "exposed_to")

    @dy.rule()
    def exposure_before_onset(cls) -> pl.Expr:
        """exposed_from is not after onset."""
        return _in_order("exposed_from", "onset")

    @dy.rule()
    def test_before_confirmation(cls) -> pl.Expr:
        """tested_at is not after confirmed_at."""
        return _in_order("tested_at", "confirmed_at")

    @dy.rule()
    def onset_before_outcome(cls) -> pl.Expr:
        """onset is not after outcome_on."""
        return _in_order("onset", "outcome_on")

    @dy.rule()
    def confirmation_before_outcome(cls) -> pl.Expr:
        """confirmed_at is not after outcome_on, unless the person had died."""
        return _in_order("confirmed_at", "outcome_on") | (pl.col("outcome") == "died").fill_null(value=False)

    @dy.rule()
    def infector_is_another(cls) -> pl.Expr:
        """A case is not its own infector."""
        return (pl.col("infector") != pl.col("case_id")).fill_null(value=True)

    @dy.rule()
    def merge_is_another(cls) -> pl.Expr:
        """A case is not merged into itself."""
        return (pl.col("same_as") != pl.col("case_id")).fill_null(value=True)


class Contacts(Table):
    """People who were exposed to a case, as investigated."""

    key = ("case_id", "person_id", "setting", "first_contact", "last_contact")
    occurred = "last_contact"
    told_by = ("found_at", "reached_at", "last_contact", "first_contact")
    unlocks = "ring 1 and ring 2, the worklist, quarantine ends, contacts reached within 48 h"
    row_actions: ClassVar = {"contact_order": ("first_contact",), "quarantine_order": ("quarantine_ended_on",)}

    case_id = ident("The case that the person was exposed to.", required=True, references="cases.case_id")
    person_id = ident("Pseudonym of the contact (a person_id, or the case_id if they became a case).", required=True)
    zone = ident("Smallest zone where the contact lives.", references="zones.zone_id")
    household = ident("Household of the contact.", personal=True)
    age = count("Age.", "years", maximum=130)
    setting = code(codes.SETTINGS, "Where the contact took place.")
    contact_class = code(codes.CONTACT_CLASSES, "By the protocol; empty is judged from setting and minutes.")
    first_contact = day("First day of contact.")
    last_contact = day("Last day of contact; the quarantine clock starts here.")
    minutes = number("Time together.", "minutes", low=0, high=1_000_000)
    found_at = moment("When the contact was named.")
    reached_at = moment("When the contact was first spoken to.")
    quarantined_on = day("First day in quarantine.")
    quarantine_place = code(codes.STAY_PLACES, "Where the quarantine takes place.", known_by="quarantined_on")
    quarantine_ended_on = day("Day of release from quarantine.")
    follow_up = code(codes.FOLLOW_UPS, "State of the follow-up.")

    @dy.rule()
    def contact_order(cls) -> pl.Expr:
        """first_contact is not after last_contact."""
        return _in_order("first_contact", "last_contact")

    @dy.rule()
    def quarantine_order(cls) -> pl.Expr:
        """quarantined_on is not after quarantine_ended_on."""
        return _in_order("quarantined_on", "quarantine_ended_on")


class FollowUps(Table):
    """Visits and calls to people under watch, as they took place."""

    key = ("person_id", "at")
    occurred = "at"
    told_by = ("at",)
    unlocks = "who under watch was seen on which day, and who fell ill there"

    person_id = ident("Pseudonym of the person (a case_id is understood too).", required=True, personal=True)
    case_id = ident("The case that the person was exposed to.", references="cases.case_id")
    zone = ident("Zone where the person stays.", references="zones.zone_id")
    at = moment("When it took place.", required=True)
    how = code(codes.FOLLOW_UP_WAYS, "Visit, call, or told by the person.")
    found = code(codes.FOLLOW_UP_RESULTS, "Whether the person was seen or spoken to; empty counts as seen.")
    symptoms = code(codes.YES_NO, "Whether there were symptoms.", personal=True)
    temperature = number("Body temperature.", "degrees Celsius", low=25, high=45, personal=True)
    note = text("What else was said.", personal=True)


class Visits(Table):
    """Who was where, and when."""

    key = ("person_id", "place_id", "zone", "entered_at")
    occurred = "entered_at"
    told_by = ("entered_at",)
    unlocks = "contacts who shared a place with a case, exposure sites"
    row_actions: ClassVar = {"visit_order": ("left_at",), "somewhere": ()}

    person_id = ident("Pseudonym of the person (a case_id is understood too).", required=True, personal=True)
    place_id = ident("The place.", references="places.place_id")
    kind = code(codes.PLACE_KINDS, "What the place is, when there is no table of places.")
    zone = ident("Zone of the place.", references="zones.zone_id")
    latitude = number("Latitude.", "degrees", low=-90, high=90, personal=True)
    longitude = number("Longitude.", "degrees", low=-180, high=180, personal=True)
    entered_at = moment("When the person came.", required=True)
    left_at = moment("When the person left; a date alone, or nothing, means the whole day.")

    @dy.rule()
    def visit_order(cls) -> pl.Expr:
        """entered_at is not after left_at."""
        return (pl.col("entered_at") <= pl.col("left_at")).fill_null(value=True)

    @dy.rule()
    def somewhere(cls) -> pl.Expr:
        """A visit names a place, a zone or a point."""
        return pl.col("place_id").is_not_null() | pl.col("zone").is_not_null() | pl.col("latitude").is_not_null()


class Tests(Table):
    """Laboratory and rapid tests, of one person or a pool."""

    key = ("person_id", "sampled_at", "kind", "purpose")
    occurred = "sampled_at"
    told_by = ("result_at", "sampled_at")
    unlocks = "positivity, laboratory delay, clean screening rounds, prevalence for pool sizes"
    row_actions: ClassVar = {"result_after_sample": ("result_at",)}

    person_id = ident("Pseudonym of the person, or of the pool.", required=True, personal=True)
    zone = ident("Zone where the sample was taken.", references="zones.zone_id")
    kind = code(codes.TEST_KINDS, "Kind of test.")
    purpose = code(codes.TEST_PURPOSES, "Why it was taken.")
    sampled_at = moment("When the sample was taken.", required=True)
    result_at = moment("When the result was known.")
    result = code(codes.TEST_RESULTS, "Result; pending until known.", known_by="result_at", personal=True)
    pool_size = count("People in the tube; 1 for a single test.", "people", minimum=1, maximum=100)
    laboratory = ident("Laboratory.", references="facilities.facility_id")
    ct = number("Cycle threshold of the first target.", "cycles", low=0, high=60)

    @dy.rule()
    def result_after_sample(cls) -> pl.Expr:
        """sampled_at is not after result_at."""
        return (pl.col("sampled_at") <= pl.col("result_at")).fill_null(value=True)


class Stays(Table):
    """Isolation, quarantine and hospital stays of persons."""

    key = ("person_id", "place", "entered_on")
    occurred = "entered_on"
    told_by = ("entered_on",)
    unlocks = "beds and rooms in use, who shared a ward with a case"
    row_actions: ClassVar = {"stay_order": ("left_on",)}

    person_id = ident("Pseudonym of the person (a case_id is understood too).", required=True, personal=True)
    place = code(codes.STAY_PLACES, "Kind of place.", required=True)
    facility_id = ident("Facility; empty at home.", references="facilities.facility_id")
    ward = ident("Ward, room or unit within the facility.", personal=True)
    entered_on = day("First day.", required=True)
    left_on = day("Last day; empty while it lasts.")

    @dy.rule()
    def stay_order(cls) -> pl.Expr:
        """entered_on is not after left_on."""
        return _in_order("entered_on", "left_on")


class Measures(Table):
    """What is or was in force: levels on zones, rounds, closures, border rules."""

    key = ("measure_id",)
    occurred = "start"
    told_by = ("start",)
    unlocks = "what can be lifted today, what expires, changes since yesterday"
    row_actions: ClassVar = {"measure_order": ("ended_on",), "level_is_named": ()}

    measure_id = ident("Identifier of the measure.", required=True)
    kind = code(codes.MEASURE_KINDS, "Kind of measure.", required=True)
    zone = ident("Zone where it applies.", references="zones.zone_id")
    level = code(codes.LEVELS, "Level, for a measure of kind level.")
    closed = code(codes.CLOSED, "What is closed, for a measure of kind closure; empty: schools and workplaces.")
    start = day("First day in force.", required=True)
    review_on = day("Day of the next review.", plan=True)
    expires_on = day("Last day in force unless renewed.", plan=True)
    ended_on = day("Day when it was lifted.")
    reason = text("Why, in a sentence.")
    approved_by = text("Role or office that approved it.")
    protocol = ident("Protocol that it follows, by its name in the library.")

    @dy.rule()
    def measure_order(cls) -> pl.Expr:
        """start is not after ended_on."""
        return _in_order("start", "ended_on")

    @dy.rule()
    def level_is_named(cls) -> pl.Expr:
        """A measure of kind level names its level and its zone."""
        return (pl.col("kind") != "level") | (pl.col("level").is_not_null() & pl.col("zone").is_not_null())


class Arrivals(Table):
    """People who came from elsewhere, and journeys inside the area on a vehicle shared with others."""

    key = ("person_id", "arrived_at")
    occurred = "arrived_at"
    told_by = ("arrived_at",)
    unlocks = "sources of imported chains, entry quarantine, who sat near a case on a flight or train"

    person_id = ident("Pseudonym of the person (a case_id is understood too).", required=True, personal=True)
    arrived_at = moment("When the person arrived.", required=True)
    origin = text("Country or area of departure.")
    from_zone = ident(
        "Zone of departure of a journey inside the area; such a journey makes no import.", references="zones.zone_id"
    )
    zone = ident("Zone of destination.", references="zones.zone_id")
    transport = code(codes.TRANSPORTS, "Means of transport.")
    carrier = text("Flight, ship, train or coach number; with the day it names one vehicle.")
    seat = text("Seat as on the ticket: 12A, coach 5 seat 12D.", personal=True)
    quarantine_until = day("Last day of entry quarantine.", plan=True)


class Stock(Table):
    """Counts of what lies in a depot or facility."""

    key = ("facility_id", "item", "counted_at")
    occurred = "counted_at"
    told_by = ("counted_at",)
    unlocks = "days of cover of protective sets, tubes, reagents and living packages, and what goes where"

    facility_id = ident("Where it lies.", required=True, references="facilities.facility_id")
    item = code(codes.ITEMS, "What it is.", required=True)
    counted_at = moment("When it was counted.", required=True)
    quantity = number("How much.", "items", low=0, high=1e12, required=True)


class Requests(Table):
    """What residents ask for."""

    key = ("request_id",)
    occurred = "requested_at"
    told_by = ("requested_at",)
    unlocks = "what residents ask for, by its clock, and unmet needs in the cost account"
    row_actions: ClassVar = {"request_order": ("met_at",)}

    request_id = ident("Identifier of the request.", required=True)
    zone = ident("Zone of the household.", references="zones.zone_id")
    household = ident("Household.", personal=True)
    kind = code(codes.REQUEST_KINDS, "What is asked for.", required=True)
    people = count("People it is for.", "people", maximum=10_000)
    requested_at = moment("When it was asked.", required=True)
    wanted_by = moment("When it is needed.", plan=True)
    promised_by = moment("By when it was promised.", plan=True)
    delivered_at = moment("When it was handed over, as those who brought it say.")
    met_at = moment("When the household confirmed that it was met.")
    withdrawn_at = moment("When the household took it back.")
    note = text("What exactly, in the household's words.", personal=True)

    @dy.rule()
    def request_order(cls) -> pl.Expr:
        """requested_at is not after met_at."""
        return (pl.col("requested_at") <= pl.col("met_at")).fill_null(value=True)


class Shipments(Table):
    """Goods on their way."""

    key = ("shipment_id",)
    occurred = "sent_at"
    told_by = ("sent_at",)
    unlocks = "goods on their way in the days of cover"
    row_actions: ClassVar = {"shipment_order": ("received_at",)}

    shipment_id = ident("Identifier of the shipment.", required=True)
    item = code(codes.ITEMS, "What it is.", required=True)
    quantity = number("How much.", "items", low=0, high=1e12, required=True)
    from_facility = ident("Where it came from.", references="facilities.facility_id")
    to_facility = ident("Where it goes.", references="facilities.facility_id")
    to_zone = ident("Zone where it goes, when not to a facility.", references="zones.zone_id")
    sent_at = moment("When it left.", required=True)
    due_at = moment("When it should arrive.", plan=True)
    received_at = moment("When it arrived.")

    @dy.rule()
    def shipment_order(cls) -> pl.Expr:
        """sent_at is not after received_at."""
        return (pl.col("sent_at") <= pl.col("received_at")).fill_null(value=True)


class Crews(Table):
    """People and vehicles that carry goods to the door and help residents."""

    key = ("crew_id",)
    unlocks = "goods that can be carried against goods that are needed, residents' requests matched to who goes there"
    row_actions: ClassVar = {
        "capacity_has_unit": ("capacity",),
        "hours_in_order": ("works_from", "works_to"),
        "skills_are_requests": ("skills",),
    }

    crew_id = ident("Identifier of the crew.", required=True)
    kind = code(codes.CREW_KINDS, "What it does.", required=True)
    facility_id = ident("Facility that it starts from, such as a depot.", references="facilities.facility_id")
    zone = ident("Zone that it starts from, when not at a facility.", references="zones.zone_id")
    people = count("People who work on a day.", "people", maximum=100_000)
    vehicles = count("Vehicles; 0 goes on foot.", "vehicles", maximum=100_000)
    capacity = number("How much the whole crew manages in a day.", "as capacity_unit says, a day", low=0, high=1e9)
    capacity_unit = code(codes.CAPACITY_UNITS, "What capacity is counted in: trips or kg, a day.")
    works_from = number("Hour of the day when work starts.", "hours", low=0, high=24)
    works_to = number("Hour of the day when work ends; a night shift is two crews.", "hours", low=0, high=24)
    skills = text("Kinds of requests that it can meet, as in `requests.kind`, with ; between; empty: by its kind.")

    @dy.rule()
    def capacity_has_unit(cls) -> pl.Expr:
        """A capacity names its unit: trips or kg a day."""
        return pl.col("capacity").is_null() | pl.col("capacity_unit").is_not_null()

    @dy.rule()
    def hours_in_order(cls) -> pl.Expr:
        """works_from is before works_to."""
        return (pl.col("works_from") < pl.col("works_to")).fill_null(value=True)

    @dy.rule()
    def skills_are_requests(cls) -> pl.Expr:
        """skills are kinds of requests with ; between them."""
        one = f"(?:{'|'.join(codes.REQUEST_KINDS)})"
        return pl.col("skills").str.contains(rf"^\s*{one}(?:\s*;\s*{one})*\s*;?\s*$").fill_null(value=True)


class Production(Table):
    """What factories and suppliers give, day after day."""

    key = ("production_id",)
    unlocks = "goods to come, and whether more production would end a shortage"
    row_actions: ClassVar = {"production_order": ("last_day",)}

    production_id = ident("Identifier of the supply.", required=True)
    item = code(codes.ITEMS, "What it is.", required=True)
    to_facility = ident("Facility that it comes to.", references="facilities.facility_id")
    quantity_per_day = number("How much a day.", "items/day", low=0, high=1e12, required=True)
    first_day = day("First day on which it comes; empty: it comes already.", plan=True)
    last_day = day("Last day on which it comes; empty: no end is known.", plan=True)
    lead_time_days = count("Days from an order until it comes; 0 when it is ordered.", "days", maximum=3650)

    @dy.rule()
    def production_order(cls) -> pl.Expr:
        """first_day is not after last_day."""
        return _in_order("first_day", "last_day")


class Indicators(Table):
    """Counts of complaints, sales, absences and samples that may tell of an outbreak before its cases do."""

    key = ("zone", "place", "date", "indicator", "source")
    occurred = "date"
    told_by = ("date",)
    unlocks = "rises of complaints, medicine sales, absences or wastewater before cases are told; prevalence at origins"
    row_actions: ClassVar = {"shares_are_parts": ("denominator",)}

    zone = ident("Zone that the count is about; empty for the whole area.", references="zones.zone_id")
    place = text("Country or area elsewhere, of a row on prevalence there: as `origin` of the arrivals.")
    date = day("Day that the count is about.", required=True)
    indicator = code(codes.INDICATORS, "What is counted.", required=True)
    source = text("Who counts: a network of doctors, a chain of pharmacies, a treatment plant. Each is a series.")
    count = number(
        "How many, or how much: send 0 for none; empty is not known.",
        "events; of wastewater gene copies a litre",
        low=0,
        high=1e15,
    )
    denominator = number(
        "Out of how many: all visits, all sales, pupils enrolled, people tested or served.",
        "as counted",
        low=0,
        high=1e12,
    )

    @dy.rule()
    def shares_are_parts(cls) -> pl.Expr:
        """Of those tested for prevalence no more are infected than there are."""
        within = (pl.col("count") <= pl.col("denominator")).fill_null(value=True)
        return (pl.col("indicator") != "prevalence") | within


TABLES: dict[str, type[Table]] = {
    "zones": Zones,
    "places": Places,
    "people": People,
    "facilities": Facilities,
    "cases": Cases,
    "contacts": Contacts,
    "follow_ups": FollowUps,
    "visits": Visits,
    "tests": Tests,
    "stays": Stays,
    "measures": Measures,
    "arrivals": Arrivals,
    "stock": Stock,
    "requests": Requests,
    "shipments": Shipments,
    "crews": Crews,
    "production": Production,
    "indicators": Indicators,
}
REFERENCE_TABLES = ("zones", "places", "people", "facilities", "crews", "production")
REQUIRED_TABLES = ("cases",)


@cache
def column_facts(table: type[Table], column: str) -> Mapping[str, Any]:
    """Metadata of one column (see `columns.py`); empty when there are none."""
    return MappingProxyType(dict(table.columns()[column].metadata or {}))
