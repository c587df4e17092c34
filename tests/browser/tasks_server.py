"""A console on a free port, with a tracer who has tasks today; run as a program: FOLDER; prints its address."""

import sys
from datetime import timedelta
from pathlib import Path

from douse.console.instance import Instance
from douse.console.policy import EVERYWHERE
from douse.console.start import prepare, serve
from douse.records.ledger import NewEntry


def main(folder: Path) -> None:
    # A demonstration lets roles be picked by a click; the people are invented, the folder is the test's.
    instance = Instance(folder, demo=True)
    prepare(instance)
    from douse.console import clock, users  # noqa: PLC0415  (models are there once Django is configured)

    now = clock.now()
    for role in ("tracer", "epidemiologist"):
        users.give("test", users.add("test", role), role, EVERYWHERE)
    zone = {"zone_id": "north", "name": "North", "kind": "district"}
    common = {"zone": "north", "case_id": "k", "assigned_to": "tracer"}
    rows = [
        NewEntry("zones", zone),
        NewEntry("cases", {"case_id": "k", "zone": "north"}),
        *(NewEntry("contacts", {"case_id": "k", "person_id": f"p{n}", "zone": "north"}) for n in (1, 2, 3)),
        *(
            NewEntry("tasks", {"task_id": f"t{n}", "kind": "follow_up", "person_id": f"p{n}", "due_at": now, **common})
            for n in (1, 2, 3)
        ),
        NewEntry("tasks", {"task_id": "t4", "kind": "look", "due_at": now - timedelta(hours=1), **common}),
    ]
    instance.stores.ledger.append(rows, author="test", at=now)
    instance.stores.vault.put("p1", {"name": "Person One"})
    serve(instance, "127.0.0.1", 0, None, lambda address: print(address, flush=True))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
