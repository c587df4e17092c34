"""What a file of the order of triage holds: `library/triage/<id>.toml`."""

from collections.abc import Collection
from typing import Self

from pydantic import model_validator

from douse.library.codes import AGE_BANDS, REPORT_KINDS, SYMPTOMS
from douse.library.number import Amount, Shelved, rule_broken


class Triage(Shelved):
    """Points by which reports of residents are ordered; nothing is left out for having few."""

    danger: dict[str, Amount]  # of symptoms after which care is needed at once; the worst one counts
    other_symptom: Amount  # each of the others
    most_symptoms: Amount  # how many of the others count
    age: dict[str, Amount]
    kind: dict[str, Amount]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for key, allowed in (("danger", SYMPTOMS), ("age", AGE_BANDS), ("kind", REPORT_KINDS)):
            named = set(getattr(self, key))
            if not named <= set(allowed) or (key != "danger" and named != set(allowed)):
                raise rule_broken(f"{key} does not name the codes of its list", ", ".join(allowed))
        return self

    def weight(self, kind: str, symptoms: Collection[str], age_band: str | None) -> int:
        """Points of a report."""
        worst = max((self.danger[one].value for one in symptoms if one in self.danger), default=0.0)
        others = min(sum(one not in self.danger for one in symptoms), self.most_symptoms.value)
        age = self.age[age_band].value if age_band else 0.0
        return round(self.kind[kind].value + worst + others * self.other_symptom.value + age)
