"""A plan made from the ledger by the real planners, shown and decided on."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from console.conftest import NOW
from douse.console import instance
from douse.console.instance import Stores
from douse.console.plan import made as plans
from douse.console.plan.workshop import workshop
from douse.console.policy import EVERYWHERE
from douse.console.reading import follow
from douse.records.ledger import Live, open_ledger

pytestmark = pytest.mark.slow

DAY = date(2026, 4, 1)


@pytest.mark.usefixtures("city")
def test_from_the_ledger_to_a_measure_in_force(
    user: Callable[..., Any], client_of: Callable[..., Any], put: Callable[..., None]
) -> None:
    put(
        "cases",
        *(
            {"case_id": f"k{n}", "pathogen": "sars-cov-2-wild", "zone": "north-1", "onset": DAY - timedelta(days=n + 2),
             "reported_at": NOW - timedelta(days=n), "classification": "confirmed"}
            for n in range(6)
        ),
    )  # fmt: skip
    client = client_of(user("decider", decision_maker=EVERYWHERE))
    assert client.post(reverse("plan:make")).status_code == 302
    assert workshop("plan").finish(400)
    made = plans.latest()
    assert made is not None, [work.error for work in workshop("plan")._works.values()]
    assert made.asked.day == DAY
    assert made.briefing.plan.choice is None
    page = client.get(reverse("plan:show")).content.decode()
    assert "north-1" in page
    proposed = next(m for m in made.briefing.plan.measures if m.kind == "level" and m.action == "start")
    assert proposed.level != "lockdown"
    address = reverse("plan:measure", args=[f"{proposed.id}/{DAY}/start-{proposed.level}"])
    assert client.get(address).status_code == 200
    assert follow().current("measures").is_empty()
    assert client.post(address, {"verdict": "approved", "reason": "As proposed."}).status_code == 302
    row = follow().current("measures").row(0, named=True)
    assert (row["zone"], row["level"], row["protocol"]) == (proposed.zone, proposed.level, "who-generic")
    assert plans.changed_since(made, follow()) == []

    # Made again, the plan knows the measure: it keeps it, and there is nothing to decide.
    client.post(reverse("plan:make"))
    assert workshop("plan").finish(400)
    again = plans.latest()
    assert again is not None
    assert again is not made
    kept = next(m for m in again.briefing.plan.measures if m.zone == proposed.zone and m.kind == "level")
    assert (kept.action, kept.level, kept.start) == ("keep", proposed.level, DAY)
    assert "in force, nothing to decide" in client.get(reverse("plan:show")).content.decode()

    # The same question has its answer already.
    assert plans.ask(follow(), DAY).made is again

    # After a restart the plan that nobody has decided on is made again, and is the same.
    stores = instance.current().stores
    reopened = open_ledger(stores.ledger.place)
    instance.current().use(Stores(reopened, Live(reopened), stores.vault))
    put("contacts", {"case_id": "k1", "person_id": "told-while-away"})
    assert plans.latest() is None
    assert plans.ask_again(DAY + timedelta(days=1)) is None
    assert plans.ask_again(DAY) is not None
    assert workshop("plan").finish(400)
    same = plans.latest()
    assert same is not None
    assert same.hash == again.hash
    assert plans.changed_since(same, follow()) == [("contacts", 1)]

    # Resources show what the planners say of goods and beds.
    store = client_of(user("store", logistics=EVERYWHERE))
    shown = store.get(reverse("resources:show")).content.decode()
    assert "Beds and rooms: who goes where, and what to open" in shown
    of_north = client_of(user("nora", logistics="north"))
    assert of_north.get(reverse("resources:stock")).status_code == 200
    assert of_north.get(reverse("resources:show")).status_code == 200
