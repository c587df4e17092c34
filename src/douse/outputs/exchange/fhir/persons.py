"""Cases, contacts, follow-ups, tests and stays as Patient, Condition, Observation, Specimen, and so on."""

from collections.abc import Mapping, Sequence
from typing import Any

from douse.outputs.exchange.fhir.cells import Clock, Resource, Row, concept, extensions, filled, identifier, uuid_of
from douse.readers.exchange.fhir.codes import coding, system
from douse.records.tables import TABLES

# Columns that an element of FHIR holds; all others of their table become extensions.
CASE = ("case_id", "person_id", "pathogen", "classification", "sex", "severity", "onset", "recorded_at")
CONTACT = ("case_id", "person_id", "first_contact", "last_contact", "recorded_at", "minutes")
FOLLOW_UP = ("person_id", "at", "recorded_at", "temperature", "symptoms", "note")
TEST = ("person_id", "kind", "sampled_at", "result_at", "result", "laboratory", "ct")
STAY = ("person_id", "entered_on", "left_on")
# Encounters in hospital; the others are looked after where they live.
_INPATIENT = frozenset({"hospital", "icu", "shelter_hospital"})
_ILLNESS = {"recovered": "resolved", "died": "inactive"}


def patient(person: str, cases: Sequence[Row], address: Resource | None) -> Resource:
    """A pseudonymous Patient: sex, death and the administrative area where all cases of the person agree on them."""
    sexes = {case["sex"] for case in cases}
    died = [case["outcome_on"] for case in cases if case["outcome"] == "died"]
    days = [day for day in died if day]
    return filled(
        {
            "resourceType": "Patient",
            "identifier": [identifier("person", person)],
            "gender": next(iter(sexes)) if len(sexes) == 1 else None,
            "deceasedDateTime": min(days).isoformat() if days else None,
            "deceasedBoolean": True if died and not days else None,
            "address": [address] if address else None,
        }
    )


def condition(case: Row, person: str, gender: str | None, columns: Sequence[str], clock: Clock) -> Resource:
    """The Condition of a case."""
    pathogen, severity, named = case["pathogen"], case["severity"], case["classification"]
    outcome, ended = case["outcome"], case["outcome_on"]
    recovered = outcome == "recovered"
    apart = [name for name in columns if name not in CASE and not (recovered and name in {"outcome", "outcome_on"})]
    apart += ["person_id"]  # that it was sent, and is not only the case_id that stands in
    apart += ["sex"] if case["sex"] != gender else []
    return filled(
        {
            "resourceType": "Condition",
            "extension": extensions("cases", case, apart, clock),
            "identifier": [identifier("case", case["case_id"])],
            "clinicalStatus": None
            if named == "discarded" and not outcome
            else {"coding": [{"system": system("clinical"), "code": _ILLNESS.get(outcome or "", "active")}]},
            "verificationStatus": {"coding": coding("classification", named)} if named else None,
            "severity": concept("severity", severity) if severity else None,
            "code": {"coding": coding("pathogen", pathogen), "text": pathogen} if pathogen else None,
            "subject": {"reference": uuid_of("person", person)},
            "onsetDateTime": case["onset"].isoformat() if case["onset"] else None,
            "abatementDateTime": ended.isoformat() if recovered and ended else None,
            "recordedDate": clock.moment(case["recorded_at"]),
        }
    )


def contact(row: Row, columns: Sequence[str], clock: Clock) -> Resource:
    """A contact as an Observation of the person, focused on the case."""
    first, last = row["first_contact"], row["last_contact"]
    period = filled({"start": first and first.isoformat(), "end": last and last.isoformat()})
    minutes = row["minutes"]
    return filled(
        {
            "resourceType": "Observation",
            "extension": extensions("contacts", row, [c for c in columns if c not in CONTACT], clock),
            "status": "final",
            "code": concept("observation", "contact"),
            "subject": {"reference": uuid_of("person", row["person_id"])},
            "focus": [{"reference": uuid_of("case", row["case_id"]), "identifier": identifier("case", row["case_id"])}],
            "effectivePeriod": period,
            "issued": clock.instant(row["recorded_at"]),
            "valueQuantity": None if minutes is None else _quantity(minutes, "minutes", "min"),
        }
    )


