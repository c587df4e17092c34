"""Files of FHIR to resources, and what they say of each other: who is whom, and which case is meant."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from hashlib import sha256
from pathlib import Path
from typing import Any

from douse.readers.exchange.fhir.bundle import bundle_of, goes_on
from douse.readers.exchange.fhir.codes import COLUMN, IDENTIFIER, meant
from douse.readers.exchange.fhir.valid import refused, unknown
from douse.readers.exchange.gathered import ROW, Gathered

READ = frozenset(
    {
        "Patient", "Condition", "Observation", "Specimen", "DiagnosticReport", "Encounter", "Location", "Task",
        "MeasureReport",
    }
)  # fmt: skip
_MODIFIERS = ("modifierExtension", "implicitRules")  # who does not understand them must not go on
_AREAS = ("country", "state", "city", "district")
_NOT_HOME = frozenset({"old", "temp", "billing"})
_OLDEST = 1000  # years: what is beyond is no age
# Units of UCUM, and their names -> how many make a year.
_PER_YEAR = {
    "a": 1.0, "year": 1.0, "years": 1.0, "yr": 1.0, "mo": 12.0, "month": 12.0, "months": 12.0, "wk": 52.18,
    "week": 52.18, "weeks": 52.18, "d": 365.25, "day": 365.25, "days": 365.25,
}  # fmt: skip
_OUTSIDE = ("http://", "https://", "//", "file:", "ftp:")


@dataclass(frozen=True)
class Entry:
    """A resource, where it stands, and how others call it."""

    path: Path
    number: int
    address: str | None
    resource: dict[str, Any]
    gone: str | None = None  # what was deleted here, where it was

    @property
    def file(self) -> str:
        """Name of its file."""
        return self.path.name

    @property
    def kind(self) -> str:
        """Its type."""
        return str(self.resource["resourceType"])

    @property
    def names(self) -> tuple[str, ...]:
        """What references to it may say."""
        own = f"{self.kind}/{self.resource['id']}" if self.resource.get("id") else None
        return tuple(name for name in (self.address, own, self.gone) if name)

    @property
    def local(self) -> str:
        """Its own identifier, where it has none of ours.

        One that has none at all is named after its place and its content, so that the first of today is not taken for
        the first of yesterday. Words for people are not in the name.
        """
        told = self.resource.get("id") or (self.address or "").removeprefix("urn:uuid:")
        if told:
            return str(told)
        content = json.dumps(_wordless(self.resource), sort_keys=True)
        return f"entry-{self.number}-{sha256(content.encode()).hexdigest()[:12]}"


@dataclass
class Person:
    """What a Patient says of a person."""

    id: str
    gender: str | None = None
    died: str | None = None  # day, or empty where only the death is known
    zone: str | None = None
    age: str | None = None


@dataclass
class Index:
    """What resources are called, and what the others need to know of them; times are read as those of `zone`."""

    zone: tzinfo | None = None
    people: dict[str, Person] = field(default_factory=dict)
    cases: dict[str, str] = field(default_factory=dict)
    zones: dict[str, str] = field(default_factory=dict)
    sampled: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    set_aside: set[tuple[Path, int]] = field(default_factory=set)

    def usable(self, files: Sequence[Path]) -> Iterator[Entry]:
        """The entries that were not set aside."""
        for path in files:
            yield from (entry for entry in entries(path, self.zone) if (entry.path, entry.number) not in self.set_aside)


def entries(path: Path, zone: tzinfo | None) -> Iterator[Entry]:
    """The resources of a bundle, of a file with one resource, or of a file with one a line.

    Raises
    ------
    DataError
        When the file cannot be read as JSON.
    """
    return _entries(path, bundle_of(path, zone))


def _entries(path: Path, bundle: Mapping[str, Any]) -> Iterator[Entry]:
    given = bundle.get("entry")
    for number, one in enumerate(given if isinstance(given, list) else (), start=1):
        known = one if isinstance(one, dict) else {}
        address, resource = known.get("fullUrl"), known.get("resource")
        address = address if isinstance(address, str) else None
        if isinstance(resource, dict) and isinstance(resource.get("resourceType"), str):
            yield Entry(path, number, address, resource)
        else:
            asked = known.get("request")
            deleted = isinstance(asked, dict) and asked.get("method") == "DELETE"
            gone = str(asked.get("url")) if isinstance(asked, dict) and deleted else None
            yield Entry(path, number, address if gone else None, {"resourceType": ""}, gone)


def _wordless(value: Any) -> Any:
    """A resource without words for people."""
    if isinstance(value, dict):
        return {
            name: _wordless(part) for name, part in value.items() if name not in {"text", "display", "note", "name"}
        }
    return [_wordless(part) for part in value] if isinstance(value, list) else value


def index_of(files: Sequence[Path], gathered: Gathered, zone: tzinfo | None = None) -> Index:
    """Look through all files once: what is valid, what is there twice, and who is whom."""
    index = Index(zone)
    for path in files:
        bundle = bundle_of(path, zone)
        if goes_on(bundle):
            gathered.say(path.name, None, "fhir_more_pages")
        for entry in _entries(path, bundle):
            if entry.gone:  # older versions of it may follow
                index.names.update(entry.names)
                gathered.say(entry.file, entry.number, "fhir_deleted")
                index.set_aside.add((entry.path, entry.number))
                continue
            rule, said = _fault(entry, index)
            if rule is None:
                _keep(entry, index)
                continue
            index.set_aside.add((entry.path, entry.number))
            gathered.say(entry.file, entry.number, rule, ROW, column=entry.kind, **said)
    for entry in index.usable(files):
        _keep_age(entry, index)
    return index


def _fault(entry: Entry, index: Index) -> tuple[str | None, Mapping[str, str]]:
    if not entry.kind:
        return "fhir_no_resource", {}
    complaint = refused(entry.resource) if entry.kind in READ else unknown(entry.kind)
    if complaint is not None:
        return "fhir_refused", {"complaint": complaint}
    if entry.kind in READ and any(entry.resource.get(name) for name in _MODIFIERS):
        return "fhir_modifier", {}
    if index.names & set(entry.names):
        return "fhir_twice", {}
    return None, {}


def _keep(entry: Entry, index: Index) -> None:
    index.names.update(entry.names)
    resource, kind = entry.resource, entry.kind
    if kind == "Patient":
        person = _person(entry)
        index.people.update(dict.fromkeys(entry.names, person))
    elif kind == "Condition":
        index.cases.update(dict.fromkeys(entry.names, identified(resource, "case") or entry.local))
    elif kind == "Location":
        index.zones.update(dict.fromkeys(entry.names, identified(resource, "zone") or entry.local))
    elif kind == "Specimen" and resource.get("status") != "entered-in-error":
        taken = (resource.get("collection") or {}).get("collectedDateTime")
        if taken:
            index.sampled.update(dict.fromkeys(entry.names, taken))


def _keep_age(entry: Entry, index: Index) -> None:
    if entry.kind == "Observation" and meant("figure", entry.resource.get("code")) == "age":
        person = person_of(entry.resource.get("subject"), index)
        if person is not None:
            person.age = years(entry.resource.get("valueQuantity")) or person.age


def years(quantity: Any) -> str | None:
    """Whole years of an age: in years where no unit is told; None where it is no age, or its unit none of time."""
    given = quantity or {}
    unit = given.get("code") or given.get("unit") or "a"
    per_year = _PER_YEAR.get(str(unit).lower())
    value = given.get("value")
    if per_year is None or not isinstance(value, int | float) or not 0 <= value < _OLDEST * per_year:
        return None
    return str(int(value / per_year))


def _person(entry: Entry) -> Person:
    resource = entry.resource
    own = identified(resource, "person")
    died = resource.get("deceasedDateTime")
    day = str(died or "")[:10]
    died = None if died is None and not resource.get("deceasedBoolean") else day if len(day) == 10 else ""
    now = [one for one in resource.get("address") or () if one.get("use") not in _NOT_HOME]
    where = next((one for one in now if one.get("use") == "home"), now[0] if now else {})
    parts = [where[part] for part in _AREAS if where.get(part)]
    return Person(own or entry.local, resource.get("gender"), died, "/".join(parts) or None)


def identified(resource: Mapping[str, Any], kind: str) -> str | None:
    """Our identifier of a kind, that a resource or a reference carries."""
    given = resource.get("identifier") or []
    for one in given if isinstance(given, list) else [given]:
        if one.get("system") == IDENTIFIER + kind and one.get("value"):
            return str(one["value"])
    return None


def person_of(reference: Any, index: Index) -> Person | None:
    """The person that a reference names; None where it names nobody of these files."""
    given = reference or {}
    own = identified(given, "person")
    return Person(own) if own else _named(given, index.people)


def named(reference: Any, kind: str, among: Mapping[str, str]) -> str | None:
    """What a reference names: by our identifier, or a resource of these files."""
    given = reference or {}
    return identified(given, kind) or _named(given, among)


def outside(reference: Any, index: Index) -> bool:
    """Whether a reference points to another server: it is never followed."""
    where = address_in(reference)
    return where.lower().startswith(_OUTSIDE) and where not in index.names


def names_nothing(reference: Any, index: Index) -> bool:
    """Whether a reference names neither a resource of these files nor something by an identifier of ours."""
    by = (reference or {}).get("identifier")
    ours = isinstance(by, dict) and str(by.get("system")).startswith(IDENTIFIER)
    return not ours and address_in(reference) not in index.names


def address_in(reference: Any) -> str:
    """What a reference names; of one version of a resource, the resource."""
    where = (reference or {}).get("reference")
    return where.partition("/_history/")[0] if isinstance(where, str) else ""


def _named(reference: Mapping[str, Any], among: Mapping[str, Any]) -> Any:
    return among.get(address_in(reference))


def columns_in(resource: Mapping[str, Any], table: str) -> dict[str, str]:
    """Cells that stand in our extensions."""
    start = f"{COLUMN}{table}."
    found = {}
    for extension in resource.get("extension") or ():
        url, cell = str(extension.get("url")), cell_in(extension)
        if url.startswith(start) and cell is not None:
            found[url.removeprefix(start)] = cell
    return found


def cell_in(extension: Mapping[str, Any]) -> str | None:
    """The value of an extension; None where it is no cell."""
    value = next((value for name, value in extension.items() if name.startswith("value")), None)
    return str(value) if isinstance(value, str | int | float) else None
