"""The codes that pages show: those of the code lists, and those that the rooms name in their values.

A test holds that each has a translation. Order within a list is the order on the page.
"""

from douse.library.hazard import FIGURE_UNITS, Hazard
from douse.library.load import names
from douse.planning.cost import COST_ITEMS, COST_UNITS
from douse.records import codes
from douse.records.ledger_tables import LEDGER_TABLES
from douse.signals.detect import DETECTORS as SCENE_DETECTORS

DETECTORS = (
    *SCENE_DETECTORS,
    "import_positivity",
    "imported_cases",
    "missed_imports",
)
SEVERITIES_OF_SIGNALS = ("alarm", "warning", "notice")
SIGNAL_STATES = ("new", "verifying", "confirmed", "dismissed")
ACTIONS = ("lift", "start", "change", "keep")
DELAYS = (
    "onset_to_test",
    "test_to_confirmation",
    "confirmation_to_report",
    "report_to_isolation",
    "onset_to_isolation",
)
MILESTONES = ("detect", "notify", "respond")
LINKS = ("imported", "linked", "unlinked")
CHAIN_SOURCES = ("arrival", "cluster", "unknown", "not_yet_recorded")
# Who infected a case, where it is no case on record; and causes of a change of belief.
ANSWERS = ("unknown_infector", "another_case", "not_known")
CAUSES_OF_CHANGE = (
    "new_case", "case_withdrawn", "origin_of_case", "all_cases", "all_delays", "declared_infector",
    "shared_daytime_place", "case_onset", "case_found", "case_quarantine", "case_exposure", "infector_onset",
    "infector_found", "infector_isolation", "evidence_zone", "evidence_distance", "evidence_number", "evidence_told",
    "evidence_ages", "evidence_age", "evidence_found", "evidence_contacts_found", "evidence_cluster",
    "evidence_documented", "evidence_visited", "evidence_before", "evidence_after", "evidence_place",
)  # fmt: skip
TASKS = ("interview", "reach", "quarantine", "find_source", "ask_infector", "test", "release")
BASES = (
    "recorded", "household", "shared_place", "group", "ward", "journey", "guest_list", "named_place", "onset",
    "confirmed", "reported",
)  # fmt: skip
RESOURCES = ("hospital_bed", "icu_bed", "shelter_bed", "quarantine_room", "tests")
FORECAST = ("new_cases",)
ROLES = ("tracer", "sampler", "shelter_medical", "shelter_support", "quarantine_medical", "quarantine_support")
# Of the console: roles of its policy, and events of its audit log that every instance has.
CONSOLE_ROLES = (
    "reporter", "tracer", "community_worker", "laboratory", "logistics", "epidemiologist", "decision_maker",
    "data_steward", "administrator", "auditor",
)  # fmt: skip
EVENTS = (
    "signed_in", "signed_out", "sign_in_failed", "set_password", "set_second_factor", "second_factor_failed",
    "made_link", "added_user", "gave_role", "took_role", "locked_user", "unlocked_user", "took_second_factor",
    "break_glass", "mended_glass", "read_broken_glass", "saw_personal", "choose_protocol", "verify_ledger", "erase",
    "import", "export", "exported", "named_person", "approve_measure", "second_measure", "verify_signal",
    "counted_stock", "sent_shipment", "received_shipment", "changed_facility",
    "added_crew", "changed_crew",
)  # fmt: skip
RESIDENT_EVENTS = (
    "sent_by_residents", "corrected_by_resident", "withdrawn_by_resident", "confirmed_by_resident", "triage",
    "answered_request", "gave_code", "rang_again",
)  # fmt: skip
TASK_EVENTS = (
    "make_tasks", "share_tasks", "took_task", "recorded_task", "recorded_visit", "make_token", "revoked_token",
)  # fmt: skip
RECORD_EVENTS = (
    "named_person", "merge_persons", "export_persons",
    *(
        f"{done}_{table}"
        for done in ("added", "corrected")
        for table in ("cases", "contacts", "follow_ups", "tests", "stays", "visits", "arrivals", "people")
    ),
)  # fmt: skip
LEVEL_EVENTS = (
    "fill_return", "sign_return", "send_return", "assess_event", "notified_event", "closed_event", "made_bundle",
    "took_bundle", "offered_case", "answered_offer", "expired_offers",
)  # fmt: skip
CRITERIA_OF_IHR = ("serious", "unusual", "spread", "restrictions")
CLAIM_EVENTS = (
    "entered_claim", "answer_claim", "review_claim", "sent_back_claim", "withdrew_claim", "reopened_claim",
    "joined_claim", "publish_bulletin",
)  # fmt: skip
EVENT_OBJECTS = ("users", "library", "ledger", "persons", "vault")
DOOR_ACTIONS = ("row_set_aside", "value_set_aside", "note")
QUARANTINE_PLACES = ("home", "central", "monitor")
LADDER = (
    "inform",
    "test",
    "home",
    "central",
    "building",
    "estate",
    "area",
    "monitor",
    "vaccinate",
    "exclusion",
)  # of protocols: least_restrictive
BOOKS = ("economic", "social", "livelihood")
CAUSES = ("measures", "epidemic")
ALARMS = ("red", "amber")
# Who waits for a bed; how what they get fits; ways of entry and what tells of infected arrivals.
WAITING = ("contact", "unknown")
BED_FITS = ("as_needed", "higher_class", "lower_class", "stays", "none_free")
ENTRY_BASES = ("tests", "prevalence", "others", "guess")
FLOOR = ("beds", "icu_beds", "rooms", "tests", "tracers")
CAPACITY_VALUES = ("samplers", "tubes_a_day", "people_a_day", "contacts_a_day")

_LISTS_OF_RECORDS: tuple[tuple[str, ...], ...] = tuple(
    value for name, value in sorted(vars(codes).items()) if name.isupper() and isinstance(value, tuple)
)

CODES: frozenset[str] = frozenset(
    code
    for codes_of_one in (
        *_LISTS_OF_RECORDS, DETECTORS, SEVERITIES_OF_SIGNALS, SIGNAL_STATES, ACTIONS, DELAYS, MILESTONES, LINKS,
        CHAIN_SOURCES, ANSWERS,
        CAUSES_OF_CHANGE, TASKS, BASES, RESOURCES, FORECAST, ROLES, CONSOLE_ROLES, EVENTS, RESIDENT_EVENTS, TASK_EVENTS,
        RECORD_EVENTS, LEVEL_EVENTS, CRITERIA_OF_IHR, CLAIM_EVENTS, EVENT_OBJECTS, BOOKS,
        CAUSES, ALARMS, FLOOR, CAPACITY_VALUES,
        COST_ITEMS,
        COST_UNITS, DOOR_ACTIONS, QUARANTINE_PLACES, LADDER, WAITING,
        BED_FITS, ENTRY_BASES, tuple(LEDGER_TABLES), tuple(FIGURE_UNITS), tuple(names(Hazard)),
    )
    for code in codes_of_one
)  # fmt: skip