def follow_up(row: Row, columns: Sequence[str], clock: Clock) -> Resource:
    """A follow-up as an Observation with what was found as its components."""
    components = []
    if row["temperature"] is not None:
        found = {"valueQuantity": _quantity(row["temperature"], "degrees Celsius", "Cel")}
        components.append({"code": concept("figure", "temperature")} | found)
    if row["symptoms"] is not None:
        components.append({"code": concept("observation", "symptoms"), "valueBoolean": row["symptoms"] == "yes"})
    return filled(
        {
            "resourceType": "Observation",
            "extension": extensions("follow_ups", row, [c for c in columns if c not in FOLLOW_UP], clock),
            "status": "final",
            "code": concept("observation", "follow_up"),
            "subject": {"reference": uuid_of("person", row["person_id"])},
            "effectiveDateTime": clock.moment(row["at"]),
            "issued": clock.instant(row["recorded_at"]),
            "note": [{"text": row["note"]}] if row.get("note") else None,
            "component": components,
        }
    )


def tested(row: Row, key: str, columns: Sequence[str], clock: Clock) -> Mapping[str, Resource]:
    """A test as Specimen, Observation and DiagnosticReport, by their addresses."""
    names = {kind: uuid_of(kind, key) for kind in ("specimen", "result", "report")}
    subject = {"reference": uuid_of("person", row["person_id"])}
    kind, result, told = row["kind"], row["result"], row["result_at"]
    pending = result == "pending"
    named = concept("kind", kind) if kind else concept("observation", "test")
    shared = {"code": named, "subject": subject, "issued": clock.instant(told) if told else None}
    specimen = {
        "resourceType": "Specimen",
        "subject": subject,
        "collection": {"collectedDateTime": clock.moment(row["sampled_at"])},
    }
    observation = {
        "resourceType": "Observation",
        "extension": extensions("tests", row, [c for c in columns if c not in TEST], clock),
        "status": "registered" if pending else "final",
        "category": [{"coding": [{"system": system("category"), "code": "laboratory"}]}],
        "effectiveDateTime": clock.moment(row["sampled_at"]),
        "valueCodeableConcept": concept("result", result) if result and not pending else None,
        "specimen": {"reference": names["specimen"]},
        "component": []
        if row["ct"] is None
        else [
            {"code": concept("observation", "cycle_threshold"), "valueQuantity": _quantity(row["ct"], "cycles", "1")}
        ],
    }
    report = {
        "resourceType": "DiagnosticReport",
        "status": observation["status"],
        "effectiveDateTime": clock.moment(row["sampled_at"]),
        "performer": [{"identifier": identifier("facility", row["laboratory"])}] if row["laboratory"] else None,
        "specimen": [{"reference": names["specimen"]}],
        "result": [{"reference": names["result"]}],
    }
    laboratory: Any = report["performer"]
    return {
        names["specimen"]: filled(specimen),
        names["result"]: filled({**observation, **shared, "performer": laboratory}),
        names["report"]: filled({**report, **shared}),
    }


def stay(row: Row, columns: Sequence[str], clock: Clock) -> Resource:
    """A stay as an Encounter."""
    left = row["left_on"]
    return filled(
        {
            "resourceType": "Encounter",
            "extension": extensions("stays", row, [c for c in columns if c not in STAY], clock),
            "status": "finished" if left else "in-progress",
            "class": {"system": system("act"), "code": "IMP" if row["place"] in _INPATIENT else "HH"},
            "subject": {"reference": uuid_of("person", row["person_id"])},
            "period": filled({"start": row["entered_on"].isoformat(), "end": left and left.isoformat()}),
        }
    )


def columns_of(table: str) -> list[str]:
    """Columns that a resource may hold: all but those that only say how rows were corrected."""
    return [name for name in TABLES[table].column_names() if name not in {"record_id", "supersedes"}]


def _quantity(value: float, unit: str, code: str) -> Resource:
    return {"value": value, "unit": unit, "system": system("ucum"), "code": code}
