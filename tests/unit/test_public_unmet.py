"""What is still to be brought: not what was taken back, handed over or confirmed; a promise alone brings nothing."""

from datetime import datetime, timedelta
from typing import Any

from planning_inputs import TODAY, TREE, basis, cases_in, planned

ASKED = datetime.combine(TODAY - timedelta(days=3), datetime.min.time())
LATER = ASKED + timedelta(hours=5)


def request(name: str, **more: Any) -> dict[str, Any]:
    return {
        "request_id": name, "kind": "dialysis", "zone": "block1", "requested_at": ASKED,
        "recorded_at": ASKED.date().isoformat(), **more,
    }  # fmt: skip


def test_only_what_has_still_to_be_brought_is_open_and_unmet_in_the_livelihood_book() -> None:
    requests = [
        request("asked"),
        request("promised", promised_by=LATER),
        request("handed-over", delivered_at=LATER),
        request("confirmed", met_at=LATER),
        request("taken-back", withdrawn_at=LATER),
    ]
    plan = planned(basis(zones=TREE, cases=cases_in("block1"), requests=requests))
    assert {one.request_id for one in plan.community.requests} == {"asked", "promised"}
    assert plan.community.open == 2
    unmet = [line for line in plan.costs.lines if line.item == "unmet_dialysis"]
    assert [(line.book, line.quantity) for line in unmet] == [("livelihood", 2.0)]
