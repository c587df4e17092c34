"""A console with a small city for the pages that speak to others: returns, events, partners, claims, bulletins.

Run as a program: FOLDER; prints its address.
"""

import base64
import sys
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from douse.console.instance import Instance
from douse.console.policy import EVERYWHERE
from douse.console.start import prepare, serve
from douse.records.ledger import NewEntry

ROLES = ("epidemiologist", "decision_maker", "data_steward", "community_worker")
POLICY = """
edition = "2026-04"
answers = "Data steward of the city"

[[partner]]
name = "harbour"
title = "Health department of Harbour"
key = "{key}"
why = "Trains carry many people between the two cities every day."
until = {until}
[[partner.give]]
table = "cases"
zones = ["north"]
columns = ["case_id", "classification", "zone", "onset", "exposed_from", "hospitalised_on"]
why = "Both sides see clusters on the line between them."
[[partner.give]]
table = "contacts"
zones = ["*"]
personal = true
keep_days = 30
why = "Contacts at the destination have to be found within a day."
[[partner.take]]
table = "returns"
zones = ["harbour"]
why = "What comes our way tomorrow."
[partner.travellers]
why = "Contacts at the destination have to be found within a day."
give = true
take = true
most_days = 30
"""


def main(folder: Path) -> None:
    # A demonstration lets roles be picked by a click; the people are invented, the folder is the test's.
    instance = Instance(folder, demo=True)
    prepare(instance)
    from douse.console import clock, users  # noqa: PLC0415  (models are there once Django is configured)

    now = clock.now()
    for role in ROLES:
        users.give("test", users.add("test", role), role, EVERYWHERE)
    key = base64.b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()
    until = (now + timedelta(days=90)).date().isoformat()
    (folder / "partners.toml").write_text(POLICY.format(key=key, until=until), "utf-8")
    told = now - timedelta(days=4)
    instance.stores.ledger.append([*_zones(), *_cases(told)], author="test", at=told)
    instance.stores.ledger.append(_asked(now), author="test", at=now)
    serve(instance, "127.0.0.1", 0, None, lambda address: print(address, flush=True))


def _zones() -> list[NewEntry]:
    rows = [{"zone_id": "city", "name": "City of the long river by the sea", "kind": "city"}]
    for district in ("north", "south"):
        rows.append({"zone_id": district, "name": district.title(), "kind": "district", "parent_zone": "city"})
        rows += [
            {"zone_id": f"{district}_{n}", "name": f"{district.title()} street {n}", "kind": "community",
             "parent_zone": district}
            for n in (1, 2)
        ]  # fmt: skip
    return [NewEntry("zones", row) for row in rows]


def _cases(told: object) -> list[NewEntry]:
    onset = told - timedelta(days=3)  # type: ignore[operator]
    return [
        NewEntry("cases", {
            "case_id": f"case_{n:02}", "person_id": f"p_{n:02}", "zone": f"{'north' if n % 3 else 'south'}_{1 + n % 2}",
            "onset": onset.date(), "age": 20 + n, "sex": "female" if n % 2 else "male", "classification": "confirmed",
            "pathogen": "sars-cov-2-wild", "severity": "mild", "occupation": "health_worker" if n < 3 else None,
            "origin": "imported" if n == 5 else None, "origin_place": "Harbour" if n == 5 else None,
        })
        for n in range(20)
    ]  # fmt: skip


def _asked(now: object) -> list[NewEntry]:
    """What residents ask for and declare, and a case that the partner offers."""
    past, until = now - timedelta(hours=20), (now + timedelta(days=9)).date()  # type: ignore[operator]
    payload = '{"case_id":"harbour_case_1","classification":"confirmed","onset":"2026-03-01","age":44,"sex":"female"}'
    offer = {
        "offer_id": "harbour:o1", "partner": "harbour", "way": "received", "case_id": "harbour:harbour_case_1",
        "purpose": "Find the contacts on the night train of Tuesday", "destination": "A hotel near the station",
        "expires_on": until, "offered_at": past, "state": "offered", "payload": payload,
    }  # fmt: skip
    return [
        NewEntry("requests", {"request_id": "r1", "zone": "north_1", "kind": "dialysis", "requested_at": past}),
        NewEntry("requests", {"request_id": "r2", "zone": "south_1", "kind": "food", "requested_at": past}),
        NewEntry("self_reports", {
            "report_id": "s1", "zone": "north_1", "kind": "symptoms", "sent_at": past, "symptoms": "fever;cough",
            "age_band": "age_60_79", "state": "received", "weight": 40,
        }),
        NewEntry("offers", offer),
    ]  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]))
