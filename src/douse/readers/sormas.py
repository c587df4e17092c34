"""The two header rows of SORMAS import files: the entity of each column, and its property."""

from collections.abc import Sequence

_ENTITIES = frozenset(
    {
        "CaseData", "Person", "Sample", "PathogenTest", "Contact", "Symptoms", "EpiData", "Hospitalization", "Location",
        "HealthConditions", "Vaccination", "Event", "EventParticipant", "ClinicalCourse", "MaternalHistory",
        "PortHealthInfo", "Case", "Task", "Exposure", "Activity", "Immunization", "AdditionalTest",
    }
)  # fmt: skip


def is_entity_row(cells: Sequence[str | None]) -> bool:
    """Whether a row names the entity of each column: the first header row of an import file."""
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(cell.strip() in _ENTITIES for cell in filled)


def name_columns(entities: Sequence[str | None], properties: Sequence[str | None]) -> list[str]:
    """One header from the two rows of an import file; columns of samples and tests get the number of their block."""
    names = []
    sample = test = 0
    seen: set[str] = set()
    for entity, given in zip(entities, properties, strict=True):
        name = given or ""
        kind = (entity or "").strip()
        if kind == "Sample":
            if sample == 0 or name in seen or test:
                sample, test, seen = sample + 1, 0, set()
            names.append(f"sample{sample}.{name}")
            seen.add(name)
        elif kind == "PathogenTest":
            if test == 0 or name in seen:
                test, seen = test + 1, set()
            names.append(f"sample{max(sample, 1)}.test{test}.{name}")
            seen.add(name)
        else:
            names.append(name)
    return names
