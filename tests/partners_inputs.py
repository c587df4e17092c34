"""Two instances that share: their folders, their policies, and what lies on their ledgers."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from douse.ledgers import Place
from douse.partnering import own_key
from douse.records.ledger import Live, NewEntry, Snapshot

NOW = datetime(2026, 4, 1, 9)
POLICY = """
edition = "2026-04"
answers = "data steward"

[[partner]]
name = "{name}"
title = "Health department of {title}"
key = "{key}"
why = "Cases travel by train between the two cities every day."
until = 2199-12-31
{more}
"""
TRAVELLERS = """
[partner.travellers]
why = "Contacts at the destination have to be found within a day."
give = true
take = true
most_days = 30
"""


@dataclass
class Pair:
    """Two departments: `here` sends, `there` takes."""

    here: Place
    there: Place

    def policies(self, here: str = TRAVELLERS, there: str = TRAVELLERS) -> None:
        """Write both policies: what each adds about the other."""
        for place, other, name, title, more in (
            (self.here, self.there, "harbour", "Harbour", here), (self.there, self.here, "river", "River", there),
        ):  # fmt: skip
            text = POLICY.format(name=name, title=title, key=own_key(other), more=more)
            (place.folder / "partners.toml").write_text(text, "utf-8")


def pair(folder: Path) -> Pair:
    """Two departments, each with zones of its own and a case."""
    made = Pair(Place(folder / "here"), Place(folder / "there"))
    for place, root in ((made.here, "river"), (made.there, "harbour")):
        rows = [
            NewEntry("zones", {"zone_id": root, "kind": "city", "name": root.title()}),
            *(NewEntry("zones", {"zone_id": f"{root}-{n}", "kind": "district", "parent_zone": root}) for n in (1, 2)),
            *(case(f"C{n}", f"{root}-{n}") for n in (1, 2)),
        ]
        place.open(make=True).append(rows, author="test", at=NOW)
    return made


def case(name: str, zone: str, **more: object) -> NewEntry:
    """A case, as somebody enters it."""
    row = {
        "case_id": name, "person_id": f"P-{name}", "zone": zone, "onset": "2026-03-28", "age": 40, "sex": "female",
        "pathogen": "sars-cov-2-wild", "classification": "confirmed", "severity": "mild",
    }  # fmt: skip
    return NewEntry("cases", row | more)


def now_on(place: Place) -> Snapshot:
    """All that is on the ledger of a place."""
    return Live(place.open()).follow()
