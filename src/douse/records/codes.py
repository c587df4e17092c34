"""The code lists of the tables, each in its working order."""

# Zones, smallest first; the order is what "smallest unit that covers the evidence" means.
ZONE_KINDS = (
    "household", "floor", "unit", "building", "estate", "grid",
    "community", "street", "district", "county", "city", "province", "country",
)  # fmt: skip
LEVELS = ("open", "precaution", "control", "lockdown")

CLASSIFICATIONS = ("suspected", "probable", "confirmed", "discarded")
SEXES = ("female", "male", "other", "unknown")
OCCUPATIONS = (
    "health_worker",
    "carer",
    "food_worker",
    "transport_worker",
    "teacher",
    "pupil",
    "inbound_worker",
    "other",
)
ORIGINS = ("imported", "local", "unknown")
FOUND_BY = ("symptoms", "contact_tracing", "screening", "entry_screening", "other")
SEVERITIES = ("asymptomatic", "mild", "moderate", "severe", "critical")
OUTCOMES = ("recovered", "died", "lost")
SETTINGS = (
    "household", "care", "school", "workplace", "healthcare", "transport", "meal",
    "worship", "leisure", "shop", "lodging", "community", "travel", "other",
)  # fmt: skip
CONTACT_CLASSES = ("close", "secondary", "general")
STAY_PLACES = ("home", "quarantine_site", "shelter_hospital", "hospital", "icu")
FOLLOW_UPS = ("not_started", "under_follow_up", "completed", "lost", "cancelled")
PLACE_KINDS = (
    "home", "school", "workplace", "hospital", "clinic", "pharmacy", "care_home", "shop", "market", "restaurant",
    "cafe", "bar", "worship", "gym", "leisure", "lodging", "transport", "airport", "office", "event", "other",
)  # fmt: skip
VENTILATIONS = ("outdoors", "good", "ordinary", "poor")
FACILITY_KINDS = (
    "hospital", "shelter_hospital", "quarantine_site", "laboratory", "sampling_site", "clinic", "depot",
)  # fmt: skip
TEST_KINDS = ("pcr", "antigen", "antibody", "culture", "other")
TEST_RESULTS = ("pending", "positive", "negative", "indeterminate", "not_done")
TEST_PURPOSES = ("diagnosis", "contact", "screening", "release", "entry", "other")
MEASURE_KINDS = (
    "level", "screening", "quarantine", "isolation", "transfer", "shipment", "closure", "border", "information",
    "other",
)  # fmt: skip
CLOSED = ("school", "workplace")
TRANSPORTS = ("air", "sea", "rail", "road", "other")
ITEMS = (
    "protective_set", "n95", "surgical_mask", "swab", "tube", "reagent", "antigen_test", "living_package",
    "food_kg", "medicine_course", "vaccine_dose", "other",
)  # fmt: skip
# Crews that carry and help, and in what they state how much they manage in a day.
CREW_KINDS = ("delivery", "medical_transport", "care", "helper")
CAPACITY_UNITS = ("trips", "kg")
REQUEST_KINDS = ("food", "medicine", "dialysis", "birth", "dependant_care", "medical_visit", "other")
# Complaints by syndrome (as in WHO's early-warning lists), sales, absences, samples; prevalence: of a place elsewhere.
INDICATORS = (
    "fever", "influenza_like_illness", "severe_respiratory_illness", "watery_diarrhoea", "bloody_diarrhoea", "vomiting",
    "fever_with_rash", "fever_with_bleeding", "jaundice", "meningitis", "paralysis", "unexplained_death", "all_deaths",
    "emergency_visits", "ambulance_calls", "helpline_calls", "fever_medicine", "cough_medicine", "diarrhoea_medicine",
    "school_absence", "work_absence", "wastewater", "animal_deaths", "prevalence", "other_indicator",
)  # fmt: skip

# What tracers note of people under watch.
FOLLOW_UP_WAYS = ("visit", "phone", "self_report")
FOLLOW_UP_RESULTS = ("seen", "not_found", "refused")
YES_NO = ("yes", "no")

# Of the tables that only the ledger has.
MERGE_STATES = ("merged", "undone")
VERDICTS_ON_MEASURES = ("approved", "changed", "declined", "seconded")
VERDICTS_ON_SIGNALS = ("verified", "dismissed", "watching")
TASK_KINDS = (
    "interview", "reach", "quarantine", "find_source", "ask_infector", "test", "release",
    "follow_up", "visit_place", "deliver", "carry_out", "look",
)  # fmt: skip
TASK_OUTCOMES = ("done", "not_reached", "refused", "cancelled")
HOLD_STATES = ("in_force", "released")
ERASURE_REASONS = ("asked_for", "retention")

# Of the public side, and of exchange between levels and instances.
REPORT_KINDS = ("symptoms", "exposure", "travel", "arrival")
REPORT_STATES = ("received", "advised", "tested", "case", "duplicate", "withdrawn")
SYMPTOMS = (
    "fever", "cough", "sore_throat", "breathless", "loss_of_smell", "rash", "diarrhoea", "vomiting", "bleeding",
    "headache", "muscle_pain", "tired", "other",
)  # fmt: skip
AGE_BANDS = ("age_0_4", "age_5_17", "age_18_59", "age_60_79", "age_80_over")
CLAIM_STATES = ("open", "answered", "published", "withdrawn")
CLAIM_ANSWERS = ("true", "false", "partly", "not_yet_known")
CLAIM_CHANNELS = ("call", "public_form", "staff", "news", "social_media", "messenger", "neighbourhood", "other")
AUDIENCES = ("public", "partners")
RETURN_STATES = ("draft", "signed", "sent")
ANNEX_2 = ("yes", "no", "not_known")
ASSESSMENT_STATES = ("begun", "assessed", "notified", "closed")
OFFER_STATES = ("offered", "accepted", "declined", "withdrawn", "expired")
