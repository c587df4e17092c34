"""Chains: pseudonyms only, within reach, with why each link is believed; and the real thing on a small outbreak."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from django.test import Client
from django.urls import reverse

from console.conftest import NOW
from douse.console.chains import believed as beliefs
from douse.console.chains.views import basis
from douse.console.plan.workshop import workshop
from douse.console.policy import EVERYWHERE
from douse.console.reading import follow
from douse.tracing.infectors.belief import LINKS, PARTS
from douse.tracing.infectors.sources import SOURCES

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("city")]
DAY = date(2026, 4, 1)
Make = Callable[..., Any]
# Who infected whom: north-1 infected north-2 and south-1; south-1 infected south-2 through somebody unseen.
TREE = {"north-2": "north-1", "south-1": "north-1", "south-2": "south-1"}


@pytest.fixture
def chains() -> beliefs.Believed:
    names = [f"case-{zone}" for zone in ("north-1", "north-2", "south-1", "south-2")]
    infectors = [f"case-{TREE[name[5:]]}" if name[5:] in TREE else None for name in names]
    cases = pl.DataFrame(
        {
            "case_id": names,
            "infector": infectors,
            "probability": [None if one is None else 0.8 for one in infectors],
            "through": [name == "case-south-2" for name in names],
            "day": [DAY - timedelta(days=9 - 2 * n) for n in range(4)],
        }
    )
    rows: list[dict[str, Any]] = [
        {"case_id": name, "rank": 1, "kind": "through" if name == "case-south-2" else "direct", "infector": one,
         "probability": 0.8, "basis": ["household", "dates"]}
        for name, one in zip(names, infectors, strict=True)
        if one is not None
    ]  # fmt: skip
    rows.append({"case_id": "case-north-1", "rank": 1, "kind": "imported", "infector": None, "probability": 0.9,
                 "basis": []})  # fmt: skip
    snapshot = follow()
    made = beliefs.Believed(
        DAY, NOW, snapshot.frames, cases, pl.DataFrame(rows, schema=LINKS), pl.DataFrame(schema=SOURCES)
    )
    workshop("chains").ask(("chains", 0), lambda _: made)
    assert workshop("chains").finish(10)
    return made


def page(client: Client, **asked: str) -> str:
    return client.get(reverse("chains:show"), asked).content.decode()


@pytest.mark.usefixtures("chains")
def test_the_picture_and_the_table_show_cases_by_pseudonym_only(user: Make, client_of: Make) -> None:
    shown = page(client_of(user("epi", epidemiologist=EVERYWHERE)))
    assert shown.count('class="node') == 4
    assert shown.count("<path d=") == 3
    assert 'stroke-dasharray="4 3"' in shown
    assert "80%" in shown
    assert "Beliefs accuse nobody" in shown
    assert "p-north-1" not in shown
    assert "<script>" not in shown
    assert "style=" not in shown


@pytest.mark.usefixtures("chains")
def test_beyond_ones_zones_no_case_is_named(user: Make, client_of: Make) -> None:
    client = client_of(user("anna", tracer="south"))
    shown = page(client)
    assert "case-south-1" in shown
    assert "case-north" not in shown
    why = client.get(reverse("chains:case", args=["case-south-1"])).content.decode()
    assert "a case outside your zones" in why
    assert "case-north" not in why
    assert client.get(reverse("chains:case", args=["case-north-1"])).status_code == 409


@pytest.mark.usefixtures("chains")
def test_a_link_is_shown_with_its_probability_and_what_speaks_for_it(user: Make, client_of: Make) -> None:
    client = client_of(user("epi", epidemiologist=EVERYWHERE))
    why = client.get(reverse("chains:case", args=["case-south-2"]), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in why
    for said in (
        "80%",
        "case-south-1",
        "through somebody unseen",
        "of one household; their dates fit",
        "accuse nobody",
    ):
        assert said in why, said
    infected = client.get(reverse("chains:case", args=["case-north-1"])).content.decode()
    assert "<html" in infected
    assert "infected outside the area" in infected
    assert "case-north-2" in infected
    assert "case-south-1" in infected


@pytest.mark.usefixtures("chains")
def test_the_picture_can_be_narrowed(user: Make, client_of: Make) -> None:
    client = client_of(user("epi", epidemiologist=EVERYWHERE))
    assert page(client, zone="north").count('class="node') == 2
    assert page(client, since="2026-03-27").count('class="node') == 2
    assert page(client, start="case-south-1").count('class="node') == 2
    assert page(client, cluster="none").count('class="node') == 0
    assert client.get(reverse("chains:show"), {"since": "soon"}).status_code == 400


@pytest.mark.usefixtures("chains")
@pytest.mark.parametrize("role", ["decision_maker", "logistics", "reporter", "laboratory", "administrator", "auditor"])
def test_who_has_no_right_to_chains_sees_none(role: str, user: Make, client_of: Make) -> None:
    client = client_of(user("x", **{role: EVERYWHERE}))
    assert client.get(reverse("chains:show")).status_code == 403
    assert client.get(reverse("chains:case", args=["case-north-1"])).status_code == 403


def test_it_is_said_when_records_changed(
    chains: beliefs.Believed, user: Make, client_of: Make, put: Callable[..., None]
) -> None:
    client = client_of(user("epi", epidemiologist=EVERYWHERE))
    assert not beliefs.changed(chains, follow())
    put("stock", {"facility_id": "f", "item": "n95", "counted_at": NOW, "quantity": 1})
    assert not beliefs.changed(chains, follow())
    put("cases", {"case_id": "new", "zone": "north-1"})
    assert "Records that this rests on have changed" in page(client)
    assert "This case came in after" in client.get(reverse("chains:case", args=["new"])).content.decode()


@pytest.mark.usefixtures("chains")
def test_what_people_write_is_text_never_markup(user: Make, client_of: Make, put: Callable[..., None]) -> None:
    put("cases", {"case_id": "<b>x", "zone": "north-1", "cluster": "<script>alert(1)</script>"})
    client = client_of(user("epi", epidemiologist=EVERYWHERE))
    why = client.get(reverse("chains:case", args=["<b>x"])).content.decode()
    assert "<script>alert" not in why
    assert "<b>x" not in why


def test_all_that_speaks_for_a_link_has_words() -> None:
    assert set(basis()) == set(PARTS)


def test_a_real_outbreak_is_worked_out_and_shown(user: Make, client_of: Make, put: Callable[..., None]) -> None:
    put(
        "cases",
        *(
            {"case_id": f"k{n}", "pathogen": "sars-cov-2-wild", "zone": "north-1",
             "onset": DAY - timedelta(days=16 - 4 * n), "reported_at": NOW - timedelta(days=15 - 4 * n),
             "infector": f"k{n - 1}" if n else None, "origin": "local" if n else "imported"}
            for n in range(4)
        ),
    )  # fmt: skip
    client = client_of(user("epi", epidemiologist=EVERYWHERE))
    assert client.post(reverse("chains:make")).status_code == 302
    assert workshop("chains").finish(300)
    found = beliefs.latest()
    assert found is not None
    likeliest = dict(found.cases.select("case_id", "infector").iter_rows())
    assert [likeliest[f"k{n}"] for n in (1, 2, 3)] == ["k0", "k1", "k2"]
    totals = found.links.group_by("case_id").agg(pl.col("probability").sum())["probability"]
    assert totals.max() <= 1 + 1e-9  # type: ignore[operator]
    assert "k2" in page(client)
    assert "named in the investigation" in client.get(reverse("chains:case", args=["k2"])).content.decode()
