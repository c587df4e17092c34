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
Item = Literal[
    "protective_set", "n95", "surgical_mask", "swab", "tube", "reagent", "antigen_test", "living_package",
    "food_kg", "medicine_course", "vaccine_dose", "other",
]  # fmt: skip
RequestKind = Literal["food", "medicine", "dialysis", "birth", "dependant_care", "medical_visit", "other"]
CrewKind = Literal["delivery", "medical_transport", "care", "helper"]
ReportKind = Literal["symptoms", "exposure", "travel", "arrival"]
Symptom = Literal[
    "fever", "cough", "sore_throat", "breathless", "loss_of_smell", "rash", "diarrhoea", "vomiting", "bleeding",
    "headache", "muscle_pain", "tired", "other",
]  # fmt: skip
AgeBand = Literal["age_0_4", "age_5_17", "age_18_59", "age_60_79", "age_80_over"]

ZONE_KINDS: tuple[str, ...] = get_args(ZoneKind)
LEVELS: tuple[str, ...] = get_args(Level)
SETTINGS: tuple[str, ...] = get_args(Setting)
VENTILATIONS: tuple[str, ...] = get_args(Ventilation)
STAY_PLACES: tuple[str, ...] = get_args(StayPlace)
ITEMS: tuple[str, ...] = get_args(Item)
REQUEST_KINDS: tuple[str, ...] = get_args(RequestKind)
CREW_KINDS: tuple[str, ...] = get_args(CrewKind)
REPORT_KINDS: tuple[str, ...] = get_args(ReportKind)
SYMPTOMS: tuple[str, ...] = get_args(Symptom)
AGE_BANDS: tuple[str, ...] = get_args(AgeBand)
