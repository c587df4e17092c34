"""`Answered`: a claim with its answer, as it was published."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from douse.outputs.claims.evidence import Evidence, Fact, Source, facts_of, from_json, sources_of


@dataclass(frozen=True)
class Said:
    """A claim and its answer in one language."""

    claim: str
    because: str


@dataclass(frozen=True)
class Answered:
    """A claim with its answer.

    Attributes
    ----------
    id : str
        Of the claim.
    language : str or None
        In which it was brought and answered.
    said : Said
        Claim and answer in that language.
    versions : Mapping[str, Said]
        The same in other languages.
    answer : str
        One of `codes.CLAIM_ANSWERS`.
    evidence : tuple of Evidence
        What it rests on.
    zone : str or None
        Where it goes around.
    first_seen_at, answered_at, published_at : datetime
        When it was first seen, when this answer was given, when it was published.
    """

    id: str
    language: str | None
    said: Said
    versions: Mapping[str, Said]
    answer: str
    evidence: tuple[Evidence, ...]
    zone: str | None
    first_seen_at: datetime
    answered_at: datetime | None
    published_at: datetime | None

    def in_language(self, language: str) -> tuple[Said, str | None]:
        """Claim and answer in a language where they are there, else as they were brought; and the language of them."""
        if language != self.language and language in self.versions:
            return self.versions[language], language
        return self.said, self.language

    def facts(self) -> tuple[Fact, ...]:
        """Figures that it rests on."""
        return facts_of(self.evidence)

    def sources(self) -> tuple[Source, ...]:
        """Sources that it rests on."""
        return sources_of(self.evidence)

    def without_zone(self) -> "Answered":
        """The same, with no word of where."""
        return replace(self, zone=None, evidence=tuple(one for one in self.evidence if not _is_of(one, self.zone)))


def _is_of(one: Evidence, zone: str | None) -> bool:
    return isinstance(one, Fact) and one.zone is not None and one.zone == zone


def of_row(row: Mapping[str, Any]) -> Answered:
    """An answered claim out of a row of the table of claims."""
    return Answered(
        id=row["claim_id"],
        language=row["language"],
        said=Said(row["claim"] or "", row["because"] or ""),
        versions=versions_of(row["versions"]),
        answer=row["answer"],
        evidence=from_json(row["evidence"]),
        zone=row["zone"],
        first_seen_at=row["first_seen_at"],
        answered_at=row["answered_at"],
        published_at=row["published_at"],
    )


def versions_of(text: str | None) -> dict[str, Said]:
    """Versions in other languages out of the ledger; what is not understood here is left out."""
    try:
        rows = json.loads(text) if text else {}
    except ValueError:
        return {}
    if not isinstance(rows, dict):
        return {}
    return {
        language: Said(str(said.get("claim") or ""), str(said.get("because") or ""))
        for language, said in rows.items()
        if isinstance(said, dict) and said.get("claim")
    }


def versions_json(versions: Mapping[str, Said]) -> str | None:
    """Versions as the ledger keeps them; None where there are none."""
    rows = {language: {"claim": said.claim, "because": said.because} for language, said in sorted(versions.items())}
    return json.dumps(rows, ensure_ascii=False) if rows else None
