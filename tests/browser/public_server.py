"""A console with two communities and one community worker, for the pages of residents; run as a program: FOLDER."""

import sys
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

    users.give("test", users.add("test", "community_worker"), "community_worker", EVERYWHERE)
    rows = [
        NewEntry("zones", {"zone_id": "north", "name": "North", "kind": "district"}),
        *(
            NewEntry("zones", {"zone_id": f"n{n}", "name": f"Street {n}", "kind": "community", "parent_zone": "north"})
            for n in (1, 2)
        ),
    ]
    instance.stores.ledger.append(rows, author="test", at=clock.now())
    serve(instance, "127.0.0.1", 0, None, lambda address: print(address, flush=True))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
